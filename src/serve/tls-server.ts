/** A TLS server to try client certificates with: what it says of itself, and what it saw of whoever connected. */

import { createServer, type Server } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { formatPem } from '../der/pem.ts'
import { type Credential, intermediates } from '../keys/credential.ts'
import type { PrivateKey } from '../keys/keys.ts'
import type { Certificate } from '../x509/certificate.ts'
import { type HttpLimits, serverOptions } from './http-server.ts'
import { peerCertificates } from './peer-certificates.ts'

export interface TlsServerOptions {
  readonly credential: Credential & { readonly privateKey: PrivateKey }
  /** Whom client certificates may come from; OpenSSL tells clients their names. */
  readonly clientAuthorities: readonly Certificate[]
  /** Whether the handshake ends with whoever has no certificate that OpenSSL takes. */
  readonly requireClientCertificate: boolean
  /** The OCSP response to send along, made for each client that asks; undefined for none. */
  readonly staple: (() => Uint8Array | undefined) | undefined
  readonly limits: HttpLimits
}

/** The server, not listening yet. A client certificate is asked for in any case. */
export function createTlsServer(options: TlsServerOptions): Server {
  const { credential, clientAuthorities, requireClientCertificate, staple, limits } = options
  const server = createServer({
    ...serverOptions(limits),
    cert: [credential.certificate, ...intermediates(credential)].map(certificatePem).join(''),
    key: formatPem('PRIVATE KEY', credential.privateKey.pkcs8),
    // An empty list would mean the roots that Node carries.
    ca: clientAuthorities.length === 0 ? [NOBODY] : clientAuthorities.map(certificatePem),
    requestCert: true,
    rejectUnauthorized: requireClientCertificate,
    handshakeTimeout: limits.requestTime,
  })
  if (staple !== undefined) {
    server.on('OCSPRequest', (_certificate: Buffer, _issuer: Buffer, answer: StapleCallback) => {
      const response = staple()
      answer(null, response === undefined ? null : Buffer.from(response))
    })
  }
  return server
}

type StapleCallback = (error: Error | null, response: Buffer | null) => void

/** A list of authorities with nobody in it. */
const NOBODY = ''

const certificatePem = ({ encoded }: Certificate) => formatPem('CERTIFICATE', encoded)

/** What a server knows of the connection that a request came over. */
export interface ClientView {
  readonly protocol: string
  readonly cipher: string
  /** The name that was asked for (SNI). */
  readonly serverName: string | undefined
  /** The handshake was an abbreviated one: the certificates are those of the one before. */
  readonly isResumed: boolean
  /** As {@link peerCertificates}. */
  readonly certificates: readonly Certificate[]
  /** Why OpenSSL does not take the client's certificate; undefined if it does, or if there is none. */
  readonly objection: string | undefined
}

export function viewClient(socket: TLSSocket): ClientView {
  const certificates = peerCertificates(socket)
  const name = (socket as TLSSocket & { readonly servername?: string | false }).servername
  return {
    protocol: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher().standardName,
    serverName: name === false ? undefined : name,
    isResumed: socket.isSessionReused(),
    certificates,
    objection: certificates.length === 0 || socket.authorized ? undefined : String(socket.authorizationError),
  }
}
