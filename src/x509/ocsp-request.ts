/** OCSP requests (RFC 6960 §4.1): reading. A responder answers what it finds here; nothing is judged. */

import { contextTag, type DerElement, DerError, DerReader, Tag } from '../der/reader.ts'
import { type BitString, readBitString } from '../der/values.ts'
import { type AlgorithmIdentifier, readAlgorithmIdentifier } from './algorithm.ts'
import type { Certificate } from './certificate.ts'
import type { Extension } from './extension.ts'
import { type GeneralName, readGeneralName } from './general-name.ts'
import {
  type CertId,
  nonceOf,
  readCertId,
  readCertificates,
  readList,
  readTaggedExtensions,
  requireVersion1,
} from './ocsp.ts'

export interface OcspRequest {
  readonly encoded: Uint8Array
  /** tbsRequest exactly as it was signed, if it was. */
  readonly tbs: Uint8Array
  readonly requestorName: GeneralName | undefined
  /** The certificates asked about: at least one. */
  readonly requests: readonly SingleRequest[]
  /** requestExtensions. */
  readonly extensions: readonly Extension[]
  /** What the response must repeat (RFC 9654 §2.1), undefined if absent. */
  readonly nonce: Uint8Array | undefined
  readonly signature: OcspRequestSignature | undefined
}

export interface SingleRequest {
  readonly certId: CertId
  readonly extensions: readonly Extension[]
}

export interface OcspRequestSignature {
  readonly signatureAlgorithm: AlgorithmIdentifier
  readonly signature: BitString
  readonly certificates: readonly Certificate[]
}

/**
 * Reads one DER OCSPRequest that must fill `bytes`.
 * @throws DerError with the offset of the first fault
 */
export function parseOcspRequest(bytes: Uint8Array): OcspRequest {
  const reader = new DerReader(bytes)
  const request = reader.sequence('OCSP request')
  reader.finish('OCSP request')
  const tbs = request.expect(Tag.sequence, 'tbsRequest')
  const signature = request.optional(contextTag(0, true), 'optionalSignature')
  request.finish('OCSP request')

  const fields = tbs.reader()
  requireVersion1(fields)
  const requestorName = readRequestorName(fields.optional(contextTag(1, true), 'requestorName'))
  const requests = readList(fields, 'requestList', readSingleRequest)
  if (requests.length === 0) throw new DerError('requestList: asks about nothing', fields.position)
  const extensions = readTaggedExtensions(fields, 2, 'requestExtensions')
  fields.finish('tbsRequest')
  return {
    encoded: bytes,
    tbs: tbs.encoded,
    requestorName,
    requests,
    extensions,
    nonce: nonceOf(extensions),
    signature: signature && readSignature(signature),
  }
}

function readRequestorName(explicit: DerElement | undefined): GeneralName | undefined {
  if (explicit === undefined) return undefined
  const reader = explicit.reader()
  const name = readGeneralName(reader, 'requestorName')
  reader.finish('requestorName')
  return name
}

function readSingleRequest(list: DerReader): SingleRequest {
  const fields = list.sequence('Request')
  const certId = readCertId(fields)
  const extensions = readTaggedExtensions(fields, 0, 'singleRequestExtensions')
  fields.finish('Request')
  return { certId, extensions }
}

function readSignature(explicit: DerElement): OcspRequestSignature {
  const reader = explicit.reader()
  const fields = reader.sequence('optionalSignature')
  reader.finish('optionalSignature')
  const signatureAlgorithm = readAlgorithmIdentifier(fields, 'signatureAlgorithm')
  const signature = readBitString(fields, 'signature')
  const certs = fields.optional(contextTag(0, true), 'certs')
  fields.finish('optionalSignature')
  return { signatureAlgorithm, signature, certificates: certs ? readCertificates(certs) : [] }
}
