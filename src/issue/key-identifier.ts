/** Subject key identifiers: how the one name of a key is made. */

import { hash } from 'node:crypto'
import type { SubjectPublicKeyInfo } from '../x509/public-key.ts'

/**
 * The key identifier of a public key, 20 octets.
 * - `rfc7093`: the leftmost 160 bits of the SHA-256 of subjectPublicKey's bits (RFC 7093 §2 method 1)
 * - `sha1`: their SHA-1 (RFC 5280 §4.2.1.2 method 1), as most older issuers have it
 */
export function keyIdentifier({ publicKey }: SubjectPublicKeyInfo, method: 'rfc7093' | 'sha1' = 'rfc7093'): Uint8Array {
  const digest = hash(method === 'sha1' ? 'sha1' : 'sha256', publicKey, 'buffer')
  return Uint8Array.from(digest.subarray(0, 20))
}
