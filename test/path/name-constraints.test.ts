import { describe, expect, test } from 'vitest'
import { Budget } from '../../src/path/budget.ts'
import {
  checkNameConstraints,
  checkSubtreeSyntax,
  narrowSubtrees,
  type SubtreeState,
  UNCONSTRAINED,
} from '../../src/path/name-constraints.ts'
import type { GeneralSubtree, NameConstraints } from '../../src/x509/extension-value.ts'
import type { GeneralName } from '../../src/x509/general-name.ts'
import { parseGeneralNameText, parseSubtreeText } from '../../src/x509/general-name-text.ts'
import { hex } from '../der/hex.ts'
import { processorTime } from '../processor-time.ts'
import { type Names, namedCertificate, rawDns } from './named-certificate.ts'

type Base = string | GeneralName | GeneralSubtree

interface Constraints {
  readonly permit?: readonly Base[]
  readonly exclude?: readonly Base[]
}

function subtree(base: Base): GeneralSubtree {
  if (typeof base === 'string') return { base: parseSubtreeText(base), minimum: 0, maximum: undefined }
  return 'base' in base ? base : { base, minimum: 0, maximum: undefined }
}

function constraints({ permit = [], exclude = [] }: Constraints): NameConstraints {
  return { permittedSubtrees: permit.map(subtree), excludedSubtrees: exclude.map(subtree) }
}

/** The state behind CAs with these constraints, from the anchor down. */
function behind(...authorities: readonly Constraints[]): SubtreeState {
  return authorities.map(constraints).reduce(narrowSubtrees, UNCONSTRAINED)
}

function check(state: SubtreeState, names: Names, { isFinal = true, budget = new Budget() } = {}) {
  return checkNameConstraints(state, namedCertificate(names), { certificate: 0, isFinal, budget })
}

const codes = (state: SubtreeState, names: Names) => check(state, names).map(({ code }) => code)

const NOT_PERMITTED = 'name-constraints.not-permitted'
const EXCLUDED = 'name-constraints.excluded'

describe('permitted and excluded', () => {
  test.each<[string, Constraints, readonly string[], readonly string[]]>([
    ['no constraints', {}, ['dns:a.test'], []],
    ['within the permitted', { permit: ['dns:test'] }, ['dns:a.test'], []],
    ['outside the permitted', { permit: ['dns:test'] }, ['dns:a.example'], [NOT_PERMITTED]],
    ['within one of several', { permit: ['dns:example', 'dns:test'] }, ['dns:a.test'], []],
    [
      'each name is checked',
      { permit: ['dns:test'] },
      ['dns:a.test', 'dns:a.example', 'dns:b.example'],
      [NOT_PERMITTED, NOT_PERMITTED],
    ],
    ['permitted says nothing of another form', { permit: ['ip:192.0.2.0/24'] }, ['dns:a.test'], []],
    ['outside the excluded', { exclude: ['dns:example'] }, ['dns:a.test'], []],
    ['within the excluded', { exclude: ['dns:test'] }, ['dns:a.test'], [EXCLUDED]],
    ['the second name excluded', { exclude: ['dns:b.test'] }, ['dns:a.test', 'dns:b.test'], [EXCLUDED]],
    ['excluded says nothing of another form', { exclude: ['ip:0.0.0.0/0'] }, ['dns:a.test'], []],
    ['excluded wins over permitted', { permit: ['dns:test'], exclude: ['dns:test'] }, ['dns:a.test'], [EXCLUDED]],
    [
      'neither permitted nor left alone',
      { permit: ['dns:example'], exclude: ['dns:test'] },
      ['dns:a.test'],
      [NOT_PERMITTED, EXCLUDED],
    ],
    ['a wildcard within the permitted', { permit: ['dns:test'] }, ['dns:*.test'], []],
    ['a wildcard wider than the permitted', { permit: ['dns:a.test'] }, ['dns:*.test'], [NOT_PERMITTED]],
    ['a wildcard that covers the excluded', { exclude: ['dns:a.test'] }, ['dns:*.test'], [EXCLUDED]],
    ['IPv6 where IPv4 is permitted', { permit: ['ip:10.0.0.0/8'] }, ['ip:::1'], [NOT_PERMITTED]],
    ['IPv6 where IPv4 is excluded', { exclude: ['ip:0.0.0.0/0'] }, ['ip:::1'], []],
    ['an excluded IPv6 address', { exclude: ['ip:::1'] }, ['ip:::1'], [EXCLUDED]],
    ['a permitted mailbox', { permit: ['email:a@b.test'] }, ['email:a@b.test'], []],
    ['another mailbox', { permit: ['email:a@b.test'] }, ['email:A@b.test'], [NOT_PERMITTED]],
    ['a mailbox beyond ASCII, permitted', { permit: ['email:b.test'] }, ['email:é@b.test'], []],
    ['a mailbox beyond ASCII, elsewhere', { permit: ['email:b.test'] }, ['email:é@c.test'], [NOT_PERMITTED]],
    ['a mailbox beyond ASCII, excluded', { exclude: ['email:b.test'] }, ['email:é@b.test'], [EXCLUDED]],
    ['an excluded mailbox in quotes', { exclude: ['email:a@b.test'] }, ['email:"a"@b.test'], [EXCLUDED]],
    ['a permitted URI', { permit: ['uri:.test'] }, ['uri:https://a.test/'], []],
    ['another URI', { permit: ['uri:.test'] }, ['uri:https://a.example/'], [NOT_PERMITTED]],
    ['a directory name', { permit: ['dirname:O=b'] }, ['dirname:O=c'], [NOT_PERMITTED]],
  ])('%s', (_, authority, names, expected) => {
    expect(codes(behind(authority), { names })).toEqual(expected)
  })

  test('the finding tells the name, the field and what is permitted of its form', () => {
    const state = behind({ permit: ['ip:10.0.0.0/8', 'dns:test', 'dns:example'] })
    expect(check(state, { names: ['dns:a.invalid'] })).toEqual([
      {
        code: NOT_PERMITTED,
        certificate: 0,
        name: 'DNS:a.invalid',
        field: 'subjectAltName',
        permitted: ['DNS:test', 'DNS:example'],
        permittedCount: 2,
      },
    ])
  })

  test('of many permitted subtrees it tells the first and the count', () => {
    const permit = Array.from({ length: 20 }, (_, i) => `dns:a${i}.test`)
    const [found] = check(behind({ permit }), { names: ['dns:a.invalid'] })
    expect(found).toMatchObject({
      permittedCount: 20,
      permitted: permit.slice(0, 8).map((p) => p.replace('dns', 'DNS')),
    })
  })
})

describe('several CAs (§6.1.4 (g))', () => {
  test.each<[string, readonly Constraints[], string, readonly string[]]>([
    [
      'a narrower list narrows',
      [{ permit: ['dns:a.test', 'dns:b.test'] }, { permit: ['dns:b.test'] }],
      'dns:a.test',
      [NOT_PERMITTED],
    ],
    [
      'and keeps what both permit',
      [{ permit: ['dns:a.test', 'dns:b.test'] }, { permit: ['dns:b.test'] }],
      'dns:b.test',
      [],
    ],
    [
      'a wider list does not widen',
      [{ permit: ['dns:a.test'] }, { permit: ['dns:test'] }],
      'dns:b.test',
      [NOT_PERMITTED],
    ],
    [
      'lists without common names permit nothing',
      [{ permit: ['dns:a.test'] }, { permit: ['dns:b.test'] }],
      'dns:b.test',
      [NOT_PERMITTED],
    ],
    ['another form does not narrow', [{ permit: ['dns:test'] }, { permit: ['ip:10.0.0.0/8'] }], 'dns:a.test', []],
    ['exclusions add up', [{ exclude: ['dns:a.test'] }, { exclude: ['dns:b.test'] }], 'dns:a.test', [EXCLUDED]],
    [
      'permission does not lift an exclusion',
      [{ exclude: ['dns:a.test'] }, { permit: ['dns:a.test'] }],
      'dns:a.test',
      [EXCLUDED],
    ],
  ])('%s', (_, authorities, name, expected) => {
    expect(codes(behind(...authorities), { names: [name] })).toEqual(expected)
  })

  test('a CA without the extension leaves the state as it is', () => {
    const state = behind({ permit: ['dns:test'] })
    expect(narrowSubtrees(state, undefined)).toBe(state)
  })
})

describe('which names', () => {
  test.each<[string, Constraints, Names, readonly string[]]>([
    ['the subject is a directory name', { permit: ['dirname:O=b'] }, { subject: 'CN=a,O=c' }, [NOT_PERMITTED]],
    ['within', { permit: ['dirname:O=b'] }, { subject: 'CN=a,O=b' }, []],
    ['excluded', { exclude: ['dirname:O=b'] }, { subject: 'CN=a,O=b' }, [EXCLUDED]],
    ['an empty subject is none', { permit: ['dirname:O=b'] }, { names: ['dns:a.test'] }, []],
    [
      'the subject counts also beside a directory name that is permitted',
      { permit: ['dirname:O=b'] },
      { subject: 'CN=a', names: ['dirname:O=b'] },
      [NOT_PERMITTED],
    ],
    ['emailAddress of the subject', { permit: ['email:b.test'] }, { subject: 'E=a@c.test' }, [NOT_PERMITTED]],
    ['emailAddress within', { permit: ['email:b.test'] }, { subject: 'E=a@b.test' }, []],
    ['each emailAddress', { permit: ['email:b.test'] }, { subject: 'E=a@b.test,E=a@c.test' }, [NOT_PERMITTED]],
    [
      'emailAddress beside other forms',
      { permit: ['email:b.test'] },
      { subject: 'E=a@c.test', names: ['dns:a.test'] },
      [NOT_PERMITTED],
    ],
    [
      'emailAddress beside a mailbox does not count',
      { permit: ['email:b.test'] },
      { subject: 'E=a@c.test', names: ['email:a@b.test'] },
      [],
    ],
    [
      'an emailAddress that is none',
      { permit: ['email:b.test'] },
      { subject: 'E=x' },
      ['name-constraints.not-comparable'],
    ],
    ['a common name is no DNS name', { permit: ['dns:test'] }, { subject: 'CN=a.example' }, []],
  ])('%s', (_, authority, names, expected) => {
    expect(codes(behind(authority), names)).toEqual(expected)
  })

  test('a self-issued certificate is exempt above the target, and only there', () => {
    const state = behind({ permit: ['dns:test'] })
    const selfIssued = { subject: 'CN=a', issuer: 'CN=a', names: ['dns:a.example'] }
    expect(check(state, selfIssued, { isFinal: false })).toEqual([])
    expect(check(state, selfIssued, { isFinal: true })).toHaveLength(1)
    expect(check(state, { ...selfIssued, issuer: 'CN=b' }, { isFinal: false })).toHaveLength(1)
  })
})

describe('what cannot be processed is rejected, if a name of its form appears', () => {
  const upn = parseGeneralNameText('upn:a@b')
  const kerberos = parseGeneralNameText('othername:1.3.6.1.5.2.2:0500')
  const wildcard = rawDns('*.test')
  const range: GeneralName = { type: 'iPAddress', value: hex('c0000200ffffff00') }
  const withoutMask: GeneralName = { type: 'iPAddress', value: hex('c0000201') }
  const twoAts: GeneralName = { type: 'rfc822Name', value: 'a@b@c.test' }
  const deeper: GeneralSubtree = { base: rawDns('test'), minimum: 1, maximum: undefined }
  const bounded: GeneralSubtree = { base: rawDns('test'), minimum: 0, maximum: 1 }
  const NOT_COMPARABLE = 'name-constraints.not-comparable'

  test.each<[string, Base, string | GeneralName, object | undefined]>([
    ['otherName', upn, upn, { code: 'name-constraints.unsupported-form', name: 'UPN:a@b', subtree: 'UPN:a@b' }],
    ['otherName of another type', kerberos, upn, undefined],
    ['otherName constraint alone', upn, 'dns:a.test', undefined],
    ['registeredID', parseGeneralNameText('rid:1.2'), 'rid:1.2.3', { code: 'name-constraints.unsupported-form' }],
    [
      'wildcard constraint',
      wildcard,
      'dns:a.test',
      { code: NOT_COMPARABLE, malformed: 'subtree', subtree: 'DNS:*.test' },
    ],
    ['wildcard constraint, other form', wildcard, 'ip:192.0.2.1', undefined],
    ['address without mask', withoutMask, 'ip:192.0.2.1', { code: NOT_COMPARABLE, malformed: 'subtree' }],
    ['mailbox constraint with two @', twoAts, 'email:a@c.test', { code: NOT_COMPARABLE, malformed: 'subtree' }],
    [
      'mailbox with two @',
      'email:c.test',
      twoAts,
      { code: NOT_COMPARABLE, malformed: 'name', name: 'email:a@b@c.test' },
    ],
    ['range as a name', 'ip:192.0.2.0/24', range, { code: NOT_COMPARABLE, malformed: 'name' }],
    ['URI without host', 'uri:test', 'uri:urn:uuid:1', { code: NOT_COMPARABLE, malformed: 'name' }],
    ['URI with an address', 'uri:test', 'uri:https://192.0.2.1/', { code: NOT_COMPARABLE, malformed: 'name' }],
    ['DNS name with an inner wildcard', 'dns:test', rawDns('a.*.test'), { code: NOT_COMPARABLE, malformed: 'name' }],
    ['minimum', deeper, 'dns:a.test', { code: 'name-constraints.unsupported-distance', minimum: 1 }],
    ['maximum', bounded, 'dns:a.test', { code: 'name-constraints.unsupported-distance', minimum: 0, maximum: 1 }],
    ['minimum, other form', deeper, 'ip:192.0.2.1', undefined],
  ])('%s', (_, base, name, expected) => {
    for (const authority of [{ permit: [base] }, { exclude: [base] }]) {
      const found = check(behind(authority), { names: [name] })
      expect(found).toEqual(expected === undefined ? [] : [expect.objectContaining({ certificate: 0, ...expected })])
    }
  })

  test('a permitted subtree that matches does not excuse a malformed one beside it', () => {
    expect(codes(behind({ permit: ['dns:test', wildcard] }), { names: ['dns:a.test'] })).toEqual([NOT_COMPARABLE])
  })
})

describe('the budget', () => {
  const state = behind({ permit: ['dns:test', 'ip:10.0.0.0/8'], exclude: ['dns:b.test'] })
  const names = { names: ['dns:a.test', 'dns:b.test'] }

  test('every name pays for every subtree', () => {
    expect(check(state, names, { budget: new Budget({ nameConstraintComparisons: 6 }) })).toMatchObject([
      { code: EXCLUDED },
    ])
    expect(check(state, names, { budget: new Budget({ nameConstraintComparisons: 5 }) })).toEqual([
      { code: 'path.budget-exhausted', certificate: 0, budget: 'nameConstraintComparisons', limit: 5 },
    ])
  })

  test('no constraints cost nothing', () => {
    expect(check(UNCONSTRAINED, names, { budget: new Budget({ nameConstraintComparisons: 0 }) })).toEqual([])
  })

  test('two thousand names under two thousand constraints end soon', () => {
    const many = Array.from({ length: 2000 }, (_, i) => `a${i}.test`)
    const authority = { permit: many.map((name) => `dns:${name}`), exclude: many.map((name) => `dns:x.${name}`) }
    const spent = processorTime()
    expect(check(behind(authority), { names: many.map(rawDns) }).at(-1)).toMatchObject({
      code: 'path.budget-exhausted',
    })
    expect(spent()).toBeLessThan(5000)
  })
})

test('hundreds of long directory names under hundreds of others end soon', () => {
  const long = Array.from({ length: 200 }, (_, i) => `OU=u${i}`).join()
  const many = (name: string) => Array.from({ length: 480 }, (_, i) => `dirname:CN=${name}${i},${long}`)
  const spent = processorTime()
  expect(check(behind({ exclude: many('a') }), { names: many('b') })).toEqual([])
  expect(spent()).toBeLessThan(8000)
})

describe('the constraints themselves', () => {
  test.each<[string, Base, readonly object[]]>([
    ['a good one', 'dns:test', []],
    ['every name', 'dns:', []],
    ['a leading dot', 'dns:.test', [{ code: 'name-constraints.leading-dot', certificate: 1, subtree: 'DNS:.test' }]],
    ['a leading dot where it belongs', 'uri:.test', []],
    [
      'a wildcard',
      rawDns('*.test'),
      [{ code: 'name-constraints.malformed-subtree', certificate: 1, subtree: 'DNS:*.test' }],
    ],
  ])('%s', (_, base, findings) => {
    expect(checkSubtreeSyntax(constraints({ permit: [base] }), 1)).toEqual(findings)
    expect(checkSubtreeSyntax(constraints({ exclude: [base] }), 1)).toEqual(findings)
  })
})
