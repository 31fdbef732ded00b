/**
 * The names by which .NET calls the subject of a certificate: `X509Certificate2.GetNameInfo(type, forIssuer: false)`
 * as its implementation on Linux chooses them.
 */

import { DerError, DerReader, Tag } from '../der/reader.ts'
import { stringFromElement } from '../der/values.ts'
import { asOpensslReads } from '../path/x509chain/reading.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { GeneralName } from '../x509/general-name.ts'
import { ATTRIBUTE, EXTENSION, OTHER_NAME } from '../x509/oids.ts'

/** X509NameType */
export const NAME_TYPES = [
  'SimpleName',
  'EmailName',
  'UpnName',
  'DnsName',
  'DnsFromAlternativeName',
  'UrlName',
] as const
/** Which name is asked for: .NET's `X509NameType`. */
export type NameType = (typeof NAME_TYPES)[number]

/** How {@link nameInfo} treats names that .NET treats differently from system to system. */
export interface NameInfoOptions {
  /**
   * Two things that .NET 10 does on Linux alone. A subject of organization, organizational unit and e-mail address and
   * nothing else has no simple name. And what `DnsName` and `EmailName` take from the subject loses its letters beyond
   * ASCII: OpenSSL prints them as Latin-1 or as `\U65E5`. Default false.
   */
  readonly linuxQuirks?: boolean | undefined
}

/** The name of this type, `''` if there is none. "Last" is last in the encoding, "first" the first alternative name. */
export function nameInfo(certificate: Certificate, type: NameType, options: NameInfoOptions = {}): string {
  const names = alternativeNames(certificate)
  switch (type) {
    case 'SimpleName':
      return simpleName(certificate, options) ?? firstText(names, 'rfc822Name') ?? ''
    case 'EmailName':
      return firstText(names, 'rfc822Name') ?? subjectText(certificate, ATTRIBUTE.emailAddress, options) ?? ''
    case 'UpnName':
      return userPrincipalName(names) ?? ''
    case 'DnsName':
      return firstText(names, 'dNSName') ?? subjectText(certificate, ATTRIBUTE.commonName, options) ?? ''
    case 'DnsFromAlternativeName':
      return firstText(names, 'dNSName') ?? ''
    case 'UrlName':
      return firstText(names, 'uniformResourceIdentifier') ?? ''
  }
}

/** The subjectAltName that counts: the only one. OpenSSL gives none if there are two, or if it does not decode. */
function alternativeNames(certificate: Certificate): readonly GeneralName[] {
  const { extensions, decoded } = asOpensslReads(certificate)
  const count = extensions.filter(({ oid }) => oid === EXTENSION.subjectAltName).length
  return (count === 1 ? decoded.subjectAltName : undefined) ?? []
}

function firstText(names: readonly GeneralName[], type: GeneralName['type']): string | undefined {
  const found = names.find((name) => name.type === type)
  return typeof found?.value === 'string' ? found.value : undefined
}

function userPrincipalName(names: readonly GeneralName[]): string | undefined {
  const found = names.find((name) => name.type === 'otherName' && name.typeId === OTHER_NAME.userPrincipalName)
  return found?.type === 'otherName' ? textOf(found.value) : undefined
}

/** The text of a UTF8String; undefined if it is none. */
function textOf(encoded: Uint8Array): string | undefined {
  try {
    const element = new DerReader(encoded).element('userPrincipalName')
    return element.tag === Tag.utf8String ? stringFromElement(element, 'userPrincipalName') : undefined
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}

function lastAttribute({ subject }: Certificate, type: string): string | undefined {
  return subject.attributes(type).findLast(({ value }) => value !== undefined)?.value
}

function subjectText(
  certificate: Certificate,
  type: string,
  { linuxQuirks = false }: NameInfoOptions,
): string | undefined {
  const text = lastAttribute(certificate, type)
  return linuxQuirks && text !== undefined ? printedByOpenssl(text) : text
}

/** ASN1_STRING_print_ex without flags, whose octets .NET reads as UTF-8. */
function printedByOpenssl(text: string): string {
  const printed = [...text].map((character) => {
    const code = character.codePointAt(0) ?? 0
    const digits = code.toString(16).toUpperCase()
    if (code > 0xffff) return `\\W${digits.padStart(8, '0')}`
    return code > 0xff ? `\\U${digits.padStart(4, '0')}` : character
  })
  return Buffer.from(printed.join(''), 'latin1').toString('utf8')
}

/** CN if there is one; else OU, O, E or whatever there is, in this order. */
function simpleName(certificate: Certificate, { linuxQuirks = false }: NameInfoOptions): string | undefined {
  const { subject } = certificate
  const common = lastAttribute(certificate, ATTRIBUTE.commonName)
  if (common !== undefined) return common
  const first = (type: string) => subject.attributes(type)[0]?.value
  const other = subject.rdns.flat().findLast(({ oid }) => !FALLBACKS.includes(oid))?.value
  if (other === undefined && linuxQuirks) return undefined
  return FALLBACKS.map(first).find((value) => value !== undefined) ?? other
}

const FALLBACKS: readonly string[] = [
  ATTRIBUTE.organizationalUnitName,
  ATTRIBUTE.organizationName,
  ATTRIBUTE.emailAddress,
]
