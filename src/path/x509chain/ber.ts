/**
 * Values of extensions in BER, which OpenSSL takes, written again in DER, which our reader takes: lengths longer than
 * need be or indefinite, a TRUE other than FF, bits behind the end of a BIT STRING, strings in pieces, octets behind the
 * value.
 *
 * Nothing but X509Chain reads so. Strings in pieces under a tag of their context are not put together, since it does not
 * show that they are strings: `reading.ts` knows where they are.
 */

import { readBerHeader } from '../../der/ber.ts'
import { CONSTRUCTED, DerError, DerReader, Tag } from '../../der/reader.ts'
import { bitString, boolean, concatBytes, element } from '../../der/writer.ts'

/** OpenSSL's own limit (ASN1_MAX_CONSTRUCTED_NEST). */
const MAX_DEPTH = 30

const CLASS = 0xc0
/** As many as can be announced: OpenSSL passes over zeros at the beginning. */
const LENGTH_OCTETS = 127

/** The first element of `ber` in DER. Every BIT STRING is taken for a list of named bits. @throws DerError */
export function derFromBer(ber: Uint8Array): Uint8Array {
  return readElement(ber, { start: 0, limit: ber.length, depth: 0, isPiece: false }).der
}

interface Place {
  readonly start: number
  /** Where what is around it ends. */
  readonly limit: number
  readonly depth: number
  /** Inside a string, whose pieces mean nothing alone. */
  readonly isPiece: boolean
}

interface Read {
  readonly der: Uint8Array
  /** Offset behind the element. */
  readonly end: number
}

function readElement(ber: Uint8Array, { start, limit, depth, isPiece }: Place): Read {
  const { tag, length, contentStart } = readBerHeader(ber, start, limit, LENGTH_OCTETS)
  if (depth > MAX_DEPTH || (tag & 0x1f) === 0x1f) throw unreadable(start)
  if ((tag & CONSTRUCTED) === 0) {
    if (length === undefined) throw unreadable(start)
    const end = contentStart + length
    const content = ber.subarray(contentStart, end)
    return { der: isPiece ? element(tag, content) : primitive(tag, content, start), end }
  }
  const isString = (tag & CLASS) === 0 && tag !== Tag.sequence && tag !== Tag.set
  const inside: Place = {
    start: contentStart,
    limit: length === undefined ? limit : contentStart + length,
    depth: depth + 1,
    isPiece: isPiece || isString,
  }
  const { parts, end } = readParts(ber, inside, length === undefined)
  if (!inside.isPiece) return { der: element(tag, ...parts), end }
  // What OpenSSL makes of pieces: their contents one behind the other, whatever they are.
  const content = concatBytes(parts.map((part) => new DerReader(part).element('piece').content))
  const whole = tag & ~CONSTRUCTED
  return { der: isPiece ? element(whole, content) : primitive(whole, content, start), end }
}

function readParts(
  ber: Uint8Array,
  place: Place,
  isIndefinite: boolean,
): { readonly parts: readonly Uint8Array[]; readonly end: number } {
  const { limit } = place
  const parts: Uint8Array[] = []
  let at = place.start
  while (isIndefinite || at < limit) {
    if (isIndefinite && at + 2 <= limit && ber[at] === 0 && ber[at + 1] === 0) return { parts, end: at + 2 }
    const part = readElement(ber, { ...place, start: at })
    parts.push(part.der)
    at = part.end
  }
  return { parts, end: at }
}

function primitive(tag: number, content: Uint8Array, start: number): Uint8Array {
  if (tag === Tag.boolean) {
    if (content.length !== 1) throw unreadable(start)
    return boolean(content[0] !== 0)
  }
  return tag === Tag.bitString ? bits(content, start) : element(tag, content)
}

function bits(content: Uint8Array, start: number): Uint8Array {
  const unusedBits = content[0] ?? 8
  if (unusedBits > 7 || (unusedBits > 0 && content.length === 1)) throw unreadable(start)
  const octets = content.slice(1)
  const last = octets.length - 1
  if (last >= 0) octets[last] = (octets[last] as number) & (0xff << unusedBits)
  return namedBits(octets)
}

/** Without zero bits at the end (X.690 §11.2.2). */
function namedBits(octets: Uint8Array): Uint8Array {
  let length = octets.length
  while (length > 0 && octets[length - 1] === 0) length--
  if (length === 0) return bitString(new Uint8Array(0))
  const lastSet = 31 - Math.clz32((octets[length - 1] as number) & -(octets[length - 1] as number))
  return bitString(octets.subarray(0, length), lastSet)
}

function unreadable(offset: number): DerError {
  return new DerError('not BER either', offset)
}
