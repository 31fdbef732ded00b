import { describe, expect, it } from 'vitest'
import { BUILT_IN_PROFILES } from '../../src/profile/built-in.ts'
import { overrideProfile, type ProfileOverrides } from '../../src/profile/override.ts'
import type { CertificateProfile } from '../../src/profile/profile.ts'

const profile = (name: string) => BUILT_IN_PROFILES[name] as CertificateProfile

it('changes nothing where nothing is asked for, and never the profile itself', () => {
  const before = structuredClone(BUILT_IN_PROFILES)
  for (const [name, built] of Object.entries(BUILT_IN_PROFILES)) {
    expect(overrideProfile(built, {}), name).toEqual(built)
    overrideProfile(built, { pathLenConstraint: 'none', omit: ['keyUsage'], critical: ['extKeyUsage'], notAfter: '1d' })
  }
  expect(BUILT_IN_PROFILES).toEqual(before)
})

describe('each override', () => {
  it.each<[string, string, ProfileOverrides, Partial<CertificateProfile>]>([
    ['key', 'client', { key: 'ed25519' }, { key: 'ed25519' }],
    ['digest', 'client', { digest: 'sha512' }, { digest: 'sha512' }],
    ['subject', 'client', { subject: 'CN=x,O=y' }, { subject: 'CN=x,O=y' }],
    ['notAfter', 'client', { notAfter: '1d' }, { validity: { notAfter: '1d', beyondIssuer: 'refuse-longer' } }],
    ['notBefore', 'client', { notBefore: '-1d' }, { validity: { notAfter: '397d', notBefore: '-1d' } }],
    ['path length', 'intermediate', { pathLenConstraint: 3 }, { basicConstraints: { cA: true, pathLenConstraint: 3 } }],
    ['no path length', 'intermediate', { pathLenConstraint: 'none' }, { basicConstraints: { cA: true } }],
    ['a CA', 'client', { cA: true, pathLenConstraint: 0 }, { basicConstraints: { cA: true, pathLenConstraint: 0 } }],
    ['no CA', 'intermediate', { cA: false }, { basicConstraints: { cA: false } }],
    ['key usage', 'server', { keyUsage: ['keyAgreement'] }, { keyUsage: ['keyAgreement'], keyUsageForRsa: [] }],
    ['purposes', 'server', { extKeyUsage: ['1.2.3'] }, { extKeyUsage: ['1.2.3'] }],
    [
      'permit',
      'root',
      { permit: ['dns:test'] },
      { nameConstraints: { permittedSubtrees: ['dns:test'], excludedSubtrees: [] } },
    ],
    [
      'permit is critical',
      'root',
      { permit: ['dns:test'] },
      { critical: ['basicConstraints', 'keyUsage', 'nameConstraints'] },
    ],
    ['a CA is critical', 'client', { cA: true }, { critical: ['keyUsage', 'basicConstraints'] }],
    ['critical', 'client', { critical: ['extKeyUsage'] }, { critical: ['keyUsage', 'extKeyUsage'] }],
    ['not critical', 'root', { notCritical: ['keyUsage'] }, { critical: ['basicConstraints'] }],
    ['extensions', 'client', { extensions: ['1.2.3={hex}0500'] }, { extensions: ['1.2.3={hex}0500'] }],
    ['key identifier', 'client', { subjectKeyIdentifier: 'sha1' }, { subjectKeyIdentifier: 'sha1' }],
    ['omit SKI', 'client', { omit: ['2.5.29.14'] }, { subjectKeyIdentifier: 'none' }],
    ['omit AKI', 'client', { omit: ['AuthorityKeyIdentifier'] }, { authorityKeyIdentifier: 'none' }],
    ['omit CRL pointers', 'healthcare', { omit: ['cRLDistributionPoints'] }, { cRLDistributionPoints: [] }],
    [
      'omit CRL pointers with a base URL: the others stay',
      'client',
      { baseUrl: 'http://a.test', omit: ['cRLDistributionPoints'] },
      { cRLDistributionPoints: [], authorityInfoAccess: expect.objectContaining({ ocsp: expect.any(Array) }) },
    ],
  ])('%s', (_, name, overrides, expected) => {
    expect(overrideProfile(profile(name), overrides)).toMatchObject(expected)
  })

  it.each(['basicConstraints', 'keyUsage', 'extKeyUsage', 'subjectAltName'] as const)('omit %s', (field) => {
    const merged = overrideProfile({ ...profile('server'), basicConstraints: { cA: false } }, { omit: [field] })
    expect(merged).not.toHaveProperty(field)
  })
})

it('a path length is for authorities', () => {
  expect(() => overrideProfile(profile('client'), { pathLenConstraint: 0 })).toThrow(
    expect.objectContaining({ code: 'usage.option' }),
  )
})

it('an unknown extension cannot be left out', () => {
  expect(() => overrideProfile(profile('client'), { omit: ['keyUsages'] })).toThrow(
    expect.objectContaining({ code: 'usage.extension' }),
  )
})
