/** Forwarded certificates: ASP.NET Core's own tests of its forwarder, and whose word counts. */

import type { Socket } from 'node:net'
import { expect, test, vi } from 'vitest'
import { clientCertificateOf } from '../../src/authentication/connection.ts'
import {
  AZURE_CERTIFICATE_HEADER,
  CertificateForwarding,
  type CertificateForwardingOptions,
  certificateForwarding,
} from '../../src/authentication/forwarding.ts'
import type { AuthenticationLogEntry } from '../../src/authentication/log.ts'
import { certificateAuthentication } from '../../src/authentication/middleware.ts'
import { requireCertificate } from '../../src/authentication/require-certificate.ts'
import { AT, base64Of, SS_CLIENT, SS_FUTURE, SS_NONE } from './certificates.ts'
import { type Ask, type Middleware, serve, serveHttp } from './https-server.ts'

const LOOPBACK = { trustedProxies: ['loopback'] }

/** The subject that the application sees before and after forwarding. */
async function subjects(options: CertificateForwardingOptions, ask: Ask) {
  const seen: (string | undefined)[] = []
  const look: Middleware = (request, _response, next) => {
    seen.push(clientCertificateOf(request)?.nameInfo('SimpleName'))
    next()
  }
  const { get } = await serve(look, certificateForwarding(options), look, (_request, response) => response.end())
  expect((await get(ask)).status).toBe(200)
  return seen
}

const NONE = 'Valid Self Signed No EKU'

test.each([
  ['F1 VerifySettingNullHeaderOptionThrows', null],
  ['F2 VerifySettingEmptyHeaderOptionThrows', ''],
  ['a name that is no header', 'X Client Cert'],
])('%s', (_, certificateHeader) => {
  const options = { ...LOOPBACK, certificateHeader: certificateHeader as string }
  expect(() => certificateForwarding(options)).toThrow(expect.objectContaining({ code: 'usage.option' }))
})

test('F3 VerifyHeaderIsUsedIfNoCertificateAlreadySet', async () => {
  const ask = { headers: { 'X-Client-Cert': base64Of(SS_NONE) } }
  expect(await subjects(LOOPBACK, ask)).toEqual([undefined, NONE])
})

test('F4 VerifyHeaderOverridesCertificateEvenAlreadySet', async () => {
  const ask = { client: SS_FUTURE, headers: { 'X-Client-Cert': base64Of(SS_NONE) } }
  expect(await subjects(LOOPBACK, ask)).toEqual(['Not Valid Yet Self Signed', NONE])
})

test('F5 VerifySettingTheAzureHeaderOnTheForwarderOptionsWorks', async () => {
  const ask = { headers: { 'X-ARR-ClientCert': base64Of(SS_NONE) } }
  expect(await subjects({ ...LOOPBACK, certificateHeader: AZURE_CERTIFICATE_HEADER }, ask)).toEqual([undefined, NONE])
})

test('F6 VerifyACustomHeaderFailsIfTheHeaderIsNotPresent', async () => {
  const ask = { headers: { 'not-the-right-header': base64Of(SS_NONE) } }
  const options = { ...LOOPBACK, certificateHeader: 'some-random-header' }
  expect(await subjects(options, ask)).toEqual([undefined, undefined])
})

test('F7 VerifyArrHeaderEncodedCertFailsOnBadEncoding', async () => {
  const ask = { headers: { 'X-ARR-ClientCert': `OOPS${base64Of(SS_NONE)}` } }
  const options = { ...LOOPBACK, certificateHeader: AZURE_CERTIFICATE_HEADER }
  expect(await subjects(options, ask)).toEqual([undefined, undefined])
})

test('an empty header leaves the certificate of the connection', async () => {
  const ask = { client: SS_CLIENT, headers: { 'X-Client-Cert': '' } }
  expect(await subjects(LOOPBACK, ask)).toEqual(Array(2).fill('Valid Self Signed Client EKU'))
})

test('a header that cannot be read does not: who is there is not who it says', async () => {
  const ask = { client: SS_CLIENT, headers: { 'X-Client-Cert': 'nonsense' } }
  expect(await subjects(LOOPBACK, ask)).toEqual(['Valid Self Signed Client EKU', undefined])
})

test('a header sent twice is nobody', async () => {
  const ask = { headers: { 'X-Client-Cert': [base64Of(SS_NONE), base64Of(SS_CLIENT)] } }
  expect(await subjects(LOOPBACK, ask)).toEqual([undefined, undefined])
})

test('a converter of one’s own gets several values joined with commas; what it throws is nobody', async () => {
  const values: string[] = []
  const headerConverter = (value: string) => {
    values.push(value)
    if (value.startsWith('throw')) throw new Error('no')
    return value.startsWith('none') ? undefined : SS_NONE.certificate
  }
  const options = { ...LOOPBACK, headerConverter }
  expect(await subjects(options, { headers: { 'X-Client-Cert': ['a', 'b'] } })).toEqual([undefined, NONE])
  expect(await subjects(options, { headers: { 'X-Client-Cert': 'none' } })).toEqual([undefined, undefined])
  expect(await subjects(options, { headers: { 'X-Client-Cert': 'throw' } })).toEqual([undefined, undefined])
  expect(values).toEqual(['a, b', 'none', 'throw'])
})

test('the header is converted when somebody asks, and once', async () => {
  let conversions = 0
  const headerConverter = () => {
    conversions++
    return SS_NONE.certificate
  }
  const forward = certificateForwarding({ ...LOOPBACK, headerConverter })
  const { get } = await serve(forward, (request, response) => {
    if (request.url === '/ask') for (let i = 0; i < 3; i++) clientCertificateOf(request)
    response.end(String(conversions))
  })
  const headers = { 'X-Client-Cert': 'x' }
  expect((await get({ headers })).body).toBe('0')
  expect((await get({ headers, path: '/ask' })).body).toBe('1')
})

test.each([
  ['no list', undefined],
  ['an empty list', []],
  ['a name', ['proxy.example']],
  ['too long a prefix', ['10.0.0.0/33']],
  ['a prefix that is none', ['10.0.0.0/']],
  ['two prefixes', ['10.0.0.0/8/8']],
  ['nothing in the list', [undefined]],
  ['a range of IPv4 that is one of IPv6, and everybody,', ['::ffff:10.0.0.0/8']],
  ['the same in digits', ['::ffff:a00:1/32']],
])('it refuses to start with %s of trusted proxies', (_, trustedProxies) => {
  const options = { trustedProxies } as CertificateForwardingOptions
  expect(() => certificateForwarding(options)).toThrow(expect.objectContaining({ code: 'usage.option' }))
})

test('an unknown encoding is refused', () => {
  const options = { ...LOOPBACK, headerConverter: 'base32' as 'auto' }
  expect(() => certificateForwarding(options)).toThrow(expect.objectContaining({ code: 'usage.option' }))
})

test('a log that throws is an error without a word of it', () => {
  const forward = certificateForwarding({
    trustedProxies: ['192.0.2.1'],
    log() {
      throw new Error('SECRET')
    },
  })
  const next = vi.fn()
  forward({ headers: { 'x-client-cert': 'a' }, socket: { remoteAddress: '127.0.0.1' } as Socket }, undefined, next)
  expect(next.mock.calls).toEqual([[expect.objectContaining({ message: 'certificate authentication failed' })]])
})

test('a header from somebody who is no trusted proxy is ignored, and told of', async () => {
  const log: AuthenticationLogEntry[] = []
  const options = {
    trustedProxies: ['10.0.0.0/8', '::1'],
    log: (entry: AuthenticationLogEntry) => void log.push(entry),
  }
  expect(await subjects(options, { headers: { 'X-Client-Cert': base64Of(SS_NONE) } })).toEqual([undefined, undefined])
  expect(await subjects(options, { client: SS_CLIENT })).toEqual(Array(2).fill('Valid Self Signed Client EKU'))
  expect(log.map(({ event }) => event)).toEqual(['untrusted-proxy'])
})

test('a peer without an address is no trusted proxy, and the log says what to do about a Unix socket', () => {
  const log: AuthenticationLogEntry[] = []
  const forwarding = new CertificateForwarding({
    trustedProxies: ['0.0.0.0/0', '::/0'],
    log: (entry) => void log.push(entry),
  })
  expect(forwarding.read(undefined, () => base64Of(SS_NONE))).toBeUndefined()
  expect(log).toEqual([
    expect.objectContaining({ event: 'untrusted-proxy', hint: expect.stringContaining('127.0.0.1') }),
  ])
})

/** Behind a proxy that terminates TLS. */
function behindProxy(forwarding: CertificateForwardingOptions) {
  return serveHttp(
    certificateForwarding(forwarding),
    certificateAuthentication({ clock: () => AT, allowedCertificateTypes: 'SelfSigned' }),
    requireCertificate(),
    (_request, response) => response.end('in'),
  )
}

test.each([
  ['https', 'https', 200],
  ['https, said by the nearest of several', 'http, https', 200],
  ['http, said by the nearest of several', 'https, http', 403],
  ['http', 'http', 403],
  ['nothing', undefined, 403],
])('a trusted proxy that says %s', async (_, proto, status) => {
  const { get } = await behindProxy(LOOPBACK)
  const headers = { 'X-Client-Cert': base64Of(SS_NONE), ...(proto !== undefined && { 'X-Forwarded-Proto': proto }) }
  expect((await get({ headers })).status).toBe(status)
})

test('https is not believed of others, nor of the proxy where it does not say', async () => {
  const headers = { 'X-Client-Cert': base64Of(SS_NONE), 'X-Forwarded-Proto': 'https' }
  const stranger = await behindProxy({ trustedProxies: ['192.0.2.1'] })
  expect((await stranger.get({ headers })).status).toBe(403)
  const silent = await behindProxy({ ...LOOPBACK, protoHeader: false })
  expect((await silent.get({ headers })).status).toBe(403)
})
