/** Judgements as SARIF 2.1.0 (OASIS), the form in which code scanning reads results: a finding code is a rule. */

import { isAbsolute, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Judgement, WeighedFinding } from '../verify/judgement.ts'
import { factsJson } from './render-finding-json.ts'
import { harmless } from './styled-text.ts'

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json'

declare const PKI_VERSION: string

/** One run. Findings that only warn are results of level `warning`. */
export function sarifLog(judgements: readonly Judgement[]): object {
  const rules = rulesOf(judgements)
  const indexes = new Map(rules.map(({ id }, index) => [id, index]))
  const results = judgements.flatMap((judgement) =>
    judgement.findings.map((finding) => result(finding, judgement, indexes.get(finding.code) ?? 0)),
  )
  const driver = { name: 'pki', version: PKI_VERSION, rules }
  return { $schema: SCHEMA, version: '2.1.0', runs: [{ tool: { driver }, columnKind: 'utf16CodeUnits', results }] }
}

/** Every code that occurs, in order of first occurrence; its help is the cure as it reads there. */
function rulesOf(judgements: readonly Judgement[]) {
  const first = new Map<string, WeighedFinding>()
  for (const finding of judgements.flatMap(({ findings }) => findings)) {
    if (!first.has(finding.code)) first.set(finding.code, finding)
  }
  return [...first.values()].map(({ code, section, sentence, cure, level }) => ({
    id: code,
    shortDescription: { text: `${code} (${section})` },
    fullDescription: { text: harmless(sentence) },
    help: { text: harmless(cure) },
    defaultConfiguration: { level },
  }))
}

function result(finding: WeighedFinding, { source, title }: Judgement, ruleIndex: number) {
  const { code, level, certificate, sentence, cure, section, facts } = finding
  return {
    ruleId: code,
    ruleIndex,
    level,
    message: { text: harmless(`${title}: ${sentence}. Cure: ${cure}.`) },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: uriOf(source) }, region: { startLine: 1 } },
        logicalLocations: [{ name: harmless(title), kind: 'object' }],
      },
    ],
    properties: { certificate, section, facts: factsJson(facts) },
  }
}

/** A URI reference: relative paths stay relative, so that a scanner finds them in its checkout. */
function uriOf(source: string): string {
  if (source === '-') return 'stdin'
  if (isAbsolute(source)) return pathToFileURL(source).href
  return source.split(sep).map(encodeURIComponent).join('/')
}
