/** Servers of CRLs, OCSP responses and certificates for tests, honest and hostile, and a witness of who is contacted. */

import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, createServer as createRawServer, type Server, Socket } from 'node:net'
import { afterEach, onTestFinished, vi } from 'vitest'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly host: string
  readonly acceptEncoding: string | undefined
  readonly body: Uint8Array
}

/** An answer: octets with status 200, or all of it. */
export type Answer =
  | Uint8Array
  | {
      readonly status?: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: Uint8Array | string
    }

export interface EvidenceServer {
  readonly port: number
  /** `http://127.0.0.1:port` */
  readonly url: string
  /** What came in so far. */
  readonly asked: readonly Asked[]
  close(): Promise<void>
}

/** Answers by path; what has no answer is 404. */
export async function evidenceServer(
  answer: (request: Asked) => Answer | undefined,
  host = '127.0.0.1',
): Promise<EvidenceServer> {
  const asked: Asked[] = []
  const server = createServer((incoming, outgoing) => {
    void received(incoming).then((request) => {
      asked.push(request)
      const given = answer(request) ?? { status: 404, body: 'not here' }
      const { status = 200, headers = {}, body = '' } = given instanceof Uint8Array ? { body: given } : given
      outgoing.writeHead(status, headers)
      outgoing.end(body)
    })
  })
  return { asked, ...(await listening(server, host)) }
}

async function received(incoming: IncomingMessage): Promise<Asked> {
  const chunks: Uint8Array[] = []
  for await (const chunk of incoming as AsyncIterable<Uint8Array>) chunks.push(chunk)
  const { method = '', url = '', headers } = incoming
  return {
    method,
    path: url,
    host: headers.host ?? '',
    acceptEncoding: headers['accept-encoding']?.toString(),
    body: new Uint8Array(Buffer.concat(chunks)),
  }
}

/** Answers each connection with raw octets, as `behave` sees fit. */
export async function rawServer(behave: (socket: Socket) => void): Promise<Omit<EvidenceServer, 'asked'>> {
  const server = createRawServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => behave(socket))
  })
  return listening(server, '127.0.0.1')
}

async function listening(server: Server, host: string): Promise<Omit<EvidenceServer, 'asked'>> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  const { port } = server.address() as AddressInfo
  const close = async () => {
    for (const socket of sockets) socket.destroy()
    if (server.listening) await new Promise((resolve) => server.close(resolve))
  }
  onTestFinished(close)
  return { port, url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`, close }
}

/**
 * Every address that any socket of this process connects to from now on until the test ends, as `host:port`. A name
 * that nobody resolved beforehand shows up as a name.
 */
export function witness(): readonly string[] {
  const contacted: string[] = []
  const connect = Socket.prototype.connect
  const spy = vi.spyOn(Socket.prototype, 'connect').mockImplementation(function (this: Socket, ...args: unknown[]) {
    const [first] = args
    const options = (Array.isArray(first) ? first[0] : first) as { readonly host?: string; readonly port?: number }
    contacted.push(`${options.host}:${options.port}`)
    return Reflect.apply(connect, this, args) as Socket
  } as typeof connect)
  onTestFinished(() => spy.mockRestore())
  return contacted
}

afterEach(() => vi.restoreAllMocks())
