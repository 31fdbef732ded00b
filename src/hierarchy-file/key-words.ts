/** The kind of a certificate's key and how the certificate is signed, as its entry says them. */

import { DerError } from '../der/reader.ts'
import { PkiError } from '../errors.ts'
import { authoritySigner } from '../issue/credential.ts'
import {
  createSigner,
  ecAlgorithmName,
  isDigestName,
  KEY_ALGORITHM_NAMES,
  type KeyAlgorithmName,
  type PrivateKey,
} from '../keys/keys.ts'
import type { ProfileOverrides } from '../profile/override.ts'
import { signatureScheme } from '../x509/algorithm.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { PublicKeyFacts, SubjectPublicKeyInfo } from '../x509/public-key.ts'
import type { Surroundings } from './stored-entry.ts'

export interface KeyWords {
  readonly overrides: ProfileOverrides
  /** What an entry cannot say. */
  readonly unsaid: readonly string[]
  /** What no certificate of the store tells. */
  readonly unknown: readonly string[]
}

/** @param usual the kind of key of the profile */
export function keyWords({ entry, issuer, below }: Surroundings, usual: KeyAlgorithmName): KeyWords {
  const { certificate } = entry
  const signed = issuer === undefined ? certificate : below?.certificate
  const { name, unsaid } = keyAlgorithm(certificate, signed)
  const isOpen = signed === undefined && unsaid === undefined && name.startsWith('rsa-')
  return {
    overrides: name === usual ? {} : { key: name },
    unsaid: unsaid === undefined ? [] : [unsaid],
    unknown: isOpen
      ? [`${name} or ${name.replace('rsa', 'rsa-pss')}: nothing that its key signed is here to tell`]
      : [],
  }
}

/** @param signed what was signed with it: an RSA key is one of RSASSA-PSS if it signs so */
function keyAlgorithm(
  { publicKey }: Certificate,
  signed: Certificate | undefined,
): { readonly name: KeyAlgorithmName; readonly unsaid?: string } {
  const facts = readableFacts(publicKey)
  if (facts === undefined) return { name: 'ec-p256', unsaid: 'a key that cannot be read' }
  switch (facts.type) {
    case 'ec': {
      const name = ecAlgorithmName(facts.curve)
      return name === undefined ? { name: 'ec-p256', unsaid: `a key on the curve ${facts.curve}` } : { name }
    }
    case 'ed25519':
    case 'ed448':
      return { name: facts.type }
    case 'rsa':
    case 'rsa-pss': {
      const isPss = facts.type === 'rsa-pss' || (signed !== undefined && isSignedWithPss(signed))
      const wanted = `${isPss ? 'rsa-pss' : 'rsa'}-${facts.modulusBits}`
      const name = KEY_ALGORITHM_NAMES.find((known) => known === wanted)
      if (facts.type === 'rsa-pss') return { name: name ?? 'rsa-pss-2048', unsaid: 'a key marked as id-RSASSA-PSS' }
      if (name === undefined) return { name: 'rsa-2048', unsaid: `an RSA key of ${facts.modulusBits} bits` }
      return facts.publicExponent === 65537n ? { name } : { name, unsaid: `the exponent ${facts.publicExponent}` }
    }
    default:
      return { name: 'ec-p256', unsaid: `a key of type ${facts.type}` }
  }
}

function readableFacts(publicKey: SubjectPublicKeyInfo): PublicKeyFacts | undefined {
  try {
    return publicKey.facts
  } catch (cause) {
    if (cause instanceof DerError) return undefined
    throw cause
  }
}

function isSignedWithPss({ signatureAlgorithm }: Certificate): boolean {
  const scheme = signatureScheme(signatureAlgorithm)
  return 'kind' in scheme && scheme.kind === 'rsa-pss'
}

/**
 * The digest of the signature, where it is not the one that goes with the signer's key.
 * @param overrides that hold for the entry already, its key among them
 * @returns undefined if no entry is signed like that
 */
export function digestWords(
  surroundings: Surroundings,
  overrides: ProfileOverrides,
): Pick<ProfileOverrides, 'digest'> | undefined {
  const { certificate } = surroundings.entry
  const { signatureAlgorithm } = certificate
  const scheme = signatureScheme(signatureAlgorithm)
  const digest = 'digest' in scheme && isDigestName(scheme.digest) ? scheme.digest : undefined
  const candidates = [{}, ...(digest === undefined ? [] : [{ digest }])]
  return candidates.find((words) => {
    const made = algorithmFor(surroundings, { ...overrides, ...words })
    return made !== undefined && Buffer.compare(made, signatureAlgorithm.encoded) === 0
  })
}

/** The AlgorithmIdentifier that the signer would write; undefined if it cannot sign so. */
function algorithmFor(
  { entry, issuer }: Surroundings,
  { key, digest }: Pick<ProfileOverrides, 'key' | 'digest'>,
): Uint8Array | undefined {
  const profile = digest === undefined ? {} : { digest }
  try {
    if (issuer === undefined) {
      const pss = key?.startsWith('rsa-pss') === true && readableFacts(entry.certificate.publicKey)?.type === 'rsa'
      return createSigner(publicHalf(entry.certificate), { ...profile, ...(pss && { pss }) }).algorithm
    }
    const { certificate } = issuer
    const credential = { certificate, chain: [], privateKey: publicHalf(certificate) }
    return authoritySigner({ name: issuer.name, credential }, profile).algorithm
  } catch (cause) {
    if (cause instanceof PkiError || cause instanceof DerError) return undefined
    throw cause
  }
}

/** Nothing is signed: which algorithm it would be, the public key tells. */
function publicHalf({ publicKey }: Certificate): PrivateKey {
  return { pkcs8: new Uint8Array(0), publicKey }
}
