/** What Node knows of the connection a request came on, and what a trusted proxy says of it. */

import type { IncomingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { ClientCertificate } from './client-certificate.ts'
import type { ConnectionFacts } from './handler.ts'

/** A request of `node:http`, `node:https`, `node:http2` (with its compatibility API), Connect, Express. */
export interface NodeRequest {
  readonly headers: IncomingHttpHeaders
  readonly socket: Socket
  readonly url?: string | undefined
  /** Of HTTP/2, where every request has a socket object of its own and those of a connection share this. */
  readonly stream?: { readonly session?: object | undefined } | undefined
}

/** What a trusted proxy forwarded; what is missing is as the connection itself has it. */
export interface ForwardedFacts {
  readonly isHttps?: boolean | undefined
  /** Undefined: none was forwarded. A function that returns undefined: what was forwarded cannot be read. */
  readonly clientCertificate?: (() => ClientCertificate | undefined) | undefined
}

/** Kept with the request: to find nothing in a WeakMap would cost every request more than that. */
const FORWARDED = Symbol('forwarded')

interface MaybeForwarded {
  [FORWARDED]?: ForwardedFacts
}

function forwardedWith(request: object): ForwardedFacts | undefined {
  return (request as MaybeForwarded)[FORWARDED]
}

/** Sets what was forwarded with a request. Whoever calls it vouches for the proxy. */
export function setForwarded(request: object, facts: ForwardedFacts): void {
  const keeper: MaybeForwarded = request
  keeper[FORWARDED] = facts
}

/** The facts of a request in Node. */
export function nodeConnection(request: NodeRequest): ConnectionFacts {
  return new NodeConnection(request)
}

class NodeConnection implements ConnectionFacts {
  readonly #request: NodeRequest
  readonly isHttps: boolean

  constructor(request: NodeRequest) {
    this.#request = request
    this.isHttps = forwardedWith(request)?.isHttps ?? isEncrypted(request.socket)
  }

  clientCertificate(): ClientCertificate | undefined {
    return clientCertificateOf(this.#request)
  }
}

/** The certificate that a request came with, forwarded or of its own connection. @throws DerError if it cannot be read */
export function clientCertificateOf(request: NodeRequest): ClientCertificate | undefined {
  const clientCertificate = forwardedWith(request)?.clientCertificate
  if (clientCertificate !== undefined) return clientCertificate()
  return peerCertificate(request.socket, request.stream?.session ?? request.socket)
}

function isEncrypted(socket: Socket): socket is TLSSocket {
  return 'encrypted' in socket && socket.encrypted === true
}

/** Read once a connection, not once a request. */
const peerCertificates = new WeakMap<object, ClientCertificate>()

function peerCertificate(socket: Socket, connection: object): ClientCertificate | undefined {
  if (!isEncrypted(socket)) return undefined
  const known = peerCertificates.get(connection)
  if (known !== undefined) return known
  const raw = socket.getPeerX509Certificate()?.raw
  if (raw === undefined) return undefined
  const certificate = ClientCertificate.parse(raw)
  peerCertificates.set(connection, certificate)
  // A renegotiation (TLS 1.2) may bring another one.
  socket.once('secure', () => peerCertificates.delete(connection))
  return certificate
}
