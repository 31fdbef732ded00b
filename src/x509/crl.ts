/** CertificateList (RFC 5280 §5.1): read once, immutable, exact bytes kept. Reading judges nothing but the encoding. */

import { contextTag, type DerElement, DerError, type DerReader, Tag } from '../der/reader.ts'
import { type BitString, integerContent, timeFromElement } from '../der/values.ts'
import { type AlgorithmIdentifier, readAlgorithmIdentifier } from './algorithm.ts'
import type { Time } from './certificate.ts'
import { CrlEntries } from './crl-entries.ts'
import { type DecodedCrlExtensions, decodeCrlExtensions } from './crl-extension.ts'
import { type Extension, readExtensions } from './extension.ts'
import type { MalformedExtension } from './extension-decoder.ts'
import { type Name, readName } from './name.ts'
import { readSigned } from './signed.ts'

/** A CRL (RFC 5280 §5.1). Its entries are indexed when they are first asked for, and parsed one at a time. */
export interface CertificateList {
  /** The whole CRL. */
  readonly encoded: Uint8Array
  /** tbsCertList exactly as it was signed. */
  readonly tbs: Uint8Array
  readonly version: 1 | 2
  /** `signature` inside tbsCertList. */
  readonly tbsSignatureAlgorithm: AlgorithmIdentifier
  readonly issuer: Name
  readonly thisUpdate: Time
  /** §5.1.2.5 demands it; old CRLs lack it. */
  readonly nextUpdate: Time | undefined
  /** The revoked certificates: checked as to their structure, decoded when asked for. */
  readonly entries: CrlEntries
  readonly extensions: readonly Extension[]
  /** The extensions that this program understands, decoded; the first of several with one identifier. */
  readonly decoded: DecodedCrlExtensions
  /** Extensions whose value does not decode: they are missing from `decoded`. */
  readonly malformedExtensions: readonly MalformedExtension[]
  /** `signatureAlgorithm` outside tbsCertList. */
  readonly signatureAlgorithm: AlgorithmIdentifier
  readonly signature: BitString
}

/**
 * Reads one DER CRL that must fill `bytes`. An empty list of revoked certificates is read as no list, although the
 * issuer should have left it out (§5.1.2.6): several do not.
 * @throws DerError with the offset of the first fault
 */
export function parseCrl(bytes: Uint8Array): CertificateList {
  const { toBeSigned, signatureAlgorithm, signature } = readSigned(bytes, 'CRL', 'tbsCertList')

  const fields = toBeSigned.reader()
  const version = readVersion(fields)
  const tbsSignatureAlgorithm = readAlgorithmIdentifier(fields, 'signature')
  const issuer = readName(fields, 'issuer')
  const thisUpdate = readUpdateTime(fields, 'thisUpdate')
  const nextUpdate = startsTime(fields) ? readUpdateTime(fields, 'nextUpdate') : undefined
  const entries = new CrlEntries(fields.optional(Tag.sequence, 'revokedCertificates'))
  const extensions = readCrlExtensions(fields.optional(contextTag(0, true), 'crlExtensions'))
  fields.finish('tbsCertList')

  const { decoded, malformed } = decodeCrlExtensions(extensions)
  return {
    encoded: bytes,
    tbs: toBeSigned.encoded,
    version,
    tbsSignatureAlgorithm,
    issuer,
    thisUpdate,
    nextUpdate,
    entries,
    extensions,
    decoded,
    malformedExtensions: malformed,
    signatureAlgorithm,
    signature,
  }
}

/** `Version OPTIONAL`: not tagged, absent means 1, and if present it must be 2 (§5.1.2.1). */
function readVersion(fields: DerReader): 1 | 2 {
  const element = fields.optional(Tag.integer, 'version')
  if (element === undefined) return 1
  const content = integerContent(element, 'version')
  if (content.length === 1 && content[0] === 1) return 2
  throw new DerError('version: 1 is left out, 2 is the other there is', element.start)
}

function startsTime(fields: DerReader): boolean {
  return fields.peek() === Tag.utcTime || fields.peek() === Tag.generalizedTime
}

function readUpdateTime(fields: DerReader, what: string): Time {
  const type = fields.peek() === Tag.generalizedTime ? 'generalizedTime' : 'utcTime'
  return { date: timeFromElement(fields.expect(Tag[type], what), what), type }
}

function readCrlExtensions(explicit: DerElement | undefined): readonly Extension[] {
  if (explicit === undefined) return []
  const reader = explicit.reader()
  const extensions = readExtensions(reader, 'crlExtensions')
  reader.finish('crlExtensions')
  return extensions
}
