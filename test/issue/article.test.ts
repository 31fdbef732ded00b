/**
 * The three-level example of the ASP.NET Core article on certificate authentication, whose PowerShell commands make a
 * root without basicConstraints, an authority with a path length of 1 and an end entity for both sides of TLS.
 */

import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { formatPem } from '../../src/der/pem.ts'
import { issueCredential, type NamedAuthority } from '../../src/issue/credential.ts'
import { BUILT_IN_PROFILES } from '../../src/profile/built-in.ts'
import { overrideProfile, type ProfileOverrides } from '../../src/profile/override.ts'
import type { CertificateProfile } from '../../src/profile/profile.ts'
import { formatGeneralName } from '../../src/x509/general-name-text.ts'
import { oidName } from '../../src/x509/oids.ts'
import { hasProgram, program, run } from '../foreign-program.ts'
import { withFiles } from '../temporary-folder.ts'
import { NOW } from './authority.ts'

const CA_USAGE = ['keyCertSign', 'cRLSign', 'digitalSignature'] as const

/** New-SelfSignedCertificate: RSA 2048, 20 years, the DNS name as subject and alternative name, both TLS purposes. */
function newCertificate(dnsName: string, signer: NamedAuthority | undefined, overrides: ProfileOverrides = {}) {
  return issueCredential({
    profile: overrideProfile(BUILT_IN_PROFILES['server-client'] as CertificateProfile, {
      key: 'rsa-2048',
      notAfter: signer === undefined ? '20y' : '2046-11-21T12:00:00Z',
      ...overrides,
    }),
    name: dnsName,
    issuer: signer,
    now: NOW,
    random: randomBytes,
  })
}

const root = newCertificate('root_ca_dev_damienbod.com', undefined, { keyUsage: CA_USAGE })
const childA = newCertificate(
  'child_a_dev_damienbod.com',
  { name: 'root', credential: root.credential },
  {
    keyUsage: CA_USAGE,
    extensions: ['2.5.29.19={text}CA=1&pathlength=1'],
  },
)
const childB = newCertificate('child_b_from_a_dev_damienbod.com', { name: 'child_a', credential: childA.credential })

it.each([
  ['root', root, undefined, 'digitalSignature keyCertSign cRLSign'],
  ['child_a', childA, { cA: true, pathLenConstraint: 1 }, 'digitalSignature keyCertSign cRLSign'],
  ['child_b', childB, undefined, 'digitalSignature keyEncipherment'],
])('%s holds what the cmdlet puts into it', (_, { credential }, basicConstraints, usage) => {
  const { certificate } = credential
  const { decoded, extensions, notBefore, notAfter, subject } = certificate
  expect(decoded.basicConstraints).toEqual(basicConstraints)
  expect(decoded.keyUsage?.join(' ')).toBe(usage)
  expect(decoded.extKeyUsage?.map(oidName)).toEqual(['serverAuth', 'clientAuth'])
  expect(`DNS:${subject.rdns[0]?.[0]?.value}`).toBe(decoded.subjectAltName?.map(formatGeneralName).join())
  // {critical} is not in the article's text.
  expect(extensions.find(({ oid }) => oid === '2.5.29.19')?.critical).toBe(basicConstraints && false)
  expect([notBefore.date.toISOString(), notAfter.date.toISOString()]).toEqual([
    '2026-11-21T11:50:00.000Z',
    '2046-11-21T12:00:00.000Z',
  ])
})

it('the one thing to say is what a root without basicConstraints, or a server of twenty years, meets elsewhere', () => {
  const kinds = (issued: typeof root) => issued.problems.map(({ kind }) => kind)
  expect(kinds(root)).toEqual(['usage.cert-sign-without-ca', 'server.longer-than-825-days'])
  expect(kinds(childA)).toEqual(['issuer.no-basic-constraints', 'purpose.limits-leaves'])
  expect(kinds(childB)).toEqual(['server.longer-than-825-days'])
})

it.skipIf(!hasProgram('openssl'))('openssl accepts the chain, as .NET on Linux does', () => {
  const files = Object.entries({ root, childA, childB }).map(([name, { credential }]) => [
    name,
    formatPem('CERTIFICATE', credential.certificate.encoded),
  ])
  withFiles(Object.fromEntries(files), (folder) => {
    const at = String(NOW.getTime() / 1000)
    const args = ['-attime', at, '-purpose', 'sslclient', '-CAfile', `${folder}/root`, '-untrusted', `${folder}/childA`]
    expect(run(program('openssl'), ['verify', ...args, `${folder}/childB`])).toMatchObject({ status: 0 })
  })
})
