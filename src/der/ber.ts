/**
 * BER that occurs in the wild, made DER: indefinite lengths, and OCTET STRINGs cut into segments (X.690 §8.1.3.6,
 * §8.7.3). PKCS #7 and PKCS #12 are defined in BER, and Windows and old Java use that freedom.
 *
 * Nothing else is repaired, and an element without either is passed on as it stands: a certificate inside keeps its
 * bytes, and its faults, for the strict reader to judge.
 */

import { CONSTRUCTED, DerError, MAX_DEPTH, Tag } from './reader.ts'
import { element } from './writer.ts'

interface Converted {
  readonly encoded: Uint8Array
  /** Offset behind the element in the input. */
  readonly end: number
  /** Whether `encoded` differs from the input. */
  readonly changed: boolean
}

/**
 * The one element that fills `bytes`, its lengths definite and its OCTET STRINGs whole; `bytes` itself if they are so
 * already. Every level is copied once at most, and there are at most {@link MAX_DEPTH}.
 * @throws DerError
 */
export function definiteLengths(bytes: Uint8Array): Uint8Array {
  const { encoded, end, changed } = convert(bytes, 0, bytes.length, 0)
  if (end !== bytes.length) throw new DerError(`${bytes.length - end} trailing octets`, end)
  return changed ? encoded : bytes
}

function convert(bytes: Uint8Array, start: number, limit: number, depth: number): Converted {
  if (depth > MAX_DEPTH) throw new DerError(`nested more than ${MAX_DEPTH} levels deep`, start)
  const { tag, contentStart, length } = readBerHeader(bytes, start, limit)
  const isConstructed = (tag & CONSTRUCTED) !== 0
  if (length === undefined) {
    if (!isConstructed) throw new DerError('indefinite length of a primitive element', start + 1)
    const { children, end } = convertChildren(bytes, contentStart, limit, depth, true)
    return { encoded: rebuild(tag, children, start), end, changed: true }
  }
  const end = contentStart + length
  const asItStands = { encoded: bytes.subarray(start, end), end, changed: false }
  if (!isConstructed) return asItStands
  const { children } = convertChildren(bytes, contentStart, end, depth, false)
  const isSegmented = tag === (Tag.octetString | CONSTRUCTED)
  if (!isSegmented && !children.some((child) => child.changed)) return asItStands
  return { encoded: rebuild(tag, children, start), end, changed: true }
}

/** The elements up to `limit`, or up to the end-of-contents octets. */
function convertChildren(bytes: Uint8Array, start: number, limit: number, depth: number, indefinite: boolean) {
  const children: Converted[] = []
  let at = start
  while (at < limit) {
    if (indefinite && bytes[at] === 0 && bytes[at + 1] === 0 && at + 2 <= limit) return { children, end: at + 2 }
    const child = convert(bytes, at, limit, depth + 1)
    children.push(child)
    at = child.end
  }
  if (indefinite) throw new DerError('indefinite length without an end', start)
  return { children, end: at }
}

function rebuild(tag: number, children: readonly Converted[], start: number): Uint8Array {
  if (tag !== (Tag.octetString | CONSTRUCTED)) return element(tag, ...children.map((child) => child.encoded))
  return element(Tag.octetString, ...children.map(({ encoded }) => segmentContent(encoded, start)))
}

/** The content of one segment, itself made whole before. */
function segmentContent(encoded: Uint8Array, start: number): Uint8Array {
  if (encoded[0] !== Tag.octetString) throw new DerError('a segment of an OCTET STRING that is none', start)
  return encoded.subarray(readBerHeader(encoded, 0, encoded.length).contentStart)
}

export interface BerHeader {
  readonly tag: number
  readonly contentStart: number
  /** Undefined where it is indefinite. */
  readonly length: number | undefined
}

/** How many octets a length may take that is not minimal either. */
const LENGTH_OCTETS = 4

/**
 * Tag and length of an element that ends at `limit` at the latest; the tag is one octet. Whether the length is minimal,
 * the strict reader asks.
 * @throws DerError
 */
export function readBerHeader(
  bytes: Uint8Array,
  start: number,
  limit: number,
  lengthOctets: number = LENGTH_OCTETS,
): BerHeader {
  if (start + 2 > limit) throw new DerError('truncated before its length', start)
  const tag = bytes[start] as number
  const first = bytes[start + 1] as number
  if (first === 0x80) return { tag, contentStart: start + 2, length: undefined }
  const octets = first < 0x80 ? 0 : first & 0x7f
  const contentStart = start + 2 + octets
  if (octets > lengthOctets) throw new DerError(`length of ${octets} octets is out of range`, start + 1)
  if (contentStart > limit) throw new DerError('truncated inside its length', start + 1)
  let length = octets === 0 ? first : 0
  for (let i = start + 2; i < contentStart; i++) length = length * 256 + (bytes[i] as number)
  if (contentStart + length > limit)
    throw new DerError(`${length} octets announced, ${limit - contentStart} left`, start)
  return { tag, contentStart, length }
}
