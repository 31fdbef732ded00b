/** Key pairs made of given octets: what `generateKey` does with the system's randomness. */

import { createPrivateKey, createPublicKey } from 'node:crypto'
import { integer, octetString, oid, sequence } from '../der/writer.ts'
import { EC_CURVES, ecPrivateKey, type KeyAlgorithmName, type PrivateKey } from '../keys/keys.ts'
import type { RandomSource } from '../keys/random.ts'
import { KEY_ALGORITHM } from '../x509/oids.ts'
import { parseSubjectPublicKeyInfo } from '../x509/public-key.ts'
import { bigintFrom, octetsOf } from './big-number.ts'
import { multipleOfG, orderOf } from './curve.ts'
import { seededRsaKey } from './seeded-rsa-key.ts'

/** The key that `random` leads to: equal octets give equal keys. */
export function seededKey(name: KeyAlgorithmName, random: RandomSource): PrivateKey {
  const ec = EC_CURVES[name]
  if (ec !== undefined) return seededEcKey(ec.curve, random)
  if (name === 'ed25519' || name === 'ed448') return seededEdwardsKey(name, random)
  return seededRsaKey(Number(name.slice(-4)), random)
}

/** The scalar by extra random bits (FIPS 186-5 A.2.1): 64 more than the order has, so that the remainder has no bias. */
export function seededEcKey(curve: string, random: RandomSource): PrivateKey {
  const order = orderOf(curve)
  const size = Math.ceil(order.toString(2).length / 8)
  const scalar = octetsOf((bigintFrom(random(size + 8)) % (order - 1n)) + 1n, size)
  return ecPrivateKey(curve, scalar, multipleOfG(curve, scalar))
}

/** Octets of a private key (RFC 8032 §5.1.5, §5.2.5), any of which are good. */
const EDWARDS_KEY_LENGTH = { ed25519: 32, ed448: 57 } as const

/** PrivateKeyInfo with CurvePrivateKey (RFC 8410 §7). */
function seededEdwardsKey(name: 'ed25519' | 'ed448', random: RandomSource): PrivateKey {
  const algorithm = sequence(oid(KEY_ALGORITHM[name]))
  const privateKey = octetString(octetString(random(EDWARDS_KEY_LENGTH[name])))
  const pkcs8 = sequence(integer(0), algorithm, privateKey)
  const publicKey = createPublicKey(createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' }))
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  return { pkcs8, publicKey: parseSubjectPublicKeyInfo(new Uint8Array(spki)) }
}
