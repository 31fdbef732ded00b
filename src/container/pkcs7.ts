/**
 * Certificates in PKCS #7 (RFC 5652 §5): the SignedData that P7B and P7C files are, with or without signers, whose
 * signatures nobody looks at. A bundle vouches for nothing.
 */

import { definiteLengths } from '../der/ber.ts'
import { contextTag, DerError, DerReader, Tag } from '../der/reader.ts'
import { readOid } from '../der/values.ts'
import { CONTENT_TYPE } from '../x509/oids.ts'

export interface CertificateBundle {
  /** DER of the certificates in the order of the file, not yet parsed. */
  readonly certificates: readonly Uint8Array[]
  /** DER of the CRLs. */
  readonly crls: readonly Uint8Array[]
}

/** @throws DerError, also for a content type that is not SignedData */
export function parsePkcs7(bytes: Uint8Array): CertificateBundle {
  const what = 'PKCS#7 bundle'
  const reader = new DerReader(definiteLengths(bytes))
  const info = reader.sequence(what)
  reader.finish(what)
  const type = readOid(info, `${what}: content type`)
  if (type !== CONTENT_TYPE.signedData) throw new DerError(`${what}: expected SignedData, found ${type}`, 0)
  const explicit = info.expect(contextTag(0, true), `${what}: content`).reader()
  info.finish(what)

  const signedData = explicit.sequence(what)
  explicit.finish(what)
  signedData.expect(Tag.integer, `${what}: version`)
  signedData.expect(Tag.set, `${what}: digestAlgorithms`)
  signedData.expect(Tag.sequence, `${what}: encapContentInfo`)
  const certificates = readSequences(signedData.optional(contextTag(0, true), `${what}: certificates`)?.reader())
  const crls = readSequences(signedData.optional(contextTag(1, true), `${what}: crls`)?.reader())
  signedData.expect(Tag.set, `${what}: signerInfos`)
  signedData.finish(what)
  return { certificates, crls }
}

/** The members that are SEQUENCEs: the other choices (§10.2.1–2), attribute certificates and the like, are tagged. */
function readSequences(set: DerReader | undefined): readonly Uint8Array[] {
  const found: Uint8Array[] = []
  while (set && !set.atEnd) {
    const element = set.element('bundle member')
    if (element.tag === Tag.sequence) found.push(element.encoded)
  }
  return found
}
