/**
 * What ASP.NET Core's tests leave out, what callbacks may decide (A.4–A.6), and that whatever goes wrong
 * lets nobody in and tells clients nothing. Through HTTPS connections on loopback.
 */

import { expect, test, vi } from 'vitest'
import { authenticationOf } from '../../src/authentication/authenticated.ts'
import type { CertificateAuthenticationOptions } from '../../src/authentication/authentication-options.ts'
import { MemoryValidationCache, type ValidationCache } from '../../src/authentication/cache.ts'
import { CLAIM_TYPE } from '../../src/authentication/claim-types.ts'
import { ClientCertificate } from '../../src/authentication/client-certificate.ts'
import { certificateForwarding } from '../../src/authentication/forwarding.ts'
import type { AuthenticationLogEntry } from '../../src/authentication/log.ts'
import { certificateAuthentication } from '../../src/authentication/middleware.ts'
import { ClaimsPrincipal } from '../../src/authentication/principal.ts'
import { redirectToHost } from '../../src/authentication/redirect.ts'
import { requireCertificate } from '../../src/authentication/require-certificate.ts'
import type { AuthenticateResult } from '../../src/authentication/result.ts'
import type { Credential } from '../../src/keys/credential.ts'
import { KEY_PURPOSE } from '../../src/x509/oids.ts'
import type { ExtensionName } from '../path/build-certificate.ts'
import {
  AT,
  base64Of,
  CLIENT,
  endEntity,
  ROOT,
  rootAuthority,
  SS_CLIENT,
  SS_NONE,
  SUB,
  subordinate,
} from './certificates.ts'
import { type Middleware, serve, serveHttp } from './https-server.ts'

type Options = Partial<CertificateAuthenticationOptions>

const CUSTOM: Options = { chainTrustValidationMode: 'CustomRootTrust', revocationMode: 'NoCheck' }
const SELF_SIGNED: Options = { allowedCertificateTypes: 'SelfSigned' }

/** A server with a public path `/` and everything else behind `requireCertificate`; what it logs and what it found. */
async function site(options: Options, ...before: readonly Middleware[]) {
  const log: AuthenticationLogEntry[] = []
  const results: (AuthenticateResult | undefined)[] = []
  const authorize = requireCertificate()
  const middlewares: readonly Middleware[] = [
    ...before,
    certificateAuthentication({ clock: () => AT, log: (entry) => void log.push(entry), ...options }),
    (request, response, next) => {
      results.push(authenticationOf(request))
      if (request.url === '/') response.end('public')
      else authorize(request, response, next)
    },
    (request, response) => {
      const result = authenticationOf(request)
      response.end(result?.outcome === 'success' ? result.principal.name : 'nobody')
    },
  ]
  const { get } = await serve(...middlewares)
  return {
    get,
    log,
    results,
    middlewares,
    status: async (client?: Credential) => (await get({ path: '/private', client })).status,
  }
}

test('C.3 over plain http there is nothing to authenticate, and no event', async () => {
  const events = { onCertificateValidated: vi.fn(), onAuthenticationFailed: vi.fn() }
  const { middlewares, log } = await site({ ...SELF_SIGNED, events })
  const { get } = await serveHttp(...middlewares)
  expect((await get({ path: '/private', client: SS_NONE })).status).toBe(403)
  expect((await get()).body).toBe('public')
  expect([...new Set(log.map(({ event }) => event))]).toEqual(['not-https'])
  expect([events.onCertificateValidated.mock.calls, events.onAuthenticationFailed.mock.calls]).toEqual([[], []])
})

test('C.3 a cached failure is returned without callbacks', async () => {
  const onAuthenticationFailed = vi.fn()
  const cache = new MemoryValidationCache({ clock: () => AT })
  const { status } = await site({ cache, events: { onAuthenticationFailed } })
  expect([await status(CLIENT), await status(CLIENT)]).toEqual([403, 403])
  expect(onAuthenticationFailed).toHaveBeenCalledTimes(1)
})

test.each([
  ['null', () => null],
  ['a promise of null', async () => null],
])('a cache that says %s does not know', async (_, get) => {
  const { status } = await site({ ...SELF_SIGNED, cache: { get: get as never, put: () => undefined } })
  expect([await status(SS_NONE), await status(CLIENT)]).toEqual([200, 403])
})

test('C.3 a failure of the first callback becomes success in the second', async () => {
  const { get, results } = await site({
    ...SELF_SIGNED,
    events: {
      onCertificateValidated: (context) => context.fail('not yet'),
      onAuthenticationFailed(context) {
        expect(context.exception).toMatchObject({ message: 'not yet', reason: 'rejected-by-application' })
        context.principal = new ClaimsPrincipal([{ type: CLAIM_TYPE.name, value: 'after all' }])
        context.success()
      },
    },
  })
  expect(await get({ path: '/private', client: SS_NONE })).toMatchObject({ status: 200, body: 'after all' })
  expect(results[0]?.outcome).toBe('success')
})

test('C.3 System mode with a custom trust store goes the way of exceptions', async () => {
  const onAuthenticationFailed = vi.fn()
  const { status, log } = await site({ customTrustStore: [ROOT.certificate], events: { onAuthenticationFailed } })
  expect(await status(CLIENT)).toBe(500)
  expect(onAuthenticationFailed.mock.calls[0]?.[0].exception).toMatchObject({ code: 'usage.option' })
  expect(log.at(-1)).toMatchObject({ event: 'exception', error: { code: 'usage.option' } })
  // It does not concern self-signed certificates, which no store is asked about.
  const selfSigned = await site({ ...SELF_SIGNED, customTrustStore: [ROOT.certificate] })
  expect(await selfSigned.status(SS_NONE)).toBe(200)
})

const below = (root: typeof ROOT, sub = subordinate(root)) => ({
  client: endEntity(sub),
  options: { ...CUSTOM, customTrustStore: [root.certificate, sub.certificate] },
})

const bareRoot = rootAuthority({ without: ['basicConstraints'] })
const serverOnly = subordinate(ROOT, { extKeyUsage: [KEY_PURPOSE.serverAuth] })
const anyPurpose = endEntity(SUB, { extKeyUsage: [KEY_PURPOSE.anyExtendedKeyUsage] })

/** Its subject is its issuer's, but its key is its own: what looks self-signed is signed by another key. */
function foreign(without: readonly ExtensionName[] = []): Credential {
  return endEntity(ROOT, { without, unchecked: { parts: { subject: ROOT.certificate.subject.encoded } } })
}

test.each<readonly [string, Credential, Options, number]>([
  [
    'a chained leaf with Online that names no place for evidence',
    CLIENT,
    { ...CUSTOM, revocationMode: 'Online', customTrustStore: [ROOT.certificate, SUB.certificate] },
    403,
  ],
  ['a root without basicConstraints, as PowerShell makes it', below(bareRoot).client, {}, 403],
  ['a server-only intermediate', ...chain(below(ROOT, serverOnly)), 403],
  [
    'a leaf for any purpose, which .NET takes for clientAuth after version 10 only',
    anyPurpose,
    { ...CUSTOM, customTrustStore: [ROOT.certificate, SUB.certificate] },
    403,
  ],
  ['subject = issuer, but another’s signature', foreign(['authorityKeyIdentifier']), SELF_SIGNED, 403],
  // Measured: OpenSSL then looks for another issuer, finds none, and that is what self-signed ones are forgiven.
  ['subject = issuer, and the key identifier says whose signature it is', foreign(), SELF_SIGNED, 200],
])('C.3 %s', async (_, client, options, expected) => {
  const { status } = await site(options)
  expect(await status(client)).toBe(expected)
})

function chain({ client, options }: ReturnType<typeof below>): readonly [Credential, Options] {
  return [client, options]
}

test('C.3 a root without basicConstraints but with keyCertSign is accepted', async () => {
  const { client, options } = below(bareRoot)
  expect(await (await site(options)).status(client)).toBe(200)
})

test('C.3 onChallenge sends clients to the host that asks for certificates', async () => {
  const { get } = await site({ events: { onChallenge: redirectToHost('secure.test:8443') as never } })
  const { status, headers, body } = await get({ path: '/private/a?b=c', method: 'POST' })
  expect({ status, location: headers.location, body }).toEqual({
    status: 307,
    location: 'https://secure.test:8443/private/a?b=c',
    body: '',
  })
  const there = await get({ path: '/private', headers: { host: 'SECURE.test:8443' } })
  expect(there).toMatchObject({ status: 403, body: '' })
})

test('doing nothing, success, failure and no result', async () => {
  const decide: Readonly<
    Record<string, (context: { success(): void; fail(r: string): void; noResult(): void }) => void>
  > = {
    nothing: () => undefined,
    success: (context) => context.success(),
    failure: (context) => context.fail('no'),
    'no result': (context) => context.noResult(),
    'the last word': (context) => {
      context.fail('no')
      context.success()
    },
  }
  const seen: Record<string, unknown> = {}
  for (const [name, onCertificateValidated] of Object.entries(decide)) {
    const { results, status } = await site({ ...SELF_SIGNED, events: { onCertificateValidated } })
    seen[name] = [await status(SS_NONE), results[0]?.outcome]
  }
  expect(seen).toEqual({
    nothing: [200, 'success'],
    success: [200, 'success'],
    failure: [403, 'failure'],
    'no result': [403, 'no-result'],
    'the last word': [200, 'success'],
  })
})

test('callbacks are waited for', async () => {
  const { status } = await site({
    ...SELF_SIGNED,
    events: {
      async onCertificateValidated(context) {
        await new Promise((resolve) => setTimeout(resolve, 20))
        context.fail('late')
      },
    },
  })
  expect(await status(SS_NONE)).toBe(403)
})

test('what a callback learns', async () => {
  const seen: unknown[] = []
  const { get } = await site({
    ...SELF_SIGNED,
    scheme: 'Mine',
    claimsIssuer: 'us',
    events: {
      onCertificateValidated(context) {
        const { clientCertificate, scheme, options, principal, chain: built } = context
        seen.push(clientCertificate.thumbprint, scheme, options.claimsIssuer, principal?.claims[0]?.issuer, built.valid)
        context.properties = { note: 'a' }
      },
    },
  })
  expect((await get({ path: '/private', client: SS_NONE })).status).toBe(200)
  expect(seen).toEqual([new ClientCertificate(SS_NONE.certificate).thumbprint, 'Mine', 'us', 'us', true])
})

test('a request is authenticated once', async () => {
  const onCertificateValidated = vi.fn()
  const authentication = certificateAuthentication({
    clock: () => AT,
    ...SELF_SIGNED,
    events: { onCertificateValidated },
  })
  const { get } = await serve(authentication, authentication, async (request, response) => {
    const [one, two] = [await authentication.authenticate(request), authenticationOf(request)]
    response.end(String(one === two))
  })
  expect((await get({ client: SS_NONE })).body).toBe('true')
  expect(onCertificateValidated).toHaveBeenCalledTimes(1)
})

test('what the cache knows goes on at once, what is not known does not', async () => {
  const cache = new MemoryValidationCache({ clock: () => AT })
  const authentication = certificateAuthentication({ clock: () => AT, ...SELF_SIGNED, cache })
  const outcomes: (string | undefined)[] = []
  const { get } = await serve(
    (request, response, next) => {
      authentication(request, response, next)
      outcomes.push(authenticationOf(request)?.outcome)
    },
    (_, response) => response.end(),
  )
  await get({ client: SS_NONE })
  await get({ client: SS_NONE })
  expect(outcomes).toEqual([undefined, 'success'])
})

test('a log that throws fails the request and not the server', async () => {
  const log = () => {
    throw new Error('SECRET log')
  }
  const { get } = await serveHttp(certificateAuthentication({ clock: () => AT, log }), (_, response) => response.end())
  const { status, body } = await get()
  expect(status).toBe(500)
  expect(body).not.toContain('SECRET')
})

test('two schemes do not know of each other', async () => {
  const strict = certificateAuthentication({ clock: () => AT, scheme: 'strict' })
  const lenient = certificateAuthentication({ clock: () => AT, scheme: 'lenient', ...SELF_SIGNED })
  const { get } = await serve(async (request, response) => {
    const both = [await strict.authenticate(request), await lenient.authenticate(request)]
    response.end(both.map(({ outcome, scheme }) => `${scheme} ${outcome}`).join())
  })
  expect((await get({ client: SS_NONE })).body).toBe('strict failure,lenient success')
})

test('the log says what the client is not told', async () => {
  const { get, log, results } = await site({ ...CUSTOM, customTrustStore: [ROOT.certificate] })
  expect(await get({ path: '/private', client: CLIENT })).toMatchObject({ status: 403, body: '' })
  await get({ path: '/private', client: SS_CLIENT })
  await get({ path: '/private' })
  expect(log.map(({ event, level, subject }) => [event, level, subject])).toEqual(
    [
      ['chain-invalid', 'warning', 'DC=test, CN=Test Client'],
      ['wrong-type', 'warning', 'DC=org, DC=idunno-dev, OU=dev, CN=Valid Self Signed Client EKU'],
      ['no-certificate', 'debug', undefined],
    ].map(([event, level, subject]) => [event, level, subject === undefined ? undefined : expect.any(String)]),
  )
  expect(log[0]?.status?.[0]).toMatch(/^PartialChain /)
  const [failed] = results
  if (failed?.outcome !== 'failure') throw new Error('no failure')
  expect(failed.failure).toMatchObject({ reason: 'invalid-client-certificate' })
  expect(failed.chain?.elements.map(({ status }) => status.map(({ flag }) => flag))).toEqual([['PartialChain']])
})

const BROKEN_CACHE: ValidationCache = {
  get: () => {
    throw new Error('SECRET cache')
  },
  put: () => undefined,
}

const throwing = () => {
  throw new Error('SECRET')
}

/** Whatever throws ends in an error without details on every path: nobody is let in. */
test.each<readonly [string, Options]>([
  ['onCertificateValidated', { events: { onCertificateValidated: throwing } }],
  ['onCertificateValidated, later', { events: { onCertificateValidated: async () => throwing() } }],
  ['onAuthenticationFailed', { allowedCertificateTypes: 'Chained', events: { onAuthenticationFailed: throwing } }],
  ['the cache', { cache: BROKEN_CACHE }],
  ['the cache, when it stores', { cache: { get: () => undefined, put: throwing } }],
  ['the surroundings', { surroundings: throwing }],
  ['the clock', { clock: throwing }],
  ['the log', { allowedCertificateTypes: 'Chained', log: throwing }],
  [
    'success without a principal',
    {
      events: {
        onCertificateValidated: (context) => {
          context.principal = undefined
          context.success()
        },
      },
    },
  ],
  [
    'nothing, after the principal was taken away',
    {
      events: {
        onCertificateValidated: (context) => {
          context.principal = undefined
        },
      },
    },
  ],
])('%s throws: 500 without a word, on public paths too', async (_, options) => {
  const { get } = await site({ ...SELF_SIGNED, ...options })
  for (const path of ['/', '/private']) {
    const { status, body } = await get({ path, client: SS_NONE })
    expect({ status, body }).toEqual({
      status: 500,
      body: 'CertificateAuthenticationError: certificate authentication failed',
    })
  }
})

test('an exception may be decided about', async () => {
  const { get } = await site({
    ...SELF_SIGNED,
    events: {
      onCertificateValidated: throwing,
      onAuthenticationFailed(context) {
        expect(context.exception).toMatchObject({ message: 'SECRET' })
        context.fail('it threw')
      },
    },
  })
  expect((await get({ path: '/', client: SS_NONE })).body).toBe('public')
  expect(await get({ path: '/private', client: SS_NONE })).toMatchObject({ status: 403, body: '' })
})

test('an exception is not cached', async () => {
  let calls = 0
  const cache = new MemoryValidationCache({ clock: () => AT })
  const onCertificateValidated = () => {
    if (calls++ === 0) throw new Error('once')
  }
  const { status } = await site({ ...SELF_SIGNED, cache, events: { onCertificateValidated } })
  expect([await status(SS_NONE), await status(SS_NONE)]).toEqual([500, 200])
})

test('onChallenge that throws leaves the 403', async () => {
  const { get, log } = await site({ events: { onChallenge: throwing } })
  expect(await get({ path: '/private' })).toMatchObject({ status: 403, body: '' })
  expect(log.map(({ event }) => event)).toEqual(['no-certificate', 'exception'])
})

test('a principal that is nobody is not let in', async () => {
  const { status } = await site({
    ...SELF_SIGNED,
    events: {
      onCertificateValidated(context) {
        context.principal = new ClaimsPrincipal([{ type: CLAIM_TYPE.name, value: 'x' }], { authenticationType: '' })
      },
    },
  })
  expect(await status(SS_NONE)).toBe(403)
})

test('a forwarded certificate that does not parse is nobody', async () => {
  const before = certificateForwarding({ trustedProxies: ['loopback'] })
  const { get, log } = await site(SELF_SIGNED, before)
  const bytes = Buffer.from(base64Of(SS_NONE), 'base64')
  const broken = bytes.subarray(0, bytes.length - 1).toString('base64')
  const answer = await get({ path: '/private', headers: { 'X-Client-Cert': broken } })
  expect(answer).toMatchObject({ status: 403, body: '' })
  expect(log.map(({ event }) => event)).toEqual(['no-certificate'])
})

test('requireCertificate without authentication before it is an error, and no pass', async () => {
  const { get } = await serve(requireCertificate(), (_request, response) => response.end('in'))
  expect((await get({ client: SS_NONE })).status).toBe(500)
})

test('a scheme needs a name, the handler types of certificates that there are', () => {
  const clock = () => AT
  for (const options of [
    { clock, scheme: '' },
    { clock, allowedCertificateTypes: 'selfsigned' },
  ]) {
    expect(() => certificateAuthentication(options as CertificateAuthenticationOptions)).toThrow(
      expect.objectContaining({ code: 'usage.option' }),
    )
  }
})
