/**
 * Rule sets: what each finding weighs for whom. Data only; every set is judged by the same engine.
 *
 * | name             | is                                                                                     |
 * |------------------|----------------------------------------------------------------------------------------|
 * | `rfc5280`        | path validation (§6); breaches of the certificate profile (§4) are warnings             |
 * | `rfc5280-strict` | the same, and breaches of the profile are errors                                        |
 * | `webpki`         | the strict set and the CA/Browser Forum's requirements for TLS servers                  |
 */

import { CERTIFICATE_FINDINGS } from './findings/certificate.ts'
import { EVIDENCE_FINDINGS } from './findings/revocation.ts'
import { WEBPKI_FINDINGS } from './findings/webpki.ts'
import type { FindingCode } from './findings.ts'

/** What a finding means for the verdict. */
export type Weight = 'error' | 'warning' | 'ignored'

/**
 * How much each finding weighs, and by what name a platform calls it. Plain data: a rule set of one's own is an
 * object.
 */
export interface RuleSet {
  readonly name: string
  /** A code that is not listed weighs `error`: what nobody has weighed must not slip through. */
  readonly weights: Readonly<Partial<Record<FindingCode, Weight>>>
  /** What the platform that the set describes calls a finding; missing where there is no such platform or name. */
  readonly platformNames?: Readonly<Partial<Record<FindingCode, string>>>
  /**
   * Whether to read on above a certificate whose signature is bad or whose issuer is unknown, and report everything.
   * RFC 5280 has no use for what unauthenticated bytes say; some platforms report it all the same.
   */
  readonly reportsUnauthenticated: boolean
}

/** What a finding of this kind weighs under a rule set. */
export function weightOf(rules: RuleSet, code: FindingCode): Weight {
  return rules.weights[code] ?? 'error'
}

const ignoredTables = new WeakMap<RuleSet, Map<object, boolean>>()

/** Whether a rule set ignores every code of an area's table, so that its checks need not run. */
export function ignoresAll(rules: RuleSet, table: object): boolean {
  let known = ignoredTables.get(rules)
  if (known === undefined) {
    known = new Map()
    ignoredTables.set(rules, known)
  }
  let ignored = known.get(table)
  if (ignored === undefined) {
    ignored = Object.keys(table).every((code) => weightOf(rules, code as FindingCode) === 'ignored')
    known.set(table, ignored)
  }
  return ignored
}

type Weights = Partial<Record<FindingCode, Weight>>

function weighAll(table: object, weight: Weight): Weights {
  return Object.fromEntries(Object.keys(table).map((code) => [code, weight])) as Weights
}

/** Findings of path building and validation that reject under no RFC rule, but are worth knowing. */
const SECTION_6: Weights = {
  'path.malformed-candidate': 'warning',
  // That an issuer is missing has a finding of its own; this one says what was done about it.
  'path.issuer-not-fetched': 'warning',
  // §4.2.1.1: the key identifier helps to find the issuer; whether it is the issuer, its signature tells.
  'path.key-identifier-mismatch': 'warning',
  // The RFC has no opinion on algorithms (§4.1.1.2 leaves them to others), and test hierarchies have old ones on purpose.
  'signature.weak-digest': 'warning',
  'key.too-short': 'warning',
  // §4.1.2.5: the validity period includes its last second.
  'validity.at-not-after': 'ignored',
  // §4.2.1.12: "applications that require the presence of a particular purpose MAY reject"
  'purpose.only-any': 'ignored',
  // RFC 9525 §6.3 knows no public suffixes.
  'identity.public-suffix-wildcard': 'warning',
  // §4.2.1.12 gives extKeyUsage in a CA no meaning for what it issues. Most platforms do.
  'purpose.not-allowed-by-issuer': 'warning',
  // §6.3.3: evidence that cannot be used decides nothing; that a status stays unknown has a finding of its own.
  ...weighAll(EVIDENCE_FINDINGS, 'warning'),
  'revocation.unknown-tolerated': 'warning',
}

/** Breaches of the profile of which §6 itself says nothing. */
const SECTION_4: Weights = {
  ...weighAll(CERTIFICATE_FINDINGS, 'warning'),
  'name-constraints.malformed-subtree': 'warning',
  'name-constraints.leading-dot': 'warning',
  'policy.duplicate': 'warning',
  'policy.mappings-not-ca': 'warning',
  'policy.constraints-empty': 'warning',
  'policy.constraints-not-ca': 'warning',
  // These make the key unusable, or the period empty, whatever the path.
  'key.malformed': 'error',
  'key.explicit-curve': 'error',
}

function errorsOf(weights: Weights): Weights {
  return Object.fromEntries(Object.keys(weights).map((code) => [code, 'error'])) as Weights
}

const NO_WEBPKI = weighAll(WEBPKI_FINDINGS, 'ignored')

/** Path validation, RFC 5280 §6: the default. */
export const RFC5280: RuleSet = {
  name: 'rfc5280',
  weights: { ...NO_WEBPKI, ...SECTION_6, ...SECTION_4 },
  reportsUnauthenticated: false,
}

/** Path validation and the certificate profile of §4. */
export const RFC5280_STRICT: RuleSet = {
  name: 'rfc5280-strict',
  weights: { ...NO_WEBPKI, ...SECTION_6, ...errorsOf(SECTION_4), 'purpose.not-allowed-by-issuer': 'error' },
  reportsUnauthenticated: false,
}

/** The CA/Browser Forum's Baseline Requirements for TLS servers, as far as a certificate shows them. */
export const WEBPKI: RuleSet = {
  name: 'webpki',
  weights: {
    ...RFC5280_STRICT.weights,
    ...weighAll(WEBPKI_FINDINGS, 'error'),
    'purpose.only-any': 'error',
    // Errors of its own say it: `webpki.signature-algorithm`, `webpki.key-size`, `webpki.key-type`.
    'signature.weak-digest': 'ignored',
    'key.too-short': 'ignored',
    'identity.public-suffix-wildcard': 'error',
    // NSS, Go and webpki take the dot, and CAs of the web have it.
    'name-constraints.leading-dot': 'warning',
    // BR §7.1.2.10.8 lets them be not critical for the sake of old clients.
    'name-constraints.not-critical': 'warning',
    // Baseline Requirements bind public CAs; clients enforce the limit for those alone.
    'webpki.validity-too-long': 'warning',
    // BR §6.1.6 asks for 3 and recommends 65537.
    'webpki.key-exponent-small': 'warning',
  },
  reportsUnauthenticated: false,
}

/** All rule sets by name. */
export const RULE_SETS: Readonly<Record<string, RuleSet>> = {
  [RFC5280.name]: RFC5280,
  [RFC5280_STRICT.name]: RFC5280_STRICT,
  [WEBPKI.name]: WEBPKI,
}
