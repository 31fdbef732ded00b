/** The host name in a ClientHello (RFC 8446 §4.1.2, RFC 6066 §3). Reading it judges nothing: the TLS server does. */

const HANDSHAKE_RECORD = 22
const CLIENT_HELLO = 1
const SERVER_NAME = 0
const HOST_NAME = 0

/** More than anybody splits a ClientHello into; strangers may send it in octets, and have each cost as much as all. */
const MAX_RECORDS = 100

/** The name; `none` if there is none or this is no ClientHello; `incomplete` if more octets are needed to tell. */
export type ServerNameIndication = { readonly serverName: string } | 'none' | 'incomplete'

/** @param bytes what the client has sent so far, from the first octet */
export function readServerName(bytes: Uint8Array): ServerNameIndication {
  const handshake = handshakeOctets(bytes)
  if (handshake === undefined) return 'none'
  const hello = new OctetReader(handshake.octets)
  try {
    if (hello.number(1) !== CLIENT_HELLO) return 'none'
    const body = new OctetReader(hello.take(hello.number(3)))
    body.take(2 + 32)
    body.vector(1)
    body.vector(2)
    body.vector(1)
    return nameAmong(new OctetReader(body.atEnd ? new Uint8Array(0) : body.vector(2)))
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return handshake.isComplete ? 'none' : 'incomplete'
  }
}

function nameAmong(extensions: OctetReader): ServerNameIndication {
  while (!extensions.atEnd) {
    const type = extensions.number(2)
    const value = new OctetReader(extensions.vector(2))
    if (type !== SERVER_NAME) continue
    const names = new OctetReader(value.vector(2))
    if (names.number(1) !== HOST_NAME) return 'none'
    return { serverName: Buffer.from(names.vector(2)).toString('latin1') }
  }
  return 'none'
}

/** The octets of the handshake in the records that have arrived; undefined if one is of another kind, or for too many. */
function handshakeOctets(bytes: Uint8Array): { octets: Uint8Array; isComplete: boolean } | undefined {
  const parts: Uint8Array[] = []
  let position = 0
  let needed = Number.POSITIVE_INFINITY
  let length = 0
  while (length < needed) {
    if (position + 5 > bytes.length) return { octets: Buffer.concat(parts), isComplete: false }
    if (bytes[position] !== HANDSHAKE_RECORD) return undefined
    const end = position + 5 + (((bytes[position + 3] as number) << 8) | (bytes[position + 4] as number))
    const part = bytes.subarray(position + 5, end)
    if (parts.push(part) > MAX_RECORDS) return undefined
    length += part.length
    // The length stands in the first four octets: what comes after them need not be put together to read it.
    if (length >= 4 && length - part.length < 4) needed = 4 + Buffer.concat(parts).readUIntBE(1, 3)
    if (end > bytes.length) return { octets: Buffer.concat(parts), isComplete: length >= needed }
    position = end
  }
  return { octets: Buffer.concat(parts), isComplete: true }
}

/** Reads forward. @throws RangeError where there are not enough octets */
class OctetReader {
  readonly #bytes: Uint8Array
  #position = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get atEnd(): boolean {
    return this.#position >= this.#bytes.length
  }

  take(length: number): Uint8Array {
    const end = this.#position + length
    if (end > this.#bytes.length) throw new RangeError('not enough octets')
    const taken = this.#bytes.subarray(this.#position, end)
    this.#position = end
    return taken
  }

  number(octets: number): number {
    return this.take(octets).reduce((value, octet) => value * 256 + octet, 0)
  }

  /** A vector behind its length of so many octets. */
  vector(lengthOctets: number): Uint8Array {
    return this.take(this.number(lengthOctets))
  }
}
