/**
 * The mark of what was made from a seed: whoever has the seed has the private key, and somebody who meets such a
 * certificate where it should not be must be able to see that.
 *
 * The mark is the extension netscapeComment, not critical: for thirty years a line of text for people, known to
 * OpenSSL and GnuTLS by name and ignored by everything that judges. The subject stays as it was asked for, and so do
 * the tests that compare it.
 */

import { ia5String } from '../der/writer.ts'
import type { CertificateProfile } from '../profile/profile.ts'
import type { ExtensionToWrite } from '../x509/extension-encoding.ts'
import { parseTextExtension } from '../x509/extension-text.ts'
import { EXTENSION } from '../x509/oids.ts'

/** The text of the mark: what a certificate made from a seed says about itself. */
export const SEED_MARK = 'Made from a seed, for tests only: the private key is no secret'

/** Extensions with the mark behind them, unless there is a comment already. */
export function markedExtensions(extensions: readonly ExtensionToWrite[]): readonly ExtensionToWrite[] {
  if (extensions.some(({ oid }) => oid === EXTENSION.netscapeComment)) return extensions
  return [...extensions, { oid: EXTENSION.netscapeComment, critical: false, value: ia5String(SEED_MARK) }]
}

/** The profile with the mark among its extensions, unless it has a comment of its own already. */
export function markedProfile(profile: CertificateProfile): CertificateProfile {
  const { extensions = [] } = profile
  if (extensions.some((text) => parseTextExtension(text).oid === EXTENSION.netscapeComment)) return profile
  const value = Buffer.from(ia5String(SEED_MARK)).toString('hex')
  return { ...profile, extensions: [...extensions, `${EXTENSION.netscapeComment}={hex}${value}`] }
}
