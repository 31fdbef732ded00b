/** A certificate with what its holder has beside it. */

import type { Certificate } from '../x509/certificate.ts'
import type { PrivateKey } from './keys.ts'

/** A certificate with the certificates above it, and with its private key if that is at hand. */
export interface Credential {
  readonly certificate: Certificate
  /** The certificates above it, nearest issuer first; the root is the last one if it is known. */
  readonly chain: readonly Certificate[]
  readonly privateKey: PrivateKey | undefined
}

/** The chain without its self-issued last certificate: what a TLS server sends after its own certificate. */
export function intermediates(credential: Credential): readonly Certificate[] {
  return credential.chain.filter((certificate) => !certificate.isSelfIssued)
}
