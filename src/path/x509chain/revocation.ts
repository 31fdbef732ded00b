/**
 * Revocation as X509Chain reports it: which elements are asked about, in which order CRLs and OCSP count, and what a
 * revoked element does to those below it.
 *
 * All evidence is handed in. That .NET fetches a CRL from the first HTTP distribution point and asks OCSP only where the
 * CRL left something open is the business of whoever brings the evidence.
 */

import type { Certificate } from '../../x509/certificate.ts'
import { formatName } from '../../x509/name-text.ts'
import { formatSerialNumber } from '../../x509/serial-number.ts'
import { type Finding, finding } from '../findings.ts'
import type { CertificateStatus } from '../revocation.ts'
import type { Revocation } from '../revocation-context.ts'
import { RevocationEvidence } from '../revocation-evidence.ts'
import { askCrls } from './crl.ts'
import { askOcsp } from './ocsp.ts'
import type { ChainPolicy, RevocationFlag } from './policy.ts'
import type { SignatureInputs } from './signatures.ts'
import { type ElementPosition, isMasked } from './verification-flags.ts'

export interface ChainRevocation {
  readonly findings: readonly Finding[]
  readonly statuses: readonly CertificateStatus[]
}

/** What is known of the chain when revocation is looked at. */
export interface CheckedChain {
  /** Ends in a self-signed certificate: of a chain that does not, .NET asks nothing. */
  readonly path: readonly Certificate[]
  /** In OpenSSL's order. */
  readonly findings: readonly Finding[]
  /** The path was longer when .NET first built it. By that length it knows the root, and so it takes this one for none. */
  readonly wasLonger: boolean
}

/**
 * Findings `revocation.revoked`, `revocation.unknown`, `revocation.not-asked` and `revocation.issuer-revoked`, or
 * `revocation.unknown-tolerated` where a verification flag masks the last three, with findings on the evidence that was
 * not used.
 */
export function checkRevocation(chain: CheckedChain, policy: ChainPolicy, inputs: SignatureInputs): ChainRevocation {
  const flag = policy.revocationFlag ?? 'ExcludeRoot'
  const { path } = chain
  const mayAsk = isAskedFor(chain)
  const { crls = [], ocspResponses } = policy
  const evidence = mayAsk ? new RevocationEvidence(crls, ocspResponses) : new RevocationEvidence([])
  const check = new Check(path, evidence, inputs)
  const outcomes =
    flag === 'EndCertificateOnly' && path.length > 1 ? [check.endAlone(chain)] : check.all(flag, chain.wasLonger)
  const findings = outcomes.flatMap((outcome) =>
    findingsOn(mayAsk ? outcome : { ...outcome, isAsked: false }, path, policy.verificationFlags ?? []),
  )
  const statuses = outcomes.map(({ index, revocation, isUnknown, sources }): CertificateStatus => {
    const state = revocation !== undefined ? 'revoked' : isUnknown ? 'unknown' : 'unrevoked'
    return { certificate: index, state, sources: revocation === undefined ? sources : [revocation.source] }
  })
  return { findings, statuses }
}

/** Unless time is the first thing that is wrong with the chain, .NET fetches nothing for a chain that is not good. */
function isAskedFor({ findings: [first] }: CheckedChain): boolean {
  return first === undefined || first.code.startsWith('validity.')
}

/** What came out for one element. */
interface Outcome {
  readonly index: number
  readonly revocation: Revocation | undefined
  readonly isUnknown: boolean
  /** False where .NET passes over what was there because something else is wrong. */
  readonly isAsked?: boolean
  /** Nothing can be said because this certificate above is revoked. */
  readonly revokedAbove?: Certificate
  readonly sources: readonly string[]
  readonly considered: number
  readonly notes: readonly Finding[]
}

class Check {
  readonly #path: readonly Certificate[]
  readonly #evidence: RevocationEvidence
  readonly #inputs: SignatureInputs

  constructor(path: readonly Certificate[], evidence: RevocationEvidence, inputs: SignatureInputs) {
    this.#path = path
    this.#evidence = evidence
    this.#inputs = inputs
  }

  /**
   * The target of a chain of several. If anything is wrong with the chain, .NET takes it for the CRL's fault and asks
   * OCSP, although the CRL may be clear.
   */
  endAlone({ findings }: CheckedChain): Outcome {
    const crl = this.#askCrls(0)
    if (crl.revocation !== undefined) return crl
    if (!crl.isUnknown && findings.length === 0) return crl
    return { ...this.#askOcsp(0, crl), isAsked: crl.isUnknown }
  }

  /** From the root down. An unknown status of the root is never reported, its revocation only if it was asked for. */
  all(flag: RevocationFlag, wasLonger: boolean): readonly Outcome[] {
    const root = this.#path.length - 1
    const outcomes: Outcome[] = []
    let revokedAbove: Certificate | undefined
    for (let index = root; index >= 0; index--) {
      const isRoot = index === root && !wasLonger
      if (isRoot && flag === 'ExcludeRoot') continue
      const outcome = revokedAbove === undefined ? this.#ask(index) : unknownBelow(revokedAbove, index)
      if (outcome.revocation !== undefined) revokedAbove = this.#path[index]
      outcomes.push(isRoot ? { ...outcome, isUnknown: false } : outcome)
    }
    return outcomes
  }

  #ask(index: number): Outcome {
    const crl = this.#askCrls(index)
    return crl.revocation === undefined && crl.isUnknown ? this.#askOcsp(index, crl) : crl
  }

  #askCrls(index: number): Outcome {
    const answer = askCrls(this.#path, index, this.#evidence, this.#inputs.at)
    const { revocation, isUnknown, isCorrupt, considered, source, notes } = answer
    const believed = isCorrupt ? undefined : revocation
    const sources = isUnknown || source === undefined ? [] : [source]
    return { index, revocation: believed, isUnknown, sources, considered, notes }
  }

  #askOcsp(index: number, crl: Outcome): Outcome {
    const { revocation, sources, considered, notes } = askOcsp(
      this.#path,
      index,
      this.#evidence.ocspResponses,
      this.#inputs,
    )
    const isUnknown = sources.length === 0
    const all = crl.considered + considered
    return { index, revocation, isUnknown, sources, considered: all, notes: isUnknown ? [...crl.notes, ...notes] : [] }
  }
}

function unknownBelow(revokedAbove: Certificate, index: number): Outcome {
  return { index, revocation: undefined, isUnknown: true, revokedAbove, sources: [], considered: 0, notes: [] }
}

function findingsOn(outcome: Outcome, path: readonly Certificate[], flags: ChainPolicy['verificationFlags']) {
  const { index, revocation, isUnknown, isAsked = true, revokedAbove, considered, notes } = outcome
  const { serialNumber } = path[index] as Certificate
  const facts = { serialNumber: formatSerialNumber(serialNumber), considered, uncoveredReasons: [] }
  if (revocation !== undefined) {
    return [finding('revocation.revoked', index, { serialNumber: facts.serialNumber, ...revocation })]
  }
  if (!isUnknown) return []
  if (isMasked('RevocationStatusUnknown', positionOf(index, path.length), flags ?? [])) {
    return [finding('revocation.unknown-tolerated', index, facts), ...notes]
  }
  if (revokedAbove !== undefined) {
    return [finding('revocation.issuer-revoked', index, { issuer: formatName(revokedAbove.subject) })]
  }
  if (!isAsked) return [finding('revocation.not-asked', index, { serialNumber: facts.serialNumber })]
  return [finding('revocation.unknown', index, facts), ...notes]
}

/** An element of a complete chain. One that stands alone is an end. */
function positionOf(index: number, length: number): ElementPosition {
  if (index === 0) return 'end'
  return index === length - 1 ? 'root' : 'authority'
}
