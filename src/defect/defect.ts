/**
 * What a deliberate defect is: one thing that is wrong, the rule that forbids it, how it is caused, and what a verifier
 * must find.
 *
 * A defect says where it acts. It may spoil certificates (`certificates`, by their place in a hierarchy; see
 * `spoiling.ts` for the stages of making one), what is handed to the verifier (`presented`), or the CRLs (`crls`).
 * Those that spoil a single certificate can be asked for by `pki issue --defect`; all are in the gallery.
 *
 * The makers meet the judge here in one point only: codes of findings, as types, so that a code that does not exist
 * does not compile. Whether the engine really finds them, the tests ask.
 */

import type { NamedAuthority } from '../issue/credential.ts'
import type { CrlRequest } from '../issue/crl.ts'
import type { Credential } from '../keys/credential.ts'
import type { PrivateKey, Signer } from '../keys/keys.ts'
import type { FindingCode } from '../path/findings.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { Spoiling } from './spoiling.ts'

/** The groups, in the order in which they are listed. */
export const DEFECT_GROUPS = [
  'validity',
  'signature',
  'names',
  'identity',
  'basic-constraints',
  'key-usage',
  'name-constraints',
  'policies',
  'key-identifiers',
  'serial-number',
  'extensions',
  'encoding',
  'keys',
  'path',
  'revocation',
] as const

/** The part of the subject that a defect belongs to. */
export type DefectGroup = (typeof DEFECT_GROUPS)[number]

/** The rule sets of the engine, by name. */
export const RULE_SET_NAMES = ['rfc5280', 'rfc5280-strict', 'webpki'] as const

export type RuleSetName = (typeof RULE_SET_NAMES)[number]

/** The certificates of a hierarchy, from the top. `upper` stands in those only whose defect needs a second authority. */
export type Place = 'root' | 'upper' | 'authority' | 'target'

/** What a verifier is asked about the target of the gallery, unless a defect asks otherwise. */
export interface Question {
  /** A DNS name or an IP address. */
  readonly host: string
  /** Whether the CRLs are looked at, for every certificate below the root. */
  readonly revocation: boolean
  /** Policies of which one must be valid for the path; that makes a policy required (§6.1.1 (c), (e)). */
  readonly policies: readonly string[]
}

/** A hierarchy as it was made, before anything is presented to a verifier. */
export interface Hierarchy {
  readonly root: NamedAuthority
  readonly upper: NamedAuthority | undefined
  readonly authority: NamedAuthority
  readonly target: Credential
}

/** What a verifier is given beside the target. */
export interface Presented {
  /** Instead of the target that was made. */
  readonly target?: Credential
  /** As a server sends them: nearest first. */
  readonly chain: readonly Certificate[]
  readonly trustAnchors: readonly Certificate[]
}

/** Makes more certificates, for defects of whole paths. Equal names of keys are equal keys. */
export interface Maker {
  readonly now: Date
  key(name: string): PrivateKey
  createSigner(key: PrivateKey): Signer
  root(subject: string, key: PrivateKey): NamedAuthority
  authority(subject: string, key: PrivateKey, issuer: NamedAuthority): NamedAuthority
  target(issuer: NamedAuthority | undefined, spoiling?: Spoiling): Credential
}

/** How one CRL is spoiled; what comes out undefined is not there. */
export type CrlSpoiling = (request: CrlRequest, made: Hierarchy, maker: Maker) => CrlRequest | undefined

/** What each rule set must find: every code that is reported, warnings included, in any order. */
export interface Expectation {
  /** `unreadable`: the bytes are no certificate at all, and no rule set is asked. */
  readonly findings: Readonly<Record<RuleSetName, readonly FindingCode[]>> | 'unreadable'
  readonly rejectedBy: readonly RuleSetName[]
}

/** One thing that is wrong with a certificate on purpose, how to cause it, and what must be found. */
export interface Defect {
  /** In kebab-case; a name of its own for the one thing that is wrong. */
  readonly id: string
  readonly group: DefectGroup
  /** A sentence without capital and final period: what is wrong. */
  readonly wrong: string
  /** The rule it breaks, such as `RFC 5280 §4.1.2.5`. */
  readonly rule: string
  readonly certificates?: Readonly<Partial<Record<Place, Spoiling>>>
  readonly presented?: (made: Hierarchy, maker: Maker) => Presented
  readonly crls?: Readonly<Partial<Record<'root' | 'authority', CrlSpoiling>>>
  readonly asked?: Partial<Question>
  /** The gallery's authority needs an RSA key for it: some digests go with no other. */
  readonly rsaAuthority?: boolean
  readonly expected: Expectation
}

/** A defect as it stands in the table of its group: the key of the table is its id. */
export type DefectEntry = Omit<Defect, 'id' | 'group'>

/** The defects of a group by their ids. */
export function defectsOf<Id extends string>(
  group: DefectGroup,
  entries: Readonly<Record<Id, DefectEntry>>,
): Readonly<Record<Id, Defect>> {
  const defects = (Object.entries(entries) as [Id, DefectEntry][]).map(([id, entry]) => [id, { id, group, ...entry }])
  return Object.fromEntries(defects) as Readonly<Record<Id, Defect>>
}

/** Codes that every rule set reports, and those that `webpki` has to add. */
type Found = { readonly all?: readonly FindingCode[]; readonly webpki?: readonly FindingCode[] }

function expectation(rejectedBy: readonly RuleSetName[], { all = [], webpki = [] }: Found): Expectation {
  return { findings: { rfc5280: all, 'rfc5280-strict': all, webpki: [...all, ...webpki] }, rejectedBy }
}

/** Path validation itself rejects (§6). */
export function rejected(all: readonly FindingCode[], webpki: readonly FindingCode[] = []): Expectation {
  return expectation(RULE_SET_NAMES, { all, webpki })
}

/** A breach of the certificate profile (§4): path validation warns, the strict sets reject. */
export function breach(all: readonly FindingCode[], webpki: readonly FindingCode[] = []): Expectation {
  return expectation(['rfc5280-strict', 'webpki'], { all, webpki })
}

/** A breach of what the CA/Browser Forum adds; RFC 5280 has nothing against it. */
export function webBreach(webpki: readonly FindingCode[], all: readonly FindingCode[] = []): Expectation {
  return expectation(['webpki'], { all, webpki })
}

/** Algorithms too weak to rely on: RFC 5280 lets them pass with a warning, for which `webpki` has errors of its own. */
export function weak(warnings: readonly FindingCode[], webpki: readonly FindingCode[]): Expectation {
  return { findings: { rfc5280: warnings, 'rfc5280-strict': warnings, webpki }, rejectedBy: ['webpki'] }
}

/** Bad manners or a trap for verifiers: nobody who keeps the rules rejects it. */
export function tolerated(all: readonly FindingCode[] = [], webpki: readonly FindingCode[] = []): Expectation {
  return expectation([], { all, webpki })
}

/** Bytes that a strict reader does not take for a certificate. */
export const UNREADABLE: Expectation = { findings: 'unreadable', rejectedBy: RULE_SET_NAMES }
