/** Path validation, RFC 5280 §6.1, of paths that path building would not propose: it connects names, nothing else. */

import { describe, expect, it } from 'vitest'
import { Budget } from '../../src/path/budget.ts'
import { RFC5280 } from '../../src/path/rule-set.ts'
import { SignatureChecker } from '../../src/path/signatures.ts'
import { validatePath } from '../../src/path/validate.ts'
import type { Certificate } from '../../src/x509/certificate.ts'
import { AT, certificates, crossCertificate, intermediate, leaf, root } from './build-certificate.ts'

function validate(...path: readonly Certificate[]) {
  const budget = new Budget()
  return validatePath(
    { certificates: path, end: 'anchor', deadCandidates: 0 },
    {
      rules: RFC5280,
      at: AT,
      purpose: undefined,
      policies: {},
      maxDepth: undefined,
      anchorConstraints: true,
      budget,
      signatures: new SignatureChecker(budget, undefined),
    },
  )
}

describe('name chaining (a)(4)', () => {
  const ROOT = root()
  const CA = intermediate(ROOT, { subject: 'CN=first' })
  const renamed = crossCertificate(ROOT, CA, { unchecked: { parts: { subject: ROOT.certificate.subject.encoded } } })
  const [anchor, first, second] = certificates(ROOT, CA, renamed) as [Certificate, Certificate, Certificate]
  const target = leaf(CA)

  it('is there where each issuer is the subject above it', () => {
    expect(validate(target, first, anchor)).toMatchObject({ findings: [], authenticated: true })
  })

  it('is missing below a certificate of the same key and another subject', () => {
    const { findings, authenticated } = validate(target, second, anchor)
    expect(authenticated).toBe(true)
    expect(findings).toEqual([{ code: 'path.name-chaining', certificate: 0, issuer: 'CN=first', expected: 'CN=root' }])
  })
})
