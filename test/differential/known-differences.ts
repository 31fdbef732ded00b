/**
 * Where the engine and a foreign program are known to disagree, and why. Every disagreement of a run must be explained
 * here, finding by finding and error by error; a rule that explains none in the standard run is stale and fails.
 *
 * Evidence names the RFC, or the function of the program's source where the behaviour lives (OpenSSL 3.0, GnuTLS 3.7).
 */

import type { Finding, FindingCode } from '../../src/path/findings.ts'
import type { Certificate } from '../../src/x509/certificate.ts'
import { certtoolDifferences } from './certtool-differences.ts'
import type { Case } from './hierarchy.ts'
import type { OurVerdict, Program, TheirError, TheirVerdict } from './judges.ts'
import { opensslDifferences } from './openssl-differences.ts'

/** Everything about one case and what both said of it. */
export interface Judged {
  readonly one: Case
  readonly ours: OurVerdict
  readonly theirs: TheirVerdict
}

interface Rule {
  readonly id: string
  readonly reason: string
  readonly evidence: string
}

/** The program accepts what one of these findings rejects. */
export interface Laxer extends Rule {
  readonly accepts: readonly FindingCode[]
  /** Further conditions; `subject` is the certificate that the finding speaks of. */
  readonly when?: (found: Finding, subject: Certificate | undefined, judged: Judged) => boolean
}

/** The program reads as a certificate what is none for our reader, and accepts it. */
export interface Reads extends Rule {
  readonly reads: true
}

/** The program rejects, with one of these errors, what the engine accepts. */
export interface Stricter extends Rule {
  readonly rejects: readonly string[] | 'any error'
  /** `subject` is the certificate that the error speaks of, where the program says which. */
  readonly when: (judged: Judged, subject: Certificate | undefined, error: TheirError) => boolean
}

export type KnownDifference = Laxer | Reads | Stricter

export const KNOWN_DIFFERENCES: Readonly<Record<Program, readonly KnownDifference[]>> = {
  openssl: opensslDifferences,
  certtool: certtoolDifferences,
}

/** The versions for which the rules were written: in whose runs one that explains nothing is stale. */
export const WRITTEN_FOR: Readonly<Record<Program, RegExp>> = {
  openssl: /^OpenSSL 3\.0\./,
  certtool: /^certtool 3\.7\./,
}
