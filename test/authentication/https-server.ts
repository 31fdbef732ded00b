/** An HTTPS server on loopback with middlewares in a row, and a client for it with a certificate or none. */

import {
  createServer as createHttpServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import { createServer, request as httpsRequest } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { onTestFinished } from 'vitest'
import { clientTls } from '../../src/authentication/client-tls.ts'
import { serverTls } from '../../src/authentication/server-tls.ts'
import type { Credential } from '../../src/keys/credential.ts'
import { SERVER, SERVER_TRUST } from './certificates.ts'

export type Middleware = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void

export interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface Ask {
  readonly path?: string
  readonly method?: string
  readonly client?: Credential | undefined
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
}

/** One after the other; an error of one is a 500 with its message and stack, as careless error handlers have it. */
export function inARow(middlewares: readonly Middleware[]) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const run = (index: number) => (error?: unknown) => {
      if (error !== undefined) {
        response.statusCode = 500
        response.end(error instanceof Error ? error.stack : String(error))
      } else middlewares[index]?.(request, response, run(index + 1))
    }
    run(0)()
  }
}

/** Runs until the end of the test. */
export async function serve(...middlewares: readonly Middleware[]) {
  const server = createServer(serverTls({ credential: SERVER }), inARow(middlewares))
  const port = await listen(server)
  return { port, get: (ask: Ask = {}) => ask1(port, ask) }
}

/** Without TLS. */
export async function serveHttp(...middlewares: readonly Middleware[]) {
  const port = await listen(createHttpServer(inARow(middlewares)))
  return { port, get: (ask: Ask = {}) => ask1(port, ask, 'http') }
}

export async function listen(server: Server & { closeAllConnections?: () => void }): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections?.()
  })
  return (server.address() as AddressInfo).port
}

/** One request on a connection of its own. */
export async function ask1(
  port: number,
  ask: Ask,
  scheme: 'http' | 'https' = 'https',
  host = 'localhost',
): Promise<Answer> {
  const tls = ask.client === undefined ? {} : clientTls({ credential: ask.client, serverTrust: SERVER_TRUST })
  const ca = SERVER_TRUST.map(
    ({ encoded }) =>
      `-----BEGIN CERTIFICATE-----\n${Buffer.from(encoded).toString('base64')}\n-----END CERTIFICATE-----\n`,
  )
  const options = {
    host: '127.0.0.1',
    port,
    servername: host,
    path: ask.path ?? '/',
    method: ask.method ?? 'GET',
    agent: false as const,
    headers: { host: `${host}:${port}`, ...ask.headers },
    ca,
    ...tls,
  }
  return new Promise((resolve, reject) => {
    const send = scheme === 'https' ? httpsRequest : httpRequest
    const request = send(options, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    request.on('error', reject)
    request.end()
  })
}
