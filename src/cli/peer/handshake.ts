/** Proves a hierarchy with real TLS handshakes inside this process: the right client gets in, one without does not. */

import { type ConnectionOptions, connect, createServer, type Server, type TLSSocket } from 'node:tls'
import { formatPem } from '../../der/pem.ts'
import { PkiError } from '../../errors.ts'
import { type Credential, intermediates } from '../../keys/credential.ts'
import type { PrivateKey } from '../../keys/keys.ts'

export interface HandshakeProof {
  readonly protocol: string
  readonly cipher: string
  /** Sentences about what was seen to happen. */
  readonly proven: readonly string[]
}

export interface MutualTls {
  readonly server: Credential
  readonly client: Credential
  /** A name the server's certificate is for; the handshake itself goes over loopback. */
  readonly host: string
}

/** Long enough for a loaded machine; a handshake takes milliseconds. */
const TIMEOUT_MS = 10_000

const GREETING = 'welcome'

/**
 * Shakes hands twice on loopback, checked by OpenSSL inside Node: with the client's certificate and without one.
 * @throws PkiError `input.network` if no socket can be opened, or if a handshake does not end as it should
 */
export async function proveMutualTls({ server, client, host }: MutualTls): Promise<HandshakeProof> {
  const listener = createServer({
    ...identityOf(server),
    ca: anchorsOf(client),
    requestCert: true,
    rejectUnauthorized: true,
  })
  listener.on('secureConnection', (socket) => socket.end(GREETING))
  // A client that the server refuses is what the second handshake is about; the client's side reports it.
  listener.on('tlsClientError', () => undefined)
  const port = await listen(listener)
  try {
    const trust = { ca: anchorsOf(server), host: '127.0.0.1', port, servername: host }
    const accepted = await shakeHands({ ...trust, ...identityOf(client) })
    if (!accepted.isWelcome) throw unexpected('the client was refused', accepted.error)
    const anonymous = await shakeHands(trust)
    if (anonymous.isWelcome) throw unexpected('a client without a certificate was let in', undefined)
    return {
      protocol: accepted.protocol,
      cipher: accepted.cipher,
      proven: [
        `the client trusts the server as ${host}`,
        'the server trusts the client',
        'the server refuses a client without a certificate',
      ],
    }
  } finally {
    listener.close()
  }
}

function identityOf(credential: Credential): { readonly cert: string; readonly key: string } {
  const key = pemOf(credential.privateKey as PrivateKey)
  return { cert: [credential.certificate, ...intermediates(credential)].map(certificatePem).join(''), key }
}

function anchorsOf({ chain }: Credential): string {
  return chain
    .filter(({ isSelfIssued }) => isSelfIssued)
    .map(certificatePem)
    .join('')
}

const certificatePem = ({ encoded }: { readonly encoded: Uint8Array }) => formatPem('CERTIFICATE', encoded)
const pemOf = ({ pkcs8 }: PrivateKey) => formatPem('PRIVATE KEY', pkcs8)

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new PkiError('input.network', `no handshake: cannot listen on loopback: ${cause.message}`, {
          hint: HINT,
          cause,
        }),
      )
    })
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
}

const HINT = 'the certificates and exports are made; --no-handshake leaves the proof out'

interface Outcome {
  readonly isWelcome: boolean
  readonly protocol: string
  readonly cipher: string
  readonly error: Error | undefined
}

/** In TLS 1.3 the client is done before the server has judged it: only the greeting says that it was let in. */
function shakeHands(options: ConnectionOptions): Promise<Outcome> {
  return new Promise((resolve) => {
    let received = ''
    let failure: Error | undefined
    const socket: TLSSocket = connect(options)
    let suite = { protocol: '', cipher: '' }
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('no answer')))
    socket.setEncoding('utf8')
    socket.on('secureConnect', () => {
      suite = { protocol: socket.getProtocol() ?? '', cipher: socket.getCipher().name }
    })
    socket.on('data', (text: string) => {
      received += text
    })
    socket.on('error', (error) => {
      failure = error
    })
    socket.on('close', () => resolve({ isWelcome: received === GREETING, ...suite, error: failure }))
  })
}

function unexpected(what: string, cause: Error | undefined): PkiError {
  return new PkiError('input.network', `the handshake did not prove it: ${what}${cause ? `: ${cause.message}` : ''}`, {
    hint: HINT,
    cause,
  })
}
