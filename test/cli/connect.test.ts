/** `pki connect` against `pki serve tls`, and against servers of Node that do as they are told. */

import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import { createServer, type TlsOptions } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { ConnectedJson } from '../../src/cli/render/render-connection.ts'
import type { MemoryIoOptions } from './memory-io.ts'
import { startPki } from './running-pki.ts'
import { type Session, sessionWithStore } from './session.ts'

const CLOCK: Partial<MemoryIoOptions> = { now: () => new Date() }

/** A store whose certificates are valid now, with the client `alice` in it. */
async function store(): Promise<Session> {
  const made = await sessionWithStore()
  await made.done('issue client alice --from ca1')
  return made
}

async function serveTls({ folder }: Session, ...args: readonly string[]): Promise<number> {
  const { facts, stop } = await startPki(['serve', 'tls', '--cert', 'web', '--port', '0', ...args], folder)
  onTestFinished(async () => void (await stop()))
  return facts.port
}

async function connect({ pki }: Session, port: number, line = '--trust root') {
  const { exitCode, stdout, stderr } = await pki(`connect localhost:${port} ${line} --json`, CLOCK)
  return { exitCode, stderr, json: JSON.parse(stdout) as ConnectedJson }
}

const messages = ({ steps }: ConnectedJson, from: string) =>
  steps.filter((step) => step.from === from).map(({ name }) => name)

const pem = ({ folder }: Session, ...names: readonly string[]) =>
  names.map((name) => readFileSync(join(folder, 'pki', name), 'utf8')).join('')

/** A server of Node with the certificate of `web`. */
async function serveNode(made: Session, options: TlsOptions = {}): Promise<number> {
  const server = createServer({
    cert: pem(made, 'certs/web.crt', 'certs/ca1.crt'),
    key: pem(made, 'private/web.key'),
    ...options,
  })
  server.on('secureConnection', (socket) => socket.on('error', () => undefined))
  server.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  onTestFinished(() => {
    server.close()
  })
  return (server.address() as AddressInfo).port
}

describe('a handshake that goes well', () => {
  it('TLS 1.3 with a client certificate and a stapled response: every message, both chains, valid', async () => {
    const made = await store()
    const port = await serveTls(made, '--client-ca', 'root', '--require-client-cert', '--staple')
    const { exitCode, json } = await connect(made, port, '--trust root --cert alice')
    expect(exitCode).toBe(0)
    expect(messages(json, 'client')).toEqual(['ClientHello', 'Certificate', 'CertificateVerify', 'Finished'])
    expect(messages(json, 'server')).toEqual([
      'ServerHello',
      'EncryptedExtensions',
      'CertificateRequest',
      'Certificate',
      'CertificateVerify',
      'Finished',
      ...messages(json, 'server').slice(6).fill('NewSessionTicket'),
    ])
    const request = json.steps.find(({ name }) => name === 'CertificateRequest')
    expect(request?.facts.authorities).toEqual(['CN=root'])
    expect(json).toMatchObject({
      schema: 'pki.connected/1',
      completed: true,
      protocol: 'TLSv1.3',
      serverName: 'localhost',
      certificateRequested: true,
      serverCertificates: [{ subject: 'CN=web' }, { subject: 'CN=ca1' }],
      clientCertificates: [{ subject: 'CN=alice' }, { subject: 'CN=ca1' }],
      stapled: { responseStatus: 'successful', responses: [{ status: 'good' }] },
      verdict: { valid: true, revocation: [{ certificate: 0, state: 'unrevoked' }] },
    })
  })

  it.each(['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'])(
    'is read under %s',
    async (ciphers) => {
      const made = await store()
      const { json } = await connect(made, await serveNode(made, { ciphers }))
      expect(json.cipher).toBe(ciphers)
      expect(messages(json, 'server').slice(0, 5)).toEqual([
        'ServerHello',
        'EncryptedExtensions',
        'Certificate',
        'CertificateVerify',
        'Finished',
      ])
    },
  )

  it('after a HelloRetryRequest', async () => {
    const made = await store()
    const { exitCode, json } = await connect(made, await serveNode(made, { ecdhCurve: 'secp521r1' }))
    expect(exitCode).toBe(0)
    expect(messages(json, 'client').slice(0, 2)).toEqual(['ClientHello', 'ClientHello'])
    expect(messages(json, 'server').slice(0, 2)).toEqual(['HelloRetryRequest', 'ServerHello'])
  })

  it('TLS 1.2: as much as can be seen', async () => {
    const made = await store()
    const options: TlsOptions = { maxVersion: 'TLSv1.2', requestCert: true, rejectUnauthorized: false, ca: [] }
    const { exitCode, json } = await connect(made, await serveNode(made, options), '--trust root --cert alice')
    expect(exitCode).toBe(0)
    expect(messages(json, 'client')).toEqual([
      'ClientHello',
      'Certificate',
      'ClientKeyExchange',
      'CertificateVerify',
      'ChangeCipherSpec',
      'Finished',
    ])
    expect(messages(json, 'server')).toEqual([
      'ServerHello',
      'Certificate',
      'ServerKeyExchange',
      'CertificateRequest',
      'ServerHelloDone',
      ...messages(json, 'server').slice(5),
    ])
    expect(json).toMatchObject({ protocol: 'TLSv1.2', certificateRequested: true, stapled: null })
    expect(json.clientCertificates).toHaveLength(2)
  })
})

describe('what is refused: exit 1', () => {
  it('by the server: no client certificate', async () => {
    const made = await store()
    const { exitCode, json } = await connect(made, await serveTls(made, '--client-ca', 'root', '--require-client-cert'))
    expect(exitCode).toBe(1)
    expect(json).toMatchObject({ completed: false, certificateRequested: true, clientCertificates: [] })
    expect(json.verdict).toMatchObject({ valid: true })
  })

  it('by us: another root, another name, a revoked certificate', async () => {
    const made = await store()
    await made.done('init root --name other --subject CN=other')
    const port = await serveTls(made, '--staple')
    const codes = async (line: string) => {
      const { exitCode, json } = await connect(made, port, line)
      return [exitCode, json.completed, ...(json.verdict?.findings ?? []).map(({ code }) => code)]
    }
    expect(await codes('--trust root')).toEqual([0, true])
    expect((await codes('--trust other')).slice(0, 2)).toEqual([1, true])
    expect(await codes('--trust root --servername other.test')).toEqual([1, true, 'identity.mismatch'])
    expect(await codes('--trust other --no-verify')).toEqual([0, true])
    await made.done('revoke web', CLOCK)
    expect(await codes('--trust root')).toEqual([1, true, 'revocation.revoked'])
  })
})

describe('what is no handshake', () => {
  it.each<[string, string, number]>([
    ['no address', 'connect no/where --trust root', 2],
    ['nobody trusted', 'connect localhost:1', 2],
    ['nobody there', 'connect 127.0.0.1:1 --trust root', 3],
    ['a client that is not here', 'connect localhost:1 --trust root --cert bob', 3],
  ])('%s: %s, exit %i', async (_, line, expected) => {
    const { pki } = await store()
    expect((await pki(line)).exitCode).toBe(expected)
  })

  it('a server that does not speak TLS: exit 3', async () => {
    const server = createTcpServer((socket) => socket.end('220 mail.test ESMTP\r\n'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      server.close()
    })
    const { pki } = await store()
    const { port } = server.address() as AddressInfo
    const { exitCode, stderr } = await pki(`connect 127.0.0.1:${port} --trust root`)
    expect(exitCode).toBe(3)
    expect(stderr).toContain('does not speak TLS')
  })

  it('a server that hangs up at once: exit 3', async () => {
    const server = createTcpServer((socket) => socket.destroy())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      server.close()
    })
    const { pki } = await store()
    const { port } = server.address() as AddressInfo
    expect((await pki(`connect 127.0.0.1:${port} --trust root`)).exitCode).toBe(3)
  })
})

it('people see the steps in order, and then the verdict', async () => {
  const made = await store()
  const port = await serveTls(made, '--client-ca', 'root')
  const { exitCode, stdout } = await made.pki(`connect localhost:${port} --trust root --cert alice`, CLOCK)
  expect(exitCode).toBe(0)
  const places = [
    'handshake completed, TLSv1.3',
    'ClientHello',
    'ServerHello',
    'CertificateRequest',
    'client sent',
    'is valid',
  ].map((words) => stdout.indexOf(words))
  expect(places).toEqual([...places].sort((a, b) => a - b))
  expect(places).not.toContain(-1)
})
