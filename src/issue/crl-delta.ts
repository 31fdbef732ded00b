/** What a delta CRL lists (RFC 5280 §5.2.4): how the present differs from the complete CRL it is based on. */

import type { CertificateList } from '../x509/crl.ts'
import type { CrlEntry } from '../x509/crl-entries.ts'
import type { Name } from '../x509/name.ts'
import { formatSerialNumber } from '../x509/serial-number.ts'
import type { RevokedCertificate } from './crl.ts'

/**
 * The entries that are new or have another reason than in `base`, and, with the reason removeFromCRL, those of `base`
 * that are no longer revoked.
 */
export function deltaEntries(
  current: Iterable<RevokedCertificate>,
  base: CertificateList,
): readonly RevokedCertificate[] {
  const gone = new Map<string, RevokedCertificate>()
  for (const entry of base.entries) {
    const certificateIssuer = directoryName(entry) ?? base.issuer
    const { serialNumber, revocationDate, reasonCode: reason } = entry
    gone.set(keyOf(certificateIssuer, serialNumber), { serialNumber, revocationDate, reason, certificateIssuer })
  }
  const news: RevokedCertificate[] = []
  for (const entry of current) {
    const key = keyOf(entry.certificateIssuer ?? base.issuer, entry.serialNumber)
    const old = gone.get(key)
    gone.delete(key)
    if (old === undefined || (old.reason ?? 'unspecified') !== (entry.reason ?? 'unspecified')) news.push(entry)
  }
  const removed = [...gone.values()].map((entry): RevokedCertificate => ({ ...entry, reason: 'removeFromCRL' }))
  return [...news, ...removed]
}

function directoryName({ certificateIssuer }: CrlEntry): Name | undefined {
  for (const name of certificateIssuer ?? []) if (name.type === 'directoryName') return name.value
  return undefined
}

function keyOf(issuer: Name, serialNumber: bigint): string {
  return `${formatSerialNumber(serialNumber)} ${issuer.key}`
}
