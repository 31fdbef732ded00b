import { describe, expect, test } from 'vitest'
import { Tag } from '../../src/der/reader.ts'
import { ia5String, retag, utf8String } from '../../src/der/writer.ts'
import type { GeneralName } from '../../src/x509/general-name.ts'
import { parseGeneralNameText } from '../../src/x509/general-name-text.ts'
import {
  hasLeadingDot,
  isWellFormedBase,
  isWithinSubtree,
  overlapsSubtree,
  type SubtreeMatch,
} from '../../src/x509/general-subtree.ts'
import { OTHER_NAME } from '../../src/x509/oids.ts'
import { hex } from '../der/hex.ts'

const dns = (value: string): GeneralName => ({ type: 'dNSName', value })
const email = (value: string): GeneralName => ({ type: 'rfc822Name', value })
const uri = (value: string): GeneralName => ({ type: 'uniformResourceIdentifier', value })
const ip = (octets: string): GeneralName => ({ type: 'iPAddress', value: hex(octets) })
const dn = (text: string): GeneralName => parseGeneralNameText(`dirname:${text}`)

describe('dNSName', () => {
  test.each<[string, string, SubtreeMatch]>([
    ['host.example.com', 'host.example.com', 'within'],
    ['www.host.example.com', 'host.example.com', 'within'],
    ['a.b.host.example.com', 'host.example.com', 'within'],
    ['host1.example.com', 'host.example.com', 'outside'],
    ['badhost.example.com', 'host.example.com', 'outside'],
    ['example.com', 'host.example.com', 'outside'],
    ['host.example.com.evil.test', 'host.example.com', 'outside'],
    ['WWW.Example.COM', 'eXample.com', 'within'],
    ['a.test', '', 'within'],
    ['a.test', 'test', 'within'],
    ['a_b.test', 'test', 'within'],
    ['a.test', '.test', 'within'],
    ['test', '.test', 'outside'],
    ['atest', '.test', 'outside'],
    ['*.example.com', 'example.com', 'within'],
    ['*.example.com', '.example.com', 'within'],
    ['*.example.com', 'www.example.com', 'outside'],
    ['*.example.com', '*.example.com', 'malformed'],
    ['a.test', '.', 'malformed'],
    ['a.test', 'test.', 'malformed'],
    ['a.test', '..test', 'malformed'],
    ['a.test.', 'test', 'malformed'],
    ['foo.*.test', 'test', 'malformed'],
    ['192.0.2.1', '', 'malformed'],
    ['', '', 'malformed'],
  ])('%j in %j: %s', (name, base, match) => {
    expect(isWithinSubtree(dns(name), dns(base))).toBe(match)
  })
})

describe('rfc822Name', () => {
  test.each<[string, string, SubtreeMatch]>([
    ['root@example.com', 'root@example.com', 'within'],
    ['root@EXAMPLE.com', 'root@example.COM', 'within'],
    ['Root@example.com', 'root@example.com', 'outside'],
    ['root@host.example.com', 'root@example.com', 'outside'],
    ['"root"@example.com', 'root@example.com', 'within'],
    ['root@example.com', '"r\\oot"@example.com', 'within'],
    ['"ro ot"@example.com', 'root@example.com', 'outside'],
    ['*@example.com', '*@example.com', 'within'],
    ['a@example.com', '*@example.com', 'outside'],
    ['a@example.com', 'example.com', 'within'],
    ['a@host.example.com', 'example.com', 'outside'],
    ['a@host.example.com', '.example.com', 'within'],
    ['a@b.host.example.com', '.example.com', 'within'],
    ['a@example.com', '.example.com', 'outside'],
    ['a@badexample.com', '.example.com', 'outside'],
    ['a@example.com', '', 'within'],
    ['a@b@example.com', 'example.com', 'malformed'],
    ['example.com', 'example.com', 'malformed'],
    ['a@example.com', 'a@b@example.com', 'malformed'],
    ['a@example.com', '@example.com', 'malformed'],
    ['a@example.com', '*.example.com', 'malformed'],
  ])('%j in %j: %s', (name, base, match) => {
    expect(isWithinSubtree(email(name), email(base))).toBe(match)
  })
})

describe('SmtpUTF8Mailbox (RFC 9598 §6)', () => {
  const utf8 = (value: string): GeneralName => ({
    type: 'otherName',
    typeId: OTHER_NAME.smtpUtf8Mailbox,
    value: utf8String(value),
  })

  test.each<[string, string, SubtreeMatch]>([
    ['é@example.com', 'example.com', 'within'],
    ['é@EXAMPLE.com', 'example.COM', 'within'],
    ['é@example.com', '', 'within'],
    ['é@host.example.com', '.example.com', 'within'],
    ['é@host.example.com', 'example.com', 'outside'],
    ['é@example.com', 'e@example.com', 'outside'],
    ['a@example.com', 'a@example.com', 'within'],
    ['é@bücher.test', 'xn--bcher-kva.test', 'malformed'],
    ['é', 'example.com', 'malformed'],
    ['é é@example.com', 'example.com', 'malformed'],
  ])('%j in %j: %s', (name, base, match) => {
    expect(isWithinSubtree(utf8(name), email(base))).toBe(match)
  })

  test('in another type of string is malformed, and its own form nobody constrains', () => {
    const typeId = OTHER_NAME.smtpUtf8Mailbox
    const printable: GeneralName = {
      type: 'otherName',
      typeId,
      value: retag(Tag.printableString, ia5String('a@example.com')),
    }
    expect(isWithinSubtree(printable, email('example.com'))).toBe('malformed')
    expect(isWithinSubtree(utf8('é@example.com'), utf8('é@example.com'))).toBe('unsupported')
  })

  test('no other otherName is a mailbox', () => {
    const name: GeneralName = { type: 'otherName', typeId: '1.2.3', value: utf8String('é@example.com') }
    expect(isWithinSubtree(name, email('example.com'))).toBe('not-comparable')
  })
})

describe('uniformResourceIdentifier', () => {
  test.each<[string, string, SubtreeMatch]>([
    ['https://host.example.com/p', 'host.example.com', 'within'],
    ['https://u@HOST.example.com:8443/p', 'host.Example.com', 'within'],
    ['https://a.host.example.com/', 'host.example.com', 'outside'],
    ['https://host.example.com/', '.example.com', 'within'],
    ['https://example.com/', '.example.com', 'outside'],
    ['https://evil.test/.example.com', '.example.com', 'outside'],
    ['https://example.com@evil.test/', 'example.com', 'outside'],
    ['spiffe://example.com/a', 'example.com', 'within'],
    ['https://example.com/', '', 'within'],
    ['https://192.0.2.1/', 'example.com', 'malformed'],
    ['https://[::1]/', '', 'malformed'],
    ['urn:uuid:1', 'example.com', 'malformed'],
    ['ldap:///CN=a', 'example.com', 'malformed'],
    ['example.com', 'example.com', 'malformed'],
    ['https://example.com/', 'https://example.com/', 'malformed'],
    ['https://example.com/', '*.com', 'malformed'],
  ])('%j in %j: %s', (name, base, match) => {
    expect(isWithinSubtree(uri(name), uri(base))).toBe(match)
  })
})

describe('iPAddress', () => {
  const v6 = (head: string) => head.padEnd(32, '0')

  test.each<[string, string, string, SubtreeMatch]>([
    ['the first of a network', 'c0000200', 'c0000200 ffffff00', 'within'],
    ['the last of a network', 'c00002ff', 'c0000200 ffffff00', 'within'],
    ['the one behind it', 'c0000300', 'c0000200 ffffff00', 'outside'],
    ['a mask inside an octet', 'c000027f', 'c0000200 ffffff80', 'within'],
    ['just beyond that mask', 'c0000280', 'c0000200 ffffff80', 'outside'],
    ['any IPv4', 'c0000201', '00000000 00000000', 'within'],
    ['bits behind the mask', 'c0000201', 'c0000299 ffffff00', 'within'],
    ['IPv6', v6('20010db8ab'), `${v6('20010db8')} ${v6('ffffffff')}`, 'within'],
    ['other IPv6', v6('20010db9'), `${v6('20010db8')} ${v6('ffffffff')}`, 'outside'],
    ['IPv6 against IPv4', v6('20010db8'), '00000000 00000000', 'outside'],
    ['IPv4 against IPv6', 'c0000201', `${v6('')} ${v6('')}`, 'outside'],
    ['IPv4-mapped against IPv4', '00000000000000000000ffffc0000201', 'c0000200 ffffff00', 'outside'],
    ['a mask with a gap', 'c0000201', 'c0000200 ff00ff00', 'malformed'],
    ['a base without mask', 'c0000201', 'c0000200', 'malformed'],
    ['an IPv6 base without mask', v6('20010db8'), v6('20010db8'), 'malformed'],
    ['a name that is a range', 'c0000200 ffffff00', 'c0000200 ffffff00', 'malformed'],
    ['an empty name', '', 'c0000200 ffffff00', 'malformed'],
  ])('%s', (_, name, base, match) => {
    expect(isWithinSubtree(ip(name), ip(base))).toBe(match)
  })
})

describe('directoryName', () => {
  test.each<[string, string, SubtreeMatch]>([
    ['CN=a,O=b,C=DE', 'O=b,C=DE', 'within'],
    ['O=B,C=de', 'O=b,C=DE', 'within'],
    ['CN=a,O=b', 'CN=a', 'outside'],
    ['C=DE', 'O=b,C=DE', 'outside'],
    ['CN=a', '', 'within'],
  ])('%s in %s: %s', (name, base, match) => {
    expect(isWithinSubtree(dn(name), dn(base))).toBe(match)
  })
})

describe('forms', () => {
  const upn = parseGeneralNameText('upn:a@b')
  const rid = parseGeneralNameText('rid:1.2.3')
  const edi: GeneralName = { type: 'ediPartyName', value: hex('a500') }
  const x400: GeneralName = { type: 'x400Address', value: hex('a300') }

  test.each([
    ['otherName of one type', upn],
    ['registeredID', rid],
    ['ediPartyName', edi],
    ['x400Address', x400],
  ])('%s is unsupported, even where equal', (_, name) => {
    expect(isWithinSubtree(name, name)).toBe('unsupported')
    expect(overlapsSubtree(name, name)).toBe('unsupported')
  })

  const one = [
    dns('a.test'),
    email('a@a.test'),
    uri('https://a.test/'),
    ip('c0000201'),
    dn('CN=a'),
    upn,
    rid,
    edi,
    x400,
  ]
  const bases = [dns(''), email(''), uri(''), ip('00000000 00000000'), dn(''), upn, rid, edi, x400]

  test('a subtree says nothing about another form', () => {
    for (const [i, name] of one.entries()) {
      for (const [j, base] of bases.entries()) {
        expect([i, j, isWithinSubtree(name, base) === 'not-comparable']).toEqual([i, j, i !== j])
      }
    }
  })

  test('an otherName of another type is another form', () => {
    expect(isWithinSubtree(upn, parseGeneralNameText('othername:1.2.3:0500'))).toBe('not-comparable')
  })
})

describe('overlapsSubtree', () => {
  test.each<[string, string, SubtreeMatch]>([
    ['*.example.com', 'www.example.com', 'within'],
    ['*.Example.com', 'WWW.example.com', 'within'],
    ['*.example.com', 'example.com', 'within'],
    ['*.example.com', '.example.com', 'within'],
    ['*.example.com', 'a.www.example.com', 'outside'],
    ['*.example.com', '.www.example.com', 'outside'],
    ['*.example.com', 'other.test', 'outside'],
    ['*.example.com', 'com', 'within'],
    ['*.com', 'example.com', 'within'],
    ['a.example.com', 'www.example.com', 'outside'],
    ['www.example.com', 'www.example.com', 'within'],
    ['*.test', 'test', 'within'],
    ['*.test', 'a', 'outside'],
    ['*.example.com', '*.example.com', 'malformed'],
  ])('%j and %j: %s', (name, base, match) => {
    expect(overlapsSubtree(dns(name), dns(base))).toBe(match)
  })
})

describe('bases', () => {
  test.each<[string, GeneralName, boolean]>([
    ['a domain', dns('a.test'), true],
    ['a leading dot', dns('.a.test'), true],
    ['nothing', dns(''), true],
    ['a wildcard', dns('*.a.test'), false],
    ['a mailbox', email('a@a.test'), true],
    ['a mailbox of a wildcard host', email('a@*.test'), false],
    ['a URI', uri('https://a.test'), false],
    ['a host', uri('a.test'), true],
    ['an address without mask', ip('c0000201'), false],
    ['a mask with a gap', ip('c0000200 ff00ff00'), false],
    ['a range', ip('c0000200 ffffff00'), true],
    ['a directory name', dn('CN=a'), true],
  ])('%s: well-formed is %s', (_, base, wellFormed) => {
    expect(isWellFormedBase(base)).toBe(wellFormed)
  })

  test('a leading dot is told for DNS names alone', () => {
    expect([dns('.a.test'), dns('a.test'), uri('.a.test'), email('.a.test')].map(hasLeadingDot)).toEqual([
      true,
      false,
      false,
      false,
    ])
  })
})
