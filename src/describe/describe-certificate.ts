/** A certificate as a description: everything RFC 5280 §4.1 and §4.2 put into it, and what people compare it by. */

import { createHash } from 'node:crypto'
import type { BitString } from '../der/values.ts'
import type { Certificate } from '../x509/certificate.ts'
import { formatSerialNumber } from '../x509/serial-number.ts'
import { checkSignature } from '../x509/signature.ts'
import { certificateTitle } from './certificate-title.ts'
import { describeExtension } from './describe-extension.ts'
import { describeAlgorithm, describeSubjectPublicKeyInfo, keyPins } from './describe-public-key.ts'
import {
  boolean,
  bulk,
  type Description,
  fields,
  list,
  nameValue,
  number,
  octets,
  text,
  time,
  type Value,
} from './description.ts'

/** Describes a certificate in full. */
export function describeCertificate(certificate: Certificate): Description {
  return {
    kind: 'certificate',
    title: certificateTitle(certificate),
    fields: fields({
      version: number(certificate.version),
      serialNumber: text(formatSerialNumber(certificate.serialNumber)),
      subject: nameValue(certificate.subject),
      issuer: nameValue(certificate.issuer),
      selfSigned: isSelfSigned(certificate),
      notBefore: time(certificate.notBefore.date),
      notAfter: time(certificate.notAfter.date),
      subjectPublicKeyInfo: describeSubjectPublicKeyInfo(certificate.publicKey),
      issuerUniqueID: uniqueID(certificate.issuerUniqueID),
      subjectUniqueID: uniqueID(certificate.subjectUniqueID),
      extensions: list(certificate.extensions.map(describeExtension)),
      signatureAlgorithm: describeAlgorithm(certificate.signatureAlgorithm),
      signature: bulk(certificate.signature.bytes),
      fingerprints: describeFingerprints(certificate),
    }).fields,
  }
}

/** Said of self-issued certificates only: whether the signature is by the certificate's own key. */
function isSelfSigned({ isSelfIssued, signatureAlgorithm, publicKey, tbs, signature }: Certificate): Value | undefined {
  if (!isSelfIssued) return undefined
  return boolean(checkSignature(signatureAlgorithm, publicKey, tbs, signature) === 'valid')
}

function uniqueID(value: BitString | undefined): Value | undefined {
  return value && octets(value.bytes)
}

function describeFingerprints(certificate: Certificate): Value {
  const digest = (name: string) => octets(createHash(name).update(certificate.encoded).digest())
  return fields({ sha256: digest('sha256'), sha1: digest('sha1'), ...keyPins(certificate.publicKey) })
}
