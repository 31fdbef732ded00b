/** What a program in JavaScript gets wrong is told when it starts, and lets nobody in. */

import fastify from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { CertificatePolicy, type CertificateRequirement } from '../../src/authentication/certificate-policy.ts'
import { fastifyCertificateAuthentication } from '../../src/authentication/fastify.ts'
import { type CertificateForwardingOptions, certificateForwarding } from '../../src/authentication/forwarding.ts'
import type { AuthenticationLogEntry } from '../../src/authentication/log.ts'
import { certificateAuthentication } from '../../src/authentication/middleware.ts'
import { type RequireCertificateOptions, requireCertificate } from '../../src/authentication/require-certificate.ts'
import { type ServerTlsOptions, serverTls } from '../../src/authentication/server-tls.ts'
import { errorOf } from '../thrown.ts'
import { AT, CLIENT, ROOT, SS_NONE, SUB } from './certificates.ts'
import { serve } from './https-server.ts'

const ignore = () => undefined
const options = (wrong: object) => () => certificateAuthentication(wrong)
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
  ['a policy', () => new CertificatePolicy({ log: 1 } as CertificateRequirement), /there is no log/],
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
