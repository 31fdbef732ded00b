/** HTTP/2 and HTTP/1.1 on one port of `node:http2`, by its compatibility API: the same middlewares, the same answers. */

import { connect, createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import { expect, onTestFinished, test, vi } from 'vitest'
import { MemoryValidationCache } from '../../src/authentication/cache.ts'
import { ClientCertificate } from '../../src/authentication/client-certificate.ts'
import { clientTls } from '../../src/authentication/client-tls.ts'
import { clientCertificateOf } from '../../src/authentication/connection.ts'
import { certificateForwarding } from '../../src/authentication/forwarding.ts'
import { type AuthenticatedRequest, certificateAuthentication } from '../../src/authentication/middleware.ts'
import { redirectToHost } from '../../src/authentication/redirect.ts'
import { requireCertificate } from '../../src/authentication/require-certificate.ts'
import { pemOf, serverTls } from '../../src/authentication/server-tls.ts'
import type { Credential } from '../../src/keys/credential.ts'
import { AT, base64Of, CLIENT, ROOT, SERVER, SERVER_TRUST, SS_CLIENT, SUB } from './certificates.ts'
import { ask1, listen } from './https-server.ts'

type Request = Http2ServerRequest & AuthenticatedRequest

const OPTIONS = {
  clock: () => AT,
  chainTrustValidationMode: 'CustomRootTrust',
  customTrustStore: [ROOT.certificate, SUB.certificate],
  revocationMode: 'NoCheck',
} as const

interface Site {
  readonly secureHost?: string
  readonly onValidated?: () => void
  readonly trustedProxies?: readonly string[]
}

/** `/` is public, everything else is for those who authenticated. */
async function serve({ secureHost, onValidated = () => undefined, trustedProxies = ['loopback'] }: Site = {}) {
  const onChallenge = secureHost === undefined ? undefined : redirectToHost(secureHost)
  const authenticate = certificateAuthentication<Request, Http2ServerResponse>({
    ...OPTIONS,
    cache: new MemoryValidationCache({ clock: () => AT }),
    events: { onCertificateValidated: onValidated, ...(onChallenge && { onChallenge }) },
  })
  const forward = certificateForwarding({ trustedProxies })
  const authorize = requireCertificate()
  const server = createSecureServer({ ...serverTls({ credential: SERVER }), allowHTTP1: true }, (request, response) => {
    const say = () => response.end(`${request.httpVersion} ${(request as Request).principal?.name ?? 'nobody'}`)
    forward(request, response, () =>
      authenticate(request, response, () => (request.url === '/' ? say() : authorize(request, response, say))),
    )
  })
  return listen(server)
}

interface Http2Answer {
  readonly status: number | undefined
  readonly body: string
  readonly location: string | undefined
}

/** Several requests on one connection. */
async function ask(
  port: number,
  paths: readonly string[],
  client?: Credential,
  headers: Readonly<Record<string, string>> = {},
): Promise<readonly Http2Answer[]> {
  const tls = client === undefined ? {} : clientTls({ credential: client, serverTrust: SERVER_TRUST })
  const session = connect(`https://localhost:${port}`, { ca: SERVER_TRUST.map(pemOf), servername: 'localhost', ...tls })
  onTestFinished(() => session.destroy())
  const answers: Http2Answer[] = []
  for (const path of paths) {
    const stream = session.request({ ':path': path, ...headers })
    const answer = await new Promise<Http2Answer>((resolve, reject) => {
      let head: Http2Answer = { status: undefined, body: '', location: undefined }
      let body = ''
      stream.setEncoding('utf8')
      stream.on('response', ({ ':status': status, location }) => {
        head = { status, body: '', location }
      })
      stream.on('data', (chunk: string) => {
        body += chunk
      })
      stream.on('end', () => resolve({ ...head, body }))
      stream.on('error', reject)
      session.on('error', reject)
    })
    answers.push(answer)
  }
  return answers
}

test('HTTP/2: who comes in and who does not', async () => {
  const port = await serve()
  const of = async (client?: Credential) =>
    (await ask(port, ['/', '/private'], client)).map(({ status, body }) => [status, body])
  expect(await of(CLIENT)).toEqual([
    [200, '2.0 Test Client'],
    [200, '2.0 Test Client'],
  ])
  expect(await of(SS_CLIENT)).toEqual([
    [200, '2.0 nobody'],
    [403, ''],
  ])
  expect(await of()).toEqual([
    [200, '2.0 nobody'],
    [403, ''],
  ])
})

test('HTTP/1.1 on the same port', async () => {
  const port = await serve()
  expect(await ask1(port, { path: '/private', client: CLIENT })).toMatchObject({ status: 200, body: '1.1 Test Client' })
  expect(await ask1(port, { path: '/private' })).toMatchObject({ status: 403, body: '' })
})

test('many requests on one connection: the certificate is read and validated once', async () => {
  const onValidated = vi.fn()
  const parse = vi.spyOn(ClientCertificate, 'parse')
  onTestFinished(() => parse.mockRestore())
  const port = await serve({ onValidated })
  const answers = await ask(port, ['/private', '/private', '/private'], CLIENT)
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(onValidated).toHaveBeenCalledTimes(1)
  expect(parse).toHaveBeenCalledTimes(1)
})

test('headers of trusted proxies, and of others', async () => {
  const forged = { 'x-client-cert': base64Of(CLIENT) }
  const [believed] = await ask(await serve(), ['/private'], undefined, forged)
  expect(believed).toMatchObject({ status: 200, body: '2.0 Test Client' })
  const [ignored] = await ask(await serve({ trustedProxies: ['192.0.2.1'] }), ['/private'], undefined, forged)
  expect(ignored?.status).toBe(403)
})

test('a redirect to the host that asks for certificates, and none from it', async () => {
  const port = await serve({ secureHost: 'secure.test' })
  const [away] = await ask(port, ['/private?a=b'])
  expect(away).toMatchObject({ status: 307, location: 'https://secure.test/private?a=b' })
  const [there] = await ask(port, ['/private'], undefined, { ':authority': 'secure.test' })
  expect(there).toMatchObject({ status: 403, location: undefined })
})

test('the certificate of a request, for whoever asks', async () => {
  const server = createSecureServer(serverTls({ credential: SERVER }), (request, response) => {
    response.end(clientCertificateOf(request)?.thumbprint ?? 'none')
  })
  const port = await listen(server)
  const [answer] = await ask(port, ['/'], CLIENT)
  expect(answer?.body).toBe(new ClientCertificate(CLIENT.certificate).thumbprint)
})
