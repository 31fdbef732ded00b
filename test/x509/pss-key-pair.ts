/** Keys marked id-RSASSA-PSS that carry parameters (RFC 4055 §1.2). */

import { generateKeyPairSync, type KeyObject } from 'node:crypto'

/** A 1,024-bit pair that may sign only with these digests and at least this salt. */
export function pssKeyPair(
  digest: string,
  mgf1Digest: string,
  saltLength: number,
): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  return generateKeyPairSync('rsa-pss', {
    modulusLength: 1024,
    hashAlgorithm: digest,
    mgf1HashAlgorithm: mgf1Digest,
    // @types/node declares a string, Node takes a number.
    saltLength: saltLength as unknown as string,
  })
}
