/**
 * What `pki verify` and `pki lint` have to say about one certificate or request, ready to be rendered: findings
 * weighed by the rule set and put into words. Text, JSON, JUnit and SARIF are made from it.
 */

import { explain, type Finding, type FindingCode } from '../../path/findings.ts'
import { type RuleSet, weightOf } from '../../path/rule-set.ts'

/** A finding that counts, in words. */
export interface WeighedFinding {
  readonly code: FindingCode
  readonly level: 'error' | 'warning'
  /** Index in the path, or null. */
  readonly certificate: number | null
  /** Everything the finding carries beside its code and certificate. */
  readonly facts: Readonly<Record<string, unknown>>
  readonly section: string
  readonly sentence: string
  readonly cure: string
  /** What the platform that the rule set describes calls it. */
  readonly platformName: string | undefined
}

/** The outcome for one certificate or request. */
export interface Judgement {
  /** As given on the command line; `-` is standard input. */
  readonly source: string
  /** What people call it: its subject, or its first alternative name. */
  readonly title: string
  readonly accepted: boolean
  readonly rules: RuleSet
  /** Errors first, each group in the order of the engine. */
  readonly findings: readonly WeighedFinding[]
}

/** Findings in words, without those the rule set ignores; errors come first. */
export function weighFindings(findings: readonly Finding[], rules: RuleSet): readonly WeighedFinding[] {
  const weighed = findings.flatMap((found) => {
    const level = weightOf(rules, found.code)
    return level === 'ignored' ? [] : [inWords(found, level, rules)]
  })
  return [...weighed.filter(({ level }) => level === 'error'), ...weighed.filter(({ level }) => level === 'warning')]
}

function inWords(found: Finding, level: 'error' | 'warning', rules: RuleSet): WeighedFinding {
  const { code, certificate, ...facts } = found
  return { code, level, certificate, facts, ...explain(found), platformName: rules.platformNames?.[code] }
}

export function errorsOf({ findings }: Pick<Judgement, 'findings'>): readonly WeighedFinding[] {
  return findings.filter(({ level }) => level === 'error')
}

export function warningsOf({ findings }: Pick<Judgement, 'findings'>): readonly WeighedFinding[] {
  return findings.filter(({ level }) => level === 'warning')
}
