import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { formatPem } from '../../src/der/pem.ts'
import { DerReader } from '../../src/der/reader.ts'
import {
  createSigner,
  type DigestName,
  EC_CURVES,
  ecPrivateKey,
  generateKey,
  KEY_ALGORITHM_NAMES,
  type KeyAlgorithmName,
  type PrivateKey,
  requireKeyAlgorithmName,
  type Signer,
} from '../../src/keys/keys.ts'
import { readAlgorithmIdentifier } from '../../src/x509/algorithm.ts'
import { oidName } from '../../src/x509/oids.ts'
import { parseSubjectPublicKeyInfo } from '../../src/x509/public-key.ts'
import { checkSignature } from '../../src/x509/signature.ts'
import { hex } from '../der/hex.ts'
import { hasProgram, program, run } from '../foreign-program.ts'
import { folderOfTest } from '../temporary-folder.ts'
import { errorOf } from '../thrown.ts'
import { pssKeyPair } from '../x509/pss-key-pair.ts'

const DATA = new TextEncoder().encode('to be signed')
const OTHER = new TextEncoder().encode('To be signed')

// RSA keys above 2048 bits take seconds to make, and differ in nothing that is tested here.
const FAST = KEY_ALGORITHM_NAMES.filter((name) => !/rsa.*-(3072|4096)$/.test(name))
const made = new Map<string, PrivateKey>()

function keyOf(name: KeyAlgorithmName): PrivateKey {
  const key = made.get(name) ?? generateKey(name)
  made.set(name, key)
  return key
}

/** RSA keys of this name sign with RSASSA-PSS only if that is asked for; the digest is that of the curve. */
const schemeOf = (name: KeyAlgorithmName) => ({
  digest: EC_CURVES[name]?.digest ?? 'sha256',
  pss: name.startsWith('rsa-pss'),
})

function check(signer: Signer, data: Uint8Array, bytes: Uint8Array) {
  const algorithm = readAlgorithmIdentifier(new DerReader(signer.algorithm), 'test')
  return checkSignature(algorithm, signer.publicKey, data, { bytes, unusedBits: 0 })
}

describe.each(FAST)('%s', (name) => {
  test('generates, signs, verifies', () => {
    const signer = createSigner(keyOf(name), schemeOf(name))
    const signature = signer.sign(DATA)
    expect(check(signer, DATA, signature)).toBe('valid')
    expect(check(signer, OTHER, signature)).toBe('invalid')
  })

  test('the private key is PKCS#8 that node:crypto exports byte for byte', () => {
    const { pkcs8, publicKey } = keyOf(name)
    const imported = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' })
    expect(new Uint8Array(imported.export({ type: 'pkcs8', format: 'der' }))).toEqual(pkcs8)
    expect(publicKey.keyObject.asymmetricKeyType).toBe(imported.asymmetricKeyType)
  })

  test.skipIf(!hasProgram('openssl'))('openssl derives the same public key, and takes the signature', () => {
    const folder = folderOfTest()
    const { pkcs8, publicKey } = keyOf(name)
    const at = (file: string) => join(folder, file)
    writeFileSync(at('key.pem'), formatPem('PRIVATE KEY', pkcs8))
    writeFileSync(at('pub.pem'), formatPem('PUBLIC KEY', publicKey.encoded))
    expect(run(program('openssl'), ['pkey', '-in', at('key.pem'), '-check', '-pubout']).stdout).toContain(
      formatPem('PUBLIC KEY', publicKey.encoded),
    )
    const { digest, pss } = schemeOf(name)
    writeFileSync(at('data'), DATA)
    writeFileSync(at('signature'), createSigner(keyOf(name), schemeOf(name)).sign(DATA))
    const verify = ['-verify', '-pubin', '-inkey', at('pub.pem'), '-sigfile', at('signature'), '-in', at('data')]
    const how = name.startsWith('ed') ? [] : ['-digest', digest]
    const padding = pss ? ['-pkeyopt', 'rsa_padding_mode:pss', '-pkeyopt', 'rsa_pss_saltlen:32'] : []
    expect(run(program('openssl'), ['pkeyutl', ...verify, '-rawin', ...how, ...padding]).status).toBe(0)
  })
})

describe('digests', () => {
  test.each<[KeyAlgorithmName, DigestName | undefined, string]>([
    ['ec-p256', undefined, 'ecdsa-with-SHA256'],
    ['ec-p384', undefined, 'ecdsa-with-SHA384'],
    ['ec-p521', undefined, 'ecdsa-with-SHA512'],
    ['ec-brainpool-p384r1', undefined, 'ecdsa-with-SHA384'],
    ['ec-p256', 'sha512', 'ecdsa-with-SHA512'],
    ['ec-p256', 'sha1', 'ecdsa-with-SHA1'],
    ['rsa-2048', undefined, 'sha256WithRSAEncryption'],
    ['rsa-2048', 'md5', 'md5WithRSAEncryption'],
    ['rsa-2048', 'sha384', 'sha384WithRSAEncryption'],
    ['ed25519', 'sha512', 'Ed25519'],
  ])('%s with %s signs %s', (name, digest, expected) => {
    const signer = createSigner(keyOf(name), { digest })
    const { oid } = readAlgorithmIdentifier(new DerReader(signer.algorithm), 'test')
    expect(oidName(oid)?.toLowerCase()).toBe(expected.toLowerCase())
    expect(check(signer, DATA, signer.sign(DATA))).toBe('valid')
  })

  test.each<DigestName>(['sha1', 'sha224', 'sha384', 'sha512'])('RSASSA-PSS with %s', (digest) => {
    const signer = createSigner(keyOf('rsa-2048'), { digest, pss: true })
    expect(check(signer, DATA, signer.sign(DATA))).toBe('valid')
  })

  test('what does not go together is refused', () => {
    expect(errorOf(() => createSigner(keyOf('ec-p256'), { digest: 'md5' })).code).toBe('usage.algorithm')
    expect(errorOf(() => createSigner(keyOf('ec-p256'), { pss: true })).code).toBe('usage.algorithm')
    expect(errorOf(() => createSigner(keyOf('ed25519'), { pss: true })).code).toBe('usage.algorithm')
  })
})

describe('keys of others', () => {
  const exported = (pair: ReturnType<typeof generateKeyPairSync>): PrivateKey => ({
    pkcs8: new Uint8Array(pair.privateKey.export({ type: 'pkcs8', format: 'der' }) as Buffer),
    publicKey: parseSubjectPublicKeyInfo(
      new Uint8Array(pair.publicKey.export({ type: 'spki', format: 'der' }) as Buffer),
    ),
  })

  test('an id-RSASSA-PSS key without parameters signs with RSASSA-PSS', () => {
    const key = exported(generateKeyPairSync('rsa-pss', { modulusLength: 1024 }))
    const signer = createSigner(key)
    expect(check(signer, DATA, signer.sign(DATA))).toBe('valid')
    expect(errorOf(() => createSigner(key, { pss: false })).code).toBe('usage.algorithm')
  })

  test('one with parameters signs with those (RFC 4055 §3.3)', () => {
    const key = exported(pssKeyPair('sha384', 'sha1', 50))
    const signer = createSigner(key)
    expect(check(signer, DATA, signer.sign(DATA))).toBe('valid')
    expect(errorOf(() => createSigner(key, { digest: 'sha256' })).code).toBe('usage.algorithm')
  })

  test('a key for key agreement cannot sign', () => {
    expect(errorOf(() => createSigner(exported(generateKeyPairSync('x25519')))).code).toBe('usage.algorithm')
  })
})

describe('EC keys from their numbers', () => {
  test('a short scalar is padded to the size of the curve (RFC 5915 §3)', () => {
    // The private key 1, whose public key is the generator.
    const generator = hex(`04 6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296
      4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5`)
    const key = ecPrivateKey('prime256v1', hex('01'), generator)
    const imported = createPrivateKey({ key: Buffer.from(key.pkcs8), format: 'der', type: 'pkcs8' })
    expect(new Uint8Array(imported.export({ type: 'pkcs8', format: 'der' }))).toEqual(key.pkcs8)
    const signer = createSigner(key)
    expect(check(signer, DATA, signer.sign(DATA))).toBe('valid')
  })

  test('an unknown curve', () => {
    expect(() => ecPrivateKey('no-such-curve', hex('01'), hex('04 01 01'))).toThrow(RangeError)
  })
})

test('names are found whatever their case, and unknown ones refused', () => {
  expect(requireKeyAlgorithmName('EC-P256')).toBe('ec-p256')
  for (const unknown of ['', 'rsa', 'rsa-1024', 'p256', 'constructor']) {
    expect(errorOf(() => requireKeyAlgorithmName(unknown)).code).toBe('usage.algorithm')
  }
})
