/**
 * A strict reader of DER (X.690 §10–11), the one door through which foreign bytes enter.
 *
 * It reads slices of the input and copies nothing. It accepts exactly one encoding of a thing: definite, minimal
 * lengths; single-octet tags (no structure of RFC 5280 needs more); nothing left over. Everything else throws a
 * {@link DerError} with the offset from the start of the input.
 */

/** Identifier octets as they stand in the encoding, constructed bit included. */
export const Tag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  numericString: 0x12,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  visibleString: 0x1a,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const

/** The bit of an identifier octet that says that other elements are inside. */
export const CONSTRUCTED = 0x20

/** The identifier octet of a context-specific tag. `contextTag(0, true)` is `[0]` around something constructed. */
export function contextTag(number: number, constructed: boolean): number {
  return (constructed ? 0xa0 : 0x80) | number
}

/** How deeply elements may nest. The deepest structure of RFC 5280 (a name inside a name constraint) needs 16. */
export const MAX_DEPTH = 48

/** Bytes that are not DER, or not the structure that was expected. */
export class DerError extends Error {
  override readonly name = 'DerError'
  /** Octets from the start of the input. */
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

/** One tag–length–value triple: a window on the input, nothing decoded. */
export class DerElement {
  readonly bytes: Uint8Array
  readonly tag: number
  /** Offset of the identifier octet. */
  readonly start: number
  /** Offset of the first content octet. */
  readonly contentStart: number
  /** Offset behind the last content octet. */
  readonly end: number
  readonly depth: number

  constructor(bytes: Uint8Array, tag: number, start: number, contentStart: number, end: number, depth: number) {
    this.bytes = bytes
    this.tag = tag
    this.start = start
    this.contentStart = contentStart
    this.end = end
    this.depth = depth
  }

  /** The whole encoding, identifier and length octets included. */
  get encoded(): Uint8Array {
    return this.bytes.subarray(this.start, this.end)
  }

  get content(): Uint8Array {
    return this.bytes.subarray(this.contentStart, this.end)
  }

  /** A reader over the content, for constructed elements and for OCTET STRINGs that wrap an encoding. */
  reader(): DerReader {
    return new DerReader(this.bytes, this.contentStart, this.end, this.depth + 1)
  }
}

/** Reads elements one after the other between two offsets. */
export class DerReader {
  readonly bytes: Uint8Array
  readonly end: number
  readonly depth: number
  #position: number

  constructor(bytes: Uint8Array, start = 0, end = bytes.length, depth = 0) {
    if (depth > MAX_DEPTH) throw new DerError(`nested more than ${MAX_DEPTH} levels deep`, start)
    this.bytes = bytes
    this.end = end
    this.depth = depth
    this.#position = start
  }

  /** Offset of the next octet to be read. */
  get position(): number {
    return this.#position
  }

  get atEnd(): boolean {
    return this.#position >= this.end
  }

  /** The next element's identifier octet, or -1 at the end. */
  peek(): number {
    return this.#position < this.end ? (this.bytes[this.#position] as number) : -1
  }

  /** Reads the next element, whatever it is. `what` names it in errors. */
  element(what: string): DerElement {
    const { bytes, end } = this
    const start = this.#position
    if (start >= end) throw new DerError(`${what} is missing`, start)
    const tag = bytes[start] as number
    if ((tag & 0x1f) === 0x1f) throw new DerError(`${what}: tag numbers above 30 are not used in certificates`, start)
    if (start + 1 >= end) throw new DerError(`${what}: truncated before its length`, start)

    let contentStart = start + 2
    let length = bytes[start + 1] as number
    if (length >= 0x80) {
      const octets = length & 0x7f
      if (octets === 0) throw new DerError(`${what}: indefinite length is not DER`, start + 1)
      if (octets > 4) throw new DerError(`${what}: length of ${octets} octets is out of range`, start + 1)
      contentStart += octets
      if (contentStart > end) throw new DerError(`${what}: truncated inside its length`, start + 1)
      length = 0
      for (let i = start + 2; i < contentStart; i++) length = length * 256 + (bytes[i] as number)
      const minimal = length >= 0x80 && length >= 256 ** (octets - 1)
      if (!minimal) throw new DerError(`${what}: length is not encoded minimally`, start + 1)
    }
    const elementEnd = contentStart + length
    if (elementEnd > end) {
      throw new DerError(`${what}: ${length} octets announced, ${end - contentStart} left`, start)
    }
    this.#position = elementEnd
    return new DerElement(bytes, tag, start, contentStart, elementEnd, this.depth)
  }

  /** Reads the next element, which must carry `tag`. */
  expect(tag: number, what: string): DerElement {
    const found = this.peek()
    if (found !== tag && found !== -1) {
      throw new DerError(`${what}: expected tag ${hexTag(tag)}, found ${hexTag(found)}`, this.#position)
    }
    return this.element(what)
  }

  /** Reads the next element if it carries `tag`. */
  optional(tag: number, what: string): DerElement | undefined {
    return this.peek() === tag ? this.element(what) : undefined
  }

  /** Reads a SEQUENCE and returns a reader over its content. */
  sequence(what: string): DerReader {
    return this.expect(Tag.sequence, what).reader()
  }

  /** Throws if anything is left. */
  finish(what: string): void {
    if (this.#position < this.end) {
      throw new DerError(`${what}: ${this.end - this.#position} trailing octets`, this.#position)
    }
  }
}

/** Reads one element that must fill `bytes` exactly. */
export function readWhole(bytes: Uint8Array, tag: number, what: string): DerElement {
  const reader = new DerReader(bytes)
  const element = reader.expect(tag, what)
  reader.finish(what)
  return element
}

function hexTag(tag: number): string {
  return `0x${tag.toString(16).padStart(2, '0')}`
}
