/**
 * Makes certificates that are wrong on purpose: an order for a credential in, the same order with its defects out.
 *
 *     issueCredential(withDefects(order, requireDefects(['expired', 'no-san'])))
 *
 * All that issues (the command line, hierarchies from a file, test frameworks) takes such an order like any other. What
 * was ordered is still checked; what the defect adds is not.
 */

import { DerError } from '../der/reader.ts'
import { bitString, sequence } from '../der/writer.ts'
import { PkiError } from '../errors.ts'
import { issueCertificate } from '../issue/certificate.ts'
import type { CredentialOrder } from '../issue/credential.ts'
import type { IssueRequest } from '../issue/issue-request.ts'
import { createSigner, EC_CURVES, generateKey, type KeyAlgorithmName, type PrivateKey } from '../keys/keys.ts'
import type { CertificateProfile } from '../profile/profile.ts'
import type { SeededSource } from '../seed/seeded-source.ts'
import { type Certificate, parseCertificate } from '../x509/certificate.ts'
import type { PublicKeyFacts } from '../x509/public-key.ts'
import type { Defect, Place } from './defect.ts'
import { makeDefectKey } from './keys.ts'
import { type Spoiling, together, type Workshop } from './spoiling.ts'
import { encodeTbsFields, readTbsFields } from './tbs-fields.ts'

/**
 * The order for a certificate with these defects, which get along (see `requireDefects`). A defect may bring a key of
 * its own kind: the order's own is then replaced.
 * @throws PkiError `usage.option` for a defect that a single certificate cannot have, or that is another's:
 *   an authority's on what is none, a root's on what others sign
 */
export function withDefects(order: CredentialOrder, defects: readonly Defect[]): CredentialOrder {
  const { profile, name, issuer, key } = order
  const signer = issuer?.credential.certificate.publicKey ?? key?.publicKey
  const isSignedByRsa = signer === undefined ? profile.key.startsWith('rsa') : signer.facts.type === 'rsa'
  requireFitting(defects, { profile, name, isSelfSigned: issuer === undefined, isSignedByRsa })
  const spoilings = defects.map((defect) => (onlySpoiling(defect) as OnlySpoiling).spoiling)
  return withSpoiling(order, together(...spoilings))
}

/**
 * For whoever puts certificates into a store, which reads them again.
 * @throws PkiError `usage.option` for a defect whose bytes are no certificate to a strict reader
 */
export function requireStorable(defects: readonly Defect[]): void {
  const unreadable = defects.find(({ expected }) => expected.findings === 'unreadable')
  if (unreadable === undefined) return
  const { id } = unreadable
  throw new PkiError('usage.option', `${id} makes something that nobody can read back, the store included`, {
    hint: `pki defects generate --only ${id} --out <dir> makes it outside`,
    context: { defect: id },
  })
}

interface OnlySpoiling {
  readonly place: Place
  readonly spoiling: Spoiling
}

/** The certificate that a defect spoils if that is all it does; undefined if it takes more than one certificate. */
export function onlySpoiling({ certificates = {}, presented, crls }: Defect): OnlySpoiling | undefined {
  const [only, ...more] = Object.entries(certificates) as [Place, Spoiling][]
  if (only === undefined || more.length > 0 || presented !== undefined || crls !== undefined) return undefined
  const [place, spoiling] = only
  return { place, spoiling }
}

/** What decides whether a certificate can have a defect. */
export interface CertificateToSpoil {
  readonly profile: CertificateProfile
  readonly name: string
  readonly isSelfSigned: boolean
  /** Whether the key that signs it is an RSA key; undefined if that is not known yet. */
  readonly isSignedByRsa: boolean | undefined
}

/** Before anything is made. @throws PkiError as {@link withDefects} */
export function requireFitting(defects: readonly Defect[], certificate: CertificateToSpoil): void {
  for (const defect of defects) requireFittingOne(defect, certificate)
}

function requireFittingOne(defect: Defect, { profile, isSelfSigned, isSignedByRsa, name }: CertificateToSpoil): void {
  const only = onlySpoiling(defect)
  const { id } = defect
  if (only === undefined) {
    throw new PkiError('usage.option', `${id} is not a defect of one certificate`, {
      hint: `pki defects generate --only ${id} --out <dir> makes all that belongs to it`,
      context: { defect: id },
    })
  }
  const isAuthority = profile.basicConstraints?.cA === true
  if (only.place !== 'target' && !isAuthority) {
    throw new PkiError('usage.option', `${id} is a defect of authorities, and ${name} is none`, {
      context: { defect: id, name },
    })
  }
  if (only.place === 'root' && !isSelfSigned) {
    throw new PkiError('usage.option', `${id} is a defect of roots, and ${name} has an issuer`, {
      context: { defect: id, name },
    })
  }
  if (defect.rsaAuthority === true && isSignedByRsa === false) {
    throw new PkiError('usage.option', `${id} goes with an issuer that has an RSA key, and that of ${name} has none`, {
      hint: 'give the issuer the key rsa-2048',
      context: { defect: id, name },
    })
  }
}

/** The order for a certificate that is spoiled in this way. */
export function withSpoiling(order: CredentialOrder, spoiling: Spoiling): CredentialOrder {
  const { scheme, seeded, name, issuer } = order
  const workshop: Workshop = {
    strangerKey: () => {
      const kind = kindOf(issuer?.credential.certificate.publicKey.facts) ?? 'ec-p256'
      return seeded?.key(`${name} stranger`, kind) ?? generateKey(kind)
    },
    createSigner: seeded?.createSigner ?? createSigner,
  }
  return {
    ...order,
    ...(spoiling.key !== undefined && { key: makeDefectKey(spoiling.key, name, seeded) }),
    ...(spoiling.scheme !== undefined && { scheme: { ...scheme, ...spoiling.scheme } }),
    issue: (request) => issueSpoiled(request, spoiling, workshop),
  }
}

/**
 * The key that the defects want instead of the one that would be made, for callers who store keys themselves; undefined
 * if they are content with any.
 */
export function keyForDefects(
  defects: readonly Defect[],
  owner: string,
  seeded: SeededSource | undefined,
): PrivateKey | undefined {
  const name = defects.map((defect) => onlySpoiling(defect)?.spoiling.key).find((key) => key !== undefined)
  return name === undefined ? undefined : makeDefectKey(name, owner, seeded)
}

function kindOf(facts: PublicKeyFacts | undefined): KeyAlgorithmName | undefined {
  switch (facts?.type) {
    case 'rsa':
    case 'rsa-pss':
      return 'rsa-2048'
    case 'ec': {
      const names = Object.keys(EC_CURVES) as KeyAlgorithmName[]
      return names.find((name) => EC_CURVES[name]?.curve === facts.curve)
    }
    case 'ed25519':
    case 'ed448':
      return facts.type
    default:
      return undefined
  }
}

/** `issueCertificate` with the spoiling between its stages. */
function issueSpoiled(wanted: IssueRequest, spoiling: Spoiling, workshop: Workshop): Certificate {
  const request = spoiling.request?.(wanted, workshop) ?? wanted
  const twin = issueCertificate(request)
  const { tbs: changeTbs, signed, encoded } = spoiling
  if (changeTbs === undefined && signed === undefined && encoded === undefined) return twin

  const { signer } = request
  const tbs = changeTbs === undefined ? twin.tbs : encodeTbsFields(changeTbs(readTbsFields(twin.tbs)))
  const signature = changeTbs === undefined ? twin.signature.bytes : signer.sign(tbs)
  const right = { tbs, algorithm: signer.algorithm, signature: bitString(signature) }
  const parts = signed?.(right) ?? right
  const bytes = sequence(parts.tbs, parts.algorithm, parts.signature)
  return readAsFarAsPossible(encoded?.(bytes) ?? bytes, twin)
}

/** Bytes that are no certificate keep the fields of their twin: whoever stores or exports them needs the bytes alone. */
function readAsFarAsPossible(bytes: Uint8Array, twin: Certificate): Certificate {
  try {
    return parseCertificate(bytes)
  } catch (error) {
    if (!(error instanceof DerError)) throw error
    return { ...twin, encoded: bytes }
  }
}
