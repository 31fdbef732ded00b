/**
 * Whether the entries of a hierarchy file go together: every issuer is there and may issue, nothing hangs from itself,
 * no name is given twice. Each contradiction is told with the lines on both sides. An entry that is wrong on purpose (a
 * declared defect, or `unchecked`) may contradict what it hangs from; names and circles must be right all the same.
 */

import { PkiError } from '../errors.ts'
import { requireExportable } from './export-needs.ts'
import type { Place } from './hierarchy-file.ts'
import { isNumbered, numberIn } from './numbered-name.ts'
import { instanceName, type ResolvedEntry } from './resolve.ts'

export interface KnownElsewhere {
  /** As the file is named in errors. */
  readonly file: string
  /** Whether the store holds a certificate of this name, which then may issue too. */
  readonly isStored: (name: string) => boolean
}

/** @throws PkiError `usage.hierarchy` for the first contradiction, with its place and, as `otherLine`, that of the other side */
export function requireConsistent(entries: readonly ResolvedEntry[], elsewhere: KnownElsewhere): void {
  const { file } = elsewhere
  requireDistinctNames(entries, file)
  const byName = new Map(entries.map((entry) => [entry.name, entry]))
  for (const entry of entries) {
    requireIssuer(entry, byName, elsewhere)
    requireSingleKey(entry, byName, file)
    requireExportable(entry, byName, file)
    requireNoCircle(entry, byName, file)
  }
  requireDistinctSerialNumbers(entries, file)
  for (const entry of entries) {
    if (entry.unchecked || entry.defects.length > 0) continue
    requireAuthorityAbove(entry, byName, file)
    requireAuthorityToCrossSign(entry, byName, file)
    requirePathLength(entry, byName, file)
    requireCrlSigner(entry, file)
  }
}

type ByName = ReadonlyMap<string, ResolvedEntry>

function requireDistinctNames(entries: readonly ResolvedEntry[], file: string): void {
  const seen = new Map<string, ResolvedEntry>()
  for (const entry of entries) {
    const key = fileKey(entry.name)
    const other = seen.get(key)
    if (other !== undefined) throw sameName(entry, other, entry.name, file)
    seen.set(key, entry)
  }
  const many = entries.filter(({ count }) => count !== undefined)
  for (const one of many) for (const other of entries) requireNotAmong(one, other, file)
}

/** Two names that differ in case only are one file on Windows and macOS. */
function fileKey(name: string): string {
  return name.toLowerCase()
}

/** That none of many names is that of another entry. */
function requireNotAmong(many: ResolvedEntry, other: ResolvedEntry, file: string): void {
  if (many === other || many.count === undefined) return
  const pattern = fileKey(many.name)
  if (!isNumbered(other.name)) {
    const n = numberIn(pattern, fileKey(other.name))
    if (n !== undefined && n >= 1 && n <= many.count) throw sameName(other, many, other.name, file)
    return
  }
  if (!couldMeet(pattern, fileKey(other.name))) return
  for (let n = 1; n <= many.count; n++) {
    const name = instanceName(many, n)
    const m = numberIn(fileKey(other.name), fileKey(name))
    if (m !== undefined && m >= 1 && m <= (other.count ?? 0)) throw sameName(other, many, name, file)
  }
}

/** Whether the texts in front of the two numbers leave it open that names are the same. */
function couldMeet(a: string, b: string): boolean {
  const [inFront, alsoInFront] = [a.slice(0, a.indexOf('{')), b.slice(0, b.indexOf('{'))]
  return inFront.startsWith(alsoInFront) || alsoInFront.startsWith(inFront)
}

function sameName(entry: ResolvedEntry, other: ResolvedEntry, name: string, file: string): PkiError {
  if (entry.name !== other.name && fileKey(entry.name) === fileKey(other.name)) {
    const says = `${entry.name} and ${other.name} (line ${other.place.line}) are one file on Windows and macOS`
    return contradiction(file, entry, other, `${says}, where capitals make no difference`)
  }
  const both = entry.name === other.name ? name : `${name}, of ${entry.name} and of ${other.name}`
  return contradiction(file, entry, other, `two certificates are called ${both}: here and on line ${other.place.line}`)
}

function requireIssuer({ from, name, place }: ResolvedEntry, byName: ByName, { file, isStored }: KnownElsewhere): void {
  if (from === undefined || byName.has(from) || isStored(from)) return
  throw new PkiError('usage.hierarchy', `${where(file, place)} ${name}: there is no issuer called ${from}`, {
    hint: `issuers in this file: ${authorities(byName).join(', ') || 'none'}; a certificate in the store can be one too`,
    context: { file, ...place, key: name },
  })
}

function authorities(byName: ByName): readonly string[] {
  return [...byName.values()].flatMap(({ name, isAuthority }) => (isAuthority ? [name] : [])).slice(0, 12)
}

/** Nothing is issued, however indirectly, by itself, nor for a key that is its own to begin with. */
function requireNoCircle(entry: ResolvedEntry, byName: ByName, file: string): void {
  const seen = new Set<ResolvedEntry>()
  const follow = (here: ResolvedEntry, trail: string, depth: number): void => {
    if (depth > MAX_DEPTH) throw tooDeep(entry, file)
    const steps = [[here.from, 'from'] as const, [here.crossSigns, 'for the key of'] as const]
    for (const [name, word] of steps) {
      const next = name === undefined ? undefined : byName.get(name)
      if (next === undefined) continue
      const longer = `${trail} ${word} ${next.name} (line ${next.place.line})`
      if (next === entry) throw contradiction(file, entry, here, `a circle of issuers: ${longer}`)
      // A circle that this entry only leads into is found at the entries that are in it.
      if (seen.has(next)) continue
      seen.add(next)
      follow(next, longer, depth + 1)
    }
  }
  follow(entry, `${entry.name} (line ${entry.place.line})`, 0)
}

/** No verifier follows a path as long. */
const MAX_DEPTH = 100

function tooDeep({ name, place }: ResolvedEntry, file: string): PkiError {
  return new PkiError('usage.hierarchy', `${where(file, place)} ${name}: more than ${MAX_DEPTH} issuers above it`, {
    context: { file, ...place, key: name },
  })
}

function requireAuthorityAbove(entry: ResolvedEntry, byName: ByName, file: string): void {
  const issuer = entry.from === undefined ? undefined : byName.get(entry.from)
  if (issuer === undefined) return
  if (issuer.count !== undefined) {
    const says = `${entry.name}: ${issuer.name} (line ${issuer.place.line}) stands for ${issuer.count} certificates, not for one issuer`
    throw contradiction(file, entry, issuer, says)
  }
  if (issuer.isAuthority) return
  const says = `${entry.name}: its issuer ${issuer.name} (line ${issuer.place.line}) is no authority: profile ${issuer.profileName}`
  throw contradiction(file, entry, issuer, says, WRONG_ON_PURPOSE)
}

/** An issuer gives each number once (RFC 5280 §4.1.2.2): by it a certificate is revoked. */
function requireDistinctSerialNumbers(entries: readonly ResolvedEntry[], file: string): void {
  const seen = new Map<string, ResolvedEntry>()
  for (const entry of entries) {
    const { name, from = name, serialNumber, unchecked, defects } = entry
    if (serialNumber === undefined || unchecked || defects.length > 0) continue
    const other = seen.get(`${from} ${serialNumber}`)
    if (other !== undefined) {
      const says = `${name}: ${from} gives ${other.name} (line ${other.place.line}) the serial number ${serialNumber} too`
      throw contradiction(file, entry, other, says, WRONG_ON_PURPOSE)
    }
    seen.set(`${from} ${serialNumber}`, entry)
  }
}

/** A cross-certificate is for one key. */
function requireSingleKey(entry: ResolvedEntry, byName: ByName, file: string): void {
  const model = entry.crossSigns === undefined ? undefined : byName.get(entry.crossSigns)
  if (model?.count === undefined) return
  const says = `${entry.name}: ${model.name} (line ${model.place.line}) stands for ${model.count} certificates, not for one key`
  throw contradiction(file, entry, model, says)
}

function requireAuthorityToCrossSign(entry: ResolvedEntry, byName: ByName, file: string): void {
  const model = entry.crossSigns === undefined ? undefined : byName.get(entry.crossSigns)
  if (model === undefined || model.isAuthority) return
  const says = `${entry.name}: ${model.name} (line ${model.place.line}), which it cross-signs, is no authority: profile ${model.profileName}`
  throw contradiction(file, entry, model, says, WRONG_ON_PURPOSE)
}

/** Whoever signs a CRL needs cRLSign, where there is a key usage (RFC 5280 §5.1.1.3). */
function requireCrlSigner(entry: ResolvedEntry, file: string): void {
  const { crl, contents, name, profileName } = entry
  if (crl === undefined || (contents.keyUsage?.includes('cRLSign') ?? entry.isAuthority)) return
  throw new PkiError('usage.hierarchy', `${where(file, entry.place)} ${name}: a ${profileName} signs no CRL`, {
    hint: 'crl: belongs to an authority with the key usage cRLSign; unchecked: true makes it all the same',
    context: { file, ...entry.place, key: name },
  })
}

/** pathLenConstraint counts the authorities below (RFC 5280 §4.2.1.9); a leaf is none. */
function requirePathLength(entry: ResolvedEntry, byName: ByName, file: string): void {
  if (!entry.isAuthority || entry.from === undefined) return
  let below = 1
  for (let above = byName.get(entry.from); above !== undefined; above = byName.get(above.from ?? '')) {
    const limit = above.contents.basicConstraints?.pathLenConstraint
    if (limit !== undefined && below > limit) {
      const allowed = limit === 0 ? 'no authority' : `${limit}`
      const says = `${entry.name}: ${above.name} (line ${above.place.line}) allows ${allowed} below it, and this makes ${below} (pathLenConstraint ${limit})`
      throw contradiction(file, entry, above, says, `raise pathLenConstraint of ${above.name}; or ${WRONG_ON_PURPOSE}`)
    }
    below++
  }
}

const WRONG_ON_PURPOSE = 'unchecked: true on the lower entry says that this is what you want to test'

function where(file: string, { line, column }: Place): string {
  return `${file}:${line}:${column}:`
}

function contradiction(
  file: string,
  { name, place }: ResolvedEntry,
  other: ResolvedEntry,
  message: string,
  hint?: string,
): PkiError {
  return new PkiError('usage.hierarchy', `${where(file, place)} ${message}`, {
    context: { file, ...place, key: name, otherKey: other.name, otherLine: other.place.line },
    ...(hint !== undefined && { hint }),
  })
}
