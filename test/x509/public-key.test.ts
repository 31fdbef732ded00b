import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { DerError } from '../../src/der/reader.ts'
import { bitString, integer, nullValue, oid, sequence } from '../../src/der/writer.ts'
import { CURVE_NAME, KEY_ALGORITHM } from '../../src/x509/oids.ts'
import {
  encodeSubjectPublicKeyInfo,
  type PublicKeyFacts,
  parseSubjectPublicKeyInfo,
} from '../../src/x509/public-key.ts'
import { hex } from '../der/hex.ts'

const spkiOf = ({ publicKey }: ReturnType<typeof generateKeyPairSync>) =>
  parseSubjectPublicKeyInfo(new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }) as Buffer))

describe('facts', () => {
  test.each<[string, () => ReturnType<typeof generateKeyPairSync>, Partial<PublicKeyFacts>]>([
    [
      'RSA',
      () => generateKeyPairSync('rsa', { modulusLength: 1024 }),
      { type: 'rsa', modulusBits: 1024, publicExponent: 65537n },
    ],
    [
      'RSA, an odd size and exponent 3',
      () => generateKeyPairSync('rsa', { modulusLength: 1023, publicExponent: 3 }),
      { type: 'rsa', modulusBits: 1023, publicExponent: 3n },
    ],
    [
      'id-RSASSA-PSS',
      () => generateKeyPairSync('rsa-pss', { modulusLength: 1024 }),
      { type: 'rsa-pss', modulusBits: 1024, publicExponent: 65537n },
    ],
    [
      'DSA',
      () => generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 }),
      { type: 'dsa', modulusBits: 1024, parameters: 'present' },
    ],
    ['Ed25519', () => generateKeyPairSync('ed25519'), { type: 'ed25519' }],
    ['Ed448', () => generateKeyPairSync('ed448'), { type: 'ed448' }],
    ['X25519', () => generateKeyPairSync('x25519'), { type: 'x25519' }],
    ['X448', () => generateKeyPairSync('x448'), { type: 'x448' }],
  ])('%s', (_name, make, facts) => {
    expect(spkiOf(make()).facts).toEqual(facts)
  })

  test.each(Object.values(CURVE_NAME))('curve %s', (namedCurve) => {
    const key = spkiOf(generateKeyPairSync('ec', { namedCurve }))
    expect(key.facts).toEqual({ type: 'ec', curve: namedCurve })
    expect(key.keyObject.asymmetricKeyDetails?.namedCurve).toBe(namedCurve)
  })

  test('an unknown algorithm and an unknown curve keep their identifiers', () => {
    const unknown = parseSubjectPublicKeyInfo(encodeSubjectPublicKeyInfo(sequence(oid('1.2.3')), hex('00')))
    expect(unknown.facts).toEqual({ type: 'unknown', oid: '1.2.3' })
    const curve = sequence(oid(KEY_ALGORITHM.ecPublicKey), oid('1.3.132.0.1'))
    expect(parseSubjectPublicKeyInfo(encodeSubjectPublicKeyInfo(curve, hex('04'))).facts).toEqual({
      type: 'ec',
      curve: '1.3.132.0.1',
    })
  })

  test('DSA with NULL for parameters inherits them', () => {
    const key = parseSubjectPublicKeyInfo(
      encodeSubjectPublicKeyInfo(sequence(oid(KEY_ALGORITHM.dsa), nullValue()), integer(5)),
    )
    expect(key.facts).toEqual({ type: 'dsa', modulusBits: undefined, parameters: 'inherited' })
  })

  test.each<[string, Uint8Array, Uint8Array]>([
    ['RSA key that is no sequence', sequence(oid(KEY_ALGORITHM.rsaEncryption), nullValue()), integer(5)],
    ['RSA key of one number', sequence(oid(KEY_ALGORITHM.rsaEncryption), nullValue()), sequence(integer(5))],
    ['EC key without a curve', sequence(oid(KEY_ALGORITHM.ecPublicKey)), hex('04')],
    ['EC key whose curve is cut off', sequence(oid(KEY_ALGORITHM.ecPublicKey), hex('06 01 80')), hex('04')],
    ['DSA parameters that are empty', sequence(oid(KEY_ALGORITHM.dsa), sequence()), integer(5)],
  ])('%s: malformed, and says so when it is asked', (_name, algorithm, key) => {
    const parsed = parseSubjectPublicKeyInfo(encodeSubjectPublicKeyInfo(algorithm, key))
    expect(() => parsed.facts).toThrow(DerError)
  })
})

test('the encoding is kept and can be made again from its parts', () => {
  const key = spkiOf(generateKeyPairSync('ec', { namedCurve: 'prime256v1' }))
  expect(encodeSubjectPublicKeyInfo(key.algorithm.encoded, key.publicKey)).toEqual(key.encoded)
  expect(new Uint8Array(key.keyObject.export({ type: 'spki', format: 'der' }))).toEqual(key.encoded)
  expect(key.keyObject).toBe(key.keyObject)
})

test.each<[string, Uint8Array]>([
  ['trailing octets', Uint8Array.of(...encodeSubjectPublicKeyInfo(sequence(oid('1.2.3')), hex('00')), 0)],
  ['a third field', sequence(sequence(oid('1.2.3')), bitString(hex('00')), nullValue())],
  ['unused bits', sequence(sequence(oid('1.2.3')), bitString(hex('80'), 1))],
  ['no key', sequence(sequence(oid('1.2.3')))],
])('%s: refused', (_name, bytes) => {
  expect(() => parseSubjectPublicKeyInfo(bytes)).toThrow(DerError)
})
