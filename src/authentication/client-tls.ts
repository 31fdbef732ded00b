/** The client's side of mutual TLS: what Node's clients need to present a certificate. */

import { readFileSync } from 'node:fs'
import { Agent, type AgentOptions } from 'node:https'
import type { ConnectionOptions } from 'node:tls'
import { assembleCredential } from '../container/credential-assembly.ts'
import { type Input, requireCertificates, requireTrustAnchors } from '../container/input.ts'
import { readInput } from '../container/read-input.ts'
import { PkiError } from '../errors.ts'
import type { Credential } from '../keys/credential.ts'
import { parsePrivateKey } from '../keys/key-file.ts'
import type { Store } from '../store/store.ts'
import type { Certificate } from '../x509/certificate.ts'
import { pemOf, tlsIdentity } from './server-tls.ts'

/** What a client presents, and whom it trusts. */
export interface ClientTlsOptions {
  /** Who the client is. */
  readonly credential: Credential
  /** Which servers are believed: those below these roots, or those that the system believes. */
  readonly serverTrust: readonly Certificate[] | 'system'
}

/** The part of TLS options that says who the client is, and whom it believes. */
export type ClientIdentity = Pick<ConnectionOptions, 'ca' | 'cert' | 'key'>

/**
 * Options for `tls.connect`, `https.request`, `https.Agent`, `http2.connect`, and undici's `connect`.
 * @throws PkiError `refused.key` without a private key; `usage.option` without trust
 */
export function clientTls({ credential, serverTrust }: ClientTlsOptions): ClientIdentity {
  if (serverTrust === undefined || serverTrust.length === 0) {
    throw new PkiError('usage.option', "serverTrust must say whom to believe: root certificates, or 'system'")
  }
  const ca = serverTrust === 'system' ? {} : { ca: serverTrust.map(pemOf) }
  return { ...tlsIdentity(credential), ...ca }
}

/** An agent for `https.request` and what is built on it. @throws PkiError as {@link clientTls} */
export function clientAgent(options: ClientTlsOptions, agentOptions: AgentOptions = {}): Agent {
  return new Agent({ keepAlive: true, ...agentOptions, ...clientTls(options) })
}

/** As much of the package `undici` as it takes. */
export interface Undici<Dispatcher> {
  readonly Agent: new (options: { connect: ClientIdentity }) => Dispatcher
}

/**
 * A dispatcher for `fetch`: `fetch(url, { dispatcher: fetchDispatcher(await import('undici'), options) })`. The `fetch`
 * should be that of the same undici.
 * @throws PkiError as {@link clientTls}
 */
export function fetchDispatcher<Dispatcher>(undici: Undici<Dispatcher>, options: ClientTlsOptions): Dispatcher {
  return new undici.Agent({ connect: clientTls(options) })
}

/** Files of a credential: a PFX; or certificate and key, in one file or two. */
export interface CredentialFiles {
  /** Paths, in PEM, DER, PKCS#7 or PKCS#12. */
  readonly files: readonly string[]
  readonly password?: string | undefined
}

/**
 * Reads a credential from files.
 * @throws PkiError `input.not-found`, `input.unreadable`, `input.malformed`, `input.password`; `input.mismatch` if the
 *   key belongs to none of the certificates; `refused.key` if there is no key
 */
export async function readCredentialFiles({ files, password }: CredentialFiles): Promise<Credential> {
  if (!Array.isArray(files)) throw new PkiError('usage.option', 'files is a list: of a PFX, or of certificate and key')
  const inputs = await Promise.all(files.map((source) => readSecret(source, password)))
  const certificates = inputs.flatMap((input) =>
    input.certificates.length + input.malformedCertificates.length === 0 ? [] : requireCertificates(input),
  )
  const [key] = inputs.flatMap(({ privateKeys }) => privateKeys)
  const among = files.join(', ')
  if (key === undefined) {
    const hint = 'name the file of the private key too'
    throw new PkiError('refused.key', `no private key in ${among}`, { hint })
  }
  if (certificates.length === 0) {
    throw new PkiError('input.mismatch', `a private key and no certificate in ${among}`, {
      hint: 'name the file of the certificate too',
    })
  }
  return assembleCredential(certificates, key)
}

/** Where passwords go here is another place than on the command line. */
async function readSecret(source: string, password: string | undefined): Promise<Input> {
  try {
    return await readInput(readFile(source), { source, password })
  } catch (error) {
    if (!(error instanceof PkiError) || error.code !== 'input.password') throw error
    throw new PkiError(error.code, error.message, {
      hint: 'pass the right one: readCredentialFiles({ files, password })',
      context: error.context,
      cause: error,
    })
  }
}

/** Reads certificates from a file, such as the roots to trust. @throws PkiError as {@link readCredentialFiles} */
export async function readCertificateFile(source: string): Promise<readonly Certificate[]> {
  return requireTrustAnchors(await readInput(readFile(source), { source, privateKeys: 'skip' }))
}

/**
 * A credential out of the store.
 * @throws PkiError `input.not-found`, `input.malformed`, `input.password`; `refused.key` if the key is kept elsewhere
 */
export function readStoredCredential(store: Store, name: string, password?: string): Credential {
  const { certificate, chain, keyFile } = store.read(name)
  if (keyFile === undefined) throw new PkiError('refused.key', `the private key of ${name} is not in the store`)
  const privateKey = parsePrivateKey(keyFile.bytes, {
    source: keyFile.path,
    ...(password !== undefined && { password }),
  })
  return assembleCredential([certificate, ...chain], privateKey)
}

function readFile(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    throw new PkiError(isMissing ? 'input.not-found' : 'input.unreadable', `${path}: ${(cause as Error).message}`, {
      cause,
    })
  }
}
