/** OCSP responses (RFC 6960 §4.2): read once, exact bytes kept. Reading judges nothing but the encoding. */

import { createHash } from 'node:crypto'
import { contextTag, type DerElement, DerError, DerReader, Tag } from '../der/reader.ts'
import {
  type BitString,
  bigintFromContent,
  integerContent,
  readBitString,
  readCount,
  readOid,
  timeFromElement,
} from '../der/values.ts'
import { equalBytes } from '../der/writer.ts'
import { type AlgorithmIdentifier, readAlgorithmIdentifier } from './algorithm.ts'
import { type Certificate, parseCertificate } from './certificate.ts'
import { type CrlReason, crlReason } from './crl-extension.ts'
import { type Extension, readExtensions } from './extension.ts'
import { type Name, nameFromElement } from './name.ts'
import { DIGEST_NAME, OCSP } from './oids.ts'
import type { SubjectPublicKeyInfo } from './public-key.ts'

/** OCSPResponseStatus by number (§4.2.1). 4 is not used. */
export const OCSP_RESPONSE_STATUSES = [
  'successful',
  'malformedRequest',
  'internalError',
  'tryLater',
  undefined,
  'sigRequired',
  'unauthorized',
] as const

export type OcspResponseStatus = Exclude<(typeof OCSP_RESPONSE_STATUSES)[number], undefined>

/** A whole answer. Only a successful one says anything about certificates. */
export interface OcspResponse {
  readonly encoded: Uint8Array
  readonly responseStatus: OcspResponseStatus
  /** Present exactly if the status is `successful` and the response type is id-pkix-ocsp-basic. */
  readonly basic: BasicOcspResponse | undefined
}

export interface BasicOcspResponse {
  /** tbsResponseData exactly as it was signed. */
  readonly tbs: Uint8Array
  readonly responderId: ResponderId
  readonly producedAt: Date
  readonly responses: readonly SingleResponse[]
  /** responseExtensions. */
  readonly extensions: readonly Extension[]
  /** The value of the nonce extension (RFC 9654 §2.1), undefined if absent. */
  readonly nonce: Uint8Array | undefined
  readonly signatureAlgorithm: AlgorithmIdentifier
  readonly signature: BitString
  /** What the responder sent along so that its signature can be checked. */
  readonly certificates: readonly Certificate[]
}

/** Who answers: by name, or by the SHA-1 of the public key's octets. */
export type ResponderId = { readonly byName: Name } | { readonly byKey: Uint8Array }

/** What one SingleResponse says (§4.2.1). */
export interface SingleResponse {
  readonly certId: CertId
  readonly certStatus: CertStatus
  readonly thisUpdate: Date
  readonly nextUpdate: Date | undefined
  readonly extensions: readonly Extension[]
}

export type CertStatus =
  | { readonly type: 'good' | 'unknown' }
  | { readonly type: 'revoked'; readonly revocationTime: Date; readonly revocationReason: CrlReason | undefined }

/** Names a certificate by hashes of its issuer and its serial number (§4.1.1). */
export interface CertId {
  readonly hashAlgorithm: AlgorithmIdentifier
  readonly issuerNameHash: Uint8Array
  readonly issuerKeyHash: Uint8Array
  readonly serialNumber: bigint
  /** Content octets of the serial number INTEGER. */
  readonly serialOctets: Uint8Array
  readonly encoded: Uint8Array
}

/**
 * Reads one DER OCSPResponse that must fill `bytes`.
 * @throws DerError with the offset of the first fault
 */
export function parseOcspResponse(bytes: Uint8Array): OcspResponse {
  const reader = new DerReader(bytes)
  const response = reader.sequence('OCSP response')
  reader.finish('OCSP response')
  const responseStatus = readResponseStatus(response.expect(Tag.enumerated, 'responseStatus'))
  const explicit = response.optional(contextTag(0, true), 'responseBytes')
  response.finish('OCSP response')
  if ((explicit !== undefined) !== (responseStatus === 'successful')) {
    throw new DerError('responseBytes: present exactly if the status is successful', response.position)
  }
  return { encoded: bytes, responseStatus, basic: explicit && readResponseBytes(explicit) }
}

function readResponseStatus(element: DerElement): OcspResponseStatus {
  const status = OCSP_RESPONSE_STATUSES[readCount(element, 'responseStatus')]
  if (status === undefined) throw new DerError('responseStatus: no such status', element.start)
  return status
}

function readResponseBytes(explicit: DerElement): BasicOcspResponse | undefined {
  const reader = explicit.reader()
  const fields = reader.sequence('responseBytes')
  reader.finish('responseBytes')
  const responseType = readOid(fields, 'responseType')
  const response = fields.expect(Tag.octetString, 'response')
  fields.finish('responseBytes')
  if (responseType !== OCSP.basicResponse) return undefined
  const inner = response.reader()
  const basic = readBasicResponse(inner)
  inner.finish('BasicOCSPResponse')
  return basic
}

function readBasicResponse(reader: DerReader): BasicOcspResponse {
  const basic = reader.sequence('BasicOCSPResponse')
  const tbs = basic.expect(Tag.sequence, 'tbsResponseData')
  const signatureAlgorithm = readAlgorithmIdentifier(basic, 'signatureAlgorithm')
  const signature = readBitString(basic, 'signature')
  const certs = basic.optional(contextTag(0, true), 'certs')
  basic.finish('BasicOCSPResponse')

  const fields = tbs.reader()
  requireVersion1(fields)
  const responderId = readResponderId(fields)
  const producedAt = readGeneralizedTime(fields, 'producedAt')
  const responses = readList(fields, 'responses', readSingleResponse)
  const extensions = readTaggedExtensions(fields, 1, 'responseExtensions')
  fields.finish('tbsResponseData')
  return {
    tbs: tbs.encoded,
    responderId,
    producedAt,
    responses,
    extensions,
    nonce: nonceOf(extensions),
    signatureAlgorithm,
    signature,
    certificates: certs ? readCertificates(certs) : [],
  }
}

/** `[0] EXPLICIT Version DEFAULT v1`: v1 is the only one there is, and a default is left out. */
export function requireVersion1(fields: DerReader): void {
  const version = fields.optional(contextTag(0, true), 'version')
  if (version !== undefined) throw new DerError('version: 1 is the only one and left out', version.start)
}

function readResponderId(fields: DerReader): ResponderId {
  const what = 'responderID'
  const choice = fields.element(what)
  const reader = choice.reader()
  if (choice.tag === contextTag(1, true)) {
    const byName = nameFromElement(reader.expect(Tag.sequence, what), what)
    reader.finish(what)
    return { byName }
  }
  if (choice.tag === contextTag(2, true)) {
    const byKey = reader.expect(Tag.octetString, what).content
    reader.finish(what)
    return { byKey }
  }
  throw new DerError(`${what}: neither byName nor byKey`, choice.start)
}

function readSingleResponse(list: DerReader): SingleResponse {
  const what = 'SingleResponse'
  const fields = list.sequence(what)
  const certId = readCertId(fields)
  const certStatus = readCertStatus(fields.element('certStatus'))
  const thisUpdate = readGeneralizedTime(fields, 'thisUpdate')
  const explicit = fields.optional(contextTag(0, true), 'nextUpdate')?.reader()
  const nextUpdate = explicit && readGeneralizedTime(explicit, 'nextUpdate')
  explicit?.finish('nextUpdate')
  const extensions = readTaggedExtensions(fields, 1, 'singleExtensions')
  fields.finish(what)
  return { certId, certStatus, thisUpdate, nextUpdate, extensions }
}

function readCertStatus(element: DerElement): CertStatus {
  const what = 'certStatus'
  switch (element.tag) {
    case contextTag(0, false):
    case contextTag(2, false):
      if (element.content.length !== 0) throw new DerError(`${what}: a NULL with content`, element.start)
      return { type: element.tag === contextTag(0, false) ? 'good' : 'unknown' }
    case contextTag(1, true): {
      const fields = element.reader()
      const revocationTime = readGeneralizedTime(fields, 'revocationTime')
      const explicit = fields.optional(contextTag(0, true), 'revocationReason')?.reader()
      const reason = explicit?.expect(Tag.enumerated, 'revocationReason')
      explicit?.finish('revocationReason')
      fields.finish(what)
      const revocationReason = reason && crlReason(readCount(reason, 'revocationReason'), reason.start)
      return { type: 'revoked', revocationTime, revocationReason }
    }
    default:
      throw new DerError(`${what}: neither good, revoked nor unknown`, element.start)
  }
}

/** Reads a CertID, as requests and responses carry it. */
export function readCertId(reader: DerReader): CertId {
  const element = reader.expect(Tag.sequence, 'CertID')
  const fields = element.reader()
  const hashAlgorithm = readAlgorithmIdentifier(fields, 'hashAlgorithm')
  const issuerNameHash = fields.expect(Tag.octetString, 'issuerNameHash').content
  const issuerKeyHash = fields.expect(Tag.octetString, 'issuerKeyHash').content
  const serialOctets = integerContent(fields.expect(Tag.integer, 'serialNumber'), 'serialNumber')
  fields.finish('CertID')
  return {
    hashAlgorithm,
    issuerNameHash,
    issuerKeyHash,
    serialNumber: bigintFromContent(serialOctets),
    serialOctets,
    encoded: element.encoded,
  }
}

/**
 * Whether a CertID names this certificate. The name that is hashed is the issuer field of the certificate, the key
 * that of its issuer (§4.1.1). A digest that is unknown here names nothing.
 */
export function isCertIdOf(certId: CertId, certificate: Certificate, issuerKey: SubjectPublicKeyInfo): boolean {
  if (!equalBytes(certId.serialOctets, certificate.serialOctets)) return false
  const digest = DIGEST_NAME[certId.hashAlgorithm.oid]
  if (digest === undefined) return false
  const hash = (bytes: Uint8Array) => createHash(digest).update(bytes).digest()
  return (
    equalBytes(certId.issuerNameHash, hash(certificate.issuer.encoded)) &&
    equalBytes(certId.issuerKeyHash, hash(issuerKey.publicKey))
  )
}

/** Whether a ResponderID means this certificate; byKey is the SHA-1 of the key's octets (§4.2.1). */
export function isResponder(responderId: ResponderId, certificate: Certificate): boolean {
  if ('byName' in responderId) return certificate.subject.equals(responderId.byName)
  const keyHash = createHash('sha1').update(certificate.publicKey.publicKey).digest()
  return equalBytes(responderId.byKey, keyHash)
}

/**
 * The nonce among request or response extensions: an OCTET STRING of 1 to 128 octets (RFC 9654 §2.1).
 * @throws DerError if it is not that
 */
export function nonceOf(extensions: readonly Extension[]): Uint8Array | undefined {
  const extension = extensions.find(({ oid }) => oid === OCSP.nonce)
  if (extension === undefined) return undefined
  const reader = new DerReader(extension.value)
  const nonce = reader.expect(Tag.octetString, 'nonce').content
  reader.finish('nonce')
  if (nonce.length < 1 || nonce.length > 128) throw new DerError('nonce: 1 to 128 octets', extension.offset)
  return nonce
}

/** `[number] EXPLICIT Extensions OPTIONAL`. */
export function readTaggedExtensions(fields: DerReader, number: number, what: string): readonly Extension[] {
  const explicit = fields.optional(contextTag(number, true), what)?.reader()
  if (explicit === undefined) return []
  const extensions = readExtensions(explicit, what)
  explicit.finish(what)
  return extensions
}

/** `[0] EXPLICIT SEQUENCE OF Certificate`, as responses and signed requests carry them. */
export function readCertificates(explicit: DerElement): readonly Certificate[] {
  const reader = explicit.reader()
  const certificates = readList(reader, 'certs', (list) => {
    const { encoded, start } = list.expect(Tag.sequence, 'certificate')
    try {
      return parseCertificate(encoded)
    } catch (error) {
      throw error instanceof DerError ? new DerError(error.message, start + error.offset) : error
    }
  })
  reader.finish('certs')
  return certificates
}

/** The elements of a SEQUENCE OF. */
export function readList<T>(reader: DerReader, what: string, read: (list: DerReader) => T): readonly T[] {
  const list = reader.sequence(what)
  const items: T[] = []
  while (!list.atEnd) items.push(read(list))
  return items
}

function readGeneralizedTime(reader: DerReader, what: string): Date {
  return timeFromElement(reader.expect(Tag.generalizedTime, what), what)
}
