/**
 * One HTTP exchange with a server that may be hostile: it may not take longer than a deadline, nor send more than a
 * limit, nor have us ask anybody whom we would not have asked ourselves. What it says about the type of its answer is
 * not believed; what it compresses is not unpacked.
 */

import { type IncomingHttpHeaders, type IncomingMessage, request as startRequest } from 'node:http'
import type { Address, Destinations } from './destination.ts'
import { FetchError } from './fetch-error.ts'

export interface HttpRequest {
  readonly url: string
  /** Sent with POST; without one it is GET. */
  readonly body?: Uint8Array | undefined
  readonly headers?: Readonly<Record<string, string>>
  /** So many octets of answer are taken. */
  readonly maxBytes: number
}

export interface HttpAnswer {
  readonly status: number
  readonly body: Uint8Array
  /** How many seconds the server says the answer keeps (RFC 9111 §5.2.2.1); 0 if it is not to be kept. */
  readonly maxAge: number | undefined
}

export interface HttpPolicy {
  readonly destinations: Destinations
  /** Milliseconds for the whole exchange: names, redirects and the last octet included. */
  readonly timeout: number
}

/** As RFC 2068 §10.3 had it: "a user agent SHOULD NOT automatically redirect a request more than 5 times". */
export const MAX_REDIRECTS = 5

/**
 * Fetches; only an answer with status 200 is one.
 * @throws FetchError
 */
export async function fetchHttp(request: HttpRequest, { destinations, timeout }: HttpPolicy): Promise<HttpAnswer> {
  const deadline = AbortSignal.timeout(timeout)
  let url = destinations.requireAllowed(request.url)
  for (let redirects = 0; ; redirects++) {
    const addresses = await beforeDeadline(destinations.addressesOf(url), deadline)
    const answer = await exchange(url, addresses, request, deadline)
    if ('body' in answer) return answer
    if (redirects === MAX_REDIRECTS) throw new FetchError('too-many-redirects', url.href, { status: answer.status })
    url = destinations.requireAllowed(answer.location, url)
  }
}

interface Redirect {
  readonly status: number
  readonly location: string
}

/** Tries the addresses of a host one after the other until one takes the connection. */
async function exchange(
  url: URL,
  addresses: readonly Address[],
  request: HttpRequest,
  deadline: AbortSignal,
): Promise<HttpAnswer | Redirect> {
  let failure: unknown
  for (const address of addresses) {
    try {
      return await answerOf(await send(url, address, request, deadline), request, deadline)
    } catch (error) {
      if (error instanceof FetchError) throw error
      if (deadline.aborted) throw new FetchError('timed-out', '', { cause: error })
      failure = error
    }
  }
  const { code, message } = failure as NodeJS.ErrnoException
  throw new FetchError('unreachable', code ?? message, { cause: failure })
}

/** Connects to that very address; `Host` keeps the name. */
function send(url: URL, { address, family }: Address, request: HttpRequest, signal: AbortSignal) {
  return new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = startRequest({
      host: address,
      family,
      port: url.port === '' ? 80 : Number(url.port),
      path: `${url.pathname}${url.search}`,
      method: request.body === undefined ? 'GET' : 'POST',
      headers: { Host: url.host, 'Accept-Encoding': 'identity', Connection: 'close', ...request.headers },
      // A new agent each time: no connection of somebody else's, no proxy from the environment.
      agent: false,
      signal,
    })
    outgoing.on('response', resolve)
    outgoing.on('error', reject)
    outgoing.on('close', () => reject(new Error('the connection was closed')))
    outgoing.end(request.body)
  })
}

async function answerOf(response: IncomingMessage, request: HttpRequest, deadline: AbortSignal) {
  // A connection that breaks is told of below, by whoever reads.
  response.on('error', () => undefined)
  try {
    const { statusCode: status = 0, headers } = response
    const location = redirection(status, headers, request)
    if (location !== undefined) return { status, location }
    if (status !== 200) throw new FetchError('http-status', String(status), { status })
    const encoding = headers['content-encoding'] ?? 'identity'
    if (encoding.toLowerCase() !== 'identity') throw new FetchError('encoded', encoding, { status })
    return { status, body: await readBody(response, request.maxBytes, deadline), maxAge: maxAgeOf(headers) }
  } finally {
    response.destroy()
  }
}

/** Where to ask instead. 301 to 303 turn POST into GET (RFC 9110 §15.4), which would ask something else. */
function redirection(status: number, { location }: IncomingHttpHeaders, { body }: HttpRequest): string | undefined {
  if (location === undefined) return undefined
  const codes = body === undefined ? [301, 302, 303, 307, 308] : [307, 308]
  return codes.includes(status) ? location : undefined
}

async function readBody(response: IncomingMessage, maxBytes: number, deadline: AbortSignal): Promise<Uint8Array> {
  const status = response.statusCode ?? 0
  const tooLarge = () => new FetchError('too-large', `more than ${maxBytes} octets`, { status })
  if (Number(response.headers['content-length'] ?? 0) > maxBytes) throw tooLarge()
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of response as AsyncIterable<Uint8Array>) {
      size += chunk.length
      if (size > maxBytes) throw tooLarge()
      chunks.push(chunk)
    }
  } catch (cause) {
    if (cause instanceof FetchError) throw cause
    if (deadline.aborted) throw new FetchError('timed-out', `after ${size} octets`, { status, cause })
    throw new FetchError('unreachable', `the connection broke after ${size} octets`, { status, cause })
  }
  // A copy of its own: what is parsed from it keeps views of it.
  return new Uint8Array(Buffer.concat(chunks))
}

function maxAgeOf(headers: IncomingHttpHeaders): number | undefined {
  const directives = (headers['cache-control'] ?? '').toLowerCase().split(',')
  const names = directives.map((directive) => directive.trim())
  if (names.includes('no-store') || names.includes('no-cache')) return 0
  const seconds = names.map((name) => /^max-age="?(\d{1,9})"?$/.exec(name)?.[1]).find((text) => text !== undefined)
  return seconds === undefined ? undefined : Number(seconds)
}

/** A look-up cannot be stopped, but need not be waited for. */
async function beforeDeadline<T>(promise: Promise<T>, deadline: AbortSignal): Promise<T> {
  let stop: (() => void) | undefined
  const late = new Promise<never>((_, reject) => {
    stop = () => reject(new FetchError('timed-out'))
    if (deadline.aborted) stop()
    else deadline.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    if (stop !== undefined) deadline.removeEventListener('abort', stop)
  }
}
