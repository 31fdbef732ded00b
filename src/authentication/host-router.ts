/**
 * Several TLS servers behind one port, chosen by the name that the client asks for (SNI, RFC 6066 §3): one host may ask
 * for certificates and another not. In Node whether to ask belongs to a server and not to a context, so `SNICallback`
 * cannot do it. The ClientHello is read, and the connection then handed on as if nobody had looked.
 */

import { createServer, type Server, type Socket } from 'node:net'
import { readServerName } from './client-hello.ts'
import { type Names, requireKnown, requireMethods } from './known-options.ts'

/** A server that takes connections from elsewhere: `https.Server`, `tls.Server`, `http2`'s secure server. */
export interface ConnectionTaker {
  emit(event: 'connection', socket: Socket): boolean
  emit(event: 'listening'): boolean
}

/** Which server takes the connections for which host name. */
export interface HostRouterOptions {
  /** By host name, in any case. */
  readonly hosts: Readonly<Record<string, ConnectionTaker>>
  /** For all other names, and for clients that name none. */
  readonly otherwise: ConnectionTaker
  /** Milliseconds for the ClientHello to arrive. Default ten seconds. */
  readonly timeout?: number | undefined
}

/** More than a ClientHello with large key shares has. */
const MAX_CLIENT_HELLO = 64 * 1024

const OPTIONS: Names<HostRouterOptions> = { hosts: true, otherwise: true, timeout: true }

/**
 * A server to listen with; those behind it need not listen.
 * @throws PkiError `usage.option` for an option that there is not, and without a server for all other names
 */
export function hostRouter(options: HostRouterOptions): Server {
  requireKnown(options, OPTIONS, 'hostRouter')
  const { hosts, otherwise, timeout = 10_000 } = options
  for (const [name, server] of Object.entries({ ...hosts, otherwise })) {
    requireMethods(server ?? null, `${name} of hostRouter`, 'emit')
  }
  const byName = new Map(Object.entries(hosts).map(([name, server]) => [name.toLowerCase(), server]))
  const router = createServer({ pauseOnConnect: false }, (socket) => {
    const impatience = setTimeout(() => socket.destroy(), timeout)
    const stop = () => clearTimeout(impatience)
    socket.once('close', stop)
    // Whoever takes the connection has a listener of its own.
    const ignoreError = () => socket.destroy()
    socket.once('error', ignoreError)
    let seen = Buffer.alloc(0)
    const look = () => {
      const chunk: Buffer | null = socket.read()
      if (chunk !== null) seen = Buffer.concat([seen, chunk])
      const name = readServerName(seen)
      if (name === 'incomplete' && seen.length < MAX_CLIENT_HELLO) return void socket.once('readable', look)
      stop()
      socket.removeListener('close', stop)
      socket.removeListener('error', ignoreError)
      socket.unshift(seen)
      const server = typeof name === 'object' ? byName.get(name.serverName.toLowerCase()) : undefined
      ;(server ?? otherwise).emit('connection', socket)
    }
    socket.once('readable', look)
  })
  // HTTP servers begin to look for clients that are too slow (headersTimeout, requestTimeout) when they listen.
  router.once('listening', () => {
    for (const server of new Set([otherwise, ...byName.values()])) server.emit('listening')
  })
  return router
}
