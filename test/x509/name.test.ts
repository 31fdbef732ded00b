import { describe, expect, test } from 'vitest'
import { DerError } from '../../src/der/reader.ts'
import {
  bmpString,
  element,
  octetString,
  oid,
  printableString,
  sequence,
  setOf,
  utf8String,
} from '../../src/der/writer.ts'
import { type AttributeToWrite, appendRdn, encodeName, parseName } from '../../src/x509/name.ts'
import { ATTRIBUTE } from '../../src/x509/oids.ts'
import { hex } from '../der/hex.ts'
import { processorTime } from '../processor-time.ts'

const { commonName, organizationName, countryName } = ATTRIBUTE
const cn = (text: string): AttributeToWrite => ({ oid: commonName, encoded: utf8String(text) })
const o = (text: string): AttributeToWrite => ({ oid: organizationName, encoded: utf8String(text) })
const name = (...rdns: readonly (readonly AttributeToWrite[])[]) => parseName(encodeName(rdns))

test.each([
  ['combining characters', '\u0301', '\u0323'],
  ['halfwidth voicing marks', '\uff9e', '\u0338'],
])('a multitude of %s takes no longer than other text', (_, one, other) => {
  const hostile = name([cn(`a${one.repeat(60_000)}${other.repeat(60_000)}${`${one}${other}`.repeat(60_000)}`)])
  const spent = processorTime()
  expect(hostile.equals(name([cn('a')]))).toBe(false)
  expect(hostile.key).not.toBe('')
  expect(spent()).toBeLessThan(2000)
})

describe('equality (§7.1)', () => {
  test.each<[string, ReturnType<typeof name>, ReturnType<typeof name>, boolean]>([
    ['the same', name([cn('a')]), name([cn('a')]), true],
    ['case', name([cn('Alice')]), name([cn('aLICE')]), true],
    ['case beyond ASCII', name([cn('ÄÖÜ')]), name([cn('äöü')]), true],
    ['white space at the ends', name([cn(' a ')]), name([cn('a')]), true],
    ['white space within', name([cn('a   b')]), name([cn('a b')]), true],
    ['white space against none', name([cn('a b')]), name([cn('ab')]), false],
    ['composed and decomposed letters', name([cn('\u00e9')]), name([cn('e\u0301')]), true],
    [
      'thirty combining characters, composed and not',
      name([cn(`\u00e9${'\u0301'.repeat(29)}`)]),
      name([cn(`e${'\u0301'.repeat(30)}`)]),
      true,
    ],
    [
      'thirty-one: as they are written',
      name([cn(`\u00e9${'\u0301'.repeat(31)}`)]),
      name([cn(`e${'\u0301'.repeat(32)}`)]),
      false,
    ],
    [
      'PrintableString and UTF8String',
      name([{ oid: commonName, encoded: printableString('a') }]),
      name([cn('a')]),
      true,
    ],
    ['BMPString and UTF8String', name([{ oid: commonName, encoded: bmpString('ä') }]), name([cn('ä')]), true],
    ['other text', name([cn('a')]), name([cn('b')]), false],
    ['other type', name([cn('a')]), name([o('a')]), false],
    ['order of RDNs', name([cn('a')], [o('b')]), name([o('b')], [cn('a')]), false],
    ['order within an RDN', name([cn('a'), o('b')]), name([o('b'), cn('a')]), true],
    ['one RDN of two against two of one', name([cn('a'), o('b')]), name([cn('a')], [o('b')]), false],
    ['one more RDN', name([cn('a')]), name([cn('a')], [cn('a')]), false],
    ['empty names', name(), name(), true],
    ['empty against a name', name(), name([cn('')]), false],
    [
      'bytes that are no text, equal',
      name([{ oid: commonName, encoded: octetString(hex('41')) }]),
      name([{ oid: commonName, encoded: octetString(hex('41')) }]),
      true,
    ],
    [
      'bytes that are no text, in another case',
      name([{ oid: commonName, encoded: octetString(hex('41')) }]),
      name([{ oid: commonName, encoded: octetString(hex('61')) }]),
      false,
    ],
    [
      'bytes against the same text',
      name([{ oid: commonName, encoded: octetString(hex('41')) }]),
      name([cn('A')]),
      false,
    ],
    ['a value that imitates the next RDN', name([cn(`a\x01${organizationName}=b`)]), name([cn('a')], [o('b')]), false],
    [
      'a value that imitates the next RDN and its length',
      name([cn(`a\x01${organizationName}=1:b`)]),
      name([cn('a')], [o('b')]),
      false,
    ],
    [
      'a value that imitates the next attribute',
      name([cn(`a\x02${organizationName}=1:b`)]),
      name([cn('a'), o('b')]),
      false,
    ],
  ])('%s', (_name, a, b, equal) => {
    expect(a.equals(b)).toBe(equal)
    expect(b.equals(a)).toBe(equal)
    expect(a.key === b.key).toBe(equal)
  })
})

describe('subtrees (§4.2.1.10)', () => {
  const base = name([o('Org')], [cn('Unit')])

  test.each<[string, ReturnType<typeof name>, boolean]>([
    ['the base itself', base, true],
    ['one below', name([o('Org')], [cn('Unit')], [cn('leaf')]), true],
    ['one below, another case', name([o('ORG')], [cn('unit')], [cn('leaf')]), true],
    ['one above', name([o('Org')]), false],
    ['beside', name([o('Org')], [cn('Other')]), false],
    ['the base at the other end', name([cn('leaf')], [o('Org')], [cn('Unit')]), false],
    ['an RDN of the base with one attribute more', name([o('Org')], [cn('Unit'), o('x')], [cn('leaf')]), false],
  ])('%s', (_name, candidate, within) => {
    expect(candidate.isWithin(base)).toBe(within)
  })

  test('everything lies within the empty name', () => {
    expect(base.isWithin(name())).toBe(true)
    expect(name().isWithin(name())).toBe(true)
  })
})

describe('encoding', () => {
  test('attributes, text and exact bytes', () => {
    const bytes = encodeName([[{ oid: countryName, encoded: printableString('DE') }], [cn('ä'), o('b')]])
    const parsed = parseName(bytes)
    expect(parsed.encoded).toEqual(bytes)
    expect(parsed.rdns.map((rdn) => rdn.length)).toEqual([1, 2])
    expect(parsed.attributes(commonName).map(({ value, tag }) => [value, tag])).toEqual([['ä', 0x0c]])
    expect(parsed.isEmpty).toBe(false)
    expect(name().isEmpty).toBe(true)
  })

  test('multi-valued RDNs are sorted whatever the order given', () => {
    expect(encodeName([[cn('a'), o('b')]])).toEqual(encodeName([[o('b'), cn('a')]]))
  })

  test('multi-valued RDNs that somebody did not sort are equal to sorted ones', () => {
    const pair = ({ oid: type, encoded }: AttributeToWrite) => sequence(oid(type), encoded)
    const unsorted = parseName(sequence(element(0x31, pair(o('b')), pair(cn('a')))))
    expect(unsorted.equals(name([cn('a'), o('b')]))).toBe(true)
  })

  test('an RDN relative to the CRL issuer (§4.2.1.13)', () => {
    const attribute = sequence(oid(commonName), utf8String('crl 1'))
    expect(appendRdn(name([o('Org')]), attribute).equals(name([o('Org')], [cn('crl 1')]))).toBe(true)
  })

  test.each<[string, Uint8Array]>([
    ['trailing octets', Uint8Array.of(...encodeName([[cn('a')]]), 0)],
    ['an empty RDN', sequence(setOf())],
    ['an RDN that is a sequence', sequence(sequence(sequence(oid(commonName), utf8String('a'))))],
    ['an attribute without a value', sequence(setOf(sequence(oid(commonName))))],
    ['an attribute with a third part', sequence(setOf(sequence(oid(commonName), utf8String('a'), utf8String('b'))))],
    ['text its type cannot hold', sequence(setOf(sequence(oid(commonName), element(0x0c, hex('c3 28')))))],
  ])('%s: refused', (_name, bytes) => {
    expect(() => parseName(bytes)).toThrow(DerError)
  })
})
