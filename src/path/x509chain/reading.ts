/**
 * Certificates as OpenSSL reads their extensions: where the strict reader finds one malformed, OpenSSL may not. Who
 * issued what, and what it allows, X509Chain has from this reading; purposes and policies .NET reads itself, strictly.
 */

import { contextTag, DerError, readWhole, Tag } from '../../der/reader.ts'
import { bigintFromContent, integerContent } from '../../der/values.ts'
import type { Certificate } from '../../x509/certificate.ts'
import { type DecodedExtensions, decodeExtensions, type MalformedExtension } from '../../x509/decoded-extensions.ts'
import type { AuthorityKeyIdentifier, Extension } from '../../x509/extension.ts'
import { readGeneralNames } from '../../x509/general-name.ts'
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
  return { ...certificate, extensions, ...withAuthorityKeyIdentifier({ extensions, decoded, malformedExtensions }) }
}

function inDer(extension: Extension): Extension {
  const value = undefinedIfUnreadable(() => derFromBer(extension.value))
  return value === undefined ? extension : { ...extension, value }
}

/** OpenSSL takes issuer without serial number, and the other way round, where RFC 5280 §4.2.1.1 wants both or neither. */
function withAuthorityKeyIdentifier(read: {
  readonly extensions: readonly Extension[]
  readonly decoded: DecodedExtensions
  readonly malformedExtensions: readonly MalformedExtension[]
}): Pick<Certificate, 'decoded' | 'malformedExtensions'> {
  const { extensions, decoded, malformedExtensions } = read
  const { authorityKeyIdentifier: oid } = EXTENSION
  const value = extensions.find((one) => one.oid === oid)?.value
  if (value === undefined || !malformedExtensions.some((one) => one.oid === oid))
    return { decoded, malformedExtensions }
  const authorityKeyIdentifier = undefinedIfUnreadable(() => parseLooseKeyIdentifier(value))
  if (authorityKeyIdentifier === undefined) return { decoded, malformedExtensions }
  return {
    decoded: { ...decoded, authorityKeyIdentifier },
    malformedExtensions: malformedExtensions.filter((one) => one.oid !== oid),
  }
}

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

function undefinedIfUnreadable<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}
