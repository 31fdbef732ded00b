/** The subject of a certificate as its entry says it. */

import { PkiError } from '../errors.ts'
import { subjectFromTemplate } from '../issue/from-profile.ts'
import type { Name } from '../x509/name.ts'
import { formatName } from '../x509/name-text.ts'
import { numbered } from './numbered-name.ts'

/**
 * Nothing where the profile gives it; as people write it, or else octet for octet, as RFC 4514 has it too.
 * @param usual the subject of the profile
 * @returns undefined if no entry can say it
 */
export function subjectWords(subject: Name, name: string, usual: string): { readonly subject?: string } | undefined {
  const candidates = [{}, { subject: formatName(subject) }, { subject: spelledOut(subject) }]
  return candidates.find(({ subject: text = usual }) => isSame(subject, text, name))
}

/** `2.5.4.3=#0c0161`, backwards as RFC 4514 has it. */
function spelledOut({ rdns }: Name): string {
  const texts = rdns.map((rdn) => rdn.map(({ oid, encoded }) => `${oid}=#${Buffer.from(encoded).toString('hex')}`))
  return texts
    .reverse()
    .map((rdn) => rdn.join('+'))
    .join(',')
}

function isSame({ encoded }: Name, text: string, name: string): boolean {
  try {
    return Buffer.compare(subjectFromTemplate(numbered(text, 1), name).encoded, encoded) === 0
  } catch (cause) {
    if (cause instanceof PkiError) return false
    throw cause
  }
}
