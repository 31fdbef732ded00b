/** What `pki lint` found, as text. */

import { errorsOf, type Judgement, warningsOf } from '../verify/judgement.ts'
import { counted, type FindingTextOptions, findingsLines } from './render-finding-text.ts'
import { harmless, indent, type Line, type Span, span } from './styled-text.ts'

/** Each certificate or request with its findings below it. */
export function lintLines(judgements: readonly Judgement[], options: FindingTextOptions): readonly Line[] {
  return judgements.flatMap((judgement, i) => {
    const findings = findingsLines(judgement.findings, { ...options, width: options.width - 2 })
    const before = judgements[i - 1]
    const apart = before !== undefined && before.findings.length + findings.length > 0
    return [...(apart ? [[]] : []), heading(judgement, options), ...indent(findings, 2)]
  })
}

function heading(judgement: Judgement, { glyphs }: FindingTextOptions): Line {
  const [errors, warnings] = [errorsOf(judgement), warningsOf(judgement)]
  const mark = judgement.accepted ? span(glyphs.good, 'good') : span(glyphs.bad, 'bad')
  const counts: Span[] = [
    ...(errors.length === 0 ? [] : [span(counted(errors, 'error'), 'bad')]),
    ...(errors.length === 0 || warnings.length === 0 ? [] : [span(', ')]),
    ...(warnings.length === 0 ? [] : [span(counted(warnings, 'warning'), 'warn')]),
  ]
  const outcome = counts.length === 0 ? [span(`nothing wrong by ${judgement.rules.name}`, 'good')] : counts
  const title = span(`  ${harmless(judgement.title)}  `, 'quiet')
  return [mark, span(' '), span(judgement.source, 'strong'), title, ...outcome]
}
