/** What a rule about a known difference consists of; the rules stand in `openssl-differences.ts` and `certtool-differences.ts`. */

import type { Finding, FindingCode } from '../../src/path/findings.ts'
import type { Certificate } from '../../src/x509/certificate.ts'
import type { Case } from './hierarchy.ts'
import type { OurVerdict, TheirError, TheirVerdict } from './judges.ts'

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
