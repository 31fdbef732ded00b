/** Who is allowed: the requirement of the article on mutual TLS, pins and SPIFFE IDs. */

import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  CertificatePolicy,
  type CertificateRequirement,
  SERVICE_ACCOUNTS,
} from '../../src/authentication/certificate-policy.ts'
import { CLAIM_TYPE } from '../../src/authentication/claim-types.ts'
import { defaultPrincipal } from '../../src/authentication/claims.ts'
import { ClientCertificate } from '../../src/authentication/client-certificate.ts'
import { ClaimsPrincipal } from '../../src/authentication/principal.ts'
import type { AuthenticateResult } from '../../src/authentication/result.ts'
import { encodeGeneralNames } from '../../src/x509/general-name.ts'
import { processorTime } from '../processor-time.ts'
import { endEntity, SUB } from './certificates.ts'

/** What authentication says of a client. */
function client(certificate: ClientCertificate, principal = defaultPrincipal(certificate)): AuthenticateResult {
  return { outcome: 'success', principal, scheme: 'Certificate', properties: {}, certificate, chain: undefined }
}

const named = (subject: string, ...names: readonly string[]) =>
  new ClientCertificate(endEntity(SUB, { subject, ...(names.length > 0 && { names }) }).certificate)

const certificate = named('CN=a.svc.cluster.local', 'uri:spiffe://test/ns/a')
const decide = (requirement: CertificateRequirement, result = client(certificate)) =>
  new CertificatePolicy(requirement).decide(result)

const { thumbprint, sha256 } = certificate
const spki = createHash('sha256').update(certificate.certificate.publicKey.encoded)
const pin = spki.digest()
const colons = (digits: string) => digits.replace(/..(?=.)/g, '$&:')
const zeros = '0'.repeat(40)

test.each<readonly [string, CertificateRequirement, boolean]>([
  ['nothing is asked for', {}, true],
  ['thumbprint', { allowedThumbprints: [zeros, thumbprint] }, true],
  ['thumbprint in lower case', { allowedThumbprints: [thumbprint.toLowerCase()] }, true],
  ['thumbprint with colons', { allowedThumbprints: [colons(thumbprint)] }, true],
  ['SHA-256', { allowedThumbprints: [sha256.toLowerCase()] }, true],
  ['another thumbprint', { allowedThumbprints: [zeros] }, false],
  ['no thumbprints', { allowedThumbprints: [] }, false],
  ['public key', { allowedPublicKeys: [pin.toString('base64')] }, true],
  ['public key as RFC 7469 writes it', { allowedPublicKeys: [`sha256/${pin.toString('base64')}`] }, true],
  ['public key in hexadecimal', { allowedPublicKeys: [pin.toString('hex').toUpperCase()] }, true],
  ['another public key', { allowedPublicKeys: [Buffer.alloc(32).toString('base64')] }, false],
  ['SPIFFE ID', { allowedSpiffeIds: ['spiffe://test/ns/a'] }, true],
  ['SPIFFE IDs below', { allowedSpiffeIds: ['spiffe://test/ns/*'] }, true],
  ['SPIFFE IDs of the domain', { allowedSpiffeIds: ['spiffe://test/*'] }, true],
  ['another SPIFFE ID', { allowedSpiffeIds: ['spiffe://test/ns', 'spiffe://test/ns/a/*', 'spiffe://tes/*'] }, false],
  ['the article’s policy', SERVICE_ACCOUNTS, true],
  ['one of two is enough', { allowedThumbprints: [zeros], allowedSubjectPatterns: ['cluster'] }, true],
  ['none of two', { allowedThumbprints: [zeros], allowedSubjectPatterns: ['Cluster'] }, false],
])('%s: %s', async (_, requirement, isAllowed) => {
  expect(await decide(requirement)).toBe(isAllowed ? 'allowed' : 'not-allowed')
})

describe('ServiceAccounts', () => {
  test.each([
    ['CN=a.b.svc.cluster.local', 'allowed'],
    ['CN=service-payments', 'allowed'],
    ['CN=service-Payments', 'not-allowed'],
    ['CN=service-payments2', 'not-allowed'],
    ['CN=a.svc.cluster.local.evil', 'not-allowed'],
    ['CN=x-service-a', 'not-allowed'],
    // RFC 4514 order: O stands first in the encoding, so that .NET writes `CN=…, O=…`.
    ['CN=service-a,O=o', 'not-allowed'],
    // The article’s pattern takes the comma for part of the name; `[^,]*` would not.
    ['CN=x,O=y.svc.cluster.local', 'allowed'],
  ])('%s: %s', async (subject, decision) => {
    expect(await decide(SERVICE_ACCOUNTS, client(named(subject)))).toBe(decision)
  })
})

test('who has not authenticated', async () => {
  const failure = new Error('no')
  const facts = { scheme: 'Certificate', properties: {}, certificate, chain: undefined }
  expect(await new CertificatePolicy({}).decide(undefined)).toBe('not-authenticated')
  expect(await decide({}, { outcome: 'no-result', scheme: 'Certificate' })).toBe('not-authenticated')
  expect(await decide({}, { outcome: 'failure', failure, ...facts })).toBe('not-authenticated')
  const nobody = new ClaimsPrincipal(defaultPrincipal(certificate).claims, { authenticationType: '' })
  expect(await decide({}, client(certificate, nobody))).toBe('not-authenticated')
})

test('a principal without a thumbprint is not decided about', async () => {
  const requirement = {
    allowedThumbprints: [thumbprint],
    allowedSubjectPatterns: ['.'],
    allowedSpiffeIds: ['spiffe://test/*'],
  }
  const claims = [{ type: CLAIM_TYPE.nameIdentifier, value: certificate.subject }]
  const empty = { type: CLAIM_TYPE.certificateThumbprint, value: '' }
  expect(await decide(requirement, client(certificate, new ClaimsPrincipal(claims)))).toBe('not-allowed')
  expect(await decide(requirement, client(certificate, new ClaimsPrincipal([...claims, empty])))).toBe('not-allowed')
})

test('the claims of the article’s callback are those that count', async () => {
  const principal = new ClaimsPrincipal([
    { type: CLAIM_TYPE.nameIdentifier, value: 'CN=service-a' },
    { type: CLAIM_TYPE.x500DistinguishedName, value: 'CN=x' },
    { type: CLAIM_TYPE.certificateThumbprint, value: zeros },
    { type: CLAIM_TYPE.thumbprint, value: 'F'.repeat(40) },
  ])
  expect(await decide(SERVICE_ACCOUNTS, client(certificate, principal))).toBe('allowed')
  expect(await decide({ allowedThumbprints: [zeros] }, client(certificate, principal))).toBe('allowed')
  expect(await decide({ allowedThumbprints: ['F'.repeat(40)] }, client(certificate, principal))).toBe('not-allowed')
})

test('a thumbprint that is none matches nothing', async () => {
  const principal = new ClaimsPrincipal([{ type: CLAIM_TYPE.thumbprint, value: `${thumbprint}zz` }])
  expect(await decide({ allowedThumbprints: [thumbprint] }, client(certificate, principal))).toBe('not-allowed')
})

test.each([
  ['two URIs', ['uri:spiffe://test/ns/a', 'uri:spiffe://test/ns/b']],
  ['no SPIFFE ID', ['uri:https://test/ns/a']],
  ['no URI', ['dns:a.test']],
])('%s: no SPIFFE ID', async (_, names) => {
  const requirement = { allowedSpiffeIds: ['spiffe://test/*'] }
  expect(await decide(requirement, client(named('CN=a', ...names)))).toBe('not-allowed')
})

test('a path that climbs: no SPIFFE ID', async () => {
  const value = 'spiffe://test/ns/../a'
  const subjectAltName = encodeGeneralNames([{ type: 'uniformResourceIdentifier', value }])
  const climbing = new ClientCertificate(endEntity(SUB, { extensions: { subjectAltName } }).certificate)
  expect(await decide({ allowedSpiffeIds: ['spiffe://test/*'] }, client(climbing))).toBe('not-allowed')
})

test.each<readonly [string, CertificateRequirement]>([
  ['a short thumbprint', { allowedThumbprints: ['abcd'] }],
  ['a thumbprint with letters', { allowedThumbprints: ['x'.repeat(40)] }],
  ['a pin that is no digest', { allowedPublicKeys: ['abcd'] }],
  ['a pin with more behind it', { allowedPublicKeys: [`${pin.toString('base64')}=`] }],
  ['an https URI', { allowedSpiffeIds: ['https://test/a'] }],
  ['a SPIFFE ID in upper case', { allowedSpiffeIds: ['spiffe://TEST/a'] }],
  ['a SPIFFE ID with a star in it', { allowedSpiffeIds: ['spiffe://test/*/a'] }],
  ['an empty pattern', { allowedSubjectPatterns: [''] }],
  ['a back reference', { allowedSubjectPatterns: ['(a)\\1'] }],
  ['a named back reference', { allowedSubjectPatterns: ['(?<n>a)\\k<n>'] }],
  ['a lookahead', { allowedSubjectPatterns: ['^(?=a)'] }],
  ['a negative lookahead', { allowedSubjectPatterns: ['\\\\(?!a)'] }],
  ['a lookbehind', { allowedSubjectPatterns: ['(?<!a)b'] }],
  ['an atomic group', { allowedSubjectPatterns: ['(?>a+)b'] }],
  ['a pattern without end', { allowedSubjectPatterns: ['a'.repeat(1001)] }],
])('%s is refused at once', (_, requirement) => {
  expect(() => new CertificatePolicy(requirement)).toThrow(expect.objectContaining({ code: 'usage.option' }))
})

test.each(['[', '(', 'a**', 'a{1001}', '\\Z'])(
  '%s is refused by the engine, and until then allows nobody',
  async (pattern) => {
    const policy = new CertificatePolicy({ allowedSubjectPatterns: [pattern] })
    await expect(policy.decide(client(certificate))).rejects.toMatchObject({ code: 'usage.option' })
    await expect(policy.ready).rejects.toMatchObject({ code: 'usage.option' })
  },
)

test('what resembles a back reference and is none is taken', async () => {
  const policy = new CertificatePolicy({ allowedSubjectPatterns: ['\\\\1', '\\(?<n', '(?<n>a)', '\\d'] })
  await expect(policy.ready).resolves.toBeUndefined()
})

test.each(['^CN=(a+)+$', '^CN=(a|a)*$', '^CN=(.*a){12}$'])(
  '%s takes no time on a name made for it',
  async (pattern) => {
    const principal = new ClaimsPrincipal([
      { type: CLAIM_TYPE.nameIdentifier, value: `CN=${'a'.repeat(5000)}!` },
      { type: CLAIM_TYPE.thumbprint, value: thumbprint },
    ])
    const policy = new CertificatePolicy({ allowedSubjectPatterns: [pattern] })
    await policy.ready
    const spent = processorTime()
    expect(await policy.decide(client(certificate, principal))).toBe('not-allowed')
    // Backtracking would take the age of the universe; the machine may be busy.
    expect(spent()).toBeLessThan(2000)
  },
)
