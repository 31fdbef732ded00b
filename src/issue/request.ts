/**
 * Makes certification requests (PKCS #10, RFC 2986) with @peculiar/x509, over the WebCrypto of @peculiar/webcrypto:
 * unlike Node's own, that one has the brainpool curves, secp256k1 and Ed448.
 *
 * The two packages are imported here and nowhere else, when the first request is made. What they make is read back by
 * our own parser and its signature checked before anybody gets it.
 */

import { DerReader } from '../der/reader.ts'
import { equalBytes } from '../der/writer.ts'
import { PkiError } from '../errors.ts'
import { createSigner, type PrivateKey, type Signer, type SigningScheme } from '../keys/keys.ts'
import { readAlgorithmIdentifier, type SignatureScheme, signatureScheme } from '../x509/algorithm.ts'
import type { ExtensionToWrite } from '../x509/extension-encoding.ts'
import type { Name } from '../x509/name.ts'
import { type CertificationRequest, checkRequestSignature, parseRequest } from '../x509/request.ts'
import { encodeSigned } from '../x509/signed.ts'

export interface RequestOrder {
  readonly subject: Name
  readonly key: PrivateKey
  /** How the key signs, where that is not to follow from its kind. */
  readonly scheme?: SigningScheme | undefined
  /** The extensions asked for; `extensionsFromProfile` makes those of a profile. */
  readonly extensions?: readonly ExtensionToWrite[] | undefined
  readonly challengePassword?: string | undefined
  /** Signs in the place of the library, which does it otherwise each time: for what follows from a seed. */
  readonly signer?: Signer | undefined
}

/**
 * A signed request.
 * @throws PkiError `usage.algorithm` for a key or digest that WebCrypto does not have
 */
export async function makeRequest(order: RequestOrder): Promise<CertificationRequest> {
  const { subject, key, scheme, extensions = [], challengePassword } = order
  const { x509, crypto } = await loadLibrary()
  const algorithm = webCryptoAlgorithm(key, scheme)
  const keys = {
    privateKey: await crypto.subtle.importKey('pkcs8', key.pkcs8, algorithm, false, ['sign']),
    publicKey: await crypto.subtle.importKey('spki', key.publicKey.encoded, algorithm, true, ['verify']),
  }
  const made = await x509.Pkcs10CertificateRequestGenerator.create(
    {
      name: new x509.Name(subject.encoded),
      keys,
      signingAlgorithm: algorithm,
      extensions: extensions.map(({ oid, critical, value }) => new x509.Extension(oid, critical, value)),
      attributes: challengePassword === undefined ? [] : [new x509.ChallengePasswordAttribute(challengePassword)],
    },
    crypto,
  )
  return requireSound(signedAnew(parseRequest(new Uint8Array(made.rawData)), order), order)
}

function signedAnew(request: CertificationRequest, { signer }: RequestOrder): CertificationRequest {
  if (signer === undefined) return request
  return parseRequest(encodeSigned(request.certificationRequestInfo, signer))
}

async function loadLibrary() {
  // It registers its parts with this package's decorators, which therefore must be there first.
  await import('reflect-metadata')
  const [x509, { Crypto }] = await Promise.all([import('@peculiar/x509'), import('@peculiar/webcrypto')])
  // @peculiar/x509 2.2.0 takes a curve it has no size for to be of 32 octets, and cuts these signatures short.
  x509.AsnEcSignatureFormatter.namedCurveSize.set('brainpoolP384r1', 48)
  x509.AsnEcSignatureFormatter.namedCurveSize.set('brainpoolP512r1', 64)
  return { x509, crypto: new Crypto() }
}

type WebCryptoAlgorithm = {
  readonly name: string
  readonly namedCurve: string
  readonly hash: string
  readonly saltLength: number
}

/** WebCrypto's names for the curves that OpenSSL names otherwise. */
const WEB_CRYPTO_CURVE: Readonly<Record<string, string>> = {
  prime256v1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
  secp256k1: 'K-256',
}

const WEB_CRYPTO_DIGEST: Readonly<Record<string, string>> = {
  sha1: 'SHA-1',
  sha256: 'SHA-256',
  sha384: 'SHA-384',
  sha512: 'SHA-512',
}

/** The algorithm that our own signer would use, in the words of WebCrypto. */
function webCryptoAlgorithm(
  key: PrivateKey,
  scheme: SigningScheme | undefined,
): Partial<WebCryptoAlgorithm> & { name: string } {
  const { algorithm } = createSigner(key, scheme)
  const signature = signatureScheme(readAlgorithmIdentifier(new DerReader(algorithm), 'signatureAlgorithm'))
  if ('problem' in signature) throw new PkiError('usage.algorithm', 'this key cannot sign a request')
  const { facts } = key.publicKey
  switch (signature.kind) {
    case 'eddsa':
      return { name: 'EdDSA', namedCurve: signature.curve === 'ed25519' ? 'Ed25519' : 'Ed448' }
    case 'ecdsa': {
      const curve = facts.type === 'ec' ? facts.curve : ''
      return { name: 'ECDSA', namedCurve: WEB_CRYPTO_CURVE[curve] ?? curve, hash: webCryptoDigest(signature) }
    }
    case 'rsa-pss':
      return { name: 'RSA-PSS', hash: webCryptoDigest(signature), saltLength: signature.saltLength }
    case 'rsa':
      return { name: 'RSASSA-PKCS1-v1_5', hash: webCryptoDigest(signature) }
    case 'dsa':
      throw new PkiError('usage.algorithm', 'a DSA key cannot sign a request here')
  }
}

function webCryptoDigest(signature: Extract<SignatureScheme, { readonly digest: string }>): string {
  const digest = WEB_CRYPTO_DIGEST[signature.digest]
  if (digest !== undefined) return digest
  throw new PkiError('usage.algorithm', `a request cannot be signed with ${signature.digest}`, {
    hint: `use one of ${Object.keys(WEB_CRYPTO_DIGEST).join(', ')}`,
  })
}

/** The library parses and writes anew what it is given; a key or a name that it does not keep must not go unnoticed. */
function requireSound(request: CertificationRequest, { key, subject }: RequestOrder): CertificationRequest {
  if (
    !equalBytes(request.publicKey.encoded, key.publicKey.encoded) ||
    !equalBytes(request.subject.encoded, subject.encoded)
  ) {
    throw new PkiError('usage.algorithm', 'this key or subject cannot be put into a request unchanged')
  }
  const check = checkRequestSignature(request)
  if (check !== 'valid') throw new Error(`the request just made has a signature that is ${check}`)
  return request
}
