/**
 * Writes the hierarchy file of a store that was made some other way. Applied to that store it finds everything there;
 * applied to an empty folder it makes a hierarchy of the same shape.
 */

import { PkiError } from '../errors.ts'
import { ecAlgorithmName, type KeyAlgorithmName } from '../keys/keys.ts'
import type { CertificateProfile } from '../profile/profile.ts'
import { signatureScheme } from '../x509/algorithm.ts'
import type { Certificate } from '../x509/certificate.ts'
import { formatGeneralName, parseGeneralNameText } from '../x509/general-name-text.ts'
import { formatName } from '../x509/name-text.ts'
import { KEY_PURPOSE } from '../x509/oids.ts'
import { differencesFrom } from './differences.ts'

/** A certificate of the store, as far as it goes into the file. */
export interface StoredEntry {
  readonly name: string
  readonly certificate: Certificate
  /** Name in the store; undefined if it is self-signed. */
  readonly issuer: string | undefined
  /** Name of the profile it was made by, if somebody noted it and it still exists. */
  readonly profile: string | undefined
  /** Ids of what is wrong with it on purpose, where somebody noted it. */
  readonly defects: readonly string[]
  readonly hasKey: boolean
  /** In milliseconds, of its CRL; undefined if it has none. */
  readonly crlPeriod: number | undefined
  readonly revokedFor: string | undefined
}

export interface WrittenHierarchy {
  readonly text: string
  /** Names that have no place in it, because their issuer is not in the store. */
  readonly leftOut: readonly string[]
}

/**
 * @param entries in the order in which they are to stand beside each other
 * @param profiles by name
 */
export function formatHierarchyFile(
  entries: readonly StoredEntry[],
  profiles: ReadonlyMap<string, CertificateProfile>,
): WrittenHierarchy {
  const byName = new Map(entries.map((entry) => [entry.name, entry]))
  const writer = new Writer(entries, profiles)
  const roots = entries.filter(({ issuer, certificate }) => issuer === undefined && certificate.isSelfIssued)
  for (const root of roots) writer.write(root, 1)
  const leftOut = [...byName.keys()].filter((name) => !writer.written.has(name))
  const lines = [
    '# yaml-language-server: $schema=https://unpkg.com/devpki/templates/hierarchy.schema.json',
    '#',
    '# Written by pki export --as-yaml. pki apply --adopt takes the certificates of that store as they are; from then on,',
    '# a certificate whose entry changes is made anew.',
    '',
    'version: 1',
    '',
    roots.length === 0 ? 'certificates: {}' : 'certificates:',
    ...writer.lines,
  ]
  return { text: `${lines.join('\n')}\n`, leftOut }
}

class Writer {
  readonly lines: string[] = []
  readonly written = new Set<string>()
  readonly #entries: readonly StoredEntry[]
  readonly #byKey: ReadonlyMap<string, string>
  readonly #profiles: ReadonlyMap<string, CertificateProfile>

  constructor(entries: readonly StoredEntry[], profiles: ReadonlyMap<string, CertificateProfile>) {
    this.#entries = entries
    this.#profiles = profiles
    const holders = entries.filter(({ hasKey }) => hasKey)
    this.#byKey = new Map(holders.map(({ name, certificate }) => [keyOf(certificate), name]))
  }

  write(entry: StoredEntry, depth: number): void {
    if (this.written.has(entry.name)) return
    this.written.add(entry.name)
    const below = this.#entries.filter(({ issuer, name }) => issuer === entry.name && name !== entry.name)
    const fields = this.#fieldsOf(entry, below)
    const indent = '  '.repeat(depth)
    const key = `${indent}${scalar(entry.name)}:`
    if (below.length === 0) {
      this.lines.push(fields.length === 0 ? key : `${key} { ${fields.join(', ')} }`)
      return
    }
    this.lines.push(key, ...fields.map((field) => `${indent}  ${field}`), `${indent}  issues:`)
    for (const child of below) this.write(child, depth + 2)
  }

  #fieldsOf(entry: StoredEntry, below: readonly StoredEntry[]): readonly string[] {
    const { certificate, name, issuer } = entry
    const signed = issuer === undefined ? certificate : below[0]?.certificate
    const fields: string[] = []
    const add = (key: string, value: string | undefined) => {
      if (value !== undefined) fields.push(`${key}: ${value}`)
    }
    const holder = entry.hasKey ? undefined : this.#byKey.get(keyOf(certificate))
    const profile = entry.profile ?? profileFor(certificate)
    const byPlace = issuer === undefined ? 'root' : below.length > 0 ? 'intermediate' : undefined
    if (holder !== undefined) add('crossSigns', scalar(holder))
    else if (profile !== byPlace) add('profile', scalar(profile))
    const subject = formatName(certificate.subject)
    if (holder === undefined && subject !== `CN=${name}`) add('subject', scalar(subject))
    if (holder === undefined) add('key', keyAlgorithm(certificate, signed, this.#profiles.get(profile)?.key))
    add('names', namesOf(certificate))
    add('pathLenConstraint', pathLength(certificate, profile))
    // What is wrong on purpose may be the period itself.
    if (entry.defects.length === 0) add('notAfter', lifetimeOf(certificate))
    else add('defect', `[${entry.defects.join(', ')}]`)
    const contents = holder === undefined && entry.defects.length === 0 ? this.#profiles.get(profile) : undefined
    const differences = contents === undefined ? {} : differencesFrom(certificate, contents)
    for (const [field, texts] of Object.entries(differences)) add(field, `[${texts.map(scalar).join(', ')}]`)
    add('revoked', entry.revokedFor)
    if (entry.crlPeriod === USUAL_CRL_PERIOD) add('crl', 'true')
    else if (entry.crlPeriod !== undefined) add('crl', `{ validFor: ${wholeDuration(entry.crlPeriod)} }`)
    return fields
  }
}

const DAY = 86_400_000

/** Of `crl: true`. */
const USUAL_CRL_PERIOD = 7 * DAY

/** What profiles add in front, for clocks that run behind, and a lifetime does not count. */
const BACKDATING = 600_000

/** Long ones in days, rounded, because an issuer may have cut them short; what lasts hours as it is. */
function lifetimeOf({ notBefore, notAfter }: Certificate): string {
  const period = notAfter.date.getTime() - notBefore.date.getTime()
  if (period >= 10 * DAY) return `${Math.round(period / DAY)}d`
  return wholeDuration(period > BACKDATING ? period - BACKDATING : period)
}

const UNITS = [
  ['d', DAY],
  ['h', 3_600_000],
  ['m', 60_000],
] as const

/** In the largest unit of which it is a multiple. */
function wholeDuration(milliseconds: number): string {
  const [unit, length] = UNITS.find(([, one]) => milliseconds >= one && milliseconds % one === 0) ?? ['s', 1000]
  return `${Math.round(milliseconds / length)}${unit}`
}

function keyOf({ publicKey }: Certificate): string {
  return Buffer.from(publicKey.encoded).toString('base64')
}

/** A built-in profile that makes something like it. */
function profileFor({ decoded, isSelfIssued }: Certificate): string {
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

/**
 * The kind of key, where it is another than that of the profile.
 * @param signed what was signed with it: an RSA key is one of RSASSA-PSS if it signs so
 */
function keyAlgorithm(
  { publicKey: { facts } }: Certificate,
  signed: Certificate | undefined,
  usual: KeyAlgorithmName | undefined,
): string | undefined {
  const isRsa = facts.type === 'rsa' || facts.type === 'rsa-pss'
  const found =
    facts.type === 'ec' ? ecAlgorithmName(facts.curve) : isRsa ? rsaName(facts.modulusBits, signed) : facts.type
  return found === undefined || found === (usual ?? 'ec-p256') ? undefined : found
}

function rsaName(modulusBits: number, signed: Certificate | undefined): string | undefined {
  if (![2048, 3072, 4096].includes(modulusBits)) return undefined
  const how = signed && signatureScheme(signed.signatureAlgorithm)
  const isPss = how !== undefined && 'kind' in how && how.kind === 'rsa-pss'
  return `${isPss ? 'rsa-pss' : 'rsa'}-${modulusBits}`
}

/** Alternative names that the text form can say; others are left out. */
function namesOf({ decoded }: Certificate): string | undefined {
  const texts = (decoded.subjectAltName ?? []).flatMap((name) => {
    const text = formatGeneralName(name).replace(/^[A-Za-z]+(?=:)/, (prefix) => prefix.toLowerCase())
    return isReadable(text) ? [scalar(text)] : []
  })
  return texts.length === 0 ? undefined : `[${texts.join(', ')}]`
}

function isReadable(text: string): boolean {
  try {
    parseGeneralNameText(text)
    return true
  } catch (cause) {
    if (cause instanceof PkiError) return false
    throw cause
  }
}

/** Where it is another than the profile's: intermediates have 0, roots none. */
function pathLength({ decoded }: Certificate, profile: string): string | undefined {
  if (decoded.basicConstraints?.cA !== true) return undefined
  const own = decoded.basicConstraints.pathLenConstraint
  const usual = profile === 'intermediate' ? 0 : undefined
  return own === usual ? undefined : String(own ?? 'none')
}

const PLAIN = /^[A-Za-z][A-Za-z0-9._@-]*$/
const WORDS_OF_YAML = /^(true|false|null|yes|no|on|off|y|n)$/i

/** A YAML scalar: plain where nobody could misread it, otherwise as JSON, which YAML contains. */
function scalar(text: string): string {
  return PLAIN.test(text) && !WORDS_OF_YAML.test(text) ? text : JSON.stringify(text)
}
