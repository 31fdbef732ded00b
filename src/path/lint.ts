/**
 * What a certificate or a request shows by itself, without issuer, path or time: the same checks and codes as path
 * validation, as far as they need nothing else.
 */

import { equalBytes } from '../der/writer.ts'
import type { Certificate } from '../x509/certificate.ts'
import { formatName } from '../x509/name-text.ts'
import { type CertificationRequest, checkRequestSignature } from '../x509/request.ts'
import type { SignatureCheck } from '../x509/signature.ts'
import { checkExtensions } from './extensions.ts'
import { type Finding, type FindingCode, finding } from './findings.ts'
import { checkProfile } from './profile.ts'
import { type RuleSet, weightOf } from './rule-set.ts'
import { checkDigest } from './strength.ts'
import { checkWebPki, type PathRole } from './webpki.ts'

/** Findings about a certificate, as certificate 0: errors and warnings, without those that the rule set ignores. */
export function lintCertificate(certificate: Certificate, rules: RuleSet): readonly Finding[] {
  const findings = [...checkProfile(certificate)]
  const { signatureAlgorithm, tbsSignatureAlgorithm } = certificate
  if (!equalBytes(signatureAlgorithm.encoded, tbsSignatureAlgorithm.encoded)) {
    const facts = { inner: tbsSignatureAlgorithm.oid, outer: signatureAlgorithm.oid }
    findings.push(finding('signature.algorithm-mismatch', 0, facts)) // §4.1.1.2
  }
  const role = roleOf(certificate)
  if (role !== 'anchor') checkDigest(certificate, 0, findings)
  checkExtensions(certificate, 0, findings)
  checkWebPki(certificate, role, 0, findings)
  return weighed(findings, rules)
}

/** Findings about a request: those that a certificate with its subject, key and extensions would have, and its signature. */
export function lintRequest(request: CertificationRequest, rules: RuleSet): readonly Finding[] {
  const certificate = asIssued(request)
  const findings = [...checkProfile(certificate)]
  checkExtensions(certificate, 0, findings)
  checkWebPki(certificate, roleOf(certificate), 0, findings)
  const ofRequest = findings.filter(({ code }) => !ADDED_BY_ISSUER.has(code))
  return weighed([...signatureFindings(request), ...ofRequest], rules)
}

function weighed(findings: readonly Finding[], rules: RuleSet): readonly Finding[] {
  return findings.filter(({ code }) => weightOf(rules, code) !== 'ignored')
}

/** Nothing but the certificate itself says what it is for. */
function roleOf({ decoded, isSelfIssued }: Certificate): PathRole {
  if (decoded.basicConstraints?.cA !== true) return 'target'
  return isSelfIssued ? 'anchor' : 'intermediate'
}

/** About what no request holds: the issuer puts it into the certificate. */
const ADDED_BY_ISSUER: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'issuer.empty',
  'subject-key-identifier.missing',
  'webpki.authority-key-identifier-no-key-identifier',
  'webpki.purpose-in-root',
  'webpki.root-authority-key-identifier',
  'webpki.signature-algorithm',
])

/** The certificate that an issuer would make who copies everything and adds nothing. */
function asIssued(request: CertificationRequest): Certificate {
  const { encoded, subject, publicKey, extensions, decoded, malformedExtensions, signatureAlgorithm, signature } =
    request
  // Any short period will do: none of the checks that remain looks at the time.
  const instant = { date: new Date(0), type: 'utcTime' } as const
  return {
    encoded,
    tbs: request.certificationRequestInfo,
    version: 3,
    serialNumber: 1n,
    serialOctets: Uint8Array.of(1),
    tbsSignatureAlgorithm: signatureAlgorithm,
    issuer: subject,
    notBefore: instant,
    notAfter: instant,
    subject,
    publicKey,
    issuerUniqueID: undefined,
    subjectUniqueID: undefined,
    extensions,
    signatureAlgorithm,
    signature,
    decoded,
    malformedExtensions,
    isSelfIssued: true,
  }
}

/** RFC 2986 §3: the signature proves that whoever asks holds the key. */
function signatureFindings(request: CertificationRequest): readonly Finding[] {
  const check: SignatureCheck = checkRequestSignature(request)
  const algorithm = request.signatureAlgorithm.oid
  const keyType = request.publicKey.algorithm.oid
  switch (check) {
    case 'valid':
      return []
    case 'invalid':
      return [finding('signature.invalid', 0, { algorithm, issuer: formatName(request.subject) })]
    case 'unknown-algorithm':
    case 'wrong-parameters':
      return [finding(`signature.${check}`, 0, { algorithm })]
    case 'key-mismatch':
    case 'unusable-key':
      return [finding(`signature.${check}`, 0, { algorithm, keyType })]
  }
}
