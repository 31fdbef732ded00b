/**
 * What a file held that may have held anything: certificates, keys, requests, CRLs, OCSP messages, and where in it each
 * of them stood. `read-input.ts` makes it of a file's bytes.
 */

import type { DerError } from '../der/reader.ts'
import { PkiError } from '../errors.ts'
import type { PrivateKey } from '../keys/keys.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { EncodingKind } from './input-kind.ts'

/** What a file turned out to be, by its content. */
export type InputKind = 'pem' | EncodingKind

/** Where something stands in a file. */
export interface InputPlace {
  readonly source: string
  /** Counted from 1: the PEM block, or the certificate inside a PKCS#7 or PKCS#12 file. */
  readonly block: number
  /** Octets from the start of the file to the block's BEGIN line; 0 for DER and inside containers. */
  readonly offset: number
}

/** A request, a CRL or the like: recognised, not read. `parseRequest`, `parseCrl` and so on read it. */
export interface InputEncoding {
  readonly encoded: Uint8Array
  readonly place: InputPlace
}

/** A certificate that does not parse. */
export interface MalformedCertificate extends InputEncoding {
  /** Its offset counts from the start of `encoded`. */
  readonly error: DerError
  /** How many certificates that parse stand before it: 0 means that it is the first, which is often the target. */
  readonly certificatesBefore: number
}

/** Everything that one file held, by kind; lists are empty where there is none of a kind. */
export interface Input {
  readonly source: string
  readonly kind: InputKind
  /** Those that parse, in the order of the file; from a PFX the certificate of its key first, then those above it. */
  readonly certificates: readonly Certificate[]
  readonly malformedCertificates: readonly MalformedCertificate[]
  /** Where certificates stand that OpenSSL trusts for some purposes only, or for some not; as certificates they count. */
  readonly restrictedTrust: readonly InputPlace[]
  readonly privateKeys: readonly PrivateKey[]
  readonly requests: readonly InputEncoding[]
  readonly crls: readonly InputEncoding[]
  /** SubjectPublicKeyInfo files. */
  readonly publicKeys: readonly InputEncoding[]
  readonly ocspRequests: readonly InputEncoding[]
  readonly ocspResponses: readonly InputEncoding[]
}

/**
 * The certificates of an input: at least one, and all of them parse.
 * @throws PkiError `input.malformed`
 */
export function requireCertificates(input: Input): readonly [Certificate, ...Certificate[]] {
  const [bad] = input.malformedCertificates
  if (bad !== undefined) throw malformedCertificate(bad)
  const [first, ...rest] = input.certificates
  if (first !== undefined) return [first, ...rest]
  throw new PkiError('input.malformed', `${input.source}: no certificate in it`, {
    context: { file: input.source, expected: 'certificate' },
  })
}

/**
 * The certificates of an input that are to be trusted, for every purpose.
 * @throws PkiError as {@link requireCertificates}, and `input.unsupported` for one that says for what it is not trusted
 */
export function requireTrustAnchors(input: Input): readonly [Certificate, ...Certificate[]] {
  const certificates = requireCertificates(input)
  const [restricted] = input.restrictedTrust
  if (restricted === undefined) return certificates
  const { source, block } = restricted
  throw new PkiError(
    'input.unsupported',
    `${source}: block ${block}: a certificate that is trusted for some purposes only`,
    {
      hint: 'to trust it for all, write it without them: openssl x509 -in this.pem -out plain.pem',
      context: { file: source, block },
    },
  )
}

/** The error for a certificate that does not parse, where it is one. */
export function malformedCertificate({ place, error }: MalformedCertificate): PkiError {
  return malformedInput(place, error, 'certificate')
}

/** The error for bytes at some place of an input that are not what they should be. */
export function malformedInput({ source, block, offset }: InputPlace, cause: DerError, expected: string): PkiError {
  const where = offset > 0 || block > 1 ? `block ${block}: ` : ''
  return new PkiError(
    'input.malformed',
    `${source}: ${where}expected ${expected}: ${cause.message} (octet ${cause.offset})`,
    {
      context: { file: source, block, offset: cause.offset, expected },
      cause,
    },
  )
}
