/** Reads the presentation language of TLS (RFC 8446 §3): numbers, and vectors with their length in front. */

/** Octets that are not what TLS says they should be. */
export class TlsFormatError extends Error {
  override readonly name = 'TlsFormatError'
}

export class TlsReader {
  readonly #bytes: Uint8Array
  #position = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get atEnd(): boolean {
    return this.#position === this.#bytes.length
  }

  /** @throws TlsFormatError beyond the end, as all methods do */
  take(length: number): Uint8Array {
    const end = this.#position + length
    if (end > this.#bytes.length) throw new TlsFormatError(`${length} octets expected at ${this.#position}`)
    const taken = this.#bytes.subarray(this.#position, end)
    this.#position = end
    return taken
  }

  /** A number of 1 to 3 octets, big-endian. */
  number(length: 1 | 2 | 3): number {
    return this.take(length).reduce((value, octet) => value * 256 + octet, 0)
  }

  /** A vector whose length takes so many octets. */
  vector(lengthOctets: 1 | 2 | 3): Uint8Array {
    return this.take(this.number(lengthOctets))
  }

  /** The same, to be read on. */
  nested(lengthOctets: 1 | 2 | 3): TlsReader {
    return new TlsReader(this.vector(lengthOctets))
  }

  /** Numbers of so many octets up to the end. */
  numbers(length: 1 | 2): readonly number[] {
    const found: number[] = []
    while (!this.atEnd) found.push(this.number(length))
    return found
  }

  /** What `read` gives, called until the end. */
  all<T>(read: (reader: TlsReader) => T): readonly T[] {
    const found: T[] = []
    while (!this.atEnd) found.push(read(this))
    return found
  }
}
