/** Orders with defects: whose they may be, which contradict each other, which keys they bring. */

import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { expect, test } from 'vitest'
import { keyForDefects, withDefects } from '../../src/defect/apply.ts'
import { requireDefect, requireDefects } from '../../src/defect/catalogue.ts'
import { type CredentialOrder, issueCredential, type NamedAuthority } from '../../src/issue/credential.ts'
import { createSeededSource } from '../../src/seed/seeded-source.ts'
import { errorWith } from './error-with.ts'
import { AT, MEANS } from './judge.ts'

const { profiles, now, random } = MEANS
const order = (changes: Partial<CredentialOrder> = {}): CredentialOrder => ({
  profile: profiles.server,
  name: 'web.test',
  issuer: undefined,
  now,
  random,
  ...changes,
})
const root = issueCredential(order({ profile: profiles.root, name: 'root' })).credential
const issuer: NamedAuthority = { name: 'root', credential: root }
const make = (ids: readonly string[], changes: Partial<CredentialOrder> = {}) =>
  issueCredential(withDefects(order({ issuer, ...changes }), requireDefects(ids))).credential

test('several defects of one certificate come together', () => {
  const { certificate } = make(['expired', 'no-san', 'serial-zero'])
  expect(certificate.notAfter.date).toEqual(new Date(AT.getTime() - 86_400_000))
  expect(certificate.decoded.subjectAltName).toBeUndefined()
  expect(certificate.serialNumber).toBe(0n)
  expect(certificate.decoded.extKeyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
})

test('what was ordered is still checked; what the defect adds is not', () => {
  const short = issueCredential(
    withDefects(order({ issuer, profile: { ...profiles.intermediate }, name: 'ca' }), requireDefects(['serial-zero'])),
  ).credential
  const below = order({ issuer: { name: 'ca', credential: short }, profile: profiles.intermediate, name: 'ca2' })
  const defects = requireDefects(['authority-not-ca'])
  expect(() => issueCredential(withDefects(below, defects))).toThrow(errorWith('refused.issuer'))
  const { certificate } = make(['cert-sign-without-ca'])
  expect(certificate.decoded.keyUsage).toContain('keyCertSign')
})

test.each([
  [['expired', 'not-yet-valid'], 'validity'],
  [['no-san', 'wrong-host'], 'subjectAltName'],
  [['flipped-signature-bit', 'signed-by-wrong-key'], 'signature'],
  [['version-1-authority', 'authority-not-ca'], 'basicConstraints'],
  [['cert-sign-without-ca', 'leaf-is-a-ca'], 'keyUsage'],
])('%j contradict each other', (ids, part) => {
  expect(() => requireDefects(ids)).toThrow(errorWith('usage.option', { defect: ids[0], other: ids[1], part }))
})

test('an unknown id, and one given twice', () => {
  expect(() => requireDefect('expird')).toThrow(errorWith('usage.option', { defect: 'expird' }))
  expect(() => requireDefect('toString')).toThrow(errorWith('usage.option'))
  expect(() => requireDefects(['expired', 'expired'])).toThrow(errorWith('usage.option', { defect: 'expired' }))
})

test.each([
  ['revoked', 'is made of more than a certificate'],
  ['missing-intermediate', 'is what a server sends'],
  ['address-not-permitted', 'takes two certificates'],
])('%s cannot be asked of one certificate: it %s', (id) => {
  expect(() => make([id])).toThrow(errorWith('usage.option', { defect: id }))
})

test('defects of authorities and of roots are for those alone', () => {
  expect(() => make(['authority-not-ca'])).toThrow(errorWith('usage.option', { defect: 'authority-not-ca' }))
  const intermediate = { profile: profiles.intermediate, name: 'ca' }
  expect(make(['authority-not-ca'], intermediate).certificate.decoded.basicConstraints?.cA).toBe(false)
  expect(() => make(['root-expired'], intermediate)).toThrow(errorWith('usage.option', { defect: 'root-expired' }))
  const expired = make(['root-expired'], { profile: profiles.root, name: 'root', issuer: undefined })
  expect(expired.certificate.notAfter.date < AT).toBe(true)
})

test('a defect of the key brings its own, also where there is one', () => {
  const { privateKey, certificate } = make(['rsa-1024'], { key: root.privateKey })
  expect(certificate.publicKey.facts).toMatchObject({ type: 'rsa', modulusBits: 1024 })
  expect(privateKey?.publicKey.encoded).toEqual(certificate.publicKey.encoded)
})

test('MD5 goes with RSA keys only', () => {
  expect(() => make(['md5-signature'])).toThrow(errorWith('usage.option'))
})

test.each(['expired', 'signed-by-wrong-key', 'rsa-1024', 'rsa-exponent-3', 'weak-curve', 'ed25519-key'])(
  '%s from a seed is the same each time',
  (id) => {
    const seeded = createSeededSource('defects', { now })
    const seededRoot = issueCredential(order({ profile: profiles.root, name: 'root', seeded })).credential
    const once = () => make([id], { seeded, issuer: { name: 'root', credential: seededRoot } }).certificate.encoded
    expect(once()).toEqual(once())
  },
  20_000,
)

test.each([
  ['rsa-1024', { type: 'rsa', modulusBits: 1024 }],
  ['rsa-2047', { type: 'rsa', modulusBits: 2047 }],
  ['dsa-key', { type: 'dsa' }],
])('%s from a seed is such a key, and its halves belong together', (id, facts) => {
  const seeded = createSeededSource('defects', { now })
  const key = keyForDefects(requireDefects([id]), 'web', seeded)
  expect(key?.publicKey.facts).toMatchObject(facts)
  const der = { format: 'der' } as const
  const privateKey = createPrivateKey({ key: Buffer.from(key?.pkcs8 ?? []), ...der, type: 'pkcs8' })
  const publicKey = createPublicKey({ key: Buffer.from(key?.publicKey.encoded ?? []), ...der, type: 'spki' })
  const data = Buffer.from('data')
  expect(verify('sha1', data, publicKey, sign('sha1', data, privateKey))).toBe(true)
})

test('defects of other parts want no key', () => {
  const seeded = createSeededSource('defects', { now })
  expect(keyForDefects(requireDefects(['expired']), 'web', seeded)).toBeUndefined()
})
