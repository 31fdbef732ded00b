/** The extensions that a profile asks for, encoded, in the order they are written. */

import { PkiError } from '../errors.ts'
import {
  type CertificateProfile,
  DEFAULT_BASE_URL,
  type ExtensionName,
  type PolicyProfile,
  pointersOf,
} from '../profile/profile.ts'
import type { DistributionPoint } from '../x509/distribution-point.ts'
import {
  cpsQualifier,
  type ExtensionToWrite,
  encodeAuthorityKeyIdentifier,
  encodeBasicConstraints,
  encodeCertificatePolicies,
  encodeDistributionPoints,
  encodeExtKeyUsage,
  encodeInfoAccess,
  encodeInhibitAnyPolicy,
  encodeKeyUsage,
  encodeNameConstraints,
  encodeOcspNoCheck,
  encodePolicyConstraints,
  encodePolicyMappings,
  encodeSubjectKeyIdentifier,
  userNoticeQualifier,
} from '../x509/extension-encoding.ts'
import { parseTextExtension } from '../x509/extension-text.ts'
import type { KeyUsageName, PolicyInformation } from '../x509/extension-value.ts'
import { encodeGeneralNames, type GeneralName } from '../x509/general-name.ts'
import { parseSubtreeText } from '../x509/general-name-text.ts'
import type { Name } from '../x509/name.ts'
import { ACCESS_METHOD, EXTENSION } from '../x509/oids.ts'
import type { SubjectPublicKeyInfo } from '../x509/public-key.ts'
import { parseKeyPurpose } from '../x509/usage-text.ts'
import type { IssuingAuthority } from './issue-request.ts'
import { keyIdentifier } from './key-identifier.ts'

/** The facts of one certificate that its extensions depend on. */
export interface ExtensionFacts {
  readonly subject: Name
  readonly names: readonly GeneralName[]
  readonly publicKey: SubjectPublicKeyInfo
  readonly issuer: IssuingAuthority | undefined
  /** What `{issuer}` stands for in pointers. */
  readonly pointerName: string
}

/** @throws PkiError `usage.*` for texts in the profile that cannot be read */
export function extensionsFromProfile(profile: CertificateProfile, facts: ExtensionFacts): readonly ExtensionToWrite[] {
  const values = new Map<ExtensionName, Uint8Array>()
  addUsage(values, profile, facts.publicKey)
  addKeyIdentifiers(values, profile, facts)
  if (facts.names.length > 0) values.set('subjectAltName', encodeGeneralNames(facts.names))
  addPolicies(values, profile)
  addNameConstraints(values, profile)
  addPointers(values, profile, facts)
  if (profile.ocspNoCheck) values.set('ocspNoCheck', encodeOcspNoCheck())

  const extensions: ExtensionToWrite[] = []
  for (const [name, value] of values) {
    // §4.2.1.6: where the subject is empty, the alternative name is the only name.
    const critical = profile.critical?.includes(name) || (name === 'subjectAltName' && facts.subject.isEmpty)
    extensions.push({ oid: EXTENSION[name], critical, value })
  }
  return profile.extensions === undefined ? extensions : withTextExtensions(extensions, profile.extensions)
}

function addUsage(
  values: Map<ExtensionName, Uint8Array>,
  { basicConstraints, keyUsage, keyUsageForRsa, keyUsageForEc, extKeyUsage }: CertificateProfile,
  publicKey: SubjectPublicKeyInfo,
): void {
  if (basicConstraints !== undefined) {
    const { cA, pathLenConstraint } = basicConstraints
    values.set('basicConstraints', encodeBasicConstraints({ cA, pathLenConstraint }))
  }
  // Encrypting a key takes an RSA key, and one that is not restricted to RSASSA-PSS (RFC 4055 §1.2); agreeing on one an
  // EC key that is not an EdDSA key (RFC 8410 §5).
  const byType = { rsa: keyUsageForRsa, ec: keyUsageForEc } as Readonly<
    Record<string, readonly KeyUsageName[] | undefined>
  >
  const usages = [...(keyUsage ?? []), ...(byType[publicKey.facts.type] ?? [])]
  if (usages.length > 0) values.set('keyUsage', encodeKeyUsage(usages))
  if (extKeyUsage !== undefined && extKeyUsage.length > 0) {
    values.set('extKeyUsage', encodeExtKeyUsage(extKeyUsage.map(parseKeyPurpose)))
  }
}

function addKeyIdentifiers(
  values: Map<ExtensionName, Uint8Array>,
  profile: CertificateProfile,
  { publicKey, issuer }: ExtensionFacts,
): void {
  const method = profile.subjectKeyIdentifier ?? 'rfc7093'
  if (method !== 'none') {
    values.set('subjectKeyIdentifier', encodeSubjectKeyIdentifier(keyIdentifier(publicKey, method)))
  }
  const form = profile.authorityKeyIdentifier ?? 'keyIdentifier'
  // §4.2.1.1: a self-signed certificate may leave it out, as it would only repeat the subject key identifier.
  if (form === 'none' || issuer === undefined) return
  const { certificate } = issuer
  const byName = form === 'issuerAndSerial'
  values.set(
    'authorityKeyIdentifier',
    encodeAuthorityKeyIdentifier({
      keyIdentifier: byName
        ? undefined
        : (certificate.decoded.subjectKeyIdentifier ?? keyIdentifier(certificate.publicKey)),
      authorityCertIssuer: byName ? [{ type: 'directoryName', value: certificate.issuer }] : undefined,
      authorityCertSerialNumber: byName ? certificate.serialNumber : undefined,
    }),
  )
}

function addPolicies(values: Map<ExtensionName, Uint8Array>, profile: CertificateProfile): void {
  const { certificatePolicies, policyMappings, policyConstraints, inhibitAnyPolicy } = profile
  if (certificatePolicies !== undefined && certificatePolicies.length > 0) {
    values.set('certificatePolicies', encodeCertificatePolicies(certificatePolicies.map(policyInformation)))
  }
  if (policyMappings !== undefined && policyMappings.length > 0) {
    values.set('policyMappings', encodePolicyMappings(policyMappings))
  }
  if (policyConstraints !== undefined) {
    const { requireExplicitPolicy, inhibitPolicyMapping } = policyConstraints
    values.set('policyConstraints', encodePolicyConstraints({ requireExplicitPolicy, inhibitPolicyMapping }))
  }
  if (inhibitAnyPolicy !== undefined) values.set('inhibitAnyPolicy', encodeInhibitAnyPolicy(inhibitAnyPolicy))
}

function policyInformation(policy: string | PolicyProfile): PolicyInformation {
  if (typeof policy === 'string') return { policyIdentifier: policy, qualifiers: [] }
  const qualifiers = []
  if (policy.cps !== undefined) qualifiers.push(cpsQualifier(policy.cps))
  if (policy.userNotice !== undefined) qualifiers.push(userNoticeQualifier(policy.userNotice))
  return { policyIdentifier: policy.policyIdentifier, qualifiers }
}

function addNameConstraints(values: Map<ExtensionName, Uint8Array>, { nameConstraints }: CertificateProfile): void {
  if (nameConstraints === undefined) return
  const subtrees = (texts: readonly string[] = []) =>
    texts.map((text) => ({ base: parseSubtreeText(text), minimum: 0, maximum: undefined }))
  const permittedSubtrees = subtrees(nameConstraints.permittedSubtrees)
  const excludedSubtrees = subtrees(nameConstraints.excludedSubtrees)
  if (permittedSubtrees.length + excludedSubtrees.length === 0) return
  values.set('nameConstraints', encodeNameConstraints({ permittedSubtrees, excludedSubtrees }))
}

/** Pointers lead to the issuer: a self-signed certificate has nobody to point to. */
function addPointers(values: Map<ExtensionName, Uint8Array>, profile: CertificateProfile, facts: ExtensionFacts): void {
  if (facts.issuer === undefined) return
  const { cRLDistributionPoints, authorityInfoAccess } = pointersOf(profile)
  const uri = (pattern: string): GeneralName => ({
    type: 'uniformResourceIdentifier',
    value: pattern
      .replaceAll('{base-url}', () => (profile.baseUrl ?? DEFAULT_BASE_URL).replace(/\/+$/, ''))
      .replaceAll('{issuer}', () => encodeURIComponent(facts.pointerName)),
  })
  if (cRLDistributionPoints !== undefined && cRLDistributionPoints.length > 0) {
    const point: DistributionPoint = {
      distributionPoint: { fullName: cRLDistributionPoints.map(uri) },
      reasons: undefined,
      cRLIssuer: undefined,
    }
    values.set('cRLDistributionPoints', encodeDistributionPoints([point]))
  }
  const { ocsp = [], caIssuers = [] } = authorityInfoAccess ?? {}
  const descriptions = [
    ...ocsp.map((pattern) => ({ accessMethod: ACCESS_METHOD.ocsp, accessLocation: uri(pattern) })),
    ...caIssuers.map((pattern) => ({ accessMethod: ACCESS_METHOD.caIssuers, accessLocation: uri(pattern) })),
  ]
  if (descriptions.length > 0) values.set('authorityInfoAccess', encodeInfoAccess(descriptions))
}

/** Adds extensions given as text; one that the profile has already takes the place of that one. */
function withTextExtensions(
  extensions: readonly ExtensionToWrite[],
  texts: readonly string[],
): readonly ExtensionToWrite[] {
  const byOid = new Map(extensions.map((extension) => [extension.oid, extension]))
  const seen = new Set<string>()
  for (const text of texts) {
    const extension = parseTextExtension(text)
    if (seen.has(extension.oid)) {
      // §4.2: a certificate must not hold two instances of one extension.
      throw new PkiError('usage.extension', `extension ${extension.oid} is given twice`, {
        context: { oid: extension.oid },
      })
    }
    seen.add(extension.oid)
    byOid.set(extension.oid, extension)
  }
  return [...byOid.values()]
}
