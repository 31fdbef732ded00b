/** A CRL as a description (RFC 5280 §5.1). */

import type { CertificateList } from '../x509/crl.ts'
import type { CrlEntry } from '../x509/crl-entries.ts'
import { formatName } from '../x509/name-text.ts'
import { formatSerialNumber } from '../x509/serial-number.ts'
import { describeExtension } from './describe-extension.ts'
import { describeAlgorithm } from './describe-public-key.ts'
import { bulk, type Description, fields, list, nameValue, number, text, time, type Value } from './description.ts'

/** Describes a CRL with all its entries. */
export function describeCrl(crl: CertificateList): Description {
  return {
    kind: 'certificateList',
    title: crl.issuer.isEmpty ? '(no issuer)' : formatName(crl.issuer),
    fields: fields({
      version: number(crl.version),
      issuer: nameValue(crl.issuer),
      thisUpdate: time(crl.thisUpdate.date),
      nextUpdate: crl.nextUpdate && time(crl.nextUpdate.date),
      extensions: list(crl.extensions.map(describeExtension)),
      revokedCertificates: list(Array.from(crl.entries, describeEntry)),
      signatureAlgorithm: describeAlgorithm(crl.signatureAlgorithm),
      signature: bulk(crl.signature.bytes),
    }).fields,
  }
}

function describeEntry({ serialNumber, revocationDate, extensions }: CrlEntry): Value {
  return fields({
    userCertificate: text(formatSerialNumber(serialNumber)),
    revocationDate: time(revocationDate),
    extensions: extensions.length === 0 ? undefined : list(extensions.map(describeExtension)),
  })
}
