import { describe, expect, it } from 'vitest'
import type { ProfileOverrides } from '../../src/profile/override.ts'
import { formatGeneralName } from '../../src/x509/general-name-text.ts'
import { formatName } from '../../src/x509/name-text.ts'
import { EXTENSION } from '../../src/x509/oids.ts'
import { toHex } from '../der/hex.ts'
import { issue, NOW, requestFor, type TestOrder } from './authority.ts'

const root = issue({ profile: 'root', name: 'root' })
const names = (order: TestOrder) => issue(order).certificate.decoded.subjectAltName?.map(formatGeneralName)

describe('the subject', () => {
  it.each([
    ['alice', 'CN=alice'],
    ['Smith, John', 'CN=Smith\\, John'],
    ['a+b=c', 'CN=a\\+b=c'],
    ['#1', 'CN=\\#1'],
    [' x ', 'CN=\\ x\\ '],
    ['$&', 'CN=$&'],
    ['{name}', 'CN={name}'],
    ['zürich', 'CN=zürich'],
  ])('takes the name %j as it is', (name, expected) => {
    expect(formatName(issue({ profile: 'client', name }).certificate.subject)).toBe(expected)
  })
})

describe('alternative names', () => {
  it.each<[string, TestOrder, readonly string[] | undefined]>([
    ['the name of a server', { profile: 'server', name: 'a.test' }, ['DNS:a.test']],
    ['a server that is an address', { profile: 'server', name: '10.0.0.1' }, ['IP Address:10.0.0.1']],
    ['a server that is an IPv6 address', { profile: 'server', name: '::1' }, ['IP Address:::1']],
    ['a given name of the kind replaces it', { profile: 'server', name: 'web', names: ['dns:b.test'] }, ['DNS:b.test']],
    [
      'one of another kind does not',
      { profile: 'server', name: 'a.test', names: ['ip:10.0.0.1'] },
      ['IP Address:10.0.0.1', 'DNS:a.test'],
    ],
    ['a client has none', { profile: 'client', name: 'a.test' }, undefined],
    ['a client gets what was given', { profile: 'client', names: ['upn:a@b.test'] }, ['UPN:a@b.test']],
    [
      'one of several defaults is replaced',
      { profile: 'kubernetes', name: 'web', names: ['uri:spiffe://b.test/x'] },
      ['URI:spiffe://b.test/x', 'DNS:web.default.svc.cluster.local'],
    ],
  ])('%s', (_, order, expected) => {
    expect(names(order)?.map((name) => name.replace(/^IP:/, 'IP Address:').replace(/^othername:UPN:/, 'UPN:'))).toEqual(
      expected,
    )
  })

  it.each<[string, TestOrder, string]>([
    ['no mailbox for e-mail', { profile: 'email' }, 'usage.option'],
    ['no UPN for a smart card', { profile: 'smartcard-logon', names: ['email:a@a.test'] }, 'usage.option'],
    ['no URI for SPIFFE', { profile: 'spiffe', names: ['dns:a.test'] }, 'usage.option'],
    [
      'two URIs for SPIFFE',
      { profile: 'spiffe', names: ['uri:spiffe://a.test/a', 'uri:spiffe://a.test/b'] },
      'usage.option',
    ],
    ['a URI of another scheme', { profile: 'spiffe', names: ['uri:https://a.test/a'] }, 'usage.option'],
    ['a server whose name is no DNS name', { profile: 'server', name: 'a b' }, 'usage.general-name'],
  ])('refuses %s', (_, order, code) => {
    expect(() => issue(order)).toThrow(expect.objectContaining({ code }))
  })

  it('are critical where there is no subject', () => {
    const critical = (subject: string) =>
      issue({ profile: 'server', name: 'a.test', overrides: { subject } }).certificate.extensions.find(
        ({ oid }) => oid === EXTENSION.subjectAltName,
      )?.critical
    expect(critical('')).toBe(true)
    expect(critical('CN=a')).toBe(false)
  })
})

describe('validity', () => {
  const dates = (overrides: ProfileOverrides, now = NOW) => {
    const { notBefore, notAfter, wantedNotAfter } = requestFor({ profile: 'client', from: root, overrides, now })
    return [notBefore, notAfter, wantedNotAfter].map((date) => date?.toISOString().slice(0, 19))
  }
  it.each<[string, ProfileOverrides, readonly (string | undefined)[]]>([
    ['backdated, and counted from now', { notAfter: '1d' }, ['2026-11-21T11:50:00', '2026-11-22T12:00:00', undefined]],
    [
      'a distance into the past is backdating',
      { notBefore: '-1h', notAfter: '1d' },
      ['2026-11-21T11:50:00', '2026-11-22T12:00:00', undefined],
    ],
    [
      'a beginning is counted from',
      { notBefore: '2027-01-01', notAfter: '1d' },
      ['2027-01-01T00:00:00', '2027-01-02T00:00:00', undefined],
    ],
    [
      'so is one in the future',
      { notBefore: '1d', notAfter: '1d' },
      ['2026-11-22T12:00:00', '2026-11-23T12:00:00', undefined],
    ],
    [
      'two instants',
      { notBefore: '2020-01-01', notAfter: '2020-02-01' },
      ['2020-01-01T00:00:00', '2020-02-01T00:00:00', undefined],
    ],
    [
      'beyond the issuer when asked for',
      { notAfter: '11y' },
      ['2026-11-21T11:50:00', '2037-11-21T12:00:00', undefined],
    ],
  ])('%s', (_, overrides, expected) => {
    // The root begins ten minutes before NOW: backdating by more stops there when the profile's dates stand.
    const actual = dates(overrides)
    expect(actual.slice(1)).toEqual(expected.slice(1))
    if (overrides.notBefore !== '-1h') expect(actual[0]).toBe(expected[0])
  })

  it("is shortened to the issuer's where only the profile asks for more", () => {
    const late = new Date('2036-06-01T00:00:00Z')
    expect(dates({}, late)).toEqual(['2036-05-31T23:50:00', '2036-11-21T12:00:00', '2037-07-03T00:00:00'])
  })

  it('is not backdated to before the issuer', () => {
    expect(dates({}, new Date('2026-11-21T11:55:00Z'))[0]).toBe('2026-11-21T11:50:00')
  })

  it('has whole seconds', () => {
    const { notBefore, notAfter } = requestFor({ profile: 'root', now: new Date('2026-11-21T12:00:00.999Z') })
    expect([notBefore.getUTCMilliseconds(), notAfter.getUTCMilliseconds()]).toEqual([0, 0])
  })
})

describe('pointers', () => {
  const pointers = (profile: string, overrides: ProfileOverrides = {}, from: TestOrder['from'] | null = root) => {
    const { decoded } = issue({ profile, name: 'a.test', overrides, ...(from && { from }) }).certificate
    const uris = [
      ...(decoded.cRLDistributionPoints ?? []).flatMap(({ distributionPoint: point }) =>
        point && 'fullName' in point ? point.fullName : [],
      ),
      ...(decoded.authorityInfoAccess ?? []).map(({ accessLocation }) => accessLocation),
    ]
    return uris.map((name) => ('value' in name ? name.value : ''))
  }
  const all = (base: string) => [`${base}/crl/ca.crl`, `${base}/ocsp/ca`, `${base}/aia/ca.cer`]
  it.each<[string, readonly unknown[], readonly string[]]>([
    ['none by default', pointers('client'), []],
    ['all with a base URL', pointers('client', { baseUrl: 'http://pki.test:80/x/' }), all('http://pki.test:80/x')],
    ['what the profile names', pointers('healthcare'), all('http://127.0.0.1:8785')],
    [
      'what the profile names, elsewhere',
      pointers('iot', { baseUrl: 'http://pki.test' }),
      ['http://pki.test/crl/ca.crl'],
    ],
    ['none where the profile wants none', pointers('ocsp-responder', { baseUrl: 'http://pki.test' }), []],
    ['none on a self-signed certificate', pointers('root', { baseUrl: 'http://pki.test' }, null), []],
  ])('%s', (_, actual, expected) => {
    expect(actual).toEqual(expected)
  })
})

describe('key identifiers', () => {
  const { certificate } = issue({ profile: 'client', from: root })
  it('of the authority is the subject key identifier of the issuer', () => {
    expect(certificate.decoded.authorityKeyIdentifier).toEqual({
      keyIdentifier: root.certificate.decoded.subjectKeyIdentifier,
      authorityCertIssuer: undefined,
      authorityCertSerialNumber: undefined,
    })
  })
  it('by name and serial number', () => {
    const byName = issue({ profile: 'client', from: root, overrides: { authorityKeyIdentifier: 'issuerAndSerial' } })
    expect(byName.certificate.decoded.authorityKeyIdentifier).toMatchObject({
      keyIdentifier: undefined,
      authorityCertSerialNumber: root.certificate.serialNumber,
    })
  })
  it('can be left out', () => {
    const { decoded } = issue({
      profile: 'client',
      from: root,
      overrides: { omit: ['subjectKeyIdentifier', 'authorityKeyIdentifier'] },
    }).certificate
    expect([decoded.subjectKeyIdentifier, decoded.authorityKeyIdentifier]).toEqual([undefined, undefined])
  })
  it.each(['rfc7093', 'sha1'] as const)('by %s has 20 octets', (method) => {
    const made = issue({ profile: 'client', overrides: { subjectKeyIdentifier: method } }).certificate
    expect(made.decoded.subjectKeyIdentifier).toHaveLength(20)
  })
})

describe('extensions as text', () => {
  const extension = (texts: readonly string[], oid: string) => {
    const { extensions } = issue({ profile: 'intermediate', from: root, overrides: { extensions: texts } }).certificate
    return extensions
      .filter((one) => one.oid === oid)
      .map(({ critical, value }) => `${critical ? '!' : ''}${toHex(value)}`)
  }
  it('are added', () => {
    expect(extension(['1.2.3={critical}{hex}0500'], '1.2.3')).toEqual(['!0500'])
  })
  it("take the place of the profile's own, criticality and all", () => {
    expect(extension(['2.5.29.19={text}CA=1&pathlength=1'], '2.5.29.19')).toEqual(['30060101ff020101'])
  })
  it('given twice are refused', () => {
    expect(() => extension(['1.2.3={hex}0500', '1.2.3={hex}0500'], '1.2.3')).toThrow(
      expect.objectContaining({ code: 'usage.extension' }),
    )
  })
})

it('policies and constraints are written as the profile says', () => {
  const { decoded } = issue({
    profile: {
      description: 'x',
      key: 'ec-p256',
      subject: 'CN={name}',
      validity: { notAfter: '1d' },
      certificatePolicies: ['1.2.3', { policyIdentifier: '1.2.4', cps: 'http://a.test', userNotice: 'read this' }],
      policyMappings: [{ issuerDomainPolicy: '1.2.3', subjectDomainPolicy: '1.2.4' }],
      policyConstraints: { requireExplicitPolicy: 0 },
      inhibitAnyPolicy: 1,
      nameConstraints: { permittedSubtrees: ['dns:a.test'], excludedSubtrees: ['ip:10.0.0.0/8'] },
    },
  }).certificate
  expect(decoded).toMatchObject({
    certificatePolicies: [
      { policyIdentifier: '1.2.3', qualifiers: [] },
      { policyIdentifier: '1.2.4', qualifiers: [{ oid: '1.3.6.1.5.5.7.2.1' }, { oid: '1.3.6.1.5.5.7.2.2' }] },
    ],
    policyMappings: [{ issuerDomainPolicy: '1.2.3', subjectDomainPolicy: '1.2.4' }],
    policyConstraints: { requireExplicitPolicy: 0, inhibitPolicyMapping: undefined },
    inhibitAnyPolicy: 1,
    nameConstraints: { permittedSubtrees: [{ minimum: 0 }], excludedSubtrees: [{ minimum: 0 }] },
  })
})
