/** The PEM texts that exports are made of: certificates, chains, keys. */

import { formatPem } from '../der/pem.ts'
import { PkiError } from '../errors.ts'
import { type Credential, intermediates } from '../keys/credential.ts'
import { formatPrivateKey } from '../keys/key-file.ts'
import type { PrivateKey } from '../keys/keys.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { Artifact } from './artifact.ts'
import type { ExportOptions } from './export-options.ts'

/** A file anybody may read. */
export function publicFile(fileName: string, content: string | Uint8Array): Artifact {
  return { fileName, bytes: toBytes(content), mode: 0o644 }
}

/** A file that holds a private key. */
export function secretFile(fileName: string, content: string | Uint8Array, options: ExportOptions): Artifact {
  return { fileName, bytes: toBytes(content), mode: options.keyMode ?? 0o600 }
}

function toBytes(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? new TextEncoder().encode(content) : content
}

export function certificatesPem(certificates: readonly Certificate[]): string {
  return certificates.map(({ encoded }) => formatPem('CERTIFICATE', encoded)).join('')
}

/** What is sent behind the certificate: the intermediates, nearest first; the root if the options want it. */
export function certificatesAbove(credential: Credential, options: ExportOptions): readonly Certificate[] {
  return options.includeRoot === true ? credential.chain : intermediates(credential)
}

/** What a peer needs to check the credential: all above it, and itself if it is an authority or its own issuer. */
export function authorities({ certificate, chain }: Credential): readonly Certificate[] {
  const isAuthority = certificate.isSelfIssued || certificate.decoded.basicConstraints?.cA === true
  return isAuthority ? [certificate, ...chain] : chain
}

/** The self-issued end of the authorities: what a trust store holds. Where the root is not known, the last there is. */
export function trustAnchors(credential: Credential): readonly Certificate[] {
  const known = authorities(credential)
  const roots = known.filter((certificate) => certificate.isSelfIssued)
  return roots.length > 0 ? roots : known.slice(-1)
}

/** @throws PkiError `refused.key` if the credential has none */
export function requirePrivateKey({ privateKey }: Credential, name: string): PrivateKey {
  if (privateKey === undefined) throw missingKey(name)
  return privateKey
}

export function missingKey(name: string): PkiError {
  return new PkiError('refused.key', `the private key of ${name} is not here`, { context: { name } })
}

/** The key as the options want it. */
export function keyPem(key: PrivateKey, options: ExportOptions): string {
  const format = options.keyFormat ?? 'pkcs8'
  const { keyPassword: password, random } = options
  return formatPrivateKey(key, password === undefined ? { format } : { format, password, random })
}
