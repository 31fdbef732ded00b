/** Judgements as JUnit XML, the form in which CI systems read test results: a certificate is a test case. */

import { errorsOf, type Judgement, type WeighedFinding, warningsOf } from '../verify/judgement.ts'
import { type JunitCase, junitDocument } from './junit-document.ts'

/**
 * One test suite; a rejected certificate is a failure whose type is the code of its first error.
 * @param suite its name, such as `pki verify`
 * @param at the time of checking
 */
export function junitXml(judgements: readonly Judgement[], suite: string, at: Date): string {
  return junitDocument(judgements.map(testCase), suite, at)
}

function testCase(judgement: Judgement): JunitCase {
  const errors = errorsOf(judgement)
  const warnings = warningsOf(judgement)
  const [first] = errors
  return {
    name: judgement.title,
    classname: judgement.source,
    failure: first && { message: first.sentence, type: first.code, text: errors.map(paragraph).join('\n') },
    output: warnings.length === 0 ? undefined : warnings.map(paragraph).join('\n'),
  }
}

function paragraph({ code, level, certificate, sentence, cure, section }: WeighedFinding): string {
  const where = certificate === null ? '' : ` (certificate ${certificate} of the path)`
  return `${level} ${code}${where}: ${sentence}\n  cure: ${cure}\n  ${section}`
}
