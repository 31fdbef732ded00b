/** Where `openssl verify -x509_strict -policy_check` and the rule set `rfc5280-strict` part ways. */

import type { Finding, FindingCode } from '../../src/path/findings.ts'
import type { Certificate } from '../../src/x509/certificate.ts'
import { ATTRIBUTE, EXTENSION, KEY_PURPOSE } from '../../src/x509/oids.ts'
import { AT } from '../path/build-certificate.ts'
import type { Judged, Laxer, Reads, Stricter } from './difference.ts'
import { contradictsHint, errorsOfOtherPaths, isAnchor, pathOf } from './judged-path.ts'
import { ourVerdict } from './judges.ts'

/** What it accepts and we reject. */
export const OPENSSL_LAXER: readonly (Laxer | Reads)[] = [
  {
    id: 'openssl-reads-ber',
    reads: true,
    reason: 'Outside the signed bytes, and where it keeps the bytes it read, it takes BER that is no DER.',
    evidence: 'X.690 §10; asn1_d2i_ex_primitive and asn1_check_tlen in tasn_dec.c',
  },
  {
    id: 'openssl-time-encoding',
    accepts: ['validity.encoding'],
    reason: 'It takes dates before 2050 as GeneralizedTime.',
    evidence: 'RFC 5280 §4.1.2.5; no such check in check_extensions (x509_vfy.c)',
  },
  {
    id: 'openssl-serial-number',
    accepts: ['serial.zero', 'serial.negative', 'serial.too-long'],
    reason: 'It does not look at the value of the serial number.',
    evidence: 'RFC 5280 §4.1.2.2; no such check in check_extensions (x509_vfy.c)',
  },
  {
    id: 'openssl-anchor-policies',
    accepts: ['policy.required', 'policy.not-accepted'],
    when: ({ code }, _, judged) => !withoutAnchorConstraints(judged).some((found) => found.code === code),
    reason: 'The policy extensions of the anchor do not bind, though its name constraints and path length do.',
    evidence: 'RFC 5937 §3.2; tree_init (pcy_tree.c) starts below the anchor',
  },
  {
    id: 'openssl-policy-extensions-unread',
    accepts: [
      'policy.mapping-any-policy',
      'policy.constraints-empty',
      'policy.duplicate',
      'extension.malformed',
      'extension.duplicate',
    ],
    when: (found, subject, judged) =>
      aboutPolicies(found) &&
      subject !== undefined &&
      (isAnchor(subject, judged) || !subject.extensions.some(({ oid }) => oid === EXTENSION.certificatePolicies)),
    reason: 'It reads policy extensions only below the anchor, and mappings only beside certificatePolicies.',
    evidence: 'RFC 5280 §6.1.4 (a), §4.2.1.11; tree_init (pcy_tree.c), policy_cache_new (pcy_cache.c)',
  },
  {
    id: 'openssl-policy-criticality',
    accepts: ['extension.must-be-critical'],
    when: (found) => found.code === 'extension.must-be-critical' && POLICY_EXTENSIONS.has(found.oid),
    reason: 'It does not ask whether policyConstraints and inhibitAnyPolicy are critical.',
    evidence: 'RFC 5280 §4.2.1.11, §4.2.1.14; no such check in check_extensions (x509_vfy.c)',
  },
  {
    id: 'openssl-policies-not-ca',
    accepts: ['policy.constraints-not-ca', 'policy.mappings-not-ca'],
    reason: 'It does not ask whether who constrains or maps policies is a CA.',
    evidence: 'RFC 5280 §4.2.1.5, §4.2.1.11, §4.2.1.14; no such check in policy_cache_new (pcy_cache.c)',
  },
  {
    id: 'openssl-constraints-not-ca',
    accepts: ['name-constraints.not-ca', 'name-constraints.empty'],
    reason: 'It does not ask whether who constrains names is a CA, nor whether the constraints hold any.',
    evidence: 'RFC 5280 §4.2.1.10; no such check in check_extensions (x509_vfy.c)',
  },
  {
    id: 'openssl-version-1-key-identifier',
    accepts: ['authority-key-identifier.missing', 'subject-key-identifier.missing'],
    when: (_, subject) => subject !== undefined && subject.version < 3,
    reason: 'It asks certificates of version 3 alone for their key identifiers; the RFC asks all that conform.',
    evidence: 'RFC 5280 §4.2.1.1; check_extensions (x509_vfy.c), "X509_get_version(x) >= X509_VERSION_3"',
  },
  {
    id: 'openssl-constraint-leading-dot',
    accepts: ['name-constraints.leading-dot'],
    reason: 'It takes the dot as most do, and tells nobody that a DNS constraint has none.',
    evidence: 'RFC 5280 §4.2.1.10 with erratum 5997; nc_dns (v3_ncons.c)',
  },
  {
    id: 'openssl-empty-mailbox-constraint',
    accepts: ['name-constraints.excluded', 'name-constraints.not-permitted'],
    when: (found) => JSON.stringify(found).includes('"email:"'),
    reason: 'An empty mailbox constraint covers nothing; here it covers every mailbox, as in Go. The RFC does not say.',
    evidence: 'RFC 5280 §4.2.1.10; nc_email (v3_ncons.c) compares the host with the empty string',
  },
  {
    id: 'openssl-excluded-wildcard',
    accepts: ['name-constraints.excluded'],
    when: (found) => found.code === 'name-constraints.excluded' && found.name.startsWith('DNS:*.'),
    reason: 'It compares a wildcard as if it were a name: *.a.test slips past the exclusion of x.a.test.',
    evidence: 'CVE-2025-61727 (the same in Go); nc_dns (v3_ncons.c)',
  },
  {
    id: 'openssl-uri-without-host-name',
    accepts: ['name-constraints.not-comparable'],
    when: (found) => found.code === 'name-constraints.not-comparable' && found.name.startsWith('URI:'),
    reason: 'It compares an IP address in a URI like a host name, where the RFC rejects.',
    evidence: 'RFC 5280 §4.2.1.10 ("MUST reject"); nc_uri (v3_ncons.c)',
  },
  {
    id: 'openssl-unread-extension',
    accepts: ['extension.malformed'],
    when: (found) => found.code === 'extension.malformed' && found.oid === EXTENSION.authorityInfoAccess,
    reason: 'It does not read access information, which binds nobody; here what cannot be read rejects.',
    evidence: 'RFC 5280 §4.2; ossl_x509v3_cache_extensions (v3_purp.c)',
  },
  {
    id: 'openssl-extension-in-ber',
    accepts: ['extension.malformed'],
    when: (found) => found.code === 'extension.malformed' && /DER|empty/.test(found.reason),
    reason: 'It takes BER, and empty lists that must have an element, in the extensions it reads.',
    evidence: 'X.690 §10, RFC 5280 §4.2 and Appendix A; asn1_d2i_ex_primitive (tasn_dec.c)',
  },
]

/** What it rejects and we accept. */
export const OPENSSL_STRICTER: readonly Stricter[] = [
  {
    id: 'openssl-last-second',
    rejects: ['10'],
    when: (_, subject) => subject?.notAfter.date.getTime() === AT.getTime(),
    reason: 'A certificate is expired in its last second, which belongs to the validity period.',
    evidence: 'RFC 5280 §4.1.2.5 ("inclusive"); X509_cmp_time (x509_vfy.c) never says equal',
  },
  {
    id: 'openssl-key-identifier-decides',
    rejects: ['2', '20'],
    when: (judged) => pathOf(judged).some((certificate, index, path) => contradictsHint(certificate, path[index + 1])),
    reason: 'A certificate whose key identifiers do not fit is no candidate; the RFC has them to help, not to decide.',
    evidence: 'RFC 5280 §4.2.1.1, §6.1.3; RFC 4158 §3.5.12; ossl_x509_check_issued (v3_purp.c), X509_check_akid',
  },
  {
    id: 'openssl-anchor-signature-algorithm',
    rejects: ['78'],
    when: (judged, subject) => subject !== undefined && isAnchor(subject, judged),
    reason: 'It compares the two statements of the algorithm in the anchor too, whose signature nobody needs.',
    evidence: 'RFC 5280 §4.1.1.2, §6.1.1 (d); check_extensions (x509_vfy.c)',
  },
  {
    id: 'openssl-anchor-version-1',
    rejects: ['79', '26'],
    when: (judged, subject) => subject !== undefined && subject.version < 3 && isAnchor(subject, judged),
    reason: 'When strict, it takes no anchor of version 1, which RFC 5280 allows: that it is a CA is known otherwise.',
    evidence: 'RFC 5280 §6.1.4 (k); check_ca (v3_purp.c), check_extensions (x509_vfy.c)',
  },
  {
    id: 'openssl-key-usage-alone',
    rejects: ['26'],
    when: (judged, subject) =>
      subject?.decoded.keyUsage !== undefined &&
      subject.decoded.extKeyUsage === undefined &&
      subject === judged.ours.target,
    reason:
      'It holds a keyUsage against the purpose without an extKeyUsage; the RFC binds them where both are present.',
    evidence: 'RFC 5280 §4.2.1.12; check_purpose_ssl_server and its kin (v3_purp.c)',
  },
  {
    id: 'openssl-any-purpose',
    rejects: ['26'],
    // On whatever path it took.
    when: ({ one, ours }) =>
      [...one.hierarchy.untrusted, ...one.hierarchy.trustAnchors, ours.target].some(
        (certificate) => certificate?.decoded.extKeyUsage?.includes(KEY_PURPOSE.anyExtendedKeyUsage) === true,
      ),
    reason: 'anyExtendedKeyUsage allows no purpose.',
    evidence: 'RFC 5280 §4.2.1.12; xku_reject (v3_purp.c) looks for the purpose itself',
  },
  {
    id: 'openssl-common-name-as-dns-name',
    rejects: ['47', '48'],
    when: (_, subject) =>
      subject?.decoded.subjectAltName?.some(({ type }) => type === 'dNSName') !== true &&
      subject?.subject.attributes(ATTRIBUTE.commonName).some(({ value }) => value?.includes('.')) === true,
    reason: 'Without a DNS name in the subjectAltName it holds a common name that looks like one to DNS constraints.',
    evidence: 'RFC 5280 §4.2.1.10 speaks of the subjectAltName alone; NAME_CONSTRAINTS_check_CN (v3_ncons.c)',
  },
  {
    id: 'openssl-subject-mailbox-always',
    rejects: ['47', '48', '53'],
    when: (_, subject) =>
      subject?.decoded.subjectAltName?.some(({ type }) => type === 'rfc822Name') === true &&
      subject.subject.attributes(ATTRIBUTE.emailAddress).length > 0,
    reason: 'Mailbox constraints hold for emailAddress in the subject, although the subjectAltName has mailboxes too.',
    evidence: 'RFC 5280 §4.2.1.10; NAME_CONSTRAINTS_check (v3_ncons.c)',
  },
  {
    id: 'openssl-empty-mailbox-permitted',
    rejects: ['47'],
    when: (judged) => pathOf(judged).some(permitsAnyMailbox),
    reason: 'An empty mailbox constraint covers nothing; here it covers every mailbox, as in Go. The RFC does not say.',
    evidence: 'RFC 5280 §4.2.1.10; nc_email (v3_ncons.c) compares the host with the empty string',
  },
  {
    id: 'openssl-self-issued-as-self-signed',
    rejects: ['18', '19'],
    when: (judged) =>
      pathOf(judged)
        .slice(0, -1)
        .some(({ isSelfIssued }) => isSelfIssued),
    reason:
      'It takes a self-issued certificate whose key identifiers do not deny it for a root, without asking its signature.',
    evidence: 'RFC 5280 §3.2 ("self-issued"); EXFLAG_SS in ossl_x509v3_cache_extensions (v3_purp.c), build_chain',
  },
  {
    id: 'openssl-one-path',
    rejects: 'any error',
    when: (judged, _, { code }) => errorsOfOtherPaths(judged).some((found) => isNamedBy(found, code)),
    reason: 'Of several certificates of one issuer it takes one that looks right, and does not return to try another.',
    evidence: 'RFC 4158 §2.4; build_chain, get_issuer_sk and find_issuer (x509_vfy.c)',
  },
]

function withoutAnchorConstraints({ one, ours }: Judged): readonly Finding[] {
  return ourVerdict(one, ours.rules, { anchorConstraints: false }).errors
}

const POLICY_EXTENSIONS: ReadonlySet<string> = new Set([
  EXTENSION.certificatePolicies,
  EXTENSION.policyMappings,
  EXTENSION.policyConstraints,
  EXTENSION.inhibitAnyPolicy,
])

function aboutPolicies(found: Finding): boolean {
  const { code } = found
  return (code !== 'extension.malformed' && code !== 'extension.duplicate') || POLICY_EXTENSIONS.has(found.oid)
}

/** The errors of the program (X509_V_ERR_…, x509_vfy.h), and the beginnings of the codes by which we name the same. */
const NAMED_BY: Readonly<Record<string, readonly string[]>> = {
  '2': ['path.issuer-not-found', 'path.untrusted-root'],
  '6': ['signature.unusable-key', 'key.'],
  '7': ['signature.'],
  '9': ['validity.not-yet-valid'],
  '10': ['validity.expired'],
  '18': ['path.untrusted-root'],
  '19': ['path.untrusted-root'],
  '20': ['path.issuer-not-found', 'path.untrusted-root'],
  '25': ['path-length.exceeded'],
  '26': ['purpose.', 'basic-constraints.', 'key-usage.'],
  '32': ['key-usage.no-cert-sign'],
  '34': ['extension.unknown-critical'],
  '41': ['extension.malformed', 'extension.duplicate'],
  '42': ['extension.malformed', 'extension.duplicate', 'policy.'],
  '43': ['policy.required', 'policy.not-accepted'],
  '47': ['name-constraints.not-permitted'],
  '48': ['name-constraints.excluded'],
  '49': ['name-constraints.unsupported-distance'],
  '51': ['name-constraints.unsupported-form'],
  '52': ['name-constraints.not-comparable', 'name-constraints.malformed-subtree'],
  '53': ['name-constraints.not-comparable'],
  '76': ['signature.unknown-algorithm'],
  '77': ['signature.key-mismatch'],
  '78': ['signature.algorithm-mismatch'],
  '79': ['basic-constraints.', 'key-usage.', 'extension.malformed'],
  '80': ['basic-constraints.path-length-not-ca'],
  '81': ['basic-constraints.path-length-no-cert-sign'],
  '82': ['key-usage.cert-sign-not-ca'],
  '83': ['issuer.empty'],
  '84': ['subject.empty'],
  '85': ['authority-key-identifier.'],
  '86': ['subject-key-identifier.'],
  '87': ['extension.malformed'],
  '88': ['subject.empty-san-not-critical'],
  '89': ['extension.must-be-critical'],
  '90': ['extension.must-not-be-critical'],
  '91': ['extension.must-not-be-critical'],
  '92': ['key-usage.missing'],
  '93': ['version.extensions'],
  '94': ['key.explicit-curve'],
}

function isNamedBy(found: FindingCode, error: string): boolean {
  return NAMED_BY[error]?.some((beginning) => found.startsWith(beginning)) === true
}

function permitsAnyMailbox({ decoded }: Certificate): boolean {
  const permitted = decoded.nameConstraints?.permittedSubtrees ?? []
  return permitted.some(({ base }) => base.type === 'rfc822Name' && base.value === '')
}
