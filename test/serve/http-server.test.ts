import { createServer, request as httpRequest } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { plainText } from '../../src/serve/http-answer.ts'
import {
  DEFAULT_LIMITS,
  type HttpLimits,
  type HttpServerOptions,
  type RunningServer,
  serverOptions,
  startHttpServer,
} from '../../src/serve/http-server.ts'
import type { AccessEntry } from '../../src/serve/log.ts'

interface Started {
  readonly server: RunningServer
  readonly problems: string[]
  readonly accesses: AccessEntry[]
}

async function start(
  limits: Partial<HttpLimits> = {},
  answer: HttpServerOptions['answer'] = ({ body }) => plainText(200, `${body.length}`),
): Promise<Started> {
  const problems: string[] = []
  const accesses: AccessEntry[] = []
  const all = { ...DEFAULT_LIMITS, ...limits }
  const server = await startHttpServer({
    server: createServer(serverOptions(all)),
    host: '127.0.0.1',
    port: 0,
    limits: all,
    answer,
    log: { problem: (message) => problems.push(message), access: (entry) => accesses.push(entry) },
    stopwatch: () => performance.now(),
  })
  onTestFinished(() => server.stop())
  return { server, problems, accesses }
}

/** Sends octets, waits until the server hangs up, and gives what it said. */
function talk({ port }: RunningServer, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      said += chunk
    })
    socket.on('error', reject).on('close', () => resolve(said))
  })
}

const statusOf = (said: string) => Number(said.slice(9, 12))

describe('what comes in', () => {
  it('answers one request after another on one connection', async () => {
    const { server, accesses } = await start()
    const said = await talk(
      server,
      'GET /a HTTP/1.1\r\nHost: a\r\n\r\nPOST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc',
    )
    expect(said.match(/HTTP\/1\.1 200/g)).toHaveLength(2)
    expect(said).toMatch(/\r\n\r\n3\n$/)
    expect(accesses).toMatchObject([
      { method: 'GET', target: '/a', status: 200, size: 2 },
      { method: 'POST', target: '/b', status: 200, size: 2 },
    ])
  })

  it('HEAD: the headers, and no body', async () => {
    const { server } = await start()
    const said = await talk(server, 'HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    expect(said).toMatch(/^HTTP\/1\.1 200[\s\S]*Content-Length: 2\r\n[\s\S]*\r\n\r\n$/)
  })

  it.each([
    ['as long as allowed', 100, 200],
    ['an octet longer', 101, 413],
  ])('a body %s', async (_, length, status) => {
    const { server } = await start({ bodySize: 100 })
    const head = 'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n'
    const announced = `${head}Content-Length: ${length}\r\n\r\n${'x'.repeat(length)}`
    expect(statusOf(await talk(server, announced))).toBe(status)
    const chunked = `${head}Transfer-Encoding: chunked\r\n\r\n${length.toString(16)}\r\n${'x'.repeat(length)}\r\n0\r\n\r\n`
    expect(statusOf(await talk(server, chunked))).toBe(status)
  })

  it('a body that is announced too large is refused before it is sent', async () => {
    const { server } = await start({ bodySize: 100 })
    const head = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n'
    const said = await talk(server, `${head}\r\n`)
    expect(said).toMatch(/^HTTP\/1\.1 413[\s\S]*Connection: close/)
    expect(statusOf(await talk(server, `${head}Expect: 100-continue\r\n\r\n`))).toBe(413)
  })

  it('headers beyond the limit: 431', async () => {
    const { server } = await start({ headerSize: 1000 })
    expect(statusOf(await talk(server, `GET /${'x'.repeat(2000)} HTTP/1.1\r\nHost: a\r\n\r\n`))).toBe(431)
  })

  it('what is not HTTP: 400', async () => {
    const { server } = await start()
    expect(statusOf(await talk(server, '\x16\x03\x01\x00\x05hello\r\n\r\n'))).toBe(400)
  })

  it.each([
    ['headers', 'GET / HTTP/1.1\r\nHost:'],
    ['a body', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc'],
    ['a body in chunks', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab'],
  ])('whoever is too slow with %s: 408', async (_, text) => {
    const { server, problems } = await start({ headerTime: 100, requestTime: 200 })
    expect(statusOf(await talk(server, text))).toBe(408)
    expect(problems).toEqual([])
  })

  it('a client that goes away in the middle is no problem', async () => {
    const { server, problems } = await start()
    const socket = connect(server.port, '127.0.0.1', () => {
      socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc', () => socket.resetAndDestroy())
    })
    await new Promise((resolve) => socket.on('close', resolve))
    expect(statusOf(await talk(server, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'))).toBe(200)
    expect(problems).toEqual([])
  })

  it('a fault of ours is logged and answered, and the next one is served', async () => {
    const { server, problems } = await start({}, ({ target }) => {
      if (target === '/bug') throw new Error('oops')
      return plainText(200, 'fine')
    })
    const get = (path: string) => talk(server, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
    const said = await get('/bug')
    expect(statusOf(said)).toBe(500)
    expect(said).not.toContain('oops')
    expect(problems).toEqual([expect.stringContaining('oops')])
    expect(statusOf(await get('/'))).toBe(200)
  })
})

describe('where it listens', () => {
  it('says which port it took', async () => {
    const { server } = await start()
    expect(server.port).toBeGreaterThan(0)
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`)
  })

  it.each<[string, () => Promise<{ host: string; port: number }>]>([
    ['a port in use', async () => ({ host: '127.0.0.1', port: await occupiedPort() })],
    ['an address of another machine', async () => ({ host: '192.0.2.1', port: 0 })],
  ])('%s: refused, with a hint', async (_, find) => {
    const address = await find()
    const attempt = startHttpServer({
      ...address,
      server: createServer(),
      limits: DEFAULT_LIMITS,
      answer: () => plainText(200, ''),
      log: { problem: () => undefined, access: () => undefined },
      stopwatch: () => 0,
    })
    await expect(attempt).rejects.toMatchObject({ code: 'refused.address', hint: expect.any(String), context: address })
  })
})

async function occupiedPort(): Promise<number> {
  const server = createTcpServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
  })
  return (server.address() as AddressInfo).port
}

describe('stop', () => {
  it('finishes what has begun, closes idle connections, takes no more', async () => {
    const begun = signal()
    // Nobody has to be cut off: it would be done long after the test has timed out.
    const { server } = await start({ stopTime: 600_000 }, async () => {
      begun.give()
      await sleep(150)
      return plainText(200, 'done')
    })
    const idle = connect(server.port, '127.0.0.1')
    const idleClosed = new Promise((resolve) => idle.on('close', resolve))
    const answered = new Promise<string>((resolve, reject) => {
      httpRequest({ port: server.port, host: '127.0.0.1' }, (response) => {
        resolve(`${response.statusCode} ${response.headers.connection}`)
      })
        .on('error', reject)
        .end()
    })
    await begun.given
    await Promise.all([server.stop(), idleClosed])
    expect(await answered).toBe('200 close')
    await expect(talk(server, '')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('waits end at once, and whoever takes for ever is cut off', async () => {
    const begun = { '/wait': signal(), '/forever': signal() }
    const { server } = await start({ stopTime: 100 }, async ({ target, signal: stopping }) => {
      begun[target as keyof typeof begun].give()
      if (target === '/wait') await sleep(600_000, undefined, { signal: stopping }).catch(() => undefined)
      else await new Promise(() => undefined)
      return plainText(200, 'done')
    })
    const get = (path: string) => talk(server, `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`)
    const [wait, forever] = [get('/wait'), get('/forever')]
    await Promise.all([begun['/wait'].given, begun['/forever'].given])
    await server.stop()
    expect(statusOf(await wait)).toBe(200)
    expect(await forever).toBe('')
  })
})

/** Something that is waited for. */
function signal() {
  let give: () => void = () => undefined
  const given = new Promise<void>((resolve) => {
    give = resolve
  })
  return { given, give }
}
