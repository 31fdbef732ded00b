/** Writes DER. Every function returns a whole element; nesting them gives a structure. */

import { contextTag, Tag } from './reader.ts'

/** One element with the given identifier octet around the concatenation of `parts`. */
export function element(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  const lengthOctets = length < 0x80 ? 0 : length < 0x100 ? 1 : length < 0x10000 ? 2 : length < 0x1000000 ? 3 : 4
  const out = new Uint8Array(2 + lengthOctets + length)
  out[0] = tag
  out[1] = lengthOctets === 0 ? length : 0x80 | lengthOctets
  for (let i = 0; i < lengthOctets; i++) out[1 + lengthOctets - i] = (length / 256 ** i) & 0xff
  let at = 2 + lengthOctets
  for (const part of parts) {
    // Most parts are a few octets long, and for those a loop takes half the time of `set`.
    if (part.length < 32) for (let i = 0; i < part.length; i++) out[at + i] = part[i] as number
    else out.set(part, at)
    at += part.length
  }
  return out
}

export function sequence(...parts: readonly Uint8Array[]): Uint8Array {
  return element(Tag.sequence, ...parts)
}

/** SET OF: DER sorts the elements by their encodings (X.690 §11.6). */
export function setOf(...parts: readonly Uint8Array[]): Uint8Array {
  return element(Tag.set, ...[...parts].sort(compareBytes))
}

/** `[number] EXPLICIT`, or IMPLICIT around something constructed whose content is given. */
export function context(number: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return element(contextTag(number, true), ...parts)
}

/** `[number] IMPLICIT` around primitive content. */
export function contextPrimitive(number: number, content: Uint8Array): Uint8Array {
  return element(contextTag(number, false), content)
}

/** The element with another identifier octet: how IMPLICIT tagging is written. */
export function retag(tag: number, encoded: Uint8Array): Uint8Array {
  const out = encoded.slice()
  out[0] = tag
  return out
}

export function boolean(value: boolean): Uint8Array {
  return element(Tag.boolean, Uint8Array.of(value ? 0xff : 0))
}

export function nullValue(): Uint8Array {
  return Uint8Array.of(Tag.null, 0)
}

/** INTEGER of any size and sign. */
export function integer(value: number | bigint): Uint8Array {
  return element(Tag.integer, integerOctets(BigInt(value)))
}

/** INTEGER from unsigned big-endian octets, leading zeros allowed. */
export function unsignedInteger(octets: Uint8Array): Uint8Array {
  let start = 0
  while (start < octets.length - 1 && octets[start] === 0) start++
  const magnitude = octets.subarray(start)
  const padded = magnitude.length === 0 || (magnitude[0] as number) >= 0x80
  return padded ? element(Tag.integer, Uint8Array.of(0), magnitude) : element(Tag.integer, magnitude)
}

export function enumerated(value: number): Uint8Array {
  return element(Tag.enumerated, integerOctets(BigInt(value)))
}

function integerOctets(value: bigint): Uint8Array {
  const octets: number[] = []
  let rest = value
  for (;;) {
    const octet = Number(rest & 0xffn)
    octets.unshift(octet)
    rest >>= 8n
    if ((rest === 0n && octet < 0x80) || (rest === -1n && octet >= 0x80)) return Uint8Array.from(octets)
  }
}

const oidCache = new Map<string, Uint8Array>()

/**
 * OBJECT IDENTIFIER from dotted text.
 * @throws RangeError if the text is not an object identifier; see `isOid`
 */
export function oid(dotted: string): Uint8Array {
  const known = oidCache.get(dotted)
  if (known !== undefined) return known
  if (!isOid(dotted)) throw new RangeError(`not an object identifier: ${dotted}`)
  const [first, second, ...rest] = dotted.split('.').map(BigInt) as [bigint, bigint, ...bigint[]]
  const octets: number[] = []
  for (const arc of [first * 40n + second, ...rest]) {
    const groups = [Number(arc & 0x7fn)]
    for (let left = arc >> 7n; left > 0n; left >>= 7n) groups.unshift(Number(left & 0x7fn) | 0x80)
    octets.push(...groups)
  }
  const encoded = element(Tag.oid, Uint8Array.from(octets))
  // Bounded, because profiles and extensions may bring any number of foreign identifiers.
  if (oidCache.size < 1024) oidCache.set(dotted, encoded)
  return encoded
}

/** Whether the text is a dotted object identifier; arcs have up to 39 digits, as one made from a UUID has (X.667 §6.3). */
export function isOid(text: string): boolean {
  if (!/^[0-2](\.(0|[1-9]\d{0,38}))+$/.test(text)) return false
  const [first, second] = text.split('.').map(Number) as [number, number]
  return first === 2 || second < 40
}

export function octetString(content: Uint8Array): Uint8Array {
  return element(Tag.octetString, content)
}

export function bitString(bytes: Uint8Array, unusedBits = 0): Uint8Array {
  return element(Tag.bitString, Uint8Array.of(unusedBits), bytes)
}

/** A NamedBitList: trailing zero bits removed (X.690 §11.2.2). */
export function namedBitString(bits: readonly number[]): Uint8Array {
  const highest = Math.max(-1, ...bits)
  const bytes = new Uint8Array((highest + 8) >> 3)
  for (const bit of bits) bytes[bit >> 3] = (bytes[bit >> 3] as number) | (0x80 >> (bit & 7))
  return bitString(bytes, highest < 0 ? 0 : 7 - (highest & 7))
}

const encoder = new TextEncoder()

export function utf8String(text: string): Uint8Array {
  return element(Tag.utf8String, encoder.encode(text))
}

const NOT_PRINTABLE = /[^A-Za-z0-9 '()+,\-./:=?]/u

/** Whether a PrintableString can hold it (X.680 §41.4). */
export function isPrintable(text: string): boolean {
  return !NOT_PRINTABLE.test(text)
}

/** @throws RangeError with the first character that is not in its repertoire; see `isPrintable` */
export function printableString(text: string): Uint8Array {
  requireNone(text, NOT_PRINTABLE, 'PrintableString')
  return element(Tag.printableString, encoder.encode(text))
}

/** @throws RangeError with the first character that is not ASCII */
export function ia5String(text: string): Uint8Array {
  requireNone(text, /\P{ASCII}/u, 'IA5String')
  return element(Tag.ia5String, encoder.encode(text))
}

function requireNone(text: string, foreign: RegExp, type: string): void {
  const [character] = foreign.exec(text) ?? []
  if (character !== undefined) throw new RangeError(`${type} has no ${JSON.stringify(character)}`)
}

/** BMPString: UTF-16, big-endian. */
export function bmpString(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 2)
  for (let i = 0; i < text.length; i++) {
    bytes[2 * i] = text.charCodeAt(i) >> 8
    bytes[2 * i + 1] = text.charCodeAt(i) & 0xff
  }
  return element(Tag.bmpString, bytes)
}

/**
 * Time as RFC 5280 §4.1.2.5 wants it: UTCTime through 2049, GeneralizedTime before 1950 and from 2050.
 * @throws RangeError for a year that four digits cannot hold, and for an invalid date
 */
export function time(date: Date): Uint8Array {
  const year = date.getUTCFullYear()
  return year >= 1950 && year < 2050
    ? element(Tag.utcTime, encoder.encode(timeText(date).slice(2)))
    : generalizedTime(date)
}

/**
 * GeneralizedTime `YYYYMMDDHHMMSSZ`; the fraction of a second is dropped.
 * @throws RangeError as {@link time}
 */
export function generalizedTime(date: Date): Uint8Array {
  return element(Tag.generalizedTime, encoder.encode(timeText(date)))
}

function timeText(date: Date): string {
  const year = date.getUTCFullYear()
  if (year < 0 || year > 9999) throw new RangeError(`year ${year} has no DER encoding`)
  return `${date.toISOString().slice(0, 19).replace(/[-T:]/g, '')}Z`
}

/** Orders byte strings as X.690 §11.6 does: octet by octet, a shorter one as if padded with zeros. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] as number) - (b[i] as number)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

/** Whether two byte strings are the same. Not for secrets: it stops at the first difference. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && compareBytes(a, b) === 0
}

/** The byte strings one behind the other. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}
