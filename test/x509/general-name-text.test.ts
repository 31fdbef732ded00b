import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { utf8String } from '../../src/der/writer.ts'
import { PkiError } from '../../src/errors.ts'
import { parseDnsName } from '../../src/x509/dns-name-text.ts'
import type { GeneralName } from '../../src/x509/general-name.ts'
import {
  formatGeneralName,
  guessGeneralName,
  parseGeneralNameText,
  parseSubtreeText,
} from '../../src/x509/general-name-text.ts'
import { parseIpRange } from '../../src/x509/ip-address-text.ts'
import { OTHER_NAME } from '../../src/x509/oids.ts'
import { requireSpiffeId } from '../../src/x509/uri-text.ts'
import { hex } from '../der/hex.ts'
import { errorOf } from '../thrown.ts'

describe('parseGeneralNameText', () => {
  test.each<[string, GeneralName]>([
    ['dns:a.test', { type: 'dNSName', value: 'a.test' }],
    ['DNS: *.a.test ', { type: 'dNSName', value: '*.a.test' }],
    ['dns:localhost', { type: 'dNSName', value: 'localhost' }],
    ['dns:root_ca_dev.test', { type: 'dNSName', value: 'root_ca_dev.test' }],
    ['dns:bücher.test', { type: 'dNSName', value: 'xn--bcher-kva.test' }],
    ['dns:*.faß.test', { type: 'dNSName', value: '*.xn--fa-hia.test' }],
    ['dns:例。テスト', { type: 'dNSName', value: 'xn--fsq.xn--zckzah' }],
    ['ip:192.0.2.1', { type: 'iPAddress', value: hex('c0000201') }],
    ['ip:[::1]', { type: 'iPAddress', value: hex(`${'00'.repeat(15)}01`) }],
    ['email:A.b@c.test', { type: 'rfc822Name', value: 'A.b@c.test' }],
    ['email:a@bücher.test', { type: 'rfc822Name', value: 'a@xn--bcher-kva.test' }],
    ['uri:https://a.test:8443/p?q#f', { type: 'uniformResourceIdentifier', value: 'https://a.test:8443/p?q#f' }],
    ['uri:https://bücher.test/ä', { type: 'uniformResourceIdentifier', value: 'https://xn--bcher-kva.test/%C3%A4' }],
    ['uri:urn:uuid:1', { type: 'uniformResourceIdentifier', value: 'urn:uuid:1' }],
    ['uri:ldap:///CN=a', { type: 'uniformResourceIdentifier', value: 'ldap:///CN=a' }],
    ['uri:spiffe://a.test/b', { type: 'uniformResourceIdentifier', value: 'spiffe://a.test/b' }],
    ['rid:1.2.3', { type: 'registeredID', value: '1.2.3' }],
    ['othername:1.2.3:0c0161', { type: 'otherName', typeId: '1.2.3', value: utf8String('a') }],
    ['upn:a@b.test', { type: 'otherName', typeId: OTHER_NAME.userPrincipalName, value: utf8String('a@b.test') }],
    ['email:ä@b.test', { type: 'otherName', typeId: OTHER_NAME.smtpUtf8Mailbox, value: utf8String('ä@b.test') }],
  ])('%s', (text, name) => {
    expect(parseGeneralNameText(text)).toEqual(name)
  })

  test('dirname: takes RFC 4514 text', () => {
    expect(formatGeneralName(parseGeneralNameText('dirname:CN=a, O=b'))).toBe('DirName:CN=a,O=b')
  })

  test.each([
    'a.test',
    'foo:a.test',
    'dns:',
    'dns:a.test.',
    'dns:-a.test',
    'dns:a..test',
    'dns:a b.test',
    'dns:*',
    'dns:a*.test',
    'dns:192.0.2.1',
    'dns:\u2603\u200d.\u00ad',
    `dns:${'a'.repeat(64)}.test`,
    'ip:',
    'ip:a.test',
    'ip:192.0.2.0/24',
    'ip:192.0.2.256',
    'ip:fe80::1%eth0',
    'email:a',
    'email:a@',
    'email:@b.test',
    'email:a@b@c.test',
    'email:a b@c.test',
    'email:ä b@c.test',
    'email:a@*.test',
    'uri:a.test',
    'uri:https:///p',
    'uri:https://a b/',
    'uri:https://a_*/',
    'uri:spiffe://A.test/b',
    'upn:a',
    'upn:a@b@c',
    'rid:x',
    'rid:3.1',
    'othername:1.2.3',
    'othername:1.2.3:0c',
    'othername:1.2.3:0c01',
    'othername:x:0c0161',
  ])('%j is refused', (text) => {
    expect(errorOf(() => parseGeneralNameText(text)).code).toBe('usage.general-name')
  })

  test('the refusal names the text', () => {
    expect(() => parseGeneralNameText('dns:a..test')).toThrow(/a\.\.test/)
    expect(() => parseDnsName('a\u0600.test')).toThrow(PkiError)
  })

  test('case is kept in ASCII', () => {
    expect(parseDnsName('A.Test')).toBe('A.Test')
  })
})

describe('guessGeneralName', () => {
  test.each([
    ['192.0.2.1', 'IP:192.0.2.1'],
    ['::1', 'IP:::1'],
    ['a@b.test', 'email:a@b.test'],
    ['https://u@a.test/', 'URI:https://u@a.test/'],
    ['a.test', 'DNS:a.test'],
    ['localhost', 'DNS:localhost'],
    ['upn:a@b.test', 'UPN:a@b.test'],
  ])('%s', (text, name) => {
    expect(formatGeneralName(guessGeneralName(text))).toBe(name)
  })
})

describe('parseSubtreeText', () => {
  test.each([
    ['dns:a.test', 'DNS:a.test'],
    ['dns:.test', 'DNS:.test'],
    ['dns:', 'DNS:'],
    ['dns:.bücher.test', 'DNS:.xn--bcher-kva.test'],
    ['email:a@b.test', 'email:a@b.test'],
    ['email:b.test', 'email:b.test'],
    ['email:.b.test', 'email:.b.test'],
    ['uri:a.test', 'URI:a.test'],
    ['uri:.a.test', 'URI:.a.test'],
    ['ip:10.0.0.0/8', 'IP:10.0.0.0/8'],
    ['ip:0.0.0.0/0', 'IP:0.0.0.0/0'],
    ['ip:192.0.2.1', 'IP:192.0.2.1/32'],
    ['ip:10.0.0.0/255.255.0.0', 'IP:10.0.0.0/16'],
    ['ip:2001:db8::/32', 'IP:2001:db8::/32'],
    ['dirname:O=b', 'DirName:O=b'],
  ])('%s', (text, subtree) => {
    expect(formatGeneralName(parseSubtreeText(text))).toBe(subtree)
  })

  test.each([
    'a.test',
    'dns:*.test',
    'dns:..test',
    'uri:https://a.test',
    'email:a@',
    'upn:a@b.test',
    'rid:1.2.3',
    'ip:10.0.0.1/8',
    'ip:10.0.0.0/33',
    'ip:10.0.0.0/8/8',
    'ip:10.0.0.0/',
    'ip:10.0.0.0/255.0.255.0',
    'ip:10.0.0.0/ff00::',
    'ip:2001:db8::/129',
  ])('%j is refused', (text) => {
    expect(errorOf(() => parseSubtreeText(text)).code).toBe('usage.general-name')
  })

  test('the hint for bits behind the mask is the network', () => {
    const wrong = () => parseIpRange('10.1.2.3/8')
    expect(errorOf(wrong).code).toBe('usage.general-name')
    expect(wrong).toThrow(expect.objectContaining({ hint: expect.stringContaining('10.0.0.0/8') }))
  })
})

describe('requireSpiffeId', () => {
  const longest = `spiffe://a.test/${'b'.repeat(2048 - 16)}`

  test.each(['spiffe://a.test', 'spiffe://a.test/b/C._-1', 'spiffe://a_b-1.test/x', longest])('%s', (text) => {
    expect(requireSpiffeId(text)).toBe(text)
  })

  test.each([
    'https://a.test/b',
    'SPIFFE://a.test/b',
    'spiffe:/a.test/b',
    'spiffe://',
    'spiffe:///b',
    'spiffe://A.test/b',
    'spiffe://a.test:80/b',
    'spiffe://u@a.test/b',
    'spiffe://a.test/',
    'spiffe://a.test/b/',
    'spiffe://a.test//b',
    'spiffe://a.test/./b',
    'spiffe://a.test/../b',
    'spiffe://a.test/b?q',
    'spiffe://a.test/b#f',
    'spiffe://a.test/%41',
    `spiffe://${'a'.repeat(256)}/b`,
    `${longest}b`,
  ])('%s is refused', (text) => {
    expect(errorOf(() => requireSpiffeId(text)).code).toBe('usage.general-name')
  })
})

describe('formatGeneralName', () => {
  test.each<[string, GeneralName]>([
    ['DNS:"a.test, DNS:b.test"', { type: 'dNSName', value: 'a.test, DNS:b.test' }],
    ['DNS:"a\\u0000\\u001b\\u{7f}"', { type: 'dNSName', value: 'a\0\x1b\x7f' }],
    ['email:"\\"a b\\"@c.test"', { type: 'rfc822Name', value: '"a b"@c.test' }],
    ['URI:http://a.test/b,c', { type: 'uniformResourceIdentifier', value: 'http://a.test/b,c' }],
    ['IP:#010203', { type: 'iPAddress', value: hex('010203') }],
    ['IP:10.0.0.0/8', { type: 'iPAddress', value: hex('0a000000ff000000') }],
    ['UPN:ä@b', { type: 'otherName', typeId: OTHER_NAME.userPrincipalName, value: utf8String('ä@b') }],
    ['UPN:"a\\u{202e}"', { type: 'otherName', typeId: OTHER_NAME.userPrincipalName, value: utf8String('a\u202e') }],
    [
      `othername:${OTHER_NAME.userPrincipalName}:0c01ff`,
      { type: 'otherName', typeId: OTHER_NAME.userPrincipalName, value: hex('0c01ff') },
    ],
    ['ediPartyName:#a500', { type: 'ediPartyName', value: hex('a500') }],
  ])('%s', (text, name) => {
    expect(formatGeneralName(name)).toBe(text)
  })

  test('what was read formats to text that reads the same', () => {
    const label = fc.string({ unit: fc.constantFrom(...'abcXYZ019_'), minLength: 1, maxLength: 8 })
    const host = fc.tuple(label, label).map(([a, b]) => `${a}.x${b}`)
    const text = fc.oneof(
      host.map((h) => `dns:${h}`),
      host.map((h) => `dns:*.${h}`),
      fc.tuple(label, host).map(([l, h]) => `email:${l}@${h}`),
      fc.tuple(host, label).map(([h, l]) => `uri:https://${h}/${l}`),
      fc.ipV4().map((ip) => `ip:${ip}`),
      fc.ipV6().map((ip) => `ip:${ip}`),
      fc.tuple(label, label).map(([a, b]) => `upn:${a}@${b}`),
      label.map((l) => `dirname:CN=${l}\\, x,O=\\#${l}`),
      fc.nat().map((n) => `rid:1.2.${n}`),
      fc.nat().map((n) => `othername:1.2.${n}:0500`),
    )
    fc.assert(
      fc.property(text, (input) => {
        const name = parseGeneralNameText(input)
        expect(parseGeneralNameText(formatGeneralName(name))).toEqual(name)
      }),
      { seed: 5280, numRuns: 300 },
    )
  })
})
