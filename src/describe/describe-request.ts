/** A PKCS #10 request as a description (RFC 2986 §4). */

import { formatName } from '../x509/name-text.ts'
import { oidName, REQUEST_ATTRIBUTE } from '../x509/oids.ts'
import { type CertificationRequest, checkRequestSignature, type RequestAttribute } from '../x509/request.ts'
import { describeExtension } from './describe-extension.ts'
import { describeAlgorithm, describeSubjectPublicKeyInfo, keyPins } from './describe-public-key.ts'
import { unknownOctets } from './describe-unknown.ts'
import { boolean, bulk, type Description, fields, list, nameValue, oidValue, type Value } from './description.ts'

/**
 * Describes a request: what it asks for, and whether its signature proves that who asks holds the key. A challenge
 * password is a secret between two others: that there is one is said, not which.
 */
export function describeRequest(request: CertificationRequest): Description {
  const others = request.attributes.filter(({ oid }) => !DECODED_ATTRIBUTES.has(oid))
  return {
    kind: 'certificationRequest',
    title: request.subject.isEmpty ? '(empty subject)' : formatName(request.subject),
    fields: fields({
      subject: nameValue(request.subject),
      subjectPublicKeyInfo: describeSubjectPublicKeyInfo(request.publicKey),
      extensions: list(request.extensions.map(describeExtension)),
      hasChallengePassword: request.challengePassword === undefined ? undefined : boolean(true),
      attributes: others.length === 0 ? undefined : list(others.map(describeAttribute)),
      signatureAlgorithm: describeAlgorithm(request.signatureAlgorithm),
      signature: bulk(request.signature.bytes),
      signatureValid: boolean(checkRequestSignature(request) === 'valid'),
      fingerprints: fields(keyPins(request.publicKey)),
    }).fields,
  }
}

const DECODED_ATTRIBUTES: ReadonlySet<string> = new Set([
  REQUEST_ATTRIBUTE.extensionRequest,
  REQUEST_ATTRIBUTE.microsoftCertExtensions,
  REQUEST_ATTRIBUTE.challengePassword,
])

function describeAttribute({ oid, values }: RequestAttribute): Value {
  return fields({ type: oidValue(oid, oidName(oid)), values: list(values.map(unknownOctets)) })
}
