/** Makes a credential: key, certificate and chain. The one core call behind `pki init` and `pki issue`. */

import { PkiError } from '../errors.ts'
import type { Credential } from '../keys/credential.ts'
import { createSigner, generateKey, type PrivateKey, type Signer, type SigningScheme } from '../keys/keys.ts'
import type { RandomSource } from '../keys/random.ts'
import type { CertificateProfile } from '../profile/profile.ts'
import type { SeededSource } from '../seed/seeded-source.ts'
import { signatureScheme } from '../x509/algorithm.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { GeneralName } from '../x509/general-name.ts'
import type { Name } from '../x509/name.ts'
import { issueCertificate } from './certificate.ts'
import { checkIssuance, requireIssuable } from './check.ts'
import { requestFromProfile } from './from-profile.ts'
import type { IssueRequest } from './issue-request.ts'
import type { IssuanceProblem } from './problems.ts'

/** An authority under the name it is known by. */
export interface NamedAuthority {
  readonly name: string
  readonly credential: Credential
}

/** What is to be made, and by whom. */
export interface CredentialOrder {
  /** Overrides already merged, see `overrideProfile`. */
  readonly profile: CertificateProfile
  readonly name: string
  /** Undefined for a self-signed certificate. */
  readonly issuer: NamedAuthority | undefined
  /** Otherwise a new key of the profile's kind is made. */
  readonly key?: PrivateKey | undefined
  readonly subject?: Name | undefined
  /** Alternative names that were asked for. */
  readonly names?: readonly GeneralName[] | undefined
  readonly serialNumber?: bigint | undefined
  /** How the issuer signs, where it is not to follow from its key and certificate. */
  readonly scheme?: SigningScheme | undefined
  /** Issues also what {@link checkIssuance} refuses. */
  readonly unchecked?: boolean | undefined
  readonly now: Date
  readonly random: RandomSource
  /** Makes key, serial number and signature follow from a seed; `random` is not asked then. */
  readonly seeded?: SeededSource | undefined
  /** Makes the certificate instead of {@link issueCertificate}: the door for deliberate defects. Nothing checks what it makes. */
  readonly issue?: ((request: IssueRequest) => Certificate) | undefined
}

/** What {@link issueCredential} made. */
export interface IssuedCredential {
  readonly credential: Credential
  /** Warnings; with `unchecked` also what would have been refused. */
  readonly problems: readonly IssuanceProblem[]
}

/**
 * Makes a certificate, and a key for it unless one is given.
 * @throws PkiError `refused.key` if the issuer's private key is not there, `refused.issuer` if the issuer may not issue
 *   this, `usage.*` for texts and names that make no sense
 */
export function issueCredential(order: CredentialOrder): IssuedCredential {
  const { profile, name, issuer, seeded, scheme } = order
  const key = order.key ?? seeded?.key(name, profile.key) ?? generateKey(profile.key)
  const request = requestFromProfile({
    ...order,
    issuerName: issuer?.name ?? name,
    issuer: issuer?.credential,
    signer:
      issuer === undefined ? selfSigner(order, key) : authoritySigner(issuer, profile, scheme, seeded?.createSigner),
    publicKey: key.publicKey,
    serialRandom: seeded && ((content) => seeded.random('serial', name, content)),
  })
  const problems = order.unchecked ? checkIssuance(request) : requireIssuable(request)
  const chain = issuer === undefined ? [] : [issuer.credential.certificate, ...issuer.credential.chain]
  const certificate = (order.issue ?? issueCertificate)(request)
  return { credential: { certificate, chain, privateKey: key }, problems }
}

function selfSigner({ profile, scheme, seeded }: CredentialOrder, key: PrivateKey): Signer {
  const pss = profile.key.startsWith('rsa-pss') && key.publicKey.facts.type === 'rsa'
  const create = seeded?.createSigner ?? createSigner
  return create(key, { digest: profile.digest, ...(pss && { pss }), ...scheme })
}

/**
 * The signer of an authority. What its key leaves open, RSASSA-PSS or PKCS #1 v1.5, follows from the signature on its
 * own certificate: a hierarchy that began with PSS goes on with it.
 * @param create makes the signer; a deterministic one for what comes from a seed
 * @throws PkiError `refused.key` if its private key is not there
 */
export function authoritySigner(
  { name, credential }: NamedAuthority,
  profile: Pick<CertificateProfile, 'digest'> = {},
  scheme: SigningScheme = {},
  create: typeof createSigner = createSigner,
): Signer {
  const { certificate, privateKey } = credential
  if (privateKey === undefined) {
    throw new PkiError('refused.key', `the private key of ${name} is not there, and only it can sign`, {
      context: { name },
    })
  }
  const own = signatureScheme(certificate.signatureAlgorithm)
  const pss = 'kind' in own && own.kind === 'rsa-pss' && certificate.publicKey.facts.type === 'rsa'
  return create(privateKey, { digest: profile.digest, ...(pss && { pss }), ...scheme })
}
