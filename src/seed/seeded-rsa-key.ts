/**
 * RSA keys from given octets (FIPS 186-5 A.1.3: random probable primes).
 *
 * The candidates come from the octets, one behind the other; OpenSSL only says which of them are prime. So the key
 * does not depend on the version of any library: a number is prime or it is not. (node-forge generates from a seed
 * too, in pure JavaScript: ten times as slow, a minute for 4096 bits, and by steps that are its own affair.)
 */

import { checkPrimeSync } from 'node:crypto'
import { bitString, integer, nullValue, octetString, oid, sequence } from '../der/writer.ts'
import type { PrivateKey } from '../keys/keys.ts'
import type { RandomSource } from '../keys/random.ts'
import { KEY_ALGORITHM } from '../x509/oids.ts'
import { parseSubjectPublicKeyInfo } from '../x509/public-key.ts'
import { bigintFrom, inverse } from './big-number.ts'

const PUBLIC_EXPONENT = 65537n

/**
 * @param modulusBits of an odd number the larger half is the first prime's
 * @param publicExponent a prime
 */
export function seededRsaKey(modulusBits: number, random: RandomSource, publicExponent = PUBLIC_EXPONENT): PrivateKey {
  const first = seededPrime(Math.ceil(modulusBits / 2), random, publicExponent)
  const second = seededPrime(Math.floor(modulusBits / 2), random, publicExponent)
  // qInv is the inverse of the smaller one, as everybody writes it.
  return first > second ? rsaKey(first, second, publicExponent) : rsaKey(second, first, publicExponent)
}

/**
 * A prime p with gcd(p − 1, e) = 1. Its two highest bits are set, which makes the product of two as long as it is
 * meant to be (and satisfies the lower bound √2 · 2^(bits−1) of step 4.4).
 */
function seededPrime(bits: number, random: RandomSource, publicExponent: bigint): bigint {
  const length = Math.ceil(bits / 8)
  const excess = 8 * length - bits
  for (;;) {
    const octets = random(length)
    octets[0] = ((octets[0] as number) & (0xff >> excess)) | (0xc0 >> excess)
    octets[octets.length - 1] = (octets.at(-1) as number) | 1
    // e is prime itself: it shares a divisor with p − 1 only if it divides it.
    if (bigintFrom(octets) % publicExponent !== 1n && checkPrimeSync(octets)) return bigintFrom(octets)
  }
}

/** RSAPrivateKey (RFC 8017 A.1.2) in PKCS#8, and RSAPublicKey (A.1.1) as it goes into certificates. */
function rsaKey(p: bigint, q: bigint, publicExponent: bigint): PrivateKey {
  const modulus = integer(p * q)
  const exponent = integer(publicExponent)
  const d = inverse(publicExponent, (p - 1n) * (q - 1n))
  const crt = [p, q, d % (p - 1n), d % (q - 1n), inverse(q, p)]
  const algorithm = sequence(oid(KEY_ALGORITHM.rsaEncryption), nullValue())
  const privateKey = sequence(integer(0), modulus, exponent, integer(d), ...crt.map(integer))
  return {
    pkcs8: sequence(integer(0), algorithm, octetString(privateKey)),
    publicKey: parseSubjectPublicKeyInfo(sequence(algorithm, bitString(sequence(modulus, exponent)))),
  }
}
