/** Reads a profile file. Reached through `import()` only, because it brings yaml and zod. */

import { readYaml } from '../yaml-file/read.ts'
import type { CertificateProfile } from './profile.ts'
import { PROFILE_SCHEMA } from './schema.ts'

/**
 * A profile from the text of its file.
 * @param file as it is to be named in errors
 * @throws PkiError `usage.profile` with `file`, `line`, `column` and, where there is one, `key` in its context
 */
export function parseProfile(text: string, file: string): CertificateProfile {
  return readYaml(text, file, { schema: PROFILE_SCHEMA, what: 'profile', code: 'usage.profile' }).data
}
