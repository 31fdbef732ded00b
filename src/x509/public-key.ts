/** SubjectPublicKeyInfo (RFC 5280 §4.1.2.7): its fields, and the key as `node:crypto` knows it. */

import { createPublicKey, ECDH, type KeyObject } from 'node:crypto'
import { DerError, DerReader, Tag } from '../der/reader.ts'
import { oidFromElement, readInteger, readOctetAlignedBits } from '../der/values.ts'
import { bitString, element, sequence } from '../der/writer.ts'
import { type AlgorithmIdentifier, readAlgorithmIdentifier } from './algorithm.ts'
import { CURVE_NAME, KEY_ALGORITHM, oidName } from './oids.ts'

/** What can be said about a public key without using it. */
export type PublicKeyFacts =
  | { readonly type: 'rsa' | 'rsa-pss'; readonly modulusBits: number; readonly publicExponent: bigint }
  | { readonly type: 'ec'; readonly curve: string }
  /** Parameters written out instead of named: RFC 5480 §2.1.1 forbids it. */
  | { readonly type: 'ec-explicit' }
  | { readonly type: 'dsa'; readonly modulusBits: number | undefined; readonly parameters: 'present' | 'inherited' }
  | { readonly type: 'ed25519' | 'ed448' | 'x25519' | 'x448' }
  | { readonly type: 'unknown'; readonly oid: string }

/** SubjectPublicKeyInfo (RFC 5280 §4.1.2.7), with what is known about the key. */
export class SubjectPublicKeyInfo {
  readonly algorithm: AlgorithmIdentifier
  /** The content of subjectPublicKey, a whole number of octets. */
  readonly publicKey: Uint8Array
  readonly encoded: Uint8Array
  #keyObject: KeyObject | undefined
  #facts: PublicKeyFacts | undefined

  constructor(algorithm: AlgorithmIdentifier, publicKey: Uint8Array, encoded: Uint8Array) {
    this.algorithm = algorithm
    this.publicKey = publicKey
    this.encoded = encoded
  }

  /**
   * The key for `node:crypto`, imported once.
   * @throws whatever `node:crypto` throws for a key it does not take
   */
  get keyObject(): KeyObject {
    this.#keyObject ??= importKey(this.encoded)
    return this.#keyObject
  }

  /** @throws DerError if the key material is malformed */
  get facts(): PublicKeyFacts {
    this.#facts ??= readFacts(this)
    return this.#facts
  }

  /** The same key with parameters taken from its issuer, as DSA allows (RFC 3279 §2.3.2). */
  withParameters(parameters: Uint8Array): SubjectPublicKeyInfo {
    const encodedAlgorithm = sequence(oidElement(this.algorithm), parameters)
    const algorithm = { oid: this.algorithm.oid, parameters, encoded: encodedAlgorithm }
    return new SubjectPublicKeyInfo(algorithm, this.publicKey, sequence(encodedAlgorithm, bitString(this.publicKey)))
  }
}

/** Octets of a public key (RFC 8032 §5, RFC 7748 §5). */
const KEY_LENGTH = { ed25519: 32, ed448: 57, x25519: 32, x448: 56 } as const

/**
 * Why OpenSSL does not take a key, undefined if it does: for whoever does not use the key, since to look at it takes a
 * tenth of the time of importing it. DSA parameters that the issuer would have to give count as missing.
 */
export function publicKeyFault(key: SubjectPublicKeyInfo): string | undefined {
  let facts: PublicKeyFacts
  try {
    facts = key.facts
  } catch (error) {
    if (error instanceof DerError) return error.message
    throw error
  }
  switch (facts.type) {
    case 'rsa':
    case 'rsa-pss':
      return undefined
    case 'ec':
      return pointFault(key, facts.curve)
    case 'dsa':
      return facts.parameters === 'inherited' ? 'DSA public key: the parameters are missing' : undefined
    case 'ec-explicit':
      return undefined
    case 'unknown':
      return 'its algorithm is not known'
    default:
      if (key.algorithm.parameters !== undefined) return `${facts.type} public key: parameters where there are none`
      return key.publicKey.length === KEY_LENGTH[facts.type] ? undefined : `${facts.type} public key: of a wrong length`
  }
}

const CURVES: ReadonlySet<string> = new Set(Object.values(CURVE_NAME))

function pointFault({ publicKey }: SubjectPublicKeyInfo, curve: string): string | undefined {
  if (!CURVES.has(curve)) return `EC public key: the curve ${curve} is not known`
  try {
    // To write a point in another form OpenSSL reads it, and makes sure that it is on the curve.
    ECDH.convertKey(publicKey, curve, undefined, undefined, 'compressed')
    return undefined
  } catch (error) {
    return `EC public key: ${(error as Error).message}`
  }
}

/**
 * Imported keys by their encoding, the latest ones. OpenSSL 3 takes twice as long to import a P-256 key as to check a
 * signature with it, and whoever checks certificates one after the other meets the same few issuers all the time.
 */
const importedKeys = new Map<string, KeyObject>()
const MAX_IMPORTED_KEYS = 256

function importKey(encoded: Uint8Array): KeyObject {
  const bytes = Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength)
  const index = bytes.toString('latin1')
  const known = importedKeys.get(index)
  if (known !== undefined) return known
  const key = createPublicKey({ key: bytes, format: 'der', type: 'spki' })
  if (importedKeys.size >= MAX_IMPORTED_KEYS) importedKeys.delete(importedKeys.keys().next().value as string)
  importedKeys.set(index, key)
  return key
}

function oidElement(algorithm: AlgorithmIdentifier): Uint8Array {
  const fields = new DerReader(algorithm.encoded).sequence('algorithm')
  return fields.element('algorithm').encoded
}

export function readSubjectPublicKeyInfo(reader: DerReader, what: string): SubjectPublicKeyInfo {
  const whole = reader.expect(Tag.sequence, what)
  const fields = whole.reader()
  const algorithm = readAlgorithmIdentifier(fields, what)
  const publicKey = readOctetAlignedBits(fields, what)
  fields.finish(what)
  return new SubjectPublicKeyInfo(algorithm, publicKey, whole.encoded)
}

/** A SubjectPublicKeyInfo from the whole of `encoded`. */
export function parseSubjectPublicKeyInfo(encoded: Uint8Array): SubjectPublicKeyInfo {
  const reader = new DerReader(encoded)
  const key = readSubjectPublicKeyInfo(reader, 'subjectPublicKeyInfo')
  reader.finish('subjectPublicKeyInfo')
  return key
}

function readFacts({ algorithm, publicKey }: SubjectPublicKeyInfo): PublicKeyFacts {
  switch (algorithm.oid) {
    case KEY_ALGORITHM.rsaEncryption:
      return { type: 'rsa', ...readRsaKey(publicKey) }
    case KEY_ALGORITHM.rsassaPss:
      return { type: 'rsa-pss', ...readRsaKey(publicKey) }
    case KEY_ALGORITHM.ecPublicKey:
      return readCurve(algorithm.parameters)
    case KEY_ALGORITHM.dsa:
      return readDsa(algorithm.parameters)
    case KEY_ALGORITHM.ed25519:
      return { type: 'ed25519' }
    case KEY_ALGORITHM.ed448:
      return { type: 'ed448' }
    case KEY_ALGORITHM.x25519:
      return { type: 'x25519' }
    case KEY_ALGORITHM.x448:
      return { type: 'x448' }
    default:
      return { type: 'unknown', oid: algorithm.oid }
  }
}

function readRsaKey(publicKey: Uint8Array): { modulusBits: number; publicExponent: bigint } {
  const reader = new DerReader(publicKey)
  const fields = reader.sequence('RSA public key')
  const modulus = readInteger(fields, 'modulus')
  const publicExponent = readInteger(fields, 'publicExponent')
  fields.finish('RSA public key')
  reader.finish('RSA public key')
  return { modulusBits: bitLength(modulus), publicExponent }
}

function readCurve(parameters: Uint8Array | undefined): PublicKeyFacts {
  if (parameters === undefined) throw new DerError('EC public key: the curve is missing', 0)
  if (parameters[0] !== Tag.oid) return { type: 'ec-explicit' }
  const oid = oidFromElement(new DerReader(parameters).expect(Tag.oid, 'curve'), 'curve')
  return { type: 'ec', curve: CURVE_NAME[oid] ?? oidName(oid) ?? oid }
}

function readDsa(parameters: Uint8Array | undefined): PublicKeyFacts {
  if (parameters === undefined || parameters[0] === Tag.null) {
    return { type: 'dsa', modulusBits: undefined, parameters: 'inherited' }
  }
  const p = readInteger(new DerReader(parameters).sequence('DSA parameters'), 'p')
  return { type: 'dsa', modulusBits: bitLength(p), parameters: 'present' }
}

function bitLength(value: bigint): number {
  return value <= 0n ? 0 : value.toString(2).length
}

/** Wraps key material: the AlgorithmIdentifier of `oid` with `parameters`, and the key's octets. */
export function encodeSubjectPublicKeyInfo(algorithm: Uint8Array, publicKey: Uint8Array): Uint8Array {
  return element(Tag.sequence, algorithm, bitString(publicKey))
}
