/** Certificates with names of every kind, and what .NET 10 on Linux calls them: measured, see `dotnet.test.ts`. */

import {
  bmpString,
  context,
  element,
  ia5String,
  integer,
  octetString,
  oid,
  printableString,
  sequence,
  setOf,
  utf8String,
} from '../../src/der/writer.ts'
import { encodeGeneralNames, type GeneralName } from '../../src/x509/general-name.ts'
import { parseGeneralNameText } from '../../src/x509/general-name-text.ts'
import { ATTRIBUTE, EXTENSION, OTHER_NAME } from '../../src/x509/oids.ts'
import { certificateBytes, extension } from '../x509/certificate-bytes.ts'

type Attribute = Uint8Array

const attribute = (type: string, value: Uint8Array): Attribute => sequence(oid(type), value)
const text = (type: keyof typeof ATTRIBUTE, value: string) => attribute(ATTRIBUTE[type], utf8String(value))
const cn = (value: string) => text('commonName', value)

const subject = (...rdns: readonly (Attribute | readonly Attribute[])[]): Uint8Array =>
  sequence(...rdns.map((rdn) => (rdn instanceof Uint8Array ? setOf(rdn) : setOf(...rdn))))

/** Octets behind a tag, whatever they are. */
const raw = (tag: number, ...octets: readonly number[]) => element(tag, Uint8Array.from(octets))

const latin1 = (value: string) => [...Buffer.from(value, 'latin1')]

export interface OddName {
  readonly bytes: Uint8Array
  readonly subject: string
  /** The names by their types, `''` for those left out; undefined where they are not the point. */
  readonly names?: Readonly<Record<string, string>>
  /** .NET on Linux does not load it: OpenSSL has its own mind about the types of attributes. */
  readonly isNotLoaded?: true
}

const names = (...list: readonly GeneralName[]) => extension(EXTENSION.subjectAltName, encodeGeneralNames(list))
const rawNames = (...list: readonly Uint8Array[]) => extension(EXTENSION.subjectAltName, sequence(...list))

function certificate(subjectName: Uint8Array, ...extensions: readonly Uint8Array[]): Uint8Array {
  const rest = extensions.length === 0 ? {} : { rest: [context(3, sequence(...extensions))] }
  return certificateBytes({ subject: subjectName, ...rest })
}

const upn = (value: Uint8Array, type: string = OTHER_NAME.userPrincipalName): GeneralName => ({
  type: 'otherName',
  typeId: type,
  value,
})

const san = (...texts: readonly string[]) => names(...texts.map(parseGeneralNameText))
const quoted = (value: string, shown: string): OddName => ({ bytes: certificate(subject(cn(value))), subject: shown })

/** How values are quoted. */
const QUOTING: Readonly<Record<string, OddName>> = {
  'nothing special': quoted('a b', 'CN=a b'),
  'an empty value': quoted('', 'CN=""'),
  'a leading space': quoted(' a', 'CN=" a"'),
  'a trailing space': quoted('a ', 'CN="a "'),
  'a leading tab': quoted('\ta', 'CN="\ta"'),
  'a trailing form feed': quoted('a\f', 'CN="a\f"'),
  'a trailing carriage return': quoted('a\r', 'CN="a\r"'),
  'a carriage return inside': quoted('a\rb', 'CN=a\rb'),
  'a line feed inside': quoted('a\nb', 'CN="a\nb"'),
  'a comma': quoted('a, b', 'CN="a, b"'),
  'a plus': quoted('a+b', 'CN="a+b"'),
  'an equals sign': quoted('a=b', 'CN="a=b"'),
  'a quote': quoted('a"b', 'CN="a""b"'),
  'a less-than': quoted('a<b', 'CN="a<b"'),
  'a greater-than': quoted('a>b', 'CN="a>b"'),
  'a number sign': quoted('a#b', 'CN="a#b"'),
  'a semicolon': quoted('a;b', 'CN="a;b"'),
  'a backslash': quoted('a\\b', 'CN=a\\b'),
  'a no-break space at the end': quoted('a\u00a0', 'CN=a\u00a0'),
  'letters beyond ASCII': quoted('Größe 日本 🔑', 'CN=Größe 日本 🔑'),
  'trailing NULs': quoted('a\0\0', 'CN=a'),
}

/** Types of strings and of other values. */
const VALUES: Readonly<Record<string, OddName>> = {
  BMPString: { bytes: certificate(subject(attribute(ATTRIBUTE.commonName, bmpString('é日')))), subject: 'CN=é日' },
  IA5String: { bytes: certificate(subject(attribute(ATTRIBUTE.commonName, ia5String('a')))), subject: 'CN=a' },
  NumericString: { bytes: certificate(subject(attribute(ATTRIBUTE.commonName, raw(0x12, 0x31)))), subject: 'CN=1' },
  'TeletexString in Latin-1': {
    bytes: certificate(subject(attribute(ATTRIBUTE.organizationName, raw(0x14, ...latin1('Größe'))))),
    subject: 'O=Größe',
  },
  'TeletexString in UTF-8': {
    bytes: certificate(subject(attribute(ATTRIBUTE.organizationName, raw(0x14, ...Buffer.from('Größe'))))),
    subject: 'O=Größe',
  },
  VisibleString: {
    bytes: certificate(subject(attribute(ATTRIBUTE.organizationName, raw(0x1a, 0x61)))),
    subject: 'O=#1A0161',
    isNotLoaded: true,
  },
  UniversalString: {
    bytes: certificate(subject(attribute(ATTRIBUTE.organizationName, raw(0x1c, 0, 0, 0, 0x61)))),
    subject: 'O=#1C0400000061',
  },
  'OCTET STRING': {
    bytes: certificate(subject(attribute(ATTRIBUTE.organizationName, octetString(Uint8Array.of(0xab, 1))))),
    subject: 'O=#AB01',
    isNotLoaded: true,
  },
  INTEGER: {
    bytes: certificate(subject(attribute(ATTRIBUTE.organizationName, integer(255)))),
    subject: 'O=#020200FF',
    isNotLoaded: true,
  },
}

const ALL_KEYS: readonly (keyof typeof ATTRIBUTE)[] = [
  ...(['commonName', 'surname', 'serialNumber', 'countryName', 'localityName', 'stateOrProvinceName'] as const),
  ...(['streetAddress', 'organizationName', 'organizationalUnitName', 'title', 'description'] as const),
  ...(['businessCategory', 'postalCode', 'name', 'givenName', 'initials', 'generationQualifier'] as const),
  ...(['dnQualifier', 'pseudonym', 'organizationIdentifier', 'emailAddress', 'unstructuredName'] as const),
  ...(['userId', 'domainComponent', 'jurisdictionLocality', 'jurisdictionStateOrProvince'] as const),
  'jurisdictionCountry',
]

/** RDNs and the keys of their attributes. */
const KEYS: Readonly<Record<string, OddName>> = {
  'RDNs are turned round': {
    bytes: certificate(subject(text('countryName', 'CH'), text('organizationName', 'b'), cn('a'))),
    subject: 'CN=a, O=b, C=CH',
  },
  'attributes of one RDN are not': {
    bytes: certificate(subject(text('countryName', 'CH'), [cn('a'), text('organizationName', 'b')])),
    subject: 'CN=a + O=b, C=CH',
  },
  'an empty subject': { bytes: certificate(subject(), san('dns:a.test')), subject: '' },
  'every key': {
    bytes: certificate(subject(...ALL_KEYS.map((key) => text(key, 'x')))),
    subject:
      'jurisdictionCountryName=x, jurisdictionStateOrProvinceName=x, jurisdictionLocalityName=x, DC=x, userId=x, ' +
      'unstructuredName=x, E=x, organizationIdentifier=x, pseudonym=x, dnQualifier=x, generationQualifier=x, I=x, ' +
      'G=x, name=x, PostalCode=x, businessCategory=x, Description=x, T=x, OU=x, O=x, STREET=x, S=x, L=x, C=x, ' +
      'SERIALNUMBER=x, SN=x, CN=x',
  },
  'keys that only OpenSSL or nobody knows': {
    bytes: certificate(
      subject(
        ...['2.5.4.45', '2.5.4.72', '2.5.4.16', '2.23.133.2.1', '2.23.133.2.3', '1.1.1.2.2.3', '2.5.4.64'].map((type) =>
          attribute(type, printableString('1')),
        ),
      ),
    ),
    subject:
      'OID.2.5.4.64=1, OID.1.1.1.2.2.3=1, TPMVersion=1, TPMManufacturer=1, postalAddress=1, role=1, ' +
      'x500UniqueIdentifier=1',
  },
}

const O = text('organizationName', 'o')
const OU = text('organizationalUnitName', 'ou')
const E = attribute(ATTRIBUTE.emailAddress, ia5String('e@a.test'))
const C = attribute(ATTRIBUTE.countryName, printableString('CH'))

/** Which of several names is chosen. */
const CHOICES: Readonly<Record<string, OddName>> = {
  'the last of two CNs': {
    bytes: certificate(subject(cn('first'), cn('last'))),
    subject: 'CN=last, CN=first',
    names: { SimpleName: 'last', DnsName: 'last' },
  },
  'OU before O before E, where there is something else': {
    bytes: certificate(subject(C, E, O, OU)),
    subject: 'OU=ou, O=o, E=e@a.test, C=CH',
    names: { SimpleName: 'ou', EmailName: 'e@a.test' },
  },
  'O before E': {
    bytes: certificate(subject(C, E, O)),
    subject: 'O=o, E=e@a.test, C=CH',
    names: { SimpleName: 'o', EmailName: 'e@a.test' },
  },
  E: {
    bytes: certificate(subject(C, E)),
    subject: 'E=e@a.test, C=CH',
    names: { SimpleName: 'e@a.test', EmailName: 'e@a.test' },
  },
  'the first of two OUs': {
    bytes: certificate(subject(C, OU, text('organizationalUnitName', 'last'))),
    subject: 'OU=last, OU=ou, C=CH',
    names: { SimpleName: 'ou' },
  },
  'the last of others': {
    bytes: certificate(subject(C, text('localityName', 'l'))),
    subject: 'L=l, C=CH',
    names: { SimpleName: 'l' },
  },
  'OU alone: none on Linux': { bytes: certificate(subject(OU)), subject: 'OU=ou', names: {} },
  'OU alone with an e-mail address in the SAN: that, on Linux': {
    bytes: certificate(subject(OU), san('email:s@a.test')),
    subject: 'OU=ou',
    names: { SimpleName: 's@a.test', EmailName: 's@a.test' },
  },
  'alternative names before the subject': {
    bytes: certificate(
      subject(E, cn('cn')),
      names(
        ...['email:s@a.test', 'email:t@a.test', 'dns:a.test', 'dns:b.test', 'uri:spiffe://a/b', 'uri:urn:x'].map(
          parseGeneralNameText,
        ),
        upn(utf8String('other'), '1.3.6.1.4.1.311.20.2.4'),
        upn(utf8String('u@a.test')),
        upn(utf8String('v@a.test')),
      ),
    ),
    subject: 'CN=cn, E=e@a.test',
    names: {
      ...{ SimpleName: 'cn', EmailName: 's@a.test', UpnName: 'u@a.test', DnsName: 'a.test' },
      ...{ DnsFromAlternativeName: 'a.test', UrlName: 'spiffe://a/b' },
    },
  },
  'an alternative name that is no DNS name leaves CN': {
    bytes: certificate(subject(cn('cn')), san('ip:192.0.2.1')),
    subject: 'CN=cn',
    names: { SimpleName: 'cn', DnsName: 'cn' },
  },
  'a principal name that is an IA5String is none': {
    bytes: certificate(subject(cn('cn')), names(upn(ia5String('u@a.test')))),
    subject: 'CN=cn',
    names: { SimpleName: 'cn', DnsName: 'cn' },
  },
  'an alternative name that does not decode': {
    bytes: certificate(subject(cn('cn')), extension(EXTENSION.subjectAltName, Uint8Array.of(0x30, 0x05, 0x82))),
    subject: 'CN=cn',
    names: { SimpleName: 'cn', DnsName: 'cn' },
  },
  'alternative names in BER': {
    bytes: certificate(
      subject(cn('cn')),
      extension(EXTENSION.subjectAltName, Uint8Array.of(0x30, 0x80, 0x82, 0x81, 1, 0x61, 0, 0, 5)),
    ),
    subject: 'CN=cn',
    names: { SimpleName: 'cn', DnsName: 'a', DnsFromAlternativeName: 'a' },
  },
  // An octet is a character.
  'an alternative name in UTF-8': {
    bytes: certificate(subject(cn('cn')), rawNames(raw(0x82, ...Buffer.from('bücher.test')))),
    subject: 'CN=cn',
    names: { SimpleName: 'cn', DnsName: 'bÃ¼cher.test', DnsFromAlternativeName: 'bÃ¼cher.test' },
  },
  'an alternative name in Latin-1': {
    bytes: certificate(subject(cn('cn')), rawNames(raw(0x81, ...latin1('ü@a.test')), raw(0x82, ...latin1('ü')))),
    subject: 'CN=cn',
    names: { SimpleName: 'cn', EmailName: 'ü@a.test', DnsName: 'ü', DnsFromAlternativeName: 'ü' },
  },
  'an alternative name in pieces': {
    bytes: certificate(subject(cn('cn')), rawNames(raw(0xa2, 0x16, 1, 0x61, 0x16, 1, 0x62))),
    subject: 'CN=cn',
    names: { SimpleName: 'cn', DnsName: 'ab', DnsFromAlternativeName: 'ab' },
  },
  'two extensions of alternative names': {
    bytes: certificate(subject(cn('cn')), san('dns:a.test'), san('dns:b.test')),
    subject: 'CN=cn',
    names: { SimpleName: 'cn', DnsName: 'cn' },
  },
  'letters beyond ASCII that OpenSSL prints': {
    bytes: certificate(subject(attribute(ATTRIBUTE.emailAddress, utf8String('é@日')), cn('Größe 🔑'))),
    subject: 'CN=Größe 🔑, E=é@日',
    names: {
      ...{ SimpleName: 'Größe 🔑', EmailName: '\ufffd@\\U65E5', DnsName: 'Gr\ufffd\ufffde \\W0001F511' },
    },
  },
  'letters that are UTF-8 when they are printed as Latin-1': {
    bytes: certificate(subject(cn('Ã¶'))),
    subject: 'CN=Ã¶',
    names: { SimpleName: 'Ã¶', DnsName: 'ö' },
  },
  'a simple name that is no text': {
    bytes: certificate(subject(attribute('2.5.4.45', raw(0x03, 0, 0x41)), C)),
    subject: 'C=CH, x500UniqueIdentifier=#03020041',
    names: { SimpleName: 'CH' },
  },
  'an empty DNS name': {
    bytes: certificate(subject(cn('cn')), rawNames(raw(0x82), raw(0x82, 0x61))),
    subject: 'CN=cn',
    names: { SimpleName: 'cn' },
  },
}

export const ODD_NAMES: Readonly<Record<string, OddName>> = { ...QUOTING, ...VALUES, ...KEYS, ...CHOICES }

const SERIALS: readonly (readonly number[])[] = [[0x01], [0x7f], [0x00, 0x80], [0x00, 0xff, 0x01], [0xff], [0x0a, 0xbc]]

/** Serial numbers with and without a leading 00, and a negative one. */
export const ODD_SERIALS: Readonly<Record<string, Uint8Array>> = Object.fromEntries(
  SERIALS.map((octets) => [
    Buffer.from(octets).toString('hex').toUpperCase(),
    certificateBytes({ serialNumber: raw(0x02, ...octets) }),
  ]),
)
