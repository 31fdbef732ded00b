/** What the journal remembers of a certificate that was issued here. */

import { type Certificate, fingerprint } from '../x509/certificate.ts'
import { formatName } from '../x509/name-text.ts'
import { formatSerialNumber } from '../x509/serial-number.ts'
import { issuerKeyHash, type JournalEvent } from './journal.ts'

/** A certificate of the store under its name. */
export interface NamedCertificate {
  readonly name: string
  readonly certificate: Certificate
}

/**
 * @param issuer undefined for a self-signed certificate
 * @param profile name of the profile it was made by, if that is known
 */
export function issuedEvent(
  { name, certificate }: NamedCertificate,
  issuer: NamedCertificate | undefined,
  profile: string | undefined,
): JournalEvent & { readonly event: 'issued' } {
  return {
    event: 'issued',
    name,
    ...(profile !== undefined && { profile }),
    ...(issuer && { issuer: issuer.name, issuerFingerprint: issuerFingerprint(issuer.certificate) }),
    issuerKeyHash: issuerKeyHash(issuer?.certificate ?? certificate),
    isCa: certificate.decoded.basicConstraints?.cA === true,
    subject: formatName(certificate.subject),
    serialNumber: formatSerialNumber(certificate.serialNumber),
    notAfter: certificate.notAfter.date.toISOString(),
    fingerprint: fingerprint(certificate),
  }
}

/** What the journal remembers of a certificate that came from elsewhere. */
export function importedEvent({ name, certificate }: NamedCertificate): JournalEvent {
  return {
    event: 'imported',
    name,
    fingerprint: fingerprint(certificate),
    serialNumber: formatSerialNumber(certificate.serialNumber),
    notAfter: certificate.notAfter.date.toISOString(),
  }
}

/** One issuer stands in the events of thousands. */
const fingerprints = new WeakMap<Certificate, string>()

function issuerFingerprint(certificate: Certificate): string {
  const known = fingerprints.get(certificate)
  if (known !== undefined) return known
  const computed = fingerprint(certificate)
  fingerprints.set(certificate, computed)
  return computed
}
