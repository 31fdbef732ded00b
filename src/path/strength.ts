/** Algorithms that no longer keep what they promised: certificates that use them stand, but not without a word. */

import { signatureScheme } from '../x509/algorithm.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { PublicKeyFacts } from '../x509/public-key.ts'
import { type Finding, finding } from './findings.ts'

/** RFC 9325 §4.5: "at least a 2048-bit modulus for the public key". DSA's modulus is as strong. */
const MINIMUM_BITS = 2048

/** `signature.weak-digest` for a signature that somebody relies on: that on a trust anchor convinces nobody. */
export function checkDigest({ signatureAlgorithm }: Certificate, index: number, findings: Finding[]): void {
  const scheme = signatureScheme(signatureAlgorithm)
  if ('problem' in scheme || scheme.kind === 'eddsa') return
  const { digest } = scheme
  if (digest !== 'md5' && digest !== 'sha1') return
  findings.push(finding('signature.weak-digest', index, { algorithm: signatureAlgorithm.oid, digest }))
}

/** `key.too-short`, whatever the key is for. */
export function checkKeyLength({ publicKey }: Certificate, facts: PublicKeyFacts, findings: Finding[]): void {
  const bits = 'modulusBits' in facts ? facts.modulusBits : undefined
  if (bits === undefined || bits >= MINIMUM_BITS) return
  findings.push(finding('key.too-short', 0, { keyType: publicKey.algorithm.oid, bits, minimum: MINIMUM_BITS }))
}
