/** What a program in JavaScript gets wrong is told when it starts, and lets nobody in. */

import fastify from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { MemoryValidationCache } from '../../src/authentication/cache.ts'
import { CertificatePolicy, type CertificateRequirement } from '../../src/authentication/certificate-policy.ts'
import { fastifyCertificateAuthentication } from '../../src/authentication/fastify.ts'
import { type CertificateForwardingOptions, certificateForwarding } from '../../src/authentication/forwarding.ts'
import { hostRouter } from '../../src/authentication/host-router.ts'
import type { AuthenticationLogEntry } from '../../src/authentication/log.ts'
import { certificateAuthentication } from '../../src/authentication/middleware.ts'
import { type RequireCertificateOptions, requireCertificate } from '../../src/authentication/require-certificate.ts'
import { forwardScheme } from '../../src/authentication/scheme-forwarding.ts'
import { type ServerTlsOptions, serverTls } from '../../src/authentication/server-tls.ts'
import { errorOf } from '../thrown.ts'
import { AT, CLIENT, ROOT, SERVER, SS_NONE, SUB } from './certificates.ts'
import { serve } from './https-server.ts'

const ignore = () => undefined
const options = (wrong: object) => () => certificateAuthentication(wrong)
const AUTHENTICATION = certificateAuthentication()
const TRUST = { chainTrustValidationMode: 'CustomRootTrust', customTrustStore: [ROOT.certificate] } as const

test.each<[string, () => unknown, RegExp]>([
  ['an option that there is not', options({ revocationModus: 'NoCheck' }), /there is no revocationModus/],
  ['an option in other case', options({ AllowedCertificateTypes: 'All' }), /it is called allowedCertificateTypes/],
  [
    'an event in other case',
    options({ events: { OnCertificateValidated: ignore } }),
    /it is called onCertificateValidated/,
  ],
  ['an event that there is not', options({ events: { onValidated: ignore } }), /there is no onValidated/],
  [
    'an event of a class',
    options({
      events: new (class {
        onValidate = ignore
      })(),
    }),
    /there is no onValidate/,
  ],
  ['a trust mode', options({ ...TRUST, chainTrustValidationMode: 'Custom' }), /System, CustomRootTrust/],
  ['a revocation mode', options({ revocationMode: 'none' }), /NoCheck, Online, Offline/],
  ['a revocation flag', options({ revocationFlag: 'all' }), /EndCertificateOnly/],
  ['a kind of certificates', options({ allowedCertificateTypes: 'selfsigned' }), /Chained, SelfSigned, All/],
  [
    'custom trust without a store',
    options({ chainTrustValidationMode: 'CustomRootTrust' }),
    /needs a customTrustStore/,
  ],
  ['the path of a store', options({ ...TRUST, customTrustStore: 'root.crt' }), /readCertificateFile/],
  ['a list of paths', options({ ...TRUST, customTrustStore: ['root.crt'] }), /readCertificateFile/],
  ['additional certificates as PEM', options({ additionalChainCertificates: ['-----BEGIN'] }), /additionalChain/],
  ['no options of forwarding', () => certificateForwarding(undefined as never), /trustedProxies must name/],
  [
    'an option of forwarding',
    () => certificateForwarding({ trustedProxies: ['loopback'], header: 'a' } as CertificateForwardingOptions),
    /there is no header/,
  ],
  [
    'a requirement that there is not',
    () => requireCertificate({ allowedSubjects: ['^CN=a$'] } as RequireCertificateOptions),
    /there is no allowedSubjects/,
  ],
  ['a requirement that is no list', () => requireCertificate({ allowedThumbprints: 'abc' } as never), /takes lists/],
  [
    'a thumbprint that is none',
    () => requireCertificate({ allowedThumbprints: [undefined] } as never),
    /no thumbprint/,
  ],
  ['a SPIFFE ID that is none', () => requireCertificate({ allowedSpiffeIds: [5] } as never), /no SPIFFE ID/],
  ['a pin that is none', () => requireCertificate({ allowedPublicKeys: [null] } as never), /no pin/],
  ['no options', () => certificateAuthentication(null as never), /no object/],
  ['a policy', () => new CertificatePolicy({ log: 1 } as CertificateRequirement), /there is no log/],
  // Null is not "left out": a check that a configuration sets to nothing must not be a check that is off.
  [
    'a check set to null',
    options({ validateCertificateUse: null }),
    /validateCertificateUse takes true or false, not null/,
  ],
  ['a check set to a text', options({ validateValidityPeriod: 'false' }), /takes true or false, not a string/],
  ['a callback that is none', options({ events: { onCertificateValidated: null } }), /takes a function, not null/],
  ['no events', options({ events: null }), /events takes an object, not null/],
  ['a cache that is none', options({ cache: new Map([['put', 1]]) }), /cache takes something that can get and put/],
  ['a clock that is a time', options({ clock: AT }), /clock takes a function/],
  ['a log that is none', options({ log: console }), /log takes a function/],
  ['an option of the cache', () => new MemoryValidationCache({ sise: 1 } as object), /there is no sise/],
  ['text for a number', () => new MemoryValidationCache({ expiration: '5' as never }), /expiration takes a number/],
  ['an option of TLS', () => serverTls({ credential: SERVER, ca: [] } as ServerTlsOptions), /there is no ca/],
  [
    'Kestrel’s word for TLS',
    () => serverTls({ credential: SERVER, clientCertificate: 'RequireCertificate' as 'ask' }),
    /cannot be "RequireCertificate": ask, none/,
  ],
  [
    'an option of schemes',
    () => forwardScheme(AUTHENTICATION, { ForwardDefault: 1 } as object),
    /called forwardDefault/,
  ],
  ['a scheme by name', () => forwardScheme(AUTHENTICATION, { forwardForbid: 'staff' as never }), /can forbid/],
  ['no scheme to forward from', () => forwardScheme(undefined as never, {}), /can authenticate and challenge/],
  ['an option of hosts', () => hostRouter({ hosts: {}, other: 1 } as never), /there is no other/],
  ['no server for other hosts', () => hostRouter({ hosts: {} } as never), /otherwise of hostRouter takes/],
  ['TLS without a credential', () => serverTls({} as ServerTlsOptions), /certificate and key/],
])('%s', (_, make, told) => {
  const error = errorOf(make)
  expect(error).toMatchObject({ code: 'usage.option' })
  expect(`${error.message} ${error.hint}`).toMatch(told)
})

test('no options, all options, and callbacks of a class that has other members', () => {
  class Events {
    readonly online = true
    onChallenge = ignore
    helper = ignore
  }
  expect(certificateAuthentication().scheme).toBe('Certificate')
  expect(certificateAuthentication({ ...TRUST, events: new Events() }).scheme).toBe('Certificate')
  expect(() => requireCertificate({ log: () => undefined, allowedThumbprints: [] })).not.toThrow()
})

test('of two that share a cache and a name, neither lets in whom the other accepted', () => {
  const cache = new MemoryValidationCache()
  const staff = { ...TRUST, cache, log: ignore }
  certificateAuthentication(staff)
  expect(() => certificateAuthentication({ ...staff, log: () => undefined })).not.toThrow()
  expect(() => certificateAuthentication({ ...staff, scheme: 'partners', validateCertificateUse: false })).not.toThrow()
  for (const other of [{ validateCertificateUse: false }, { events: {} }, { customTrustStore: [SUB.certificate] }]) {
    expect(errorOf(() => certificateAuthentication({ ...staff, ...other }))).toMatchObject({
      code: 'usage.option',
      message: 'two authentications with different options share a cache as Certificate',
    })
  }
})

test('what Fastify’s register takes for itself is no option of ours', async () => {
  const app = fastify()
  onTestFinished(() => app.close())
  await app.register(fastifyCertificateAuthentication, { ...TRUST, prefix: '/a', logLevel: 'warn' })
  const wrong = fastify()
  wrong.register(fastifyCertificateAuthentication, { trust: 1 } as object)
  await expect(wrong.ready()).rejects.toMatchObject({ code: 'usage.option' })
})

/** The log's advice for a client of three. */
async function advice(given: Parameters<typeof certificateAuthentication>[0], client = CLIENT) {
  const log: AuthenticationLogEntry[] = []
  const authentication = certificateAuthentication({ clock: () => AT, log: (entry) => void log.push(entry), ...given })
  const { get } = await serve(authentication, (_request, response) => response.end())
  await get({ client })
  return log.find(({ event }) => event === 'chain-invalid')?.hint
}

test.each([
  ['nothing said about trust', {}, /set chainTrustValidationMode to CustomRootTrust/],
  ['the intermediate forgotten', { ...TRUST, revocationMode: 'NoCheck' }, /additionalChainCertificates/],
  ['the root forgotten', { ...TRUST, customTrustStore: [SUB.certificate], revocationMode: 'NoCheck' }, /hold the root/],
  ['nobody to ask', { ...TRUST, customTrustStore: [ROOT.certificate, SUB.certificate] }, /with fetch, Online asks/],
  [
    'nothing at hand',
    { ...TRUST, customTrustStore: [ROOT.certificate, SUB.certificate], revocationMode: 'Offline' },
    /in surroundings/,
  ],
  ['out of date', { allowedCertificateTypes: 'SelfSigned', clock: () => new Date('2080-01-01') }, /renew/],
] as const)('the log says what to do: %s', async (_, given, told) => {
  expect(await advice(given, 'allowedCertificateTypes' in given ? SS_NONE : CLIENT)).toMatch(told)
})
