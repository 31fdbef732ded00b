import { describe, expect, it } from 'vitest'
import { checkIssuance, requireIssuable } from '../../src/issue/check.ts'
import type { ProblemKind } from '../../src/issue/problems.ts'
import { createSigner, generateKey } from '../../src/keys/keys.ts'
import { BUILT_IN_PROFILES } from '../../src/profile/built-in.ts'
import type { CertificateProfile } from '../../src/profile/profile.ts'
import { issue, NOW, requestFor, type TestOrder } from './authority.ts'

const root = issue({ profile: 'root', name: 'root' })
const ca = issue({ profile: 'intermediate', name: 'ca', from: root })
const deepCa = issue({ profile: 'intermediate', name: 'deep', from: root, overrides: { pathLenConstraint: 1 } })

/** The kinds of what is said about an order, refused ones marked. */
function verdict(order: TestOrder): readonly string[] {
  return checkIssuance(requestFor(order)).map(({ kind, level }) => (level === 'refused' ? `${kind}!` : kind))
}

describe('nothing is said about', () => {
  it.each<[string, TestOrder]>([
    ['a root', { profile: 'root' }],
    ['an intermediate', { profile: 'intermediate', from: root }],
    ['a leaf from a root', { profile: 'client', from: root }],
    ['a leaf from an intermediate', { profile: 'server', from: ca }],
    ['an authority at the depth that is left', { profile: 'intermediate', from: deepCa }],
    ['a self-signed client', { profile: 'client' }],
  ])('%s', (_, order) => {
    expect(verdict(order)).toEqual([])
  })
})

describe('the issuer', () => {
  const noBasic = issue({ profile: 'root', overrides: { omit: ['basicConstraints'] } })
  const noSign = issue({ profile: 'intermediate', from: root, overrides: { keyUsage: ['cRLSign'] } })
  const noUsage = issue({ profile: 'intermediate', from: root, overrides: { omit: ['keyUsage'] } })
  const noBasicIntermediate = issue({ profile: 'intermediate', from: root, overrides: { omit: ['basicConstraints'] } })
  it.each<[string, TestOrder, ProblemKind | `${ProblemKind}!` | undefined]>([
    ['is an end entity', { profile: 'client', from: issue({ profile: 'client', from: ca }) }, 'issuer.not-ca!'],
    [
      'says that it is none',
      { profile: 'client', from: issue({ profile: 'root', overrides: { cA: false } }) },
      'issuer.not-ca!',
    ],
    ['is an intermediate that does not say so', { profile: 'client', from: noBasicIntermediate }, 'issuer.not-ca!'],
    ['is a root that does not say so', { profile: 'client', from: noBasic }, 'issuer.no-basic-constraints'],
    ['may not sign certificates', { profile: 'client', from: noSign }, 'issuer.no-key-cert-sign!'],
    ['has no keyUsage', { profile: 'client', from: noUsage }, undefined],
  ])('%s', (_, order, kind) => {
    const said = verdict(order)
    if (kind === undefined) expect(said).toEqual([])
    else expect(said).toContain(kind)
  })

  it('signs with a foreign key', () => {
    const request = { ...requestFor({ profile: 'client', from: ca }), signer: createSigner(generateKey('ec-p256')) }
    expect(checkIssuance(request)).toEqual([expect.objectContaining({ kind: 'issuer.key-mismatch', level: 'refused' })])
  })

  const { notBefore, notAfter } = ca.certificate
  const client = (now: Date): TestOrder => ({ profile: 'client', from: ca, now })
  it.each<[string, Date, readonly string[]]>([
    ['in its first second', notBefore.date, []],
    ['a second before', new Date(notBefore.date.getTime() - 1000), ['issuer.not-yet-valid', 'validity.before-issuer']],
    ['in its last second', notAfter.date, ['validity.shortened']],
    [
      'a second after',
      new Date(notAfter.date.getTime() + 1000),
      ['validity.expired', 'validity.shortened', 'issuer.expired'],
    ],
  ])('%s of its validity', (_, now, expected) => {
    expect(verdict(client(now))).toEqual(expected)
  })
})

describe('path length', () => {
  const one = issue({ profile: 'root', name: 'one', overrides: { pathLenConstraint: 1 } })
  const under = issue({ profile: 'intermediate', name: 'under', from: one, overrides: { pathLenConstraint: 'none' } })
  const rolled = issue({ profile: 'intermediate', name: 'one', from: one, overrides: { pathLenConstraint: 'none' } })

  it.each<[string, TestOrder, readonly string[]]>([
    ['0 allows a leaf', { profile: 'client', from: ca }, []],
    ['0 allows no authority', { profile: 'intermediate', from: ca }, ['path-length.exceeded!']],
    ['1 of the root allows one below', { profile: 'intermediate', from: one }, []],
    ['1 of the root is found two levels up', { profile: 'intermediate', from: under }, ['path-length.exceeded!']],
    ['1 of the root allows a leaf two levels down', { profile: 'client', from: under }, []],
    ['a self-issued certificate does not count', { profile: 'intermediate', from: rolled }, []],
    [
      'more than is left',
      { profile: 'intermediate', from: one, overrides: { pathLenConstraint: 1 } },
      ['path-length.beyond-issuer'],
    ],
    [
      'on an end entity',
      { profile: 'client', from: ca, overrides: { extensions: ['2.5.29.19={text}CA=0&pathlength=1'] } },
      ['path-length.without-ca'],
    ],
  ])('%s', (_, order, expected) => {
    expect(verdict(order)).toEqual(expected)
  })

  it('tells which authority, its limit, and how many there would be', () => {
    expect(checkIssuance(requestFor({ profile: 'intermediate', from: under }))[0]).toMatchObject({
      facts: { authority: 'CN=one', limit: 1, actual: 2 },
    })
  })
})

describe('name constraints', () => {
  const within = issue({
    profile: 'root',
    name: 'within',
    overrides: {
      permit: ['dns:a.test', 'ip:10.0.0.0/8', 'email:a.test', 'dirname:O=A'],
      exclude: ['dns:no.a.test'],
      subject: 'O=A',
    },
  })
  const below = issue({ profile: 'intermediate', from: within, overrides: { subject: 'CN=below,O=A' } })
  const leaf = (names: string[], subject = 'CN=x,O=A', from = below): TestOrder => ({
    profile: 'client',
    names,
    from,
    overrides: { subject },
  })

  it.each<[string, TestOrder, readonly string[]]>([
    ['permitted names', leaf(['dns:x.a.test', 'ip:10.255.255.255', 'email:x@a.test']), []],
    ['a form without constraint', leaf(['uri:http://b.test/']), []],
    ['a DNS name outside', leaf(['dns:b.test']), ['name.not-permitted!']],
    ['an excluded DNS name', leaf(['dns:no.a.test']), ['name.excluded!']],
    ['a wildcard that covers the excluded one', leaf(['dns:*.a.test']), ['name.excluded!']],
    ['an address just outside', leaf(['ip:11.0.0.0']), ['name.not-permitted!']],
    ['a mailbox outside', leaf(['email:x@b.test']), ['name.not-permitted!']],
    [
      'a mailbox in the subject, without alternative names',
      leaf([], 'emailAddress=x@b.test,O=A'),
      ['name.not-permitted!'],
    ],
    [
      'a mailbox in the subject, beside a DNS name',
      leaf(['dns:a.test'], 'emailAddress=x@b.test,O=A'),
      ['name.not-permitted!'],
    ],
    ['a mailbox in the subject, beside another one', leaf(['email:x@a.test'], 'emailAddress=x@b.test,O=A'), []],
    ['a subject outside', leaf([], 'CN=x,O=B'), ['name.not-permitted!']],
    ['no subject', leaf(['dns:a.test'], ''), []],
    ['a name outside, directly below', leaf(['dns:b.test'], 'CN=x,O=A', within), ['name.not-permitted!']],
    [
      'an authority with a subject outside',
      { profile: 'intermediate', from: within, overrides: { subject: 'O=B' } },
      ['name.not-permitted!'],
    ],
  ])('%s', (_, order, expected) => {
    expect(verdict(order)).toEqual(expected)
  })
})

it('name constraints on what is no authority are of no use', () => {
  const overrides = { permit: ['dns:test'] }
  expect(verdict({ profile: 'client', from: ca, overrides })).toEqual(['name-constraints.without-ca'])
  expect(verdict({ profile: 'intermediate', from: root, overrides })).toEqual([])
})

describe('validity', () => {
  const client = BUILT_IN_PROFILES.client as CertificateProfile
  const leaf = (overrides: TestOrder['overrides']): TestOrder => ({
    profile: 'client',
    from: ca,
    ...(overrides && { overrides }),
  })
  it.each<[string, TestOrder, readonly string[]]>([
    ['to the last second of the issuer', leaf({ notAfter: '2031-11-21T12:00:00Z' }), []],
    ['a second longer', leaf({ notAfter: '2031-11-21T12:00:01Z' }), ['validity.after-issuer!']],
    [
      'the profile asks for longer',
      { profile: 'iot', from: ca, now: new Date('2027-01-01T00:00:00Z') },
      ['validity.shortened'],
    ],
    [
      'as long as its issuer, a while later',
      { ...leaf({ notAfter: '5y' }), now: new Date('2027-01-01T00:00:00Z') },
      ['validity.shortened'],
    ],
    ['as long as its issuer, at once', { ...leaf({ notAfter: '5y' }), now: new Date('2026-11-21T12:00:07Z') }, []],
    ['longer than its issuer ever was', leaf({ notAfter: '6y' }), ['validity.after-issuer!']],
    [
      'longer, by the will of the profile',
      {
        profile: { ...client, validity: { notAfter: '5y', beyondIssuer: 'refuse' } },
        from: ca,
        now: new Date('2027-01-01T00:00:00Z'),
      },
      ['validity.after-issuer!'],
    ],
    [
      'as long as its issuer, unchecked',
      { ...leaf({ notAfter: '5y' }), now: new Date('2027-01-01T00:00:00Z'), unchecked: true },
      ['validity.after-issuer!'],
    ],
    ['ends when it begins', leaf({ notBefore: '2027-01-01', notAfter: '2027-01-01' }), []],
    ['ends before it begins', leaf({ notBefore: '2027-01-02', notAfter: '2027-01-01' }), ['validity.empty!']],
    [
      'in the past',
      leaf({ notBefore: '2020-01-01', notAfter: '2020-02-01' }),
      ['validity.expired', 'validity.before-issuer'],
    ],
  ])('%s', (_, order, expected) => {
    expect(verdict(order)).toEqual(expected)
  })
})

describe('purposes', () => {
  const serverCa = issue({
    profile: 'intermediate',
    from: root,
    overrides: { extKeyUsage: ['serverAuth'], pathLenConstraint: 1 },
  })
  const anyCa = issue({ profile: 'intermediate', from: root, overrides: { extKeyUsage: ['any'] } })
  const belowServerCa = issue({ profile: 'intermediate', from: serverCa })
  it.each<[string, TestOrder, readonly string[]]>([
    ['one that the issuer has', { profile: 'server', from: serverCa }, []],
    ['one that it has not', { profile: 'client', from: serverCa }, ['purpose.not-nested!']],
    ['one that an authority further up has not', { profile: 'client', from: belowServerCa }, ['purpose.not-nested!']],
    ['below anyExtendedKeyUsage', { profile: 'client', from: anyCa }, []],
    ['none', { profile: 'client', from: serverCa, overrides: { omit: ['extKeyUsage'] } }, []],
    [
      'on an authority',
      { profile: 'intermediate', from: root, overrides: { extKeyUsage: ['clientAuth'] } },
      ['purpose.limits-leaves'],
    ],
    ['any, on an authority', { profile: 'intermediate', from: root, overrides: { extKeyUsage: ['any'] } }, []],
  ])('%s', (_, order, expected) => {
    expect(verdict(order)).toEqual(expected)
  })
})

describe('the certificate itself', () => {
  it.each<[string, TestOrder, readonly string[]]>([
    ['an authority without a subject', { profile: 'root', overrides: { subject: '' } }, ['subject.empty-ca!']],
    ['no name at all', { profile: 'client', from: ca, overrides: { subject: '' } }, ['subject.nameless!']],
    [
      'only an alternative name',
      { profile: 'client', from: ca, names: ['dns:a.test'], overrides: { subject: '' } },
      [],
    ],
    [
      'keyCertSign without cA',
      { profile: 'client', from: ca, overrides: { keyUsage: ['keyCertSign'] } },
      ['usage.cert-sign-without-ca'],
    ],
    [
      'cA without keyCertSign',
      { profile: 'intermediate', from: root, overrides: { keyUsage: ['cRLSign'] } },
      ['usage.ca-without-cert-sign'],
    ],
    [
      'an extension of rubbish',
      { profile: 'client', from: ca, overrides: { extensions: ['2.5.29.17={hex}ff'] } },
      ['extension.malformed'],
    ],
    ['SHA-1', { profile: 'client', overrides: { digest: 'sha1' } }, ['signature.weak']],
  ])('%s', (_, order, expected) => {
    // The helper leaves digests to its signer, so this one is put in by hand.
    const key = generateKey('ec-p256')
    const request = requestFor(order, key)
    const digest = order.overrides?.digest
    const problems = checkIssuance(digest ? { ...request, signer: createSigner(key, { digest }) } : request)
    expect(problems.map(({ kind, level }) => (level === 'refused' ? `${kind}!` : kind))).toEqual(expected)
  })
})

describe('TLS servers', () => {
  const server = (overrides: TestOrder['overrides'], names: string[] = []): TestOrder => ({
    profile: 'server',
    from: ca,
    names,
    ...(overrides && { overrides }),
  })
  it.each<[string, TestOrder, readonly string[]]>([
    ['without a name to find', server({ omit: ['subjectAltName'] }), ['server.no-alternative-name']],
    ['with a mailbox only', server({ omit: ['subjectAltName'] }, ['email:a@a.test']), ['server.no-alternative-name']],
    ['with an address', server({ omit: ['subjectAltName'] }, ['ip:::1']), []],
    ['of 825 days', server({ notBefore: '2027-01-01', notAfter: '825d' }), []],
    [
      'of 825 days and a second',
      server({ notBefore: '2027-01-01', notAfter: '71280001s' }),
      ['server.longer-than-825-days'],
    ],
    ['of 825 days beside the backdating', server({ notAfter: '825d' }), ['server.longer-than-825-days']],
    ['that are clients only', { profile: 'iot', from: ca }, []],
  ])('%s', (_, order, expected) => {
    expect(verdict(order)).toEqual(expected)
  })
})

describe('requireIssuable', () => {
  it('throws what is refused, with every kind', () => {
    const order: TestOrder = {
      profile: 'client',
      from: issue({ profile: 'client', from: root }),
      overrides: { notAfter: '9y' },
    }
    expect(() => requireIssuable(requestFor(order))).toThrow(
      expect.objectContaining({
        code: 'refused.issuer',
        hint: expect.stringContaining('--unchecked'),
        context: { kinds: 'issuer.not-ca issuer.no-key-cert-sign validity.after-issuer' },
      }),
    )
  })

  it('returns warnings', () => {
    expect(requireIssuable(requestFor({ profile: 'server', from: ca, overrides: { notAfter: '900d' } }))).toHaveLength(
      1,
    )
    expect(requireIssuable(requestFor({ profile: 'client', from: ca, now: NOW }))).toEqual([])
  })
})
