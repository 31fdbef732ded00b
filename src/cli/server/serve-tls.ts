/** `pki serve tls`: a TLS server that answers every request with what it saw of the client's certificate. */

import type { TLSSocket } from 'node:tls'
import { DerError } from '../../der/reader.ts'
import { PkiError } from '../../errors.ts'
import type { Credential } from '../../keys/credential.ts'
import type { PrivateKey } from '../../keys/keys.ts'
import { TrustStore } from '../../path/trust-store.ts'
import { verifyCertificate } from '../../path/verify.ts'
import type { HttpAnswer } from '../../serve/http-answer.ts'
import { DEFAULT_LIMITS, type IncomingRequest, type RunningServer, startHttpServer } from '../../serve/http-server.ts'
import type { RevocationSite } from '../../serve/revocation-site.ts'
import { createTlsServer, viewClient } from '../../serve/tls-server.ts'
import type { Store } from '../../store/store.ts'
import type { Certificate } from '../../x509/certificate.ts'
import { encodeCertId, encodeOcspRequest } from '../../x509/ocsp-request-encoding.ts'
import { KEY_PURPOSE } from '../../x509/oids.ts'
import { errorJson } from '../error-report.ts'
import type { Io } from '../io.ts'
import { readCredential } from '../issuing/stored-credential.ts'
import { glyphs } from '../render/glyphs.ts'
import { paint } from '../render/paint.ts'
import { type VerdictJson, verdictsJson } from '../render/render-verdict-json.ts'
import { type CertificateJson, certificateJson } from '../result-json.ts'
import { certificateVerdict } from '../verify/certificate-verdict.ts'
import { readTrustAnchors } from '../verify/verify-inputs.ts'
import { type ServeRevocationOptions, siteOf, storeToServe } from './serve-revocation.ts'
import { addressOf, clockOf, runServer, serverLog } from './server-run.ts'

export interface ServeTlsOptions extends ServeRevocationOptions {
  readonly cert?: string
  readonly clientCa?: readonly string[]
  readonly requireClientCert?: boolean
  readonly staple?: boolean
}

const DEFAULT_PORT = 8443

/** The answer to every request: a promise like those in `result-json.ts`. */
export interface TlsReportJson {
  readonly schema: 'pki.tls/1'
  readonly protocol: string
  readonly cipher: string
  /** The name the client asked for. */
  readonly serverName: string | null
  readonly resumed: boolean
  /** Null if the client presented none. */
  readonly clientCertificate: CertificateJson | null
  /** Its issuers, nearest first. */
  readonly chain: readonly CertificateJson[]
  /** What OpenSSL, which ran the handshake, has against it; null for nothing, or if there is no certificate. */
  readonly objection: string | null
  /** The engine's, for clientAuth; null if there is no certificate, or nobody to trust was named. */
  readonly verdict: VerdictJson | null
}

/** Serves until the process is told to stop. @returns the exit code */
export async function serveTls(options: ServeTlsOptions, io: Io): Promise<number> {
  const address = addressOf(options, DEFAULT_PORT)
  const store = storeToServe(options, io)
  const credential = await serverCredential(store, options, io)
  const clientAuthorities = await clientAuthoritiesOf(store, options, io)
  const staple = options.staple === true ? stapler(credential, siteOf(store, options, io)) : undefined
  const now = clockOf(options, io)
  const start = () => {
    const requireClientCertificate = options.requireClientCert === true
    const limits = DEFAULT_LIMITS
    const server = createTlsServer({ credential, clientAuthorities, requireClientCertificate, staple, limits })
    const answer = ({ socket }: IncomingRequest) => report(socket as TLSSocket, clientAuthorities, now())
    const log = serverLog(options, io)
    server.on('tlsClientError', (error) => {
      log.access({ method: 'TLS', target: error.message.trim(), status: 0, size: 0, milliseconds: 0 })
    })
    return startHttpServer({ ...address, server, limits, answer, log, stopwatch: io.stopwatch })
  }
  await runServer(start, (server) => announcement(server, options, io), options, io)
  return 0
}

/** @throws PkiError `usage.option`, `refused.key`, and as `readCredential` does */
async function serverCredential(
  store: Store,
  options: ServeTlsOptions,
  io: Io,
): Promise<Credential & { readonly privateKey: PrivateKey }> {
  const { cert } = options
  if (cert === undefined) {
    throw new PkiError('usage.option', 'missing option: --cert <name>', {
      hint: 'the name of a server certificate in the store; pki issue server web --from ca1 --dns localhost makes one',
    })
  }
  const { certificate, chain, privateKey } = await readCredential(store, cert, options, io)
  if (privateKey !== undefined) return { certificate, chain, privateKey }
  throw new PkiError('refused.key', `the private key of ${cert} is not in the store: ${store.keyPath(cert)}`, {
    hint: 'a TLS server needs it; pki import brings one in',
    context: { name: cert },
  })
}

async function clientAuthoritiesOf(
  store: Store,
  { clientCa, requireClientCert }: ServeTlsOptions,
  io: Io,
): Promise<readonly Certificate[]> {
  if (clientCa !== undefined) return readTrustAnchors(clientCa, { store, passwordFile: undefined, io })
  if (requireClientCert !== true) return []
  throw new PkiError('usage.option', '--require-client-cert: no trust anchor given', {
    hint: 'name whom client certificates may come from: --client-ca root',
  })
}

/** Makes the response for each handshake anew: what is revoked meanwhile shows. @throws PkiError `input.not-found` */
function stapler({ certificate, chain: [issuer] }: Credential, site: RevocationSite): () => Uint8Array | undefined {
  const authority = issuer && site.authorities.withCertificate(issuer)
  if (authority === undefined) {
    throw new PkiError('input.not-found', '--staple: the CA that issued the certificate is not in the store', {
      hint: 'only it, or an OCSP responder of its own, can say that the certificate is good',
    })
  }
  const request = encodeOcspRequest({ certIds: [encodeCertId(certificate, authority.certificate)] })
  return () => site.stapleOf(authority, request)
}

function report(socket: TLSSocket, trustAnchors: readonly Certificate[], at: Date): HttpAnswer {
  try {
    return jsonAnswer(200, reportOf(socket, trustAnchors, at))
  } catch (error) {
    if (!(error instanceof DerError)) throw error
    const message = `a certificate of the client is malformed: ${error.message}`
    return jsonAnswer(400, errorJson(new PkiError('input.malformed', message, { context: { offset: error.offset } })))
  }
}

function reportOf(socket: TLSSocket, trustAnchors: readonly Certificate[], at: Date): TlsReportJson {
  const { protocol, cipher, serverName, isResumed, certificates, objection } = viewClient(socket)
  const [client, ...chain] = certificates
  return {
    schema: 'pki.tls/1',
    protocol,
    cipher,
    serverName: serverName ?? null,
    resumed: isResumed,
    clientCertificate: client === undefined ? null : certificateJson(client, at),
    chain: chain.map((certificate) => certificateJson(certificate, at)),
    objection: objection ?? null,
    verdict: client === undefined || trustAnchors.length === 0 ? null : verdictOn(client, chain, trustAnchors, at),
  }
}

function verdictOn(
  client: Certificate,
  untrusted: readonly Certificate[],
  trustAnchors: readonly Certificate[],
  at: Date,
): VerdictJson {
  const options = { trustAnchors: new TrustStore(trustAnchors), untrusted, at, purpose: KEY_PURPOSE.clientAuth }
  const verdict = verifyCertificate(client, options)
  const judged = certificateVerdict(client, verdict, { source: 'client', at, asked: ['purpose clientAuth'] })
  const [json] = verdictsJson([judged], { explain: false }).certificates
  return json as VerdictJson
}

function jsonAnswer(status: number, value: object): HttpAnswer {
  return {
    status,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' },
    body: Buffer.from(`${JSON.stringify(value, null, 2)}\n`),
  }
}

function announcement({ url }: RunningServer, options: ServeTlsOptions, io: Io): string {
  const { cert, clientCa, requireClientCert, staple } = options
  const colors = paint(io.stdout)
  const clients =
    clientCa === undefined
      ? 'asked for, not judged: --client-ca names whom to trust'
      : `${requireClientCert === true ? 'required' : 'asked for'}, from ${clientCa.join(', ')}`
  const rows: readonly (readonly [label: string, value: string])[] = [
    ['certificate', cert ?? ''],
    ['clients', clients],
    ...(staple === true ? [['stapling', 'an OCSP response for each handshake'] as const] : []),
    ['stop it', 'with Ctrl-C'],
  ]
  const lines = rows.map(([label, value]) => `  ${colors.quiet(label.padEnd(13))}${value}`)
  return `${[`${colors.good(glyphs(io).good)} serving TLS at ${colors.strong(url)}`, ...lines].join('\n')}\n`
}
