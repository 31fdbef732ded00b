/** Sets of files under the names that an article or a product expects. */

import type { Credential } from '../keys/credential.ts'
import type { Artifact } from './artifact.ts'
import type { ExportOptions } from './export-options.ts'
import { exportCredential } from './formats.ts'
import {
  authorities,
  certificatesAbove,
  certificatesPem,
  keyPem,
  publicFile,
  requirePrivateKey,
  secretFile,
  trustAnchors,
} from './pem-parts.ts'

/** Both ends of a mutual TLS connection. */
export interface MtlsCredentials {
  readonly server: Credential
  readonly client: Credential
}

/**
 * Mutual TLS, as the articles about it name the files: `server.pfx` and `root-ca.crt` for Kestrel, `server-chain.pem`,
 * `server.key.pem` and `ca-chain.pem` (whom clients must come from) for nginx, `client.crt.pem` with its intermediates
 * and `client.key.pem` for the client. Only the client's key is encrypted, and only if there is a key password: nginx
 * starts without anybody to ask.
 * @throws PkiError `refused.key`, `input.mismatch`
 */
export async function exportMtlsLayout(
  { server, client }: MtlsCredentials,
  options: ExportOptions,
): Promise<readonly Artifact[]> {
  const serverKey = requirePrivateKey(server, 'server')
  const clientKey = requirePrivateKey(client, 'client')
  const sent = (credential: Credential) =>
    certificatesPem([credential.certificate, ...certificatesAbove(credential, options)])
  return [
    publicFile('root-ca.crt', certificatesPem(trustAnchors(server))),
    ...(await exportCredential(server, 'server', { ...options, format: 'pfx' })),
    publicFile('server-chain.pem', sent(server)),
    secretFile('server.key.pem', keyPem(serverKey, { ...options, keyPassword: undefined }), options),
    publicFile('ca-chain.pem', certificatesPem(authorities(client))),
    publicFile('client.crt.pem', sent(client)),
    secretFile('client.key.pem', keyPem(clientKey, options), options),
  ]
}
