/**
 * The article on mutual TLS end to end: nginx takes the handshake, forwards the certificate in a header, and a Node
 * server behind it makes a principal of it and asks a policy. Forged headers count for nothing.
 */

import { readFileSync } from 'node:fs'
import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { authenticationOf } from '../../src/authentication/authenticated.ts'
import { readCertificateFile } from '../../src/authentication/client-tls.ts'
import { certificateForwarding } from '../../src/authentication/forwarding.ts'
import type { AuthenticationLogEntry } from '../../src/authentication/log.ts'
import { certificateAuthentication } from '../../src/authentication/middleware.ts'
import { requireCertificate } from '../../src/authentication/require-certificate.ts'
import { inARow } from '../authentication/https-server.ts'
import { needs, program, runBeside } from '../foreign-program.ts'
import { folderOfSuite, removeFolder } from '../temporary-folder.ts'
import { type Hierarchy, hierarchy } from './hierarchy.ts'
import { startNginx } from './nginx-program.ts'
import { freePort, type Server } from './server-program.ts'

needs('nginx', 'curl')('nginx in front of a Node server', () => {
  let at: Hierarchy
  let folder: string
  let backend: HttpServer
  let lenient: HttpServer
  let backendPort: number
  let lenientPort: number
  let nginx: Server
  const ports = { escaped: 0, folded: 0, refused: 0, article: 0 }
  const log: AuthenticationLogEntry[] = []
  const proxies: string[] = ['127.0.0.1']

  beforeAll(async () => {
    at = await hierarchy('ec-p256')
    const roots = await readCertificateFile(at('root.crt'))
    const intermediates = [...(await readCertificateFile(at('ca1.crt'))), ...(await readCertificateFile(at('ca2.crt')))]
    const record = (entry: AuthenticationLogEntry) => void log.push(entry)
    const authentication = certificateAuthentication({
      clock: () => new Date(),
      chainTrustValidationMode: 'CustomRootTrust',
      customTrustStore: roots,
      additionalChainCertificates: intermediates,
      revocationMode: 'NoCheck',
      log: record,
    })
    // Which peers are trusted is for each test to say.
    const forward = () => certificateForwarding({ trustedProxies: proxies, log: record })
    const onlyClients = requireCertificate({ allowedSubjectPatterns: ['^CN=client$'] })
    const application = inARow([
      (request, response, next) => forward()(request, response, next),
      authentication,
      (request, response, next) => (request.url === '/' ? response.end('public') : next()),
      (request, response, next) => onlyClients(request, response, next),
      (request, response) => {
        const result = authenticationOf(request)
        response.end(result?.outcome === 'success' ? JSON.stringify({ name: result.principal.name }) : 'nobody')
      },
    ])
    backend = createServer(application)
    lenient = createServer({ insecureHTTPParser: true }, application)
    backendPort = await listen(backend)
    lenientPort = await listen(lenient)
    await configureNginx()
  }, 120_000)

  async function listen(server: HttpServer): Promise<number> {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return (server.address() as AddressInfo).port
  }

  async function configureNginx(): Promise<void> {
    folder = folderOfSuite('nginx-authentication')
    for (const name of ['escaped', 'folded', 'refused', 'article'] as const) ports[name] = await freePort()
    const values = {
      'port-escaped': String(ports.escaped),
      'port-folded': String(ports.folded),
      'port-refused': String(ports.refused),
      'port-article': String(ports.article),
      'backend-port': String(backendPort),
      'lenient-port': String(lenientPort),
      'server-chain': at('mtls/server-chain.pem'),
      'server-key': at('mtls/server.key.pem'),
      'ca-chain': at('mtls/ca-chain.pem'),
    }
    nginx = await startNginx(folder, 'nginx-authentication.conf', values, ports.escaped)
  }

  afterAll(async () => {
    await nginx?.stop()
    removeFolder(folder)
    for (const server of [backend, lenient]) {
      server.close()
      server.closeAllConnections()
    }
  })

  async function curl(url: string, ...args: readonly string[]) {
    const common = ['--silent', '--show-error', '--max-time', '10', '--noproxy', '*', '--write-out', '\n%{http_code}']
    const trust = ['--cacert', at('mtls/root-ca.crt'), '--resolve', `localhost:${new URL(url).port}:127.0.0.1`]
    const { stdout } = await runBeside(program('curl'), [...common, ...trust, ...args, url])
    const end = stdout.lastIndexOf('\n')
    return { status: Number(stdout.slice(end + 1)), body: stdout.slice(0, end) }
  }

  const https = (port: keyof typeof ports, path = '/private') => `https://localhost:${ports[port]}${path}`
  const client = () => ['--cert', at('mtls/client.crt.pem'), '--key', at('mtls/client.key.pem')]
  const deep = () => ['--cert', at('deep-fullchain.pem'), '--key', at('deep.key')]
  const forged = () => {
    const der = readFileSync(at('client.der')).toString('base64')
    return ['--header', `X-Client-Cert: ${der}`, '--header', 'X-Forwarded-Proto: https']
  }

  test.each(['escaped', 'folded'] as const)('%s: handshake, header, principal, policy', async (port) => {
    expect(await curl(https(port), ...client())).toEqual({ status: 200, body: '{"name":"client"}' })
  })

  test('folded, and the parser is not lenient: 400 before anybody is asked', async () => {
    const before = log.length
    expect(await curl(https('refused'), ...client())).toEqual({ status: 400, body: '' })
    expect(log.length).toBe(before)
  })

  test('a client that the policy does not know: 403', async () => {
    expect(await curl(https('escaped'), ...deep())).toEqual({ status: 403, body: '' })
  })

  test('no certificate: 403 on what is protected, and the public path is public', async () => {
    expect(await curl(https('escaped'))).toEqual({ status: 403, body: '' })
    expect(await curl(https('escaped', '/'))).toEqual({ status: 200, body: 'public' })
  })

  test('the article to the letter: without X-Forwarded-Proto nobody is authenticated', async () => {
    expect(await curl(https('article'), ...client())).toEqual({ status: 403, body: '' })
    expect(log.at(-1)?.event).toBe('not-https')
  })

  test('a header forged by a client of nginx is replaced', async () => {
    expect(await curl(https('escaped'), ...forged())).toEqual({ status: 403, body: '' })
    expect(await curl(https('escaped'), ...deep(), ...forged())).toEqual({ status: 403, body: '' })
  })

  test('a header from a peer that is no trusted proxy is ignored', async () => {
    proxies.splice(0, 1, '192.0.2.1')
    try {
      expect(await curl(`http://127.0.0.1:${backendPort}/private`, ...forged())).toEqual({ status: 403, body: '' })
      expect(log.map(({ event }) => event)).toContain('untrusted-proxy')
      // The same header is believed of a proxy: what it would have done.
      proxies.splice(0, 1, '127.0.0.1')
      expect((await curl(`http://127.0.0.1:${backendPort}/private`, ...forged())).status).toBe(200)
    } finally {
      proxies.splice(0, 1, '127.0.0.1')
    }
  })
})
