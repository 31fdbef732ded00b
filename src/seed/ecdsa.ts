/**
 * Deterministic ECDSA (RFC 6979), in the names of its §2.4 and §3.2.
 *
 * The one costly step, the point kG, is OpenSSL's, as the public key of an ECDH key k: twenty times as fast on P-256
 * as a library in JavaScript, with which the tests compare every curve and digest.
 */

import { createHash, createHmac } from 'node:crypto'
import { integer, sequence } from '../der/writer.ts'
import { bigintFrom, inverse, octetsOf } from './big-number.ts'
import { multipleOfG, orderOf } from './curve.ts'

/**
 * Ecdsa-Sig-Value (RFC 3279 §2.2.3), DER.
 * @param x the private scalar, big-endian
 * @param curve as OpenSSL names it
 * @param digest as `node:crypto` names it: of the data, and of the generation of k
 */
export function signEcdsa(data: Uint8Array, x: Uint8Array, curve: string, digest: string): Uint8Array {
  const q = orderOf(curve)
  const qlen = q.toString(2).length
  const rlen = Math.ceil(qlen / 8)
  const h1 = createHash(digest).update(data).digest()
  const h = bits2int(h1, qlen) % q
  const scalar = bigintFrom(x)

  for (const k of nonces(digest, octetsOf(scalar, rlen), octetsOf(h, rlen), q, qlen)) {
    const point = multipleOfG(curve, octetsOf(k, rlen))
    const r = bigintFrom(point.subarray(1, 1 + (point.length - 1) / 2)) % q
    const s = (inverse(k, q) * ((h + scalar * r) % q)) % q
    if (r !== 0n && s !== 0n) return sequence(integer(r), integer(s))
  }
  throw new RangeError('no nonce') // the generator has no end
}

/** The k of §3.2 one after the other; the first is nearly always taken. */
function* nonces(digest: string, x: Uint8Array, h: Uint8Array, q: bigint, qlen: number): Generator<bigint> {
  const hlen = createHash(digest).digest().length
  const hmac = (key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array => {
    const mac = createHmac(digest, key)
    for (const part of parts) mac.update(part)
    return mac.digest()
  }
  let V: Uint8Array = new Uint8Array(hlen).fill(1) // b
  let K: Uint8Array = new Uint8Array(hlen) // c
  K = hmac(K, V, Uint8Array.of(0), x, h) // d
  V = hmac(K, V) // e
  K = hmac(K, V, Uint8Array.of(1), x, h) // f
  V = hmac(K, V) // g
  for (;;) {
    const T: Uint8Array[] = [] // h
    for (let tlen = 0; tlen < qlen; tlen += 8 * hlen) {
      V = hmac(K, V)
      T.push(V)
    }
    const k = bits2int(Buffer.concat(T), qlen)
    if (k > 0n && k < q) yield k
    K = hmac(K, V, Uint8Array.of(0))
    V = hmac(K, V)
  }
}

/** §2.3.2: the leftmost qlen bits. */
function bits2int(octets: Uint8Array, qlen: number): bigint {
  const excess = 8 * octets.length - qlen
  return excess > 0 ? bigintFrom(octets) >> BigInt(excess) : bigintFrom(octets)
}
