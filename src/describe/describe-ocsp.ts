/** OCSP requests and responses as descriptions (RFC 6960 §4). */

import { DerReader } from '../der/reader.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { Extension } from '../x509/extension.ts'
import { formatName } from '../x509/name-text.ts'
import type { CertId, CertStatus, OcspResponse, ResponderId, SingleResponse } from '../x509/ocsp.ts'
import type { OcspRequest } from '../x509/ocsp-request.ts'
import { DIGEST_NAME, OCSP } from '../x509/oids.ts'
import { formatSerialNumber } from '../x509/serial-number.ts'
import { describeExtension } from './describe-extension.ts'
import { describeAlgorithm } from './describe-public-key.ts'
import {
  bulk,
  type Description,
  type ExtensionValue,
  fields,
  generalName,
  list,
  nameValue,
  octets,
  oidValue,
  text,
  time,
  type Value,
} from './description.ts'

/** Describes a request: which certificates it asks about, and who asks. */
export function describeOcspRequest({ requests, requestorName, extensions, signature }: OcspRequest): Description {
  return {
    kind: 'ocspRequest',
    title: requests.map(({ certId }) => formatSerialNumber(certId.serialNumber)).join(', '),
    fields: fields({
      requestorName: requestorName && generalName(requestorName),
      requestList: list(
        requests.map(({ certId, extensions }) =>
          fields({ certID: describeCertId(certId), extensions: describeExtensions(extensions) }),
        ),
      ),
      extensions: describeExtensions(extensions),
      signatureAlgorithm: signature && describeAlgorithm(signature.signatureAlgorithm),
      signature: signature && bulk(signature.signature.bytes),
      certs: signature && describeCertificates(signature.certificates),
    }).fields,
  }
}

/** Describes a response, or the error that takes its place. Whether its signature is right, `pki ocsp query` tells. */
export function describeOcspResponse({ responseStatus, basic }: OcspResponse): Description {
  return {
    kind: 'ocspResponse',
    title: basic === undefined ? responseStatus : titleOf(basic.responderId),
    fields: fields({
      responseStatus: text(responseStatus),
      responderID: basic && describeResponderId(basic.responderId),
      producedAt: basic && time(basic.producedAt),
      responses: basic && list(basic.responses.map(describeSingleResponse)),
      extensions: basic && describeExtensions(basic.extensions),
      signatureAlgorithm: basic && describeAlgorithm(basic.signatureAlgorithm),
      signature: basic && bulk(basic.signature.bytes),
      certs: basic && describeCertificates(basic.certificates),
    }).fields,
  }
}

function titleOf(responderId: ResponderId): string {
  return 'byName' in responderId ? formatName(responderId.byName) : Buffer.from(responderId.byKey).toString('hex')
}

function describeResponderId(responderId: ResponderId): Value {
  return fields(
    'byName' in responderId ? { byName: nameValue(responderId.byName) } : { byKey: octets(responderId.byKey) },
  )
}

function describeSingleResponse({ certId, certStatus, thisUpdate, nextUpdate, extensions }: SingleResponse): Value {
  return fields({
    certStatus: text(certStatus.type),
    ...revocationFields(certStatus),
    thisUpdate: time(thisUpdate),
    nextUpdate: nextUpdate && time(nextUpdate),
    certID: describeCertId(certId),
    extensions: describeExtensions(extensions),
  })
}

function revocationFields(certStatus: CertStatus): Readonly<Record<string, Value | undefined>> {
  if (certStatus.type !== 'revoked') return {}
  const { revocationTime, revocationReason } = certStatus
  return { revocationTime: time(revocationTime), revocationReason: revocationReason && text(revocationReason) }
}

function describeCertId({ hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber }: CertId): Value {
  return fields({
    serialNumber: text(formatSerialNumber(serialNumber)),
    hashAlgorithm: oidValue(hashAlgorithm.oid, DIGEST_NAME[hashAlgorithm.oid]),
    issuerNameHash: octets(issuerNameHash),
    issuerKeyHash: octets(issuerKeyHash),
  })
}

function describeExtensions(extensions: readonly Extension[]): Value | undefined {
  return extensions.length === 0 ? undefined : list(extensions.map(describeOcspExtension))
}

/** Names that the table of certificate extensions lacks. That a nonce is an OCTET STRING, parsing has checked. */
function describeOcspExtension(extension: Extension): ExtensionValue {
  const described = describeExtension(extension)
  const name = Object.entries(OCSP).find(([, oid]) => oid === extension.oid)?.[0]
  if (name === undefined) return described
  if (extension.oid !== OCSP.nonce) return { ...described, name }
  return { ...described, name, value: octets(new DerReader(extension.value).element('nonce').content) }
}

function describeCertificates(certificates: readonly Certificate[]): Value | undefined {
  return certificates.length === 0 ? undefined : list(certificates.map(({ subject }) => nameValue(subject)))
}
