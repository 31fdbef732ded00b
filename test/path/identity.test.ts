import { describe, expect, test } from 'vitest'
import { utf8String } from '../../src/der/writer.ts'
import { PkiError } from '../../src/errors.ts'
import { checkIdentity, type Identity } from '../../src/path/identity.ts'
import type { GeneralName } from '../../src/x509/general-name.ts'
import { OTHER_NAME } from '../../src/x509/oids.ts'
import { namedCertificate, rawDns } from './named-certificate.ts'

type Presented = string | GeneralName

const matches = (identity: Identity, ...names: readonly Presented[]): boolean =>
  checkIdentity(namedCertificate({ names }), identity).length === 0

const dns = (value: string): Identity => ({ type: 'dns', value })

describe('DNS names (RFC 9525 §6.3)', () => {
  test.each<[Presented, string, boolean]>([
    ['dns:example.com', 'example.com', true],
    ['dns:Example.COM', 'eXAMPLE.com', true],
    ['dns:example.com', 'example.com.', true],
    ['dns:example.com', 'www.example.com', false],
    ['dns:www.example.com', 'example.com', false],
    ['dns:example.com', 'example.comx', false],
    ['dns:xn--bcher-kva.test', 'bücher.test', true],
    ['dns:xn--bcher-kva.test', 'BÜCHER.test', true],
    ['dns:a_b.test', 'a_b.test', true],
    ['dns:localhost', 'localhost', true],
    ['dns:*.example.com', 'www.example.com', true],
    ['dns:*.EXAMPLE.com', 'www.example.COM', true],
    ['dns:*.example.com', 'xn--bcher-kva.example.com', true],
    ['dns:*.example.com', 'example.com', false],
    ['dns:*.example.com', 'a.www.example.com', false],
    ['dns:*.example.com', 'wwwexample.com', false],
    [rawDns('example.com.'), 'example.com', false],
    [rawDns('example.com.'), 'example.com.', false],
    [rawDns('*'), 'com', false],
    [rawDns('*'), 'example.com', false],
    [rawDns('ba*.example.com'), 'baz.example.com', false],
    [rawDns('*z.example.com'), 'baz.example.com', false],
    [rawDns('foo.*.example.com'), 'foo.bar.example.com', false],
    [rawDns('*.*.com'), 'www.example.com', false],
    [rawDns('xn--*-1b3c148a.example.com'), 'xn--bliss-1b3c148a.example.com', false],
    [rawDns('example.com\0.evil.test'), 'example.com', false],
    [rawDns(''), 'a', false],
    ['uri:https://example.com/', 'example.com', false],
    ['email:a@example.com', 'example.com', false],
  ])('%j for %s: %s', (presented, host, expected) => {
    expect(matches(dns(host), presented)).toBe(expected)
  })

  test('any one of several names will do', () => {
    expect(matches(dns('b.test'), 'dns:a.test', 'ip:192.0.2.1', 'dns:b.test')).toBe(true)
  })

  test('a common name is never compared, and the finding tells it', () => {
    const expected = { code: 'identity.mismatch', certificate: 0, expected: 'DNS:a.test', commonName: 'a.test' }
    const without = namedCertificate({ subject: 'CN=a.test' })
    expect(checkIdentity(without, dns('a.test'))).toEqual([{ ...expected, presented: [], presentedCount: 0 }])
    const other = namedCertificate({ subject: 'CN=a.test', names: ['dns:b.test', 'ip:192.0.2.1'] })
    expect(checkIdentity(other, dns('A.test.'))).toEqual([
      { ...expected, presented: ['DNS:b.test', 'IP:192.0.2.1'], presentedCount: 2 },
    ])
  })

  test('of many names the finding tells the first and the count', () => {
    const names = Array.from({ length: 20 }, (_, i) => `dns:a${i}.test`)
    expect(checkIdentity(namedCertificate({ names }), dns('b.test'))).toMatchObject([
      { presented: { length: 8 }, presentedCount: 20, commonName: undefined },
    ])
  })
})

describe('wildcards below a public suffix (CA/B BR §3.2.2.6)', () => {
  const isPublicSuffix = (domain: string): boolean => ['co.test', 's3.cloud.test'].includes(domain)

  test.each<[readonly Presented[], string, string | undefined]>([
    [['dns:*.co.test'], 'a.co.test', 'co.test'],
    [['dns:*.CO.test'], 'a.co.test', 'co.test'],
    [['dns:*.s3.cloud.test'], 'a.s3.cloud.test', 's3.cloud.test'],
    [['dns:*.com'], 'example.com', 'com'],
    [['dns:*.cloud.test'], 's3.cloud.test', undefined],
    [['dns:*.a.co.test'], 'b.a.co.test', undefined],
    [['dns:*.co.test', 'dns:a.co.test'], 'a.co.test', undefined],
    [['dns:a.co.test'], 'a.co.test', undefined],
  ])('%j for %s', (names, host, publicSuffix) => {
    const found = checkIdentity(namedCertificate({ names }), dns(host), { isPublicSuffix })
    const code = 'identity.public-suffix-wildcard'
    expect(found).toEqual(
      publicSuffix === undefined
        ? []
        : [
            {
              code,
              certificate: 0,
              expected: `DNS:${host}`,
              wildcard: `DNS:${String(names[0]).slice(4)}`,
              publicSuffix,
            },
          ],
    )
  })

  test('without a list only domains of one label are known', () => {
    const codes = (name: string, host: string) =>
      checkIdentity(namedCertificate({ names: [name] }), dns(host)).map(({ code }) => code)
    expect(codes('dns:*.co.test', 'a.co.test')).toEqual([])
    expect(codes('dns:*.test', 'a.test')).toEqual(['identity.public-suffix-wildcard'])
  })
})

describe('IP addresses', () => {
  test.each<[Presented, string, boolean]>([
    ['ip:192.0.2.1', '192.0.2.1', true],
    ['ip:192.0.2.1', '192.0.2.2', false],
    ['ip:2001:db8::1', '2001:0db8:0:0::1', true],
    ['ip:2001:db8::1', '[2001:db8::1]', true],
    ['ip:::ffff:192.0.2.1', '192.0.2.1', false],
    [rawDns('192.0.2.1'), '192.0.2.1', false],
    [{ type: 'iPAddress', value: Uint8Array.of(192, 0, 2, 1, 255, 255, 255, 255) }, '192.0.2.1', false],
  ])('%j for %s: %s', (presented, value, expected) => {
    expect(matches({ type: 'ip', value }, presented)).toBe(expected)
  })
})

describe('mailboxes (RFC 5280 §7.5, RFC 9598)', () => {
  const smtpUtf8 = (mailbox: string): GeneralName => ({
    type: 'otherName',
    typeId: OTHER_NAME.smtpUtf8Mailbox,
    value: utf8String(mailbox),
  })

  test.each<[Presented, string, boolean]>([
    ['email:a@b.test', 'a@b.test', true],
    ['email:a@B.test', 'a@b.TEST', true],
    ['email:A@b.test', 'a@b.test', false],
    ['email:a@c.b.test', 'a@b.test', false],
    ['email:*@b.test', 'a@b.test', false],
    ['email:a@xn--bcher-kva.test', 'a@bücher.test', true],
    [{ type: 'rfc822Name', value: 'x@a@b.test' }, 'a@b.test', false],
    [{ type: 'rfc822Name', value: 'b.test' }, 'a@b.test', false],
    [smtpUtf8('ä@b.test'), 'ä@B.test', true],
    [smtpUtf8('Ä@b.test'), 'ä@b.test', false],
    ['upn:ä@b.test', 'ä@b.test', false],
    [{ type: 'otherName', typeId: OTHER_NAME.smtpUtf8Mailbox, value: Uint8Array.of(0x0c, 1, 0xff) }, 'ä@b.test', false],
  ])('%j for %s: %s', (presented, value, expected) => {
    expect(matches({ type: 'email', value }, presented)).toBe(expected)
  })

  test('an address in the subject does not count', () => {
    const certificate = namedCertificate({ subject: 'E=a@b.test' })
    expect(checkIdentity(certificate, { type: 'email', value: 'a@b.test' })).toMatchObject([
      { code: 'identity.mismatch' },
    ])
  })
})

describe('URIs (RFC 5280 §7.4)', () => {
  test.each<[string, string, boolean]>([
    ['https://a.test/p', 'https://a.test/p', true],
    ['HTTPS://A.test/p', 'https://a.TEST/p', true],
    ['https://a.test/%c3%a4', 'https://a.test/ä', true],
    ['https://a.test/p', 'https://a.test/P', false],
    ['https://a.test/p', 'https://a.test/', false],
    ['https://a.test/p', 'http://a.test/p', false],
    ['https://U@a.test/', 'https://u@a.test/', false],
    ['spiffe://a.test/b', 'spiffe://a.test/b', true],
    ['spiffe://a.test/b', 'spiffe://a.test/c', false],
    ['spiffe://a.test/b', 'spiffe://a.test', false],
    ['urn:uuid:a', 'URN:uuid:a', true],
    ['urn:uuid:a', 'urn:uuid:A', false],
  ])('%s for %s: %s', (presented, value, expected) => {
    expect(matches({ type: 'uri', value }, `uri:${presented}`)).toBe(expected)
  })

  test('a malformed presented URI matches nothing', () => {
    const presented: GeneralName = { type: 'uniformResourceIdentifier', value: 'https://a.test/a b' }
    expect(matches({ type: 'uri', value: 'https://a.test/a' }, presented)).toBe(false)
  })
})

describe('an identity that is none is a wrong call', () => {
  test.each<Identity>([
    { type: 'dns', value: '' },
    { type: 'dns', value: '*.test' },
    { type: 'dns', value: '192.0.2.1' },
    { type: 'dns', value: 'https://a.test' },
    { type: 'ip', value: 'a.test' },
    { type: 'ip', value: '10.0.0.0/8' },
    { type: 'email', value: 'a' },
    { type: 'uri', value: 'a.test' },
  ])('$type $value', (identity) => {
    const call = () => checkIdentity(namedCertificate({ names: ['dns:a.test'] }), identity)
    expect(call).toThrow(PkiError)
    expect(call).toThrow(expect.objectContaining({ code: 'usage.general-name' }))
  })
})
