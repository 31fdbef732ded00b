/** What DER bytes are, told by their first elements: every file this program takes is a SEQUENCE that begins differently. */

import { contextTag, DerReader, Tag } from '../der/reader.ts'

export type EncodingKind =
  | 'certificate'
  | 'crl'
  | 'request'
  | 'private-key'
  | 'public-key'
  | 'pkcs7'
  | 'pkcs12'
  | 'ocsp-request'
  | 'ocsp-response'

/**
 * @returns undefined for anything else
 * @throws DerError if the outermost elements are not DER
 */
export function encodingKind(bytes: Uint8Array): EncodingKind | undefined {
  const outer = new DerReader(bytes)
  if (outer.peek() !== Tag.sequence) return undefined
  const fields = outer.sequence('file')
  const first = fields.peek()
  if (first === Tag.oid) return 'pkcs7'
  if (first === Tag.enumerated) return 'ocsp-response'
  if (first === Tag.integer) return kindWithVersion(fields)
  if (first !== Tag.sequence) return undefined

  const head = fields.sequence('file')
  // Everything else that begins with a SEQUENCE has another element behind it, and none of them is `[0]`.
  if (fields.atEnd || fields.peek() === contextTag(0, true)) return kindOfUnsigned(head)
  // An AlgorithmIdentifier first: EncryptedPrivateKeyInfo or SubjectPublicKeyInfo.
  if (head.peek() === Tag.oid && fields.peek() === Tag.octetString) return 'private-key'
  if (head.peek() === Tag.oid && fields.peek() === Tag.bitString) return 'public-key'
  return fields.peek() === Tag.sequence ? kindOfSigned(head) : undefined
}

/** A version first: PFX has 3 and a ContentInfo, PKCS#8 an AlgorithmIdentifier, SEC1 octets, PKCS#1 the modulus. */
function kindWithVersion(fields: DerReader): EncodingKind | undefined {
  const version = fields.element('version').content
  const next = fields.peek()
  if (next === Tag.sequence) return version.length === 1 && version[0] === 3 ? 'pkcs12' : 'private-key'
  return next === Tag.octetString || next === Tag.integer ? 'private-key' : undefined
}

/** TBSRequest begins with the name of who asks, or with the list of what is asked. */
function kindOfUnsigned(tbs: DerReader): EncodingKind | undefined {
  const first = tbs.peek()
  return first === Tag.sequence || first === contextTag(1, true) ? 'ocsp-request' : undefined
}

/** SIGNED{…}: what is signed begins with version and serial number, version and name, or version and algorithm. */
function kindOfSigned(tbs: DerReader): EncodingKind | undefined {
  if (tbs.peek() === contextTag(0, true)) return 'certificate'
  const hasInteger = tbs.optional(Tag.integer, 'version') !== undefined
  if (tbs.peek() !== Tag.sequence) return tbs.peek() === Tag.integer ? 'certificate' : undefined
  const isAlgorithm = tbs.sequence('first sequence').peek() === Tag.oid
  if (!isAlgorithm) return hasInteger ? 'request' : undefined
  // Name, then a time (CRL) or the validity (version 1 certificate).
  tbs.expect(Tag.sequence, 'issuer')
  const next = tbs.peek()
  if (next === Tag.utcTime || next === Tag.generalizedTime) return 'crl'
  return hasInteger ? 'certificate' : undefined
}
