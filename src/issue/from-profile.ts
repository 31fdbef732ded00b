/** From a profile and the facts of one certificate to an {@link IssueRequest}. */

import type { Signer } from '../keys/keys.ts'
import type { RandomSource } from '../keys/random.ts'
import { momentFrom, parseMoment } from '../profile/duration.ts'
import type { CertificateProfile } from '../profile/profile.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { GeneralName } from '../x509/general-name.ts'
import { type Name, parseName } from '../x509/name.ts'
import { parseNameText } from '../x509/name-text.ts'
import type { SubjectPublicKeyInfo } from '../x509/public-key.ts'
import { extensionsFromProfile } from './extensions-from-profile.ts'
import type { IssueRequest, IssuingAuthority } from './issue-request.ts'
import { subjectAltName } from './subject-alt-name.ts'

/** One certificate to be made by a profile. */
export interface ProfileRequest {
  /** Overrides already merged, see `overrideProfile`. */
  readonly profile: CertificateProfile
  /** The name it is made under; fills `{name}`. */
  readonly name: string
  /** The name the issuer is known by; fills `{issuer}` in pointers. The subject's own if it is self-signed. */
  readonly issuerName?: string | undefined
  /** Undefined for a self-signed certificate. */
  readonly issuer: IssuingAuthority | undefined
  /** Signs with the issuer's key, or with the subject's own. */
  readonly signer: Signer
  readonly publicKey: SubjectPublicKeyInfo
  /** Instead of the profile's subject. */
  readonly subject?: Name | undefined
  /** Alternative names that were asked for. */
  readonly names?: readonly GeneralName[] | undefined
  readonly serialNumber?: bigint | undefined
  readonly serialRandom?: IssueRequest['serialRandom']
  /** It may outlive its issuer. */
  readonly unchecked?: boolean | undefined
  readonly now: Date
  readonly random: RandomSource
}

/**
 * What the profile makes of it.
 * @throws PkiError `usage.*` where the profile's texts do not make sense with these facts: a `{name}` that is no DNS
 *   name, a required alternative name that is missing
 */
export function requestFromProfile(order: ProfileRequest): IssueRequest {
  const { profile, issuer, signer, publicKey, serialNumber, serialRandom, now, random } = order
  const subject = order.subject ?? subjectFromTemplate(profile.subject, order.name)
  const names = subjectAltName(profile.subjectAltName, order.names ?? [], order.name)
  return {
    issuer,
    signer,
    subject,
    publicKey,
    ...validity(order),
    extensions: extensionsFromProfile(profile, {
      subject,
      names,
      publicKey,
      issuer,
      pointerName: order.issuerName ?? order.name,
    }),
    serialNumber,
    serialRandom,
    now,
    random,
  }
}

/** RFC 4514 text with `{name}`, which is escaped: a comma in a name starts no new attribute. */
export function subjectFromTemplate(template: string, name: string): Name {
  return parseName(parseNameText(template.replaceAll('{name}', () => escapeAttributeValue(name))))
}

/** RFC 4514 §2.4. */
function escapeAttributeValue(value: string): string {
  return value.replace(/["+,;<=>\\]|^[# ]| $/g, '\\$&').replaceAll('\0', '\\00')
}

type Validity = Pick<IssueRequest, 'notBefore' | 'notAfter' | 'wantedNotAfter'>

const BACKDATING = parseMoment('-10m')

function validity({ profile: { validity: profile }, issuer, unchecked, now }: ProfileRequest): Validity {
  const beginning = profile.notBefore === undefined ? BACKDATING : parseMoment(profile.notBefore)
  const isBackdated = beginning.kind === 'duration' && beginning.isNegative
  const notBefore = wholeSeconds(momentFrom(beginning, now))
  const end = parseMoment(profile.notAfter)
  const notAfter = wholeSeconds(momentFrom(end, isBackdated ? now : notBefore))
  if (issuer === undefined || profile.beyondIssuer === 'refuse') return { notBefore, notAfter }

  const { certificate } = issuer
  const issuerFrom = certificate.notBefore.date
  const issuerUntil = certificate.notAfter.date
  if (profile.beyondIssuer === 'refuse-longer') {
    const isIssuersOwn = end.kind === 'duration' && isNoLonger({ notBefore, notAfter }, certificate)
    if (!isIssuersOwn || unchecked === true) return { notBefore, notAfter }
  }
  const lost = notAfter.getTime() - issuerUntil.getTime()
  return {
    // Backdating is a courtesy to slow clocks; it does not reach back to before there was an issuer.
    notBefore: isBackdated && notBefore < issuerFrom && issuerFrom <= now ? issuerFrom : notBefore,
    notAfter: lost > 0 ? issuerUntil : notAfter,
    // Not worth a word: the minutes since the issuer was made.
    ...(lost > NEGLIGIBLE && { wantedNotAfter: notAfter }),
  }
}

/** Ten minutes, in milliseconds. */
const NEGLIGIBLE = 600_000

function isNoLonger(wanted: { readonly notBefore: Date; readonly notAfter: Date }, issuer: Certificate): boolean {
  const length = wanted.notAfter.getTime() - wanted.notBefore.getTime()
  const issuersLength = issuer.notAfter.date.getTime() - issuer.notBefore.date.getTime()
  // The same number of years has a leap day more or less, depending on when they begin.
  return length <= issuersLength * 1.01 && issuer.notAfter.date > wanted.notBefore
}

function wholeSeconds(date: Date): Date {
  return new Date(Math.floor(date.getTime() / 1000) * 1000)
}
