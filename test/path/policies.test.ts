/** Certificate policies: RFC 5280 §6.1.3 (d)–(f), §6.1.4 (a), (b), (h)–(j), §6.1.5 (g), as RFC 9618 computes them. */

import { describe, expect, it } from 'vitest'
import { ia5String, nullValue } from '../../src/der/writer.ts'
import type { PolicyInputs } from '../../src/path/policies.ts'
import type { Verdict } from '../../src/path/verify.ts'
import { encodeCertificatePolicies } from '../../src/x509/extension-encoding.ts'
import type { PolicyQualifier } from '../../src/x509/extension-value.ts'
import { ANY_POLICY, POLICY_QUALIFIER } from '../../src/x509/oids.ts'
import { processorTime } from '../processor-time.ts'
import { certificates, type Entity, type Fields, intermediate, leaf, root } from './build-certificate.ts'
import { errorsOf, judge, theFinding } from './judge.ts'

const A = '1.3.6.1.4.1.99999.1'
const B = '1.3.6.1.4.1.99999.2'
const C = '1.3.6.1.4.1.99999.3'

/** The verdict on a path of CAs, from the one below the root down, and a target. */
function verdictOn(cas: readonly Fields[], target: Fields, policies: PolicyInputs = {}, anchor: Fields = {}): Verdict {
  const entities: Entity[] = [root(anchor)]
  for (const [i, fields] of cas.entries()) {
    entities.push(intermediate(entities.at(-1) as Entity, { subject: `CN=ca ${i}`, ...fields }))
  }
  const [top, ...untrusted] = certificates(...entities)
  const end = leaf(entities.at(-1) as Entity, target)
  return judge(end, top === undefined ? [] : [top], untrusted, { policies })
}

const REQUIRED: PolicyInputs = { explicitPolicy: true }

describe('the policies of a path', () => {
  it.each<[string, readonly Fields[], Fields, PolicyInputs, readonly string[]]>([
    ['asserted by all', [{ policies: [A, B] }], { policies: [B, C] }, {}, [B]],
    ['asserted by the target alone: none', [{}], { policies: [A] }, {}, []],
    ['asserted by the CA alone: none', [{ policies: [A] }], {}, {}, []],
    ['different: none', [{ policies: [A] }], { policies: [B] }, {}, []],
    ['anyPolicy stands for all', [{ policies: [ANY_POLICY] }], { policies: [A] }, {}, [A]],
    ['anyPolicy in the target too', [{ policies: [A] }], { policies: [ANY_POLICY] }, {}, [A]],
    ['anyPolicy throughout', [{ policies: [ANY_POLICY] }], { policies: [ANY_POLICY] }, {}, [ANY_POLICY]],
    [
      'anyPolicy throughout, accepted one by one',
      [{ policies: [ANY_POLICY] }],
      { policies: [ANY_POLICY] },
      { initialPolicySet: [A, B] },
      [A, B],
    ],
    ['inhibited anyPolicy is none', [{ policies: [A] }], { policies: [ANY_POLICY] }, { inhibitAnyPolicy: true }, []],
    [
      'inhibitAnyPolicy 0 holds from the next certificate on',
      [{ policies: [ANY_POLICY], inhibitAnyPolicy: 0 }],
      { policies: [A, ANY_POLICY] },
      {},
      [A],
    ],
    [
      'inhibitAnyPolicy 1 allows one more',
      [{ policies: [ANY_POLICY], inhibitAnyPolicy: 1 }, { policies: [ANY_POLICY] }],
      { policies: [ANY_POLICY] },
      {},
      [],
    ],
    [
      'a self-issued CA may still assert an inhibited anyPolicy',
      [
        { policies: [A], inhibitAnyPolicy: 0 },
        { subject: 'CN=ca 0', policies: [ANY_POLICY] },
      ],
      { policies: [A] },
      {},
      [A],
    ],
    [
      'a self-issued target may not',
      [{ policies: [A], inhibitAnyPolicy: 0 }],
      { subject: 'CN=ca 0', policies: [ANY_POLICY] },
      {},
      [],
    ],
    [
      'mapped: the user is told the policy of his own domain',
      [{ policies: [A], mappings: [[A, B]] }],
      { policies: [B] },
      {},
      [A],
    ],
    [
      'mapped: the issuer’s own name for it is no longer known',
      [{ policies: [A], mappings: [[A, B]] }],
      { policies: [A] },
      {},
      [],
    ],
    [
      'two policies mapped to one',
      [
        {
          policies: [A, B],
          mappings: [
            [A, C],
            [B, C],
          ],
        },
      ],
      { policies: [C] },
      {},
      [A, B],
    ],
    ['mapped out of anyPolicy', [{ policies: [ANY_POLICY], mappings: [[A, B]] }], { policies: [B] }, {}, [A]],
    [
      'mapping inhibited',
      [{ policies: [A, C], mappings: [[A, B]] }],
      { policies: [A, B, C] },
      { inhibitPolicyMapping: true },
      [C],
    ],
    [
      'mapping inhibited by a CA above',
      [
        { policies: [A, C], policyConstraints: { inhibitPolicyMapping: 0 } },
        { policies: [A, C], mappings: [[A, B]] },
      ],
      { policies: [A, B, C] },
      {},
      [C],
    ],
  ])('%s', (_, cas, target, inputs, expected) => {
    const verdict = verdictOn(cas, target, inputs)
    expect(verdict.valid).toBe(true)
    expect([...verdict.policies.userConstrained].sort()).toEqual([...expected].sort())
  })
})

describe('a policy that is required', () => {
  it.each<[string, readonly Fields[], Fields, PolicyInputs, readonly string[]]>([
    ['and there', [{ policies: [A] }], { policies: [A] }, REQUIRED, []],
    ['and not there', [{}], {}, REQUIRED, ['policy.required@1']],
    ['and lost on the way', [{ policies: [A] }], {}, REQUIRED, ['policy.required@0']],
    [
      'and not accepted',
      [{ policies: [A] }],
      { policies: [A] },
      { ...REQUIRED, initialPolicySet: [B] },
      ['policy.not-accepted@0'],
    ],
    ['and accepted', [{ policies: [A] }], { policies: [A] }, { ...REQUIRED, initialPolicySet: [B, A] }, []],
    ['by a CA, at once', [{ policyConstraints: { requireExplicitPolicy: 0 } }], {}, {}, ['policy.required@0']],
    // The last step before the verdict takes one off as well, (a) of §6.1.5.
    [
      'by a CA, two certificates on',
      [{ policyConstraints: { requireExplicitPolicy: 2 } }, {}],
      {},
      {},
      ['policy.required@0'],
    ],
    [
      'by a CA, self-issued certificates not counted',
      [{ policyConstraints: { requireExplicitPolicy: 2 } }, { subject: 'CN=ca 0' }],
      {},
      {},
      [],
    ],
    ['by a CA, three certificates on', [{ policyConstraints: { requireExplicitPolicy: 3 } }, {}], {}, {}, []],
    [
      'by the target itself',
      [{}],
      { ca: true, policyConstraints: { requireExplicitPolicy: 0 } },
      {},
      ['policy.required@0'],
    ],
  ])('%s', (_, cas, target, inputs, expected) => {
    expect(errorsOf(verdictOn(cas, target, inputs))).toEqual(expected)
  })

  it('says which are valid and which accepted', () => {
    const verdict = verdictOn([{ policies: [A] }], { policies: [A] }, { ...REQUIRED, initialPolicySet: [B] })
    expect(theFinding(verdict, 'policy.not-accepted')).toMatchObject({ valid: [A], accepted: [B] })
    expect(verdict.policies).toEqual({ authorityConstrained: [], userConstrained: [] })
  })
})

describe('mapping anyPolicy', () => {
  it.each<[string, readonly [string, string]]>([
    ['from', [ANY_POLICY, A]],
    ['to', [A, ANY_POLICY]],
  ])('%s it rejects', (_, mapping) => {
    const verdict = verdictOn([{ policies: [ANY_POLICY], mappings: [mapping] }], { policies: [A] })
    expect(errorsOf(verdict)).toEqual(['policy.mapping-any-policy@1'])
  })
})

describe('the anchor’s own policies (RFC 5937)', () => {
  it('narrow the accepted ones', () => {
    const path = [{ policies: [A, B] }] as const
    const anchor = { policies: [A] }
    expect(verdictOn(path, { policies: [A, B] }, {}, anchor).policies.userConstrained).toEqual([A])
    expect(errorsOf(verdictOn(path, { policies: [B] }, REQUIRED, anchor))).toEqual(['policy.not-accepted@0'])
    expect(verdictOn(path, { policies: [B] }, REQUIRED, { policies: [ANY_POLICY] }).valid).toBe(true)
  })

  it('may require one', () => {
    const anchor = { policyConstraints: { requireExplicitPolicy: 0 } }
    expect(errorsOf(verdictOn([{}], {}, {}, anchor))).toEqual(['policy.required@1'])
  })
})

describe('hostile policies', () => {
  it('mappings that double with every certificate stay linear (CVE-2023-0464)', () => {
    const both: Fields = {
      policies: [A, B],
      mappings: [
        [A, A],
        [A, B],
        [B, A],
        [B, B],
      ],
    }
    const spent = processorTime()
    const verdict = verdictOn(
      Array.from({ length: 40 }, () => both),
      { policies: [A, B] },
      REQUIRED,
    )
    expect(verdict.valid).toBe(true)
    expect([...verdict.policies.userConstrained].sort()).toEqual([A, B])
    // 2^40 nodes would not be ready this year.
    expect(spent()).toBeLessThan(5000)
  })

  it('thousands of policies and mappings are handled', () => {
    const policies = Array.from({ length: 2000 }, (_, i) => `1.3.6.1.4.1.99999.4.${i}`)
    const mappings = policies.map((policy) => [policy, A] as const)
    const verdict = verdictOn(
      [
        { policies, mappings },
        { policies: [A], mappings: policies.map((p) => [A, p]) },
      ],
      { policies },
    )
    expect(verdict.valid).toBe(true)
    expect(verdict.policies.userConstrained).toHaveLength(2000)
  })
})

describe('§4.2.1.4 qualifiers', () => {
  const cps = { oid: POLICY_QUALIFIER.cps, value: ia5String('http://a.test/cps') }
  const unknown = { oid: '1.2.3.4', value: nullValue() }
  const qualified = (critical: boolean, ...qualifiers: readonly PolicyQualifier[]): Fields => ({
    extensions: { certificatePolicies: encodeCertificatePolicies([{ policyIdentifier: A, qualifiers }]) },
    critical: { certificatePolicies: critical },
  })

  it.each<[string, Fields, readonly string[]]>([
    ['one that the RFC defines, critical', qualified(true, cps), []],
    ['an unknown one, not critical', qualified(false, cps, unknown), []],
    ['an unknown one, critical', qualified(true, cps, unknown), ['policy.unknown-qualifier']],
  ])('%s', (_, fields, expected) => {
    expect(errorsOf(verdictOn([], fields))).toEqual(expected.map((code) => `${code}@0`))
    expect(errorsOf(verdictOn([fields], {}))).toEqual(expected.map((code) => `${code}@1`))
  })

  it('the finding names the policy and the qualifier', () => {
    const found = theFinding(verdictOn([], qualified(true, unknown)), 'policy.unknown-qualifier')
    expect(found).toMatchObject({ policy: A, qualifier: '1.2.3.4' })
  })
})
