import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type HierarchyEntry, issuePlan, planHierarchy } from '../../src/issue/hierarchy.ts'
import { BUILT_IN_PROFILES } from '../../src/profile/built-in.ts'
import { formatGeneralName } from '../../src/x509/general-name-text.ts'
import { formatName } from '../../src/x509/name-text.ts'
import { issue, NOW } from './authority.ts'

const entry = (name: string, profile: string, from?: string, more: Partial<HierarchyEntry> = {}): HierarchyEntry => ({
  name,
  profile,
  from,
  ...more,
})
const mtls = [
  entry('web', 'server', 'ca1', { names: ['web.test', '127.0.0.1'] }),
  entry('ca1', 'intermediate', 'root'),
  entry('root', 'root'),
  entry('alice', 'client', 'ca1', { overrides: { notAfter: '1d' } }),
]
const means = { profiles: new Map(Object.entries(BUILT_IN_PROFILES)), now: NOW, random: randomBytes }

describe('planHierarchy', () => {
  it('puts issuers before what they issue, and otherwise keeps the order', () => {
    expect(planHierarchy({ certificates: mtls }).steps.map(({ name }) => name)).toEqual(['root', 'ca1', 'web', 'alice'])
  })

  it('leaves out what exists', () => {
    const plan = planHierarchy({ certificates: mtls }, new Set(['root', 'alice', 'unrelated']))
    expect(plan.steps.map(({ name }) => name)).toEqual(['ca1', 'web'])
    expect(plan.existing).toEqual(['root', 'alice'])
  })

  it('takes an issuer that is not in the spec, if it exists', () => {
    const certificates = [entry('x', 'client', 'elsewhere')]
    expect(planHierarchy({ certificates }, new Set(['elsewhere'])).steps).toEqual(certificates)
  })

  it.each<[string, readonly HierarchyEntry[], string]>([
    ['a name used twice', [entry('a', 'root'), entry('a', 'client')], 'usage.name'],
    ['an issuer that is nowhere', [entry('a', 'client', 'b')], 'usage.option'],
    ['an issuer of itself', [entry('a', 'client', 'a')], 'usage.option'],
    [
      'a circle',
      [entry('a', 'intermediate', 'b'), entry('b', 'intermediate', 'c'), entry('c', 'intermediate', 'a')],
      'usage.option',
    ],
  ])('refuses %s', (_, certificates, code) => {
    expect(() => planHierarchy({ certificates })).toThrow(expect.objectContaining({ code }))
  })
})

describe('issuePlan', () => {
  it('makes every certificate, with its chain', () => {
    const issued = issuePlan(planHierarchy({ certificates: mtls }), means)
    expect([...issued.keys()]).toEqual(['root', 'ca1', 'web', 'alice'])
    const { certificate, chain } = issued.get('web')?.credential ?? {}
    expect(certificate?.decoded.subjectAltName?.map(formatGeneralName)).toEqual(['DNS:web.test', 'IP:127.0.0.1'])
    expect(chain?.map(({ subject }) => formatName(subject))).toEqual(['CN=ca1', 'CN=root'])
    expect(issued.get('alice')?.credential.certificate.notAfter.date).toEqual(new Date('2026-11-22T12:00:00Z'))
  })

  it('goes on below what exists', () => {
    const root = issue({ profile: 'root', name: 'old root' })
    const plan = planHierarchy({ certificates: mtls }, new Set(['root']))
    const issued = issuePlan(plan, { ...means, existing: (name) => (name === 'root' ? root : undefined) })
    expect(issued.get('ca1')?.credential.chain).toEqual([root.certificate])
  })

  it.each<[string, readonly HierarchyEntry[], string]>([
    ['a profile that is not there', [entry('a', 'nothing')], 'usage.profile'],
    ['what its issuer may not issue', [...mtls, entry('b', 'intermediate', 'ca1')], 'refused.issuer'],
    ['an issuer that cannot be had', [entry('a', 'client', 'elsewhere')], 'input.not-found'],
  ])('names the step for %s', (_, certificates, code) => {
    const { name } = certificates.at(-1) as HierarchyEntry
    expect(() => issuePlan(planHierarchy({ certificates }, new Set(['elsewhere'])), means)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(new RegExp(`^${name}: `)) }),
    )
  })
})
