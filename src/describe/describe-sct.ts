/** Signed certificate timestamps as they stand in a certificate (RFC 6962 §3.2–3.3): TLS structures, not DER. */

import { DerError, readWhole, Tag } from '../der/reader.ts'
import { bulk, fields, list, number, octets, text, time, type Value } from './description.ts'

/** TLS HashAlgorithm and SignatureAlgorithm (RFC 5246 §7.4.1.4.1) that logs use. */
const HASH: Readonly<Record<number, string>> = { 2: 'sha1', 4: 'sha256', 5: 'sha384', 6: 'sha512' }
const SIGNATURE: Readonly<Record<number, string>> = { 1: 'rsa', 3: 'ecdsa' }

/** The list of timestamps in the extension's OCTET STRING. @throws DerError where lengths do not add up */
export function describeSignedCertificateTimestamps(value: Uint8Array): Value {
  const content = readWhole(value, Tag.octetString, 'signedCertificateTimestamps').content
  const outer = new OctetReader(content)
  const entries = outer.vector(2)
  outer.finish()
  const described: Value[] = []
  while (!entries.atEnd) described.push(describeTimestamp(entries.vector(2)))
  return list(described)
}

function describeTimestamp(reader: OctetReader): Value {
  const version = reader.number(1)
  // Versions to come have another structure: all that is known of them is their number.
  if (version !== 0) return fields({ version: number(version + 1), unknown: octets(reader.rest()) })
  const logID = reader.take(32)
  const milliseconds = reader.number(8)
  const extensions = reader.vector(2).rest()
  const [hash, signature] = [reader.number(1), reader.number(1)]
  const signatureValue = reader.vector(2).rest()
  reader.finish()
  return fields({
    version: number(1),
    logID: octets(logID),
    timestamp: time(new Date(milliseconds)),
    extensions: extensions.length === 0 ? undefined : octets(extensions),
    signatureAlgorithm: text(`${SIGNATURE[signature] ?? signature}-${HASH[hash] ?? hash}`),
    signature: bulk(signatureValue),
  })
}

/** Reads TLS presentation language: fixed-size numbers and vectors with a length in front. */
class OctetReader {
  readonly #octets: Uint8Array
  #position = 0

  constructor(content: Uint8Array) {
    this.#octets = content
  }

  get atEnd(): boolean {
    return this.#position >= this.#octets.length
  }

  take(length: number): Uint8Array {
    const end = this.#position + length
    if (end > this.#octets.length) throw new DerError('signed certificate timestamp: truncated', this.#position)
    const taken = this.#octets.subarray(this.#position, end)
    this.#position = end
    return taken
  }

  number(length: number): number {
    let value = 0
    for (const octet of this.take(length)) value = value * 256 + octet
    return value
  }

  vector(lengthOctets: number): OctetReader {
    return new OctetReader(this.take(this.number(lengthOctets)))
  }

  rest(): Uint8Array {
    return this.take(this.#octets.length - this.#position)
  }

  finish(): void {
    if (!this.atEnd) throw new DerError('signed certificate timestamp: trailing octets', this.#position)
  }
}
