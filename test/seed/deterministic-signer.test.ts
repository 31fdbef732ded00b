import { describe, expect, it } from 'vitest'
import { DerReader } from '../../src/der/reader.ts'
import {
  createSigner,
  type DigestName,
  generateKey,
  type KeyAlgorithmName,
  type PrivateKey,
  type Signer,
} from '../../src/keys/keys.ts'
import { createDeterministicSigner } from '../../src/seed/deterministic-signer.ts'
import { readAlgorithmIdentifier } from '../../src/x509/algorithm.ts'
import { parseSubjectPublicKeyInfo } from '../../src/x509/public-key.ts'
import { checkSignature } from '../../src/x509/signature.ts'
import { pssKeyPair } from '../x509/pss-key-pair.ts'

const DATA = new TextEncoder().encode('to be signed')
const OTHER_DATA = new TextEncoder().encode('to be Signed')

function check({ algorithm, publicKey }: Signer, data: Uint8Array, signature: Uint8Array) {
  const identifier = readAlgorithmIdentifier(new DerReader(algorithm), 'algorithm')
  return checkSignature(identifier, publicKey, data, { bytes: signature, unusedBits: 0 })
}

const ALGORITHMS: readonly KeyAlgorithmName[] = [
  'ec-p256',
  'ec-p521',
  'ec-secp256k1',
  'ec-brainpool-p384r1',
  'rsa-2048',
  'rsa-pss-2048',
  'ed25519',
  'ed448',
]

describe.each(ALGORITHMS)('a key of kind %s', (name) => {
  const key = generateKey(name)
  const scheme = { pss: name.startsWith('rsa-pss') }

  it('signs the same octets the same way, from signer to signer, and so that OpenSSL agrees', () => {
    const signer = createDeterministicSigner(key, scheme)
    const signature = signer.sign(DATA)
    expect(createDeterministicSigner(key, scheme).sign(DATA)).toEqual(signature)
    expect(signer.sign(OTHER_DATA)).not.toEqual(signature)
    expect(check(signer, DATA, signature)).toBe('valid')
    expect(check(signer, OTHER_DATA, signature)).toBe('invalid')
  })

  it('names the algorithm that the other signer names', () => {
    expect(createDeterministicSigner(key, scheme).algorithm).toEqual(createSigner(key, scheme).algorithm)
  })
})

it('two keys sign differently', () => {
  const [one, other] = [generateKey('ec-p256'), generateKey('ec-p256')].map((key) => createDeterministicSigner(key))
  expect(one?.sign(DATA)).not.toEqual(other?.sign(DATA))
})

function restrictedKey(mgf1Digest: string, saltLength: number): PrivateKey {
  const { privateKey, publicKey } = pssKeyPair('sha256', mgf1Digest, saltLength)
  return {
    pkcs8: new Uint8Array(privateKey.export({ type: 'pkcs8', format: 'der' })),
    publicKey: parseSubjectPublicKeyInfo(new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }))),
  }
}

describe('RSASSA-PSS', () => {
  const key = generateKey('rsa-2048')

  it.each<DigestName>(['sha1', 'sha224', 'sha256', 'sha384', 'sha512'])('with %s', (digest) => {
    const signer = createDeterministicSigner(key, { digest, pss: true })
    const signature = signer.sign(DATA)
    expect(signature).toHaveLength(256)
    expect(check(signer, DATA, signature)).toBe('valid')
  })

  it('for a key that is restricted to it', () => {
    const signer = createDeterministicSigner(restrictedKey('sha256', 32))
    expect(check(signer, DATA, signer.sign(DATA))).toBe('valid')
    expect(signer.sign(DATA)).toEqual(signer.sign(DATA))
  })

  it('with another digest for the mask', () => {
    const signer = createDeterministicSigner(restrictedKey('sha1', 20))
    expect(check(signer, DATA, signer.sign(DATA))).toBe('valid')
  })
})

it('refuses a scheme that does not go with the key', () => {
  expect(() => createDeterministicSigner(generateKey('ec-p256'), { pss: true })).toThrowError(
    expect.objectContaining({ code: 'usage.algorithm' }),
  )
})
