import { createPrivateKey, createPublicKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { KEY_ALGORITHM_NAMES } from '../../src/keys/keys.ts'
import { createSeededSource } from '../../src/seed/seeded-source.ts'

const NOW = new Date('2026-01-01T00:00:00Z')
const source = createSeededSource('test', { now: NOW })
const hex = (octets: Uint8Array) => Buffer.from(octets).toString('hex')

describe('octets', () => {
  const first = (seed: string, ...[purpose, name, context]: Parameters<typeof source.random>) =>
    hex(createSeededSource(seed, { now: NOW }).random(purpose, name, context)(16))
  const reference = first('test', 'serial', 'a')

  it('are those of HKDF as the module describes it', () => {
    // As a few lines of Python over hmac and hashlib give it.
    expect(reference).toBe('fc8a2e0493f2f48752064b8101dca020')
  })

  it.each([
    ['seed', first('Test', 'serial', 'a')],
    ['purpose', first('test', 'key-encryption', 'a')],
    ['name', first('test', 'serial', 'b')],
    ['context', first('test', 'serial', 'a', Uint8Array.of(0))],
    ['place of a name between purpose and name', first('test', 'export a', '')],
  ])('differ with the %s', (_, octets) => {
    expect(octets).not.toBe(reference)
  })

  it('differ from draw to draw, and begin anew with each source', () => {
    const random = source.random('serial', 'a')
    expect([hex(random(16)), hex(random(16))]).toEqual([reference, expect.not.stringMatching(reference)])
    expect(hex(source.random('serial', 'a')(16))).toBe(reference)
  })

  it('are as many as HKDF gives, and no more', () => {
    const most = source.random('serial', 'a')(255 * 32)
    expect(most).toHaveLength(8160)
    expect(hex(most.subarray(0, 16))).toBe(reference)
    expect(hex(most.subarray(-32))).toBe('b844a18c5f841c177296a2f7e55af493c3fba64bfed714b34b0c127bdac99629')
    expect(() => source.random('serial', 'a')(255 * 32 + 1)).toThrow(RangeError)
  })

  it('come from the same text in either normalization form', () => {
    expect(first('caf\u00e9', 'serial', 'a')).toBe(first('cafe\u0301', 'serial', 'a'))
  })
})

describe.each(KEY_ALGORITHM_NAMES.filter((name) => !/[34](072|096)/.test(name)))('a key of kind %s', (algorithm) => {
  const key = source.key('alice', algorithm)
  const privateKey = createPrivateKey({ key: Buffer.from(key.pkcs8), format: 'der', type: 'pkcs8' })

  it('is the same each time, and another for another name', () => {
    expect(source.key('alice', algorithm)).toEqual(key)
    expect(source.key('bob', algorithm).pkcs8).not.toEqual(key.pkcs8)
  })

  it('has the public half that OpenSSL finds', () => {
    const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
    expect(hex(key.publicKey.encoded)).toBe(hex(spki))
  })

  it('is encoded as OpenSSL encodes it', () => {
    expect(hex(key.pkcs8)).toBe(hex(privateKey.export({ type: 'pkcs8', format: 'der' })))
  })
})

it('keys of two algorithms have nothing in common', () => {
  const scalar = (algorithm: 'ec-p256' | 'ec-secp256k1') => hex(source.key('alice', algorithm).pkcs8).slice(72, 136)
  expect(scalar('ec-p256')).not.toBe(scalar('ec-secp256k1'))
})

it.each([2048, 3072] as const)(
  'an RSA key of %i bits has a modulus of that length and a private exponent that undoes',
  (bits) => {
    const { facts } = source.key('alice', `rsa-${bits}`).publicKey
    expect(facts).toEqual({ type: 'rsa', modulusBits: bits, publicExponent: 65537n })
  },
)
