/** JUnit XML, the form in which CI systems read test results. */

import { harmless } from './styled-text.ts'

export interface JunitCase {
  readonly name: string
  /** The file it is about. */
  readonly classname: string
  readonly failure?: { readonly message: string; readonly type: string; readonly text: string } | undefined
  /** That it could not be looked at. */
  readonly error?: { readonly message: string; readonly type: string } | undefined
  readonly output?: string | undefined
}

/**
 * One test suite.
 * @param suite its name, such as `pki verify`
 * @param at the time of checking
 */
export function junitDocument(cases: readonly JunitCase[], suite: string, at: Date): string {
  const failures = cases.filter(({ failure }) => failure !== undefined).length
  const errors = cases.filter(({ error }) => error !== undefined).length
  const counts = { tests: cases.length, failures, errors, skipped: 0 }
  const attributes = { name: suite, ...counts, time: 0, timestamp: at.toISOString().slice(0, 19) }
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${xmlAttributes({ name: suite, tests: counts.tests, failures, errors, time: 0 })}>`,
    `  <testsuite ${xmlAttributes(attributes)}>`,
    ...cases.flatMap(testCase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

function testCase({ name, classname, failure, error, output }: JunitCase): readonly string[] {
  const open = `    <testcase ${xmlAttributes({ name, classname, time: 0 })}`
  const inner: string[] = []
  if (failure !== undefined) {
    const { message, type, text } = failure
    inner.push(`      <failure ${xmlAttributes({ message, type })}>${xmlText(text)}</failure>`)
  }
  if (error !== undefined) inner.push(`      <error ${xmlAttributes({ ...error })}/>`)
  if (output !== undefined) inner.push(`      <system-out>${xmlText(output)}</system-out>`)
  return inner.length === 0 ? [`${open}/>`] : [`${open}>`, ...inner, '    </testcase>']
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
