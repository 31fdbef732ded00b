/** `pki lint --json`: a promise like those in `result-json.ts`. */

import type { Judgement } from '../verify/judgement.ts'
import { type FindingJson, findingJson } from './render-finding-json.ts'

/** `pki lint`. */
export interface LintedJson {
  readonly schema: 'pki.linted/1'
  /** Whether nothing found weighs `error`. */
  readonly accepted: boolean
  readonly items: readonly {
    readonly source: string
    readonly title: string
    readonly accepted: boolean
    /** Name of the rule set. */
    readonly rules: string
    readonly findings: readonly FindingJson[]
  }[]
}

export function lintJson(judgements: readonly Judgement[]): LintedJson {
  return {
    schema: 'pki.linted/1',
    accepted: judgements.every(({ accepted }) => accepted),
    items: judgements.map(({ source, title, accepted, rules, findings }) => ({
      source,
      title,
      accepted,
      rules: rules.name,
      findings: findings.map(findingJson),
    })),
  }
}
