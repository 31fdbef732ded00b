import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { equalBytes } from '../../src/der/writer.ts'
import { issueCertificate, randomSerialOctets } from '../../src/issue/certificate.ts'
import { issueCredential } from '../../src/issue/credential.ts'
import { generateKey, KEY_ALGORITHM_NAMES } from '../../src/keys/keys.ts'
import { BUILT_IN_PROFILES } from '../../src/profile/built-in.ts'
import { overrideProfile } from '../../src/profile/override.ts'
import type { CertificateProfile } from '../../src/profile/profile.ts'
import { oidName } from '../../src/x509/oids.ts'
import { checkSignature } from '../../src/x509/signature.ts'
import { toHex } from '../der/hex.ts'
import { expectSecondOpinion } from '../interop/second-opinion.ts'
import { issue, NOW, requestFor } from './authority.ts'

describe('issueCertificate', () => {
  const request = requestFor({ profile: 'client' })

  it('is deterministic but for the serial number and the signature', () => {
    const fixed = { ...request, random: (length: number) => new Uint8Array(length) }
    expect(equalBytes(issueCertificate(fixed).tbs, issueCertificate(fixed).tbs)).toBe(true)
    expect(issueCertificate(request).serialNumber).not.toBe(issueCertificate(request).serialNumber)
  })

  it.each([1n, 127n, 128n, 0x0102030405060708090a0b0c0d0e0f1011121314n, 0n, -1n])(
    'takes serial number %s',
    (serialNumber) => {
      expect(issueCertificate({ ...request, serialNumber }).serialNumber).toBe(serialNumber)
    },
  )

  it('writes version 1 where there are no extensions', () => {
    expect(issueCertificate({ ...request, extensions: [] })).toMatchObject({ version: 1, extensions: [] })
    expect(issueCertificate(request).version).toBe(3)
  })

  it.each([
    ['1949-12-31T23:59:59Z', 'generalizedTime'],
    ['1950-01-01T00:00:00Z', 'utcTime'],
    ['2049-12-31T23:59:59Z', 'utcTime'],
    ['2050-01-01T00:00:00Z', 'generalizedTime'],
    ['9999-12-31T23:59:59Z', 'generalizedTime'],
  ])('writes %s as %s (§4.1.2.5)', (text, type) => {
    const date = new Date(text)
    expect(issueCertificate({ ...request, notBefore: date, notAfter: date })).toMatchObject({
      notBefore: { date, type },
      notAfter: { date, type },
    })
  })
})

describe('randomSerialOctets', () => {
  it.each([
    [0x00, '40000000000000000000000000000000'],
    [0xff, '7fffffffffffffffffffffffffffffff'],
  ])('of octets %i', (octet, expected) => {
    expect(toHex(randomSerialOctets((length) => new Uint8Array(length).fill(octet)))).toBe(expected)
  })
  it('leaves the source its octets', () => {
    const source = new Uint8Array(16)
    randomSerialOctets(() => source)
    expect(source).toEqual(new Uint8Array(16))
  })
})

describe('every kind of key signs itself and a leaf', () => {
  const SLOW = /3072|4096/
  it.each(KEY_ALGORITHM_NAMES.filter((name) => !SLOW.test(name)))('%s', async (key) => {
    const profile = overrideProfile(BUILT_IN_PROFILES.root as CertificateProfile, { key })
    const root = issueCredential({ profile, name: 'root', issuer: undefined, now: NOW, random: randomBytes }).credential
    const leaf = issue({ profile: 'server', name: 'a.test', from: root, key: generateKey('ec-p256') }).certificate
    for (const certificate of [root.certificate, leaf]) {
      const { signatureAlgorithm, tbs, signature } = certificate
      expect(checkSignature(signatureAlgorithm, root.certificate.publicKey, tbs, signature)).toBe('valid')
      expect(toHex(certificate.tbsSignatureAlgorithm.encoded)).toBe(toHex(signatureAlgorithm.encoded))
      await expectSecondOpinion(certificate.encoded)
    }
  })
})

describe('issueCredential', () => {
  const order = { name: 'x', now: NOW, random: randomBytes }
  const profile = (name: string, overrides = {}) =>
    overrideProfile(BUILT_IN_PROFILES[name] as CertificateProfile, overrides)
  const root = issueCredential({ ...order, name: 'root', profile: profile('root'), issuer: undefined }).credential
  const named = { name: 'root', credential: root }

  it('gives key, certificate and chain that belong together', () => {
    const ca = issueCredential({ ...order, profile: profile('intermediate'), issuer: named }).credential
    const leaf = issueCredential({
      ...order,
      profile: profile('client'),
      issuer: { name: 'ca', credential: ca },
    }).credential
    expect(leaf.chain).toEqual([ca.certificate, root.certificate])
    expect(toHex(leaf.privateKey?.publicKey.encoded ?? new Uint8Array())).toBe(
      toHex(leaf.certificate.publicKey.encoded),
    )
    expect(leaf.certificate.issuer.equals(ca.certificate.subject)).toBe(true)
  })

  it('makes the kind of key that the profile asks for, or takes the one that is brought', () => {
    const made = issueCredential({ ...order, profile: profile('client', { key: 'ed25519' }), issuer: named }).credential
    expect(made.certificate.publicKey.facts.type).toBe('ed25519')
    const key = generateKey('ec-p384')
    expect(issueCredential({ ...order, profile: profile('client'), issuer: named, key }).credential.privateKey).toBe(
      key,
    )
  })

  it('needs the private key of the issuer', () => {
    const credential = { ...root, privateKey: undefined }
    expect(() =>
      issueCredential({ ...order, profile: profile('client'), issuer: { name: 'root', credential } }),
    ).toThrow(expect.objectContaining({ code: 'refused.key', context: { name: 'root' } }))
  })

  it('refuses what would not be valid, unless told', () => {
    const leaf = issueCredential({ ...order, profile: profile('client'), issuer: named }).credential
    const wrong = { ...order, profile: profile('client'), issuer: { name: 'leaf', credential: leaf } }
    expect(() => issueCredential(wrong)).toThrow(expect.objectContaining({ code: 'refused.issuer' }))
    expect(issueCredential({ ...wrong, unchecked: true }).problems.map(({ kind }) => kind)).toContain('issuer.not-ca')
  })

  it('signs as the profile, the scheme and the issuer say', () => {
    const rsa = issueCredential({
      ...order,
      profile: profile('root', { key: 'rsa-pss-2048' }),
      issuer: undefined,
    }).credential
    const issuer = { name: 'rsa', credential: rsa }
    const signed = (overrides: object, scheme = {}) =>
      oidName(
        issueCredential({ ...order, profile: profile('client', overrides), issuer, scheme }).credential.certificate
          .signatureAlgorithm.oid,
      )
    expect(oidName(rsa.certificate.signatureAlgorithm.oid)).toBe('rsassaPss')
    expect(signed({})).toBe('rsassaPss')
    expect(signed({ digest: 'sha512' }, { pss: false })).toBe('sha512WithRSAEncryption')
  })
})
