/** When a certificate begins and ends, as its entry says it: for so long from when it is made, or from then until then. */

import { type Moment, momentFrom, parseMoment } from '../profile/duration.ts'
import type { ProfileOverrides } from '../profile/override.ts'
import type { CertificateProfile } from '../profile/profile.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { Surroundings } from './stored-entry.ts'

/** What profiles do that say nothing about it: for clocks that run behind. */
const USUAL_BEGINNING = '-10m'

const MINUTE = 60_000
const DAY = 86_400_000

/** @param inherited of the entry whose key this one certifies */
export function periodWords(
  { entry: { certificate, issuedAt }, issuer }: Surroundings,
  { validity }: CertificateProfile,
  inherited: ProfileOverrides,
): ProfileOverrides {
  const usual = validity.notBefore ?? USUAL_BEGINNING
  const [notBefore, notAfter] = [certificate.notBefore.date, certificate.notAfter.date]
  const beginning = parseMoment(usual)
  const isAsUsual = issuedAt === undefined || isBeginning(notBefore, beginning, issuedAt, issuer?.certificate)
  const start = isBackdated(beginning) ? (issuedAt ?? new Date(notBefore.getTime() + 10 * MINUTE)) : notBefore
  if (!isAsUsual || notAfter <= start) return { notBefore: formatInstant(notBefore), notAfter: formatInstant(notAfter) }
  return { ...(inherited.notBefore !== undefined && { notBefore: usual }), notAfter: endWords(certificate, start) }
}

function isBackdated(beginning: Moment): boolean {
  return beginning.kind === 'duration' && beginning.isNegative
}

/** As the profile has it; or, where it would have begun before its issuer, together with that. */
function isBeginning(notBefore: Date, beginning: Moment, issuedAt: Date, issuer: Certificate | undefined): boolean {
  const usual = momentFrom(beginning, issuedAt).getTime()
  const isClose = Math.abs(notBefore.getTime() - usual) <= MINUTE
  const isWithIssuer = notBefore.getTime() === issuer?.notBefore.date.getTime()
  return isClose || (isWithIssuer && notBefore.getTime() >= usual && notBefore <= issuedAt)
}

/** Long ones in days, rounded, because an issuer may have cut them short; what lasts hours as it is. */
function endWords({ notBefore, notAfter }: Certificate, start: Date): string {
  // RFC 5280 §4.1.2.5: no well-defined end; so long from now on would be after what a certificate can hold.
  if (notAfter.date.getUTCFullYear() === 9999) return formatInstant(notAfter.date)
  const period = notAfter.date.getTime() - notBefore.date.getTime()
  if (period >= 10 * DAY) return `${Math.round(period / DAY)}d`
  return formatWholeDuration(notAfter.date.getTime() - Math.floor(start.getTime() / 1000) * 1000)
}

const UNITS = [
  ['d', DAY],
  ['h', 60 * MINUTE],
  ['m', MINUTE],
] as const

/** In the largest unit of which it is a multiple. */
export function formatWholeDuration(milliseconds: number): string {
  const [unit, length] = UNITS.find(([, one]) => milliseconds >= one && milliseconds % one === 0) ?? ['s', 1000]
  return `${Math.round(milliseconds / length)}${unit}`
}

/** `2030-01-31T12:00:00Z`: certificates and CRLs know whole seconds. */
export function formatInstant(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z')
}
