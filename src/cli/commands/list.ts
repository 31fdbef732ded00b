/** `pki list`: what is in the store, one line each. */

import type { Command } from 'commander'
import { type Inventory, type InventoryEntry, takeInventory } from '../../store/inventory.ts'
import { formatName } from '../../x509/name-text.ts'
import { certificateKind } from '../certificate-kind.ts'
import { writeHint, writeWarning } from '../error-report.ts'
import type { Io } from '../io.ts'
import { writeListJson } from '../list-json.ts'
import { addJsonOption, addStoreOption, type JsonOption, type StoreOptions, storeFrom } from '../options.ts'
import { paint } from '../render/paint.ts'
import { formatLines, harmless, type Line, type Span, span } from '../render/styled-text.ts'
import { validityBadge } from '../render/validity-badge.ts'

export function define(command: Command): void {
  addStoreOption(command)
  addJsonOption(command)
}

export async function run(_args: readonly unknown[], options: StoreOptions & JsonOption, io: Io): Promise<number> {
  const store = storeFrom(options, io)
  const inventory = takeInventory(store)
  warnOfDamage(inventory, store.journalPath, io)
  if (options.json === true) writeListJson(inventory, store.folder, io)
  else if (inventory.entries.length === 0) {
    io.stderr.write(`no certificates in ${store.folder}\n`)
    writeHint(io, 'pki init root makes a root, pki quickstart a whole hierarchy')
  } else {
    io.stdout.write(formatLines(tableOf(inventory.entries, io.now()), paint(io.stdout)))
  }
  return 0
}

/** Said once, and not an error: what is listed comes from the certificates. */
export function warnOfDamage({ damagedLines }: Inventory, path: string, io: Io): void {
  if (damagedLines.length === 0) return
  writeWarning(io, `${path}: line ${damagedLines.join(', ')} is damaged and was passed over`)
}

const HEADINGS = ['NAME', 'KIND', 'ISSUED BY', 'VALIDITY', 'SUBJECT']

function tableOf(entries: readonly InventoryEntry[], now: Date): readonly Line[] {
  const rows: readonly (readonly Span[])[] = [
    HEADINGS.map((text) => span(text, 'quiet')),
    ...entries.map((entry) => [
      span(entry.name, 'strong'),
      span(certificateKind(entry.certificate)),
      span(entry.issuedBy ?? '–'),
      validityBadge(entry, now),
      span(harmless(formatName(entry.certificate.subject)), 'quiet'),
    ]),
  ]
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]?.text.length ?? 0)))
  return rows.map((row) =>
    row.flatMap((cell, column) => [cell, span(' '.repeat((widths[column] ?? 0) - cell.text.length + 2))]),
  )
}
