/** Path building (RFC 4158): which path is found among several, and what ends a search. */

import { describe, expect, it } from 'vitest'
import { contextPrimitive, sequence } from '../../src/der/writer.ts'
import type { BudgetLimits } from '../../src/path/budget.ts'
import { MAX_ATTEMPTS } from '../../src/path/verify.ts'
import { type Certificate, parseCertificate } from '../../src/x509/certificate.ts'
import { encodeAuthorityKeyIdentifier } from '../../src/x509/extension-encoding.ts'
import { hex } from '../der/hex.ts'
import { processorTime } from '../processor-time.ts'
import {
  AT,
  certificates,
  crossCertificate,
  type Entity,
  type Fields,
  intermediate,
  leaf,
  root,
} from './build-certificate.ts'
import { errorsOf, judge, theFinding } from './judge.ts'

const EXPIRED: Fields = { notAfter: new Date('2026-02-01T00:00:00Z') }
/** Nothing to tell keys apart by. */
const NO_HINTS: Fields = { without: ['authorityKeyIdentifier', 'subjectKeyIdentifier'] }

const ROOT = root()
const [ANCHOR] = certificates(ROOT) as [Certificate]

describe('one path of several', () => {
  /*
   *   root 1 ──▶ ca (expired)
   *                 └──▶ target
   *   root 2 ──▶ ca
   */
  it('goes by the cross-certificate that is valid', () => {
    const other = root({ subject: 'CN=root 2' })
    const old = intermediate(ROOT, EXPIRED)
    const cross = crossCertificate(other, old)
    const target = leaf(old)
    const verdict = judge(target, certificates(ROOT, other), certificates(old, cross))
    expect(verdict.valid).toBe(true)
    expect(verdict.path).toEqual([target, cross.certificate, other.certificate])
  })

  it('prefers the issuer whose key identifier fits, and one that is valid now', () => {
    const good = intermediate(ROOT)
    const others = Array.from({ length: 5 }, () => intermediate(ROOT))
    const old = crossCertificate(ROOT, good, EXPIRED)
    const target = leaf(good)
    const verdict = judge(target, [ANCHOR], certificates(...others, old, good))
    expect(verdict.attempts).toHaveLength(1)
    expect(verdict.path).toEqual([target, good.certificate, ANCHOR])
  })

  it('prefers the issuer that an anchor certified: a mesh has thousands of detours, each too long here', () => {
    const authorities = Array.from({ length: 8 }, (_, i) => root({ subject: `CN=mesh ${i}` }))
    const pool = authorities.flatMap((issuer) =>
      authorities.filter((one) => one !== issuer).map((one) => crossCertificate(issuer, one)),
    )
    const target = leaf(authorities[0] as Entity)
    const verdict = judge(target, certificates(authorities[7] as Entity), certificates(...pool), { maxDepth: 1 })
    expect(verdict.valid).toBe(true)
    expect(verdict.path).toHaveLength(3)
  })

  it('prefers the issuer whose serial number the hint names', () => {
    const extensions = {
      authorityKeyIdentifier: encodeAuthorityKeyIdentifier({
        keyIdentifier: undefined,
        authorityCertIssuer: [{ type: 'directoryName', value: ANCHOR.subject }],
        authorityCertSerialNumber: 4711n,
      }),
    }
    const others = Array.from({ length: 5 }, () => intermediate(ROOT))
    const good = intermediate(ROOT, { serialNumber: 4711n })
    const verdict = judge(leaf(good, { extensions }), [ANCHOR], certificates(...others, good))
    expect(verdict).toMatchObject({ valid: true, attempts: [{ valid: true }] })
  })

  it('does not require that key identifiers fit', () => {
    const issuer = intermediate(ROOT)
    const strangers = Array.from({ length: 5 }, () => intermediate(ROOT))
    const extensions = { authorityKeyIdentifier: sequence(contextPrimitive(0, hex('00'))) }
    const verdict = judge(leaf(issuer, { extensions }), [ANCHOR], certificates(...strangers, issuer))
    expect(verdict.valid).toBe(true)
  })

  /** Both roots have one name; the new one is certified by the old, and the old one by the new (RFC 4210 §4.4). */
  it('crosses a key rollover in both directions', () => {
    const next = root()
    const nextWithOld = crossCertificate(ROOT, next)
    const oldWithNext = crossCertificate(next, ROOT)
    expect(judge(leaf(next), [ANCHOR], certificates(nextWithOld, oldWithNext)).valid).toBe(true)
    expect(judge(leaf(ROOT), certificates(next), certificates(nextWithOld, oldWithNext)).valid).toBe(true)
  })

  it('chooses the anchor that signed among several of one name', () => {
    const others = Array.from({ length: 4 }, () => root(NO_HINTS))
    const issuer = root(NO_HINTS)
    expect(judge(leaf(issuer, NO_HINTS), certificates(...others, issuer)).path[1]).toBe(issuer.certificate)
  })

  it('ends at an anchor, also where that is an intermediate and its root is at hand', () => {
    const issuer = intermediate(ROOT)
    const verdict = judge(leaf(issuer), certificates(issuer), [ANCHOR])
    expect(verdict.valid).toBe(true)
    expect(verdict.path).toHaveLength(2)
  })

  it('does not stop at a dead end', () => {
    const dead = intermediate(root({ subject: 'CN=nobody' }))
    const alive = crossCertificate(ROOT, dead)
    const verdict = judge(leaf(dead), [ANCHOR], certificates(dead, alive))
    expect(verdict.valid).toBe(true)
  })

  it('is tried once, however often its certificates are given', () => {
    const issuer = intermediate(ROOT)
    const copies = certificates(issuer, ROOT, issuer, {
      ...issuer,
      certificate: parseCertificate(issuer.certificate.encoded.slice()),
    })
    const verdict = judge(leaf(issuer, EXPIRED), [ANCHOR, ANCHOR], copies)
    expect(verdict.attempts.map(({ path }) => path.length)).toEqual([3])
    expect(judge(leaf(issuer, EXPIRED), certificates(issuer), copies).attempts.map(({ path }) => path.length)).toEqual([
      2,
    ])
  })

  it('compares names as RFC 5280 §7.1 does', () => {
    const shouting = root({ subject: 'CN=The  ROOT' })
    const { encoded } = root({ subject: 'CN=the root' }).certificate.subject
    const target = leaf(shouting, { unchecked: { parts: { issuer: encoded } } })
    expect(judge(target, certificates(shouting)).valid).toBe(true)
  })
})

describe('what is told when there is no path', () => {
  it('which issuer is missing', () => {
    const verdict = judge(leaf(intermediate(ROOT, { subject: 'CN=ca,O=a' })), [ANCHOR])
    expect(verdict.anchored).toBe(false)
    expect(theFinding(verdict, 'path.issuer-not-found')).toMatchObject({
      certificate: 0,
      issuer: 'CN=ca,O=a',
      candidates: 0,
    })
  })

  it('that the root is not trusted', () => {
    const stranger = root({ subject: 'CN=stranger' })
    const verdict = judge(leaf(stranger), [ANCHOR], certificates(stranger))
    expect(theFinding(verdict, 'path.untrusted-root')).toMatchObject({ certificate: 1, subject: 'CN=stranger' })
    expect(errorsOf(judge(stranger.certificate, [ANCHOR]))).toEqual(['path.untrusted-root@0'])
  })

  it('the longest of several dead ends', () => {
    const nobody = root({ subject: 'CN=nobody' })
    const missing = intermediate(nobody, { subject: 'CN=missing' })
    const issuer = intermediate(missing)
    const short = crossCertificate(nobody, issuer)
    for (const pool of [certificates(short, issuer, missing), certificates(missing, issuer, short)]) {
      const verdict = judge(leaf(issuer), [ANCHOR], pool)
      expect(verdict.attempts).toHaveLength(2)
      expect(verdict.path).toHaveLength(3)
      expect(theFinding(verdict, 'path.issuer-not-found').issuer).toBe('CN=nobody')
    }
  })

  it('the attempt that came furthest, with all others at hand', () => {
    const old = intermediate(ROOT, EXPIRED)
    const foreign = intermediate(root(), { key: old.signer })
    const dead = crossCertificate(root({ subject: 'CN=nobody' }), old)
    const verdict = judge(leaf(old), [ANCHOR], certificates(dead, foreign, old))
    expect(verdict.attempts.map((attempt) => errorsOf({ ...attempt, rules: verdict.rules }))).toEqual(
      expect.arrayContaining([['path.issuer-not-found@1'], ['signature.invalid@1'], ['validity.expired@1']]),
    )
    expect(errorsOf(verdict)).toEqual(['validity.expired@1'])
  })
})

describe('loops', () => {
  /** a ──▶ b ──▶ a: two CAs that certify each other and lead nowhere. */
  it('end', () => {
    const a = root({ subject: 'CN=a' })
    const b = root({ subject: 'CN=b' })
    const pool = certificates(crossCertificate(a, b), crossCertificate(b, a))
    const verdict = judge(leaf(a), [ANCHOR], pool)
    expect(errorsOf(verdict)).toEqual(['path.issuer-not-found@2'])
    expect(theFinding(verdict, 'path.issuer-not-found').candidates).toBe(1)
  })

  it('do not hide the way out', () => {
    const a = root({ subject: 'CN=a' })
    const b = root({ subject: 'CN=b' })
    const pool = certificates(crossCertificate(a, b), crossCertificate(b, a), crossCertificate(ROOT, b))
    expect(judge(leaf(a), [ANCHOR], pool).valid).toBe(true)
  })
})

describe('budgets', () => {
  function limited(budget: Partial<BudgetLimits>, pool: readonly Certificate[], target: Certificate) {
    return judge(target, [ANCHOR], pool, { budget })
  }
  const issuer = intermediate(ROOT)
  const target = leaf(issuer)
  const pool = certificates(issuer)

  it.each<[keyof BudgetLimits, number, readonly string[]]>([
    ['signatures', 2, []],
    ['signatures', 1, ['path.budget-exhausted@0']],
    ['signatures', 0, ['path.budget-exhausted@1']],
    // Each of the two certificates below the anchor costs a step, and one for every issuer it might have.
    ['steps', 4, []],
    ['steps', 3, ['path.issuer-not-found@0', 'path.budget-exhausted@null']],
    ['pathLength', 3, []],
    ['pathLength', 2, ['path.too-long@null']],
  ])('%s %i', (kind, limit, expected) => {
    const verdict = limited({ [kind]: limit }, pool, target)
    if (kind === 'steps' && limit === 3) expect(errorsOf(verdict)).toContain('path.budget-exhausted@null')
    else expect(errorsOf(verdict)).toEqual(expected)
  })

  it('comparisons with name constraints', () => {
    const narrow = intermediate(ROOT, { permitted: ['dns:a.test'] })
    // The subject and one name, one subtree each.
    expect(limited({ nameConstraintComparisons: 2 }, certificates(narrow), leaf(narrow)).valid).toBe(true)
    const verdict = limited({ nameConstraintComparisons: 1 }, certificates(narrow), leaf(narrow))
    expect(theFinding(verdict, 'path.budget-exhausted')).toMatchObject({
      budget: 'nameConstraintComparisons',
      limit: 1,
    })
  })

  it('remembered signatures cost as much as others, so that a verdict does not depend on them', () => {
    const verdicts = [1, 2].map(() => limited({ signatures: 1 }, pool, target))
    for (const verdict of verdicts) expect(errorsOf(verdict)).toEqual(['path.budget-exhausted@0'])
  })
})

describe('hostile pools end quickly, with a finding', () => {
  /** Certificates that are one another's twins but for the key, made with one signature each. */
  function twins(issuer: Entity, count: number, fields: Fields): readonly Certificate[] {
    return Array.from({ length: count }, () => intermediate(issuer, { ...fields, ...NO_HINTS }).certificate)
  }

  function timed<T>(run: () => T): { readonly result: T; readonly milliseconds: number } {
    const spent = processorTime()
    const result = run()
    return { result, milliseconds: spent() }
  }

  it('hundreds of candidates of one name, each with a path to the anchor', () => {
    const pool = twins(ROOT, 400, {})
    const { result, milliseconds } = timed(() => judge(leaf(intermediate(ROOT, NO_HINTS), NO_HINTS), [ANCHOR], pool))
    expect(theFinding(result, 'path.budget-exhausted')).toMatchObject({ budget: 'signatures', limit: 100 })
    expect(result.attempts.length).toBeLessThanOrEqual(MAX_ATTEMPTS)
    expect(milliseconds).toBeLessThan(2000)
  })

  it('hundreds of self-issued candidates of one name, without an anchor', () => {
    const self = Array.from({ length: 300 }, () => root({ subject: 'CN=x', ...NO_HINTS }).certificate)
    const target = leaf(root({ subject: 'CN=x', ...NO_HINTS }), NO_HINTS)
    const { result, milliseconds } = timed(() => judge(target, [ANCHOR], self))
    expect(errorsOf(result)).toContain('path.budget-exhausted@null')
    expect(milliseconds).toBeLessThan(2000)
  })

  it('a mesh in which every CA certifies every other', () => {
    const cas = Array.from({ length: 12 }, (_, i) => root({ subject: `CN=${i}`, ...NO_HINTS }))
    const pool = cas.flatMap((subject) =>
      cas.filter((one) => one !== subject).map((issuer) => crossCertificate(issuer, subject, NO_HINTS).certificate),
    )
    const { result, milliseconds } = timed(() => judge(leaf(cas[0] as Entity, NO_HINTS), [ANCHOR], pool))
    expect(errorsOf(result)).toContain('path.budget-exhausted@null')
    expect(result.attempts.length).toBeLessThanOrEqual(MAX_ATTEMPTS)
    expect(milliseconds).toBeLessThan(2000)
  })

  it('a chain without end', () => {
    const chain: Entity[] = [ROOT]
    for (let i = 0; i < 120; i++) chain.push(intermediate(chain.at(-1) as Entity, { subject: `CN=${i}` }))
    const { result, milliseconds } = timed(() => judge(leaf(chain.at(-1) as Entity), [ANCHOR], certificates(...chain)))
    expect(errorsOf(result)).toEqual(['path.too-long@null'])
    expect(milliseconds).toBeLessThan(2000)
  })

  it('thousands of names against thousands of constraints', () => {
    const numbers = Array.from({ length: 2000 }, (_, i) => i)
    const narrow = intermediate(ROOT, { excluded: numbers.map((i) => `dns:x${i}.test`) })
    const target = leaf(narrow, { names: numbers.map((i) => `dns:a${i}.test`) })
    const { result, milliseconds } = timed(() => judge(target, [ANCHOR], certificates(narrow)))
    expect(theFinding(result, 'path.budget-exhausted')).toMatchObject({ budget: 'nameConstraintComparisons' })
    expect(milliseconds).toBeLessThan(2000)
  })

  it('and the right issuer among thousands is found by its key identifier', () => {
    const issuer = intermediate(ROOT)
    const pool = [
      ...Array.from(
        { length: 1500 },
        () =>
          intermediate(ROOT, { key: issuer.signer, extensions: { subjectKeyIdentifier: hex('04 01 00') } }).certificate,
      ),
      issuer.certificate,
    ]
    const { result, milliseconds } = timed(() => judge(leaf(issuer), [ANCHOR], pool))
    expect(result.valid).toBe(true)
    expect(result.attempts).toHaveLength(1)
    expect(milliseconds).toBeLessThan(2000)
  })
})

it('the clock of these tests is fixed', () => {
  expect(AT.getTime()).toBe(Date.UTC(2026, 5, 1, 12))
})
