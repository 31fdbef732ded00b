/**
 * An HTTP server that its clients cannot hurt: bodies and headers have a limit in size and time, an answer is made of
 * each request in turn, and at the end what has begun is finished. What is answered is the caller's business.
 */

import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http'
import type { Server as TlsServer } from 'node:https'
import { type AddressInfo, isIPv6, type Socket } from 'node:net'
import { PkiError } from '../errors.ts'
import { type HttpAnswer, plainText } from './http-answer.ts'
import type { ServerLog } from './log.ts'

/** Times in milliseconds, sizes in octets. */
export interface HttpLimits {
  /** From the connection, or the end of the request before, to the last header. */
  readonly headerTime: number
  /** The same to the end of the body. */
  readonly requestTime: number
  readonly idleTime: number
  readonly headerSize: number
  readonly bodySize: number
  /** How long requests that are being answered may take when the server is to stop. */
  readonly stopTime: number
}

/** OCSP requests have some hundred octets; one about a hundred certificates has ten thousand. */
export const DEFAULT_LIMITS: HttpLimits = {
  headerTime: 5_000,
  requestTime: 10_000,
  idleTime: 30_000,
  headerSize: 16_384,
  bodySize: 65_536,
  stopTime: 5_000,
}

/** What `createServer` needs for the limits to hold. */
export function serverOptions({ headerTime, requestTime, idleTime, headerSize }: HttpLimits): ServerOptions {
  return {
    headersTimeout: headerTime,
    requestTimeout: requestTime,
    keepAliveTimeout: idleTime,
    maxHeaderSize: headerSize,
    // Node looks this often whether somebody is too slow.
    connectionsCheckingInterval: Math.min(500, Math.ceil(headerTime / 4)),
  }
}

export interface IncomingRequest {
  readonly method: string
  readonly target: string
  readonly headers: IncomingMessage['headers']
  readonly body: Uint8Array
  readonly socket: Socket
  /** Ends waits, when the server is about to stop. */
  readonly signal: AbortSignal
}

export interface HttpServerOptions {
  /** Made with {@link serverOptions}; not listening yet. */
  readonly server: Server | TlsServer
  readonly host: string
  /** 0 for any that is free. */
  readonly port: number
  readonly limits: HttpLimits
  /** What it throws or rejects with is a fault of ours, and answered with 500. */
  readonly answer: (request: IncomingRequest) => HttpAnswer | Promise<HttpAnswer>
  readonly log: ServerLog
  /** A clock that only ever goes forward, in milliseconds. */
  readonly stopwatch: () => number
}

export interface RunningServer {
  readonly host: string
  readonly port: number
  /** `http://127.0.0.1:8785`, without a slash at the end. */
  readonly url: string
  /** Takes no more connections, finishes what has begun, and closes every socket. */
  stop(): Promise<void>
}

/**
 * Listens, and answers until it is stopped.
 * @throws PkiError `refused.address` if it cannot listen there
 */
export async function startHttpServer(options: HttpServerOptions): Promise<RunningServer> {
  const { server, limits } = options
  const stopping = new AbortController()
  const connections = new Connections(server)
  const begin = (request: IncomingMessage, response: ServerResponse) => {
    connections.begin(request.socket, response)
    void handle(request, response, options, stopping.signal)
  }
  server.on('request', begin)
  // `Expect: 100-continue` would have the whole body sent before anybody has looked at its length.
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (announcedSize(request) <= limits.bodySize) response.writeContinue()
    begin(request, response)
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => refuse(error, socket, options.log))
  const { port } = await listen(options)
  const { host } = options
  const scheme = isTls(server) ? 'https' : 'http'
  return {
    host,
    port,
    url: `${scheme}://${isIPv6(host) ? `[${host}]` : host}:${port}`,
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      stopping.abort()
      connections.closeIdle()
      const timer = setTimeout(() => connections.closeAll(), limits.stopTime)
      await closed
      clearTimeout(timer)
    },
  }
}

function isTls(server: Server | TlsServer): server is TlsServer {
  return 'setSecureContext' in server
}

/**
 * Who is connected, and who is being answered. Node's own `closeIdleConnections` knows nothing of connections over
 * which no request has come yet, such as browsers keep ready, nor of TLS handshakes under way.
 */
class Connections {
  readonly #sockets = new Set<Socket>()
  /** Where requests come from: with TLS, others than those that the system knows. */
  readonly #sessions = new Set<Socket>()
  readonly #busy = new Set<Socket>()

  constructor(server: Server | TlsServer) {
    server.on('connection', (socket: Socket) => track(socket, this.#sockets))
    server.on(isTls(server) ? 'secureConnection' : 'connection', (socket: Socket) => track(socket, this.#sessions))
  }

  /** A request has come, and keeps its connection until it is answered. */
  begin(socket: Socket, response: ServerResponse): void {
    this.#busy.add(socket)
    response.on('close', () => this.#busy.delete(socket))
  }

  closeIdle(): void {
    for (const session of this.#sessions) if (!this.#busy.has(session)) session.destroy()
  }

  closeAll(): void {
    for (const socket of this.#sockets) socket.destroy()
  }
}

function track(socket: Socket, set: Set<Socket>): void {
  set.add(socket)
  socket.on('close', () => set.delete(socket))
}

function listen({ server, host, port }: HttpServerOptions): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => reject(cannotListen(host, port, error))
    server.once('error', fail)
    server.listen({ host, port }, () => {
      server.off('error', fail)
      resolve(server.address() as AddressInfo)
    })
  })
}

const WHY_NOT: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  EADDRINUSE: ['another program listens there', 'stop it, or choose another port: --port 0 takes any that is free'],
  EACCES: ['no permission to listen there', 'ports below 1024 need a privilege: choose another one with --port'],
  EADDRNOTAVAIL: ['this machine has no such address', 'leave --host out to listen on 127.0.0.1'],
  ENOTFOUND: ['there is no host of that name', 'leave --host out to listen on 127.0.0.1'],
  EAI_AGAIN: ['its name could not be resolved', 'leave --host out to listen on 127.0.0.1'],
}

function cannotListen(host: string, port: number, cause: NodeJS.ErrnoException): PkiError {
  const [what, hint] = WHY_NOT[cause.code ?? ''] ?? [cause.message, '--host and --port choose another address']
  return new PkiError('refused.address', `cannot listen on ${host}, port ${port}: ${what}`, {
    hint,
    context: { host, port, reason: cause.code },
    cause,
  })
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  options: HttpServerOptions,
  signal: AbortSignal,
): Promise<void> {
  const { log, stopwatch } = options
  const begin = stopwatch()
  const { method = '', url: target = '' } = request
  const answer = await answerTo(request, options, signal)
  const write = (status: number, size: number) =>
    log.access({ method, target, status, size, milliseconds: stopwatch() - begin })
  if (answer === undefined) return // the client is gone, or was too slow and has been told
  const isComplete = request.complete
  response.writeHead(answer.status, {
    ...answer.headers,
    ...(answer.status === 304 ? {} : { 'Content-Length': answer.body.length }),
    // What is left of the body is not worth reading; and who stops needs no more connections.
    ...(isComplete && !signal.aborted ? {} : { Connection: 'close' }),
  })
  const body = method === 'HEAD' || answer.status === 304 ? NOTHING : answer.body
  response.end(body)
  write(answer.status, body.length)
}

const NOTHING = new Uint8Array(0)

/** Undefined if nobody is there any more who could be answered. */
async function answerTo(
  request: IncomingMessage,
  { answer, limits, log }: HttpServerOptions,
  signal: AbortSignal,
): Promise<HttpAnswer | undefined> {
  const { method = '', url: target = '', headers, socket } = request
  try {
    const body = await readBody(request, limits.bodySize)
    if (body === 'too large') return plainText(413, `a request may have ${limits.bodySize} octets`)
    if (body === 'broken off') return undefined
    return await answer({ method, target, headers, body, socket, signal })
  } catch (error) {
    log.problem(`internal: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    return plainText(500, 'a fault of pki; the server has logged it')
  }
}

function announcedSize({ headers }: IncomingMessage): number {
  return Number(headers['content-length'] ?? 0)
}

async function readBody(request: IncomingMessage, limit: number): Promise<Uint8Array | 'too large' | 'broken off'> {
  if (announcedSize(request) > limit) return 'too large'
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      chunks.push(chunk as Buffer)
      size += (chunk as Buffer).length
      if (size > limit) return 'too large'
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ECONNRESET') return 'broken off'
    throw error
  }
  return new Uint8Array(Buffer.concat(chunks, size))
}

/** Answers what is no request that could be handled: too slow, headers too large, or not HTTP at all. */
function refuse(error: NodeJS.ErrnoException, socket: Socket, log: ServerLog): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const [status, words] = REFUSALS[error.code ?? ''] ?? [400, 'Bad Request']
  socket.end(`HTTP/1.1 ${status} ${words}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy())
  log.access({ method: '-', target: '-', status, size: 0, milliseconds: 0 })
}

const REFUSALS: Readonly<Record<string, readonly [status: number, words: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'Payload Too Large'],
}
