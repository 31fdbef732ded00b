/** Extensions as §6.1.4 (o) and §6.1.5 (f) see them: which critical ones are processed, and which cannot be read. */

import type { Certificate } from '../x509/certificate.ts'
import type { Extension } from '../x509/extension.ts'
import { EXTENSION, POLICY_QUALIFIER } from '../x509/oids.ts'
import { type Finding, finding } from './findings.ts'

/**
 * The extensions this engine processes, or whose information binds nobody (issuerAltName, access to information):
 * critical, they do not reject. Others do.
 */
const PROCESSED: ReadonlySet<string> = new Set([
  EXTENSION.authorityKeyIdentifier,
  EXTENSION.subjectKeyIdentifier,
  EXTENSION.keyUsage,
  EXTENSION.certificatePolicies,
  EXTENSION.policyMappings,
  EXTENSION.subjectAltName,
  EXTENSION.issuerAltName,
  EXTENSION.basicConstraints,
  EXTENSION.nameConstraints,
  EXTENSION.policyConstraints,
  EXTENSION.extKeyUsage,
  EXTENSION.cRLDistributionPoints,
  EXTENSION.inhibitAnyPolicy,
  EXTENSION.freshestCRL,
  EXTENSION.authorityInfoAccess,
  EXTENSION.subjectInfoAccess,
  EXTENSION.ocspNoCheck,
])

/** Findings about extensions that are unknown and critical, malformed, duplicate, or make it no certificate at all. */
export function checkExtensions(certificate: Certificate, index: number, findings: Finding[]): void {
  const { extensions, malformedExtensions } = certificate
  for (let i = 0; i < extensions.length; i++) {
    const { oid, critical } = extensions[i] as (typeof extensions)[number]
    if (oid === EXTENSION.proxyCertInfo) findings.push(finding('extension.proxy-certificate', index, {}))
    else if (oid === EXTENSION.precertificatePoison) findings.push(finding('extension.precertificate', index, {}))
    else if (critical && !PROCESSED.has(oid)) findings.push(finding('extension.unknown-critical', index, { oid }))
  }
  checkPolicyQualifiers(certificate, index, findings)
  checkDuplicates(certificate, index, findings)
  for (const { oid, error } of malformedExtensions) {
    findings.push(finding('extension.malformed', index, { oid, offset: error.offset, reason: error.message }))
  }
}

const KNOWN_QUALIFIERS: ReadonlySet<string> = new Set(Object.values(POLICY_QUALIFIER))

/**
 * §4.2.1.4: of a critical certificatePolicies "the path validation software MUST be able to interpret this extension
 * (including the optional qualifier), or MUST reject the certificate". The two that the RFC defines bind nobody.
 */
function checkPolicyQualifiers({ extensions, decoded }: Certificate, index: number, findings: Finding[]): void {
  if (!extensions.some(({ oid, critical }) => critical && oid === EXTENSION.certificatePolicies)) return
  for (const { policyIdentifier: policy, qualifiers } of decoded.certificatePolicies ?? []) {
    const unknown = qualifiers.find(({ oid }) => !KNOWN_QUALIFIERS.has(oid))
    if (unknown === undefined) continue
    findings.push(finding('policy.unknown-qualifier', index, { policy, qualifier: unknown.oid }))
    return
  }
}

/** §4.2; one finding for each identifier that comes more than once. */
function checkDuplicates({ extensions }: Certificate, index: number, findings: Finding[]): void {
  // Few are compared one by one, which allocates nothing; a hostile multitude is not.
  if (extensions.length <= 16) {
    for (let i = 1; i < extensions.length; i++) {
      const oid = extensions[i]?.oid as string
      if (countBefore(extensions, i, oid) === 1) findings.push(finding('extension.duplicate', index, { oid }))
    }
    return
  }
  const counts = new Map<string, number>()
  for (const { oid } of extensions) counts.set(oid, (counts.get(oid) ?? 0) + 1)
  for (const [oid, number] of counts) if (number > 1) findings.push(finding('extension.duplicate', index, { oid }))
}

/** How many of the extensions before one have this identifier. */
function countBefore(extensions: readonly Extension[], end: number, oid: string): number {
  let count = 0
  for (let i = 0; i < end; i++) if (extensions[i]?.oid === oid) count++
  return count
}
