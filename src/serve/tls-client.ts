/** A TLS client that shakes hands, tells how it went, and hangs up. Whatever the server presents is taken. */

import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls'
import { formatPem } from '../der/pem.ts'
import { PkiError } from '../errors.ts'
import { type Credential, intermediates } from '../keys/credential.ts'
import type { PrivateKey } from '../keys/keys.ts'
import { HandshakeRecorder, type HandshakeStep } from './handshake-recorder.ts'

export interface TlsClientOptions {
  readonly host: string
  readonly port: number
  /** The name to ask for (SNI), where it is not the host. */
  readonly serverName?: string | undefined
  /** Presented if the server asks. */
  readonly client: (Credential & { readonly privateKey: PrivateKey }) | undefined
  readonly stopwatch: () => number
}

export interface Handshake {
  /** The IP address that answered. */
  readonly address: string
  /** Both sides finished, and the server did not object afterwards. */
  readonly completed: boolean
  readonly protocol: string | undefined
  readonly cipher: string | undefined
  /** The key exchange: `ECDH X25519, 253 bits`. */
  readonly ephemeralKey: string | undefined
  readonly steps: readonly HandshakeStep[]
  /** OCSPResponse that came along, DER. */
  readonly stapled: Uint8Array | undefined
  /** A session was offered for the next time. */
  readonly hasSession: boolean
  /** What ended it, in words. */
  readonly failure: string | undefined
}

const TIMEOUT = 10_000

/** So long a server of TLS 1.3, which judges after the client is done, has to say that it wants none of it. */
const SETTLING_TIME = 500

/** @throws PkiError `input.network` if nobody answers, or not in TLS */
export async function shakeHands(options: TlsClientOptions): Promise<Handshake> {
  const { host, port, stopwatch } = options
  const recorder = new HandshakeRecorder()
  const tcp = await connectTo(host, port)
  const socket = connectTls(connectionOptions(options, tapped(tcp, recorder, stopwatch)))
  socket.on('keylog', (line) => recorder.noteSecret(String(line)))
  const received = receivedBy(socket)
  try {
    const failure = await outcomeOf(socket)
    const steps = recorder.steps()
    if (!steps.some(({ name, from }) => from === 'server' && name === 'ServerHello')) {
      throw notShaken(options, steps, failure)
    }
    return {
      address: tcp.remoteAddress ?? host,
      completed: failure === undefined && !steps.some(isRefusal),
      protocol: socket.getProtocol() ?? undefined,
      cipher: socket.getCipher()?.standardName,
      ephemeralKey: ephemeralKeyOf(socket),
      steps,
      ...received,
      failure: failure?.message,
    }
  } finally {
    socket.destroy()
    tcp.destroy()
  }
}

/** Node's types do not know of requestOCSP here. */
function connectionOptions(
  { host, serverName, client }: TlsClientOptions,
  socket: Duplex,
): ConnectionOptions & { readonly requestOCSP: boolean } {
  const name = serverName ?? (isIP(host) === 0 ? host : undefined)
  return {
    socket,
    rejectUnauthorized: false,
    requestOCSP: true,
    ...(name !== undefined && { servername: name }),
    ...(client !== undefined && identityOf(client)),
  }
}

/** What comes along with the handshake, filled in as it comes. */
function receivedBy(socket: TLSSocket): Pick<Handshake, 'stapled' | 'hasSession'> {
  const received: { stapled: Uint8Array | undefined; hasSession: boolean } = { stapled: undefined, hasSession: false }
  socket.on('OCSPResponse', (response: Buffer | null) => {
    if (response !== null && response.length > 0) received.stapled = new Uint8Array(response)
  })
  socket.on('session', () => {
    received.hasSession = true
  })
  return received
}

function connectTo(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const tcp = connectTcp({ host, port })
    const fail = (error: Error) => {
      tcp.destroy()
      reject(networkError({ host, port }, WHY[(error as NodeJS.ErrnoException).code ?? ''] ?? error.message, error))
    }
    tcp.setTimeout(TIMEOUT, () => fail(new Error(`no answer within ${TIMEOUT / 1000} seconds`)))
    tcp.once('error', fail)
    tcp.once('connect', () => {
      tcp.setTimeout(0)
      tcp.off('error', fail)
      resolve(tcp)
    })
  })
}

const WHY: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'its name could not be resolved',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
}

/** The TCP connection, with the recorder listening in. */
function tapped(tcp: Socket, recorder: HandshakeRecorder, stopwatch: () => number): Duplex {
  const tap = new Duplex({
    read: () => tcp.resume(),
    write: (chunk: Buffer, _encoding, done) => {
      recorder.note('client', chunk, stopwatch())
      tcp.write(chunk, done)
    },
    final: (done) => tcp.end(done),
    destroy: (error, done) => {
      tcp.destroy()
      done(error)
    },
  })
  tcp.on('data', (chunk: Buffer) => {
    recorder.note('server', chunk, stopwatch())
    if (!tap.push(chunk)) tcp.pause()
  })
  tcp.on('end', () => tap.push(null))
  tcp.on('error', (error) => tap.destroy(error))
  return tap
}

/** Undefined for a handshake that went well, as far as can be told. */
function outcomeOf(socket: TLSSocket): Promise<Error | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(new Error(`no answer within ${TIMEOUT / 1000} seconds`)), TIMEOUT)
    const settle = (outcome: Error | undefined) => {
      clearTimeout(timer)
      resolve(outcome)
    }
    let isShaken = false
    socket.once('secureConnect', () => {
      isShaken = true
      setTimeout(() => settle(undefined), SETTLING_TIME)
    })
    // A ticket comes from a server that is content with the client.
    socket.once('session', () => isShaken && settle(undefined))
    socket.once('error', settle)
    socket.once('end', () => settle(isShaken ? undefined : new Error('the server closed the connection')))
    socket.once('close', () => settle(isShaken ? undefined : new Error('the server closed the connection')))
    socket.resume()
  })
}

function isRefusal({ name, facts, from }: HandshakeStep): boolean {
  return name === 'Alert' && from === 'server' && facts.fatal === true
}

function ephemeralKeyOf(socket: TLSSocket): string | undefined {
  const info = socket.getEphemeralKeyInfo() as { type?: string; name?: string; size?: number } | null
  if (info?.type === undefined) return undefined
  return `${info.type} ${info.name ?? ''}, ${info.size ?? '?'} bits`.replace(' ,', ',')
}

function identityOf(credential: Credential & { readonly privateKey: PrivateKey }) {
  const certificates = [credential.certificate, ...intermediates(credential)]
  return {
    cert: certificates.map(({ encoded }) => formatPem('CERTIFICATE', encoded)).join(''),
    key: formatPem('PRIVATE KEY', credential.privateKey.pkcs8),
  }
}

function notShaken(address: TlsClientOptions, steps: readonly HandshakeStep[], failure: Error | undefined): PkiError {
  const alert = steps.find(isRefusal)
  if (alert !== undefined) {
    return networkError(address, `the server ended the handshake: ${alert.facts.description}`, failure)
  }
  const code = (failure as NodeJS.ErrnoException | undefined)?.code ?? ''
  const isForeign = code.startsWith('ERR_SSL')
  return networkError(
    address,
    isForeign ? 'what answers there does not speak TLS' : (failure?.message ?? 'no answer'),
    failure,
  )
}

function networkError(
  { host, port }: Pick<TlsClientOptions, 'host' | 'port'>,
  problem: string,
  cause: Error | undefined,
): PkiError {
  return new PkiError('input.network', `${host}:${port}: ${problem}`, { context: { host, port }, cause })
}
