/** `pki lint --json`: the schema `pki.linted/1`. A promise like those in `json.ts`. */

import type { Judgement } from './judgement.ts'
import { findingJson } from './render-finding-json.ts'

/** All judgements. `accepted` is true if nothing weighs `error`. */
export function lintJson(judgements: readonly Judgement[]) {
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
