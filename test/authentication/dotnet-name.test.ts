/** What .NET calls the parts of a certificate. That it does, `dotnet.test.ts` asks it. */

import { expect, test } from 'vitest'
import { CLAIM_TYPE } from '../../src/authentication/claim-types.ts'
import { defaultClaims } from '../../src/authentication/claims.ts'
import { ClientCertificate } from '../../src/authentication/client-certificate.ts'
import { NAME_TYPES } from '../../src/authentication/name-info.ts'
import { ODD_NAMES, ODD_SERIALS } from './odd-names.ts'

const LINUX = { linuxQuirks: true }

test.each(Object.entries(ODD_NAMES))('subject: %s', (_, { bytes, subject }) => {
  expect(ClientCertificate.parse(bytes).subject).toBe(subject)
})

const WITH_NAMES = Object.entries(ODD_NAMES).filter(([, { names }]) => names !== undefined)

test.each(WITH_NAMES)('names: %s', (_, { bytes, names }) => {
  const certificate = ClientCertificate.parse(bytes)
  const found = Object.fromEntries(NAME_TYPES.map((type) => [type, certificate.nameInfo(type, LINUX)]))
  expect(found).toEqual({ ...Object.fromEntries(NAME_TYPES.map((type) => [type, ''])), ...names })
})

test.each(Object.entries(ODD_SERIALS))('serial number %s', (digits, bytes) => {
  expect(ClientCertificate.parse(bytes).serialNumber).toBe(digits)
})

test('a subject of OU, O and E alone has a simple name unless it is that of .NET on Linux', () => {
  const bytes = ODD_NAMES['OU alone: none on Linux']?.bytes ?? new Uint8Array(0)
  const certificate = ClientCertificate.parse(bytes)
  expect([certificate.nameInfo('SimpleName'), certificate.nameInfo('SimpleName', LINUX)]).toEqual(['ou', ''])
})

test('names lose no letters unless they are those of .NET on Linux', () => {
  const bytes = ODD_NAMES['letters beyond ASCII that OpenSSL prints']?.bytes ?? new Uint8Array(0)
  const certificate = ClientCertificate.parse(bytes)
  expect([certificate.nameInfo('DnsName'), certificate.nameInfo('EmailName')]).toEqual(['Größe 🔑', 'é@日'])
})

test('claims that say nothing are left out, issuer and thumbprint are not', () => {
  const certificate = ClientCertificate.parse(ODD_NAMES['an empty subject']?.bytes ?? new Uint8Array(0))
  const claims = defaultClaims(certificate, { claimsIssuer: 'us' })
  expect(claims).toEqual([
    { type: CLAIM_TYPE.issuer, value: 'CN=issuer', issuer: 'us' },
    {
      type: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/thumbprint',
      value: certificate.thumbprint,
      valueType: 'http://www.w3.org/2001/XMLSchema#base64Binary',
      issuer: 'us',
    },
    {
      type: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/serialnumber',
      value: '1234',
      issuer: 'us',
    },
    { type: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/dns', value: 'a.test', issuer: 'us' },
  ])
})

test('every claim, in ASP.NET Core’s order', () => {
  const { bytes } = ODD_NAMES['alternative names before the subject'] ?? { bytes: new Uint8Array(0) }
  const types = defaultClaims(ClientCertificate.parse(bytes)).map(({ type }) => type)
  expect(types.map((type) => type.slice(type.lastIndexOf('/') + 1))).toEqual([
    ...['issuer', 'thumbprint', 'x500distinguishedname', 'serialnumber', 'dns', 'name', 'emailaddress', 'upn', 'uri'],
  ])
})
