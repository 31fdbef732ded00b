/** The same authentication in Express, Fastify and web-standard servers, with their types. */

import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import express, { type Request as ExpressRequest, type Response as ExpressResponse } from 'express'
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { fastifyCertificateAuthentication, requireCertificateHook } from '../../src/authentication/fastify.ts'
import { certificateForwarding } from '../../src/authentication/forwarding.ts'
import { certificateAuthentication } from '../../src/authentication/middleware.ts'
import { redirectToHost } from '../../src/authentication/redirect.ts'
import { requireCertificate } from '../../src/authentication/require-certificate.ts'
import { serverTls } from '../../src/authentication/server-tls.ts'
import { WebCertificateAuthentication, type WebConnection } from '../../src/authentication/web.ts'
import { AT, base64Of, CLIENT, pemText, ROOT, SERVER, SS_CLIENT, SUB } from './certificates.ts'
import { type Ask, ask1, listen } from './https-server.ts'

const OPTIONS = {
  clock: () => AT,
  chainTrustValidationMode: 'CustomRootTrust',
  customTrustStore: [ROOT.certificate, SUB.certificate],
  revocationMode: 'NoCheck',
} as const
const THROWING = {
  ...OPTIONS,
  surroundings: () => {
    throw new Error('SECRET')
  },
}
const FORWARDING = { trustedProxies: ['loopback'] }
const SUBJECT = { allowedSubjectPatterns: ['^DC=test, CN=Test Client$|^CN=Test Client, DC=test$'] }
const NOBODY = { allowedThumbprints: [] }

/** Every framework answers alike. */
const ANSWERS: readonly (readonly [name: string, ask: Ask, answer: object])[] = [
  ['public, nobody', { path: '/' }, { status: 200, body: 'nobody' }],
  ['public, somebody', { path: '/', client: CLIENT }, { status: 200, body: 'Test Client' }],
  ['public, somebody who is not accepted', { path: '/', client: SS_CLIENT }, { status: 200, body: 'nobody' }],
  ['protected, nobody', { path: '/protected' }, { status: 403, body: '' }],
  ['protected, somebody', { path: '/protected', client: CLIENT }, { status: 200, body: 'Test Client' }],
  ['protected, not accepted', { path: '/protected', client: SS_CLIENT }, { status: 403, body: '' }],
  ['protected, forwarded', { path: '/protected', headers: { 'X-Client-Cert': base64Of(CLIENT) } }, { status: 200 }],
  ['for nobody', { path: '/for-nobody', client: CLIENT }, { status: 403, body: '' }],
]

function throughExpress(options: typeof OPTIONS) {
  const app = express()
  app.use(certificateForwarding(FORWARDING))
  app.use(certificateAuthentication(options))
  const say = (request: ExpressRequest, response: ExpressResponse) => {
    // Typed by the augmentation of Express.Request.
    response.send(request.principal?.name ?? 'nobody')
  }
  app.get('/', say)
  app.get('/protected', requireCertificate(SUBJECT), say)
  app.get('/for-nobody', requireCertificate(NOBODY), say)
  return createServer(serverTls({ credential: SERVER }), app)
}

test.each(ANSWERS)('Express: %s', async (_, ask, answer) => {
  const port = await listen(throughExpress(OPTIONS))
  expect(await ask1(port, ask)).toMatchObject(answer)
})

test('Express: an exception is a 500 without a word of it, even in its development mode', async () => {
  const port = await listen(throughExpress(THROWING))
  const { status, body } = await ask1(port, { client: CLIENT })
  expect(status).toBe(500)
  expect(body).toContain('certificate authentication failed')
  expect(body).not.toMatch(/SECRET|\.ts|at /)
})

async function throughFastify(options: typeof OPTIONS): Promise<number> {
  const app = fastify({ https: serverTls({ credential: SERVER }) })
  await app.register(fastifyCertificateAuthentication, { ...options, forwarding: FORWARDING })
  const say = async (request: FastifyRequest) => request.principal?.name ?? 'nobody'
  app.get('/', say)
  app.get('/protected', { onRequest: requireCertificateHook(SUBJECT) }, say)
  app.get('/for-nobody', { preHandler: requireCertificateHook(NOBODY) }, say)
  await app.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => app.close())
  return (app.server.address() as AddressInfo).port
}

test.each(ANSWERS)('Fastify: %s', async (_, ask, answer) => {
  expect(await ask1(await throughFastify(OPTIONS), ask)).toMatchObject(answer)
})

test('Fastify: an exception is a 500 without a word of it', async () => {
  const { status, body } = await ask1(await throughFastify(THROWING), { client: CLIENT })
  expect({ status, body: JSON.parse(body) }).toEqual({
    status: 500,
    body: { statusCode: 500, error: 'Internal Server Error', message: 'certificate authentication failed' },
  })
})

test('Fastify: onChallenge answers by reply', async () => {
  const app = fastify({ https: serverTls({ credential: SERVER }) })
  await app.register(fastifyCertificateAuthentication, {
    ...OPTIONS,
    events: {
      onChallenge(context) {
        context.response.redirect('https://secure.test/', 307)
        context.handleResponse()
      },
    },
  })
  app.get('/', { onRequest: requireCertificateHook() }, async () => 'in')
  await app.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => app.close())
  const { status, headers } = await ask1((app.server.address() as AddressInfo).port, {})
  expect({ status, location: headers.location }).toEqual({ status: 307, location: 'https://secure.test/' })
})

test('Fastify: a hook without the plugin is an error', async () => {
  const app = fastify()
  app.get('/', { onRequest: requireCertificateHook() }, async () => 'in')
  const { statusCode, body } = await app.inject('/')
  expect([statusCode, JSON.parse(body).message]).toEqual([500, 'certificate authentication failed'])
})

/** A server that has Fastify's part done by `register`; the answers to a GET of these paths. */
async function fastifyAnswers(register: (app: FastifyInstance) => Promise<void>, ...asks: readonly Ask[]) {
  const app = fastify({ https: serverTls({ credential: SERVER }) })
  await register(app as unknown as FastifyInstance)
  await app.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => app.close())
  const { port } = app.server.address() as AddressInfo
  return Promise.all(asks.map(async (ask) => ask1(port, ask)))
}

test('Fastify: a scheme of its own below an instance that has one', async () => {
  const selfSigned = { clock: () => AT, scheme: 'own', allowedCertificateTypes: 'SelfSigned' } as const
  const [above, below, stranger] = await fastifyAnswers(
    async (app) => {
      await app.register(fastifyCertificateAuthentication, OPTIONS)
      app.get('/', { onRequest: requireCertificateHook() }, async (incoming) => incoming.authentication?.scheme)
      await app.register(async (child) => {
        await child.register(fastifyCertificateAuthentication, selfSigned)
        child.get('/own', { onRequest: requireCertificateHook() }, async (incoming) => incoming.authentication?.scheme)
      })
    },
    { path: '/', client: CLIENT },
    { path: '/own', client: SS_CLIENT },
    { path: '/own', client: CLIENT },
  )
  expect([above?.body, below?.body, stranger?.status]).toEqual(['Certificate', 'own', 403])
})

test('Fastify: redirectToHost', async () => {
  const events = { onChallenge: redirectToHost('secure.test:8443') }
  const [answer, there] = await fastifyAnswers(
    async (app) => {
      await app.register(fastifyCertificateAuthentication, { ...OPTIONS, events })
      app.get('/a', { onRequest: requireCertificateHook() }, async () => 'in')
    },
    { path: '/a?b=c' },
    { path: '/a', headers: { host: 'secure.test:8443' } },
  )
  expect(answer).toMatchObject({ status: 307, headers: { location: 'https://secure.test:8443/a?b=c' } })
  expect(there).toMatchObject({ status: 403, body: '' })
})

test('Fastify: the hook is typed for HTTP/2 as well', async () => {
  const app = fastify({ http2: true, https: serverTls({ credential: SERVER }) })
  onTestFinished(() => app.close())
  await app.register(fastifyCertificateAuthentication, OPTIONS)
  app.get('/', { onRequest: requireCertificateHook() }, async () => 'in')
  app.get('/list', { preHandler: [requireCertificateHook()] }, async () => 'in')
  app.addHook('onRequest', requireCertificateHook())
  await app.ready()
})

test('Express: where it is mounted belongs to the path of a redirect', async () => {
  const app = express()
  app.use(certificateAuthentication({ ...OPTIONS, events: { onChallenge: redirectToHost('secure.test') } }))
  app.use('/api', requireCertificate(), (_request, response) => void response.send('in'))
  const port = await listen(createServer(serverTls({ credential: SERVER }), app))
  expect((await ask1(port, { path: '/api/values?a=b' })).headers.location).toBe('https://secure.test/api/values?a=b')
})

test('Express: onChallenge of a redirect is typed for its request and response', async () => {
  const app = express()
  app.use(certificateAuthentication({ ...OPTIONS, events: { onChallenge: redirectToHost('secure.test') } }))
  app.get('/a', requireCertificate(), (_request, response) => void response.send('in'))
  const port = await listen(createServer(serverTls({ credential: SERVER }), app))
  expect(await ask1(port, { path: '/a' })).toMatchObject({ status: 307 })
})

/** A server of web-standard requests, as adapters for Node make them. */
async function throughWeb(options: typeof OPTIONS): Promise<number> {
  const authentication = new WebCertificateAuthentication({ ...options, forwarding: FORWARDING })
  const requirements: Readonly<Record<string, object>> = { '/protected': SUBJECT, '/for-nobody': NOBODY }
  const fetch = async (incoming: Request, connection: WebConnection): Promise<Response> => {
    const requirement = requirements[new URL(incoming.url).pathname]
    if (requirement !== undefined) {
      const { answer } = await authentication.authorize(incoming, connection, requirement)
      if (answer !== undefined) return answer
    }
    const result = await authentication.authenticate(incoming, connection)
    return new Response(result.outcome === 'success' ? result.principal.name : 'nobody')
  }
  const server = createServer(serverTls({ credential: SERVER }), ({ url, headers, socket }, response) => {
    const incoming = new Request(`https://localhost${url}`, { headers: headers as Record<string, string> })
    const certificate = (socket as TLSSocket).getPeerX509Certificate()?.raw
    fetch(incoming, { certificate, remoteAddress: socket.remoteAddress }).then(
      async (answer) => response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text()),
      (error) => response.writeHead(500).end(String(error)),
    )
  })
  return listen(server)
}

test.each(ANSWERS)('web: %s', async (_, ask, answer) => {
  expect(await ask1(await throughWeb(OPTIONS), ask)).toMatchObject(answer)
})

test('web: an exception is an error without a word of it', async () => {
  expect(await ask1(await throughWeb(THROWING), { client: CLIENT })).toMatchObject({
    status: 500,
    body: 'CertificateAuthenticationError: certificate authentication failed',
  })
})

const web = new WebCertificateAuthentication({ ...OPTIONS, forwarding: FORWARDING })
const request = (headers: Readonly<Record<string, string>> = {}, url = 'https://a.test/') =>
  new Request(url, { headers })

test.each([
  ['DER', CLIENT.certificate.encoded],
  ['PEM', pemText(CLIENT)],
])('web: a certificate in %s from the server', async (_, certificate) => {
  const result = await web.authenticate(request(), { certificate })
  expect(result).toMatchObject({ outcome: 'success', principal: { name: 'Test Client' } })
})

test.each([
  ['a certificate over http', request({}, 'http://a.test/'), { certificate: CLIENT.certificate.encoded }, 'no-result'],
  ['no certificate', request(), {}, 'no-result'],
  ['no DER', request(), { certificate: Uint8Array.of(1) }, 'failure'],
  ['a header of a proxy', request({ 'x-client-cert': base64Of(CLIENT) }), { remoteAddress: '127.0.0.1' }, 'success'],
  [
    'a header of a stranger',
    request({ 'x-client-cert': base64Of(CLIENT) }),
    { remoteAddress: '192.0.2.1' },
    'no-result',
  ],
  ['a header of nobody knows whom', request({ 'x-client-cert': base64Of(CLIENT) }), {}, 'no-result'],
] as const)('web: %s', async (_, from, connection, outcome) => {
  expect((await web.authenticate(from, connection)).outcome).toBe(outcome)
})

test('web: a text that is no PEM is the server’s mistake', async () => {
  const failing = web.authenticate(request(), { certificate: 'x' })
  await expect(failing).rejects.toMatchObject({
    name: 'CertificateAuthenticationError',
    cause: { code: 'usage.option' },
  })
})

test('web: who may, who may not, and who is not there', async () => {
  const connection = { certificate: CLIENT.certificate.encoded }
  expect((await web.authorize(request(), connection, SUBJECT)).answer).toBeUndefined()
  expect((await web.authorize(request(), connection, NOBODY)).answer?.status).toBe(403)
  expect((await web.authorize(request(), connection, { allowedSubjectPatterns: ['['] })).answer?.status).toBe(403)
  const { answer } = await web.authorize(request(), {})
  expect([answer?.status, await answer?.text(), answer?.headers.get('www-authenticate')]).toEqual([403, '', null])
})

test('web: onChallenge answers with respondWith', async () => {
  const redirecting = new WebCertificateAuthentication({
    ...OPTIONS,
    events: { onChallenge: (context) => context.respondWith(Response.redirect('https://secure.test/', 307)) },
  })
  expect((await redirecting.challenge(request())).status).toBe(307)
})

test('web: redirectToHost, and not in circles', async () => {
  const redirecting = new WebCertificateAuthentication({
    ...OPTIONS,
    events: { onChallenge: redirectToHost('secure.test') },
  })
  const { status, headers } = await redirecting.challenge(request({}, 'https://a.test/b?c'))
  expect([status, headers.get('location')]).toEqual([307, 'https://secure.test/b?c'])
  expect((await redirecting.challenge(request({}, 'https://secure.test/b'))).status).toBe(403)
})
