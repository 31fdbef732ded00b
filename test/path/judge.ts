/** Verifies in tests and says what came out in a form that a table can hold. */

import type { Finding, FindingCode } from '../../src/path/findings.ts'
import { weightOf } from '../../src/path/rule-set.ts'
import { type Verdict, type VerifyOptions, verifyCertificate } from '../../src/path/verify.ts'
import type { Certificate } from '../../src/x509/certificate.ts'
import { AT } from './build-certificate.ts'

/** {@link verifyCertificate} at {@link AT}, below the given anchors. */
export function judge(
  target: Certificate,
  trustAnchors: readonly Certificate[],
  untrusted: readonly Certificate[] = [],
  options: Partial<VerifyOptions> = {},
): Verdict {
  return verifyCertificate(target, { trustAnchors, untrusted, at: AT, ...options })
}

/** `code@certificate` of every finding that is an error. */
export function errorsOf({ findings, rules }: Pick<Verdict, 'findings' | 'rules'>): readonly string[] {
  return findings
    .filter(({ code }) => weightOf(rules, code) === 'error')
    .map(({ code, certificate }) => `${code}@${certificate}`)
}

/** `code@certificate` of every finding. */
export function codesOf({ findings }: Pick<Verdict, 'findings'>): readonly string[] {
  return findings.map(({ code, certificate }) => `${code}@${certificate}`)
}

/** The only finding with a code. */
export function theFinding<C extends FindingCode>({ findings }: Pick<Verdict, 'findings'>, code: C): Finding<C> {
  const [found, ...more] = findings.filter((one) => one.code === code)
  if (found === undefined || more.length > 0) throw new Error(`${more.length + (found ? 1 : 0)} findings ${code}`)
  return found as Finding<C>
}
