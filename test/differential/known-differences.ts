/**
 * Where the engine and a foreign program are known to disagree, and why. Every disagreement of a run must be explained
 * here, finding by finding and error by error; a rule that explains none in the standard run is stale and fails.
 *
 * Evidence names the RFC, or the function of the program's source where the behaviour lives (OpenSSL 3.0, GnuTLS 3.7).
 */

import type { Finding, FindingCode } from '../../src/path/findings.ts'
import type { Certificate } from '../../src/x509/certificate.ts'
import type { Case } from './hierarchy.ts'
import { type OurVerdict, ourVerdict, type TheirError, type TheirVerdict } from './judges.ts'

export type Program = 'openssl' | 'certtool'

/** Everything about a disagreement. */
export interface Disagreement {
  readonly one: Case
  readonly ours: OurVerdict
  readonly theirs: TheirVerdict
}

interface Named {
  readonly id: string
  readonly who: Program
  readonly reason: string
  readonly evidence: string
}

/** The program accepts what one of these findings rejects. */
export interface Laxer extends Named {
  readonly accepts: readonly FindingCode[] | 'unreadable'
  readonly when?: (found: Finding, disagreement: Disagreement) => boolean
}

/** The program rejects, with one of these errors, what the engine accepts. */
export interface Stricter extends Named {
  readonly rejects: readonly string[]
  readonly when: (error: TheirError, disagreement: Disagreement) => boolean
}

export type KnownDifference = Laxer | Stricter

/** The versions in whose runs a rule that explains nothing is stale. */
export const MEASURED: Readonly<Record<Program, RegExp>> = { openssl: /^OpenSSL 3\.0\./, certtool: /^certtool 3\.7\./ }

const OPENSSL_LAXER: readonly Omit<Laxer, 'who'>[] = [
  {
    id: 'openssl-time-encoding',
    accepts: ['validity.encoding'],
    reason: 'It takes dates before 2050 as GeneralizedTime, which §4.1.2.5 forbids, also when strict.',
    evidence: 'RFC 5280 §4.1.2.5; check_extensions in x509_vfy.c has no such check',
  },
  {
    id: 'openssl-serial-number',
    accepts: ['serial.zero', 'serial.negative', 'serial.too-long'],
    reason: 'It does not look at the value of the serial number.',
    evidence: 'RFC 5280 §4.1.2.2; check_extensions in x509_vfy.c has no such check',
  },
  {
    id: 'openssl-policies-of-the-anchor',
    accepts: ['policy.required', 'policy.not-accepted'],
    when: (found, { one, ours }) => !found_without_anchor_constraints(found.code, one, ours),
    reason: 'The policy extensions of the anchor do not bind it, though its name constraints and path length do.',
    evidence: 'RFC 5937 §3.2; tree_init in pcy_tree.c starts below the trust anchor',
  },
  {
    id: 'openssl-policy-extensions-unread',
    accepts: ['policy.mapping-any-policy', 'policy.constraints-empty', 'policy.duplicate', 'extension.malformed'],
    when: (found, { ours }) => isAnchor(found, ours) || certificateOf(found, ours)?.decoded.certificatePolicies === undefined,
    reason: 'Policy extensions are read only below the anchor, and mappings only beside certificatePolicies.',
    evidence: 'RFC 5280 §6.1.4 (a), §4.2.1.11; policy_cache_new in pcy_cache.c, tree_init in pcy_tree.c',
  },
  {
    id: 'openssl-policy-constraints-not-ca',
    accepts: ['policy.constraints-not-ca', 'policy.mappings-not-ca'],
    reason: 'It does not ask whether who constrains policies is a CA.',
    evidence: 'RFC 5280 §4.2.1.11, §4.2.1.14; policy_cache_new in pcy_cache.c has no such check',
  },
]

const OPENSSL_STRICTER: readonly Omit<Stricter, 'who'>[] = [
  {
    id: 'openssl-not-after-exclusive',
    rejects: ['10'],
    when: ({ depth }, { ours }) => pathOf(ours)?.[depth]?.notAfter.date.getTime() === AT_MS,
    reason: 'A certificate is expired in its last second, which for §4.1.2.5 belongs to the validity period.',
    evidence: 'RFC 5280 §4.1.2.5 ("inclusive"); X509_cmp_time never returns 0',
  },
]

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = []
