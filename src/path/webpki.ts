/** The CA/Browser Forum's Baseline Requirements for TLS servers, as far as certificates show them. */

import { DerError } from '../der/reader.ts'
import { equalBytes } from '../der/writer.ts'
import { signatureScheme } from '../x509/algorithm.ts'
import type { Certificate } from '../x509/certificate.ts'
import { formatIpAddress } from '../x509/ip-address.ts'
import { dnsNameProblem } from '../x509/name-syntax.ts'
import { ATTRIBUTE, EXTENSION, KEY_PURPOSE } from '../x509/oids.ts'
import type { PublicKeyFacts } from '../x509/public-key.ts'
import { type Finding, finding } from './findings.ts'

/** The place of a certificate in its path. A target that is an anchor as well is a target. */
export type PathRole = 'target' | 'intermediate' | 'anchor'

/** Findings about one certificate in its role, as certificate `index`. */
export function checkWebPki(certificate: Certificate, role: PathRole, index: number, findings: Finding[]): void {
  const { version } = certificate
  if (version !== 3) findings.push(finding('webpki.version', index, { version }))
  checkKey(certificate, index, findings)
  checkAuthorityKeyIdentifier(certificate, index, findings)
  // The signature on an anchor convinces nobody, so its algorithm does not matter.
  if (role !== 'anchor') checkSignatureAlgorithm(certificate, index, findings)
  if (role === 'anchor' && certificate.isSelfIssued && certificate.decoded.extKeyUsage !== undefined) {
    findings.push(finding('webpki.purpose-in-root', index, {}))
  }
  if (role === 'target') checkTarget(certificate, index, findings)
}

function checkTarget(certificate: Certificate, index: number, findings: Finding[]): void {
  const { subjectAltName, basicConstraints, extKeyUsage } = certificate.decoded
  if (basicConstraints?.cA === true) findings.push(finding('webpki.ca-as-leaf', index, {}))
  if (subjectAltName === undefined) findings.push(finding('webpki.san-missing', index, {}))
  else checkCommonName(certificate, index, findings)
  if (!certificate.subject.isEmpty && isCritical(certificate, EXTENSION.subjectAltName)) {
    findings.push(finding('webpki.san-critical', index, {}))
  }
  if (extKeyUsage === undefined) findings.push(finding('webpki.purpose-missing', index, {}))
  else {
    if (extKeyUsage.includes(KEY_PURPOSE.anyExtendedKeyUsage)) findings.push(finding('webpki.purpose-any', index, {}))
    if (isCritical(certificate, EXTENSION.extKeyUsage)) {
      findings.push(finding('webpki.purpose-critical', index, {}))
    }
  }
  checkValidityPeriod(certificate, index, findings)
}

function isCritical({ extensions }: Certificate, wanted: string): boolean {
  return extensions.some(({ oid, critical }) => critical && oid === wanted)
}

/**
 * BR §7.1.4.3: a copy, character for character, of one of the names in the subjectAltName. Two common forms that the
 * letter forbids pass, because no client can be misled by them: the domain of a wildcard beside `*.domain`, and a
 * domain where the subjectAltName has none.
 */
function checkCommonName({ subject, decoded }: Certificate, index: number, findings: Finding[]): void {
  const names = decoded.subjectAltName ?? []
  // Sets, because there may be thousands of either.
  const dnsNames = new Set(names.flatMap((name) => (name.type === 'dNSName' ? name.value : [])))
  const addresses = new Set(names.flatMap((name) => (name.type === 'iPAddress' ? formatIpAddress(name.value) : [])))
  for (const { value: commonName } of subject.attributes(ATTRIBUTE.commonName)) {
    if (commonName === undefined || dnsNames.has(commonName) || dnsNames.has(`*.${commonName}`)) continue
    if (addresses.has(commonName)) continue
    const isDomain = commonName.includes('.') && dnsNameProblem(commonName) === undefined
    if (isDomain && dnsNames.size === 0) continue
    findings.push(finding('webpki.common-name-not-in-san', index, { commonName }))
  }
}

const DAY = 86_400_000
/** BR §6.3.2: both ends included, so that 398 days are one second short of what two dates 398 days apart say. */
const MAX_DAYS = 398

function checkValidityPeriod({ notBefore, notAfter }: Certificate, index: number, findings: Finding[]): void {
  const days = (notAfter.date.getTime() + 1000 - notBefore.date.getTime()) / DAY
  if (days > MAX_DAYS) {
    findings.push(finding('webpki.validity-too-long', index, { days: Math.ceil(days), limit: MAX_DAYS }))
  }
}

/** BR §7.1.2.1.3, §7.1.2.11.1 */
function checkAuthorityKeyIdentifier({ decoded, isSelfIssued }: Certificate, index: number, findings: Finding[]): void {
  const { authorityKeyIdentifier, subjectKeyIdentifier } = decoded
  if (authorityKeyIdentifier === undefined) return
  const { keyIdentifier, authorityCertIssuer } = authorityKeyIdentifier
  if (authorityCertIssuer !== undefined) findings.push(finding('webpki.authority-key-identifier-issuer', index, {}))
  if (keyIdentifier === undefined) {
    findings.push(finding('webpki.authority-key-identifier-no-key-identifier', index, {}))
    return
  }
  if (!isSelfIssued || (subjectKeyIdentifier !== undefined && equalBytes(keyIdentifier, subjectKeyIdentifier))) return
  const subject = subjectKeyIdentifier && hex(subjectKeyIdentifier)
  findings.push(finding('webpki.root-authority-key-identifier', index, { authority: hex(keyIdentifier), subject }))
}

const ALLOWED_CURVES: ReadonlySet<string> = new Set(['prime256v1', 'secp384r1', 'secp521r1'])
const MINIMUM_RSA_BITS = 2048
const RECOMMENDED_EXPONENT = 65537n

/** BR §6.1.5, §6.1.6, §7.1.3.1 */
function checkKey({ publicKey }: Certificate, index: number, findings: Finding[]): void {
  let facts: PublicKeyFacts
  try {
    facts = publicKey.facts
  } catch (error) {
    // That the key is malformed is a finding of the profile.
    if (error instanceof DerError) return
    throw error
  }
  if (facts.type === 'ec' && ALLOWED_CURVES.has(facts.curve)) return
  if (facts.type !== 'rsa') {
    findings.push(finding('webpki.key-type', index, { keyType: facts.type === 'ec' ? facts.curve : facts.type }))
    return
  }
  const { modulusBits: bits, publicExponent } = facts
  if (bits < MINIMUM_RSA_BITS) findings.push(finding('webpki.key-size', index, { bits, minimum: MINIMUM_RSA_BITS }))
  if (bits % 8 !== 0) findings.push(finding('webpki.key-size-not-octets', index, { bits }))
  if (publicExponent < 3n || publicExponent % 2n === 0n) {
    findings.push(finding('webpki.key-exponent', index, { exponent: String(publicExponent) }))
  } else if (publicExponent < RECOMMENDED_EXPONENT) {
    findings.push(finding('webpki.key-exponent-small', index, { exponent: String(publicExponent) }))
  }
}

const ALLOWED_DIGESTS: ReadonlySet<string> = new Set(['sha256', 'sha384', 'sha512'])

/** BR §7.1.3.2 */
function checkSignatureAlgorithm({ signatureAlgorithm }: Certificate, index: number, findings: Finding[]): void {
  const scheme = signatureScheme(signatureAlgorithm)
  if ('problem' in scheme) return
  const allowed = scheme.kind !== 'eddsa' && scheme.kind !== 'dsa' && ALLOWED_DIGESTS.has(scheme.digest)
  if (!allowed) findings.push(finding('webpki.signature-algorithm', index, { algorithm: signatureAlgorithm.oid }))
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}
