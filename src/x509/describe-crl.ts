/** A CRL as a description (RFC 5280 §5.1). */

import type { CertificateList } from './crl.ts'
import type { CrlEntry } from './crl-entries.ts'
import { describeExtension } from './describe-extension.ts'
import { describeAlgorithm } from './describe-public-key.ts'
import { bulk, type Description, fields, list, nameValue, number, text, time, type Value } from './description.ts'
import { formatName } from './name-text.ts'
import { formatSerialNumber } from './serial-number.ts'

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
