/** Judgements as JUnit XML, the form in which CI systems read test results: a certificate is a test case. */

import { errorsOf, type Judgement, type WeighedFinding, warningsOf } from '../judgement.ts'
import { harmless } from './styled-text.ts'

/**
 * One test suite; a rejected certificate is a failure whose type is the code of its first error.
 * @param suite its name, such as `pki verify`
 * @param at the time of checking
 */
export function junitXml(judgements: readonly Judgement[], suite: string, at: Date): string {
  const failures = judgements.filter(({ accepted }) => !accepted).length
  const counts = { tests: judgements.length, failures, errors: 0, skipped: 0 }
  const attributes = { name: suite, ...counts, time: 0, timestamp: at.toISOString().slice(0, 19) }
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${xmlAttributes({ name: suite, tests: counts.tests, failures, errors: 0, time: 0 })}>`,
    `  <testsuite ${xmlAttributes(attributes)}>`,
    ...judgements.flatMap((judgement) => testCase(judgement)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

function testCase(judgement: Judgement): readonly string[] {
  const open = `    <testcase ${xmlAttributes({ name: judgement.title, classname: judgement.source, time: 0 })}`
  const errors = errorsOf(judgement)
  const warnings = warningsOf(judgement)
  const inner = [
    ...(errors[0] === undefined ? [] : [failure(errors[0], errors)]),
    ...(warnings.length === 0 ? [] : [`      <system-out>${xmlText(warnings.map(paragraph).join('\n'))}</system-out>`]),
  ]
  return inner.length === 0 ? [`${open}/>`] : [`${open}>`, ...inner, '    </testcase>']
}

function failure(first: WeighedFinding, errors: readonly WeighedFinding[]): string {
  const attributes = xmlAttributes({ message: first.sentence, type: first.code })
  return `      <failure ${attributes}>${xmlText(errors.map(paragraph).join('\n'))}</failure>`
}

function paragraph({ code, level, certificate, sentence, cure, section }: WeighedFinding): string {
  const where = certificate === null ? '' : ` (certificate ${certificate} of the path)`
  return `${level} ${code}${where}: ${sentence}\n  cure: ${cure}\n  ${section}`
}

function xmlAttributes(attributes: Readonly<Record<string, string | number>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => `${name}="${xmlText(String(value)).replaceAll('\n', ' ')}"`)
    .join(' ')
}

/** Escaped for element content and for attributes in double quotes; XML 1.0 has no place for control characters. */
function xmlText(text: string): string {
  const lines = text.split('\n').map(harmless).join('\n')
  return lines.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
