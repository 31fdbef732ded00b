/**
 * The names by which .NET calls the subject of a certificate: `X509Certificate2.GetNameInfo(type, forIssuer: false)`
 * as its implementation on Linux chooses them.
 */

import { DerError, DerReader } from '../der/reader.ts'
import { stringFromElement } from '../der/values.ts'
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
export type NameType = (typeof NAME_TYPES)[number]

export interface NameInfoOptions {
  /**
   * What .NET on Linux does with a subject of organization, organizational unit and e-mail address alone: it has no
   * simple name there, while on Windows and macOS it has. Default false, as on those.
   */
  readonly linuxSimpleName?: boolean | undefined
}

/** The name of this type, `''` if there is none. "Last" is last in the encoding, "first" the first alternative name. */
export function nameInfo(certificate: Certificate, type: NameType, options: NameInfoOptions = {}): string {
  const names = alternativeNames(certificate)
  switch (type) {
    case 'SimpleName':
      return simpleName(certificate, options) ?? firstText(names, 'rfc822Name') ?? ''
    case 'EmailName':
      return firstText(names, 'rfc822Name') ?? lastAttribute(certificate, ATTRIBUTE.emailAddress) ?? ''
    case 'UpnName':
      return userPrincipalName(names) ?? ''
    case 'DnsName':
      return firstText(names, 'dNSName') ?? lastAttribute(certificate, ATTRIBUTE.commonName) ?? ''
    case 'DnsFromAlternativeName':
      return firstText(names, 'dNSName') ?? ''
    case 'UrlName':
      return firstText(names, 'uniformResourceIdentifier') ?? ''
  }
}

/** The subjectAltName that counts: the only one. OpenSSL gives none if there are two, or if it does not decode. */
function alternativeNames({ extensions, decoded }: Certificate): readonly GeneralName[] {
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

/** The text of an encoded string; undefined if it is none. */
function textOf(encoded: Uint8Array): string | undefined {
  try {
    return stringFromElement(new DerReader(encoded).element('userPrincipalName'), 'userPrincipalName')
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}

function lastAttribute({ subject }: Certificate, type: string): string | undefined {
  return subject.attributes(type).findLast(({ value }) => value !== undefined)?.value
}

/** CN if there is one; else OU, O, E or whatever there is, in this order. */
function simpleName(certificate: Certificate, { linuxSimpleName = false }: NameInfoOptions): string | undefined {
  const { subject } = certificate
  const common = lastAttribute(certificate, ATTRIBUTE.commonName)
  if (common !== undefined) return common
  const first = (type: string) => subject.attributes(type)[0]?.value
  const other = subject.rdns.flat().findLast(({ oid }) => !FALLBACKS.includes(oid))?.value
  if (other === undefined && linuxSimpleName) return undefined
  return FALLBACKS.map(first).find((value) => value !== undefined) ?? other
}

const FALLBACKS: readonly string[] = [
  ATTRIBUTE.organizationalUnitName,
  ATTRIBUTE.organizationName,
  ATTRIBUTE.emailAddress,
]
