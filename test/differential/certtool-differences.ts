/** Where GnuTLS's `certtool --verify` and the rule set `rfc5280` part ways. */

import type { Certificate } from '../../src/x509/certificate.ts'
import type { GeneralName } from '../../src/x509/general-name.ts'
import { ATTRIBUTE, EXTENSION } from '../../src/x509/oids.ts'
import type { Judged, Laxer, Reads, Stricter } from './difference.ts'
import { contradictsHint, isAnchor, pathOf } from './judged-path.ts'

const VIOLATES = "The certificate chain violates the signer's constraints."
const UNKNOWN_CRITICAL = 'The certificate contains an unknown critical extension.'

/** What it accepts and we reject. */
export const CERTTOOL_LAXER: readonly (Laxer | Reads)[] = [
  {
    id: 'certtool-no-policies',
    accepts: ['policy.mapping-any-policy', 'policy.required', 'policy.not-accepted'],
    reason: 'It does not process policies.',
    evidence: 'RFC 5280 §6.1.3 (d)–(f); GnuTLS manual, "Verifying X.509 certificate paths"; nothing in verify.c',
  },
  {
    id: 'certtool-unsupported-forms-permitted',
    accepts: ['name-constraints.not-permitted', 'name-constraints.not-comparable'],
    when: (found) => 'name' in found && /^(DirName|URI):/.test(String(found.name)),
    reason: 'It ignores what is permitted for directory names and URIs.',
    evidence:
      'RFC 5280 §4.2.1.10 ("process the constraint or reject"); check_unsupported_constraint (name_constraints.c)',
  },
  {
    id: 'certtool-unread-extension',
    accepts: ['extension.malformed'],
    reason: 'It reads an extension only where it needs it, and one that cannot be read as if it were not there.',
    evidence: 'RFC 5280 §4.2; verify_crt (verify.c) asks for basicConstraints, keyUsage and nameConstraints one by one',
  },
  {
    id: 'certtool-reads-ber',
    reads: true,
    reason: 'It takes BER that is no DER outside the signed bytes.',
    evidence: 'X.690 §10; asn1_der_decoding (libtasn1)',
  },
  {
    id: 'certtool-algorithm-parameters',
    accepts: ['signature.algorithm-mismatch', 'signature.wrong-parameters'],
    reason: 'It takes NULL parameters with ECDSA, and holds them to be the same as none.',
    evidence: 'RFC 5280 §4.1.1.2, RFC 5758 §3.2; compare_sig_algorithm (x509.c)',
  },
  {
    id: 'certtool-anchor-not-ca',
    accepts: ['basic-constraints.missing', 'basic-constraints.not-ca', 'key-usage.no-cert-sign'],
    when: (_, subject, judged) => subject !== undefined && isAnchor(subject, judged),
    reason: 'It trusts an anchor of version 1 without basicConstraints.',
    evidence: 'RFC 5280 §6.1.4 (k); GNUTLS_VERIFY_DO_NOT_ALLOW_X509_V1_CA_CRT (gnutls/x509.h)',
  },
  {
    id: 'certtool-ip-versions',
    accepts: ['name-constraints.not-permitted'],
    when: (found) =>
      found.code === 'name-constraints.not-permitted' && found.permitted.every(isOfOtherIpVersion(found.name)),
    reason: 'What is permitted of IPv4 says nothing about IPv6, and the other way round; here both are one form.',
    evidence: 'RFC 5280 §4.2.1.10 ("name form"); check_ip_constraints (name_constraints.c)',
  },
  {
    id: 'certtool-excluded-wildcard',
    accepts: ['name-constraints.excluded'],
    when: (found) => found.code === 'name-constraints.excluded' && found.name.startsWith('DNS:*.'),
    reason: 'It compares a wildcard as if it were a name: *.a.test slips past the exclusion of x.a.test.',
    evidence: 'CVE-2025-61727 (the same in Go); dnsname_matches (name_constraints.c)',
  },
  {
    id: 'certtool-key-usage-and-purpose',
    accepts: ['purpose.key-usage'],
    reason: 'It does not hold the keyUsage of the target against the purpose.',
    evidence: 'RFC 5280 §4.2.1.12 ("consistent with both"); _gnutls_check_key_purpose (x509.c)',
  },
]

/** What it rejects and we accept. */
export const CERTTOOL_STRICTER: readonly Stricter[] = [
  {
    id: 'certtool-self-issued-counted',
    rejects: [VIOLATES],
    when: (judged) =>
      pathOf(judged)
        .slice(1, -1)
        .some(({ isSelfIssued }) => isSelfIssued) && pathOf(judged).some(limitsLength),
    reason: 'It counts self-issued certificates against the path length.',
    evidence: 'RFC 5280 §4.2.1.9, §6.1.4 (l); _gnutls_verify_crt_status (verify.c), max_path',
  },
  {
    id: 'certtool-self-issued-dropped',
    rejects: ['The certificate issuer is unknown.'],
    when: (judged) => pathOf(judged).at(-2)?.isSelfIssued === true,
    reason: 'It takes a self-issued certificate at the end of the chain for a root, and drops it before it looks.',
    evidence: 'RFC 5280 §3.2 ("self-issued"); _gnutls_verify_crt_status (verify.c), "Check if the last certificate"',
  },
  {
    id: 'certtool-empty-issuer',
    rejects: ['unreadable'],
    when: (judged) => pathOf(judged).some(({ issuer }) => issuer.isEmpty),
    reason: 'It reads no certificate with an empty issuer; for us that is a warning.',
    evidence: 'RFC 5280 §4.1.2.4; gnutls_x509_crt_import (x509.c)',
  },
  {
    id: 'certtool-unsupported-critical',
    rejects: [UNKNOWN_CRITICAL],
    when: (judged) => pathOf(judged).some(hasUnsupportedCritical),
    reason: 'It does not process these extensions, and rightly refuses them where they are critical.',
    evidence: 'RFC 5280 §4.2, §6.1.4 (o); GnuTLS manual, GNUTLS_CERT_UNKNOWN_CRIT_EXTENSIONS',
  },
  {
    id: 'certtool-unsupported-forms-excluded',
    rejects: [VIOLATES],
    when: (judged) => subtrees(judged, 'excludedSubtrees').some(({ type }) => UNSUPPORTED.has(type)),
    reason: 'Whatever is excluded of directory names or URIs excludes all of them.',
    evidence: 'RFC 5280 §4.2.1.10; check_unsupported_constraint (name_constraints.c)',
  },
  {
    id: 'certtool-empty-base',
    rejects: [VIOLATES],
    when: (judged) => subtrees(judged, 'permittedSubtrees').some((base) => 'value' in base && base.value === ''),
    reason: 'It passes over an empty base, which here permits every name of its form: each adds labels to it.',
    evidence: 'RFC 5280 §4.2.1.10; check_dns_constraints, check_email_constraints (name_constraints.c)',
  },
  {
    id: 'certtool-common-name-as-dns-name',
    rejects: [VIOLATES],
    when: ({ ours }) =>
      ours.target?.decoded.subjectAltName?.some(({ type }) => type === 'dNSName') !== true &&
      (ours.target?.subject.attributes(ATTRIBUTE.commonName).length ?? 0) > 0,
    reason: 'Without a DNS name in the subjectAltName it takes the common name for one.',
    evidence: 'RFC 5280 §4.2.1.10; gnutls_x509_name_constraints_check_crt (name_constraints.c)',
  },
  {
    id: 'certtool-key-identifier-decides',
    rejects: ['The certificate issuer is unknown.'],
    when: (judged) => pathOf(judged).some((certificate, index, path) => contradictsHint(certificate, path[index + 1])),
    reason: 'A certificate whose key identifiers do not fit is no candidate; the RFC has them to help, not to decide.',
    evidence: 'RFC 5280 §4.2.1.1; gnutls_x509_crt_check_issuer (verify.c)',
  },
  {
    id: 'certtool-purpose-of-issuers',
    rejects: ['The certificate chain does not match the intended purpose.'],
    when: (judged) => pathOf(judged).some(({ decoded }) => decoded.extKeyUsage !== undefined),
    reason: 'A purpose must be allowed by every CA, anyExtendedKeyUsage counting as none; for us that is a warning.',
    evidence: 'RFC 5280 §4.2.1.12; _gnutls_check_key_purpose, _gnutls_verify_crt_status (verify.c)',
  },
  {
    id: 'certtool-extensions-need-version-3',
    rejects: ['unreadable'],
    when: (judged) => pathOf(judged).some(({ version, extensions }) => version < 3 && extensions.length > 0),
    reason: 'It reads no certificate with extensions that is not of version 3; for us that is a warning.',
    evidence: 'RFC 5280 §4.1.2.1; gnutls_x509_crt_import (x509.c)',
  },
  {
    id: 'certtool-anchor-signature-algorithm',
    rejects: ['unreadable'],
    when: (judged) =>
      pathOf(judged).some(
        (certificate) =>
          isAnchor(certificate, judged) && certificate.signatureAlgorithm.oid !== certificate.tbsSignatureAlgorithm.oid,
      ),
    reason: 'It reads no certificate that states two algorithms, an anchor included, whose signature nobody needs.',
    evidence: 'RFC 5280 §4.1.1.2, §6.1.1 (d); compare_sig_algorithm (x509.c)',
  },
]

const UNSUPPORTED: ReadonlySet<string> = new Set(['directoryName', 'uniformResourceIdentifier'])

const SUPPORTED_CRITICAL: ReadonlySet<string> = new Set([
  EXTENSION.basicConstraints,
  EXTENSION.keyUsage,
  EXTENSION.nameConstraints,
  EXTENSION.subjectAltName,
  EXTENSION.extKeyUsage,
])

function hasUnsupportedCritical({ extensions }: Certificate): boolean {
  return extensions.some(({ oid, critical }) => critical && !SUPPORTED_CRITICAL.has(oid))
}

function subtrees(judged: Judged, list: 'permittedSubtrees' | 'excludedSubtrees'): readonly GeneralName[] {
  return pathOf(judged).flatMap(({ decoded }) => (decoded.nameConstraints?.[list] ?? []).map(({ base }) => base))
}

function limitsLength({ decoded }: Certificate): boolean {
  return decoded.basicConstraints?.pathLenConstraint !== undefined
}

/** Whether a range, as text, is of the other version of IP than the address. */
function isOfOtherIpVersion(address: string): (range: string) => boolean {
  const isIpv6 = (text: string) => text.slice('IP:'.length).includes(':')
  return (range) => address.startsWith('IP:') && isIpv6(range) !== isIpv6(address)
}
