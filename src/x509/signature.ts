/** Checks one signature. All cryptography of the engine goes through here, and through here only. */

import { constants, verify } from 'node:crypto'
import { DerError } from '../der/reader.ts'
import type { BitString } from '../der/values.ts'
import { context, integer, nullValue, oid, sequence } from '../der/writer.ts'
import { type AlgorithmIdentifier, parsePssParameters, type SignatureScheme, signatureScheme } from './algorithm.ts'
import { digestOid, KEY_ALGORITHM, MGF1 } from './oids.ts'
import {
  encodeSubjectPublicKeyInfo,
  type PublicKeyFacts,
  parseSubjectPublicKeyInfo,
  type SubjectPublicKeyInfo,
} from './public-key.ts'

/** Makes signatures; see `keys/keys.ts` for who can. */
export interface SignatureMaker {
  /** AlgorithmIdentifier of its signatures, DER. */
  readonly algorithm: Uint8Array
  sign(data: Uint8Array): Uint8Array
}

/** What came of checking a signature. Everything but `valid` is a rejection. */
export type SignatureCheck =
  | 'valid'
  | 'invalid'
  /** The AlgorithmIdentifier is not one we know. */
  | 'unknown-algorithm'
  /** Its parameters are missing, superfluous or malformed. */
  | 'wrong-parameters'
  /** The algorithm does not go with the issuer's kind of key. */
  | 'key-mismatch'
  /** The issuer's key cannot be used: malformed, explicit curve, missing parameters, an exponent that is none. */
  | 'unusable-key'

/** Checks `signature` over `data` with the issuer's key. Never throws for bad input. */
export function checkSignature(
  algorithm: AlgorithmIdentifier,
  issuerKey: SubjectPublicKeyInfo,
  data: Uint8Array,
  signature: BitString,
): SignatureCheck {
  const scheme = signatureScheme(algorithm)
  if ('problem' in scheme) return scheme.problem
  const facts = keyFacts(issuerKey)
  if (facts === undefined || facts.type === 'ec-explicit') return 'unusable-key'
  if (facts.type === 'dsa' && facts.parameters === 'inherited') return 'unusable-key'
  if ('publicExponent' in facts && !isRsaExponent(facts.publicExponent)) return 'unusable-key'
  if (!schemeFitsKey(scheme, facts) || !fitsRestriction(scheme, issuerKey)) return 'key-mismatch'
  if (signature.unusedBits !== 0) return 'invalid'
  return verifyWith(scheme, issuerKey, data, signature.bytes)
}

function keyFacts(key: SubjectPublicKeyInfo): PublicKeyFacts | undefined {
  try {
    return key.facts
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}

/** RFC 8017 §3.1: odd and 3 at least. With 1, which OpenSSL takes, anybody can sign. */
function isRsaExponent(exponent: bigint): boolean {
  return exponent >= 3n && exponent % 2n === 1n
}

function schemeFitsKey(scheme: SignatureScheme, facts: PublicKeyFacts): boolean {
  switch (scheme.kind) {
    case 'rsa':
      return facts.type === 'rsa'
    case 'rsa-pss':
      return facts.type === 'rsa' || facts.type === 'rsa-pss'
    case 'ecdsa':
      return facts.type === 'ec'
    case 'dsa':
      return facts.type === 'dsa'
    case 'eddsa':
      return facts.type === scheme.curve
  }
}

/**
 * Whether the scheme keeps to the parameters of an id-RSASSA-PSS key: the same digests, and a salt at least as long
 * (RFC 4055 §3.3). A key without parameters, and every other kind of key, restricts nothing.
 */
function fitsRestriction(scheme: SignatureScheme, { algorithm }: SubjectPublicKeyInfo): boolean {
  if (scheme.kind !== 'rsa-pss' || algorithm.oid !== KEY_ALGORITHM.rsassaPss) return true
  if (algorithm.parameters === undefined) return true
  const restriction = parsePssParameters(algorithm.parameters)
  return (
    restriction !== undefined &&
    scheme.digest === restriction.digest &&
    scheme.mgf1Digest === restriction.mgf1Digest &&
    scheme.saltLength >= restriction.saltLength
  )
}

function verifyWith(
  scheme: SignatureScheme,
  issuerKey: SubjectPublicKeyInfo,
  data: Uint8Array,
  signature: Uint8Array,
): SignatureCheck {
  let key: ReturnType<typeof usableKey>
  try {
    key = usableKey(scheme, issuerKey)
  } catch (error) {
    // node:crypto refuses the key: a point off its curve, a curve it lacks, a modulus out of range.
    if (error instanceof Error && 'code' in error) return 'unusable-key'
    throw error
  }
  try {
    return verify(scheme.kind === 'eddsa' ? null : scheme.digest, data, key, signature) ? 'valid' : 'invalid'
  } catch (error) {
    // OpenSSL answers some bad signatures and some restricted keys with an error instead of a "no".
    if (error instanceof Error && 'code' in error) return 'invalid'
    throw error
  }
}

function usableKey(scheme: SignatureScheme, issuerKey: SubjectPublicKeyInfo) {
  if (scheme.kind !== 'rsa-pss') return issuerKey.keyObject
  const { saltLength } = scheme
  const key = scheme.mgf1Digest === scheme.digest ? issuerKey.keyObject : pssKey(scheme, issuerKey).keyObject
  return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }
}

/**
 * The RSA key restricted to the scheme's parameters. `node:crypto` has no option for a mask generation digest that
 * differs from the message digest, but takes it from a key that says so.
 */
function pssKey(scheme: SignatureScheme & { kind: 'rsa-pss' }, { publicKey }: SubjectPublicKeyInfo) {
  const algorithm = sequence(oid(KEY_ALGORITHM.rsassaPss), encodePssParameters(scheme))
  return parseSubjectPublicKeyInfo(encodeSubjectPublicKeyInfo(algorithm, publicKey))
}

/** RSASSA-PSS-params (RFC 4055 §3.1); values that equal the defaults are left out, as DER wants. */
export function encodePssParameters({
  digest,
  mgf1Digest,
  saltLength,
}: {
  readonly digest: string
  readonly mgf1Digest: string
  readonly saltLength: number
}): Uint8Array {
  const hash = (name: string) => sequence(oid(digestOid(name) as string), nullValue())
  return sequence(
    ...(digest === 'sha1' ? [] : [context(0, hash(digest))]),
    ...(mgf1Digest === 'sha1' ? [] : [context(1, sequence(oid(MGF1), hash(mgf1Digest)))]),
    ...(saltLength === 20 ? [] : [context(2, integer(saltLength))]),
  )
}
