/**
 * Writes down a TLS handshake as it passes by: records of both sides in the order in which they came, decrypted with
 * the secrets that Node's `keylog` event gives to whoever runs a connection. Nothing is judged, and what cannot be read
 * is a step that says so.
 */

import { type CipherGCMTypes, createDecipheriv, createHmac } from 'node:crypto'
import {
  type HandshakeMessage,
  MESSAGE,
  type Negotiated,
  negotiatedBy,
  readHandshakeMessage,
  TLS13,
} from './handshake-message.ts'
import { alertName } from './tls-names.ts'
import { TlsFormatError } from './tls-reader.ts'

export type Side = 'client' | 'server'

export interface HandshakeStep extends HandshakeMessage {
  readonly from: Side
  /** Milliseconds since the first octet. */
  readonly at: number
}

/** Types of records. */
const RECORD = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 } as const

/** What a side sends is protected with: nothing, keys of the handshake, keys of the application, or unreadable keys. */
type Epoch = 'plain' | 'handshake' | 'application' | 'opaque'

interface SideState {
  epoch: Epoch
  /** Of the next record under the keys of the epoch. */
  sequence: number
  /** Octets that do not make a whole record yet, and octets that do not make a whole message. */
  records: Buffer
  messages: Buffer
}

interface Chunk {
  readonly from: Side
  readonly bytes: Buffer
  readonly at: number
}

/** Beyond this, a connection is application data that nobody asked for. */
const MOST_OCTETS = 1 << 20

export class HandshakeRecorder {
  readonly #chunks: Chunk[] = []
  readonly #secrets = new Map<string, Buffer>()
  #size = 0

  /** Octets that went by. @param at milliseconds */
  note(from: Side, bytes: Uint8Array, at: number): void {
    this.#size += bytes.length
    if (this.#size <= MOST_OCTETS) this.#chunks.push({ from, bytes: Buffer.from(bytes), at })
  }

  /** A line of NSS key log format: label, client random, secret. */
  noteSecret(line: string): void {
    const [label = '', , secret = ''] = line.trim().split(' ')
    this.#secrets.set(label, Buffer.from(secret, 'hex'))
  }

  /** Everything that was said so far, in order. */
  steps(): readonly HandshakeStep[] {
    const begin = this.#chunks[0]?.at ?? 0
    const reading = new Reading(this.#secrets)
    return this.#chunks.flatMap(({ from, bytes, at }) =>
      reading.read(from, bytes).map((message) => ({ ...message, from, at: at - begin })),
    )
  }
}

/** One pass over everything that was recorded. */
class Reading {
  readonly #secrets: ReadonlyMap<string, Buffer>
  readonly #sides: Readonly<Record<Side, SideState>> = { client: newSide(), server: newSide() }
  #negotiated: Negotiated | undefined

  constructor(secrets: ReadonlyMap<string, Buffer>) {
    this.#secrets = secrets
  }

  read(from: Side, bytes: Buffer): readonly HandshakeMessage[] {
    const side = this.#sides[from]
    side.records = Buffer.concat([side.records, bytes])
    const found: HandshakeMessage[] = []
    while (side.records.length >= 5) {
      const end = 5 + side.records.readUInt16BE(3)
      if (side.records.length < end) break
      const record = side.records.subarray(0, end)
      side.records = side.records.subarray(end)
      found.push(...this.#readRecord(from, side, record))
    }
    return found
  }

  #readRecord(from: Side, side: SideState, record: Buffer): readonly HandshakeMessage[] {
    const type = record[0]
    const is13 = this.#negotiated?.version === TLS13
    if (type === RECORD.changeCipherSpec) {
      if (is13 || this.#negotiated === undefined) return [] // sent for the sake of old middleboxes
      side.epoch = 'opaque'
      return [{ name: 'ChangeCipherSpec', facts: {} }]
    }
    if (side.epoch === 'opaque') return type === RECORD.handshake ? [{ name: 'Finished', facts: {} }] : []
    if (type === RECORD.applicationData && is13) {
      if (side.epoch === 'plain') side.epoch = 'handshake'
      const inner = this.#decrypt(from, side, record)
      return inner === undefined ? [{ name: 'encrypted', facts: {} }] : this.#readContent(from, side, inner)
    }
    return this.#readContent(from, side, { type: type ?? 0, content: record.subarray(5) })
  }

  #readContent(from: Side, side: SideState, { type, content }: Content): readonly HandshakeMessage[] {
    if (type === RECORD.alert) {
      return [{ name: 'Alert', facts: { description: alertName(content[1] ?? -1), fatal: content[1] !== 0 } }]
    }
    if (type !== RECORD.handshake) return []
    side.messages = Buffer.concat([side.messages, content])
    const found: HandshakeMessage[] = []
    while (side.messages.length >= 4) {
      const end = 4 + side.messages.readUIntBE(1, 3)
      if (side.messages.length < end) break
      const [number, body] = [side.messages.readUInt8(0), side.messages.subarray(4, end)]
      side.messages = side.messages.subarray(end)
      found.push(this.#readMessage(from, side, number, body))
    }
    return found
  }

  #readMessage(from: Side, side: SideState, type: number, body: Buffer): HandshakeMessage {
    try {
      if (type === MESSAGE.serverHello && from === 'server') {
        const negotiated = negotiatedBy(body)
        if (!negotiated.isRetry) this.#negotiated = negotiated
      }
      const message = readHandshakeMessage(type, body, this.#negotiated)
      if (type === MESSAGE.finished && side.epoch === 'handshake') {
        side.epoch = 'application'
        side.sequence = 0
      }
      return message
    } catch (error) {
      if (!(error instanceof TlsFormatError)) throw error
      return { name: `unreadable handshake message ${type}`, facts: { problem: error.message } }
    }
  }

  /** RFC 8446 §5.2. Undefined without the secret, if it does not fit, or if there is not even room for a tag. */
  #decrypt(from: Side, side: SideState, record: Buffer): Content | undefined {
    const suite = SUITES[this.#negotiated?.cipherSuite ?? 0]
    const stage = side.epoch === 'handshake' ? 'HANDSHAKE_TRAFFIC_SECRET' : 'TRAFFIC_SECRET_0'
    const secret = this.#secrets.get(`${from.toUpperCase()}_${stage}`)
    if (suite === undefined || secret === undefined || record.length < 5 + TAG_LENGTH) return undefined
    const { cipher, digest, keyLength } = suite
    const nonce = expandLabel(digest, secret, 'iv', 12)
    const sequence = Buffer.alloc(12)
    sequence.writeBigUInt64BE(BigInt(side.sequence++), 4)
    for (const [i, octet] of sequence.entries()) nonce[i] = (nonce[i] as number) ^ octet
    // The types want one call for each kind of AEAD; what is done with them is the same.
    const decipher = createDecipheriv(cipher as CipherGCMTypes, expandLabel(digest, secret, 'key', keyLength), nonce, {
      authTagLength: TAG_LENGTH,
    })
    decipher.setAAD(record.subarray(0, 5), { plaintextLength: record.length - 5 - TAG_LENGTH })
    decipher.setAuthTag(record.subarray(-TAG_LENGTH))
    try {
      const plain = Buffer.concat([decipher.update(record.subarray(5, -TAG_LENGTH)), decipher.final()])
      const end = plain.findLastIndex((octet) => octet !== 0)
      return { type: plain[end] ?? 0, content: plain.subarray(0, Math.max(0, end)) }
    } catch (error) {
      // What OpenSSL says about a tag that is wrong has no code of its own.
      if (error instanceof Error) return undefined
      throw error
    }
  }
}

interface Content {
  readonly type: number
  readonly content: Buffer
}

function newSide(): SideState {
  return { epoch: 'plain', sequence: 0, records: Buffer.alloc(0), messages: Buffer.alloc(0) }
}

const TAG_LENGTH = 16

interface Suite {
  readonly cipher: 'aes-128-gcm' | 'aes-256-gcm' | 'chacha20-poly1305'
  readonly digest: string
  readonly keyLength: number
}

const SUITES: Readonly<Record<number, Suite>> = {
  4865: { cipher: 'aes-128-gcm', digest: 'sha256', keyLength: 16 },
  4866: { cipher: 'aes-256-gcm', digest: 'sha384', keyLength: 32 },
  4867: { cipher: 'chacha20-poly1305', digest: 'sha256', keyLength: 32 },
}

/** HKDF-Expand-Label without context (RFC 8446 §7.1), of no more octets than the digest has: one round of HKDF. */
function expandLabel(digest: string, secret: Buffer, label: string, length: number): Buffer {
  const text = Buffer.from(`tls13 ${label}`)
  const info = Buffer.concat([Buffer.of(length >> 8, length & 0xff, text.length), text, Buffer.of(0, 1)])
  return createHmac(digest, secret).update(info).digest().subarray(0, length)
}
