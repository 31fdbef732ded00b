/** What role a certificate plays, in a word, and how its validity stands: for lists and summaries. */

import type { Certificate } from '../../x509/certificate.ts'
import { KEY_PURPOSE } from '../../x509/oids.ts'

export type CertificateKind = 'root' | 'intermediate' | 'server' | 'client' | 'server-client' | 'end-entity'

/** Read from the certificate alone: profiles are forgotten once it is made. */
export function certificateKind({ decoded, isSelfIssued }: Certificate): CertificateKind {
  if (decoded.basicConstraints?.cA === true) return isSelfIssued ? 'root' : 'intermediate'
  const purposes = decoded.extKeyUsage ?? []
  const server = purposes.includes(KEY_PURPOSE.serverAuth)
  const client = purposes.includes(KEY_PURPOSE.clientAuth)
  if (server && client) return 'server-client'
  if (server) return 'server'
  return client ? 'client' : 'end-entity'
}

export type ValidityState = 'valid' | 'expiring' | 'expired' | 'not-yet-valid'

/** Within this time before its end a certificate is shown as about to expire. */
const EXPIRING_WITHIN = 30 * 24 * 3600 * 1000

/** RFC 5280 §4.1.2.5: the period includes both its ends. */
export function validityState({ notBefore, notAfter }: Certificate, now: Date): ValidityState {
  if (now < notBefore.date) return 'not-yet-valid'
  // notAfter is a whole second, and that second is the last of the period.
  if (Math.floor(now.getTime() / 1000) * 1000 > notAfter.date.getTime()) return 'expired'
  return notAfter.date.getTime() - now.getTime() <= EXPIRING_WITHIN ? 'expiring' : 'valid'
}
