import { createECDH, createHash, createPublicKey, verify } from 'node:crypto'
import { type ECDSA, ecdsa } from '@noble/curves/abstract/weierstrass.js'
import { brainpoolP256r1, brainpoolP384r1, brainpoolP512r1 } from '@noble/curves/misc.js'
import { p256, p384, p521 } from '@noble/curves/nist.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { sha1 } from '@noble/hashes/legacy.js'
import { sha224, sha256, sha384, sha512 } from '@noble/hashes/sha2.js'
import { describe, expect, it } from 'vitest'
import { DerReader } from '../../src/der/reader.ts'
import { readInteger } from '../../src/der/values.ts'
import { ecPrivateKey } from '../../src/keys/keys.ts'
import { signEcdsa } from '../../src/seed/ecdsa.ts'

const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'))
const octets = (text: string) => new TextEncoder().encode(text)

/** The private key of RFC 6979 A.2.5. */
const X = hex('C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721')

describe('RFC 6979 A.2.5', () => {
  it.each([
    [
      'sample',
      'efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716',
      'f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8',
    ],
    [
      'test',
      'f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367',
      '019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083',
    ],
  ])('signs %s', (message, r, s) => {
    const fields = new DerReader(signEcdsa(octets(message), X, 'prime256v1', 'sha256')).sequence('signature')
    const read = () => readInteger(fields, 'number').toString(16).padStart(64, '0')
    expect([read(), read()]).toEqual([r, s])
  })
})

const SECOND_OPINION: Readonly<Record<string, ECDSA>> = {
  prime256v1: p256,
  secp384r1: p384,
  secp521r1: p521,
  secp256k1,
  brainpoolP256r1,
  brainpoolP384r1,
  brainpoolP512r1,
}
const HASHES = { sha1, sha224, sha256, sha384, sha512 }

describe.each(Object.entries(SECOND_OPINION))('%s', (curve, { Point }) => {
  it.each(Object.entries(HASHES))('signs with %s as @noble/curves does', (digest, hash) => {
    const other = ecdsa(Point, hash)
    for (const message of ['sample', 'test', '']) {
      // A scalar shorter than the order, with a leading zero octet.
      const x = createHash('sha256').update(`${curve} ${message}`).digest().fill(0, 0, 1)
      const size = Point.Fn.BYTES
      const padded = new Uint8Array(size)
      padded.set(x.subarray(-Math.min(size, 32)), size - Math.min(size, 32))
      const expected = other.sign(octets(message), padded, { lowS: false, format: 'der', prehash: true })
      expect(Buffer.from(signEcdsa(octets(message), x, curve, digest)).toString('hex')).toBe(
        Buffer.from(expected).toString('hex'),
      )
    }
  })
})

it('takes the second nonce where the first is too large', () => {
  // The one public message whose first k on P-256 is not below q.
  const message = octets('wv[vnX')
  const expected = p256.sign(message, X, { lowS: false, format: 'der' })
  expect(signEcdsa(message, X, 'prime256v1', 'sha256')).toEqual(new Uint8Array(expected))
})

it.each(['prime192v1', 'secp224r1', 'brainpoolP256t1', 'brainpoolP384t1', 'brainpoolP512t1'])(
  'signs on %s so that OpenSSL agrees',
  (curve) => {
    const ecdh = createECDH(curve)
    ecdh.generateKeys()
    const key = ecPrivateKey(curve, new Uint8Array(ecdh.getPrivateKey()), new Uint8Array(ecdh.getPublicKey()))
    const publicKey = createPublicKey({ key: Buffer.from(key.publicKey.encoded), format: 'der', type: 'spki' })
    const signature = signEcdsa(octets('sample'), new Uint8Array(ecdh.getPrivateKey()), curve, 'sha256')
    expect(verify('sha256', octets('sample'), publicKey, signature)).toBe(true)
    expect(verify('sha256', octets('Sample'), publicKey, signature)).toBe(false)
  },
)

it('refuses a curve whose order it does not know', () => {
  expect(() => signEcdsa(octets('a'), X, 'secp160r1', 'sha256')).toThrowError(
    expect.objectContaining({ code: 'usage.algorithm' }),
  )
})
