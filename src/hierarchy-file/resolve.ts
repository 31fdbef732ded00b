/**
 * From entries as they stand in the file to what each certificate is to contain: profiles found, overrides merged, and
 * a fingerprint of it all, by which a later run knows whether anything has changed.
 */

import { createHash } from 'node:crypto'
import { PkiError } from '../errors.ts'
import { overrideProfile } from '../profile/override.ts'
import type { CertificateProfile } from '../profile/profile.ts'
import type { DerivedProfile, FileEntry, HierarchyFile, Place } from './hierarchy-file.ts'
import { isNumbered, numbered } from './numbered-name.ts'

/** An entry with everything decided but what belongs to one certificate of many. */
export interface ResolvedEntry extends FileEntry {
  readonly profileName: string
  /** All overrides merged. */
  readonly contents: CertificateProfile
  readonly isAuthority: boolean
  /** Whether another entry is issued by it, or is a certificate for its key. */
  readonly isDependedOn: boolean
  /** Of all that the certificate depends on in the file and in its profile; not of its issuer. */
  readonly specification: string
}

export type FindProfile = (name: string) => Promise<CertificateProfile>

export interface ResolveMeans {
  /** Finds profiles that the file does not hold itself. */
  readonly find: FindProfile
  /** What is done to every profile at the end: those of a seed are marked. */
  readonly mark: (profile: CertificateProfile) => CertificateProfile
}

/**
 * The entries of a file, in its order.
 * @throws PkiError `usage.hierarchy` with the place of an entry whose profile is unknown or does not take its overrides
 */
export async function resolveEntries(
  hierarchy: HierarchyFile,
  { find, mark }: ResolveMeans,
): Promise<readonly ResolvedEntry[]> {
  const known = new Map<string, Promise<CertificateProfile>>()
  const findOnce: FindProfile = (name) => {
    const profile = known.get(name) ?? derive(name, hierarchy, find)
    known.set(name, profile)
    return profile
  }
  const byName = new Map(hierarchy.entries.map((entry) => [entry.name, entry]))
  const dependedOn = new Set(hierarchy.entries.flatMap(({ from, crossSigns }) => [from, crossSigns]))
  const resolved: ResolvedEntry[] = []
  for (const entry of hierarchy.entries) {
    try {
      const one = await resolve(entry, byName, hierarchy, { find: findOnce, mark })
      resolved.push({ ...one, isDependedOn: dependedOn.has(entry.name) })
    } catch (cause) {
      throw atPlace(hierarchy.file, entry.place, entry.name, cause)
    }
  }
  return resolved
}

/**
 * The same error with the place in front of it, and its hint in the words of the file. What is no error of the call is
 * passed on.
 */
export function atPlace(file: string, { line, column }: Place, name: string, cause: unknown): unknown {
  if (!(cause instanceof PkiError)) return cause
  if (cause.context.file === file) return cause
  const code = cause.code.startsWith('usage.') ? 'usage.hierarchy' : cause.code
  return new PkiError(code, `${file}:${line}:${column}: ${name}: ${cause.message}`, {
    cause,
    context: { ...cause.context, file, line, column, key: name },
    ...(cause.hint !== undefined && { hint: cause.hint.replaceAll('--unchecked', 'unchecked: true') }),
  })
}

async function derive(name: string, { profiles }: HierarchyFile, find: FindProfile): Promise<CertificateProfile> {
  const chain: DerivedProfile[] = []
  const names: string[] = []
  let base = name
  for (let own = profiles[base]; Object.hasOwn(profiles, base) && own !== undefined; own = profiles[base]) {
    // A profile may be called as the one it extends, and then it extends that one of elsewhere.
    if (names.includes(base)) {
      if (names.at(-1) === base) break
      throw new PkiError('usage.hierarchy', `a circle of profiles: ${[...names, base].join(' extends ')}`)
    }
    names.push(base)
    chain.push(own)
    base = own.extends
  }
  const found = await find(base)
  return chain.reduceRight((profile, { overrides }) => overrideProfile(profile, overrides), found)
}

async function resolve(
  entry: FileEntry,
  byName: ReadonlyMap<string, FileEntry>,
  { seed, now, file }: HierarchyFile,
  { find, mark }: ResolveMeans,
): Promise<Omit<ResolvedEntry, 'isDependedOn'>> {
  // A cross-certificate says about an authority what its own certificate says, unless told otherwise.
  const model = entry.crossSigns === undefined ? undefined : byName.get(entry.crossSigns)
  if (entry.crossSigns !== undefined && model === undefined) {
    throw new PkiError('usage.hierarchy', `there is no ${entry.crossSigns} in ${file} whose key it could certify`)
  }
  const profileName = entry.profile ?? model?.profile ?? 'intermediate'
  const overrides = { ...model?.overrides, ...entry.overrides }
  const contents = mark(overrideProfile(await find(profileName), overrides))
  const isAuthority = contents.basicConstraints?.cA === true
  const specification = fingerprintOf({ entry, contents, seed, now })
  return { ...entry, profileName, contents, isAuthority, specification }
}

interface Specification {
  readonly entry: FileEntry
  readonly contents: CertificateProfile
  readonly seed: string | undefined
  readonly now: string | undefined
}

/**
 * What decides whether a certificate has to be made again. Not in it: revocation, CRLs and exports, which come
 * afterwards; the count, which makes more or fewer of the same; and what a profile says about requests and to people.
 */
function fingerprintOf({ entry, contents, seed, now }: Specification): string {
  const { description: _, request: __, ...fields } = contents
  const { name, from, crossSigns, names, serialNumber, unchecked, defects } = entry
  const facts = { name, from, crossSigns, names, serialNumber: serialNumber?.toString(), unchecked, defects, seed, now }
  return createHash('sha256')
    .update(canonicalJson({ ...facts, fields }))
    .digest('hex')
    .slice(0, FINGERPRINT_LENGTH)
}

/** 128 bits: nobody attacks it, and a journal may hold a hundred thousand. */
const FINGERPRINT_LENGTH = 32

/** JSON with the keys of every object in order, and those without a value left out. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  const sorted = entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${sorted.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`
}

/** One certificate of an entry. */
export interface Instance {
  readonly name: string
  readonly contents: CertificateProfile
  /** Alternative names as text. */
  readonly names: readonly string[]
}

/** How many certificates an entry stands for. */
export function instanceCount({ count }: Pick<FileEntry, 'count'>): number {
  return count ?? 1
}

/** The name of one of them, counted from 1. */
export function instanceName({ name, count }: Pick<FileEntry, 'name' | 'count'>, n: number): string {
  return count === undefined ? name : numbered(name, n)
}

/** One of them, with its number and name filled in. */
export function instanceOf(entry: ResolvedEntry, n: number): Instance {
  const { contents, names } = entry
  const name = instanceName(entry, n)
  if (entry.count === undefined && names.length === 0) return { name, contents, names }
  const filled = names.map((text) => numbered(text.replaceAll('{name}', name), n))
  const { subject } = contents
  return {
    name,
    names: filled,
    contents: isNumbered(subject) ? { ...contents, subject: numbered(subject, n) } : contents,
  }
}
