/**
 * Hierarchies as data: who is issued by whom, and in which order that can be done.
 *
 * A {@link HierarchySpec} is what people write down, in any order. An {@link IssuancePlan} is that in the order of
 * issue, with everything that exists already left out: pure, so that it can be printed before anything is done.
 */

import { PkiError } from '../errors.ts'
import type { Credential } from '../keys/credential.ts'
import type { RandomSource } from '../keys/random.ts'
import { overrideProfile, type ProfileOverrides } from '../profile/override.ts'
import type { CertificateProfile } from '../profile/profile.ts'
import type { SeededSource } from '../seed/seeded-source.ts'
import { guessGeneralName } from '../x509/general-name-text.ts'
import { type IssuedCredential, issueCredential } from './credential.ts'

/** One certificate that is to be made. */
export interface HierarchyEntry {
  readonly name: string
  /** The name of a profile. */
  readonly profile: string
  /** The name of the issuer, in the spec or existing already; absent for a self-signed certificate. */
  readonly from?: string | undefined
  /** Alternative names as text: `web.test`, `127.0.0.1`, `upn:alice@corp.test`. */
  readonly names?: readonly string[] | undefined
  readonly overrides?: ProfileOverrides | undefined
}

/** Who is issued by whom, in any order. */
export interface HierarchySpec {
  readonly certificates: readonly HierarchyEntry[]
}

/** What is left to be made, in an order that works. */
export interface IssuancePlan {
  /** In an order in which each issuer comes before what it issues. */
  readonly steps: readonly HierarchyEntry[]
  /** Names that were asked for and exist already. */
  readonly existing: readonly string[]
}

/**
 * The plan for a spec; entries keep the spec's order as far as that is possible.
 * @param existing names that are there already and need not be issued
 * @throws PkiError `usage.name` for a name used twice, `usage.option` for an issuer that is nowhere or a circle of issuers
 */
export function planHierarchy(spec: HierarchySpec, existing: ReadonlySet<string> = new Set()): IssuancePlan {
  const byName = new Map<string, HierarchyEntry>()
  for (const entry of spec.certificates) {
    if (byName.has(entry.name)) throw new PkiError('usage.name', `two certificates are called ${entry.name}`)
    byName.set(entry.name, entry)
  }
  const steps: HierarchyEntry[] = []
  const planned = new Set(existing)
  const add = (entry: HierarchyEntry, above: readonly string[]): void => {
    const { name, from } = entry
    if (planned.has(name)) return
    if (above.includes(name)) {
      throw new PkiError('usage.option', `a circle of issuers: ${[...above, name].join(' from ')}`)
    }
    if (from !== undefined && !planned.has(from)) {
      const issuer = byName.get(from)
      if (issuer === undefined) throw new PkiError('usage.option', `${name}: there is no issuer called ${from}`)
      add(issuer, [...above, name])
    }
    planned.add(name)
    steps.push(entry)
  }
  for (const entry of spec.certificates) add(entry, [])
  return { steps, existing: [...byName.keys()].filter((name) => existing.has(name)) }
}

/** What it takes to carry out a plan. */
export interface PlanMeans {
  /** Every profile the plan names. */
  readonly profiles: ReadonlyMap<string, CertificateProfile>
  /** The credential of an authority that exists already. */
  readonly existing?: (name: string) => Credential | undefined
  readonly unchecked?: boolean | undefined
  readonly now: Date
  readonly random: RandomSource
  /** Makes everything follow from a seed; mark the profiles with `markedProfile` then. */
  readonly seeded?: SeededSource | undefined
}

/**
 * Carries out a plan; what comes out is written nowhere yet.
 * @returns what was issued, by name, in the order of the plan
 * @throws PkiError as {@link issueCredential}, naming the step; nothing is returned then
 */
export function issuePlan({ steps }: IssuancePlan, means: PlanMeans): ReadonlyMap<string, IssuedCredential> {
  const issued = new Map<string, IssuedCredential>()
  for (const step of steps) {
    try {
      issued.set(step.name, issueStep(step, issued, means))
    } catch (cause) {
      if (!(cause instanceof PkiError)) throw cause
      const { code, message, hint, context } = cause
      throw new PkiError(code, `${step.name}: ${message}`, { cause, context, ...(hint !== undefined && { hint }) })
    }
  }
  return issued
}

function issueStep(
  { name, profile: profileName, from, names = [], overrides = {} }: HierarchyEntry,
  issued: ReadonlyMap<string, IssuedCredential>,
  { profiles, existing, unchecked, now, random, seeded }: PlanMeans,
): IssuedCredential {
  const profile = profiles.get(profileName)
  if (profile === undefined) throw new PkiError('usage.profile', `unknown profile: ${profileName}`)
  const credential = from === undefined ? undefined : (issued.get(from)?.credential ?? existing?.(from))
  if (from !== undefined && credential === undefined)
    throw new PkiError('input.not-found', `no authority called ${from}`)
  return issueCredential({
    profile: overrideProfile(profile, overrides),
    name,
    issuer: from === undefined || credential === undefined ? undefined : { name: from, credential },
    names: names.map(guessGeneralName),
    unchecked,
    now,
    random,
    seeded,
  })
}
