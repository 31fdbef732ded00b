/** Reads a hierarchy file. Reached through `import()` only, because it brings yaml and zod. */

import type { ProfileOverrides } from '../profile/override.ts'
import type { KeyPath } from '../yaml-file/complaint.ts'
import { mistake, readYaml, type YamlFile } from '../yaml-file/read.ts'
import {
  type DerivedProfile,
  type FileEntry,
  type FileExport,
  type FileRevocation,
  type HierarchyFile,
  MAX_CERTIFICATES,
} from './hierarchy-file.ts'
import { isNumbered } from './numbered-name.ts'
import { HIERARCHY_SCHEMA, OVERRIDE_KEYS, type WrittenEntries, type WrittenEntry } from './schema.ts'

/** How long a CRL lasts if the file only says that there is one: as `pki crl` has it. */
const CRL_VALIDITY = '7d'

/**
 * A hierarchy from the text of its file. Whether its entries go together is another question: `contradictions.ts`.
 * @param file as it is to be named in errors
 * @throws PkiError `usage.hierarchy` with `file`, `line`, `column` and, where there is one, `key` in its context
 */
export function parseHierarchyFile(text: string, file: string): HierarchyFile {
  const yaml = readYaml(text, file, { schema: HIERARCHY_SCHEMA, what: 'hierarchy', code: 'usage.hierarchy' })
  const { seed, now, unmarked = false, profiles = {}, defaults = {}, certificates } = yaml.data
  const reader = new EntryReader(file, yaml, overridesOf(defaults))
  reader.read(certificates, undefined, ['certificates'])
  return { file, seed, now, unmarked, profiles: derivedProfiles(profiles, yaml), entries: reader.entries }
}

type Written = (typeof HIERARCHY_SCHEMA)['_output']

function derivedProfiles(
  profiles: NonNullable<Written['profiles']>,
  yaml: YamlFile<Written>,
): Readonly<Record<string, DerivedProfile>> {
  const derived = Object.entries(profiles).map(([name, profile]) => {
    const place = yaml.placeOf(['profiles', name], 'key')
    return [name, { extends: profile.extends, overrides: overridesOf(profile), place }] as const
  })
  return Object.fromEntries(derived)
}

/** Walks through the tree and lists its entries. */
class EntryReader {
  readonly entries: FileEntry[] = []
  readonly #file: string
  readonly #yaml: YamlFile<Written>
  readonly #defaults: ProfileOverrides
  #total = 0

  constructor(file: string, yaml: YamlFile<Written>, defaults: ProfileOverrides) {
    this.#file = file
    this.#yaml = yaml
    this.#defaults = defaults
  }

  read(written: WrittenEntries, issuer: string | undefined, path: KeyPath): void {
    for (const [name, value] of Object.entries(written)) {
      const entry: WrittenEntry = typeof value === 'string' ? { profile: value } : (value ?? {})
      const here = [...path, name]
      this.entries.push(this.#entry(name, entry, issuer, here))
      if (entry.issues !== undefined) this.read(entry.issues, name, [...here, 'issues'])
    }
  }

  #entry(name: string, written: WrittenEntry, issuer: string | undefined, path: KeyPath): FileEntry {
    const { count, crossSigns, exports: exported = [], names = [], serialNumber, unchecked = false } = written
    this.#requireSense(name, written, issuer, path)
    const from = issuer ?? written.from
    return {
      name,
      place: this.#yaml.placeOf(path, 'key'),
      count,
      profile: written.profile ?? profileByPlace(from, written),
      from,
      crossSigns,
      names,
      overrides: { ...this.#defaults, ...overridesOf(written) },
      serialNumber: serialNumber === undefined ? undefined : integerOf(serialNumber),
      unchecked,
      defects: asList(written.defect ?? []),
      revoked: revocationOf(written.revoked),
      crl: typeof written.crl === 'object' ? written.crl.validFor : written.crl === true ? CRL_VALIDITY : undefined,
      exports: exported.map(exportOf),
    }
  }

  /** What a schema cannot say. */
  #requireSense(name: string, written: WrittenEntry, issuer: string | undefined, path: KeyPath): void {
    const { count, crossSigns, from, issues, profile, serialNumber } = written
    const fail = (key: string, message: string, hint?: string) => this.#mistake([...path, key], message, hint)
    if (issuer !== undefined && from !== undefined) {
      throw fail('from', `${name}: it stands inside ${issuer} already, which issues it`, 'leave one of the two out')
    }
    if (count !== undefined && !isNumbered(name)) {
      throw fail('count', `${name}: a name for ${count} certificates needs {n} in it`, `such as ${name}-{n}`)
    }
    if (count === undefined && isNumbered(name)) {
      throw this.#mistake(path, `${name}: {n} counts, and there is no count`, 'add count: 10')
    }
    for (const [key, given] of Object.entries({ issues, crossSigns, serialNumber, crl: written.crl })) {
      if (count !== undefined && given !== undefined) {
        throw fail(key, `${name}: count and ${key} exclude each other`, 'write such entries one by one')
      }
    }
    if (crossSigns === undefined && profile === undefined && profileByPlace(issuer ?? from, written) === undefined) {
      throw this.#mistake(path, `${name}: the key "profile" is missing`, 'only authorities can do without it')
    }
    this.#total += count ?? 1
    if (this.#total > MAX_CERTIFICATES) {
      throw this.#mistake(path, `more than ${MAX_CERTIFICATES} certificates in one file`)
    }
  }

  #mistake(path: KeyPath, message: string, hint?: string) {
    const key = path.map(String).join('.')
    const place = this.#yaml.placeOf(path, 'key')
    return mistake('usage.hierarchy', this.#file, place, message, { key, ...(hint !== undefined && { hint }) })
  }
}

/** Authorities are told by their place: a root has nobody above it, an intermediate has something below it. */
function profileByPlace(from: string | undefined, { issues, crossSigns }: WrittenEntry): string | undefined {
  if (crossSigns !== undefined) return undefined
  if (from === undefined) return 'root'
  return issues === undefined ? undefined : 'intermediate'
}

function overridesOf(written: Partial<WrittenEntry>): ProfileOverrides {
  const given = OVERRIDE_KEYS.filter((key) => written[key] !== undefined)
  return Object.fromEntries(given.map((key) => [key, written[key]]))
}

function integerOf(number: number | string): bigint {
  const text = String(number)
  return text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text)
}

function asList<T extends string>(value: T | readonly T[]): readonly T[] {
  return typeof value === 'string' ? [value] : value
}

function revocationOf(written: WrittenEntry['revoked']): FileRevocation | false | undefined {
  if (written === undefined || written === false) return written
  const { reason = 'unspecified', at, invalidityDate } = typeof written === 'object' ? written : { reason: undefined }
  return { reason: typeof written === 'string' ? written : reason, at, invalidityDate }
}

function exportOf(written: NonNullable<WrittenEntry['exports']>[number]): FileExport {
  if (typeof written === 'string') return { formats: [written], out: '', for: undefined }
  const { format, out = '', for: consumer } = written
  return { formats: asList(format), out: out.replace(/\/+$/, ''), for: consumer }
}
