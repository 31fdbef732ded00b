/**
 * Is this certificate good? The whole engine in one call: propose paths, validate each, and say what was found.
 *
 * Synchronous and pure: no clock, no network, no files. CRLs and further certificates are handed in.
 */

import type { DerError } from '../der/reader.ts'
import { PkiError } from '../errors.ts'
import type { Certificate } from '../x509/certificate.ts'
import { Budget, type BudgetLimits, DEFAULT_BUDGET } from './budget.ts'
import { type CandidatePath, PathBuilder } from './build.ts'
import { type Finding, finding } from './findings.ts'
import { checkIdentity, type Identity } from './identity.ts'
import { NO_POLICIES, type PolicyInputs, type PolicyOutcome } from './policies.ts'
import { type CertificateStatus, checkRevocation, type RevocationOptions } from './revocation.ts'
import { isSameCertificate } from './revocation-context.ts'
import type { NotFetched } from './revocation-evidence.ts'
import { RFC5280, type RuleSet, weightOf } from './rule-set.ts'
import { SignatureChecker, type SignatureMemory } from './signatures.ts'
import { PathSignerSource } from './signer-source.ts'
import { IssuerPool, TrustStore } from './trust-store.ts'
import { type ValidationInputs, validatePath } from './validate.ts'

/** What to verify against. Only trust and time are required; nothing that is left out widens trust. */
export interface VerifyOptions {
  /** The certificates that are trusted. An empty list trusts nothing. Prepare a {@link TrustStore} to use it often. */
  readonly trustAnchors: readonly Certificate[] | TrustStore
  /** The instant to verify for. */
  readonly at: Date
  /** Certificates that may stand between target and anchor. Prepare an {@link IssuerPool} to use it often. */
  readonly untrusted?: readonly Certificate[] | IssuerPool | undefined
  /** Inputs that should have been certificates and could not be read: they are reported, and cannot do harm. */
  readonly malformed?: readonly MalformedInput[] | undefined
  /** Issuers that could not be got although certificates point to them: told of where a path ends for want of one. */
  readonly issuersNotFetched?: readonly NotFetched[] | undefined
  /** Default: {@link RFC5280}. */
  readonly rules?: RuleSet | undefined
  /** The extended key usage that the target is wanted for, an object identifier. */
  readonly purpose?: string | undefined
  /** The name that the target is wanted for. */
  readonly identity?: Identity | undefined
  /** Whether everything below a domain belongs to somebody else, from a public suffix list; see `identity.ts`. */
  readonly isPublicSuffix?: ((domain: string) => boolean) | undefined
  readonly policies?: PolicyInputs | undefined
  /** How many intermediate certificates a path may have, self-issued ones not counted. */
  readonly maxDepth?: number | undefined
  /**
   * Whether the anchors' own certificates constrain paths (RFC 5937): validity, basicConstraints, keyUsage, name
   * constraints, policies. Default true; false takes name and key alone, as §6.1.1 (d) has it.
   */
  readonly anchorConstraints?: boolean | undefined
  /** Left out, revocation is not looked at; given, what the evidence does not clear is rejected. */
  readonly revocation?: RevocationOptions | undefined
  readonly budget?: Partial<BudgetLimits> | undefined
  /** Remembers verified issuer signatures between calls. */
  readonly signatureMemory?: SignatureMemory | undefined
}

/** Bytes that were given as a certificate and are none. */
export interface MalformedInput {
  /** What a person knows the input by, such as a file name and block number. */
  readonly source: string
  readonly error: DerError
}

/** One path that was tried. */
export interface Attempt {
  /** From the target upward. */
  readonly path: readonly Certificate[]
  /** Whether the last certificate of the path is a trust anchor. */
  readonly anchored: boolean
  /** Whether every signature from the anchor down to the target verified. */
  readonly authenticated: boolean
  /** Errors and warnings; what the rule set ignores is left out. */
  readonly findings: readonly Finding[]
  readonly valid: boolean
  readonly policies: PolicyOutcome
  /** What the evidence said about each certificate; empty if revocation was not looked at. */
  readonly statuses: readonly CertificateStatus[]
}

/** What {@link verifyCertificate} found out. `valid` follows from findings and rule set; nothing else sets it. */
export interface Verdict {
  /** An anchor was reached, and no finding is an error. */
  readonly valid: boolean
  /** From the target to the anchor; where there is no valid path, the attempt that tells most. */
  readonly path: readonly Certificate[]
  /** Whether the last certificate of the path is a trust anchor. */
  readonly anchored: boolean
  /** Of that path, and of the verification as a whole: errors and warnings. `weightOf` tells which is which. */
  readonly findings: readonly Finding[]
  /** The paths tried, in order; beyond {@link MAX_ATTEMPTS} those that tell least are left out. */
  readonly attempts: readonly Attempt[]
  /** The policies under which the path is valid (§6.1.6). */
  readonly policies: PolicyOutcome
  /** What the evidence on revocation said about each certificate of the path; empty if it was not looked at. */
  readonly statuses: readonly CertificateStatus[]
  readonly rules: RuleSet
}

/** How many attempts a verdict keeps: enough to explain, too few to fill the memory. */
export const MAX_ATTEMPTS = 64

/**
 * Verifies one certificate.
 * @throws PkiError for options that contradict themselves, never for what a certificate says
 */
export function verifyCertificate(target: Certificate, options: VerifyOptions): Verdict {
  const { trustAnchors, untrusted = [], rules = RFC5280 } = options
  const trust = trustAnchors instanceof TrustStore ? trustAnchors : new TrustStore(trustAnchors)
  const pool = untrusted instanceof IssuerPool ? untrusted : new IssuerPool(untrusted)
  const budget = new Budget(options.budget ?? DEFAULT_BUDGET)
  const inputs = validationInputs(options, rules, budget)

  const builder = new PathBuilder(target, trust, pool, inputs.at.getTime(), budget)
  const attempts: Attempt[] = []
  let best: Attempt | undefined
  for (let candidate = builder.next(); candidate !== undefined; candidate = builder.next()) {
    const attempt = attemptPath(candidate, pool, inputs, options)
    if (attempts.length < MAX_ATTEMPTS) attempts.push(attempt)
    if (best === undefined || tellsMore(attempt, best, rules)) best = attempt
    if (attempt.valid || budget.exhausted !== undefined) break
  }
  if (best !== undefined && !attempts.includes(best)) attempts[MAX_ATTEMPTS - 1] = best
  return conclude(target, best, attempts, generalFindings(best, budget, options.malformed ?? []), rules)
}

function validationInputs(options: VerifyOptions, rules: RuleSet, budget: Budget): ValidationInputs {
  const milliseconds = options.at.getTime()
  if (Number.isNaN(milliseconds)) throw new PkiError('usage.time', 'the instant to verify for is not a date')
  const { maxDepth } = options
  if (maxDepth !== undefined && !(maxDepth >= 0)) {
    throw new PkiError('usage.option', `the greatest depth must be 0 or more, not ${maxDepth}`)
  }
  return {
    rules,
    // Certificates count in seconds; the rest of a second does not make one expire.
    at: new Date(Math.floor(milliseconds / 1000) * 1000),
    purpose: options.purpose,
    policies: options.policies ?? {},
    maxDepth,
    anchorConstraints: options.anchorConstraints ?? true,
    budget,
    signatures: new SignatureChecker(budget, options.signatureMemory),
  }
}

function attemptPath(
  candidate: CandidatePath,
  pool: IssuerPool,
  inputs: ValidationInputs,
  options: VerifyOptions,
): Attempt {
  const { rules, at, budget } = inputs
  const { certificates: path } = candidate
  const anchored = candidate.end === 'anchor'
  const validation = validatePath(candidate, inputs)
  const findings = [...validation.findings]
  if (candidate.end === 'issuer-missing') findings.push(...issuersNotFetched(path, options))
  if (validation.authenticated || rules.reportsUnauthenticated) checkTargetIdentity(candidate, options, findings)

  // §6.1.3 (a)(3), last: only issuers of a path that is otherwise valid are to be believed about revocation.
  let statuses: readonly CertificateStatus[] = []
  if (options.revocation !== undefined && validation.authenticated && !hasError(findings, rules)) {
    const signers = new PathSignerSource(path, pool, inputs)
    const revocation = checkRevocation(path, options.revocation, { at, budget, signers })
    findings.push(...revocation.findings)
    statuses = revocation.statuses
  }
  const weighed = findings.filter(({ code }) => weightOf(rules, code) !== 'ignored')
  return {
    path,
    anchored,
    authenticated: validation.authenticated,
    findings: weighed.length > 1 ? weighed.sort(byCertificate) : weighed,
    valid: anchored && validation.authenticated && !hasError(weighed, rules),
    policies: validation.policies,
    statuses,
  }
}

function issuersNotFetched(path: readonly Certificate[], options: VerifyOptions): readonly Finding[] {
  const top = path.length - 1
  const concerned = (options.issuersNotFetched ?? []).filter(({ certificate }) =>
    isSameCertificate(certificate, path[top] as Certificate),
  )
  return concerned.map(({ certificate: _, ...facts }) => finding('path.issuer-not-fetched', top, facts))
}

function checkTargetIdentity({ certificates }: CandidatePath, options: VerifyOptions, findings: Finding[]): void {
  const { identity, isPublicSuffix } = options
  const [target] = certificates
  if (identity === undefined || target === undefined) return
  findings.push(...checkIdentity(target, identity, isPublicSuffix === undefined ? {} : { isPublicSuffix }))
}

function hasError(findings: readonly Finding[], rules: RuleSet): boolean {
  return findings.some(({ code }) => weightOf(rules, code) === 'error')
}

/** The target first, what speaks of no certificate last. */
function byCertificate(a: Finding, b: Finding): number {
  return (a.certificate ?? Number.MAX_SAFE_INTEGER) - (b.certificate ?? Number.MAX_SAFE_INTEGER)
}

/**
 * Which of two failures a person is told about: the one that came further. A path that reached an anchor, and whose
 * signatures verified, tells about the certificates; one that did not tells only that something is missing.
 */
function tellsMore(a: Attempt, b: Attempt, rules: RuleSet): boolean {
  const [rankA, rankB] = [rank(a), rank(b)]
  if (rankA !== rankB) return rankA > rankB
  if (!a.authenticated && a.path.length !== b.path.length) return a.path.length > b.path.length
  return errorCount(a, rules) < errorCount(b, rules)
}

function rank({ valid, authenticated, anchored }: Attempt): number {
  return valid ? 3 : authenticated ? 2 : anchored ? 1 : 0
}

function errorCount({ findings }: Attempt, rules: RuleSet): number {
  return findings.filter(({ code }) => weightOf(rules, code) === 'error').length
}

/** What is to be said whatever the path: inputs that could not be read, and a search that was given up. */
function generalFindings(
  best: Attempt | undefined,
  { exhausted, limits }: Budget,
  malformed: readonly MalformedInput[],
): readonly Finding[] {
  const findings: Finding[] = malformed.map(({ source, error }) =>
    finding('path.malformed-candidate', null, { source, offset: error.offset, reason: error.message }),
  )
  const told = best?.findings.some(({ code }) => code === 'path.budget-exhausted') ?? false
  if (exhausted !== undefined && !told && best?.valid !== true) {
    findings.push(finding('path.budget-exhausted', null, { budget: exhausted, limit: limits[exhausted] }))
  }
  return findings
}

function conclude(
  target: Certificate,
  best: Attempt | undefined,
  attempts: readonly Attempt[],
  general: readonly Finding[],
  rules: RuleSet,
): Verdict {
  const counted = general.filter(({ code }) => weightOf(rules, code) !== 'ignored')
  const findings = [...(best?.findings ?? []), ...counted]
  const anchored = best?.anchored ?? false
  const authenticated = best?.authenticated ?? false
  const valid = anchored && authenticated && !hasError(findings, rules)
  // A rejection without a reason would be a fault of this program, and so would one whose reason weighs nothing.
  if (!valid && !hasError(findings, rules)) throw new Error('rejected without a finding that is an error')
  return {
    valid,
    path: best?.path ?? [target],
    anchored,
    findings,
    attempts,
    policies: valid && best !== undefined ? best.policies : NO_POLICIES,
    statuses: best?.statuses ?? [],
    rules,
  }
}
