/** What the content octets of primitive DER elements mean (X.690 §8, §10, §11; RFC 5280 §4.1.2.5 for times). */

import { type DerElement, DerError, type DerReader, Tag } from './reader.ts'

/** BOOLEAN. DER knows two values: 00 and FF. */
export function readBoolean(reader: DerReader, what: string): boolean {
  const element = reader.expect(Tag.boolean, what)
  const value = element.bytes[element.contentStart]
  if (element.end - element.contentStart !== 1 || (value !== 0x00 && value !== 0xff)) {
    throw new DerError(`${what}: a BOOLEAN is one octet, 00 or ff`, element.start)
  }
  return value === 0xff
}

/** `BOOLEAN DEFAULT FALSE`: absent means false, and an encoded FALSE is an error (X.690 §11.5). */
export function readBooleanDefaultFalse(reader: DerReader, what: string): boolean {
  if (reader.peek() !== Tag.boolean) return false
  const { position } = reader
  if (!readBoolean(reader, what)) throw new DerError(`${what}: the default value FALSE must not be encoded`, position)
  return true
}

/** The content octets of an INTEGER: big-endian two's complement, checked to be minimal. */
export function integerContent(element: DerElement, what: string): Uint8Array {
  const { bytes, contentStart, end } = element
  if (contentStart === end) throw new DerError(`${what}: an INTEGER without content`, element.start)
  if (end - contentStart > 1) {
    const first = bytes[contentStart] as number
    const second = bytes[contentStart + 1] as number
    if ((first === 0x00 && second < 0x80) || (first === 0xff && second >= 0x80)) {
      throw new DerError(`${what}: INTEGER is not encoded minimally`, element.start)
    }
  }
  return element.content
}

/** An INTEGER of any size. */
export function readInteger(reader: DerReader, what: string): bigint {
  return bigintFromContent(integerContent(reader.expect(Tag.integer, what), what))
}

/** Two's complement big-endian octets as a number. */
export function bigintFromContent(content: Uint8Array): bigint {
  const { buffer, byteOffset, length } = content
  const value = BigInt(`0x${Buffer.from(buffer, byteOffset, length).toString('hex')}`)
  return (content[0] as number) >= 0x80 ? value - (1n << BigInt(length * 8)) : value
}

/** A non-negative INTEGER that counts something. Values no counter can reach saturate at `Number.MAX_SAFE_INTEGER`. */
export function readCount(element: DerElement, what: string): number {
  const content = integerContent(element, what)
  if ((content[0] as number) >= 0x80) throw new DerError(`${what}: must not be negative`, element.start)
  if (content.length > 6) return Number.MAX_SAFE_INTEGER
  let value = 0
  for (const octet of content) value = value * 256 + octet
  return value
}

/** OBJECT IDENTIFIER, dotted. */
export function readOid(reader: DerReader, what: string): string {
  return oidFromElement(reader.expect(Tag.oid, what), what)
}

interface ReadOid {
  readonly content: Uint8Array
  readonly text: string
}

/** Identifiers read lately, by a hash of their octets: certificates name the same few all the time. */
const readOids: (ReadOid | undefined)[] = new Array(256).fill(undefined)
/** Longer ones are not kept: none in use is. */
const MAX_KEPT_OID = 16

/** The value of an element with OID content, whatever its tag. */
export function oidFromElement(element: DerElement, what: string): string {
  const { bytes, contentStart, end } = element
  const length = end - contentStart
  if (length > MAX_KEPT_OID) return decodeOid(element, what)
  let slot = length
  for (let i = contentStart; i < end; i++) slot = (slot * 31 + (bytes[i] as number)) & 0xff
  const known = readOids[slot]
  if (known !== undefined && standsAt(known.content, bytes, contentStart, length)) return known.text
  const text = decodeOid(element, what)
  readOids[slot] = { content: bytes.slice(contentStart, end), text }
  return text
}

function standsAt(content: Uint8Array, bytes: Uint8Array, start: number, length: number): boolean {
  if (content.length !== length) return false
  for (let i = 0; i < length; i++) if (content[i] !== bytes[start + i]) return false
  return true
}

function decodeOid(element: DerElement, what: string): string {
  const { bytes, contentStart, end } = element
  if (contentStart === end || (bytes[end - 1] as number) >= 0x80) {
    throw new DerError(`${what}: truncated object identifier`, element.start)
  }
  let text = ''
  let arc = 0
  let arcStart = true
  for (let i = contentStart; i < end; i++) {
    const octet = bytes[i] as number
    if (arcStart && octet === 0x80) throw new DerError(`${what}: object identifier arc is not minimal`, i)
    // 2^53 / 128: the next step would lose digits as a number.
    if (arc > 0x3fffffffffff) return oidWithLargeArcs(element, what)
    arc = arc * 128 + (octet & 0x7f)
    arcStart = octet < 0x80
    if (!arcStart) continue
    if (text === '') text = arc < 80 ? `${Math.floor(arc / 40)}.${arc % 40}` : `2.${arc - 80}`
    else text += `.${arc}`
    arc = 0
  }
  return text
}

/** 133 bits: an arc made from a UUID (X.667 §6.3, `2.25.n`) has up to 128, and nothing in use has more. */
const MAX_ARC_OCTETS = 19

/** The slow path of {@link oidFromElement}, which has checked the end of the last arc. */
function oidWithLargeArcs(element: DerElement, what: string): string {
  const arcs: bigint[] = []
  let arc = 0n
  let arcStart = element.contentStart
  for (let i = arcStart; i < element.end; i++) {
    const octet = element.bytes[i] as number
    if (i === arcStart && octet === 0x80) throw new DerError(`${what}: object identifier arc is not minimal`, i)
    if (i - arcStart === MAX_ARC_OCTETS) throw new DerError(`${what}: object identifier arc is too large`, i)
    arc = (arc << 7n) | BigInt(octet & 0x7f)
    if (octet >= 0x80) continue
    if (arcs.length > 0) arcs.push(arc)
    else if (arc < 80n) arcs.push(arc / 40n, arc % 40n)
    else arcs.push(2n, arc - 80n)
    arc = 0n
    arcStart = i + 1
  }
  return arcs.join('.')
}

/** A BIT STRING: the octets, and how many bits of the last one are padding. */
export interface BitString {
  readonly bytes: Uint8Array
  readonly unusedBits: number
}

export function readBitString(reader: DerReader, what: string): BitString {
  return bitStringFromElement(reader.expect(Tag.bitString, what), what)
}

/** The value of an element with BIT STRING content, whatever its tag. Padding bits must be zero (X.690 §11.2.1). */
export function bitStringFromElement(element: DerElement, what: string): BitString {
  const { bytes, contentStart, end } = element
  const unusedBits = contentStart < end ? (bytes[contentStart] as number) : 8
  const empty = end - contentStart <= 1
  if (unusedBits > 7 || (empty && unusedBits !== 0)) {
    throw new DerError(`${what}: BIT STRING with a wrong count of unused bits`, element.start)
  }
  if (!empty && ((bytes[end - 1] as number) & ((1 << unusedBits) - 1)) !== 0) {
    throw new DerError(`${what}: BIT STRING with padding bits set`, end - 1)
  }
  return { bytes: bytes.subarray(contentStart + 1, end), unusedBits }
}

/**
 * A NamedBitList as the set of its bit numbers. DER removes trailing zero bits (X.690 §11.2.2).
 * @param element with BIT STRING content, whatever its tag
 */
export function namedBits(element: DerElement, what: string): readonly number[] {
  const { bytes, unusedBits } = bitStringFromElement(element, what)
  const bits: number[] = []
  for (let i = 0; i < bytes.length * 8; i++) {
    if (((bytes[i >> 3] as number) & (0x80 >> (i & 7))) !== 0) bits.push(i)
  }
  const last = bits.at(-1)
  if (last === undefined ? bytes.length > 0 : last !== bytes.length * 8 - unusedBits - 1) {
    throw new DerError(`${what}: named bit list with trailing zero bits`, element.start)
  }
  return bits
}

/** A BIT STRING that holds whole octets, as keys and signatures do. */
export function readOctetAlignedBits(reader: DerReader, what: string): Uint8Array {
  const { position } = reader
  const { bytes, unusedBits } = readBitString(reader, what)
  if (unusedBits !== 0) throw new DerError(`${what}: BIT STRING is not a whole number of octets`, position)
  return bytes
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const latin1 = new TextDecoder('latin1')
const utf16be = new TextDecoder('utf-16be', { fatal: true, ignoreBOM: true })

/**
 * The text of a string element, or undefined if its tag is not that of a string.
 * TeletexString is read as Latin-1, which is what issuers put there.
 */
export function stringFromElement(element: DerElement, what: string): string | undefined {
  const { content, tag } = element
  try {
    switch (tag) {
      case Tag.utf8String:
        return utf8.decode(content)
      case Tag.printableString:
      case Tag.ia5String:
      case Tag.visibleString:
      case Tag.numericString:
        return asciiFromElement(element, what)
      case Tag.teletexString:
        return latin1.decode(content)
      case Tag.bmpString:
        return utf16be.decode(content)
      case Tag.universalString:
        return utf32(content)
      default:
        return undefined
    }
  } catch (cause) {
    if (cause instanceof DerError) throw cause
    throw new DerError(`${what}: text that its string type cannot hold`, element.start)
  }
}

/** Whether the element is a string whose octets are ASCII whatever its type, so that it is known to decode. */
export function isAsciiString({ bytes, tag, contentStart, end }: DerElement): boolean {
  if (tag !== Tag.utf8String && tag !== Tag.printableString && tag !== Tag.ia5String) return false
  for (let i = contentStart; i < end; i++) if ((bytes[i] as number) > 0x7f) return false
  return true
}

/** The content as ASCII text, whatever the tag: IA5String and the implicitly tagged names of RFC 5280 §4.2.1.6. */
export function asciiFromElement(element: DerElement, what: string): string {
  const { bytes, contentStart, end } = element
  for (let i = contentStart; i < end; i++) {
    if ((bytes[i] as number) > 0x7f) throw new DerError(`${what}: octet above 7f in ASCII text`, i)
  }
  return Buffer.from(bytes.buffer, bytes.byteOffset + contentStart, end - contentStart).toString('latin1')
}

function utf32(content: Uint8Array): string {
  if (content.length % 4 !== 0) throw new RangeError('UniversalString length')
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength)
  let text = ''
  for (let i = 0; i < content.length; i += 4) text += String.fromCodePoint(view.getUint32(i))
  return text
}

/**
 * Time of RFC 5280 §4.1.2.5: UTCTime `YYMMDDHHMMSSZ` (1950–2049) or GeneralizedTime `YYYYMMDDHHMMSSZ`,
 * seconds present, no fraction, Zulu.
 */
export function readTime(reader: DerReader, what: string): Date {
  const tag = reader.peek()
  if (tag !== Tag.utcTime && tag !== Tag.generalizedTime) {
    throw new DerError(`${what}: expected UTCTime or GeneralizedTime`, reader.position)
  }
  return timeFromElement(reader.element(what), what)
}

export function timeFromElement(element: DerElement, what: string): Date {
  const { bytes, contentStart, end, tag } = element
  const yearDigits = tag === Tag.utcTime ? 2 : 4
  if (end - contentStart !== yearDigits + 11 || bytes[end - 1] !== 0x5a) throw notATime(element, what)
  for (let i = contentStart; i < end - 1; i++) {
    const octet = bytes[i] as number
    if (octet < 0x30 || octet > 0x39) throw notATime(element, what)
  }
  let year = twoDigits(bytes, contentStart)
  if (tag === Tag.utcTime) year += year < 50 ? 2000 : 1900
  else year = year * 100 + twoDigits(bytes, contentStart + 2)
  const at = contentStart + yearDigits
  const month = twoDigits(bytes, at)
  const day = twoDigits(bytes, at + 2)
  const hour = twoDigits(bytes, at + 4)
  const minute = twoDigits(bytes, at + 6)
  const second = twoDigits(bytes, at + 8)
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second))
  // Date.UTC takes the years 0 to 99 for 1900 to 1999.
  if (year < 100) date.setUTCFullYear(year, month - 1, day)
  // A day or month that does not exist moves the date to another.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) throw notATime(element, what)
  if (hour > 23 || minute > 59 || second > 59) throw notATime(element, what)
  return date
}

function twoDigits(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) - 0x30) * 10 + (bytes[at + 1] as number) - 0x30
}

function notATime({ tag, start }: DerElement, what: string): DerError {
  return new DerError(`${what}: a time must read ${tag === Tag.utcTime ? 'YY' : 'YYYY'}MMDDHHMMSSZ`, start)
}
