import { describe, expect, test } from 'vitest'
import { dnsNameProblem, isHostName, parseMailbox, parseUri } from '../../src/x509/name-syntax.ts'

const label63 = 'a'.repeat(63)
const name253 = `${label63}.${label63}.${label63}.${'a'.repeat(61)}`

describe('dnsNameProblem (RFC 1034 §3.5, RFC 1123 §2.1)', () => {
  test.each([
    ['a.test', undefined],
    ['localhost', undefined],
    ['A-b.1.test', undefined],
    ['1a.test', undefined],
    ['xn--bcher-kva.test', undefined],
    ['*.a.test', undefined],
    ['*.test', undefined],
    [`${label63}.test`, undefined],
    [name253, undefined],
    ['', 'empty'],
    [`${name253}a`, 'too-long'],
    [`${label63}a.test`, 'label-too-long'],
    ['a.test.', 'trailing-dot'],
    ['.', 'trailing-dot'],
    ['.a.test', 'empty-label'],
    ['a..test', 'empty-label'],
    ['a b.test', 'character'],
    ['ä.test', 'character'],
    ['a\0.test', 'character'],
    ['-a.test', 'hyphen'],
    ['a-.test', 'hyphen'],
    ['8.8.8.8', 'numeric'],
    ['a.1', 'numeric'],
    ['*', 'wildcard'],
    ['a*.test', 'wildcard'],
    ['*a.test', 'wildcard'],
    ['a.*.test', 'wildcard'],
    ['*.*.test', 'wildcard'],
    ['xn--*-1b3c148a.test', 'wildcard'],
    ['a_b.test', 'underscore'],
    ['_sip._tcp.test', 'underscore'],
    ['a_b..test', 'empty-label'],
  ])('%j: %s', (name, problem) => {
    expect(dnsNameProblem(name)).toBe(problem)
  })

  test('a host name may have underscores, and no wildcard', () => {
    expect(['a.test', 'a_b.test', '*.a.test', 'a.test.', '1.2.3.4'].map(isHostName)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ])
  })
})

describe('parseMailbox (RFC 5321 §4.1.2)', () => {
  test.each([
    ['a@b.test', 'a', 'b.test'],
    ['A.b+c@B.test', 'A.b+c', 'B.test'],
    ["*!#$%&'/=?^_`{|}~-@b.test", "*!#$%&'/=?^_`{|}~-", 'b.test'],
    ['"a b@\\""@b.test', '"a b@\\""', 'b.test'],
    [`${'x'.repeat(64)}@b.test`, 'x'.repeat(64), 'b.test'],
  ])('%s', (text, localPart, domain) => {
    expect(parseMailbox(text)).toEqual({ localPart, domain })
  })

  test.each([
    ['no at sign', 'a'],
    ['no local part', '@b.test'],
    ['no domain', 'a@'],
    ['two at signs', 'a@b@c.test'],
    ['dots next to each other', 'a..b@c.test'],
    ['a dot at the end', 'a.@c.test'],
    ['a space', 'a b@c.test'],
    ['letters beyond ASCII', 'ä@c.test'],
    ['65 characters', `${'x'.repeat(65)}@b.test`],
    ['a wildcard domain', 'a@*.test'],
    ['an address literal', 'a@[192.0.2.1]'],
    ['a display name', 'A <a@b.test>'],
  ])('%s is none', (_, text) => {
    expect(parseMailbox(text)).toBeUndefined()
  })
})

describe('parseUri (RFC 3986)', () => {
  test.each([
    ['https://A.test/p?q#f', 'https', 'A.test', 'a.test'],
    ['HTTPS://u:p@a.test:8443/', 'https', 'u:p@a.test:8443', 'a.test'],
    ['http://[2001:DB8::1]:80/', 'http', '[2001:DB8::1]:80', '2001:db8::1'],
    ['http://192.0.2.1', 'http', '192.0.2.1', '192.0.2.1'],
    ['urn:uuid:1', 'urn', undefined, ''],
    ['ldap:///CN=a', 'ldap', '', ''],
    ['sip:alice@a.test', 'sip', undefined, ''],
    ['http://a.test/%C3%A4', 'http', 'a.test', 'a.test'],
  ])('%s', (text, scheme, authority, host) => {
    expect(parseUri(text)).toEqual({ scheme, authority, host })
  })

  test.each([
    ['relative', '/p'],
    ['a host alone', 'a.test'],
    ['a scheme alone', 'http:'],
    ['a space', 'http://a.test/a b'],
    ['a space in the user', 'http://a b@a.test/'],
    ['letters beyond ASCII', 'http://a.test/ä'],
    ['a lone percent sign', 'http://a.test/%4'],
    ['a line feed', 'http://a.test/\n'],
    ['a scheme that begins with a digit', '1http://a.test/'],
    ['a port that is no number', 'http://a.test:x/'],
  ])('%s is none', (_, text) => {
    expect(parseUri(text)).toBeUndefined()
  })
})
