/** The engine's verdict on one certificate, in words: a {@link Judgement} that has paths. */

import { certificateTitle } from '../../describe/certificate-title.ts'
import type { EvidenceRecord } from '../../online/evidence.ts'
import type { Attempt, Verdict } from '../../path/verify.ts'
import type { Certificate } from '../../x509/certificate.ts'
import { type Judgement, type WeighedFinding, weighFindings } from './judgement.ts'
import type { PlatformReport } from './platform-report.ts'

/** A path, complete or not, and what is to be said about it. */
export interface JudgedPath {
  /** From the target upward. */
  readonly certificates: readonly Certificate[]
  /** Whether the last certificate is a trust anchor. */
  readonly anchored: boolean
  readonly accepted: boolean
  readonly findings: readonly WeighedFinding[]
  /** What the evidence on revocation said about its certificates; empty if it was not asked. */
  readonly statuses: Verdict['statuses']
}

export interface CertificateVerdict extends Judgement {
  readonly target: Certificate
  readonly at: Date
  /** The path that was taken, or came furthest; its findings include those of no path, such as unreadable files. */
  readonly path: JudgedPath
  /** Every path that was tried, in order. */
  readonly attempts: readonly JudgedPath[]
  /** What was asked beside the path, in words: `purpose serverAuth`, `host a.test`. */
  readonly asked: readonly string[]
  /** Every place that was asked for what was missing, in order; empty if nobody was asked. */
  readonly evidence: readonly EvidenceRecord[]
  /** Under which policies the path is valid (§6.1.6). */
  readonly policies: Verdict['policies']
  /** What the platform says whose judgement was asked for; undefined if none was. */
  readonly platform?: PlatformReport
}

export interface VerdictContext {
  readonly source: string
  readonly at: Date
  readonly asked: readonly string[]
  readonly evidence?: readonly EvidenceRecord[] | undefined
}

export function certificateVerdict(
  target: Certificate,
  verdict: Verdict,
  { source, at, asked, evidence = [] }: VerdictContext,
): CertificateVerdict {
  const { valid, rules, path: certificates, anchored, attempts, policies, statuses } = verdict
  const findings = weighFindings(verdict.findings, rules)
  const judgedPath = (attempt: Attempt): JudgedPath => ({
    certificates: attempt.path,
    anchored: attempt.anchored,
    accepted: attempt.valid,
    findings: weighFindings(attempt.findings, rules),
    statuses: attempt.statuses,
  })
  return {
    source,
    title: certificateTitle(target),
    accepted: valid,
    rules,
    findings,
    target,
    at,
    path: { certificates, anchored, accepted: valid, findings, statuses },
    attempts: attempts.map(judgedPath),
    asked,
    evidence,
    policies,
  }
}
