/**
 * What a certificate is to contain, decided to the last field but the serial number.
 *
 * `from-profile.ts` and `from-request.ts` make one; `check.ts` judges it, `certificate.ts` encodes and signs it. The
 * extensions are encoded already, so that whatever door a value came through (a profile, a flag, PowerShell's text
 * form, raw bytes, a request), checking and issuing see the same bytes.
 */

import type { Signer } from '../keys/keys.ts'
import type { RandomSource } from '../keys/random.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { ExtensionToWrite } from '../x509/extension-encoding.ts'
import type { Name } from '../x509/name.ts'
import type { SubjectPublicKeyInfo } from '../x509/public-key.ts'

/** An authority that issues, as far as it is needed for that; a `Credential` is one. */
export interface IssuingAuthority {
  readonly certificate: Certificate
  /** The certificates above it, nearest first, as far as they are known. */
  readonly chain: readonly Certificate[]
}

/** Everything that goes into one certificate. */
export interface IssueRequest {
  /** Undefined for a self-signed certificate: then `signer` is the subject's own key. */
  readonly issuer: IssuingAuthority | undefined
  /** Signs with the issuer's key. */
  readonly signer: Signer
  readonly subject: Name
  readonly publicKey: SubjectPublicKeyInfo
  /** Whole seconds; a fraction is dropped when the time is written. */
  readonly notBefore: Date
  readonly notAfter: Date
  /** The notAfter that was wanted, where it was shortened to that of the issuer. */
  readonly wantedNotAfter?: Date | undefined
  /** In the order they are written. No extensions make a certificate of version 1. */
  readonly extensions: readonly ExtensionToWrite[]
  /** Otherwise 16 random octets. */
  readonly serialNumber?: bigint | undefined
  /**
   * Where those come from, instead of `random`, if they are to follow from the rest of the TBSCertificate: two
   * certificates of one issuer that differ then differ in their serial numbers too.
   */
  readonly serialRandom?: ((content: Uint8Array) => RandomSource) | undefined
  /** The moment of issue, for checks that ask whether the issuer is valid. */
  readonly now: Date
  readonly random: RandomSource
}

/** The name that goes into the issuer field. */
export function issuerName({ issuer, subject }: IssueRequest): Name {
  return issuer === undefined ? subject : issuer.certificate.subject
}
