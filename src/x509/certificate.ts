/** Certificate (RFC 5280 §4.1): read once, immutable, exact bytes kept. Reading judges nothing but the encoding. */

import { createHash } from 'node:crypto'
import { contextTag, type DerElement, DerError, type DerReader, Tag } from '../der/reader.ts'
import {
  type BitString,
  bigintFromContent,
  bitStringFromElement,
  integerContent,
  timeFromElement,
} from '../der/values.ts'
import { type AlgorithmIdentifier, readAlgorithmIdentifier } from './algorithm.ts'
import { type DecodedExtensions, decodeExtensions } from './decoded-extensions.ts'
import { type Extension, readExtensions } from './extension.ts'
import type { MalformedExtension } from './extension-decoder.ts'
import { type Name, readName } from './name.ts'
import { readSubjectPublicKeyInfo, type SubjectPublicKeyInfo } from './public-key.ts'
import { readSigned } from './signed.ts'

/** One end of the validity period, and the type its time was written in. */
export interface Time {
  readonly date: Date
  readonly type: 'utcTime' | 'generalizedTime'
}

export interface CertificateFields {
  /** The whole certificate. */
  readonly encoded: Uint8Array
  /** tbsCertificate exactly as it was signed. */
  readonly tbs: Uint8Array
  readonly version: 1 | 2 | 3
  readonly serialNumber: bigint
  /** Content octets of the serial number INTEGER. */
  readonly serialOctets: Uint8Array
  /** `signature` inside tbsCertificate. */
  readonly tbsSignatureAlgorithm: AlgorithmIdentifier
  readonly issuer: Name
  readonly notBefore: Time
  readonly notAfter: Time
  readonly subject: Name
  readonly publicKey: SubjectPublicKeyInfo
  readonly issuerUniqueID: BitString | undefined
  readonly subjectUniqueID: BitString | undefined
  readonly extensions: readonly Extension[]
  /** `signatureAlgorithm` outside tbsCertificate. */
  readonly signatureAlgorithm: AlgorithmIdentifier
  /** signatureValue; every algorithm in use fills whole octets, so unused bits mean that it cannot be right. */
  readonly signature: BitString
}

/** A certificate (RFC 5280 §4.1), parsed once and immutable: its fields, and the exact octets they were read from. */
export interface Certificate extends CertificateFields {
  /** The extensions that this program understands, decoded; the first of several with one identifier. */
  readonly decoded: DecodedExtensions
  /** Extensions whose value does not decode: they are missing from `decoded`. */
  readonly malformedExtensions: readonly MalformedExtension[]
  /** Subject and issuer are the same name (§3.2): self-issued. Whether it is self-signed only its signature tells. */
  readonly isSelfIssued: boolean
}

/**
 * Reads one DER certificate that must fill `bytes`.
 * @throws DerError with the offset of the first fault
 */
export function parseCertificate(bytes: Uint8Array): Certificate {
  const { toBeSigned, signatureAlgorithm, signature } = readSigned(bytes, 'certificate', 'tbsCertificate')

  const fields = toBeSigned.reader()
  const version = readVersion(fields)
  const serialOctets = integerContent(fields.expect(Tag.integer, 'serialNumber'), 'serialNumber')
  const tbsSignatureAlgorithm = readAlgorithmIdentifier(fields, 'signature')
  const issuer = readName(fields, 'issuer')
  const { notBefore, notAfter } = readValidity(fields)
  const subject = readName(fields, 'subject')
  const publicKey = readSubjectPublicKeyInfo(fields, 'subjectPublicKeyInfo')
  const issuerUniqueID = readUniqueID(fields.optional(contextTag(1, false), 'issuerUniqueID'))
  const subjectUniqueID = readUniqueID(fields.optional(contextTag(2, false), 'subjectUniqueID'))
  const extensions = readExplicitExtensions(fields.optional(contextTag(3, true), 'extensions'))
  fields.finish('tbsCertificate')

  const { decoded, malformed } = decodeExtensions(extensions)
  return {
    encoded: bytes,
    tbs: toBeSigned.encoded,
    version,
    serialNumber: bigintFromContent(serialOctets),
    serialOctets,
    tbsSignatureAlgorithm,
    issuer,
    notBefore,
    notAfter,
    subject,
    publicKey,
    issuerUniqueID,
    subjectUniqueID,
    extensions,
    signatureAlgorithm,
    signature,
    decoded,
    malformedExtensions: malformed,
    isSelfIssued: subject.equals(issuer),
  }
}

function readVersion(fields: DerReader): 1 | 2 | 3 {
  const explicit = fields.optional(contextTag(0, true), 'version')
  if (explicit === undefined) return 1
  const reader = explicit.reader()
  const content = integerContent(reader.expect(Tag.integer, 'version'), 'version')
  reader.finish('version')
  if (content.length === 1 && content[0] === 1) return 2
  if (content.length === 1 && content[0] === 2) return 3
  throw new DerError('version: 1 is the default and left out, 2 and 3 are the others there are', explicit.start)
}

function readValidity(fields: DerReader): Pick<Certificate, 'notBefore' | 'notAfter'> {
  const validity = fields.sequence('validity')
  const notBefore = readCertificateTime(validity, 'notBefore')
  const notAfter = readCertificateTime(validity, 'notAfter')
  validity.finish('validity')
  return { notBefore, notAfter }
}

function readCertificateTime(reader: DerReader, what: string): Time {
  const type = reader.peek() === Tag.generalizedTime ? 'generalizedTime' : 'utcTime'
  const element = reader.expect(Tag[type], what)
  return { date: timeFromElement(element, what), type }
}

function readUniqueID(element: DerElement | undefined): BitString | undefined {
  return element && bitStringFromElement(element, 'unique identifier')
}

function readExplicitExtensions(explicit: DerElement | undefined): readonly Extension[] {
  if (explicit === undefined) return []
  const reader = explicit.reader()
  const extensions = readExtensions(reader, 'extensions')
  reader.finish('extensions')
  return extensions
}

/** SHA-1 or SHA-256 of the whole certificate, lower-case hex: what people compare certificates by. */
export function fingerprint(certificate: CertificateFields, digest: 'sha1' | 'sha256' = 'sha256'): string {
  return createHash(digest).update(certificate.encoded).digest('hex')
}
