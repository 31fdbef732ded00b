/** An HTTPS server on a free port of this machine that asks its clients for a certificate. */

import type { RequestListener } from 'node:http'
import { createServer, type Server, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'

/** An HTTPS server that says who its client is ({@link WhoAmI}). */
export interface TestServer {
  /** `https://localhost:` and the port, without a slash at the end. */
  readonly url: string
  readonly port: number
  readonly server: Server
  /** Ends all connections, and resolves when the port is free. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** What the server answers if nobody says what: the subject of whoever connected, as JSON. */
export interface WhoAmI {
  /** Whether the client has shown a certificate that the server trusts. */
  readonly authorized: boolean
  /** commonName of the client's certificate. */
  readonly client: string | null
}

/** @throws whatever `listen` fails with */
export async function startTestServer(options: ServerOptions, handler: RequestListener = whoAmI): Promise<TestServer> {
  const server = createServer(options, handler)
  // A client that is refused is what the test is about, and hears of it itself.
  server.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    // Whichever address localhost leads to here, clients are led there too; no other machine is.
    server.listen(0, 'localhost', () => resolve())
  })
  const { port } = server.address() as AddressInfo
  const close = () =>
    new Promise<void>((resolve, reject) => {
      server.close((error) => (error === undefined ? resolve() : reject(error)))
      server.closeAllConnections()
    })
  return { url: `https://localhost:${port}`, port, server, close, [Symbol.asyncDispose]: close }
}

const whoAmI: RequestListener = ({ socket }, response) => {
  const { authorized } = socket as TLSSocket
  // Without a client certificate it is an empty object, whatever its type says.
  const subject: Readonly<Record<string, string | readonly string[] | undefined>> | undefined = (
    socket as TLSSocket
  ).getPeerCertificate().subject
  const [client = null] = [subject?.CN ?? []].flat()
  const answer: WhoAmI = { authorized, client }
  response.setHeader('content-type', 'application/json').end(JSON.stringify(answer))
}
