/**
 * Revocation: RFC 5280 §6.1.3 (a)(3) for a whole path, with CRLs (§6.3, `crl-status.ts`) and OCSP responses (RFC 6960,
 * `ocsp-evidence.ts`) as evidence. All evidence is handed in; nothing is fetched.
 *
 * A certificate is good if the CRLs clear it of all reasons or an OCSP response says so, and neither condemns it. Where
 * nothing current tells, evidence that is out of date may still condemn, though never clear: a revocation other than
 * a hold is for good. Whatever is neither good nor revoked is unknown, and rejects unless the caller says otherwise.
 */

import { PkiError } from '../errors.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { CertificateList } from '../x509/crl.ts'
import { formatName } from '../x509/name-text.ts'
import type { OcspResponse } from '../x509/ocsp.ts'
import { EXTENSION } from '../x509/oids.ts'
import { formatSerialNumber } from '../x509/serial-number.ts'
import { checkSignature } from '../x509/signature.ts'
import type { Budget } from './budget.ts'
import { ALL_REASONS, reasonsIn } from './crl-scope.ts'
import { determineCrlStatus } from './crl-status.ts'
import { about, type Finding, type FindingCode, finding } from './findings.ts'
import { checkOcsp, namesRevocationSource } from './ocsp-evidence.ts'
import {
  isSameCertificate,
  type Note,
  type PathPosition,
  type Revocation,
  type RevocationContext,
  type RevocationState,
  type SignerSource,
} from './revocation-context.ts'
import { type NotFetched, RevocationEvidence } from './revocation-evidence.ts'

/** Which certificates of a path are checked. */
export type RevocationScope =
  /** The target alone. */
  | 'end-entity'
  /** All but the trust anchor. */
  | 'exclude-root'
  /** The trust anchor too, as far as it lists itself: that nobody speaks of an anchor is no fault. */
  | 'entire-chain'

/** How to check revocation; both lists empty means that nothing can be cleared. */
export interface RevocationOptions {
  /** Prepare a {@link RevocationEvidence} to use it often; the OCSP responses go into it too. */
  readonly crls?: readonly CertificateList[] | RevocationEvidence | undefined
  readonly ocspResponses?: readonly OcspResponse[] | undefined
  /** Evidence that could not be got: told of where it would have been needed. */
  readonly notFetched?: readonly NotFetched[] | undefined
  /** Default `exclude-root`. */
  readonly scope?: RevocationScope | undefined
  /** An unknown status is reported but does not reject. Default false. */
  readonly softFail?: boolean | undefined
}

/** What revocation checking needs from whoever validated the path. */
export interface RevocationInputs {
  readonly at: Date
  readonly budget: Budget
  readonly signers: SignerSource
}

/** Which evidence spoke for or against one certificate of the path. */
export interface CertificateStatus {
  /** Index in the path. */
  readonly certificate: number
  readonly state: RevocationState
  /** The evidence relied on, for people. */
  readonly sources: readonly string[]
}

export interface RevocationOutcome {
  readonly findings: readonly Finding[]
  /** One for each certificate that was looked at, from the anchor down. */
  readonly statuses: readonly CertificateStatus[]
}

/**
 * So many findings on unused evidence are reported for one certificate. They are there to be read, and a folder of
 * partitioned CRLs may hold thousands of the wrong scope.
 */
const MAX_EVIDENCE_FINDINGS = 32

/**
 * Checks the certificates of a path that is valid apart from revocation.
 * @param path from the target to the trust anchor
 * @returns `revocation.revoked`, `revocation.issuer-revoked` and `revocation.unknown` (or, with `softFail`,
 * `revocation.unknown-tolerated`) with findings on the evidence that was not used; `path.budget-exhausted`
 */
export function checkRevocation(
  path: readonly Certificate[],
  options: RevocationOptions,
  inputs: RevocationInputs,
): RevocationOutcome {
  const scope = options.scope ?? 'exclude-root'
  const check = new RevocationCheck(path, { ...options, scope }, inputs)
  const findings: Finding[] = []
  const statuses: CertificateStatus[] = []
  let revokedAbove: Certificate | undefined
  for (const index of indexesToCheck(path, scope)) {
    const certificate = path[index] as Certificate
    if (revokedAbove !== undefined) {
      findings.push(finding('revocation.issuer-revoked', index, { issuer: formatName(revokedAbove.subject) }))
      statuses.push({ certificate: index, state: 'unknown', sources: [] })
      continue
    }
    const status = check.statusAt({ path, index })
    statuses.push({ certificate: index, state: status.state, sources: status.sources })
    // An anchor is trusted because the caller says so: silence about it is not held against it.
    const isAnchor = index === path.length - 1
    if (status.state === 'unknown' && (isAnchor || isNeverRevoked(certificate))) continue
    findings.push(...findingsOn(status, certificate, index, options.softFail === true))
    if (status.state === 'revoked') revokedAbove = certificate
  }
  // Whatever was left undone might have condemned: not even `softFail` tolerates that.
  const { exhausted, limits } = inputs.budget
  if (exhausted !== undefined) {
    findings.push(finding('path.budget-exhausted', null, { budget: exhausted, limit: limits[exhausted] }))
  }
  return { findings, statuses }
}

/**
 * The evidence of the options, indexed.
 * @throws PkiError `usage.option` for OCSP responses beside prepared evidence, rather than to pass over them
 */
function prepareEvidence({ crls = [], ocspResponses }: RevocationOptions): RevocationEvidence {
  if (!(crls instanceof RevocationEvidence)) return new RevocationEvidence(crls, ocspResponses)
  if (ocspResponses !== undefined) {
    throw new PkiError('usage.option', 'OCSP responses beside a RevocationEvidence: they go into it')
  }
  return crls
}

/** From the anchor down, because a revoked CA's word about others counts for nothing. */
function indexesToCheck(path: readonly Certificate[], scope: RevocationScope): readonly number[] {
  if (scope === 'end-entity') return [0]
  const top = scope === 'entire-chain' ? path.length - 1 : path.length - 2
  return Array.from({ length: top + 1 }, (_, i) => top - i)
}

/**
 * noRevAvail (RFC 9608 §4): the CA publishes nothing about the certificate, and nothing is asked for; a revocation that
 * is known all the same counts. In a CA's certificate, or beside places to ask, it "MUST NOT" stand (§3), and is nothing.
 */
function isNeverRevoked(certificate: Certificate): boolean {
  const { extensions, decoded } = certificate
  if (!extensions.some(({ oid }) => oid === EXTENSION.noRevAvail)) return false
  return decoded.basicConstraints?.cA !== true && !namesRevocationSource(certificate)
}

function findingsOn(
  status: StatusOfOne,
  { serialNumber }: Certificate,
  index: number,
  softFail: boolean,
): readonly Finding[] {
  const serial = formatSerialNumber(serialNumber)
  const { revocation } = status
  if (revocation !== undefined) return [finding('revocation.revoked', index, { serialNumber: serial, ...revocation })]
  if (status.state === 'unrevoked') return []
  const facts = { serialNumber: serial, considered: status.considered, uncoveredReasons: status.uncoveredReasons }
  const verdict = softFail
    ? finding('revocation.unknown-tolerated', index, facts)
    : finding('revocation.unknown', index, facts)
  return [verdict, ...mostTelling([...status.notes.values()]).map((note) => about(note, index))]
}

/** CRLs of another scope come last: where there are partitions, all but one are of another scope. */
function mostTelling(notes: readonly Finding[]): readonly Finding[] {
  const isScope = ({ code }: Finding) => code === 'revocation.crl-scope'
  const ordered = [...notes.filter((note) => !isScope(note)), ...notes.filter(isScope)]
  return ordered.slice(0, MAX_EVIDENCE_FINDINGS)
}

/** The outcome for one certificate, on the path in question or on that of some signer. */
interface StatusOfOne {
  readonly state: RevocationState
  readonly revocation: Revocation | undefined
  readonly sources: readonly string[]
  readonly considered: number
  readonly uncoveredReasons: readonly string[]
  /** Findings on unused evidence, still without the certificate they are reported on. */
  readonly notes: ReadonlyMap<string, Finding>
}

class RevocationCheck implements RevocationContext {
  readonly at: Date
  readonly evidence: RevocationEvidence
  readonly signers: SignerSource
  readonly budget: Budget
  readonly checkSignature = checkSignature
  readonly #path: readonly Certificate[]
  readonly #scope: RevocationScope
  readonly #notFetched: readonly NotFetched[]
  /** Certificates whose status is being determined, outermost first, and what was noted about evidence on each. */
  readonly #inProgress: { readonly certificate: Certificate; readonly notes: Map<string, Finding> }[] = []

  constructor(
    path: readonly Certificate[],
    options: RevocationOptions & { readonly scope: RevocationScope },
    { at, signers, budget }: RevocationInputs,
  ) {
    this.#path = path
    this.#scope = options.scope
    this.#notFetched = options.notFetched ?? []
    this.evidence = prepareEvidence(options)
    this.at = at
    this.signers = signers
    this.budget = budget
  }

  statusAt(position: PathPosition): StatusOfOne {
    const certificate = position.path[position.index] as Certificate
    const notes = new Map<string, Finding>()
    const note: Note = (code, facts) => {
      // Several distribution points meet the same CRL: what is wrong with it is told once.
      notes.set(JSON.stringify([code, facts]), finding<FindingCode>(code, null, facts))
    }
    for (const { certificate: about, ...facts } of this.#notFetched) {
      if (isSameCertificate(about, certificate)) note('revocation.not-fetched', facts)
    }
    this.#inProgress.push({ certificate, notes })
    const crls = determineCrlStatus(position, this, note)
    const ocsp = checkOcsp(position, this, note)
    this.#inProgress.pop()

    const cleared = crls.reasonsMask === ALL_REASONS || ocsp.sources.length > 0
    const stale = cleared ? undefined : (crls.staleRevocation ?? ocsp.staleRevocation)
    const revocation = crls.revocation ?? ocsp.revocation ?? stale
    return {
      state: revocation !== undefined ? 'revoked' : cleared ? 'unrevoked' : 'unknown',
      revocation,
      sources: revocation === undefined ? [...crls.sources, ...ocsp.sources] : [revocation.source],
      considered: crls.considered + ocsp.considered,
      uncoveredReasons: crls.reasonsMask === 0 ? [] : reasonsIn(ALL_REASONS & ~crls.reasonsMask),
      notes,
    }
  }

  /**
   * Two signers whose evidence covers each other can only be taken at their word: what is in progress counts as
   * unrevoked, and its own determination still has the last word. The scope `end-entity` asks about no signer.
   */
  statusOfPath(path: readonly Certificate[]): RevocationState {
    if (this.#scope === 'end-entity') return 'unrevoked'
    for (let index = path.length - 2; index >= 0; index--) {
      const certificate = path[index] as Certificate
      if (this.#isSettled(certificate)) continue
      const { state, notes } = this.statusAt({ path, index })
      if (state === 'unrevoked') continue
      // Why a signer is not cleared belongs to why its evidence was not used.
      for (const [key, found] of notes) this.#inProgress.at(-1)?.notes.set(key, found)
      return state
    }
    return 'unrevoked'
  }

  isInQuestion(certificate: Certificate): boolean {
    return this.#inProgress.some((one) => isSameCertificate(one.certificate, certificate))
  }

  #isSettled(certificate: Certificate): boolean {
    return this.#path.some((one) => isSameCertificate(one, certificate)) || this.isInQuestion(certificate)
  }
}
