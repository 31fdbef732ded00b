/** Names of credentials. A name is the middle of a file name on every system, and nothing else: no path, no device. */

import { PkiError } from '../errors.ts'

/** Longest name: leaves room for `.pem` and a temporary suffix in the 255 octets that file systems allow. */
export const MAX_NAME_LENGTH = 100

const NAME = /^[A-Za-z0-9_][A-Za-z0-9._@+-]*$/

/** Device names of Windows, which also hide behind an extension: `nul.crt` is `nul`. */
const WINDOWS_DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9]|conin\$|conout\$)(\.|$)/i

/**
 * @throws PkiError `usage.name` for a name that could lead out of the store or that some file system would not take
 */
export function requireCredentialName(name: string): string {
  const problem = nameProblem(name)
  if (problem === undefined) return name
  throw new PkiError('usage.name', `not a name for a certificate: ${JSON.stringify(name)}: ${problem}`, {
    hint: 'a name consists of letters, digits, . _ - @ and +, and begins with a letter, a digit or _',
    context: { name },
  })
}

/** Whether {@link requireCredentialName} would take it. */
export function isCredentialName(text: string): boolean {
  return nameProblem(text) === undefined
}

function nameProblem(name: string): string | undefined {
  if (name === '') return 'it is empty'
  if (/[/\\]/.test(name)) return 'it contains a path'
  if (name.startsWith('.')) return 'it begins with a dot'
  if (name.endsWith('.')) return 'it ends with a dot, which Windows drops'
  if (name.length > MAX_NAME_LENGTH) return `it is longer than ${MAX_NAME_LENGTH} characters`
  if (WINDOWS_DEVICE.test(name)) return 'Windows reserves it for a device'
  if (!NAME.test(name)) return 'it contains a character that file names should not have'
  return undefined
}
