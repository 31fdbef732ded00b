/** Certificates for one host and none for another, behind one port. */

import { createServer } from 'node:https'
import { connect as connectTcp } from 'node:net'
import { connect } from 'node:tls'
import { expect, test } from 'vitest'
import { readServerName } from '../../src/authentication/client-hello.ts'
import { hostRouter } from '../../src/authentication/host-router.ts'
import { certificateAuthentication } from '../../src/authentication/middleware.ts'
import { redirectToHost } from '../../src/authentication/redirect.ts'
import { requireCertificate } from '../../src/authentication/require-certificate.ts'
import { serverTls } from '../../src/authentication/server-tls.ts'
import { AT, SERVER, SS_CLIENT } from './certificates.ts'
import { ask1, inARow, listen } from './https-server.ts'

/** `secure.test` asks for certificates; every other name sends who needs one there. */
async function twoHosts(timeout?: number) {
  const app = inARow([
    certificateAuthentication({
      clock: () => AT,
      allowedCertificateTypes: 'SelfSigned',
      events: { onChallenge: redirectToHost('secure.test') },
    }),
    (request, response, next) => (request.url === '/' ? response.end('public') : next()),
    requireCertificate(),
    (_request, response) => response.end('private'),
  ])
  const secure = createServer(serverTls({ credential: SERVER }), app)
  const open = createServer(serverTls({ credential: SERVER, clientCertificate: 'none' }), app)
  return listen(hostRouter({ hosts: { 'Secure.test': secure }, otherwise: open, timeout }))
}

test.each([
  ['secure.test', '/private', { status: 200, body: 'private' }],
  ['open.test', '/private', { status: 307, headers: { location: 'https://secure.test/private' } }],
  ['open.test', '/', { status: 200, body: 'public' }],
] as const)('%s%s with a certificate at hand', async (host, path, answer) => {
  const port = await twoHosts()
  expect(await ask1(port, { path, client: SS_CLIENT, headers: { host } }, 'https', host)).toMatchObject(answer)
})

test('without a certificate the secure host says 403', async () => {
  const ask = { path: '/private', headers: { host: 'secure.test' } }
  expect(await ask1(await twoHosts(), ask, 'https', 'secure.test')).toMatchObject({ status: 403, body: '' })
})

/** The octets of a ClientHello as Node's own TLS sends them. */
async function clientHello(servername: string | undefined): Promise<Buffer> {
  const server = (await import('node:net')).createServer()
  const port = await listen(server)
  const arrived = new Promise<Buffer>((resolve) => server.once('connection', (socket) => socket.once('data', resolve)))
  const client = connect({ host: '127.0.0.1', port, ...(servername !== undefined && { servername }) })
  client.on('error', () => undefined)
  const bytes = await arrived
  client.destroy()
  return bytes
}

/** The same handshake in records of so many octets. */
function inRecords(hello: Buffer, size: number): Buffer {
  const records: Buffer[] = []
  for (let at = 5; at < hello.length; at += size) {
    const part = hello.subarray(at, at + size)
    records.push(Buffer.from([22, 3, 1, part.length >> 8, part.length & 0xff]), part)
  }
  return Buffer.concat(records)
}

test('a ClientHello, whole, in pieces, in several records', async () => {
  const hello = await clientHello('a.test')
  expect(readServerName(hello)).toEqual({ serverName: 'a.test' })
  expect(readServerName(inRecords(hello, 40))).toEqual({ serverName: 'a.test' })
  const until = [...hello.keys()].find((length) => readServerName(hello.subarray(0, length)) !== 'incomplete')
  for (let length = 0; length < (until ?? 0); length++)
    expect(readServerName(hello.subarray(0, length))).toBe('incomplete')
  expect(readServerName(hello.subarray(0, until))).toEqual({ serverName: 'a.test' })
})

test('no name, no ClientHello, nonsense', async () => {
  expect(readServerName(await clientHello(undefined))).toBe('none')
  expect(readServerName(Buffer.from('GET / HTTP/1.1\r\n'))).toBe('none')
  expect(readServerName(Buffer.from([22, 3, 1, 0, 4, 2, 0, 0, 0]))).toBe('none')
  // A ClientHello of four octets that promise more than there is.
  expect(readServerName(Buffer.from([22, 3, 1, 0, 8, 1, 0, 0, 4, 3, 3, 0, 0]))).toBe('none')
  expect(readServerName(new Uint8Array(0))).toBe('incomplete')
})

test('a ClientHello in more records than anybody sends, empty ones among them', async () => {
  const hello = await clientHello('a.test')
  expect(readServerName(inRecords(hello, 1))).toBe('none')
  const empty = Buffer.from(Array.from({ length: 13_000 }, () => [22, 3, 1, 0, 0]).flat())
  const start = performance.now()
  for (let time = 0; time < 1000; time++) expect(readServerName(empty)).toBe('none')
  // Once it was a second for each time that an octet arrived.
  expect(performance.now() - start).toBeLessThan(5000)
})

test('a client that says nothing is not waited for', async () => {
  const port = await twoHosts(50)
  const socket = connectTcp({ host: '127.0.0.1', port })
  await new Promise((resolve) => socket.once('close', resolve).on('error', () => undefined))
  expect(socket.bytesRead).toBe(0)
})

test('the servers behind it do not wait for slow requests either', async () => {
  const limits = { headersTimeout: 100, requestTimeout: 200, connectionsCheckingInterval: 20 }
  const otherwise = createServer({ ...serverTls({ credential: SERVER }), ...limits })
  const port = await listen(hostRouter({ hosts: {}, otherwise }))
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false })
  socket.write('GET / HTTP/1.1\r\nHost: a.test\r\nX-')
  const answer = await new Promise<Buffer>((resolve) => socket.once('data', resolve))
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 408 /)
  socket.destroy()
})

test('a ClientHello that comes in pieces', async () => {
  const port = await twoHosts()
  const tcp = connectTcp({ host: '127.0.0.1', port }).setNoDelay(true)
  await new Promise((resolve) => tcp.once('connect', resolve))
  tcp.on('error', () => undefined)
  const hello = await clientHello('secure.test')
  for (let at = 0; at < hello.length; at += 50) {
    tcp.write(hello.subarray(at, at + 50))
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  // The server answers the handshake: its ServerHello is a record of type 22.
  const answer = await new Promise<Buffer>((resolve) => tcp.once('data', resolve))
  expect(answer[0]).toBe(22)
  tcp.destroy()
})

test.each(['', 'a b', 'a/b', 'a?b', 'user@a', 'a#b', 'a\\b'])('%j is no host to redirect to', (host) => {
  expect(() => redirectToHost(host)).toThrow(expect.objectContaining({ code: 'usage.option' }))
})
