/**
 * Distinguished names as .NET writes them: `X509Certificate2.Subject`, `Issuer`. Neither RFC 4514 nor what OpenSSL or
 * nginx print; policies that compare subjects compare this text.
 */

import { DerReader, Tag } from '../der/reader.ts'
import type { Attribute, Name, Rdn } from '../x509/name.ts'

/**
 * The text of a name: the last RDN first, `, ` between RDNs, ` + ` between the attributes of one.
 * Empty for an empty name.
 */
export function formatDotnetName({ rdns }: Name): string {
  return rdns.map(formatRdn).reverse().join(', ')
}

function formatRdn(rdn: Rdn): string {
  return rdn.map((attribute) => `${keyOf(attribute.oid)}=${formatValue(attribute)}`).join(' + ')
}

function formatValue(attribute: Attribute): string {
  const text = dotnetText(attribute)
  if (text !== undefined) return quoteIfNeeded(text)
  const { tag, encoded } = attribute
  const octets = tag === Tag.octetString ? contentOf(encoded) : encoded
  return `#${Buffer.from(octets).toString('hex').toUpperCase()}`
}

const STRING_TAGS: ReadonlySet<number> = new Set([
  Tag.bmpString,
  Tag.ia5String,
  Tag.numericString,
  Tag.printableString,
  Tag.utf8String,
  Tag.teletexString,
])

/** The value of an attribute whose type .NET reads as text; undefined for other types, VisibleString among them. */
function dotnetText({ tag, value, encoded }: Attribute): string | undefined {
  if (value === undefined || !STRING_TAGS.has(tag)) return undefined
  const text = tag === Tag.teletexString ? (utf8Text(contentOf(encoded)) ?? value) : value
  return text.replace(/\0+$/, '')
}

/** .NET takes a TeletexString for UTF-8 if it can be, and for Latin-1 otherwise. */
function utf8Text(octets: Uint8Array): string | undefined {
  const text = Buffer.from(octets).toString('utf8')
  return text.includes('\ufffd') ? undefined : text
}

function contentOf(encoded: Uint8Array): Uint8Array {
  return new DerReader(encoded).element('attribute value').content
}

/** A backslash needs no quotes, and a carriage return alone does not: so it is in .NET. */
function quoteIfNeeded(text: string): string {
  const needsQuotes = text === '' || /^[ \t-\r]|[ \t-\r]$|[,+="\n<>#;]/.test(text)
  return needsQuotes ? `"${text.replaceAll('"', '""')}"` : text
}

/** Keys of attribute types, by the arc they stand below: .NET's own, then the long names of OpenSSL, which .NET asks. */
const KEYS: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  '2.5.4': {
    ...{ 3: 'CN', 4: 'SN', 5: 'SERIALNUMBER', 6: 'C', 7: 'L', 8: 'S', 9: 'STREET', 10: 'O', 11: 'OU', 12: 'T' },
    ...{ 13: 'Description', 17: 'PostalCode', 18: 'POBox', 20: 'Phone', 24: 'X21Address' },
    ...{ 42: 'G', 43: 'I', 46: 'dnQualifier' },
    ...{ 14: 'searchGuide', 15: 'businessCategory', 16: 'postalAddress', 19: 'physicalDeliveryOfficeName' },
    ...{ 21: 'telexNumber', 22: 'teletexTerminalIdentifier', 23: 'facsimileTelephoneNumber' },
    ...{ 25: 'internationaliSDNNumber', 26: 'registeredAddress', 27: 'destinationIndicator' },
    ...{ 28: 'preferredDeliveryMethod', 29: 'presentationAddress', 30: 'supportedApplicationContext' },
    ...{ 31: 'member', 32: 'owner', 33: 'roleOccupant', 34: 'seeAlso', 35: 'userPassword', 36: 'userCertificate' },
    ...{ 37: 'cACertificate', 38: 'authorityRevocationList', 39: 'certificateRevocationList' },
    ...{ 40: 'crossCertificatePair', 41: 'name', 44: 'generationQualifier', 45: 'x500UniqueIdentifier' },
    ...{ 47: 'enhancedSearchGuide', 48: 'protocolInformation', 49: 'distinguishedName', 50: 'uniqueMember' },
    ...{ 51: 'houseIdentifier', 52: 'supportedAlgorithms', 53: 'deltaRevocationList', 54: 'dmdName' },
    ...{ 65: 'pseudonym', 72: 'role', 97: 'organizationIdentifier', 98: 'countryCode3c', 99: 'countryCode3n' },
    100: 'dnsName',
  },
  '1.2.840.113549.1.9': {
    ...{ 1: 'E', 2: 'unstructuredName', 7: 'challengePassword', 8: 'unstructuredAddress', 20: 'friendlyName' },
    21: 'localKeyID',
  },
  '0.9.2342.19200300.100.1': {
    ...{ 1: 'userId', 2: 'textEncodedORAddress', 3: 'rfc822Mailbox', 4: 'info', 5: 'favouriteDrink', 6: 'roomNumber' },
    ...{ 7: 'photo', 8: 'userClass', 9: 'host', 10: 'manager', 20: 'homeTelephoneNumber', 21: 'secretary' },
    ...{ 22: 'otherMailbox', 25: 'DC', 26: 'aRecord', 28: 'mXRecord', 29: 'nSRecord', 31: 'cNAMERecord' },
    ...{ 37: 'associatedDomain', 38: 'associatedName', 39: 'homePostalAddress', 40: 'personalTitle' },
    ...{ 41: 'mobileTelephoneNumber', 42: 'pagerTelephoneNumber', 43: 'friendlyCountryName', 44: 'uniqueIdentifier' },
    ...{ 45: 'organizationalStatus', 48: 'buildingName' },
  },
  '1.3.6.1.4.1.311.60.2.1': {
    ...{ 1: 'jurisdictionLocalityName', 2: 'jurisdictionStateOrProvinceName', 3: 'jurisdictionCountryName' },
  },
  '1.3.6.1.4.1.311.20.2': { 3: 'Microsoft User Principal Name' },
  '2.23.133.2': { 1: 'TPMManufacturer', 2: 'TPMModel', 3: 'TPMVersion' },
}

function keyOf(oid: string): string {
  const lastDot = oid.lastIndexOf('.')
  const below = KEYS[oid.slice(0, lastDot)]
  return below?.[Number(oid.slice(lastDot + 1))] ?? `OID.${oid}`
}
