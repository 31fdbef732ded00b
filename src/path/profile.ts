/**
 * The certificate profile of RFC 5280 §4, as far as one certificate shows it by itself. What these findings weigh is
 * the rule set's business: path validation does not ask for them.
 */

import { DerError } from '../der/reader.ts'
import type { Certificate } from '../x509/certificate.ts'
import { EXTENSION } from '../x509/oids.ts'
import { type Finding, finding } from './findings.ts'
import { checkSubtreeSyntax } from './name-constraints.ts'
import { checkSubjectAltNames } from './profile-names.ts'
import { checkKeyLength } from './strength.ts'

const known = new WeakMap<Certificate, readonly Finding[]>()

/** The findings of {@link checkProfile}, computed once for each certificate: for issuers, which are met many times. */
export function profileOfIssuer(certificate: Certificate): readonly Finding[] {
  let findings = known.get(certificate)
  if (findings === undefined) {
    findings = checkProfile(certificate)
    known.set(certificate, findings)
  }
  return findings
}

/** Every breach of the profile, as findings about certificate 0. */
export function checkProfile(certificate: Certificate): readonly Finding[] {
  const findings: Finding[] = []
  checkVersion(certificate, findings)
  checkSerialNumber(certificate, findings)
  checkNames(certificate, findings)
  checkValidityEncoding(certificate, findings)
  checkKey(certificate, findings)
  checkCriticality(certificate, findings)
  checkKeyIdentifiers(certificate, findings)
  checkCaFields(certificate, findings)
  checkNameConstraints(certificate, findings)
  checkPolicyExtensions(certificate, findings)
  checkDistributionPoints(certificate, findings)
  return findings
}

function isCa({ decoded }: Certificate): boolean {
  return decoded.basicConstraints?.cA === true
}

/** §4.1.2.1, §4.1.2.8 */
function checkVersion(certificate: Certificate, findings: Finding[]): void {
  const { version, extensions } = certificate
  if (version !== 3 && extensions.length > 0) findings.push(finding('version.extensions', 0, { version }))
  // "CAs conforming to this profile MUST NOT generate certificates with unique identifiers"
  if (certificate.issuerUniqueID !== undefined || certificate.subjectUniqueID !== undefined) {
    findings.push(finding('version.unique-id', 0, { version }))
  }
}

/** §4.1.2.2 */
function checkSerialNumber({ serialOctets }: Certificate, findings: Finding[]): void {
  const first = serialOctets[0] as number
  if (first >= 0x80) findings.push(finding('serial.negative', 0, {}))
  else if (first === 0 && serialOctets.length === 1) findings.push(finding('serial.zero', 0, {}))
  // 20 octets of content. A leading zero that keeps the number positive counts: it is part of the value's encoding.
  if (serialOctets.length > 20) findings.push(finding('serial.too-long', 0, { octets: serialOctets.length }))
}

/** §4.1.2.4, §4.1.2.6, §4.2.1.6 */
function checkNames(certificate: Certificate, findings: Finding[]): void {
  if (certificate.issuer.isEmpty) findings.push(finding('issuer.empty', 0, {}))
  if (certificate.subject.isEmpty) {
    const san = certificate.extensions.find((extension) => extension.oid === EXTENSION.subjectAltName)
    const ca = isCa(certificate)
    if (ca || san === undefined) findings.push(finding('subject.empty', 0, { ca }))
    else if (!san.critical) findings.push(finding('subject.empty-san-not-critical', 0, {}))
  }
  const { subjectAltName } = certificate.decoded
  if (subjectAltName !== undefined) checkSubjectAltNames(subjectAltName, findings)
}

/** First instant that GeneralizedTime must express: 2050-01-01. */
const GENERALIZED_FROM = Date.UTC(2050, 0)
/** First instant that UTCTime can express: 1950-01-01. */
const UTC_FROM = Date.UTC(1950, 0)

/** §4.1.2.5 */
function checkValidityEncoding({ notBefore, notAfter }: Certificate, findings: Finding[]): void {
  for (const field of ['notBefore', 'notAfter'] as const) {
    const { date, type } = field === 'notBefore' ? notBefore : notAfter
    // The reader refuses a UTCTime outside its range, so only the other mistake can be made.
    if (type === 'generalizedTime' && date.getTime() < GENERALIZED_FROM && date.getTime() >= UTC_FROM) {
      findings.push(finding('validity.encoding', 0, { field, date, type: 'GeneralizedTime' }))
    }
  }
  if (notAfter.date < notBefore.date) {
    findings.push(finding('validity.inverted', 0, { notBefore: notBefore.date, notAfter: notAfter.date }))
  }
}

/** §4.1.2.7; RFC 5480 §2.1.1 */
function checkKey(certificate: Certificate, findings: Finding[]): void {
  const { publicKey } = certificate
  // A named curve or an EdDSA key has nothing to be malformed but its octets, which node:crypto judges when used.
  try {
    const { facts } = publicKey
    if (facts.type === 'ec-explicit') findings.push(finding('key.explicit-curve', 0, {}))
    checkKeyLength(certificate, facts, findings)
  } catch (error) {
    if (!(error instanceof DerError)) throw error
    findings.push(finding('key.malformed', 0, { algorithm: publicKey.algorithm.oid, reason: error.message }))
  }
}

/** Extensions that "conforming CAs MUST mark as critical", where no other check speaks of them. */
const MUST_BE_CRITICAL: ReadonlySet<string> = new Set([EXTENSION.policyConstraints, EXTENSION.inhibitAnyPolicy])

/** Extensions that "conforming CAs MUST mark as non-critical". */
const MUST_NOT_BE_CRITICAL: ReadonlySet<string> = new Set([
  EXTENSION.authorityKeyIdentifier,
  EXTENSION.subjectKeyIdentifier,
  EXTENSION.subjectDirectoryAttributes,
  EXTENSION.freshestCRL,
  EXTENSION.authorityInfoAccess,
  EXTENSION.subjectInfoAccess,
])

/** §4.2.1.1–§4.2.2.2 */
function checkCriticality(certificate: Certificate, findings: Finding[]): void {
  for (const { oid, critical } of certificate.extensions) {
    if (critical) {
      if (MUST_NOT_BE_CRITICAL.has(oid)) findings.push(finding('extension.must-not-be-critical', 0, { oid }))
    } else if (MUST_BE_CRITICAL.has(oid) || (oid === EXTENSION.basicConstraints && isCertificateSigner(certificate))) {
      findings.push(finding('extension.must-be-critical', 0, { oid }))
    } else if (oid === EXTENSION.nameConstraints) {
      findings.push(finding('name-constraints.not-critical', 0, {}))
    }
  }
}

/** §4.2.1.9: basicConstraints must be critical in CA certificates whose key validates signatures on certificates. */
function isCertificateSigner({ decoded }: Certificate): boolean {
  const { basicConstraints, keyUsage } = decoded
  return basicConstraints?.cA === true && (keyUsage === undefined || keyUsage.includes('keyCertSign'))
}

/** §4.2.1.1, §4.2.1.2 */
function checkKeyIdentifiers(certificate: Certificate, findings: Finding[]): void {
  const { authorityKeyIdentifier, subjectKeyIdentifier } = certificate.decoded
  if (authorityKeyIdentifier === undefined) {
    // "Where a CA distributes its public key in the form of a 'self-signed' certificate" it may be left out.
    if (!certificate.isSelfIssued) findings.push(finding('authority-key-identifier.missing', 0, {}))
  } else if (authorityKeyIdentifier.keyIdentifier === undefined && !certificate.isSelfIssued) {
    findings.push(finding('authority-key-identifier.no-key-identifier', 0, {}))
  }
  if (subjectKeyIdentifier === undefined && isCa(certificate)) {
    findings.push(finding('subject-key-identifier.missing', 0, {}))
  }
}

/** §4.2.1.3, §4.2.1.9 */
function checkCaFields(certificate: Certificate, findings: Finding[]): void {
  const { basicConstraints, keyUsage } = certificate.decoded
  const ca = isCa(certificate)
  const pathLenConstraint = basicConstraints?.pathLenConstraint
  if (pathLenConstraint !== undefined) {
    if (!ca) findings.push(finding('basic-constraints.path-length-not-ca', 0, { pathLenConstraint }))
    else if (keyUsage !== undefined && !keyUsage.includes('keyCertSign')) {
      findings.push(finding('basic-constraints.path-length-no-cert-sign', 0, { pathLenConstraint }))
    }
  }
  if (keyUsage === undefined) {
    if (ca) findings.push(finding('key-usage.missing', 0, {}))
    return
  }
  if (keyUsage.length === 0) findings.push(finding('key-usage.empty', 0, {}))
  if (!ca && keyUsage.includes('keyCertSign')) findings.push(finding('key-usage.cert-sign-not-ca', 0, {}))
}

/** §4.2.1.10 */
function checkNameConstraints(certificate: Certificate, findings: Finding[]): void {
  const { nameConstraints } = certificate.decoded
  if (nameConstraints === undefined) return
  if (!isCa(certificate)) findings.push(finding('name-constraints.not-ca', 0, {}))
  const subtrees = [...nameConstraints.permittedSubtrees, ...nameConstraints.excludedSubtrees]
  if (subtrees.length === 0) findings.push(finding('name-constraints.empty', 0, {}))
  const ranged = subtrees.find((subtree) => subtree.minimum !== 0 || subtree.maximum !== undefined)
  if (ranged !== undefined) {
    const { minimum, maximum } = ranged
    findings.push(finding('name-constraints.minimum-maximum', 0, { minimum, maximum }))
  }
  findings.push(...checkSubtreeSyntax(nameConstraints, 0))
}

/** §4.2.1.4, §4.2.1.5, §4.2.1.11, §4.2.1.14 */
function checkPolicyExtensions(certificate: Certificate, findings: Finding[]): void {
  const { certificatePolicies, policyMappings, policyConstraints, inhibitAnyPolicy } = certificate.decoded
  if (certificatePolicies !== undefined && certificatePolicies.length > 1) {
    const seen = new Set<string>()
    for (const { policyIdentifier: policy } of certificatePolicies) {
      if (seen.has(policy)) {
        findings.push(finding('policy.duplicate', 0, { policy }))
        break
      }
      seen.add(policy)
    }
  }
  const ca = isCa(certificate)
  if (policyMappings !== undefined && !ca) findings.push(finding('policy.mappings-not-ca', 0, {}))
  if (policyConstraints !== undefined) {
    const { requireExplicitPolicy, inhibitPolicyMapping } = policyConstraints
    if (requireExplicitPolicy === undefined && inhibitPolicyMapping === undefined) {
      findings.push(finding('policy.constraints-empty', 0, {}))
    }
  }
  if ((policyConstraints !== undefined || inhibitAnyPolicy !== undefined) && !ca) {
    findings.push(finding('policy.constraints-not-ca', 0, {}))
  }
}

/** §4.2.1.13: "either distributionPoint or cRLIssuer MUST be present" */
function checkDistributionPoints({ decoded }: Certificate, findings: Finding[]): void {
  for (const points of [decoded.cRLDistributionPoints, decoded.freshestCRL]) {
    if (points?.some((point) => point.distributionPoint === undefined && point.cRLIssuer === undefined)) {
      findings.push(finding('crl-distribution-point.empty', 0, {}))
    }
  }
}
