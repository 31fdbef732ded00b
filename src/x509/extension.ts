/** The envelope of an extension (RFC 5280 §4.1), around a value that is not decoded: that is `extension-value.ts`. */

import { DerError, type DerReader, Tag } from '../der/reader.ts'
import { readBooleanDefaultFalse, readOid } from '../der/values.ts'

/** One extension as it stands in the certificate; `value` is the content of extnValue. */
export interface Extension {
  readonly oid: string
  readonly critical: boolean
  readonly value: Uint8Array
  /** Offset of `value` from the start of the certificate. */
  readonly offset: number
}

/** Reads `Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension`. Duplicates are kept; judging them is not parsing. */
export function readExtensions(reader: DerReader, what: string): readonly Extension[] {
  const list = reader.sequence(what)
  if (list.atEnd) throw new DerError(`${what}: an empty list must be left out`, list.position)
  const extensions: Extension[] = []
  while (!list.atEnd) {
    const fields = list.sequence(what)
    const oid = readOid(fields, what)
    const critical = readBooleanDefaultFalse(fields, what)
    const value = fields.expect(Tag.octetString, what)
    fields.finish(what)
    extensions.push({ oid, critical, value: value.content, offset: value.contentStart })
  }
  return extensions
}
