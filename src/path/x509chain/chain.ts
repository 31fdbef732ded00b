/**
 * X509Chain.Build on Linux: from a certificate and a policy to .NET's verdict, element by element.
 *
 * The same certificates, signatures and findings as in the rest of the engine, taken through .NET's own procedure: one
 * chain is built as OpenSSL builds it (`build.ts`), everything wrong with it is found in OpenSSL's order
 * (`authorities.ts`, `signatures.ts`, `name-constraints.ts`), then revocation and policies are checked as .NET does it
 * (`revocation.ts`, `usage.ts`). The table in `rules.ts` turns findings into status flags; which of them reject,
 * `verification-flags.ts` tells. Measured against .NET 10 with OpenSSL 3.0.
 */

import type { Certificate } from '../../x509/certificate.ts'
import { formatName } from '../../x509/name-text.ts'
import { Budget } from '../budget.ts'
import { explain, type Finding, finding } from '../findings.ts'
import type { CertificateStatus } from '../revocation.ts'
import type { RuleSet } from '../rule-set.ts'
import { SignatureChecker } from '../signatures.ts'
import { checkAuthorities } from './authorities.ts'
import { type BuiltChain, buildChain, candidatesAbove, rebuildChain } from './build.ts'
import type { ChainStatus, ChainStatusFlag } from './chain-status.ts'
import { whyRefused } from './issuer.ts'
import { checkNameConstraints } from './name-constraints.ts'
import { type ChainPolicy, requireUsablePolicy } from './policy.ts'
import { asIssued } from './reading.ts'
import { type ChainRevocation, checkRevocation } from './revocation.ts'
import { platformName, platformOrder, THROWS, x509ChainRules } from './rules.ts'
import { checkSignatures, type SignatureInputs } from './signatures.ts'
import { checkUsage } from './usage.ts'
import { type ElementPosition, isMasked } from './verification-flags.ts'

/** X509ChainElement */
export interface ChainElement {
  readonly certificate: Certificate
  readonly status: readonly ChainStatus[]
}

/** What `X509Chain.Build` returns and leaves behind. */
export interface X509ChainResult {
  /** What `Build` returns; false where it throws. */
  readonly valid: boolean
  /** From the certificate upward; empty where `Build` throws. */
  readonly elements: readonly ChainElement[]
  /** `ChainStatus`: the flags of all elements, each once, in the order of their first appearance. */
  readonly status: readonly ChainStatus[]
  /** Why `Build` throws instead of answering; undefined if it answers. */
  readonly threw: string | undefined
  /** The certificates of the chain, also where `Build` throws. */
  readonly path: readonly Certificate[]
  /** The last certificate is trusted. */
  readonly anchored: boolean
  /** What the status flags stand for, in the engine's terms; `certificate` is the index of the element. */
  readonly findings: readonly Finding[]
  /** What the evidence on revocation said, from the root down. */
  readonly revocation: readonly CertificateStatus[]
  /** What each finding weighs under the policy's verification flags. */
  readonly rules: RuleSet
}

/**
 * Builds the chain of a certificate.
 * @throws PkiError `usage.option`, `usage.time` for a policy that .NET refuses too
 */
export function buildX509Chain(certificate: Certificate, policy: ChainPolicy): X509ChainResult {
  requireUsablePolicy(policy)
  const inputs = signatureInputs(policy)
  const first = checkChain(buildChain(certificate, policy), policy, inputs)
  const { built, found } = settleChain(first, policy, inputs)
  const wasLonger = first.built.certificates.length > built.certificates.length
  const revocation = isAskedAbout(built, policy)
    ? checkRevocation({ path: built.certificates, findings: found, wasLonger }, policy, inputs)
    : NOT_ASKED
  const { applicationPolicy = [], certificatePolicy = [] } = policy
  const usage = checkUsage(built.certificates.map(asIssued), { applicationPolicy, certificatePolicy })
  const findings = eachOnce([...forgiveTrustedRoot(found, built), ...revocation.findings, ...usage])
  return conclude(built, findings, revocation, policy)
}

/** There is one path of some hundred certificates at most, and evidence on each. */
const SIGNATURES = 1000

function signatureInputs({ verificationTime, signatureMemory }: ChainPolicy): SignatureInputs {
  const budget = new Budget({ signatures: SIGNATURES })
  // Certificates count in seconds.
  const at = new Date(Math.floor(verificationTime.getTime() / 1000) * 1000)
  return { at, budget, signatures: new SignatureChecker(budget, signatureMemory) }
}

interface FoundChain {
  readonly built: BuiltChain
  readonly found: readonly Finding[]
}

/** Everything but revocation and policies, in OpenSSL's order, which tells what was wrong first. */
function checkChain(built: BuiltChain, policy: ChainPolicy, inputs: SignatureInputs): FoundChain {
  const path = built.certificates
  const found = [
    ...whyNotTrusted(built, policy),
    ...checkAuthorities(path),
    ...checkSignatures(path, inputs),
    ...checkNameConstraints(path, inputs.budget),
  ]
  return { built, found }
}

/**
 * The chain that .NET reports. One that has an end it goes over once more, to ask about revocation or to collect what is
 * wrong; and any once more after a bad signature, since OpenSSL remembers which it has seen.
 */
function settleChain(first: FoundChain, policy: ChainPolicy, inputs: SignatureInputs): FoundChain {
  const again = (chain: FoundChain) => {
    const rebuilt = rebuildChain(chain.built, policy)
    return isSameChain(rebuilt, chain.built) ? chain : checkChain(rebuilt, policy, inputs)
  }
  const { revocationMode = 'Online' } = policy
  const isCommitted = first.built.end !== 'issuer-missing' && (first.found.length > 0 || revocationMode !== 'NoCheck')
  const second = isCommitted ? again(first) : first
  return second.found.some(isBadSignature) ? again(second) : second
}

function isSameChain(a: BuiltChain, b: BuiltChain): boolean {
  return a.certificates.length === b.certificates.length && a.certificates.every((one, i) => one === b.certificates[i])
}

function isBadSignature({ code }: Finding): boolean {
  return platformName(code) === 'NotSignatureValid'
}

function whyNotTrusted({ certificates, end }: BuiltChain, policy: ChainPolicy): readonly Finding[] {
  const index = certificates.length - 1
  const top = certificates[index] as Certificate
  switch (end) {
    case 'trusted':
      return []
    case 'untrusted-root':
      return [finding('path.untrusted-root', index, { subject: formatName(top.subject) })]
    case 'issuer-missing':
      return whyNoIssuer(certificates, policy)
    case 'too-long':
      return [finding('path.too-long', null, { limit: index })]
  }
}

/** So many refusals explain enough. */
const EXPLAINED = 3

function whyNoIssuer(path: readonly Certificate[], policy: ChainPolicy): readonly Finding[] {
  const index = path.length - 1
  const top = path[index] as Certificate
  const { ofTheName, isGivenAsTrusted } = candidatesAbove(top, policy)
  const facts = { issuer: formatName(top.issuer), candidates: ofTheName.length }
  const refusals = ofTheName.slice(0, EXPLAINED).map((candidate) => {
    const refusal = whyRefused(candidate, top) ?? ({ because: 'in-the-path' } as const)
    return finding('path.candidate-refused', index, { candidate: formatName(candidate.subject), ...refusal })
  })
  return [
    finding('path.issuer-not-found', index, facts),
    ...refusals,
    ...(isGivenAsTrusted ? [finding('path.anchor-not-self-signed', index, {})] : []),
  ]
}

const NOT_ASKED: ChainRevocation = { findings: [], statuses: [] }

function isAskedAbout({ end }: BuiltChain, { revocationMode = 'Online' }: ChainPolicy): boolean {
  return revocationMode !== 'NoCheck' && (end === 'trusted' || end === 'untrusted-root')
}

/**
 * A root is trusted for its key, not for its signature: that of a trusted root is forgiven, unless a signature below it
 * is bad as well.
 */
function forgiveTrustedRoot(findings: readonly Finding[], { certificates, end }: BuiltChain): readonly Finding[] {
  const root = certificates.length - 1
  if (end !== 'trusted' || findings.some((found) => isBadSignature(found) && found.certificate !== root))
    return findings
  return findings.filter((found) => !isBadSignature(found))
}

/** OpenSSL finds out twice that an issuer may not sign; what has facts of its own is never said twice. */
function eachOnce(findings: readonly Finding[]): readonly Finding[] {
  const signs = ({ code }: Finding) => code === 'key-usage.no-cert-sign'
  return findings.filter(
    (one, i) =>
      !signs(one) || findings.findIndex((other) => signs(other) && other.certificate === one.certificate) === i,
  )
}

function conclude(
  { certificates, end }: BuiltChain,
  findings: readonly Finding[],
  revocation: ChainRevocation,
  policy: ChainPolicy,
): X509ChainResult {
  const { verificationFlags = [] } = policy
  const path = certificates.map(asIssued)
  const facts = {
    path,
    anchored: end === 'trusted',
    findings,
    revocation: revocation.statuses,
    rules: x509ChainRules(verificationFlags),
  }
  const fatal = findings.find(({ code }) => platformName(code) === THROWS)
  if (fatal !== undefined) {
    return { ...facts, valid: false, elements: [], status: [], threw: explain(fatal).sentence }
  }
  const elements = path.map((certificate, index) => ({ certificate, status: statusOf(index, findings) }))
  const valid = elements.every(({ status }, index) => {
    const position = positionOf(index, path.length, end)
    return status.every(({ flag }) => isMasked(flag, position, verificationFlags))
  })
  return { ...facts, valid, elements, status: union(elements), threw: undefined }
}

/** The last element of a chain of several is the root, if the chain has one. */
function positionOf(index: number, length: number, end: BuiltChain['end']): ElementPosition {
  if (index === 0) return 'end'
  return index === length - 1 && end !== 'issuer-missing' ? 'root' : 'authority'
}

/** The flags of one element, each once, in OpenSSL's order; a usage that fails anywhere stands on all of them. */
function statusOf(index: number, findings: readonly Finding[]): readonly ChainStatus[] {
  const own = findings
    .filter(({ certificate, code }) => certificate === index && platformName(code) !== 'NotValidForUsage')
    .sort((a, b) => platformOrder(a.code) - platformOrder(b.code))
  const status: ChainStatus[] = []
  for (const found of own) add(status, platformName(found.code), found)
  const unknown = own.find(({ code }) => platformName(code) === 'RevocationStatusUnknown')
  if (unknown !== undefined) add(status, 'OfflineRevocation', unknown)
  const usage = findings.find(({ code }) => platformName(code) === 'NotValidForUsage')
  if (usage !== undefined) add(status, 'NotValidForUsage', usage)
  return status
}

function add(status: ChainStatus[], flag: ReturnType<typeof platformName>, found: Finding): void {
  if (flag === undefined || flag === THROWS || status.some((one) => one.flag === flag)) return
  status.push({ flag, information: explain(found).sentence })
}

/** .NET adds what usage says when all elements have been gone through. */
function union(elements: readonly ChainElement[]): readonly ChainStatus[] {
  const all = new Map<ChainStatusFlag, ChainStatus>()
  const isUsage = ({ flag }: ChainStatus) => flag === 'NotValidForUsage'
  const statuses = elements.flatMap(({ status }) => status)
  for (const status of [...statuses.filter((one) => !isUsage(one)), ...statuses.filter(isUsage)]) {
    if (!all.has(status.flag)) all.set(status.flag, status)
  }
  return [...all.values()]
}
