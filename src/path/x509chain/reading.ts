/**
 * Certificates as OpenSSL reads their extensions: where the strict reader finds one malformed, OpenSSL may not. Who
 * issued what, and what it allows, X509Chain has from this reading; purposes and policies .NET reads itself, strictly.
 */

import { CONSTRUCTED, contextTag, type DerElement, DerError, readWhole, Tag } from '../../der/reader.ts'
import { bigintFromContent, integerContent } from '../../der/values.ts'
import { concatBytes } from '../../der/writer.ts'
import type { Certificate } from '../../x509/certificate.ts'
import { type DecodedExtensions, decodeExtensions } from '../../x509/decoded-extensions.ts'
import type { Extension } from '../../x509/extension.ts'
import type { MalformedExtension } from '../../x509/extension-decoder.ts'
import type { AuthorityKeyIdentifier } from '../../x509/extension-value.ts'
import { type GeneralName, generalNameFromElement, readGeneralNames } from '../../x509/general-name.ts'
import { EXTENSION } from '../../x509/oids.ts'
import { derFromBer } from './ber.ts'

const readings = new WeakMap<Certificate, Certificate>()
const originals = new WeakMap<Certificate, Certificate>()

/** The certificate itself, unless something in it is malformed. */
export function asOpensslReads(certificate: Certificate): Certificate {
  if (certificate.malformedExtensions.length === 0) return certificate
  const known = readings.get(certificate)
  if (known !== undefined) return known
  const reading = readAgain(certificate)
  readings.set(certificate, reading)
  originals.set(reading, certificate)
  return reading
}

/** The other way round: the certificate that was read. */
export function asIssued(certificate: Certificate): Certificate {
  return originals.get(certificate) ?? certificate
}

function readAgain(certificate: Certificate): Certificate {
  const malformed = new Set(certificate.malformedExtensions.map(({ oid }) => oid))
  const extensions = certificate.extensions.map((one) => (malformed.has(one.oid) ? inDer(one) : one))
  const { decoded, malformed: malformedExtensions } = decodeExtensions(extensions)
  const read = { extensions, decoded, malformedExtensions }
  const loose = withLoose(read, EXTENSION.authorityKeyIdentifier, (value) => ({
    authorityKeyIdentifier: parseLooseKeyIdentifier(value),
  }))
  const looser = withLoose({ ...read, ...loose }, EXTENSION.subjectAltName, (value) => ({
    subjectAltName: parseLooseNames(value),
  }))
  return { ...certificate, extensions, ...looser }
}

function inDer(extension: Extension): Extension {
  const value = undefinedIfUnreadable(() => derFromBer(extension.value))
  return value === undefined ? extension : { ...extension, value }
}

interface Read {
  readonly extensions: readonly Extension[]
  readonly decoded: DecodedExtensions
  readonly malformedExtensions: readonly MalformedExtension[]
}

/** An extension that is malformed so far, if `parse` makes something of it. */
function withLoose(
  { extensions, decoded, malformedExtensions }: Read,
  oid: string,
  parse: (value: Uint8Array) => Partial<DecodedExtensions>,
): Pick<Certificate, 'decoded' | 'malformedExtensions'> {
  const value = extensions.find((one) => one.oid === oid)?.value
  const isMalformed = malformedExtensions.some((one) => one.oid === oid)
  const loose = value !== undefined && isMalformed ? undefinedIfUnreadable(() => parse(value)) : undefined
  if (loose === undefined) return { decoded, malformedExtensions }
  return {
    decoded: { ...decoded, ...loose },
    malformedExtensions: malformedExtensions.filter((one) => one.oid !== oid),
  }
}

/** OpenSSL takes issuer without serial number, and the other way round, where RFC 5280 §4.2.1.1 wants both or neither. */
function parseLooseKeyIdentifier(value: Uint8Array): AuthorityKeyIdentifier {
  const what = 'authorityKeyIdentifier'
  const fields = readWhole(value, Tag.sequence, what).reader()
  const keyIdentifier = fields.optional(contextTag(0, false), what)?.content
  const issuer = fields.optional(contextTag(1, true), what)
  const serial = fields.optional(contextTag(2, false), what)
  fields.finish(what)
  return {
    keyIdentifier,
    authorityCertIssuer: issuer && readGeneralNames(issuer.reader(), what),
    authorityCertSerialNumber: serial && bigintFromContent(integerContent(serial, what)),
  }
}

const TEXT_FORMS: ReadonlyMap<number, 'rfc822Name' | 'dNSName' | 'uniformResourceIdentifier'> = new Map([
  [contextTag(1, false), 'rfc822Name'],
  [contextTag(2, false), 'dNSName'],
  [contextTag(6, false), 'uniformResourceIdentifier'],
])

/**
 * OpenSSL takes any octets for an IA5String, and puts one that came in pieces together. A character of the text is an
 * octet, as it is compared.
 */
function parseLooseNames(value: Uint8Array): readonly GeneralName[] {
  const what = 'subjectAltName'
  const reader = readWhole(value, Tag.sequence, what).reader()
  const names: GeneralName[] = []
  while (!reader.atEnd) {
    const element = reader.element(what)
    const type = TEXT_FORMS.get(element.tag & ~CONSTRUCTED)
    if (type === undefined) names.push(generalNameFromElement(element, what))
    else names.push({ type, value: Buffer.from(wholeContent(element)).toString('latin1') })
  }
  return names
}

function wholeContent(element: DerElement): Uint8Array {
  if ((element.tag & CONSTRUCTED) === 0) return element.content
  const reader = element.reader()
  const pieces: Uint8Array[] = []
  while (!reader.atEnd) pieces.push(wholeContent(reader.element('piece')))
  return concatBytes(pieces)
}

function undefinedIfUnreadable<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}
