/** ECPrivateKey (RFC 5915 §3): a scalar, the curve it belongs to, and perhaps its public point. */

import { createECDH, ECDH } from 'node:crypto'
import { contextTag, DerError, DerReader, Tag } from '../der/reader.ts'
import { readOctetAlignedBits } from '../der/values.ts'
import { equalBytes } from '../der/writer.ts'

export interface EcPrivateKey {
  /** ECParameters as they stand in the structure; undefined inside PKCS#8, whose algorithm has them. */
  readonly parameters: Uint8Array | undefined
  readonly scalar: Uint8Array
  /** The public point as it stands in the structure. */
  readonly point: Uint8Array | undefined
}

/** @throws DerError */
export function parseEcPrivateKey(bytes: Uint8Array): EcPrivateKey {
  const what = 'EC private key'
  const reader = new DerReader(bytes)
  const fields = reader.sequence(what)
  reader.finish(what)
  fields.expect(Tag.integer, `${what}: version`)
  const scalar = fields.expect(Tag.octetString, `${what}: privateKey`).content
  const parameters = fields.optional(contextTag(0, true), `${what}: parameters`)?.content
  const pointElement = fields.optional(contextTag(1, true), `${what}: publicKey`)
  fields.finish(what)
  const point = pointElement && readOctetAlignedBits(pointElement.reader(), `${what}: publicKey`)
  return { parameters, scalar, point }
}

/**
 * The public point that belongs to the scalar, uncompressed. OpenSSL believes the point in the file, right or wrong;
 * here it is computed, and one that disagrees is a fault.
 * @param curve as OpenSSL names it
 * @throws DerError for a scalar out of range, or a point that is not its own
 */
export function publicPointOf({ scalar, point }: EcPrivateKey, curve: string): Uint8Array {
  let derived: Uint8Array
  let given: Uint8Array | undefined
  try {
    const ecdh = createECDH(curve)
    ecdh.setPrivateKey(scalar)
    derived = new Uint8Array(ecdh.getPublicKey())
    given = point && new Uint8Array(ECDH.convertKey(point, curve, undefined, undefined, 'uncompressed') as Buffer)
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause)) throw cause
    throw Object.assign(new DerError('EC private key: not a scalar or point of its curve', 0), { cause })
  }
  if (scalar.length > (derived.length - 1) / 2) throw new DerError('EC private key: too long for its curve', 0)
  if (given === undefined || equalBytes(given, derived)) return derived
  throw new DerError('EC private key: its public point belongs to another key', 0)
}
