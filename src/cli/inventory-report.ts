/** What `pki list` and `pki tree` have in common: `--json` is the same, as its `issuedBy` is the tree. */

import type { Command } from 'commander'
import { type Inventory, type InventoryEntry, type ListedRevocation, takeInventory } from '../store/inventory.ts'
import { writeHint, writeWarning } from './error-report.ts'
import type { Io } from './io.ts'
import { writeJson } from './json.ts'
import { instantJson } from './json-value.ts'
import { addJsonOption, addStoreOption, type JsonOption, type StoreOptions, storeFrom } from './options.ts'
import { paint } from './render/paint.ts'
import { formatLines, type Line } from './render/styled-text.ts'
import { certificateJson, type ListedJson, type ListedRevocationJson } from './result-json.ts'

export type InventoryOptions = StoreOptions & JsonOption

export function addInventoryOptions(command: Command): void {
  addStoreOption(command)
  addJsonOption(command)
}

/** Prints what is in the store. @param draw makes the text of it @returns the exit code */
export function reportInventory(
  options: InventoryOptions,
  io: Io,
  draw: (entries: readonly InventoryEntry[]) => readonly Line[],
): number {
  const store = storeFrom(options, io)
  const inventory = takeInventory(store)
  warnOfDamage(inventory, store.journalPath, io)
  if (options.json === true) writeListJson(inventory, store.folder, io)
  else if (inventory.entries.length === 0) {
    io.stderr.write(`no certificates in ${store.folder}\n`)
    writeHint(io, 'pki init root makes a root, pki quickstart a whole hierarchy')
  } else {
    io.stdout.write(formatLines(draw(inventory.entries), paint(io.stdout)))
  }
  return 0
}

/** Said once, and not an error: what is listed comes from the certificates. */
function warnOfDamage({ damagedLines }: Inventory, path: string, io: Io): void {
  if (damagedLines.length === 0) return
  writeWarning(io, `${path}: line ${damagedLines.join(', ')} is damaged and was passed over`)
}

function writeListJson({ entries }: Inventory, folder: string, io: Io): void {
  const now = io.now()
  const listed: ListedJson = {
    schema: 'pki.listed/1',
    folder,
    certificates: entries.map(({ name, certificate, issuedBy, revocation, hasKey }) => ({
      name,
      ...certificateJson(certificate, now),
      issuedBy: issuedBy ?? null,
      revoked: revocation !== undefined,
      revocation: revocation === undefined ? null : listedRevocationJson(revocation),
      hasPrivateKey: hasKey,
    })),
  }
  writeJson(io, listed)
}

function listedRevocationJson({ reason, revocationDate }: ListedRevocation): ListedRevocationJson {
  return { reason, revocationDate: instantJson(revocationDate) }
}
