/**
 * Private key files: PKCS#8 (RFC 5958), SEC1 (RFC 5915), PKCS#1 (RFC 8017 A.1.2), plain or encrypted, PEM or DER.
 *
 * Every form becomes a {@link PrivateKey}, that is PKCS#8. The frame is read here, strictly and with bounds, so that a
 * wrong password, a damaged file and an unknown algorithm stay three different errors; OpenSSL, which answers all
 * three alike, then checks the numbers inside.
 */

import { createPrivateKey, createPublicKey, getCurves, type KeyObject } from 'node:crypto'
import { formatPem, isPem, type PemBlock, parsePem } from '../der/pem.ts'
import { contextTag, DerError, DerReader, Tag } from '../der/reader.ts'
import { oidFromElement, readCount } from '../der/values.ts'
import { octetString, sequence } from '../der/writer.ts'
import { PkiError } from '../errors.ts'
import { type AlgorithmIdentifier, readAlgorithmIdentifier } from '../x509/algorithm.ts'
import { CURVE_NAME, KEY_ALGORITHM, PASSWORD_ENCRYPTION } from '../x509/oids.ts'
import { encodeSubjectPublicKeyInfo, parseSubjectPublicKeyInfo } from '../x509/public-key.ts'
import { Decryption, type DecryptionHints } from './decryption.ts'
import { parseEcPrivateKey, publicPointOf } from './ec-private-key.ts'
import { ecPrivateKey, type PrivateKey } from './keys.ts'
import { decryptPbes2, encryptPbes2, type Pbes2Options } from './pbes2.ts'
import { decryptPem, formatEncryptedPem, isEncryptedPem } from './pem-encryption.ts'
import type { RandomSource } from './random.ts'

/** What to do about a key that cannot be decrypted. */
export const KEY_HINTS: DecryptionHints = {
  password: 'give the password with --key-password-file or PKI_KEY_PASSWORD',
  // Half of what is not read here, such as RC2 and DES, OpenSSL has in its legacy provider. `pkcs8` takes no -legacy.
  rewrite: 'openssl pkcs8 -topk8 -provider legacy -provider default',
}

/** How errors name the file, and the password if it is encrypted. */
export interface ParseKeyOptions {
  /** How errors name the input: a path, or `-`. */
  readonly source: string
  readonly password?: string | undefined
}

/**
 * All private keys of a file, in order; other PEM blocks are passed over.
 * @returns an empty list for a PEM file without a private key
 * @throws PkiError `input.malformed`, `input.password`, `input.unsupported`
 */
export function parsePrivateKeys(bytes: Uint8Array, { source, password }: ParseKeyOptions): PrivateKey[] {
  const decryption = new Decryption(source, password, KEY_HINTS)
  if (!isPem(bytes)) return [withPlace(source, undefined, () => parseKeyDer(bytes, decryption))]
  const blocks = withPlace(source, undefined, () => parsePem(Buffer.from(bytes).toString('latin1')))
  return blocks.flatMap((block, i) =>
    isPrivateKeyLabel(block.label) ? [withPlace(source, i + 1, () => parseKeyBlock(block, decryption))] : [],
  )
}

/**
 * The one private key of a file.
 * @throws PkiError as {@link parsePrivateKeys}, and `input.malformed` if there is none or more than one
 */
export function parsePrivateKey(bytes: Uint8Array, options: ParseKeyOptions): PrivateKey {
  const [key, ...others] = parsePrivateKeys(bytes, options)
  if (key !== undefined && others.length === 0) return key
  const found = key === undefined ? 'no private key' : `${others.length + 1} private keys`
  throw new PkiError('input.malformed', `${options.source}: expected one private key, found ${found}`, {
    context: { file: options.source, expected: 'private key' },
  })
}

/** Whether a PEM block of this label holds a private key, readable by this program or not. */
export function isPrivateKeyLabel(label: string): boolean {
  return label === 'PRIVATE KEY' || label.endsWith(' PRIVATE KEY')
}

/** The key of one PEM block. @throws DerError, and PkiError `input.password`, `input.unsupported` */
export function parseKeyBlock(block: PemBlock, decryption: Decryption): PrivateKey {
  switch (block.label) {
    case 'PRIVATE KEY':
      return parsePkcs8(block.bytes, decryption)
    case 'ENCRYPTED PRIVATE KEY':
      return parseEncryptedPkcs8(block.bytes, decryption)
    case 'EC PRIVATE KEY':
    case 'RSA PRIVATE KEY': {
      const parse = (der: Uint8Array) =>
        block.label === 'EC PRIVATE KEY' ? parseSec1(der, decryption) : parsePkcs1(der)
      if (!isEncryptedPem(block)) return parse(block.bytes)
      const data = decryptPem(block, decryption)
      return decrypted(block.label, decryption, () => parse(data))
    }
    default:
      throw new PkiError('input.unsupported', `${decryption.source}: not supported: a key in the form ${block.label}`, {
        hint: 'convert it to PKCS#8: openssl pkcs8 -topk8, or ssh-keygen -p -m PKCS8',
        context: { file: decryption.source },
      })
  }
}

/** A DER key of any form, told by its first elements. @throws DerError, and PkiError `input.password`, `input.unsupported` */
export function parseKeyDer(bytes: Uint8Array, decryption: Decryption): PrivateKey {
  const fields = new DerReader(bytes).sequence('private key')
  // EncryptedPrivateKeyInfo begins with its AlgorithmIdentifier, the others with a version.
  if (fields.peek() === Tag.sequence) return parseEncryptedPkcs8(bytes, decryption)
  fields.expect(Tag.integer, 'private key: version')
  if (fields.peek() === Tag.sequence) return parsePkcs8(bytes, decryption)
  return fields.peek() === Tag.octetString ? parseSec1(bytes, decryption) : parsePkcs1(bytes)
}

/** PrivateKeyInfo (RFC 5208 §5) or OneAsymmetricKey (RFC 5958 §2). @throws DerError, PkiError `input.unsupported` */
export function parsePkcs8(bytes: Uint8Array, decryption: Decryption): PrivateKey {
  const what = 'PKCS#8 private key'
  const reader = new DerReader(bytes)
  const fields = reader.sequence(what)
  reader.finish(what)
  const versionAt = fields.position
  if (readCount(fields.expect(Tag.integer, `${what}: version`), what) > 1) {
    throw new DerError(`${what}: version 0 or 1 expected`, versionAt)
  }
  const algorithm = readAlgorithmIdentifier(fields, `${what}: algorithm`)
  const privateKey = fields.expect(Tag.octetString, `${what}: privateKey`).content
  fields.optional(contextTag(0, true), `${what}: attributes`)
  fields.optional(contextTag(1, false), `${what}: publicKey`)
  fields.finish(what)
  if (algorithm.oid === KEY_ALGORITHM.ecPublicKey) {
    const curve = requireKnownCurve(algorithm.parameters, decryption)
    const point = publicPointOf(parseEcPrivateKey(privateKey), curve)
    return { pkcs8: bytes, publicKey: parseSubjectPublicKeyInfo(encodeSubjectPublicKeyInfo(algorithm.encoded, point)) }
  }
  requireKnownAlgorithm(algorithm, decryption)
  const key = importKey(what, () => createPrivateKey({ key: Buffer.from(bytes), format: 'der', type: 'pkcs8' }))
  return { pkcs8: bytes, publicKey: publicKeyOf(key) }
}

/** EncryptedPrivateKeyInfo (RFC 5958 §3). @throws DerError, PkiError `input.password`, `input.unsupported` */
function parseEncryptedPkcs8(bytes: Uint8Array, decryption: Decryption): PrivateKey {
  const { algorithm, encrypted } = readEncryptedPrivateKeyInfo(bytes)
  if (algorithm.oid === PASSWORD_ENCRYPTION.pbes2) {
    const data = decryptPbes2(algorithm.parameters, encrypted, decryption, 'the private key')
    return decrypted('the private key', decryption, () => parsePkcs8(data, decryption))
  }
  return parsePbes1(bytes, algorithm, decryption)
}

export function readEncryptedPrivateKeyInfo(bytes: Uint8Array): {
  readonly algorithm: AlgorithmIdentifier
  readonly encrypted: Uint8Array
} {
  const what = 'encrypted private key'
  const reader = new DerReader(bytes)
  const fields = reader.sequence(what)
  reader.finish(what)
  const algorithm = readAlgorithmIdentifier(fields, `${what}: algorithm`)
  const encrypted = fields.expect(Tag.octetString, `${what}: data`).content
  fields.finish(what)
  return { algorithm, encrypted }
}

/** Old schemes whose parameters are salt and count (RFC 8018 A.3, RFC 7292 C) and which OpenSSL still undoes. */
const PBES1 = [
  PASSWORD_ENCRYPTION['pbeWithSHAAnd3-KeyTripleDES-CBC'],
  PASSWORD_ENCRYPTION['pbeWithSHAAnd2-KeyTripleDES-CBC'],
] as readonly string[]

function parsePbes1(bytes: Uint8Array, algorithm: AlgorithmIdentifier, decryption: Decryption): PrivateKey {
  if (!PBES1.includes(algorithm.oid)) {
    throw decryption.unsupportedEncryption('encryption with', algorithm.oid)
  }
  const parameters = new DerReader(algorithm.parameters ?? new Uint8Array()).sequence('encryption parameters')
  parameters.expect(Tag.octetString, 'salt')
  decryption.spendIterations(readCount(parameters.expect(Tag.integer, 'iterations'), 'iterations'))
  const passphrase = decryption.requirePassword('the private key')
  return decrypted('the private key', decryption, () => {
    const options = { key: Buffer.from(bytes), format: 'der', type: 'pkcs8', passphrase } as const
    return fromKeyObject(importKey('PKCS#8 private key', () => createPrivateKey(options)))
  })
}

/** An EC key file needs `parameters`, since nothing else names the curve. */
function parseSec1(bytes: Uint8Array, decryption: Decryption): PrivateKey {
  const key = parseEcPrivateKey(bytes)
  const curve = requireKnownCurve(key.parameters, decryption)
  return ecPrivateKey(curve, key.scalar, publicPointOf(key, curve))
}

/** RSAPrivateKey (RFC 8017 A.1.2): a version and eight numbers. */
function parsePkcs1(bytes: Uint8Array): PrivateKey {
  const what = 'RSA private key'
  const reader = new DerReader(bytes)
  const fields = reader.sequence(what)
  reader.finish(what)
  for (let i = 0; i < 9; i++) fields.expect(Tag.integer, what)
  fields.finish(what)
  return fromKeyObject(
    importKey(what, () => createPrivateKey({ key: Buffer.from(bytes), format: 'der', type: 'pkcs1' })),
  )
}

function requireKnownAlgorithm({ oid }: AlgorithmIdentifier, decryption: Decryption): void {
  if ((Object.values(KEY_ALGORITHM) as readonly string[]).includes(oid)) return
  throw decryption.unsupportedAlgorithm('a key of algorithm', oid)
}

/** The curve by OpenSSL's name. */
function requireKnownCurve(parameters: Uint8Array | undefined, decryption: Decryption): string {
  if (parameters === undefined) throw new DerError('EC private key: the curve is missing', 0)
  const element = new DerReader(parameters).element('curve')
  if (element.tag === Tag.sequence)
    throw decryption.unsupported('an EC key with explicit parameters instead of a curve')
  const curve = oidFromElement(element, 'curve')
  const name = CURVE_NAME[curve]
  if (name !== undefined && getCurves().includes(name)) return name
  throw decryption.unsupported(`the curve ${name ?? curve}`)
}

/** Runs an import by OpenSSL, whose many errors all mean that the numbers are wrong once the frame was read here. */
function importKey(what: string, run: () => KeyObject): KeyObject {
  try {
    return run()
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause)) throw cause
    throw Object.assign(new DerError(`${what}: its key material is not valid`, 0), { cause })
  }
}

/** Runs what reads freshly decrypted data: padding lets one wrong password in 256 through, and garbage follows. */
function decrypted(what: string, decryption: Decryption, read: () => PrivateKey): PrivateKey {
  try {
    return read()
  } catch (cause) {
    throw cause instanceof DerError ? decryption.wrongPassword(what, cause) : cause
  }
}

/** Turns a DerError into the PkiError that names file, block and offset. */
function withPlace<T>(source: string, block: number | undefined, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (!(cause instanceof DerError)) throw cause
    const place = block === undefined ? '' : `block ${block}: `
    throw new PkiError('input.malformed', `${source}: ${place}${cause.message} (at octet ${cause.offset})`, {
      context: { file: source, block, offset: cause.offset, expected: 'private key' },
      cause,
    })
  }
}

function fromKeyObject(key: KeyObject): PrivateKey {
  return { pkcs8: new Uint8Array(key.export({ type: 'pkcs8', format: 'der' })), publicKey: publicKeyOf(key) }
}

function publicKeyOf(key: KeyObject): PrivateKey['publicKey'] {
  return parseSubjectPublicKeyInfo(new Uint8Array(createPublicKey(key).export({ type: 'spki', format: 'der' })))
}

/** PKCS#8, or the older form of the kind of key: SEC1 for EC, PKCS#1 for RSA. */
export type KeyFileFormat = 'pkcs8' | 'traditional'

/** The form of a private key in a file; with a password, randomness for salt and initialization vector goes along. */
export type FormatKeyOptions =
  | { readonly format: KeyFileFormat; readonly password?: undefined }
  | { readonly format: KeyFileFormat; readonly password: string; readonly random: RandomSource }

/**
 * A private key as PEM. `traditional` is SEC1 for EC and PKCS#1 for RSA keys. With a password: PKCS#8 under PBES2
 * (AES-256-CBC, PBKDF2 with HMAC-SHA-256), traditional keys under the only scheme they have (AES-256-CBC, MD5).
 * @throws PkiError `usage.algorithm` for a traditional form of a key that has none, such as Ed25519
 */
export function formatPrivateKey(key: PrivateKey, options: FormatKeyOptions): string {
  if (options.format === 'traditional') return formatTraditional(key, options)
  if (options.password === undefined) return formatPem('PRIVATE KEY', key.pkcs8)
  return formatPem('ENCRYPTED PRIVATE KEY', encryptPkcs8(key, options.password, options.random))
}

/** EncryptedPrivateKeyInfo under PBES2, DER. */
export function encryptPkcs8(
  key: PrivateKey,
  password: string,
  random: RandomSource,
  options?: Pbes2Options,
): Uint8Array {
  const { algorithm, encrypted } = encryptPbes2(key.pkcs8, password, random, options)
  return sequence(algorithm, octetString(encrypted))
}

function formatTraditional(key: PrivateKey, options: FormatKeyOptions): string {
  const { type } = key.publicKey.facts
  if (type !== 'ec' && type !== 'rsa') {
    throw new PkiError('usage.algorithm', `there is no traditional form of a key of type ${type}; use PKCS#8`)
  }
  const keyObject = createPrivateKey({ key: Buffer.from(key.pkcs8), format: 'der', type: 'pkcs8' })
  const label = type === 'ec' ? 'EC PRIVATE KEY' : 'RSA PRIVATE KEY'
  const der = keyObject.export({ type: type === 'ec' ? 'sec1' : 'pkcs1', format: 'der' })
  return options.password === undefined
    ? formatPem(label, der)
    : formatEncryptedPem(label, der, options.password, options.random)
}
