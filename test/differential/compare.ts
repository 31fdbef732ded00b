/** Whether two verdicts agree, and if not, which known differences explain it. */

import type { Finding } from '../../src/path/findings.ts'
import type { Attempt } from '../../src/path/verify.ts'
import type { Certificate } from '../../src/x509/certificate.ts'
import type { Judged, KnownDifference } from './difference.ts'
import { errorsAmong, type Program, type TheirError } from './judges.ts'
import { KNOWN_DIFFERENCES } from './known-differences.ts'

export interface Comparison {
  readonly agree: boolean
  /** Identifiers of the known differences that played a part. */
  readonly explainedBy: readonly string[]
  /** Our findings, or their errors, that nothing explains: the disagreement stands if there is one. */
  readonly unexplained: readonly string[]
}

export function compare(who: Program, judged: Judged): Comparison {
  const { ours, theirs } = judged
  if (ours.valid === theirs.valid) return { agree: true, explainedBy: [], unexplained: [] }
  return { agree: false, ...(ours.valid ? explainRejection(who, judged) : explainAcceptance(who, judged)) }
}

type Explanation = Pick<Comparison, 'explainedBy' | 'unexplained'>

/** They accept: then one path on which all our errors are known to be none for them. */
function explainAcceptance(who: Program, judged: Judged): Explanation {
  const { target, attempts, rules } = judged.ours
  if (target === undefined) {
    return conclude([['not a certificate', KNOWN_DIFFERENCES[who].find((rule) => 'reads' in rule)]])
  }
  const explanations = attempts
    .filter(({ anchored }) => anchored)
    .map((attempt) =>
      conclude(
        errorsAmong(attempt.findings, rules).map((found) => [found.code, laxerRule(who, judged, attempt, found)]),
      ),
    )
  return (
    explanations.sort((a, b) => a.unexplained.length - b.unexplained.length)[0] ?? {
      explainedBy: [],
      unexplained: judged.ours.errors.map(({ code }) => code),
    }
  )
}

function laxerRule(who: Program, judged: Judged, { path }: Attempt, found: Finding): KnownDifference | undefined {
  const subject = found.certificate === null ? undefined : path[found.certificate]
  return KNOWN_DIFFERENCES[who].find(
    (rule) => 'accepts' in rule && rule.accepts.includes(found.code) && (rule.when?.(found, subject, judged) ?? true),
  )
}

/** They reject: then each of their errors must be known. */
function explainRejection(who: Program, judged: Judged): Explanation {
  const { errors, said } = judged.theirs
  if (errors.length === 0) return { explainedBy: [], unexplained: [said] }
  return conclude(errors.map((error) => [`${error.code} at ${error.depth}`, stricterRule(who, judged, error)]))
}

function stricterRule(who: Program, judged: Judged, error: TheirError): KnownDifference | undefined {
  return KNOWN_DIFFERENCES[who].find(
    (rule) =>
      'rejects' in rule &&
      (rule.rejects === 'any error' || rule.rejects.includes(error.code)) &&
      rule.when(judged, subjectOf(judged, error), error),
  )
}

/** The certificate that an error speaks of, on our path. */
function subjectOf({ ours }: Judged, { depth }: TheirError): Certificate | undefined {
  return depth < 0 ? undefined : ours.attempts.find(({ valid }) => valid)?.path[depth]
}

function conclude(entries: readonly (readonly [string, KnownDifference | undefined])[]): Explanation {
  return {
    explainedBy: [...new Set(entries.flatMap(([, rule]) => (rule === undefined ? [] : [rule.id])))],
    unexplained: entries.flatMap(([what, rule]) => (rule === undefined ? [what] : [])),
  }
}
