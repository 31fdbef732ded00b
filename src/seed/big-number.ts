/**
 * Whole numbers as octets and modulo others. Not in constant time: this is for keys that are made from a seed, which
 * are no secrets to begin with.
 */

/** Big-endian; no octets are 0. */
export function bigintFrom(octets: Uint8Array): bigint {
  return octets.length === 0 ? 0n : BigInt(`0x${Buffer.from(octets).toString('hex')}`)
}

/** Big-endian, padded to `length` octets. @param value not negative, and no longer than that */
export function octetsOf(value: bigint, length: number): Uint8Array {
  return new Uint8Array(Buffer.from(value.toString(16).padStart(2 * length, '0'), 'hex'))
}

/** The inverse of `value` modulo `modulus`, by Euclid. @throws RangeError if they have a common divisor */
export function inverse(value: bigint, modulus: bigint): bigint {
  let [remainder, next] = [modulus, ((value % modulus) + modulus) % modulus]
  let [factor, nextFactor] = [0n, 1n]
  while (next !== 0n) {
    const quotient = remainder / next
    ;[remainder, next] = [next, remainder - quotient * next]
    ;[factor, nextFactor] = [nextFactor, factor - quotient * nextFactor]
  }
  if (remainder !== 1n) throw new RangeError('no inverse: a common divisor')
  return factor < 0n ? factor + modulus : factor
}

/** `base` to the power of `exponent`, modulo `modulus`. */
export function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  let square = base % modulus
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % modulus
    square = (square * square) % modulus
  }
  return result
}
