import { constants, createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { DerReader } from '../../src/der/reader.ts'
import {
  bitString,
  context,
  integer,
  nullValue,
  octetString,
  oid,
  sequence,
  unsignedInteger,
} from '../../src/der/writer.ts'
import { readAlgorithmIdentifier } from '../../src/x509/algorithm.ts'
import { digestOid, KEY_ALGORITHM, MGF1, SIGNATURE_ALGORITHM } from '../../src/x509/oids.ts'
import { parseSubjectPublicKeyInfo, type SubjectPublicKeyInfo } from '../../src/x509/public-key.ts'
import { checkSignature, encodePssParameters } from '../../src/x509/signature.ts'
import { hex } from '../der/hex.ts'
import { pssKeyPair } from './pss-key-pair.ts'

const DATA = new TextEncoder().encode('to be signed')
const OTHER = new TextEncoder().encode('To be signed')

type Pair = { readonly privateKey: KeyObject; readonly publicKey: KeyObject }
type KeyName =
  | 'rsa'
  | 'otherRsa'
  | 'pss'
  | 'pssSha1Mask'
  | 'dsa'
  | 'p256'
  | 'p384'
  | 'p521'
  | 'k1'
  | 'bp'
  | 'ed25519'
  | 'ed448'
const keys = new Map<KeyName, Pair>()

beforeAll(() => {
  const make: Record<KeyName, () => Pair> = {
    rsa: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
    otherRsa: () => generateKeyPairSync('rsa', { modulusLength: 1024 }),
    pss: () => pssKeyPair('sha256', 'sha256', 32),
    pssSha1Mask: () => pssKeyPair('sha256', 'sha1', 20),
    dsa: () => generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 }),
    p256: () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }),
    p384: () => generateKeyPairSync('ec', { namedCurve: 'secp384r1' }),
    p521: () => generateKeyPairSync('ec', { namedCurve: 'secp521r1' }),
    k1: () => generateKeyPairSync('ec', { namedCurve: 'secp256k1' }),
    bp: () => generateKeyPairSync('ec', { namedCurve: 'brainpoolP384r1' }),
    ed25519: () => generateKeyPairSync('ed25519'),
    ed448: () => generateKeyPairSync('ed448'),
  }
  for (const name of Object.keys(make) as KeyName[]) keys.set(name, make[name]())
})

const pair = (name: KeyName) => keys.get(name) as Pair
const spki = (name: KeyName) => publicKeyOf(pair(name).publicKey)

function publicKeyOf(key: KeyObject): SubjectPublicKeyInfo {
  return parseSubjectPublicKeyInfo(new Uint8Array(key.export({ type: 'spki', format: 'der' })))
}

function algorithm(identifier: string, ...parameters: readonly Uint8Array[]) {
  return readAlgorithmIdentifier(new DerReader(sequence(oid(identifier), ...parameters)), 'test')
}

function bits(bytes: Uint8Array) {
  return { bytes, unusedBits: 0 }
}

function signed(key: KeyName, digest: string | null, padding: object = {}): Uint8Array {
  return new Uint8Array(sign(digest, DATA, { key: pair(key).privateKey, ...padding }))
}

const S = SIGNATURE_ALGORITHM

/** Every scheme without parameters of its own: identifier, digest, a key it goes with. */
const SCHEMES: readonly [keyof typeof S, string | null, KeyName][] = [
  ['md5WithRSAEncryption', 'md5', 'rsa'],
  ['sha1WithRSAEncryption', 'sha1', 'rsa'],
  ['sha224WithRSAEncryption', 'sha224', 'rsa'],
  ['sha256WithRSAEncryption', 'sha256', 'rsa'],
  ['sha384WithRSAEncryption', 'sha384', 'rsa'],
  ['sha512WithRSAEncryption', 'sha512', 'rsa'],
  ['sha3-256WithRSAEncryption', 'sha3-256', 'rsa'],
  ['sha3-384WithRSAEncryption', 'sha3-384', 'rsa'],
  ['sha3-512WithRSAEncryption', 'sha3-512', 'rsa'],
  ['ecdsa-with-SHA1', 'sha1', 'p256'],
  ['ecdsa-with-SHA224', 'sha224', 'p256'],
  ['ecdsa-with-SHA256', 'sha256', 'p256'],
  ['ecdsa-with-SHA256', 'sha256', 'k1'],
  ['ecdsa-with-SHA256', 'sha256', 'p521'],
  ['ecdsa-with-SHA384', 'sha384', 'p384'],
  ['ecdsa-with-SHA384', 'sha384', 'bp'],
  ['ecdsa-with-SHA512', 'sha512', 'p521'],
  ['ecdsa-with-SHA512', 'sha512', 'p256'],
  ['ecdsa-with-SHA3-256', 'sha3-256', 'p256'],
  ['ecdsa-with-SHA3-384', 'sha3-384', 'p384'],
  ['ecdsa-with-SHA3-512', 'sha3-512', 'p521'],
  ['dsa-with-SHA1', 'sha1', 'dsa'],
  ['dsa-with-SHA224', 'sha224', 'dsa'],
  ['dsa-with-SHA256', 'sha256', 'dsa'],
  ['dsa-with-SHA384', 'sha384', 'dsa'],
  ['dsa-with-SHA512', 'sha512', 'dsa'],
  ['Ed25519', null, 'ed25519'],
  ['Ed448', null, 'ed448'],
]

describe.each(SCHEMES)('%s (%s, key %s)', (name, digest, key) => {
  const isRsa = name.endsWith('WithRSAEncryption')

  test('takes the right signature and no other', () => {
    const signature = signed(key, digest)
    const check = (data: Uint8Array, bytes: Uint8Array) =>
      checkSignature(algorithm(S[name]), spki(key), data, bits(bytes))
    expect(check(DATA, signature)).toBe('valid')
    expect(check(OTHER, signature)).toBe('invalid')
    expect(
      check(DATA, signature.with(signature.length >> 1, (signature.at(signature.length >> 1) as number) ^ 1)),
    ).toBe('invalid')
    expect(check(DATA, signature.subarray(1))).toBe('invalid')
    expect(check(DATA, Uint8Array.of(...signature, 0))).toBe('invalid')
    expect(check(DATA, new Uint8Array(0))).toBe('invalid')
  })

  test('parameters', () => {
    const signature = bits(signed(key, digest))
    const check = (...parameters: readonly Uint8Array[]) =>
      checkSignature(algorithm(S[name], ...parameters), spki(key), DATA, signature)
    expect(check()).toBe('valid')
    expect(check(nullValue())).toBe(isRsa ? 'valid' : 'wrong-parameters')
    expect(check(hex('05 01 00'))).toBe('wrong-parameters')
    expect(check(sequence())).toBe('wrong-parameters')
    expect(check(oid('1.2.840.10045.3.1.7'))).toBe('wrong-parameters')
  })

  test('keys of other kinds', () => {
    const signature = bits(signed(key, digest))
    const others: readonly KeyName[] = ['rsa', 'pss', 'dsa', 'p256', 'ed25519', 'ed448']
    const { type } = spki(key).facts
    for (const other of others.filter((candidate) => spki(candidate).facts.type !== type)) {
      expect(checkSignature(algorithm(S[name]), spki(other), DATA, signature)).toBe('key-mismatch')
    }
  })

  test('a signature that is not a whole number of octets', () => {
    const signature = signed(key, digest)
    expect(checkSignature(algorithm(S[name]), spki(key), DATA, { bytes: signature, unusedBits: 1 })).toBe('invalid')
  })
})

describe('another key of the right kind', () => {
  test('RSA', () => {
    const signature = bits(signed('rsa', 'sha256'))
    expect(checkSignature(algorithm(S.sha256WithRSAEncryption), spki('otherRsa'), DATA, signature)).toBe('invalid')
  })

  test('ECDSA, on the same curve and on another', () => {
    const signature = bits(signed('p256', 'sha256'))
    const other = publicKeyOf(generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey)
    for (const key of [other, spki('k1'), spki('p384')]) {
      expect(checkSignature(algorithm(S['ecdsa-with-SHA256']), key, DATA, signature)).toBe('invalid')
    }
  })

  test('Ed25519', () => {
    const other = publicKeyOf(generateKeyPairSync('ed25519').publicKey)
    expect(checkSignature(algorithm(S.Ed25519), other, DATA, bits(signed('ed25519', null)))).toBe('invalid')
  })
})

test('a digest other than the one that was signed', () => {
  const rsa = bits(signed('rsa', 'sha1'))
  expect(checkSignature(algorithm(S.sha256WithRSAEncryption), spki('rsa'), DATA, rsa)).toBe('invalid')
  const ecdsa = bits(signed('p256', 'sha384'))
  expect(checkSignature(algorithm(S['ecdsa-with-SHA256']), spki('p256'), DATA, ecdsa)).toBe('invalid')
})

test.each(['1.2.840.113549.1.1.2', '1.2.840.113549.1.1.1', '1.2.840.10045.2.1', '2.16.840.1.101.3.4.3.17', '1.2.3'])(
  'algorithm %s is unknown',
  (identifier) => {
    expect(checkSignature(algorithm(identifier), spki('rsa'), DATA, bits(new Uint8Array(256)))).toBe(
      'unknown-algorithm',
    )
  },
)

describe('RSASSA-PSS', () => {
  const PSS = constants.RSA_PKCS1_PSS_PADDING
  const hash = (name: string, ...parameters: readonly Uint8Array[]) =>
    sequence(oid(digestOid(name) as string), ...parameters)
  const mask = (...inner: readonly Uint8Array[]) => sequence(oid(MGF1), ...inner)
  const check = (parameters: readonly Uint8Array[], key: KeyName, signature: Uint8Array) =>
    checkSignature(algorithm(S.rsassaPss, ...parameters), spki(key), DATA, bits(signature))
  const parameters = (digest: string, mgf1Digest: string, saltLength: number) => [
    encodePssParameters({ digest, mgf1Digest, saltLength }),
  ]

  test.each([
    ['sha1', 20],
    ['sha224', 28],
    ['sha256', 32],
    ['sha384', 48],
    ['sha512', 64],
    ['sha3-256', 32],
    ['sha3-512', 64],
    ['sha256', 0],
    ['sha256', 20],
    ['sha256', 222],
  ])('%s with a salt of %i octets', (digest, saltLength) => {
    const signature = signed('rsa', digest, { padding: PSS, saltLength })
    expect(check(parameters(digest, digest, saltLength), 'rsa', signature)).toBe('valid')
    expect(check(parameters(digest, digest, saltLength + 1), 'rsa', signature)).toBe('invalid')
    expect(check(parameters(digest, digest === 'sha1' ? 'sha256' : 'sha1', saltLength), 'rsa', signature)).toBe(
      'invalid',
    )
  })

  test('a salt longer than the key can hold', () => {
    const signature = signed('rsa', 'sha256', { padding: PSS, saltLength: 32 })
    expect(check(parameters('sha256', 'sha256', 4096), 'rsa', signature)).toBe('invalid')
    expect(check(parameters('sha256', 'sha256', 2 ** 31), 'rsa', signature)).toBe('invalid')
    expect(check(parameters('sha256', 'sha256', Number.MAX_SAFE_INTEGER), 'rsa', signature)).toBe('invalid')
  })

  test('a mask generated with another digest, with a key that says so and with one that says nothing', () => {
    const restricted = signed('pssSha1Mask', 'sha256', { padding: PSS, saltLength: 20 })
    expect(check(parameters('sha256', 'sha1', 20), 'pssSha1Mask', restricted)).toBe('valid')
    // The same key as a plain RSA key: rsaEncryption restricts nothing.
    const plain = pair('pssSha1Mask').publicKey.export({ type: 'spki', format: 'der' })
    const { publicKey } = parseSubjectPublicKeyInfo(new Uint8Array(plain))
    const rsa = parseSubjectPublicKeyInfo(
      sequence(sequence(oid(KEY_ALGORITHM.rsaEncryption), nullValue()), bitString(publicKey)),
    )
    const at = (mgf1Digest: string) =>
      checkSignature(algorithm(S.rsassaPss, ...parameters('sha256', mgf1Digest, 20)), rsa, DATA, bits(restricted))
    expect(at('sha1')).toBe('valid')
    expect(at('sha256')).toBe('invalid')
  })

  test('a key with parameters takes those and no others (RFC 4055 §3.3)', () => {
    const signature = signed('pss', 'sha256', { padding: PSS, saltLength: 32 })
    expect(check(parameters('sha256', 'sha256', 32), 'pss', signature)).toBe('valid')
    expect(check(parameters('sha384', 'sha384', 48), 'pss', signature)).toBe('key-mismatch')
    expect(check(parameters('sha256', 'sha1', 32), 'pss', signature)).toBe('key-mismatch')
    expect(check(parameters('sha256', 'sha256', 31), 'pss', signature)).toBe('key-mismatch')
    const longer = signed('pss', 'sha256', { padding: PSS, saltLength: 40 })
    expect(check(parameters('sha256', 'sha256', 40), 'pss', longer)).toBe('valid')
  })

  test('a key marked id-RSASSA-PSS makes no PKCS #1 v1.5 signatures', () => {
    const algorithmIdentifier = algorithm(S.sha256WithRSAEncryption, nullValue())
    expect(checkSignature(algorithmIdentifier, spki('pss'), DATA, bits(new Uint8Array(128)))).toBe('key-mismatch')
  })

  test('defaults are SHA-1, MGF1 with SHA-1 and 20 octets, left out or written out', () => {
    const signature = signed('rsa', 'sha1', { padding: PSS, saltLength: 20 })
    const written = sequence(
      context(0, hash('sha1', nullValue())),
      context(1, mask(hash('sha1'))),
      context(2, integer(20)),
      context(3, integer(1)),
    )
    expect(check([sequence()], 'rsa', signature)).toBe('valid')
    expect(check([written], 'rsa', signature)).toBe('valid')
  })

  const SHA256 = context(0, hash('sha256', nullValue()))
  const MASK = context(1, mask(hash('sha256', nullValue())))
  const SALT = context(2, integer(32))

  test.each<[string, readonly Uint8Array[]]>([
    ['absent', []],
    ['NULL', [nullValue()]],
    ['an unknown digest', [sequence(context(0, sequence(oid('1.2.3'))), MASK, SALT)]],
    ['a digest with parameters', [sequence(context(0, hash('sha256', sequence())), MASK, SALT)]],
    ['a digest that is not in its tag', [sequence(hash('sha256'), MASK, SALT)]],
    ['two digests in one tag', [sequence(context(0, hash('sha256'), hash('sha256')), MASK, SALT)]],
    ['another mask generation function', [sequence(SHA256, context(1, sequence(oid('1.2.3'), hash('sha256'))), SALT)]],
    ['a mask generation function without a digest', [sequence(SHA256, context(1, mask()), SALT)]],
    ['a mask with an unknown digest', [sequence(SHA256, context(1, mask(sequence(oid('1.2.3')))), SALT)]],
    ['a mask whose digest is an OID', [sequence(SHA256, context(1, mask(oid('1.2.3'))), SALT)]],
    ['a negative salt length', [sequence(SHA256, MASK, context(2, integer(-1)))]],
    ['a salt length that is not minimal', [sequence(SHA256, MASK, context(2, hex('02 02 00 20')))]],
    ['two salt lengths', [sequence(SHA256, MASK, context(2, integer(32), integer(32)))]],
    ['a salt length that is a string', [sequence(SHA256, MASK, context(2, octetString(hex('20'))))]],
    ['trailer 0', [sequence(SHA256, MASK, SALT, context(3, integer(0)))]],
    ['trailer 2', [sequence(SHA256, MASK, SALT, context(3, integer(2)))]],
    ['two trailers in one tag', [sequence(SHA256, MASK, SALT, context(3, integer(1), integer(1)))]],
    ['an unknown field', [sequence(SHA256, MASK, SALT, context(4, integer(1)))]],
    ['fields out of order', [sequence(MASK, SHA256, SALT)]],
  ])('parameters: %s', (_name, encoded) => {
    const signature = signed('rsa', 'sha256', { padding: PSS, saltLength: 32 })
    expect(check(encoded, 'rsa', signature)).toBe('wrong-parameters')
    expect(check([sequence(SHA256, MASK, SALT)], 'rsa', signature)).toBe('valid')
  })
})

describe('keys that cannot be used', () => {
  const ecdsa = algorithm(S['ecdsa-with-SHA256'])
  const check = (key: Uint8Array, identifier = ecdsa) =>
    checkSignature(identifier, parseSubjectPublicKeyInfo(key), DATA, bits(hex('30 06 02 01 01 02 01 01')))
  const ec = (parameters: readonly Uint8Array[], point: string) =>
    sequence(sequence(oid(KEY_ALGORITHM.ecPublicKey), ...parameters), bitString(hex(point)))
  const P256 = oid('1.2.840.10045.3.1.7')

  test.each<[string, Uint8Array, string?]>([
    ['a point that is not on the curve', ec([P256], `04 ${'11'.repeat(64)}`)],
    // OpenSSL takes it for a key, and finds that no signature fits it.
    ['the point at infinity', ec([P256], '00'), 'invalid'],
    ['no point', ec([P256], '')],
    ['a point of the wrong size', ec([P256], `04 ${'11'.repeat(63)}`)],
    ['no curve', ec([], `04 ${'11'.repeat(64)}`)],
    ['an unknown curve', ec([oid('1.2.3')], `04 ${'11'.repeat(64)}`)],
    ['implicit parameters', ec([nullValue()], `04 ${'11'.repeat(64)}`)],
    [
      'an X25519 key cannot sign',
      sequence(sequence(oid(KEY_ALGORITHM.x25519)), bitString(hex('11'.repeat(32)))),
      'key-mismatch',
    ],
  ])('%s', (_name, key, outcome = 'unusable-key') => {
    expect(check(key)).toBe(outcome)
  })

  test('a curve written out in full, though node:crypto would take it (RFC 5480 §2.1.1)', () => {
    const explicit = generateKeyPairSync('ec', { namedCurve: 'prime256v1', paramEncoding: 'explicit' })
    const key = publicKeyOf(explicit.publicKey)
    const signature = bits(new Uint8Array(sign('sha256', DATA, explicit.privateKey)))
    expect(key.facts).toEqual({ type: 'ec-explicit' })
    expect(checkSignature(ecdsa, key, DATA, signature)).toBe('unusable-key')
  })

  test.each<[string, Uint8Array]>([
    ['not a sequence', octetString(hex('00'))],
    ['without exponent', sequence(integer(2n ** 1023n + 1n))],
    ['with a third number', sequence(integer(2n ** 1023n + 1n), integer(3), integer(3))],
    ['with a modulus of zero', sequence(integer(0), integer(65537))],
    ['with trailing octets', Uint8Array.of(...sequence(integer(2n ** 1023n + 1n), integer(3)), 0)],
  ])('an RSA key %s', (_name, key) => {
    const encoded = sequence(sequence(oid(KEY_ALGORITHM.rsaEncryption), nullValue()), bitString(key))
    expect(['unusable-key', 'invalid']).toContain(check(encoded, algorithm(S.sha256WithRSAEncryption)))
  })

  test('a DSA key without parameters, and the same with those of its issuer (RFC 3279 §2.3.2)', () => {
    const whole = spki('dsa')
    const bare = parseSubjectPublicKeyInfo(sequence(sequence(oid(KEY_ALGORITHM.dsa)), bitString(whole.publicKey)))
    const dsa = algorithm(S['dsa-with-SHA1'])
    const signature = bits(signed('dsa', 'sha1'))
    expect(bare.facts).toEqual({ type: 'dsa', modulusBits: undefined, parameters: 'inherited' })
    expect(checkSignature(dsa, bare, DATA, signature)).toBe('unusable-key')
    const completed = bare.withParameters(whole.algorithm.parameters as Uint8Array)
    expect(completed.encoded).toEqual(whole.encoded)
    expect(checkSignature(dsa, completed, DATA, signature)).toBe('valid')
    expect(checkSignature(dsa, completed, OTHER, signature)).toBe('invalid')
  })

  test('a DSA key with the parameters of somebody else', () => {
    const other = publicKeyOf(generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 }).publicKey)
    const wrong = spki('dsa').withParameters(other.algorithm.parameters as Uint8Array)
    const check = checkSignature(algorithm(S['dsa-with-SHA1']), wrong, DATA, bits(signed('dsa', 'sha1')))
    expect(['invalid', 'unusable-key']).toContain(check)
  })
})

describe('an RSA exponent (RFC 8017 §3.1)', () => {
  const { n } = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' })
  const modulus = Buffer.from(n as string, 'base64url')
  const keyWith = (exponent: number) => {
    const key = sequence(unsignedInteger(modulus), integer(exponent))
    const algorithm = sequence(oid(KEY_ALGORITHM.rsaEncryption), nullValue())
    return parseSubjectPublicKeyInfo(sequence(algorithm, bitString(key)))
  }
  /** What an exponent of 1 makes of a signature, which is then the padded digest itself (§9.2). */
  const forged = () => {
    const info = sequence(
      sequence(oid(digestOid('sha256') as string), nullValue()),
      octetString(createHash('sha256').update(DATA).digest()),
    )
    const padding = new Uint8Array(modulus.length - info.length - 3).fill(0xff)
    return Uint8Array.of(0, 1, ...padding, 0, ...info)
  }

  test.each([
    [1, 'unusable-key'],
    [2, 'unusable-key'],
    [-1, 'unusable-key'],
    [4, 'unusable-key'],
    [3, 'invalid'],
    [5, 'invalid'],
  ] as const)('%s: %s', (exponent, expected) => {
    const scheme = algorithm(S.sha256WithRSAEncryption, nullValue())
    expect(checkSignature(scheme, keyWith(exponent), DATA, bits(forged()))).toBe(expected)
  })
})
