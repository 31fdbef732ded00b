/** TBSCertificate (RFC 5280 §4.1) as a list of encoded fields, so that one can be replaced by something wrong. */

import { contextTag, DerReader } from '../der/reader.ts'
import { concatBytes, sequence } from '../der/writer.ts'

/** Each field is a whole element; what is absent is undefined. */
export interface TbsFields {
  readonly version: Uint8Array | undefined
  readonly serialNumber: Uint8Array
  readonly signature: Uint8Array
  readonly issuer: Uint8Array
  readonly validity: Uint8Array
  readonly subject: Uint8Array
  readonly subjectPublicKeyInfo: Uint8Array
  /** issuerUniqueID and subjectUniqueID, each with its tag. */
  readonly uniqueIdentifiers: readonly Uint8Array[]
  /** `[3] EXPLICIT` and what is in it. */
  readonly extensions: Uint8Array | undefined
}

/** @throws DerError if it is no TBSCertificate */
export function readTbsFields(tbs: Uint8Array): TbsFields {
  const reader = new DerReader(tbs).sequence('tbsCertificate')
  const next = (what: string) => reader.element(what).encoded
  return {
    version: reader.optional(contextTag(0, true), 'version')?.encoded,
    serialNumber: next('serialNumber'),
    signature: next('signature'),
    issuer: next('issuer'),
    validity: next('validity'),
    subject: next('subject'),
    subjectPublicKeyInfo: next('subjectPublicKeyInfo'),
    uniqueIdentifiers: [1, 2].flatMap((n) => reader.optional(contextTag(n, false), 'uniqueID')?.encoded ?? []),
    extensions: reader.optional(contextTag(3, true), 'extensions')?.encoded,
  }
}

export function encodeTbsFields(fields: TbsFields): Uint8Array {
  return sequence(
    fields.version ?? NOTHING,
    fields.serialNumber,
    fields.signature,
    fields.issuer,
    fields.validity,
    fields.subject,
    fields.subjectPublicKeyInfo,
    concatBytes(fields.uniqueIdentifiers),
    fields.extensions ?? NOTHING,
  )
}

const NOTHING = new Uint8Array()
