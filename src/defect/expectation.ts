/** What must be found where several defects come together in one certificate. */

import type { FindingCode } from '../path/findings.ts'
import { type Defect, type Expectation, RULE_SET_NAMES, type RuleSetName, UNREADABLE } from './defect.ts'

/**
 * The expectation for one certificate with all of these defects. A verifier stops early: of what cannot be read nothing
 * is asked, without an issuer there is no path, and under a bad signature nothing else is believed.
 */
export function expectTogether(defects: readonly Pick<Defect, 'expected'>[]): Expectation {
  const expectations = defects.map(({ expected }) => expected)
  if (expectations.some(({ findings }) => findings === 'unreadable')) return UNREADABLE
  const stopping =
    expectations.find((one) => finds(one, isPathless)) ?? expectations.find((one) => finds(one, isUnsigned))
  if (stopping !== undefined) return stopping
  return {
    findings: Object.fromEntries(
      RULE_SET_NAMES.map((rules) => [rules, [...new Set(expectations.flatMap((one) => findingsOf(one, rules)))]]),
    ) as unknown as Readonly<Record<RuleSetName, readonly FindingCode[]>>,
    rejectedBy: RULE_SET_NAMES.filter((rules) => expectations.some(({ rejectedBy }) => rejectedBy.includes(rules))),
  }
}

/** The codes that a rule set must report; none for what is unreadable. */
export function findingsOf({ findings }: Expectation, rules: RuleSetName): readonly FindingCode[] {
  return findings === 'unreadable' ? [] : findings[rules]
}

/** Every code that some rule set must report. */
export function allFindings(expected: Expectation): readonly FindingCode[] {
  return [...new Set(RULE_SET_NAMES.flatMap((rules) => findingsOf(expected, rules)))]
}

function finds(expected: Expectation, is: (code: FindingCode) => boolean): boolean {
  return findingsOf(expected, 'rfc5280').some(is)
}

const isPathless = (code: FindingCode) => code === 'path.issuer-not-found' || code === 'path.untrusted-root'

/** The two statements of an algorithm may differ under a good signature, and a good one may be a weak one. */
const isUnsigned = (code: FindingCode) => code.startsWith('signature.') && !SIGNED.has(code)

const SIGNED: ReadonlySet<FindingCode> = new Set<FindingCode>(['signature.algorithm-mismatch', 'signature.weak-digest'])
