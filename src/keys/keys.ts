/**
 * Key pairs: which algorithms there are, how a pair is generated, how it signs.
 *
 * A private key is kept as its PKCS#8 encoding and becomes a `KeyObject` only when it signs: most keys that are made
 * never sign anything here. EC keys are generated with ECDH and wrapped by hand, which on Node 20 is five times as
 * fast as `generateKeyPairSync` with encodings.
 */

import {
  constants,
  createECDH,
  createPrivateKey,
  type ECDH,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto'
import { bitString, context, integer, nullValue, octetString, oid, sequence } from '../der/writer.ts'
import { PkiError } from '../errors.ts'
import { hintOf } from '../spelling/nearest.ts'
import { parsePssParameters } from '../x509/algorithm.ts'
import { CURVE_NAME, KEY_ALGORITHM, SIGNATURE_ALGORITHM } from '../x509/oids.ts'
import { encodeSubjectPublicKeyInfo, parseSubjectPublicKeyInfo, type SubjectPublicKeyInfo } from '../x509/public-key.ts'
import { encodePssParameters, type SignatureMaker } from '../x509/signature.ts'

/** Key algorithms by the names the command line uses. */
export const KEY_ALGORITHM_NAMES = [
  'ec-p256',
  'ec-p384',
  'ec-p521',
  'ec-secp256k1',
  'ec-brainpool-p256r1',
  'ec-brainpool-p384r1',
  'ec-brainpool-p512r1',
  'rsa-2048',
  'rsa-3072',
  'rsa-4096',
  'rsa-pss-2048',
  'rsa-pss-3072',
  'rsa-pss-4096',
  'ed25519',
  'ed448',
] as const

/**
 * A kind of key to generate. `rsa-pss-…` is a plain RSA key (rsaEncryption) whose owner signs with RSASSA-PSS:
 * every program takes such a key, while keys marked id-RSASSA-PSS are refused by several.
 */
export type KeyAlgorithmName = (typeof KEY_ALGORITHM_NAMES)[number]

/** Curve and digest of each EC name. The digest matches the curve's strength (RFC 5480 §4). */
export const EC_CURVES: Readonly<Record<string, { readonly curve: string; readonly digest: DigestName }>> = {
  'ec-p256': { curve: 'prime256v1', digest: 'sha256' },
  'ec-p384': { curve: 'secp384r1', digest: 'sha384' },
  'ec-p521': { curve: 'secp521r1', digest: 'sha512' },
  'ec-secp256k1': { curve: 'secp256k1', digest: 'sha256' },
  'ec-brainpool-p256r1': { curve: 'brainpoolP256r1', digest: 'sha256' },
  'ec-brainpool-p384r1': { curve: 'brainpoolP384r1', digest: 'sha384' },
  'ec-brainpool-p512r1': { curve: 'brainpoolP512r1', digest: 'sha512' },
}

/** The kind of key that has this curve (named as OpenSSL does); undefined if keys on it are not made here. */
export function ecAlgorithmName(curve: string): KeyAlgorithmName | undefined {
  return KEY_ALGORITHM_NAMES.find((name) => EC_CURVES[name]?.curve === curve)
}

/** A digest to sign with. MD5 and SHA-1 are there for tests that want to see them refused. */
export type DigestName = 'md5' | 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512'

/** How a key signs: everything that goes into signatureAlgorithm. */
export interface SigningScheme {
  /** Ignored by EdDSA, which has its own. */
  readonly digest?: DigestName | undefined
  /** RSASSA-PSS instead of PKCS#1 v1.5; the salt is as long as the digest (RFC 4055 §3.1). */
  readonly pss?: boolean | undefined
}

/** A private key and its public half. */
export interface PrivateKey {
  /** PrivateKeyInfo (RFC 5208), DER, not encrypted. */
  readonly pkcs8: Uint8Array
  readonly publicKey: SubjectPublicKeyInfo
}

/** Signs what an issuer signs: certificates, CRLs, OCSP responses, requests. */
export interface Signer extends SignatureMaker {
  readonly publicKey: SubjectPublicKeyInfo
}

/** @throws PkiError `usage.algorithm` for a name that is not in {@link KEY_ALGORITHM_NAMES} */
export function requireKeyAlgorithmName(text: string): KeyAlgorithmName {
  const name = KEY_ALGORITHM_NAMES.find((known) => known === text.toLowerCase())
  if (name !== undefined) return name
  throw new PkiError('usage.algorithm', `unknown key algorithm: ${text}`, {
    hint: hintOf(text, KEY_ALGORITHM_NAMES),
  })
}

/** Makes a new key pair with the randomness of `node:crypto`. RSA takes from tenths of a second to seconds. */
export function generateKey(name: KeyAlgorithmName): PrivateKey {
  const ec = EC_CURVES[name]
  if (ec !== undefined) return generateEcKey(ec.curve)
  if (name === 'ed25519') return fromKeyPair(generateKeyPairSync('ed25519'))
  if (name === 'ed448') return fromKeyPair(generateKeyPairSync('ed448'))
  return fromKeyPair(generateKeyPairSync('rsa', { modulusLength: Number(name.slice(-4)) }))
}

function generateEcKey(curve: string): PrivateKey {
  const ecdh = ecdhOf(curve)
  const point = new Uint8Array(ecdh.generateKeys())
  return ecPrivateKey(curve, new Uint8Array(ecdh.getPrivateKey()), point)
}

/** One for each curve: to set one up takes longer than to generate a key. */
function ecdhOf(curve: string): ECDH {
  const known = ecdhs.get(curve)
  if (known !== undefined) return known
  const ecdh = createECDH(curve)
  ecdhs.set(curve, ecdh)
  return ecdh
}

const ecdhs = new Map<string, ECDH>()

/**
 * An EC key pair from its numbers.
 * @param curve as OpenSSL names it
 * @param scalar big-endian; padded to the size of the curve (RFC 5915 §3)
 * @param point uncompressed (04 ‖ x ‖ y)
 */
export function ecPrivateKey(curve: string, scalar: Uint8Array, point: Uint8Array): PrivateKey {
  const curveOid = Object.keys(CURVE_NAME).find((known) => CURVE_NAME[known] === curve)
  if (curveOid === undefined) throw new RangeError(`unknown curve ${curve}`)
  const padded = new Uint8Array((point.length - 1) / 2)
  padded.set(scalar, padded.length - scalar.length)
  const algorithm = sequence(oid(KEY_ALGORITHM.ecPublicKey), oid(curveOid))
  const ecPrivateKeyInfo = sequence(integer(1), octetString(padded), context(1, bitString(point)))
  return {
    pkcs8: sequence(integer(0), algorithm, octetString(ecPrivateKeyInfo)),
    publicKey: parseSubjectPublicKeyInfo(encodeSubjectPublicKeyInfo(algorithm, point)),
  }
}

function fromKeyPair({ privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject }): PrivateKey {
  return {
    pkcs8: new Uint8Array(privateKey.export({ type: 'pkcs8', format: 'der' })),
    publicKey: parseSubjectPublicKeyInfo(new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }))),
  }
}

/**
 * A signer for a key and a scheme.
 * @throws PkiError `usage.algorithm` if the scheme does not go with the key
 */
export function createSigner(key: PrivateKey, scheme: SigningScheme = {}): Signer {
  const { facts } = key.publicKey
  const { publicKey } = key
  const privateKey = () => signingKey(key)

  if (scheme.pss === true && facts.type !== 'rsa' && facts.type !== 'rsa-pss') {
    throw new PkiError('usage.algorithm', `RSASSA-PSS needs an RSA key, not one of type ${facts.type}`)
  }
  switch (facts.type) {
    case 'ed25519':
    case 'ed448': {
      const algorithm = sequence(oid(KEY_ALGORITHM[facts.type]))
      return { publicKey, algorithm, sign: (data) => new Uint8Array(sign(null, data, privateKey())) }
    }
    case 'ec': {
      const digest = scheme.digest ?? digestOfCurve(facts.curve)
      const algorithm = sequence(oid(signatureOid(`ecdsa-with-${digest.toUpperCase()}`, digest)))
      return { publicKey, algorithm, sign: (data) => new Uint8Array(sign(digest, data, privateKey())) }
    }
    case 'rsa':
    case 'rsa-pss': {
      const pss = scheme.pss ?? facts.type === 'rsa-pss'
      return pss ? pssSigner(publicKey, privateKey, scheme.digest) : pkcs1Signer(publicKey, privateKey, scheme.digest)
    }
    default:
      throw new PkiError('usage.algorithm', `a key of type ${facts.type} cannot sign`)
  }
}

/**
 * The key as `node:crypto` signs with it, imported at the first signature: that takes OpenSSL 3 ten times as long as to
 * sign, and an authority that issues by the thousand is handed in anew for every certificate.
 */
function signingKey(key: PrivateKey): KeyObject {
  const known = signingKeys.get(key)
  if (known !== undefined) return known
  const keyObject = createPrivateKey({ key: Buffer.from(key.pkcs8), format: 'der', type: 'pkcs8' })
  signingKeys.set(key, keyObject)
  return keyObject
}

const signingKeys = new WeakMap<PrivateKey, KeyObject>()

/** RSASSA-PKCS1-v1_5. */
function pkcs1Signer(
  publicKey: SubjectPublicKeyInfo,
  privateKey: () => KeyObject,
  digest: DigestName = 'sha256',
): Signer {
  if (publicKey.facts.type === 'rsa-pss') {
    throw new PkiError('usage.algorithm', 'a key marked id-RSASSA-PSS cannot make PKCS #1 v1.5 signatures')
  }
  const algorithm = sequence(oid(signatureOid(`${digest}WithRSAEncryption`, digest)), nullValue())
  return { publicKey, algorithm, sign: (data) => new Uint8Array(sign(digest, data, privateKey())) }
}

/** RSASSA-PSS. A key that carries parameters signs with those and no others (RFC 4055 §3.3). */
function pssSigner(
  publicKey: SubjectPublicKeyInfo,
  privateKey: () => KeyObject,
  wanted: DigestName | undefined,
): Signer {
  const { oid: keyAlgorithm, parameters } = publicKey.algorithm
  const restricted = keyAlgorithm === KEY_ALGORITHM.rsassaPss && parameters !== undefined
  const restriction = restricted ? parsePssParameters(parameters) : undefined
  const digest = wanted ?? (restricted ? restriction?.digest : 'sha256')
  const digestLength = digest && DIGEST_LENGTH[digest as DigestName]
  if (!digest || !digestLength || (restricted && digest !== restriction?.digest)) {
    throw new PkiError('usage.algorithm', `the parameters of this id-RSASSA-PSS key do not allow digest ${digest}`)
  }
  const saltLength = Math.max(digestLength, restriction?.saltLength ?? 0)
  const mgf1Digest = restriction?.mgf1Digest ?? digest
  return {
    publicKey,
    algorithm: sequence(oid(KEY_ALGORITHM.rsassaPss), encodePssParameters({ digest, mgf1Digest, saltLength })),
    sign: (data) =>
      new Uint8Array(sign(digest, data, { key: privateKey(), padding: constants.RSA_PKCS1_PSS_PADDING, saltLength })),
  }
}

/** Octets of a digest's output. */
export const DIGEST_LENGTH: Readonly<Record<DigestName, number>> = {
  md5: 16,
  sha1: 20,
  sha224: 28,
  sha256: 32,
  sha384: 48,
  sha512: 64,
}

export function isDigestName(name: string): name is DigestName {
  return Object.hasOwn(DIGEST_LENGTH, name)
}

function digestOfCurve(curve: string): DigestName {
  return Object.values(EC_CURVES).find((known) => known.curve === curve)?.digest ?? 'sha256'
}

function signatureOid(name: string, digest: DigestName): string {
  const found = (SIGNATURE_ALGORITHM as Readonly<Record<string, string>>)[name]
  if (found !== undefined) return found
  throw new PkiError('usage.algorithm', `no signature algorithm with digest ${digest} for this kind of key`)
}
