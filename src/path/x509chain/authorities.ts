/**
 * What X509Chain asks of the extensions along a chain, in the order in which OpenSSL does: critical ones it knows, CAs
 * that say so, path lengths. No purpose is set, so that the key usage of the target plays no part.
 */

import { DerError } from '../../der/reader.ts'
import type { Certificate } from '../../x509/certificate.ts'
import { EXTENSION } from '../../x509/oids.ts'
import { type PublicKeyFacts, publicKeyFault } from '../../x509/public-key.ts'
import { type Finding, finding } from '../findings.ts'
import { isNetscapeCa, isProxy, isSelfSigned } from './issuer.ts'

/** RFC 3779's extensions: OpenSSL processes them, and so may they be critical. */
const IP_ADDRESS_BLOCKS = '1.3.6.1.5.5.7.1.7'
const AUTONOMOUS_SYSTEMS = '1.3.6.1.5.5.7.1.8'

/** Key identifiers are not among them: critical, they reject. */
const SUPPORTED_CRITICAL: ReadonlySet<string> = new Set([
  EXTENSION.netscapeCertType,
  EXTENSION.keyUsage,
  EXTENSION.subjectAltName,
  EXTENSION.basicConstraints,
  EXTENSION.certificatePolicies,
  EXTENSION.cRLDistributionPoints,
  EXTENSION.extKeyUsage,
  IP_ADDRESS_BLOCKS,
  AUTONOMOUS_SYSTEMS,
  EXTENSION.ocspNoCheck,
  EXTENSION.policyConstraints,
  EXTENSION.proxyCertInfo,
  EXTENSION.nameConstraints,
  EXTENSION.policyMappings,
  EXTENSION.inhibitAnyPolicy,
])

/**
 * Findings, from the target up: `extension.unknown-critical`, `extension.proxy-certificate`, `basic-constraints.…`,
 * `key-usage.no-cert-sign`, `key.explicit-curve`, `path-length.exceeded`; `key.malformed` of the target.
 */
export function checkAuthorities(path: readonly Certificate[]): readonly Finding[] {
  const findings: Finding[] = []
  let below = 0
  for (let index = 0; index < path.length; index++) {
    const certificate = path[index] as Certificate
    findings.push(...checkExtensions(certificate, index))
    if (index > 0) findings.push(...whyNoAuthority(certificate, index, index === path.length - 1))
    if (path.length > 1 && hasExplicitCurve(certificate)) findings.push(finding('key.explicit-curve', index, {}))
    const limit = certificate.decoded.basicConstraints?.pathLenConstraint
    // The target does not count, nor do self-issued certificates.
    if (index > 1 && limit !== undefined && below > limit) {
      findings.push(finding('path-length.exceeded', index, { limit, actual: below }))
    }
    if (index > 0 && !certificate.isSelfIssued) below++
  }
  return [...findings, ...checkTargetKey(path[0] as Certificate)]
}

function checkExtensions(certificate: Certificate, index: number): readonly Finding[] {
  const unknown = certificate.extensions.filter(({ oid, critical }) => critical && !SUPPORTED_CRITICAL.has(oid))
  const findings: Finding[] = unknown.map(({ oid }) => finding('extension.unknown-critical', index, { oid }))
  if (isProxy(certificate)) findings.push(finding('extension.proxy-certificate', index, {}))
  return findings
}

/**
 * Why a certificate above the target is no CA. Only the last may do without basicConstraints, as roots of old do: with
 * a keyUsage, of version 1 and self-signed, or with Netscape's type.
 */
function whyNoAuthority(certificate: Certificate, index: number, isLast: boolean): readonly Finding[] {
  const { basicConstraints, keyUsage } = certificate.decoded
  if (keyUsage !== undefined && !keyUsage.includes('keyCertSign')) {
    return [finding('key-usage.no-cert-sign', index, { keyUsage })]
  }
  if (basicConstraints !== undefined || certificate.extensions.some(({ oid }) => oid === EXTENSION.basicConstraints)) {
    return basicConstraints?.cA === true ? [] : [finding('basic-constraints.not-ca', index, {})]
  }
  const isOfOld =
    (certificate.version === 1 && isSelfSigned(certificate)) || keyUsage !== undefined || isNetscapeCa(certificate)
  return isLast && isOfOld ? [] : [finding('basic-constraints.missing', index, { version: certificate.version })]
}

/** Keys above the target that cannot be used have findings of the signatures that they should verify. */
function checkTargetKey({ publicKey }: Certificate): readonly Finding[] {
  const reason = publicKeyFault(publicKey)
  return reason === undefined ? [] : [finding('key.malformed', 0, { algorithm: publicKey.algorithm.oid, reason })]
}

function hasExplicitCurve({ publicKey }: Certificate): boolean {
  let facts: PublicKeyFacts
  try {
    facts = publicKey.facts
  } catch (error) {
    // A key that cannot be read verifies nothing, which has a finding of its own.
    if (error instanceof DerError) return false
    throw error
  }
  return facts.type === 'ec-explicit'
}
