/**
 * Certificates written by hand from `der/writer.ts`, for tests of the reader: every field can be replaced by any
 * bytes. It shares nothing with `issue/`, so that the two can be wrong only separately.
 */

import {
  bitString,
  boolean,
  context,
  integer,
  octetString,
  oid,
  printableString,
  sequence,
  setOf,
  time,
} from '../../src/der/writer.ts'
import { createSigner, ecPrivateKey, type PrivateKey, type Signer } from '../../src/keys/keys.ts'
import { hex } from '../der/hex.ts'

/** RFC 6979 A.2.5: a P-256 key that everybody knows, so that these tests generate none. */
export const P256_KEY: PrivateKey = ecPrivateKey(
  'prime256v1',
  hex('c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721'),
  hex(`04 60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6
       7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299`),
)

/** A name of one attribute, CN. */
export function commonName(text: string): Uint8Array {
  return sequence(setOf(sequence(oid('2.5.4.3'), printableString(text))))
}

/** One extension; `value` is the content of extnValue. */
export function extension(identifier: string, value: Uint8Array, critical = false): Uint8Array {
  return sequence(oid(identifier), ...(critical ? [boolean(true)] : []), octetString(value))
}

/** The parts of a certificate, each a whole element; `version: undefined` leaves it out. */
export interface CertificateParts {
  readonly version: Uint8Array | undefined
  readonly serialNumber: Uint8Array
  readonly signature: Uint8Array
  readonly issuer: Uint8Array
  readonly validity: Uint8Array
  readonly subject: Uint8Array
  readonly subjectPublicKeyInfo: Uint8Array
  /** What follows the key: unique identifiers, `[3]` with the extensions, anything. */
  readonly rest: readonly Uint8Array[]
  readonly signatureAlgorithm: Uint8Array
  /** Made over the parts above if left out. */
  readonly signatureValue: Uint8Array | undefined
}

const signer = createSigner(P256_KEY)

const DEFAULTS: CertificateParts = {
  version: context(0, integer(2)),
  serialNumber: integer(0x1234),
  signature: signer.algorithm,
  issuer: commonName('issuer'),
  validity: sequence(time(new Date('2026-01-01T00:00:00Z')), time(new Date('2026-12-31T23:59:59Z'))),
  subject: commonName('subject'),
  subjectPublicKeyInfo: P256_KEY.publicKey.encoded,
  rest: [context(3, sequence(extension('2.5.29.19', hex('30 00'), true)))],
  signatureAlgorithm: signer.algorithm,
  signatureValue: undefined,
}

/** A certificate in which `parts` replace the defaults: version 3, `CN=issuer`, `CN=subject`, basicConstraints. */
export function certificateBytes(parts: Partial<CertificateParts> = {}, signWith: Signer = signer): Uint8Array {
  const algorithm = { signature: signWith.algorithm, signatureAlgorithm: signWith.algorithm }
  const all: CertificateParts = { ...DEFAULTS, ...algorithm, ...parts }
  const tbs = sequence(
    ...(all.version === undefined ? [] : [all.version]),
    all.serialNumber,
    all.signature,
    all.issuer,
    all.validity,
    all.subject,
    all.subjectPublicKeyInfo,
    ...all.rest,
  )
  return sequence(tbs, all.signatureAlgorithm, all.signatureValue ?? bitString(signWith.sign(tbs)))
}
