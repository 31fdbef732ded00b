/** The tables that findings and rule sets are made of. */

import { describe, expect, it } from 'vitest'
import { CERTIFICATE_FINDINGS } from '../../src/path/findings/certificate.ts'
import { WEBPKI_FINDINGS } from '../../src/path/findings/webpki.ts'
import { explain, FINDINGS, type FindingCode, finding } from '../../src/path/findings.ts'
import { ignoresAll, RFC5280, RFC5280_STRICT, RULE_SETS, WEBPKI, weightOf } from '../../src/path/rule-set.ts'

const codes = Object.keys(FINDINGS) as FindingCode[]

describe('the table of findings', () => {
  it.each(codes)('%s names where its rule is written', (code) => {
    expect(FINDINGS[code].section).toMatch(/^(RFC \d{4} §|RFC \d{4}, |CA\/B BR §|X\.\d+ )/)
    expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*\.[a-z0-9]+(-[a-z0-9]+)*$/)
  })

  it('puts a finding into words', () => {
    const facts = { at: new Date('2026-06-01T00:00:00.5Z'), notAfter: new Date('2026-05-31T23:59:59Z') }
    const { section, sentence, cure } = explain(finding('validity.expired', 0, facts))
    expect(section).toBe('RFC 5280 §6.1.3 (a)(2)')
    expect(sentence).toContain('2026-05-31T23:59:59Z')
    expect(sentence).not.toMatch(/\.$/)
    expect(cure).not.toMatch(/\.$/)
  })
})

describe('rule sets', () => {
  it('are found by name', () => {
    expect(RULE_SETS).toMatchObject({ rfc5280: RFC5280, 'rfc5280-strict': RFC5280_STRICT, webpki: WEBPKI })
  })

  it('a code that nobody weighed is an error', () => {
    const unweighed = 'nobody.weighed-this' as FindingCode
    for (const rules of Object.values(RULE_SETS)) expect(weightOf(rules, unweighed)).toBe('error')
  })

  it('weigh no code that does not exist', () => {
    for (const { weights } of Object.values(RULE_SETS)) {
      expect(Object.keys(weights).filter((code) => !codes.includes(code as FindingCode))).toEqual([])
    }
  })

  it('get stricter one after the other', () => {
    const rank = { ignored: 0, warning: 1, error: 2 }
    for (const code of codes) {
      expect(rank[weightOf(RFC5280_STRICT, code)], code).toBeGreaterThanOrEqual(rank[weightOf(RFC5280, code)])
    }
    const milder = codes.filter((code) => rank[weightOf(WEBPKI, code)] < rank[weightOf(RFC5280_STRICT, code)])
    expect(milder.sort()).toEqual([
      'key.too-short',
      'name-constraints.leading-dot',
      'name-constraints.not-critical',
      'signature.weak-digest',
    ])
  })

  it('know which areas they ignore', () => {
    expect(ignoresAll(RFC5280, WEBPKI_FINDINGS)).toBe(true)
    expect(ignoresAll(WEBPKI, WEBPKI_FINDINGS)).toBe(false)
    expect(ignoresAll(RFC5280, CERTIFICATE_FINDINGS)).toBe(false)
    const one = { ...RFC5280, weights: { ...RFC5280.weights, 'webpki.key-size': 'warning' as const } }
    expect(ignoresAll(one, WEBPKI_FINDINGS)).toBe(false)
  })
})
