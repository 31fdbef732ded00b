/** `pki tree`: who issued whom. */

import type { Command } from 'commander'
import { type InventoryEntry, takeInventory } from '../../store/inventory.ts'
import { certificateKind } from '../certificate-kind.ts'
import { writeHint } from '../error-report.ts'
import type { Io } from '../io.ts'
import { writeListJson } from '../list-json.ts'
import { addJsonOption, addStoreOption, type JsonOption, type StoreOptions, storeFrom } from '../options.ts'
import { type Glyphs, glyphs } from '../render/glyphs.ts'
import { paint } from '../render/paint.ts'
import { formatLines, type Line, span } from '../render/styled-text.ts'
import { validityBadge } from '../render/validity-badge.ts'
import { warnOfDamage } from './list.ts'

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
    io.stdout.write(formatLines(treeLines(inventory.entries, io.now(), glyphs(io)), paint(io.stdout)))
  }
  return 0
}

/**
 * Roots, and what has no issuer here, stand at the left; below each certificate stand those it issued. Certificates
 * that issued each other, as cross-certificates may, are drawn from the first of them.
 */
export function treeLines(entries: readonly InventoryEntry[], now: Date, marks: Glyphs): readonly Line[] {
  const childrenOf = groupByIssuer(entries)
  const drawn = new Set<InventoryEntry>()
  const lines: Line[] = []
  const draw = (entry: InventoryEntry, head: string, below: string): void => {
    if (drawn.has(entry)) return
    drawn.add(entry)
    lines.push(lineOf(entry, head, now))
    const children = childrenOf.get(entry.name) ?? []
    for (const [i, child] of children.entries()) {
      const isLast = i === children.length - 1
      draw(child, `${below}${isLast ? marks.corner : marks.branch}`, `${below}${isLast ? '   ' : marks.bar}`)
    }
  }
  for (const root of childrenOf.get(undefined) ?? []) draw(root, '', '')
  for (const entry of entries) draw(entry, '', '')
  return lines
}

function groupByIssuer(entries: readonly InventoryEntry[]): ReadonlyMap<string | undefined, readonly InventoryEntry[]> {
  const groups = new Map<string | undefined, InventoryEntry[]>()
  for (const entry of entries) {
    const group = groups.get(entry.issuedBy)
    if (group === undefined) groups.set(entry.issuedBy, [entry])
    else group.push(entry)
  }
  return groups
}

function lineOf(entry: InventoryEntry, head: string, now: Date): Line {
  const { certificate, name } = entry
  const pathLen = certificate.decoded.basicConstraints?.pathLenConstraint
  return [
    span(head, 'quiet'),
    span(name, 'strong'),
    span(`  ${certificateKind(certificate)}${pathLen === undefined ? '' : `, path length ${pathLen}`}`),
    span('  '),
    validityBadge(entry, now),
    ...(entry.hasKey ? [] : [span('  no private key', 'quiet')]),
  ]
}
