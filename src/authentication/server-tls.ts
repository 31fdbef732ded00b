/**
 * TLS for servers that ask for client certificates. TLS only has to see that the client holds the key; who is let in is
 * decided later, for each request: Kestrel's `AllowCertificate` with a validation that accepts everything.
 */

import type { ServerOptions } from 'node:https'
import { formatPem } from '../der/pem.ts'
import { PkiError } from '../errors.ts'
import { type Credential, intermediates } from '../keys/credential.ts'
import type { Certificate } from '../x509/certificate.ts'
import { type Names, requireKnown } from './known-options.ts'

/** What {@link serverTls} makes options for `node:tls` from. */
export interface ServerTlsOptions {
  /** The server's own certificate, with its key. */
  readonly credential: Credential
  /** Whether to ask clients for a certificate: Kestrel's `AllowCertificate`, or `NoCertificate`. Default `ask`. */
  readonly clientCertificate?: 'ask' | 'none' | undefined
  /** Authorities to name to clients, which then offer a certificate of theirs. It is a hint and no trust. */
  readonly authorities?: readonly Certificate[] | undefined
}

const OPTIONS: Names<ServerTlsOptions> = { credential: true, clientCertificate: true, authorities: true }

/**
 * Options for `https.createServer`, `tls.createServer`, `http2.createSecureServer`.
 * @throws PkiError `usage.option` for an option or a value that there is not; `refused.key` without a private key
 */
export function serverTls(options: ServerTlsOptions): ServerOptions {
  requireKnown(options, OPTIONS, 'serverTls')
  const { credential, clientCertificate = 'ask', authorities = [] } = options
  if (clientCertificate !== 'ask' && clientCertificate !== 'none') {
    const given = JSON.stringify(clientCertificate)
    throw new PkiError('usage.option', `clientCertificate cannot be ${given}: ask, none`, {
      hint: 'to require a certificate is for requireCertificate',
    })
  }
  const asks = clientCertificate === 'ask'
  return {
    ...tlsIdentity(credential),
    requestCert: asks,
    // The certificate is judged by certificateAuthentication; here it would be judged by Node's rules and roots.
    rejectUnauthorized: false,
    ...(asks && authorities.length > 0 && { ca: authorities.map(pemOf) }),
  }
}

/**
 * `cert` and `key` of TLS options: the certificate with its intermediates, and the key.
 * @throws PkiError `refused.key` without a private key
 */
export function tlsIdentity(credential: Credential): { readonly cert: string; readonly key: string } {
  if (credential === undefined) throw new PkiError('usage.option', 'TLS needs a credential: certificate and key')
  const { certificate, privateKey } = credential
  if (privateKey === undefined) throw new PkiError('refused.key', 'TLS needs the private key, and it is not there')
  return {
    cert: [certificate, ...intermediates(credential)].map(pemOf).join(''),
    key: formatPem('PRIVATE KEY', privateKey.pkcs8),
  }
}

export function pemOf({ encoded }: Certificate): string {
  return formatPem('CERTIFICATE', encoded)
}
