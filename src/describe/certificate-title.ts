/** What people call a certificate. */

import type { Certificate } from '../x509/certificate.ts'
import { formatGeneralName } from '../x509/general-name-text.ts'
import { formatName } from '../x509/name-text.ts'
import { ATTRIBUTE } from '../x509/oids.ts'

/** Its common name, else its whole subject, else its first alternative name. May hold any character. */
export function certificateTitle(certificate: Pick<Certificate, 'subject' | 'decoded'>): string {
  const commonName = certificate.subject.attributes(ATTRIBUTE.commonName).at(-1)?.value
  if (commonName !== undefined && commonName !== '') return commonName
  if (!certificate.subject.isEmpty) return formatName(certificate.subject)
  const [alternative] = certificate.decoded.subjectAltName ?? []
  return alternative === undefined ? '(no subject)' : formatGeneralName(alternative)
}
