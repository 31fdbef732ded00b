/** OCSP messages written by hand from `der/writer.ts` (RFC 6960 §4), for tests of the reader and of the engine. */

import { createHash } from 'node:crypto'
import {
  bitString,
  context,
  contextPrimitive,
  enumerated,
  generalizedTime,
  integer,
  nullValue,
  octetString,
  oid,
  sequence,
} from '../../src/der/writer.ts'
import type { Signer } from '../../src/keys/keys.ts'
import type { Certificate } from '../../src/x509/certificate.ts'
import { CRL_REASONS, type CrlReason } from '../../src/x509/crl-extension.ts'
import { digestOid, OCSP } from '../../src/x509/oids.ts'

/** CertID of the certificate with this serial number of this issuer. */
export function certId(issuer: Certificate, serialNumber: number | bigint, digest = 'sha1'): Uint8Array {
  const hash = (bytes: Uint8Array) => octetString(createHash(digest).update(bytes).digest())
  return sequence(
    sequence(oid(digestOid(digest) as string), nullValue()),
    hash(issuer.subject.encoded),
    hash(issuer.publicKey.publicKey),
    integer(serialNumber),
  )
}

export const GOOD = contextPrimitive(0, new Uint8Array(0))
export const UNKNOWN = contextPrimitive(2, new Uint8Array(0))

export function revokedStatus(at: Date, reason?: CrlReason): Uint8Array {
  const code = reason === undefined ? [] : [context(0, enumerated(CRL_REASONS.indexOf(reason)))]
  return context(1, generalizedTime(at), ...code)
}

export interface SingleFields {
  readonly certId: Uint8Array
  readonly status?: Uint8Array
  readonly thisUpdate: Date
  readonly nextUpdate?: Date | undefined
  readonly extensions?: readonly Uint8Array[]
}

export function singleResponse({
  certId,
  status = GOOD,
  thisUpdate,
  nextUpdate,
  extensions,
}: SingleFields): Uint8Array {
  return sequence(
    certId,
    status,
    generalizedTime(thisUpdate),
    ...(nextUpdate === undefined ? [] : [context(0, generalizedTime(nextUpdate))]),
    ...(extensions === undefined ? [] : [context(1, sequence(...extensions))]),
  )
}

export function byName(responder: Certificate): Uint8Array {
  return context(1, responder.subject.encoded)
}

export function byKey(responder: Certificate): Uint8Array {
  return context(2, octetString(createHash('sha1').update(responder.publicKey.publicKey).digest()))
}

export interface ResponseFields {
  readonly signer: Signer
  readonly responderId: Uint8Array
  readonly responses: readonly Uint8Array[]
  readonly producedAt: Date
  /** What stands before the responder: a version, if any. */
  readonly version?: readonly Uint8Array[]
  readonly extensions?: readonly Uint8Array[]
  readonly certificates?: readonly Certificate[]
}

/** A successful OCSPResponse with a basic response in it. */
export function ocspResponseBytes(fields: ResponseFields): Uint8Array {
  const { signer, responderId, responses, producedAt, version = [], extensions, certificates } = fields
  const tbs = sequence(
    ...version,
    responderId,
    generalizedTime(producedAt),
    sequence(...responses),
    ...(extensions === undefined ? [] : [context(1, sequence(...extensions))]),
  )
  const certs = certificates && [context(0, sequence(...certificates.map(({ encoded }) => encoded)))]
  const basic = sequence(tbs, signer.algorithm, bitString(signer.sign(tbs)), ...(certs ?? []))
  return wrapped(OCSP.basicResponse, basic)
}

/** A successful OCSPResponse of some type. */
export function wrapped(responseType: string, response: Uint8Array): Uint8Array {
  return sequence(enumerated(0), context(0, sequence(oid(responseType), octetString(response))))
}

/** An OCSPResponse that says why there is no answer. */
export function failedResponse(status: number): Uint8Array {
  return sequence(enumerated(status))
}

export interface RequestFields {
  readonly certIds: readonly Uint8Array[]
  readonly requestorName?: Uint8Array
  readonly extensions?: readonly Uint8Array[]
  readonly signer?: Signer
  readonly certificates?: readonly Certificate[]
}

export function ocspRequestBytes({
  certIds,
  requestorName,
  extensions,
  signer,
  certificates,
}: RequestFields): Uint8Array {
  const tbs = sequence(
    ...(requestorName === undefined ? [] : [context(1, requestorName)]),
    sequence(...certIds.map((id) => sequence(id))),
    ...(extensions === undefined ? [] : [context(2, sequence(...extensions))]),
  )
  if (signer === undefined) return sequence(tbs)
  const certs = certificates && [context(0, sequence(...certificates.map(({ encoded }) => encoded)))]
  return sequence(tbs, context(0, sequence(signer.algorithm, bitString(signer.sign(tbs)), ...(certs ?? []))))
}
