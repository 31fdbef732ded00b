/** Finds profiles by name: the project's own `pki-templates/<name>.yaml` first, then those that come with the program. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PkiError } from '../errors.ts'
import { nearest } from '../spelling/nearest.ts'
import { BUILT_IN_PROFILES } from './built-in.ts'
import type { CertificateProfile } from './profile.ts'

/** The folder of a project's own profiles, inside its folder. */
const PROFILE_FOLDER = 'pki-templates'

/** Where profiles are looked for, beside those that come with the program. */
export interface ProfilePlaces {
  /** The folder that may hold `pki-templates/`; without it only built-in profiles are found. */
  readonly projectDir?: string | undefined
}

/** A profile in a list. */
export interface ProfileEntry {
  readonly name: string
  /** The file of a project's own profile; undefined for a built-in one. */
  readonly file: string | undefined
  readonly profile: CertificateProfile
}

/**
 * The profile of that name.
 * @throws PkiError `usage.profile` if there is none, or if the project's own has a mistake in it
 */
export async function findProfile(name: string, places: ProfilePlaces = {}): Promise<CertificateProfile> {
  const own = await readOwnProfile(name, places)
  if (own !== undefined) return parse(own.text, own.file)
  const builtIn = Object.hasOwn(BUILT_IN_PROFILES, name) ? BUILT_IN_PROFILES[name] : undefined
  if (builtIn !== undefined) return builtIn
  const names = await profileNames(places)
  const near = nearest(name, names)
  throw new PkiError('usage.profile', `unknown profile: ${name}`, {
    hint: `${near === undefined ? '' : `did you mean ${near}? `}profiles are ${names.join(', ')}`,
  })
}

/**
 * All profiles, by name.
 * @throws PkiError `usage.profile` for the first mistake in one of the project's own
 */
export async function listProfiles(places: ProfilePlaces = {}): Promise<readonly ProfileEntry[]> {
  const entries: ProfileEntry[] = []
  for (const name of await profileNames(places)) {
    const own = await readOwnProfile(name, places)
    const profile = own === undefined ? BUILT_IN_PROFILES[name] : await parse(own.text, own.file)
    if (profile !== undefined) entries.push({ name, file: own?.file, profile })
  }
  return entries
}

/**
 * The file of a profile as it was written, comments and all.
 * @param builtInDir the `templates/profiles` folder of the installed package
 * @throws PkiError `usage.profile` if there is no such profile
 */
export async function readProfileText(
  name: string,
  { projectDir, builtInDir }: ProfilePlaces & { readonly builtInDir: string },
): Promise<{ readonly file: string; readonly text: string }> {
  const own = await readOwnProfile(name, { projectDir })
  if (own !== undefined) return own
  await findProfile(name)
  const file = join(builtInDir, `${name}.yaml`)
  return { file, text: readFileSync(file, 'utf8') }
}

/** Names that can be those of a file, and only in that one folder. */
const PROFILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

async function readOwnProfile(
  name: string,
  { projectDir }: ProfilePlaces,
): Promise<{ readonly file: string; readonly text: string } | undefined> {
  if (projectDir === undefined || !PROFILE_NAME.test(name)) return undefined
  const file = join(projectDir, PROFILE_FOLDER, `${name}.yaml`)
  try {
    return { file, text: readFileSync(file, 'utf8') }
  } catch (cause) {
    if (isMissing(cause)) return undefined
    throw new PkiError('input.unreadable', `${file}: cannot be read`, { cause, context: { file } })
  }
}

async function profileNames({ projectDir }: ProfilePlaces): Promise<readonly string[]> {
  const names = new Set(Object.keys(BUILT_IN_PROFILES))
  if (projectDir !== undefined) {
    for (const file of await filesIn(join(projectDir, PROFILE_FOLDER))) {
      if (file.endsWith('.yaml') && PROFILE_NAME.test(file)) names.add(file.slice(0, -'.yaml'.length))
    }
  }
  return [...names].sort()
}

async function filesIn(folder: string): Promise<readonly string[]> {
  try {
    return readdirSync(folder)
  } catch (cause) {
    if (isMissing(cause)) return []
    throw new PkiError('input.unreadable', `${folder}: cannot be read`, { cause, context: { file: folder } })
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}

async function parse(text: string, file: string): Promise<CertificateProfile> {
  const { parseProfile } = await import('./parse.ts')
  return parseProfile(text, file)
}
