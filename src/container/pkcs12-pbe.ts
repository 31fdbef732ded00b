/**
 * The password-based encryption of old PKCS #12 files (RFC 7292 Appendix C): key derivation, 3DES and RC2 of
 * `node-forge`, because OpenSSL 3 has no RC2 without its legacy provider.
 *
 * This is the only importer of node-forge. Load it with `import()`: it costs tens of milliseconds, and neither reading
 * nor writing a PFX of today needs it.
 */

import cipher from 'node-forge/lib/cipher.js'
import 'node-forge/lib/des.js'
import type { util as ForgeUtil } from 'node-forge'
import pbe from 'node-forge/lib/pbe.js'
import rc2 from 'node-forge/lib/rc2.js'
import util from 'node-forge/lib/util.js'
import { DerError, DerReader, Tag } from '../der/reader.ts'
import { readCount } from '../der/values.ts'
import { integer, octetString, oid, sequence } from '../der/writer.ts'
import type { Decryption } from '../keys/decryption.ts'
import type { Encrypted } from '../keys/pbes2.ts'
import type { RandomSource } from '../keys/random.ts'
import type { AlgorithmIdentifier } from '../x509/algorithm.ts'
import { PASSWORD_ENCRYPTION } from '../x509/oids.ts'

type Binary = ForgeUtil.ByteBuffer
type Direction = 'encrypt' | 'decrypt'

interface Scheme {
  /** Octets of key that are derived. */
  readonly keyLength: number
  readonly run: (direction: Direction, key: Binary, iv: Binary, data: Binary) => Binary | undefined
}

const P = PASSWORD_ENCRYPTION

export const PBE_3DES = P['pbeWithSHAAnd3-KeyTripleDES-CBC']
export const PBE_RC2_40 = P['pbeWithSHAAnd40BitRC2-CBC']

const SCHEMES: Readonly<Record<string, Scheme>> = {
  [PBE_3DES]: { keyLength: 24, run: tripleDes },
  [P['pbeWithSHAAnd2-KeyTripleDES-CBC']]: { keyLength: 16, run: tripleDes },
  [P['pbeWithSHAAnd128BitRC2-CBC']]: { keyLength: 16, run: rc2Cbc },
  [PBE_RC2_40]: { keyLength: 5, run: rc2Cbc },
}

/** Both ciphers have blocks of 8 octets. */
const IV_LENGTH = 8

/** One iteration of node-forge's derivation beside one of PBKDF2, and the derivations a decryption takes. */
const ITERATION_COST = 4
const DERIVATIONS = 3

/** Encrypts under one of the schemes above; salt of 8 octets. */
export function encryptPbe(
  scheme: typeof PBE_3DES | typeof PBE_RC2_40,
  data: Uint8Array,
  password: string | undefined,
  random: RandomSource,
  iterations: number,
): Encrypted {
  const salt = random(8)
  const encrypted = runScheme(SCHEMES[scheme] as Scheme, 'encrypt', password, salt, iterations, data)
  const parameters = sequence(octetString(salt), integer(iterations))
  return { algorithm: sequence(oid(scheme), parameters), encrypted: encrypted as Uint8Array }
}

/**
 * @param password undefined for none, which is not the same as an empty one
 * @throws DerError for malformed parameters; PkiError `input.password`, `input.unsupported`
 */
export function decryptPbe(
  { oid: oidText, parameters }: AlgorithmIdentifier,
  data: Uint8Array,
  password: string | undefined,
  decryption: Decryption,
  what: string,
): Uint8Array {
  const scheme = SCHEMES[oidText]
  if (scheme === undefined) throw decryption.unsupportedEncryption('encryption with', oidText)
  const fields = new DerReader(parameters ?? new Uint8Array()).sequence('encryption parameters')
  const salt = fields.expect(Tag.octetString, 'salt').content
  const iterations = readCount(fields.expect(Tag.integer, 'iterations'), 'iterations')
  fields.finish('encryption parameters')
  if (salt.length === 0) throw new DerError('salt: empty', 0)
  decryption.spendIterations(iterations, DERIVATIONS * ITERATION_COST)
  const plain = runScheme(scheme, 'decrypt', password, salt, iterations, data)
  if (plain === undefined) throw decryption.wrongPassword(what)
  return plain
}

function runScheme(
  scheme: Scheme,
  direction: Direction,
  password: string | undefined,
  salt: Uint8Array,
  iterations: number,
  data: Uint8Array,
): Uint8Array | undefined {
  const key = pbe.generatePkcs12Key(password, binary(salt), 1, iterations, scheme.keyLength)
  const iv = pbe.generatePkcs12Key(password, binary(salt), 2, iterations, IV_LENGTH)
  const output = scheme.run(direction, key, iv, binary(data))
  return output && new Uint8Array(Buffer.from(output.getBytes(), 'latin1'))
}

function tripleDes(direction: Direction, key: Binary, iv: Binary, data: Binary): Binary | undefined {
  const octets = key.getBytes()
  // Two-key 3DES uses its first key again.
  const threeKeys = octets.length === 24 ? octets : octets + octets.slice(0, 8)
  const run = direction === 'encrypt' ? cipher.createCipher : cipher.createDecipher
  const block = run('3DES-CBC', threeKeys)
  block.start({ iv })
  block.update(data)
  return block.finish() ? block.output : undefined
}

function rc2Cbc(direction: Direction, key: Binary, iv: Binary, data: Binary): Binary | undefined {
  const effectiveBits = key.length() * 8
  const create = direction === 'encrypt' ? rc2.createEncryptionCipher : rc2.createDecryptionCipher
  const block = create(key, effectiveBits)
  block.start(iv)
  block.update(data)
  return block.finish() ? block.output : undefined
}

function binary(octets: Uint8Array): Binary {
  return util.createBuffer(Buffer.from(octets).toString('latin1'))
}
