/**
 * What an entry of a hierarchy file has to say so that its certificate gets the extensions of one that is there.
 *
 * Nothing is taken for granted: whatever an entry could say is handed to what makes certificates, and is good if the
 * same octets come out. The words that the file has for an extension are tried first (`statements.ts`), then the
 * extension octet for octet, as `extensions:` takes it.
 */

import { DerError } from '../der/reader.ts'
import { equalBytes } from '../der/writer.ts'
import { PkiError } from '../errors.ts'
import { extensionsFromProfile } from '../issue/extensions-from-profile.ts'
import { subjectAltName } from '../issue/subject-alt-name.ts'
import { overrideProfile, type ProfileOverrides } from '../profile/override.ts'
import type { ExtensionName } from '../profile/profile.ts'
import type { Extension } from '../x509/extension.ts'
import type { ExtensionToWrite } from '../x509/extension-encoding.ts'
import { guessGeneralName } from '../x509/general-name-text.ts'
import { EXTENSION, oidName } from '../x509/oids.ts'
import { alternativeNames, type Described, STATEMENTS } from './statements.ts'

export interface Differences {
  readonly overrides: ProfileOverrides
  /** Alternative names as text. */
  readonly names: readonly string[]
  /** Extensions that an entry cannot have so, by name or object identifier. */
  readonly unsaid: readonly string[]
}

/** @param extensions of the certificate, those left out that an entry is not to say */
export function differencesFrom(described: Described, extensions: readonly Extension[]): Differences {
  const names = alternativeNames(described.certificate)
  const trial = new Trial(described, extensions, names)
  let said = startingFrom(described.inherited)
  // The profile's own names and its demands: an entry that leaves them out has its names and no others.
  const hasDemands = described.profile.subjectAltName !== undefined
  if (hasDemands && !trial.hasValue(EXTENSION.subjectAltName, said)) said = adding(said, 'omit', 'subjectAltName')
  said = inWords(said, trial, described)
  said = withCriticality(said, trial)
  const repaired = inOctets(said, trial)
  return { overrides: withoutRepetition(repaired.said, described.inherited), names, unsaid: repaired.unsaid }
}

/** The extensions that differ from what the profile makes, by name; nothing is said about them. */
export function differingExtensions(described: Described, extensions: readonly Extension[]): readonly string[] {
  const trial = new Trial(described, extensions, alternativeNames(described.certificate))
  if (!trial.canBeMade({})) return []
  return trial
    .identifiers({})
    .filter((oid) => !trial.isSame(oid, {}))
    .map(nameOf)
}

/** A list of the entry replaces that of the one whose key it certifies; so it is written whole, if at all. */
const LISTS = ['extensions', 'critical', 'notCritical', 'omit'] as const

function startingFrom(inherited: ProfileOverrides): ProfileOverrides {
  return Object.fromEntries(LISTS.filter((key) => inherited[key] !== undefined).map((key) => [key, []]))
}

function withoutRepetition(said: ProfileOverrides, inherited: ProfileOverrides): ProfileOverrides {
  const isNews = ([key, value]: readonly [string, unknown]) => {
    return JSON.stringify(value) !== JSON.stringify(inherited[key as keyof ProfileOverrides])
  }
  return Object.fromEntries(Object.entries(said).filter(isNews))
}

function adding(said: ProfileOverrides, key: (typeof LISTS)[number], item: string): ProfileOverrides {
  return { ...said, [key]: [...(said[key] ?? []), item] }
}

function inWords(start: ProfileOverrides, trial: Trial, described: Described): ProfileOverrides {
  let said = start
  for (const [extension, statementsOn] of STATEMENTS) {
    if (trial.hasValue(EXTENSION[extension], said)) continue
    const candidates = statementsOn(described).map((words) => ({ ...said, ...words }))
    said = candidates.find((words) => trial.hasValue(EXTENSION[extension], words)) ?? said
  }
  return said
}

function withCriticality(start: ProfileOverrides, trial: Trial): ProfileOverrides {
  let said = start
  for (const { oid, critical } of trial.extensions) {
    const name = extensionName(oid)
    if (name === undefined || !trial.hasValue(oid, said) || trial.isSame(oid, said)) continue
    const words = adding(said, critical ? 'critical' : 'notCritical', name)
    if (trial.isSame(oid, words)) said = words
  }
  return said
}

function inOctets(start: ProfileOverrides, trial: Trial) {
  const unsaid: string[] = trial.repeated().map((oid) => `${nameOf(oid)} more than once`)
  let said = start
  for (const oid of trial.identifiers(start)) {
    if (trial.isSame(oid, said)) continue
    const own = trial.extensions.find((extension) => extension.oid === oid)
    const words = own === undefined ? adding(said, 'omit', nameOf(oid)) : spelledOut(said, own)
    if (words !== undefined && trial.isSame(oid, words)) said = words
    else unsaid.push(nameOf(oid))
  }
  return { said, unsaid }
}

function spelledOut(said: ProfileOverrides, { oid, critical, value }: Extension): ProfileOverrides | undefined {
  // It names the issuer's key, and that is another one each time that the file is applied.
  if (oid === EXTENSION.authorityKeyIdentifier) return undefined
  const octets = Buffer.from(value).toString('hex')
  return adding(said, 'extensions', `${nameOf(oid)}=${critical ? '{critical}' : ''}{hex}${octets}`)
}

const NAMES = new Map(Object.entries(EXTENSION).map(([name, oid]) => [oid as string, name as ExtensionName]))

function extensionName(oid: string): ExtensionName | undefined {
  return NAMES.get(oid)
}

function nameOf(oid: string): string {
  return extensionName(oid) ?? oidName(oid) ?? oid
}

/** Makes the extensions of what an entry could say, and compares them. */
class Trial {
  readonly extensions: readonly Extension[]
  readonly #described: Described
  readonly #names: readonly string[]
  readonly #byOid: ReadonlyMap<string, Extension>
  #last: { readonly said: ProfileOverrides; readonly made: Made } | undefined

  constructor(described: Described, extensions: readonly Extension[], names: readonly string[]) {
    this.#described = described
    this.#names = names
    this.extensions = extensions
    this.#byOid = new Map(extensions.map((extension) => [extension.oid, extension]))
  }

  /** False for what would be refused, and for a key that cannot be read. */
  canBeMade(said: ProfileOverrides): boolean {
    return this.#make(said) !== undefined
  }

  /** Whether an extension comes out with the same value, or both certificates have none. */
  hasValue(oid: string, said: ProfileOverrides): boolean {
    const made = this.#make(said)
    if (made === undefined) return false
    const [own, other] = [this.#byOid.get(oid), made.get(oid)]
    if (own === undefined || other === undefined) return own === other
    return equalBytes(own.value, other.value)
  }

  /** The same, and as critical. */
  isSame(oid: string, said: ProfileOverrides): boolean {
    return this.hasValue(oid, said) && this.#byOid.get(oid)?.critical === this.#make(said)?.get(oid)?.critical
  }

  /** Those of the certificate and those that would be made. */
  identifiers(said: ProfileOverrides): readonly string[] {
    return [...new Set([...this.#byOid.keys(), ...(this.#make(said)?.keys() ?? [])])]
  }

  /** §4.2: a certificate must not hold two instances of one extension, and nothing makes such ones but a defect. */
  repeated(): readonly string[] {
    const oids = this.extensions.map(({ oid }) => oid)
    return [...new Set(oids.filter((oid, i) => oids.indexOf(oid) !== i))]
  }

  /** The last answer is kept: it is asked for several times. */
  #make(said: ProfileOverrides): Made {
    if (this.#last?.said === said) return this.#last.made
    const made = this.#tryToMake(said)
    this.#last = { said, made }
    return made
  }

  #tryToMake(said: ProfileOverrides): Made {
    const { name, certificate, issuer, profile, inherited } = this.#described
    try {
      const contents = overrideProfile(profile, { ...inherited, ...said })
      const made = extensionsFromProfile(contents, {
        subject: certificate.subject,
        names: subjectAltName(contents.subjectAltName, this.#names.map(guessGeneralName), name),
        publicKey: certificate.publicKey,
        issuer: issuer && { certificate: issuer.certificate, chain: [] },
        pointerName: issuer?.name ?? name,
      })
      return new Map(made.map((extension) => [extension.oid, extension]))
    } catch (cause) {
      if (cause instanceof PkiError || cause instanceof DerError) return undefined
      throw cause
    }
  }
}

type Made = ReadonlyMap<string, ExtensionToWrite> | undefined
