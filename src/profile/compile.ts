/** Turns profile files into what is built from them; `scripts/compile-profiles.mjs` runs it and writes the results. */

import { parseProfile } from './parse.ts'
import type { CertificateProfile } from './profile.ts'
import { formatProfileJsonSchema } from './schema.ts'

/** The texts of two generated files. */
export interface CompiledProfiles {
  /** `src/profile/built-in.ts`. */
  readonly module: string
  /** `templates/profile.schema.json`. */
  readonly schema: string
}

/**
 * @param files text of each `templates/profiles/<name>.yaml`, by name
 * @throws PkiError `usage.profile` for the first mistake in one of them
 */
export function compileProfiles(files: Readonly<Record<string, string>>): CompiledProfiles {
  const names = Object.keys(files).sort()
  const profiles = names.map((name) => [name, parseProfile(files[name] ?? '', `${name}.yaml`)] as const)
  return { module: formatModule(Object.fromEntries(profiles)), schema: formatProfileJsonSchema() }
}

function formatModule(profiles: Readonly<Record<string, CertificateProfile>>): string {
  return `// Made from templates/profiles/*.yaml by scripts/compile-profiles.mjs. Edit those, then run it.

import type { CertificateProfile } from './profile.ts'

/** The profiles that come with this program, by name. */
export const BUILT_IN_PROFILES: Readonly<Record<string, CertificateProfile>> = ${JSON.stringify(profiles, null, 2)}
`
}
