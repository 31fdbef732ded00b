/** Encodes what `ocsp-request.ts` reads (RFC 6960 §4.1): asking is for relying parties, so it is no part of `issue/`. */

import { createHash } from 'node:crypto'
import { bitString, context, integer, nullValue, octetString, oid, sequence } from '../der/writer.ts'
import type { Certificate } from './certificate.ts'
import { encodeExtensions } from './extension-encoding.ts'
import { encodeGeneralName } from './general-name.ts'
import { digestOid, OCSP } from './oids.ts'
import type { SignatureMaker } from './signature.ts'

/** RFC 5019 §2.1.1 wants SHA-1, which nearly all responders expect; no security rests on it here. */
export const CERT_ID_DIGESTS = ['sha1', 'sha256', 'sha384', 'sha512'] as const

/** A digest with which a CertID (RFC 6960 §4.1.1) may name the issuer. */
export type CertIdDigest = (typeof CERT_ID_DIGESTS)[number]

/** CertID (§4.1.1): how a certificate is named in requests. */
export function encodeCertId(
  { serialNumber }: Pick<Certificate, 'serialNumber'>,
  issuer: Pick<Certificate, 'subject' | 'publicKey'>,
  digest: CertIdDigest = 'sha1',
): Uint8Array {
  const hash = (bytes: Uint8Array) => octetString(createHash(digest).update(bytes).digest())
  return sequence(
    sequence(oid(digestOid(digest) as string), nullValue()),
    hash(issuer.subject.encoded),
    hash(issuer.publicKey.publicKey),
    integer(serialNumber),
  )
}

/** What is asked in an OCSP request, and what goes along. */
export interface OcspRequestFields {
  /** CertIDs, see {@link encodeCertId}. */
  readonly certIds: readonly Uint8Array[]
  /** What the response must repeat; RFC 9654 §2.1 wants 32 random octets. */
  readonly nonce?: Uint8Array | undefined
  /** Signs the request in the name of this certificate, which is sent along. */
  readonly requestor?: { readonly certificate: Certificate; readonly signer: SignatureMaker } | undefined
}

/** OCSPRequest, DER. */
export function encodeOcspRequest({ certIds, nonce, requestor }: OcspRequestFields): Uint8Array {
  const nonceExtension = nonce && { oid: OCSP.nonce, critical: false, value: octetString(nonce) }
  const tbsRequest = sequence(
    ...(requestor ? [context(1, requestorName(requestor.certificate))] : []),
    sequence(...certIds.map((certId) => sequence(certId))),
    ...(nonceExtension ? [context(2, encodeExtensions([nonceExtension]))] : []),
  )
  if (requestor === undefined) return sequence(tbsRequest)
  const { certificate, signer } = requestor
  const certs = context(0, sequence(certificate.encoded))
  return sequence(tbsRequest, context(0, sequence(signer.algorithm, bitString(signer.sign(tbsRequest)), certs)))
}

function requestorName({ subject }: Certificate): Uint8Array {
  return encodeGeneralName({ type: 'directoryName', value: subject })
}
