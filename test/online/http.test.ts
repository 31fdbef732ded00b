/** One exchange with servers of every kind of ill will: each ends in time, within its size, and with a reason. */

import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { Destinations, type Lookup } from '../../src/online/destination.ts'
import { FetchError } from '../../src/online/fetch-error.ts'
import { fetchHttp, type HttpRequest, MAX_REDIRECTS } from '../../src/online/http.ts'
import { type Answer, evidenceServer, rawServer, witness } from './evidence-server.ts'

const LIMIT = 1000
/** Longer than a test waits, whatever else the machine does. */
const TIMEOUT = 15_000
/** For those who take for ever. */
const PATIENCE = 1000

const localhost: Lookup = async () => [
  { address: '::1', family: 6 },
  { address: '127.0.0.1', family: 4 },
]

function get(
  url: string,
  request: Partial<HttpRequest> = {},
  { allowedHosts = [], timeout = TIMEOUT }: { allowedHosts?: readonly string[]; timeout?: number } = {},
) {
  return fetchHttp(
    { url, maxBytes: LIMIT, ...request },
    { destinations: new Destinations(allowedHosts, localhost), timeout },
  )
}

/** What is wrong with it; the status too, if there is one. */
async function failure(exchange: Promise<unknown>): Promise<string> {
  try {
    await exchange
  } catch (error) {
    if (error instanceof FetchError)
      return error.status === undefined ? error.reason : `${error.reason} ${error.status}`
    throw error
  }
  return 'none'
}

async function serve(answer: Answer) {
  return evidenceServer(() => answer)
}

describe('an answer', () => {
  it('is taken as it is, whatever type it claims to have', async () => {
    const { url } = await serve({ headers: { 'Content-Type': 'text/html' }, body: 'octets' })
    expect(await get(`${url}/a.crl`)).toEqual({
      status: 200,
      body: new Uint8Array(Buffer.from('octets')),
      maxAge: undefined,
    })
  })

  it.each([
    ['max-age=60, public', 60],
    ['public,MAX-AGE="7"', 7],
    ['no-store, max-age=60', 0],
    ['no-cache', 0],
    ['max-age=-1', undefined],
    ['s-maxage=5', undefined],
  ])('with Cache-Control %s keeps for %s seconds', async (value, maxAge) => {
    const { url } = await serve({ headers: { 'Cache-Control': value } })
    expect(await get(url)).toMatchObject({ maxAge })
  })

  it('of the greatest size is taken, and of one octet more is not', async () => {
    const { url } = await evidenceServer(({ path }) => ({ body: 'x'.repeat(path === '/fits' ? LIMIT : LIMIT + 1) }))
    expect((await get(`${url}/fits`)).body.length).toBe(LIMIT)
    expect(await failure(get(`${url}/not`))).toBe('too-large 200')
  })

  it.each([204, 206, 304, 400, 404, 500, 503])('with status %s is none', async (status) => {
    const { url } = await serve({ status })
    expect(await failure(get(url))).toBe(`http-status ${status}`)
  })

  it('asks by the name in the URL, for what it names, and sends nothing else along', async () => {
    const { port, asked } = await serve({ body: '' })
    await get(`http://user:secret@localhost:${port}/a%20b?c=d#e`)
    const host = `localhost:${port}`
    expect(asked).toMatchObject([{ method: 'GET', path: '/a%20b?c=d', host, acceptEncoding: 'identity' }])
  })

  it('comes to POST too', async () => {
    const { url, asked } = await serve({ body: 'yes' })
    await get(url, { body: Uint8Array.of(1, 2, 3) })
    expect(asked).toMatchObject([{ method: 'POST', body: Uint8Array.of(1, 2, 3) }])
  })
})

describe('addresses', () => {
  it('are tried one after the other', async () => {
    const contacted = witness()
    const { port } = await serve({ body: 'here' })
    expect((await get(`http://localhost:${port}/`)).status).toBe(200)
    expect(contacted).toEqual([`::1:${port}`, `127.0.0.1:${port}`])
  })

  it('of IPv6 work as well', async () => {
    const { url } = await evidenceServer(() => ({ body: 'six' }), '::1')
    expect((await get(url)).status).toBe(200)
  })

  it('are those that were checked: a second look-up with another answer changes nothing', async () => {
    const contacted = witness()
    const answers = [['127.0.0.1'], ['192.0.2.1']]
    const rebinding: Lookup = async () => (answers.shift() ?? []).map((address) => ({ address, family: 4 }))
    const { port } = await serve({ body: 'here' })
    const destinations = new Destinations([], rebinding)
    await fetchHttp({ url: `http://localhost:${port}/`, maxBytes: LIMIT }, { destinations, timeout: TIMEOUT })
    expect(contacted).toEqual([`127.0.0.1:${port}`])
    expect(answers).toEqual([['192.0.2.1']])
  })

  it('where nobody listens are unreachable', async () => {
    const { url, close } = await serve({})
    await close()
    expect(await failure(get(url))).toBe('unreachable')
  })

  it('that are long in coming are not waited for', async () => {
    const never: Lookup = () => new Promise(() => undefined)
    const destinations = new Destinations([], never)
    const exchange = fetchHttp({ url: 'http://localhost/', maxBytes: LIMIT }, { destinations, timeout: 50 })
    expect(await failure(exchange)).toBe('timed-out')
  })
})

describe('redirects', () => {
  const chain = (length: number) =>
    evidenceServer(({ path }) => {
      const step = Number(path.slice(1))
      return step < length ? { status: 302, headers: { Location: `/${step + 1}` } } : { body: 'there' }
    })

  it(`are followed ${MAX_REDIRECTS} times`, async () => {
    const { url } = await chain(MAX_REDIRECTS)
    expect((await get(`${url}/0`)).status).toBe(200)
  })

  it('and not once more', async () => {
    const { url, asked } = await chain(Number.POSITIVE_INFINITY)
    expect(await failure(get(`${url}/0`))).toBe('too-many-redirects 302')
    expect(asked).toHaveLength(MAX_REDIRECTS + 1)
  })

  it.each([
    ['http://192.0.2.1/', 'host-not-allowed'],
    ['http://crl.example.com/', 'host-not-allowed'],
    ['//crl.example.com/', 'host-not-allowed'],
    ['https://127.0.0.1/', 'not-http'],
    ['file:///etc/passwd', 'not-http'],
    ['http://', 'malformed-url'],
  ])('to %s are held to the same rules', async (location, expected) => {
    const contacted = witness()
    const { url, port } = await serve({ status: 301, headers: { Location: location } })
    expect(await failure(get(url))).toBe(expected)
    expect(contacted).toEqual([`127.0.0.1:${port}`])
  })

  it.each([
    [301, 'http-status 301', 1],
    [303, 'http-status 303', 1],
    [307, 'none', 2],
    [308, 'none', 2],
  ])('of a POST with %s: %s', async (status, expected, requests) => {
    const { url, asked } = await evidenceServer(({ path }) =>
      path === '/' ? { status, headers: { Location: '/there' } } : { body: 'there' },
    )
    expect(await failure(get(`${url}/`, { body: Uint8Array.of(1) }))).toBe(expected)
    expect(asked.map(({ method, body }) => `${method} ${body.length}`)).toEqual(Array(requests).fill('POST 1'))
  })
})

describe('a hostile server', () => {
  const HEAD = 'HTTP/1.1 200 OK\r\n'
  const drip = (socket: Socket, text: string) => {
    const timer = setInterval(() => socket.write(text), 20)
    socket.once('close', () => clearInterval(timer))
  }
  const flood = (socket: Socket, chunk: string) => {
    const pour = () => {
      while (!socket.destroyed && socket.write(chunk));
    }
    socket.on('drain', pour)
    pour()
  }

  const cases: readonly [what: string, behave: (socket: Socket) => void, expected: string][] = [
    ['says nothing', () => undefined, 'timed-out'],
    ['drips headers', (socket) => drip(socket, 'X: y\r\n'), 'unreachable'],
    [
      'drips headers, well begun',
      (socket) => {
        socket.write(HEAD)
        drip(socket, 'X-Y: z\r\n')
      },
      'timed-out',
    ],
    [
      'drips its body',
      (socket) => {
        socket.write(`${HEAD}Content-Length: 900\r\n\r\n`)
        drip(socket, 'x')
      },
      'timed-out 200',
    ],
    [
      'never ends its body',
      (socket) => {
        socket.write(`${HEAD}\r\n`)
        flood(socket, 'x'.repeat(4096))
      },
      'too-large 200',
    ],
    [
      'never ends its chunks',
      (socket) => {
        socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`)
        flood(socket, `1000\r\n${'x'.repeat(4096)}\r\n`)
      },
      'too-large 200',
    ],
    [
      'never ends its headers',
      (socket) => {
        socket.write(HEAD)
        flood(socket, `X-Y: ${'z'.repeat(1000)}\r\n`)
      },
      'unreachable',
    ],
    ['announces a huge body', (socket) => socket.write(`${HEAD}Content-Length: 99999999999\r\n\r\nx`), 'too-large 200'],
    ['announces nonsense', (socket) => socket.write(`${HEAD}Content-Length: many\r\n\r\nx`), 'unreachable'],
    ['breaks off', (socket) => socket.end(`${HEAD}Content-Length: 900\r\n\r\nx`), 'unreachable 200'],
    [
      'breaks off in a chunk',
      (socket) => socket.end(`${HEAD}Transfer-Encoding: chunked\r\n\r\n10\r\nx`),
      'unreachable 200',
    ],
    ['hangs up', (socket) => socket.destroy(), 'unreachable'],
    ['speaks another protocol', (socket) => socket.end('220 mail.test ESMTP\r\n'), 'unreachable'],
    [
      'changes the protocol',
      (socket) => socket.write('HTTP/1.1 101 Hm\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
      'unreachable',
    ],
    ['says to wait for ever', (socket) => drip(socket, 'HTTP/1.1 102 Processing\r\n\r\n'), 'timed-out'],
  ]
  it.each(cases)('that %s', async (_, behave, expected) => {
    const { url } = await rawServer(behave)
    const timeout = expected.startsWith('timed-out') ? PATIENCE : TIMEOUT
    expect(await failure(get(url, {}, { timeout }))).toBe(expected)
  })

  it('is not helped by compression', async () => {
    const bomb = gzipSync(Buffer.alloc(1_000_000))
    const zipped = await serve({ headers: { 'Content-Encoding': 'gzip' }, body: bomb.subarray(0, LIMIT) })
    expect(await failure(get(zipped.url))).toBe('encoded 200')
    const plain = await serve({ headers: { 'Content-Encoding': 'Identity' }, body: 'plain' })
    expect(await failure(get(plain.url))).toBe('none')
  })
})
