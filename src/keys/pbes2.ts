/**
 * Password-based encryption scheme 2 (RFC 8018 §6.2, A.4; RFC 7914 §7 for scrypt): how today's encrypted private keys
 * and PKCS#12 files are encrypted. Passwords are their UTF-8 octets.
 */

import { createCipheriv, createDecipheriv, pbkdf2Sync, scryptSync } from 'node:crypto'
import { DerError, DerReader, Tag } from '../der/reader.ts'
import { readCount } from '../der/values.ts'
import { integer, nullValue, octetString, oid, sequence } from '../der/writer.ts'
import { type AlgorithmIdentifier, readAlgorithmIdentifier } from '../x509/algorithm.ts'
import { PASSWORD_ENCRYPTION } from '../x509/oids.ts'
import type { Decryption } from './decryption.ts'
import { DIGEST_LENGTH, type DigestName } from './keys.ts'
import type { RandomSource } from './random.ts'

const P = PASSWORD_ENCRYPTION

/** Ciphers by identifier: `node:crypto`'s name, octets of key and IV. */
const CIPHERS: Readonly<
  Record<string, { readonly name: string; readonly keyLength: number; readonly ivLength: number }>
> = {
  [P['aes128-CBC']]: { name: 'aes-128-cbc', keyLength: 16, ivLength: 16 },
  [P['aes192-CBC']]: { name: 'aes-192-cbc', keyLength: 24, ivLength: 16 },
  [P['aes256-CBC']]: { name: 'aes-256-cbc', keyLength: 32, ivLength: 16 },
  [P['des-EDE3-CBC']]: { name: 'des-ede3-cbc', keyLength: 24, ivLength: 8 },
}

/** The digest below an HMAC (RFC 8018 B.1). */
export const HMAC_DIGEST: Readonly<Record<string, DigestName>> = {
  [P.hmacWithSHA1]: 'sha1',
  [P.hmacWithSHA224]: 'sha224',
  [P.hmacWithSHA256]: 'sha256',
  [P.hmacWithSHA384]: 'sha384',
  [P.hmacWithSHA512]: 'sha512',
}

/** scrypt takes 128·N·r octets. OpenSSL's default is 16 MiB, OWASP's advice (N = 2^17, r = 8) is just this much. */
const MAX_SCRYPT_MEMORY = 128 * 1024 * 1024
const MAX_SCRYPT_PARALLELIZATION = 16

/** OpenSSL's own count, which every reader takes. The passwords of test files are seldom secrets. */
export const DEFAULT_ITERATIONS = 2048

export interface Pbes2Options {
  readonly iterations?: number
  /** Octets of the PBKDF2 salt. */
  readonly saltLength?: number
}

/** What PBES2 writes here: AES-256-CBC under PBKDF2 with HMAC-SHA-256. */
export function encryptPbes2(
  data: Uint8Array,
  password: string,
  random: RandomSource,
  { iterations = DEFAULT_ITERATIONS, saltLength = 16 }: Pbes2Options = {},
): Encrypted {
  const salt = random(saltLength)
  const iv = random(16)
  const key = pbkdf2Sync(Buffer.from(password, 'utf8'), salt, iterations, 32, 'sha256')
  const cipher = createCipheriv('aes-256-cbc', key, iv)
  const encrypted = new Uint8Array(Buffer.concat([cipher.update(data), cipher.final()]))
  const prf = sequence(oid(P.hmacWithSHA256), nullValue())
  const derivation = sequence(oid(P.pbkdf2), sequence(octetString(salt), integer(iterations), prf))
  const encryption = sequence(oid(P['aes256-CBC']), octetString(iv))
  return { algorithm: sequence(oid(P.pbes2), sequence(derivation, encryption)), encrypted }
}

/**
 * Undoes PBES2 with AES-CBC or 3DES-CBC, and PBKDF2 or scrypt.
 * @param parameters PBES2-params, DER
 * @param what names the data in errors
 * @param password if it is another than the decryption's
 * @throws DerError for malformed parameters; PkiError `input.password`, `input.unsupported`
 */
export function decryptPbes2(
  parameters: Uint8Array | undefined,
  data: Uint8Array,
  decryption: Decryption,
  what: string,
  password?: string,
): Uint8Array {
  const fields = new DerReader(parameters ?? new Uint8Array()).sequence('PBES2 parameters')
  const derivation = readAlgorithmIdentifier(fields, 'key derivation function')
  const encryption = readAlgorithmIdentifier(fields, 'encryption scheme')
  fields.finish('PBES2 parameters')

  const cipher = CIPHERS[encryption.oid]
  if (cipher === undefined) throw decryption.unsupportedEncryption('encryption with', encryption.oid)
  const iv = readIv(encryption.parameters, cipher.ivLength)
  const derive = readKeyDerivation(derivation, cipher.keyLength, decryption)
  const key = derive(Buffer.from(password ?? decryption.requirePassword(what), 'utf8'))
  return decryptCbc(cipher.name, key, iv, data, decryption, what)
}

/** Encrypted data, and the AlgorithmIdentifier (DER) that says how to undo it. */
export interface Encrypted {
  readonly algorithm: Uint8Array
  readonly encrypted: Uint8Array
}

/** Undoes a block cipher with the padding of RFC 8018 §6.1.1; wrong padding means a wrong password. */
export function decryptCbc(
  cipher: string,
  key: Uint8Array,
  iv: Uint8Array,
  data: Uint8Array,
  decryption: Decryption,
  what: string,
): Uint8Array {
  const decipher = createDecipheriv(cipher, key, iv)
  try {
    return new Uint8Array(Buffer.concat([decipher.update(data), decipher.final()]))
  } catch (cause) {
    throw decryption.wrongPassword(what, cause)
  }
}

function readIv(parameters: Uint8Array | undefined, length: number): Uint8Array {
  const reader = new DerReader(parameters ?? new Uint8Array())
  const iv = reader.expect(Tag.octetString, 'initialization vector')
  reader.finish('initialization vector')
  if (iv.content.length !== length) throw new DerError(`initialization vector: must be ${length} octets`, iv.start)
  return iv.content
}

export type KeyDerivation = (password: Uint8Array) => Uint8Array

/**
 * PBKDF2 or scrypt. Reads and bounds everything first, so that a hostile file is refused before any work and before
 * any password.
 * @param keyLength octets wanted; undefined if the parameters must say it
 */
export function readKeyDerivation(
  algorithm: AlgorithmIdentifier,
  keyLength: number | undefined,
  decryption: Decryption,
): KeyDerivation {
  switch (algorithm.oid) {
    case P.pbkdf2:
      return pbkdf2(algorithm.parameters, keyLength, decryption)
    case P.scrypt:
      return scrypt(algorithm.parameters, keyLength, decryption)
    default:
      throw decryption.unsupportedEncryption('key derivation with', algorithm.oid)
  }
}

/** PBKDF2-params (RFC 8018 A.2). */
function pbkdf2(parameters: Uint8Array | undefined, wanted: number | undefined, decryption: Decryption): KeyDerivation {
  const what = 'PBKDF2 parameters'
  const fields = new DerReader(parameters ?? new Uint8Array()).sequence(what)
  const salt = fields.expect(Tag.octetString, 'salt').content
  const iterations = readCount(fields.expect(Tag.integer, 'iterationCount'), 'iterationCount')
  const keyLength = readKeyLength(fields, wanted)
  const prf = fields.atEnd ? P.hmacWithSHA1 : readAlgorithmIdentifier(fields, 'prf').oid
  fields.finish(what)
  const digest = HMAC_DIGEST[prf]
  if (digest === undefined) throw decryption.unsupportedEncryption('PBKDF2 with', prf)
  // All iterations are gone through for each block of the key (RFC 8018 §5.2).
  decryption.spendIterations(iterations, Math.ceil(keyLength / DIGEST_LENGTH[digest]))
  return (password) => pbkdf2Sync(password, salt, iterations, keyLength, digest)
}

/** scrypt-params (RFC 7914 §7.1). */
function scrypt(parameters: Uint8Array | undefined, wanted: number | undefined, decryption: Decryption): KeyDerivation {
  const what = 'scrypt parameters'
  const fields = new DerReader(parameters ?? new Uint8Array()).sequence(what)
  const salt = fields.expect(Tag.octetString, 'salt').content
  const [cost, blockSize, parallelization] = ['costParameter', 'blockSize', 'parallelizationParameter'].map((name) =>
    readCount(fields.expect(Tag.integer, name), name),
  ) as [number, number, number]
  const keyLength = readKeyLength(fields, wanted)
  fields.finish(what)
  const isPowerOfTwo = cost > 1 && Number.isInteger(Math.log2(cost))
  if (!isPowerOfTwo || blockSize < 1 || parallelization < 1) throw new DerError(`${what}: out of range`, 0)
  if (128 * cost * blockSize > MAX_SCRYPT_MEMORY || parallelization > MAX_SCRYPT_PARALLELIZATION) {
    throw decryption.unsupported(`scrypt with N=${cost}, r=${blockSize}, p=${parallelization}`)
  }
  // One pass over 128·N·r octets costs about as much as N·r iterations of PBKDF2, once per parallel lane.
  decryption.spendIterations(cost * blockSize * parallelization)
  const options = { N: cost, r: blockSize, p: parallelization, maxmem: 2 * MAX_SCRYPT_MEMORY }
  return (password) => scryptSync(password, salt, keyLength, options)
}

/** More than any HMAC profits from; Bouncy Castle has written 256. */
const MAX_KEY_LENGTH = 1024

function readKeyLength(fields: DerReader, wanted: number | undefined): number {
  const at = fields.position
  const element = fields.optional(Tag.integer, 'keyLength')
  const said = element && readCount(element, 'keyLength')
  const length = said ?? wanted
  if (length === undefined) throw new DerError('keyLength: missing', at)
  if (wanted !== undefined && length !== wanted) throw new DerError(`keyLength: the cipher takes ${wanted} octets`, at)
  if (length < 1 || length > MAX_KEY_LENGTH) throw new DerError('keyLength: out of range', at)
  return length
}
