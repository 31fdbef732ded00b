/** Keys that nobody should have: too short, with a small exponent, on a curve out of use. */

import { generateKeyPairSync } from 'node:crypto'
import { bitString, integer, octetString, oid, sequence } from '../der/writer.ts'
import { PkiError } from '../errors.ts'
import type { KeyAlgorithmName, PrivateKey } from '../keys/keys.ts'
import { seededDsaKey } from '../seed/seeded-dsa-key.ts'
import { seededEcKey } from '../seed/seeded-key.ts'
import { seededRsaKey } from '../seed/seeded-rsa-key.ts'
import type { SeededSource } from '../seed/seeded-source.ts'
import { KEY_ALGORITHM } from '../x509/oids.ts'
import { parseSubjectPublicKeyInfo, type SubjectPublicKeyInfo } from '../x509/public-key.ts'

/** Kinds of keys that `--key` does not offer. */
export type DefectKeyName = keyof typeof GENERATORS

const GENERATORS = {
  'rsa-1024': () => generateKeyPairSync('rsa', { modulusLength: 1024 }),
  'rsa-2047': () => generateKeyPairSync('rsa', { modulusLength: 2047 }),
  'rsa-exponent-3': () => generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }),
  'ec-p224': () => generateKeyPairSync('ec', { namedCurve: 'secp224r1' }),
  'dsa-1024': () => generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 }),
  ed25519: () => generateKeyPairSync('ed25519'),
} as const

/**
 * Makes such a key.
 * @param owner the name of the certificate, for a key that follows from a seed
 */
export function makeDefectKey(name: DefectKeyName, owner: string, seeded: SeededSource | undefined): PrivateKey {
  if (seeded === undefined) return generateDefectKey(name)
  const random = (algorithm: KeyAlgorithmName) => seeded.random(`key ${algorithm}`, `${owner} ${name}`)
  switch (name) {
    case 'rsa-1024':
      return seededRsaKey(1024, random('rsa-2048'))
    case 'rsa-2047':
      return seededRsaKey(2047, random('rsa-2048'))
    case 'rsa-exponent-3':
      return seededRsaKey(2048, random('rsa-2048'), 3n)
    case 'ec-p224':
      return seededEcKey('secp224r1', random('ec-p256'))
    case 'dsa-1024':
      return seededDsaKey(random('rsa-2048'))
    case 'ed25519':
      return seeded.key(owner, name)
  }
}

/** With the system's randomness. */
function generateDefectKey(name: DefectKeyName): PrivateKey {
  const { privateKey, publicKey } = GENERATORS[name]()
  return {
    pkcs8: new Uint8Array(privateKey.export({ type: 'pkcs8', format: 'der' })),
    publicKey: parseSubjectPublicKeyInfo(new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }))),
  }
}

/** SEC 2 §2.4.2, in the order of SpecifiedECDomain (SEC 1 C.2). */
const P256 = {
  p: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
  a: 'ffffffff00000001000000000000000000000000fffffffffffffffffffffffc',
  b: '5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b',
  base: '046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5',
  order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
}
const PRIME_FIELD = '1.2.840.10045.1.1'

/**
 * The same P-256 key with the parameters of its curve written out instead of named (RFC 3279 §2.3.5). The attack of
 * CVE-2020-0601 chose such parameters so that a foreign key became its own; these are the true ones.
 * @throws PkiError `usage.algorithm` for any other key
 */
export function withExplicitCurve({ facts, publicKey }: SubjectPublicKeyInfo): SubjectPublicKeyInfo {
  if (facts.type !== 'ec' || facts.curve !== 'prime256v1') {
    throw new PkiError('usage.algorithm', 'only the curve of a P-256 key is spelled out here', {
      hint: 'use --key ec-p256',
    })
  }
  const hex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))
  const parameters = sequence(
    integer(1),
    sequence(oid(PRIME_FIELD), integer(P256.p)),
    sequence(octetString(hex(P256.a)), octetString(hex(P256.b))),
    octetString(hex(P256.base)),
    integer(P256.order),
    integer(1),
  )
  const algorithm = sequence(oid(KEY_ALGORITHM.ecPublicKey), parameters)
  return parseSubjectPublicKeyInfo(sequence(algorithm, bitString(publicKey)))
}
