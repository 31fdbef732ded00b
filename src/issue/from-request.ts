/**
 * Issues from a request that somebody else made (PKCS #10).
 *
 * A request is a wish: the profile says which parts of it are granted, and everything else is dropped and listed. What
 * never comes from a request is whether the certificate is a CA's.
 */

import { equalBytes } from '../der/writer.ts'
import { PkiError } from '../errors.ts'
import type { CertificateProfile, RequestRules } from '../profile/profile.ts'
import type { Certificate } from '../x509/certificate.ts'
import { decodeExtensions } from '../x509/decoded-extensions.ts'
import type { ExtensionToWrite } from '../x509/extension-encoding.ts'
import type { GeneralName } from '../x509/general-name.ts'
import { formatGeneralName } from '../x509/general-name-text.ts'
import type { Name } from '../x509/name.ts'
import { formatName } from '../x509/name-text.ts'
import { EXTENSION, oidName } from '../x509/oids.ts'
import { type CertificationRequest, checkRequestSignature } from '../x509/request.ts'
import { parseKeyPurpose } from '../x509/usage-text.ts'
import { issueCertificate } from './certificate.ts'
import { checkIssuance, requireIssuable } from './check.ts'
import { authoritySigner, type CredentialOrder, type NamedAuthority } from './credential.ts'
import { requestFromProfile } from './from-profile.ts'
import type { IssueRequest } from './issue-request.ts'
import type { IssuanceProblem } from './problems.ts'
import { nameKind } from './subject-alt-name.ts'

/** What is to be made of a request. The key is that of the request, and so there is always an issuer. */
export interface SigningOrder extends Omit<CredentialOrder, 'key' | 'issuer' | 'issue'> {
  readonly certificationRequest: CertificationRequest
  readonly issuer: NamedAuthority
  /** Instead of the subject that the request and the profile agree on. */
  readonly subject?: Name | undefined
  /** Alternative names beside those of the request. */
  readonly names?: readonly GeneralName[] | undefined
}

/** Something that was asked for and is not in the certificate. */
export interface DroppedWish {
  /** `subject`, or an extension by name or object identifier. */
  readonly what: string
  /** The wish as text, where it can be put into a few words. */
  readonly value?: string
}

export interface SignedCertificate {
  readonly certificate: Certificate
  readonly chain: readonly Certificate[]
  /** Warnings; with `unchecked` also what would have been refused. */
  readonly problems: readonly IssuanceProblem[]
  readonly dropped: readonly DroppedWish[]
}

/**
 * @throws PkiError `input.signature` if the request is not signed with its own key; otherwise as `issueCredential`
 */
export function issueFromRequest(order: SigningOrder): SignedCertificate {
  const { certificationRequest: wish, issuer } = order
  const check = checkRequestSignature(wish)
  if (check !== 'valid') {
    throw new PkiError('input.signature', `the signature of the request is not that of its key: ${check}`, {
      context: { check },
      hint: 'a request must be signed with the private key that belongs to the public key in it',
    })
  }
  const request = grant(order)
  const problems = order.unchecked ? checkIssuance(request) : requireIssuable(request)
  return {
    certificate: issueCertificate(request),
    chain: [issuer.credential.certificate, ...issuer.credential.chain],
    problems,
    dropped: droppedWishes(wish, request),
  }
}

function grant(order: SigningOrder): IssueRequest {
  const { certificationRequest: wish, profile, issuer, name, seeded } = order
  const rules = profile.request ?? {}
  const kinds = rules.subjectAltName ?? []
  const wishedNames = (wish.decoded.subjectAltName ?? []).filter((name) => {
    const kind = nameKind(name)
    return kind !== undefined && kinds.includes(kind)
  })
  const granted = requestFromProfile({
    ...order,
    profile: rules.narrowUsage ? narrowed(profile, wish) : profile,
    issuerName: issuer.name,
    issuer: issuer.credential,
    signer: authoritySigner(issuer, profile, order.scheme, seeded?.createSigner),
    publicKey: wish.publicKey,
    subject: order.subject ?? (rules.subject && !wish.subject.isEmpty ? wish.subject : undefined),
    names: [...(order.names ?? []), ...wishedNames],
    serialRandom: seeded && ((content) => seeded.random('serial', name, content)),
  })
  return { ...granted, extensions: [...granted.extensions, ...copiedExtensions(rules, wish, granted.extensions)] }
}

/** The profile with no more usages than were asked for. A request for other usages only gets those of the profile. */
function narrowed(profile: CertificateProfile, { decoded, publicKey }: CertificationRequest): CertificateProfile {
  const { keyUsage = [], keyUsageForRsa = [], keyUsageForEc = [], extKeyUsage = [] } = profile
  const byType = publicKey.facts.type === 'rsa' ? keyUsageForRsa : publicKey.facts.type === 'ec' ? keyUsageForEc : []
  const usages = [...keyUsage, ...byType].filter((usage) => decoded.keyUsage?.includes(usage))
  const purposes = extKeyUsage.filter((purpose) => decoded.extKeyUsage?.includes(parseKeyPurpose(purpose)))
  return {
    ...profile,
    ...(usages.length > 0 && { keyUsage: usages, keyUsageForRsa: [], keyUsageForEc: [] }),
    ...(purposes.length > 0 && { extKeyUsage: purposes }),
  }
}

/** What a request may not bring even where a profile says so by mistake: it decides who is a CA, and whose keys these are. */
const NEVER_COPIED: ReadonlySet<string> = new Set([
  EXTENSION.basicConstraints,
  EXTENSION.subjectKeyIdentifier,
  EXTENSION.authorityKeyIdentifier,
])

function copiedExtensions(
  { extensions = [] }: RequestRules,
  wish: CertificationRequest,
  present: readonly ExtensionToWrite[],
): readonly ExtensionToWrite[] {
  const allowed = new Set(extensions.map((text) => (EXTENSION as Readonly<Record<string, string>>)[text] ?? text))
  return wish.extensions.filter(
    ({ oid }) => allowed.has(oid) && !NEVER_COPIED.has(oid) && !present.some((other) => other.oid === oid),
  )
}

function droppedWishes(wish: CertificationRequest, { subject, extensions }: IssueRequest): readonly DroppedWish[] {
  const dropped: DroppedWish[] = []
  if (!wish.subject.isEmpty && !wish.subject.equals(subject)) {
    dropped.push({ what: 'subject', value: formatName(wish.subject) })
  }
  for (const { oid, value } of wish.extensions) {
    const granted = extensions.find((other) => other.oid === oid)
    if (granted !== undefined && equalBytes(granted.value, value)) continue
    dropped.push(...missingParts(oid, wish, granted))
  }
  return dropped
}

/** The parts of an extension that were asked for and not granted; the whole extension where it has no parts. */
function missingParts(
  oid: string,
  { decoded, malformedExtensions }: CertificationRequest,
  granted: ExtensionToWrite | undefined,
): readonly DroppedWish[] {
  const what = oidName(oid) ?? oid
  if (malformedExtensions.some((malformed) => malformed.oid === oid)) return [{ what, value: 'malformed' }]
  const has = granted === undefined ? {} : decodeExtensions([{ ...granted, offset: 0 }]).decoded
  switch (oid) {
    case EXTENSION.subjectAltName: {
      const kept = new Set(has.subjectAltName?.map(formatGeneralName))
      const names = (decoded.subjectAltName ?? []).map(formatGeneralName)
      return names.filter((name) => !kept.has(name)).map((value) => ({ what, value }))
    }
    case EXTENSION.keyUsage:
      return (decoded.keyUsage ?? [])
        .filter((usage) => !has.keyUsage?.includes(usage))
        .map((value) => ({ what, value }))
    case EXTENSION.extKeyUsage: {
      const purposes = (decoded.extKeyUsage ?? []).filter((purpose) => !has.extKeyUsage?.includes(purpose))
      return purposes.map((purpose) => ({ what, value: oidName(purpose) ?? purpose }))
    }
    default:
      return [{ what }]
  }
}
