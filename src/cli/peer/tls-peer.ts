/** What a TLS server presents: its certificates and the connection's facts. The one place that connects anywhere. */

import { isIP } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import { boolean, type Description, fields, number, text } from '../../describe/description.ts'
import { PkiError } from '../../errors.ts'
import { peerCertificates } from '../../serve/peer-certificates.ts'
import type { Certificate } from '../../x509/certificate.ts'
import type { PeerAddress } from './peer-address.ts'

/** A handshake as it went. */
export interface TlsPeer extends PeerAddress {
  /** The IP address that answered. */
  readonly address: string
  /** `TLSv1.3`. */
  readonly protocol: string
  readonly cipher: string
  /** Why Node, with the roots it carries, would not trust the peer; undefined if it would. */
  readonly distrust: string | undefined
  /** Why the server ended the handshake after presenting its certificates; undefined if it did not. */
  readonly refusal: string | undefined
  /** The server's own first, then the issuers it sent, in the order in which they issued one another. */
  readonly certificates: readonly Certificate[]
}

const TIMEOUT_MILLISECONDS = 10_000

/**
 * Shakes hands and hangs up. Whatever the server presents is taken: looking is not trusting.
 * @throws PkiError `input.network`
 */
export async function inspectPeer(address: PeerAddress): Promise<TlsPeer> {
  const { host, port, serverName } = address
  const socket = connect({
    host,
    port,
    rejectUnauthorized: false,
    timeout: TIMEOUT_MILLISECONDS,
    ...(serverName === undefined && isIP(host) !== 0 ? {} : { servername: serverName ?? host }),
  })
  try {
    const failure = await secureConnection(socket)
    if (failure !== undefined && peerCertificates(socket).length === 0) throw networkError(address, failure)
    return factsOf(socket, address, failure && problemOf(failure))
  } finally {
    socket.destroy()
  }
}

/** What ended the handshake. A server that wants a certificate of ours presents its own before it hangs up. */
function secureConnection(socket: TLSSocket): Promise<Error | undefined> {
  return new Promise((resolve) => {
    socket.once('secureConnect', () => resolve(undefined))
    socket.once('error', resolve)
    socket.once('timeout', () => resolve(new Error(`no answer within ${TIMEOUT_MILLISECONDS / 1000} seconds`)))
    socket.once('end', () => resolve(new Error(WHY.ECONNRESET)))
  })
}

function factsOf(socket: TLSSocket, address: PeerAddress, refusal: string | undefined): TlsPeer {
  const distrust = socket.authorized ? undefined : String(socket.authorizationError ?? 'not checked')
  return {
    ...address,
    address: socket.remoteAddress ?? address.host,
    protocol: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher()?.standardName ?? 'unknown',
    distrust,
    refusal,
    certificates: peerCertificates(socket),
  }
}

/** What the usual system errors mean, in words. */
const WHY = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'its name could not be resolved',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
  ECONNRESET: 'the server closed the connection during the handshake',
  ERR_SSL_WRONG_VERSION_NUMBER: 'what answers there does not speak TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'what answers there does not speak TLS',
} as const satisfies Readonly<Record<string, string>>

/** In words: ours for the usual errors, else OpenSSL's reason without its file names. */
function problemOf(error: Error): string {
  const { code = '', reason } = error as NodeJS.ErrnoException & { readonly reason?: string }
  return (WHY as Readonly<Record<string, string>>)[code] ?? reason ?? error.message
}

function networkError({ host, port }: PeerAddress, cause: Error): PkiError {
  return new PkiError('input.network', `${host}:${port}: ${problemOf(cause)}`, { context: { host, port }, cause })
}

/** The facts of the connection. What Node thinks of the peer is a hint: `pki verify` is what judges. */
export function describePeer(peer: TlsPeer): Description {
  const { host, port, serverName, address, protocol, cipher, distrust, refusal, certificates } = peer
  return {
    kind: 'tlsServer',
    title: `${host}:${port}`,
    fields: fields({
      address: text(address),
      serverName: serverName === undefined ? undefined : text(serverName),
      protocol: text(protocol),
      cipher: text(cipher),
      trustedByNode: boolean(distrust === undefined),
      distrust: distrust === undefined ? undefined : text(distrust),
      refusal: refusal === undefined ? undefined : text(refusal),
      certificateCount: number(certificates.length),
    }).fields,
  }
}
