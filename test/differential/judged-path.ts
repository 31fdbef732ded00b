/** Questions about the path of a case that several rules ask. */

import { equalBytes } from '../../src/der/writer.ts'
import type { Certificate } from '../../src/x509/certificate.ts'
import type { Judged } from './difference.ts'

/** The path that is valid for us, from the target upward; empty if none is. */
export function pathOf({ ours }: Judged): readonly Certificate[] {
  return ours.attempts.find(({ valid }) => valid)?.path ?? []
}

export function isAnchor({ encoded }: Certificate, { one }: Judged): boolean {
  return one.hierarchy.trustAnchors.some((anchor) => equalBytes(anchor.encoded, encoded))
}

/** Whether another certificate of the same name could have stood in its place. */
export function hasAlternative({ subject, encoded }: Certificate, { one }: Judged): boolean {
  const { trustAnchors, untrusted } = one.hierarchy
  return [...trustAnchors, ...untrusted].some(
    (other) => other.subject.equals(subject) && !equalBytes(other.encoded, encoded),
  )
}

/** Whether the authorityKeyIdentifier names another certificate than the issuer; the anchor's, than itself. */
export function contradictsHint(certificate: Certificate, issuer: Certificate = certificate): boolean {
  const hint = certificate.decoded.authorityKeyIdentifier
  const { subjectKeyIdentifier } = issuer.decoded
  if (hint === undefined) return false
  if (hint.keyIdentifier !== undefined && subjectKeyIdentifier !== undefined) {
    if (!equalBytes(hint.keyIdentifier, subjectKeyIdentifier)) return true
  }
  return hint.authorityCertSerialNumber !== undefined && hint.authorityCertSerialNumber !== issuer.serialNumber
}
