/**
 * Writes the hierarchy file of a store that was made some other way. Applied to that store it finds everything there;
 * applied to an empty folder it makes certificates of the same content. What the file cannot say stands beside the
 * entry as a comment.
 */

import type { CertificateProfile } from '../profile/profile.ts'
import type { Certificate } from '../x509/certificate.ts'
import { KEY_PURPOSE } from '../x509/oids.ts'
import { type EntryWords, entryWords, isMarked, type KeyHolder } from './entry-words.ts'
import type { StoredEntry, Surroundings } from './stored-entry.ts'
import { formatComment, formatScalar, formatYamlValue, type YamlValue } from './yaml-value.ts'

export interface WrittenHierarchy {
  readonly text: string
  /** Names that have no place in it, because their issuer is not in the store. */
  readonly leftOut: readonly string[]
  /** What an entry cannot say. */
  readonly unsaid: readonly { readonly name: string; readonly what: string }[]
  /** Whether certificates of the store were made from a seed, which the file does not know. */
  readonly isSeeded: boolean
}

/**
 * @param entries in the order in which they are to stand beside each other
 * @param profiles by name, the built-in ones among them
 */
export function formatHierarchyFile(
  entries: readonly StoredEntry[],
  profiles: ReadonlyMap<string, CertificateProfile>,
): WrittenHierarchy {
  const writer = new Writer(entries, profiles)
  const roots = entries.filter(isRoot)
  for (const root of roots) writer.write(root, 1)
  const leftOut = entries.map(({ name }) => name).filter((name) => !writer.written.has(name))
  const isSeeded = entries.some(({ certificate }) => isMarked(certificate))
  const lines = [
    ...HEADER,
    ...(isSeeded
      ? [formatComment('They were made from a seed, which is not written here: what this makes has other keys.')]
      : []),
    '',
    'version: 1',
    '',
    roots.length === 0 ? 'certificates: {}' : 'certificates:',
    ...writer.lines,
    ...(leftOut.length > 0
      ? ['', formatComment(`Left out, their issuers are not in the store: ${leftOut.join(', ')}`)]
      : []),
  ]
  return { text: `${lines.join('\n')}\n`, leftOut, unsaid: writer.unsaid, isSeeded }
}

const HEADER = [
  '# yaml-language-server: $schema=https://unpkg.com/devpki/templates/hierarchy.schema.json',
  '#',
  '# Written by pki export --as-yaml. pki apply --adopt takes the certificates of that store as they are; from then on,',
  '# a certificate whose entry changes is made anew. Elsewhere pki apply makes others of the same content: with keys of',
  '# their own, valid for as long from when they are made, and with other serial numbers where those were drawn at random.',
]

function isRoot({ issuer, certificate }: StoredEntry): boolean {
  return issuer === undefined && certificate.isSelfIssued
}

class Writer {
  readonly lines: string[] = []
  readonly written = new Set<string>()
  readonly unsaid: { readonly name: string; readonly what: string }[] = []
  readonly #byName: ReadonlyMap<string, StoredEntry>
  readonly #below: ReadonlyMap<string | undefined, readonly StoredEntry[]>
  readonly #holders: ReadonlyMap<string, StoredEntry>
  readonly #profiles: ReadonlyMap<string, CertificateProfile>
  readonly #words = new Map<string, EntryWords>()

  constructor(entries: readonly StoredEntry[], profiles: ReadonlyMap<string, CertificateProfile>) {
    this.#profiles = profiles
    this.#byName = new Map(entries.map((entry) => [entry.name, entry]))
    this.#below = byIssuer(entries)
    const holders = entries.filter((entry) => entry.hasKey && this.#above(entry) !== undefined)
    this.#holders = new Map(holders.map((entry) => [keyOf(entry.certificate), entry]))
  }

  write(entry: StoredEntry, depth: number): void {
    if (this.written.has(entry.name)) return
    this.written.add(entry.name)
    const words = this.#wordsOf(entry)
    const fields = { ...this.#kindOf(entry), ...words.fields }
    const indent = '  '.repeat(depth)
    this.#comment(entry, words, indent)
    const key = `${indent}${formatScalar(entry.name)}:`
    const below = this.#issuedBy(entry)
    if (below.length === 0) {
      this.lines.push(Object.keys(fields).length === 0 ? key : `${key} ${formatYamlValue(fields)}`)
      return
    }
    const written = Object.entries(fields).map(([field, value]) => `${indent}  ${field}: ${formatYamlValue(value)}`)
    this.lines.push(key, ...written, `${indent}  issues:`)
    for (const child of below) this.write(child, depth + 2)
  }

  #comment({ name }: StoredEntry, { unsaid, unknown }: EntryWords, indent: string): void {
    for (const what of unsaid) this.lines.push(`${indent}${formatComment(`Cannot be said here: ${what}`)}`)
    for (const what of unknown) this.lines.push(`${indent}${formatComment(`Not known: ${what}`)}`)
    this.unsaid.push(...unsaid.map((what) => ({ name, what })))
  }

  /** Whose key it certifies, or its profile where that is not told by its place. */
  #kindOf(entry: StoredEntry): Readonly<Record<string, YamlValue>> {
    const holder = this.#holderOf(entry)
    if (holder !== undefined) return { crossSigns: holder.name }
    const profile = profileName(entry)
    const byPlace = entry.issuer === undefined ? 'root' : this.#issuedBy(entry).length > 0 ? 'intermediate' : undefined
    return profile === byPlace ? {} : { profile }
  }

  #wordsOf(entry: StoredEntry): EntryWords {
    const known = this.#words.get(entry.name)
    if (known !== undefined) return known
    const holder = this.#holderOf(entry)
    const words = entryWords(this.#surroundings(entry), this.#profileOf(holder ?? entry), this.#asHolder(holder))
    this.#words.set(entry.name, words)
    return words
  }

  #asHolder(holder: StoredEntry | undefined): KeyHolder | undefined {
    return holder && { entry: holder, overrides: this.#wordsOf(holder).overrides }
  }

  /** The entry that has the key of a certificate that lies here without one. */
  #holderOf({ hasKey, certificate }: StoredEntry): StoredEntry | undefined {
    return hasKey ? undefined : this.#holders.get(keyOf(certificate))
  }

  #profileOf(entry: StoredEntry): CertificateProfile {
    const name = profileName(entry)
    const profile = this.#profiles.get(name)
    if (profile === undefined) throw new RangeError(`no profile ${name}`)
    return profile
  }

  #surroundings(entry: StoredEntry): Surroundings {
    const [issuer, ...above] = this.#above(entry) ?? []
    return { entry, issuer, above: above.map(({ certificate }) => certificate), below: this.#issuedBy(entry)[0] }
  }

  /** The issuers up to a root, nearest first; undefined for what has no place in the file. */
  #above(entry: StoredEntry): readonly StoredEntry[] | undefined {
    const above: StoredEntry[] = []
    for (let here = entry; !isRoot(here); ) {
      const issuer = here.issuer === undefined ? undefined : this.#byName.get(here.issuer)
      if (issuer === undefined || issuer === here || above.includes(issuer)) return undefined
      above.push(issuer)
      here = issuer
    }
    return above
  }

  #issuedBy({ name }: StoredEntry): readonly StoredEntry[] {
    return (this.#below.get(name) ?? []).filter((entry) => entry.name !== name)
  }
}

function byIssuer(entries: readonly StoredEntry[]): ReadonlyMap<string | undefined, readonly StoredEntry[]> {
  const found = new Map<string | undefined, StoredEntry[]>()
  for (const entry of entries) {
    const others = found.get(entry.issuer)
    if (others === undefined) found.set(entry.issuer, [entry])
    else others.push(entry)
  }
  return found
}

function keyOf({ publicKey }: Certificate): string {
  return Buffer.from(publicKey.encoded).toString('base64')
}

/** The one it was made by, or a built-in one that makes something like it. */
function profileName({ profile, certificate: { decoded, isSelfIssued } }: StoredEntry): string {
  if (profile !== undefined) return profile
  if (decoded.basicConstraints?.cA === true) return isSelfIssued ? 'root' : 'intermediate'
  const purposes = decoded.extKeyUsage ?? []
  const isServer = purposes.includes(KEY_PURPOSE.serverAuth)
  if (isServer && purposes.includes(KEY_PURPOSE.clientAuth)) return 'server-client'
  const found = PROFILES.find(([purpose]) => purposes.includes(purpose))
  return found?.[1] ?? 'client'
}

const PROFILES: readonly (readonly [purpose: string, profile: string])[] = [
  [KEY_PURPOSE.serverAuth, 'server'],
  [KEY_PURPOSE.clientAuth, 'client'],
  [KEY_PURPOSE.codeSigning, 'code-signing'],
  [KEY_PURPOSE.emailProtection, 'email'],
  [KEY_PURPOSE.timeStamping, 'timestamping'],
  [KEY_PURPOSE.OCSPSigning, 'ocsp-responder'],
]
