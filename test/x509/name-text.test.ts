import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Tag } from '../../src/der/reader.ts'
import { bmpString, octetString, utf8String } from '../../src/der/writer.ts'
import { PkiError } from '../../src/errors.ts'
import { encodeName, parseName } from '../../src/x509/name.ts'
import { formatName, parseNameText } from '../../src/x509/name-text.ts'
import { ATTRIBUTE, oidName } from '../../src/x509/oids.ts'
import { errorOf } from '../thrown.ts'

/** `commonName:a | organizationName:b+…` in the order of the encoding. */
function encodingOf(text: string): string {
  const { rdns } = parseName(parseNameText(text))
  return rdns.map((rdn) => rdn.map((a) => `${oidName(a.oid) ?? a.oid}:${a.value}`).join('+')).join(' | ')
}

describe('reading', () => {
  test.each([
    ['RFC order is backwards', 'CN=a,O=b', 'organizationName:b | commonName:a'],
    ['slashes go forward', '/O=b/CN=a', 'organizationName:b | commonName:a'],
    ['the empty name', '', ''],
    ['nothing but space', '  ', ''],
    ['no equals sign', 'root_ca_dev_damienbod.com', 'commonName:root_ca_dev_damienbod.com'],
    ['no equals sign, taken literally', ' Test CA, C++ \\ Inc. ', 'commonName:Test CA, C++ \\ Inc.'],
    ['spaces around', ' cn = x y  , o = b ', 'organizationName:b | commonName:x y'],
    ['several attributes in one RDN', 'OU=a+CN=b', 'commonName:b+organizationalUnitName:a'],
    ['an equals sign in a value', 'CN=a=b', 'commonName:a=b'],
    ['escaped specials', 'CN=\\,\\+\\"\\\\\\<\\>\\;\\=', 'commonName:,+"\\<>;='],
    ['escaped sharp', 'CN=\\#a#', 'commonName:#a#'],
    ['escaped spaces at the ends', 'CN=\\  a \\ ', 'commonName:  a  '],
    ['hexadecimal pairs as UTF-8', 'CN=Lu\\C4\\8Di\\c4\\87', 'commonName:Lučić'],
    ['hexadecimal space at the end', 'CN=a\\20', 'commonName:a '],
    ['beyond the BMP', 'CN=\u{1f511}', 'commonName:\u{1f511}'],
    ['quotes of RFC 1779', 'O="a, \\"b\\" ", CN=c', 'commonName:c | organizationName:a, "b" '],
    ['dotted types', '1.2.3=a,OID.2.5.4.97=b', 'organizationIdentifier:b | 1.2.3:a'],
    ['an encoding', 'CN=#130161 , O=b', 'organizationName:b | commonName:a'],
    ['slashes: escapes', '/CN=a\\/b\\+c/O=d, e', 'commonName:a/b+c | organizationName:d, e'],
    ['slashes: several attributes in one RDN', '/OU=a+CN=b', 'commonName:b+organizationalUnitName:a'],
  ])('%s', (_, text, encoding) => {
    expect(encodingOf(text)).toBe(encoding)
  })

  test.each<readonly [string, string]>([
    ['S', 'stateOrProvinceName'],
    ['st', 'stateOrProvinceName'],
    ['SN', 'surname'],
    ['SERIALNUMBER', 'serialNumber'],
    ['STREET', 'streetAddress'],
    ['T', 'title'],
    ['E', 'emailAddress'],
    ['GN', 'givenName'],
    ['G', 'givenName'],
    ['I', 'initials'],
    ['UID', 'userId'],
    ['DC', 'domainComponent'],
    ['countryName', 'countryName'],
    ['jurisdictionC', 'jurisdictionCountry'],
    ['jurisdictionST', 'jurisdictionStateOrProvince'],
    ['jurisdictionL', 'jurisdictionLocality'],
    ...Object.keys(ATTRIBUTE).map((name) => [name, name] as const),
  ])('%s is %s', (name, attribute) => {
    expect(encodingOf(`${name}=DE`)).toBe(`${attribute}:DE`)
  })

  test.each([
    ['CN', Tag.utf8String],
    ['C', Tag.printableString],
    ['serialNumber', Tag.printableString],
    ['dnQualifier', Tag.printableString],
    ['jurisdictionC', Tag.printableString],
    ['DC', Tag.ia5String],
    ['emailAddress', Tag.ia5String],
    ['1.2.3.4', Tag.utf8String],
  ])('%s is written with tag %i', (type, tag) => {
    expect(parseName(parseNameText(`${type}=DE`)).rdns[0]?.[0]?.tag).toBe(tag)
  })
})

describe('bounds', () => {
  test.each([
    ['CN', 64],
    ['O', 64],
    ['OU', 64],
    ['L', 128],
    ['ST', 128],
    ['title', 64],
    ['serialNumber', 64],
    ['emailAddress', 255],
    ['pseudonym', 128],
    ['street', 128],
    ['postalCode', 40],
  ])('%s has at most %i characters', (type, bound) => {
    expect(encodingOf(`${type}=${'x'.repeat(bound)}`)).toContain('xx')
    expect(errorOf(() => parseNameText(`${type}=${'x'.repeat(bound + 1)}`)).code).toBe('usage.subject')
  })

  test('characters are counted, not octets or UTF-16 units', () => {
    expect(encodingOf(`CN=${'\u{1f511}'.repeat(64)}`)).toContain('\u{1f511}')
  })
})

describe('refusals', () => {
  test.each([
    ['an unknown attribute', 'CN=a,XY=b', 6],
    ['an empty RDN', 'CN=a,,O=b', 6],
    ['a separator at the end', 'CN=a,', 6],
    ['a plus sign at the end', 'CN=a+', 6],
    ['an attribute without equals sign', 'CN=a,O', 6],
    ['an empty value', 'CN=,O=b', 4],
    ['an unescaped semicolon', 'CN=a;b', 5],
    ['an unescaped quotation mark', 'CN=a"b', 5],
    ['an unescaped angle bracket', 'CN=a<b', 5],
    ['a NUL', 'CN=a\0b', 5],
    ['a backslash at the end', 'CN=a\\', 5],
    ['a backslash before a letter', 'CN=a\\x', 5],
    ['octets that are no UTF-8', 'CN=a\\FF', 5],
    ['an open quotation mark', 'CN="a', 4],
    ['text behind the closing quotation mark', 'CN="a"b', 7],
    ['an odd number of hexadecimal digits', 'CN=#130', 4],
    ['hexadecimal digits that are no element', 'CN=#1302', 4],
    ['two elements', 'CN=#130161130161', 4],
    ['half a surrogate pair', 'CN=\ud800', 4],
    ['three letters of country', 'C=DEU', 3],
    ['a digit in a country', 'C=D1', 3],
    ['an underscore in a PrintableString', 'serialNumber=a_b', 14],
    ['an umlaut in an IA5String', 'DC=ü', 4],
    ['slashes: an unescaped slash', '/CN=http://x', 11],
  ])('%s', (_, text, position) => {
    const { code, context, message } = errorOf(() => parseNameText(text))
    expect({ code, ...context }).toEqual({ code: 'usage.subject', text, position })
    expect(message).toContain(text)
  })
})

describe('formatting', () => {
  const cn = (encoded: Uint8Array) => formatName(parseName(encodeName([[{ oid: ATTRIBUTE.commonName, encoded }]])))

  test.each([
    ['specials', utf8String('a,b+c"d\\e<f>g;h=i'), 'CN=a\\,b\\+c\\"d\\\\e\\<f\\>g\\;h=i'],
    ['a sharp at the start alone', utf8String('#a#'), 'CN=\\#a#'],
    ['spaces at the ends alone', utf8String('  a b  '), 'CN=\\  a b \\ '],
    ['one space', utf8String(' '), 'CN=\\ '],
    ['NUL, line feed, escape', utf8String('a\0\n\x1b'), 'CN=a\\00\\0A\\1B'],
    ['a right-to-left override', utf8String('a\u202eb'), 'CN=a\\E2\\80\\AEb'],
    ['letters beyond ASCII as they are', utf8String('Lučić'), 'CN=Lučić'],
    ['another string type', bmpString('ä'), 'CN=ä'],
    ['a value that is no text', octetString(Uint8Array.of(1)), 'CN=#040101'],
  ])('%s', (_, encoded, text) => {
    expect(cn(encoded)).toBe(text)
  })

  test('an attribute without a name is dotted, with its encoding', () => {
    expect(formatName(parseName(parseNameText('1.2.3=a')))).toBe('1.2.3=#0c0161')
  })

  test('the last RDN comes first, and the empty name is the empty text', () => {
    expect(formatName(parseName(parseNameText('/C=DE/O=b+OU=c/CN=a')))).toBe('CN=a,O=b+OU=c,C=DE')
    expect(formatName(parseName(parseNameText('')))).toBe('')
  })
})

describe('properties', () => {
  const directoryTypes = Object.values(ATTRIBUTE).filter(
    (oid) => parseName(parseNameText(`${oid}=DE`)).rdns[0]?.[0]?.tag === Tag.utf8String,
  )
  const value = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 })
  const attribute = fc.record({
    oid: fc.constantFrom(...directoryTypes, '1.2.3.4'),
    encoded: value.map((text) => utf8String(text)),
  })
  const names = fc.array(fc.array(attribute, { minLength: 1, maxLength: 3 }), { maxLength: 4 }).map(encodeName)

  test('what is formatted reads back to the same encoding', () => {
    fc.assert(
      fc.property(names, (encoded) => {
        expect(parseNameText(formatName(parseName(encoded)))).toEqual(encoded)
      }),
      { seed: 4514, numRuns: 300 },
    )
  })

  test('any text is read or refused with a PkiError, and formatted on one line', () => {
    const text = fc.string({ unit: fc.constantFrom(...'CNO=a,+\\"#/;< 04\nü'), maxLength: 20 })
    fc.assert(
      fc.property(text, (input) => {
        let encoded: Uint8Array
        try {
          encoded = parseNameText(input)
        } catch (error) {
          expect(error).toBeInstanceOf(PkiError)
          return
        }
        expect(formatName(parseName(encoded))).not.toMatch(/[\n\0]/)
      }),
      { seed: 4514, numRuns: 1000 },
    )
  })
})
