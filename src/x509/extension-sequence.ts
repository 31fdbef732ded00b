/** What the readers of extension values have in common: most values are one SEQUENCE, many a list that may not be empty. */

import { DerError, type DerReader, readWhole, Tag } from '../der/reader.ts'

/** Reads a SEQUENCE that must fill `value`, and lets `read` consume all of it. */
export function parseSequence<T>(value: Uint8Array, what: string, read: (reader: DerReader, what: string) => T): T {
  const reader = readWhole(value, Tag.sequence, what).reader()
  const result = read(reader, what)
  reader.finish(what)
  return result
}

/** Reads to the end of a SEQUENCE SIZE (1..MAX). */
export function atLeastOne<T>(list: DerReader, what: string, read: () => T): readonly T[] {
  if (list.atEnd) throw new DerError(`${what}: an empty list`, list.position)
  const items: T[] = []
  while (!list.atEnd) items.push(read())
  return items
}
