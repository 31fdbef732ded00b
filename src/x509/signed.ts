/**
 * `SIGNED` (X.509 §6.2.1), the frame of certificates, CRLs and certification requests: what is signed, with which
 * algorithm, and the signature.
 */

import { type DerElement, DerReader, Tag } from '../der/reader.ts'
import { type BitString, readBitString } from '../der/values.ts'
import { bitString, sequence } from '../der/writer.ts'
import { type AlgorithmIdentifier, readAlgorithmIdentifier } from './algorithm.ts'
import type { SignatureMaker } from './signature.ts'

export interface Signed {
  /** The SEQUENCE that the signature is over; `encoded` of it is exactly what was signed. */
  readonly toBeSigned: DerElement
  readonly signatureAlgorithm: AlgorithmIdentifier
  readonly signature: BitString
}

/**
 * Reads the frame, which must fill `bytes`.
 * @param what names the whole in errors, `toBeSigned` its first field
 * @throws DerError with the offset of the first fault
 */
export function readSigned(bytes: Uint8Array, what: string, toBeSigned: string): Signed {
  const reader = new DerReader(bytes)
  const fields = reader.sequence(what)
  reader.finish(what)
  const signed = {
    toBeSigned: fields.expect(Tag.sequence, toBeSigned),
    signatureAlgorithm: readAlgorithmIdentifier(fields, 'signatureAlgorithm'),
    signature: readBitString(fields, 'signatureValue'),
  }
  fields.finish(what)
  return signed
}

/** Signs what is already encoded, and puts the frame around it; DER. @throws whatever the signer throws */
export function encodeSigned(toBeSigned: Uint8Array, signer: SignatureMaker): Uint8Array {
  return sequence(toBeSigned, signer.algorithm, bitString(signer.sign(toBeSigned)))
}
