/** ASP.NET Core's own tests of its handler, by number and name, through HTTPS connections on loopback. */

import { expect, test } from 'vitest'
import type { CertificateAuthenticationOptions } from '../../src/authentication/authentication-options.ts'
import { MemoryValidationCache } from '../../src/authentication/cache.ts'
import { CLAIM_TYPE } from '../../src/authentication/claim-types.ts'
import { ClientCertificate } from '../../src/authentication/client-certificate.ts'
import type { CertificateValidatedContext } from '../../src/authentication/events.ts'
import { AZURE_CERTIFICATE_HEADER, certificateForwarding } from '../../src/authentication/forwarding.ts'
import { certificateAuthentication } from '../../src/authentication/middleware.ts'
import { type Claim, ClaimsPrincipal } from '../../src/authentication/principal.ts'
import type { Credential } from '../../src/keys/credential.ts'
import {
  AT,
  base64Of,
  CLIENT,
  ROOT,
  SS_CLIENT,
  SS_EXPIRED,
  SS_FUTURE,
  SS_NONE,
  SS_SERVER,
  SUB,
} from './certificates.ts'
import { type Ask, type Middleware, serve } from './https-server.ts'

type Options = Omit<CertificateAuthenticationOptions, 'clock'> & { readonly clock?: () => Date }
type Events = NonNullable<Options['events']>

const ok: Events = {
  onCertificateValidated(context) {
    const { subject } = context.clientCertificate
    const claims = [CLAIM_TYPE.nameIdentifier, CLAIM_TYPE.name].map((type) => ({ type, value: subject }))
    context.principal = new ClaimsPrincipal(claims, { authenticationType: context.scheme })
    context.success()
  },
}
const fail: Events = { onCertificateValidated: (context) => context.fail('Not validated') }
const noop: Events = { onCertificateValidated: () => undefined }

/** Authenticates; says who came, or challenges. */
async function server(options: Options, ...before: readonly Middleware[]) {
  const authentication = certificateAuthentication({ clock: () => AT, ...options })
  return serve(...before, authentication, async (request, response) => {
    const result = await authentication.authenticate(request)
    if (result.outcome !== 'success') return authentication.challenge(request, response)
    response.end(JSON.stringify(result.principal.claims))
  })
}

interface Case {
  readonly client?: Credential
  readonly options: Options
  readonly before?: Middleware
  readonly headers?: Ask['headers']
  readonly status: 200 | 403
}

const forwarding = (certificateHeader?: string) =>
  certificateForwarding({ trustedProxies: ['loopback'], certificateHeader })
const CUSTOM = { chainTrustValidationMode: 'CustomRootTrust', revocationMode: 'NoCheck' } as const
const SELF_SIGNED = { allowedCertificateTypes: 'SelfSigned' } as const
const OFF = { validateCertificateUse: false } as const
const [rootOnly, subOnly] = [[ROOT.certificate], [SUB.certificate]]

const CASES: Readonly<Record<string, Case>> = {
  '3 VerifyValidSelfSignedWithClientEkuAuthenticates': {
    client: SS_CLIENT,
    options: { ...SELF_SIGNED, events: ok },
    status: 200,
  },
  '4 VerifyValidSelfSignedWithNoEkuAuthenticates': {
    client: SS_NONE,
    options: { ...SELF_SIGNED, events: ok },
    status: 200,
  },
  '5 VerifyValidSelfSignedWithClientEkuFailsWhenSelfSignedCertsNotAllowed': {
    client: SS_CLIENT,
    options: { allowedCertificateTypes: 'Chained' },
    status: 403,
  },
  '6 VerifyValidSelfSignedWithNoEkuFailsWhenSelfSignedCertsNotAllowed': {
    client: SS_NONE,
    options: { allowedCertificateTypes: 'Chained', events: ok },
    status: 403,
  },
  '7 VerifyValidSelfSignedWithServerFailsEvenIfSelfSignedCertsAreAllowed': {
    client: SS_SERVER,
    options: { ...SELF_SIGNED, events: ok },
    status: 403,
  },
  '8 VerifyValidSelfSignedWithServerPassesWhenSelfSignedCertsAreAllowedAndPurposeValidationIsOff': {
    client: SS_SERVER,
    options: { ...SELF_SIGNED, ...OFF, events: ok },
    status: 200,
  },
  '9 VerifyValidSelfSignedWithServerFailsPurposeValidationIsOffButSelfSignedCertsAreNotAllowed': {
    client: SS_SERVER,
    options: { allowedCertificateTypes: 'Chained', ...OFF, events: ok },
    status: 403,
  },
  '10 VerifyExpiredSelfSignedFails': {
    client: SS_EXPIRED,
    options: { ...SELF_SIGNED, ...OFF, events: ok },
    status: 403,
  },
  '11 VerifyExpiredSelfSignedPassesIfDateRangeValidationIsDisabled': {
    client: SS_EXPIRED,
    options: { ...SELF_SIGNED, validateValidityPeriod: false, events: ok },
    status: 200,
  },
  '12 VerifyNotYetValidSelfSignedFails': {
    client: SS_FUTURE,
    options: { ...SELF_SIGNED, ...OFF, events: ok },
    status: 403,
  },
  '13 VerifyNotYetValidSelfSignedPassesIfDateRangeValidationIsDisabled': {
    client: SS_FUTURE,
    options: { ...SELF_SIGNED, validateValidityPeriod: false, events: ok },
    status: 200,
  },
  '14 VerifyFailingInTheValidationEventReturnsForbidden': {
    client: SS_SERVER,
    options: { ...OFF, events: fail },
    status: 403,
  },
  '14a VerifyFailingInTheValidationEventReturnsForbidden, where the event decides': {
    client: SS_SERVER,
    options: { ...SELF_SIGNED, ...OFF, events: fail },
    status: 403,
  },
  '15 DoingNothingInTheValidationEventReturnsOK': {
    client: SS_SERVER,
    options: { ...SELF_SIGNED, ...OFF, events: noop },
    status: 200,
  },
  '16 VerifyNotSendingACertificateEndsUpInForbidden': { options: { events: ok }, status: 403 },
  '17 VerifyUntrustedClientCertEndsUpInForbidden': { client: CLIENT, options: { events: ok }, status: 403 },
  '19 VerifyClientCertWithUntrustedRootAndTrustedChainEndsUpInForbidden': {
    client: CLIENT,
    options: { ...CUSTOM, customTrustStore: subOnly, events: ok },
    status: 403,
  },
  '20 VerifyValidClientCertWithTrustedChainAuthenticates': {
    client: CLIENT,
    options: { ...CUSTOM, customTrustStore: [...rootOnly, ...subOnly], events: ok },
    status: 200,
  },
  '21 VerifyValidClientCertWithAdditionalCertificatesAuthenticates': {
    client: CLIENT,
    options: { ...CUSTOM, customTrustStore: rootOnly, additionalChainCertificates: subOnly, events: ok },
    status: 200,
  },
  '22 VerifyValidClientCertFailsWithoutAdditionalCertificatesAuthenticates': {
    client: CLIENT,
    options: { ...CUSTOM, customTrustStore: rootOnly, events: ok },
    status: 403,
  },
  '23 VerifyHeaderIsUsedIfCertIsNotPresent': {
    options: { ...SELF_SIGNED, events: ok },
    before: forwarding(),
    headers: { 'X-Client-Cert': base64Of(SS_NONE) },
    status: 200,
  },
  '24 VerifyHeaderEncodedCertFailsOnBadEncoding': {
    options: { ...SELF_SIGNED, events: ok },
    before: forwarding(),
    headers: { 'X-Client-Cert': `OOPS${base64Of(SS_NONE)}` },
    status: 403,
  },
  '25 VerifySettingTheAzureHeaderOnTheForwarderOptionsWorks': {
    options: { ...SELF_SIGNED, events: ok },
    before: forwarding(AZURE_CERTIFICATE_HEADER),
    headers: { 'X-ARR-ClientCert': base64Of(SS_NONE) },
    status: 200,
  },
  '26 VerifyACustomHeaderFailsIfTheHeaderIsNotPresent': {
    options: { ...SELF_SIGNED, events: ok },
    before: forwarding(AZURE_CERTIFICATE_HEADER),
    headers: { 'random-Weird-header': base64Of(SS_NONE) },
    status: 403,
  },
}

test.each(Object.entries(CASES))('%s', async (_, { client, options, before, headers = {}, status }) => {
  const { get } = await server(options, ...(before === undefined ? [] : [before]))
  const answer = await get({ client, headers })
  expect(answer.status).toBe(status)
  if (status === 403) {
    expect(answer.body).toBe('')
    expect(answer.headers).not.toHaveProperty('www-authenticate')
  }
})

test('1 VerifySchemeDefaults', () => {
  expect(certificateAuthentication({ clock: () => AT }).scheme).toBe('Certificate')
  expect(certificateAuthentication({ clock: () => AT, scheme: 'Other' }).scheme).toBe('Other')
})

test('2 VerifyIsSelfSignedExtensionMethod', () => {
  const isSelfSigned = ({ certificate }: Credential) => new ClientCertificate(certificate).isSelfSigned
  expect([SS_NONE, CLIENT].map(isSelfSigned)).toEqual([true, false])
})

test('18 VerifyValidationFailureCanBeHandled', async () => {
  const seen: unknown[] = []
  const { get } = await server({
    events: {
      onAuthenticationFailed(context) {
        seen.push((context.exception as Error).message)
        context.fail('Validation failed')
      },
    },
  })
  expect((await get({ client: CLIENT })).status).toBe(403)
  expect(seen).toEqual(['Client certificate failed validation.'])
})

test('27 VerifyNoEventWireupWithAValidCertificateCreatesADefaultUser', async () => {
  const { get } = await server(SELF_SIGNED)
  const { status, body } = await get({ client: SS_NONE })
  const claims = JSON.parse(body) as readonly Claim[]
  const certificate = new ClientCertificate(SS_NONE.certificate)
  const subject = 'CN=Valid Self Signed No EKU, OU=dev, DC=idunno-dev, DC=org'
  expect(status).toBe(200)
  expect(claims.map(({ type, value }) => [type, value])).toEqual([
    [CLAIM_TYPE.issuer, subject],
    [CLAIM_TYPE.thumbprint, certificate.thumbprint],
    [CLAIM_TYPE.x500DistinguishedName, subject],
    [CLAIM_TYPE.serialNumber, certificate.serialNumber],
    [CLAIM_TYPE.dns, 'Valid Self Signed No EKU'],
    [CLAIM_TYPE.name, 'Valid Self Signed No EKU'],
  ])
})

/** Counts its calls in a claim. */
function counting() {
  let count = 0
  const principals: unknown[] = []
  const onCertificateValidated = (context: CertificateValidatedContext<unknown>) => {
    principals.push(context.principal)
    context.principal = new ClaimsPrincipal([
      { type: CLAIM_TYPE.name, value: 'John Doe' },
      { type: 'ValidationCount', value: String(++count) },
    ])
    context.success()
  }
  return { principals, events: { onCertificateValidated } }
}

test.each([
  ['on', true, '1'],
  ['off', false, '2'],
] as const)('28 VerifyValidationResultCanBeCached: %s', async (_, cached, second) => {
  const { events, principals } = counting()
  const clock = () => AT
  const { get } = await server({
    ...SELF_SIGNED,
    events,
    cache: cached ? new MemoryValidationCache({ clock }) : undefined,
  })
  const values = async () =>
    (JSON.parse((await get({ client: SS_NONE })).body) as readonly Claim[]).map(({ value }) => value)
  expect(await values()).toEqual(['John Doe', '1'])
  expect(await values()).toEqual(['John Doe', second])
  expect(principals[0]).toBeInstanceOf(ClaimsPrincipal)
})

test('29 VerifyValidationEventPrincipalIsPropogated', async () => {
  const { get } = await server({
    ...SELF_SIGNED,
    events: {
      onCertificateValidated(context) {
        context.principal = new ClaimsPrincipal([{ type: CLAIM_TYPE.name, value: 'John Doe' }])
        context.success()
      },
    },
  })
  const claims = JSON.parse((await get({ client: SS_NONE })).body) as readonly Claim[]
  expect(claims).toEqual([
    {
      type: CLAIM_TYPE.name,
      value: 'John Doe',
      valueType: 'http://www.w3.org/2001/XMLSchema#string',
      issuer: 'LOCAL AUTHORITY',
    },
  ])
})

test.each([
  ['on', true, ['1', '1', '2']],
  ['off', false, ['1', '2', '3']],
] as const)('30 VerifyValidationResultNeverCachedAfter30Min: %s', async (_, cached, counts) => {
  let now = AT
  const clock = () => now
  const { events } = counting()
  // It lasts for a day after it was used, so that nothing but the half hour ends it.
  const cache = cached ? new MemoryValidationCache({ clock, expiration: 86_400_000 }) : undefined
  const { get } = await server({ ...SELF_SIGNED, events, clock, cache })
  const count = async () => (JSON.parse((await get({ client: SS_NONE })).body) as readonly Claim[])[1]?.value
  const seen = [await count(), await count()]
  now = new Date(AT.getTime() + 31 * 60_000)
  expect([...seen, await count()]).toEqual(counts)
})
