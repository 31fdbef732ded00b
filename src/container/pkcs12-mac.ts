/**
 * The MAC that protects a PKCS #12 file (RFC 7292 §4, MacData), and by which a wrong password is known before
 * anything is decrypted. PBMAC1 (RFC 9579) is read, not written: OpenSSL before 3.4 and Java before 26 refuse it.
 */

import { createHmac, timingSafeEqual } from 'node:crypto'
import { type DerElement, DerError, DerReader, Tag } from '../der/reader.ts'
import { readCount } from '../der/values.ts'
import { integer, nullValue, octetString, oid, sequence } from '../der/writer.ts'
import type { Decryption } from '../keys/decryption.ts'
import { HMAC_DIGEST, readKeyDerivation } from '../keys/pbes2.ts'
import { type AlgorithmIdentifier, readAlgorithmIdentifier } from '../x509/algorithm.ts'
import { DIGEST_NAME, digestOid, PASSWORD_ENCRYPTION } from '../x509/oids.ts'
import { derivePkcs12Key, isPkcs12Digest, KeyPurposeId, pkcs12Password } from './pkcs12-kdf.ts'

/** What protects a file. */
export interface MacFacts {
  /** `hmac` with the PKCS #12 key derivation, or `pbmac1`. */
  readonly scheme: 'hmac' | 'pbmac1'
  readonly digest: string
  /** Undefined with PBMAC1, whose key derivation has its own. */
  readonly iterations: number | undefined
  readonly saltLength: number | undefined
}

export interface MacData {
  readonly facts: MacFacts
  /** Whether the MAC is right. Costs the file's iterations. */
  readonly isRight: (content: Uint8Array, password: string | undefined) => boolean
}

/** RFC 9579 §9: a short key would make a MAC that anybody can forge. */
const MIN_MAC_KEY_LENGTH = 20

/** One iteration of our own derivation beside one of PBKDF2. */
const ITERATION_COST = 4

/** @throws DerError; PkiError `input.unsupported` for an unknown digest and for too many iterations */
export function readMacData(element: DerElement, decryption: Decryption): MacData {
  const fields = element.reader()
  const digestInfo = fields.sequence('MAC')
  const algorithm = readAlgorithmIdentifier(digestInfo, 'MAC algorithm')
  const expected = digestInfo.expect(Tag.octetString, 'MAC value').content
  digestInfo.finish('MAC')
  const salt = fields.expect(Tag.octetString, 'MAC salt').content
  const count = fields.optional(Tag.integer, 'MAC iterations')
  const iterations = count === undefined ? 1 : readCount(count, 'MAC iterations')
  fields.finish('MAC')
  if (algorithm.oid === PASSWORD_ENCRYPTION.pbmac1) return readPbmac1(algorithm, expected, decryption)

  const digest = DIGEST_NAME[algorithm.oid]
  if (digest === undefined || !isPkcs12Digest(digest))
    throw decryption.unsupportedEncryption('a MAC with', algorithm.oid)
  if (iterations < 1) throw decryption.unsupported('a MAC without iterations')
  return {
    facts: { scheme: 'hmac', digest, iterations, saltLength: salt.length },
    isRight: (content, password) => {
      decryption.spendIterations(iterations, ITERATION_COST)
      return isEqualMac(hmac(digest, pkcs12Password(password), salt, iterations, content), expected)
    },
  }
}

/** PBMAC1-params (RFC 8018 A.5): the password is its UTF-8 octets here. */
function readPbmac1({ parameters }: AlgorithmIdentifier, expected: Uint8Array, decryption: Decryption): MacData {
  const fields = new DerReader(parameters ?? new Uint8Array()).sequence('PBMAC1 parameters')
  const derivation = readAlgorithmIdentifier(fields, 'key derivation function')
  const scheme = readAlgorithmIdentifier(fields, 'message authentication scheme')
  fields.finish('PBMAC1 parameters')
  const digest = HMAC_DIGEST[scheme.oid]
  if (digest === undefined) throw decryption.unsupportedEncryption('a MAC with', scheme.oid)
  return {
    facts: { scheme: 'pbmac1', digest, iterations: undefined, saltLength: undefined },
    isRight: (content, password) => {
      const key = readKeyDerivation(derivation, undefined, decryption)(Buffer.from(password ?? '', 'utf8'))
      if (key.length < MIN_MAC_KEY_LENGTH) throw new DerError('PBMAC1: key shorter than 20 octets', 0)
      return isEqualMac(createHmac(digest, key).update(content).digest(), expected)
    },
  }
}

function isEqualMac(actual: Uint8Array, expected: Uint8Array): boolean {
  return actual.length === expected.length && timingSafeEqual(actual, expected)
}

function hmac(
  digest: string,
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  content: Uint8Array,
): Uint8Array {
  const keyLength = createHmac(digest, '').digest().length
  const key = derivePkcs12Key(digest, password, salt, KeyPurposeId.mac, iterations, keyLength)
  return createHmac(digest, key).update(content).digest()
}

/**
 * MacData over `content`, DER.
 * @param password undefined for none, which is not the same as an empty one
 */
export function encodeMacData(
  digest: 'sha1' | 'sha256',
  content: Uint8Array,
  password: string | undefined,
  salt: Uint8Array,
  iterations: number,
): Uint8Array {
  const algorithm = sequence(oid(digestOid(digest) as string), nullValue())
  const value = hmac(digest, pkcs12Password(password), salt, iterations, content)
  return sequence(sequence(algorithm, octetString(value)), octetString(salt), integer(iterations))
}
