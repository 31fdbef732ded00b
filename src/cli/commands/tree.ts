/** `pki tree`: who issued whom. */

import type { Command } from 'commander'
import type { InventoryEntry } from '../../store/inventory.ts'
import { addInventoryOptions, type InventoryOptions, reportInventory } from '../inventory-report.ts'
import type { Io } from '../io.ts'
import { certificateKind } from '../issuing/certificate-kind.ts'
import { type Glyphs, glyphs } from '../render/glyphs.ts'
import { type Line, span } from '../render/styled-text.ts'
import { validityBadge } from '../render/validity-badge.ts'

export function define(command: Command): void {
  addInventoryOptions(command)
}

export async function run(_args: readonly unknown[], options: InventoryOptions, io: Io): Promise<number> {
  return reportInventory(options, io, (entries) => treeLines(entries, io.now(), glyphs(io)))
}

/**
 * Roots, and what has no issuer here, stand at the left; below each certificate stand those it issued. Certificates
 * that issued each other, as cross-certificates may, are drawn from the first of them.
 */
function treeLines(entries: readonly InventoryEntry[], now: Date, marks: Glyphs): readonly Line[] {
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
