/** `pki list`: what is in the store, one line each. */

import type { Command } from 'commander'
import type { InventoryEntry } from '../../store/inventory.ts'
import { formatName } from '../../x509/name-text.ts'
import { addInventoryOptions, type InventoryOptions, reportInventory } from '../inventory-report.ts'
import type { Io } from '../io.ts'
import { certificateKind } from '../issuing/certificate-kind.ts'
import { harmless, type Line, type Span, span } from '../render/styled-text.ts'
import { validityBadge } from '../render/validity-badge.ts'

export function define(command: Command): void {
  addInventoryOptions(command)
}

export async function run(_args: readonly unknown[], options: InventoryOptions, io: Io): Promise<number> {
  return reportInventory(options, io, (entries) => tableOf(entries, io))
}

const HEADINGS = ['NAME', 'KIND', 'ISSUED BY', 'VALIDITY', 'SUBJECT']

function tableOf(entries: readonly InventoryEntry[], io: Io): readonly Line[] {
  const now = io.now()
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
  const subjectAt = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0)
  const room = io.stdout.isTTY ? io.stdout.columns - subjectAt : Number.POSITIVE_INFINITY
  return rows.map((row) =>
    row.flatMap((cell, column) =>
      column === HEADINGS.length - 1
        ? cutTo(cell, room)
        : [cell, span(' '.repeat((widths[column] ?? 0) - cell.text.length + 2))],
    ),
  )
}

/** On a terminal a line stays a line: what is too long for it is cut, or left out where it would be a stump. */
function cutTo({ text, style }: Span, room: number): Line {
  if (text.length <= room) return [{ text, style }]
  return room < SHORTEST ? [] : [{ text: `${text.slice(0, room - 1)}…`, style }]
}

const SHORTEST = 8
