/**
 * Named curves, as far as keys and signatures from a seed need them: the order of the base point G (SEC 2, RFC 5639
 * §3), which `node:crypto` knows and does not tell, and the multiples of G, which it computes for ECDH.
 */

import { createECDH, type ECDH } from 'node:crypto'
import { PkiError } from '../errors.ts'

const BRAINPOOL_256 = 0xa9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7n
const BRAINPOOL_384 =
  0x8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b883202e9046565n
const BRAINPOOL_512 =
  0xaadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca70330870553e5c414ca92619418661197fac10471db1d381085ddaddb58796829ca90069n

/** By OpenSSL's names. A twisted brainpool curve is isomorphic to the other, and has its order. */
const ORDERS: Readonly<Record<string, bigint>> = {
  prime192v1: 0xffffffffffffffffffffffff99def836146bc9b1b4d22831n,
  secp224r1: 0xffffffffffffffffffffffffffff16a2e0b8f03e13dd29455c5c2a3dn,
  prime256v1: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  secp384r1: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  secp521r1:
    0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
  secp256k1: 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n,
  brainpoolP256r1: BRAINPOOL_256,
  brainpoolP256t1: BRAINPOOL_256,
  brainpoolP384r1: BRAINPOOL_384,
  brainpoolP384t1: BRAINPOOL_384,
  brainpoolP512r1: BRAINPOOL_512,
  brainpoolP512t1: BRAINPOOL_512,
}

/** @throws PkiError `usage.algorithm` for a curve that is not known here */
export function orderOf(curve: string): bigint {
  const order = ORDERS[curve]
  if (order !== undefined) return order
  throw new PkiError('usage.algorithm', `a key on the curve ${curve} cannot sign the same way each time`)
}

/** One for each curve: to make one takes longer than to use it. */
const ECDH_OF = new Map<string, ECDH>()

/**
 * The point `scalar`·G, uncompressed (04 ‖ x ‖ y).
 * @param scalar big-endian, from 1 to the order less 1
 */
export function multipleOfG(curve: string, scalar: Uint8Array): Uint8Array {
  const ecdh = ECDH_OF.get(curve) ?? createECDH(curve)
  ECDH_OF.set(curve, ecdh)
  ecdh.setPrivateKey(scalar)
  return new Uint8Array(ecdh.getPublicKey())
}
