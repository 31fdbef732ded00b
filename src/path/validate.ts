/**
 * Path validation, RFC 5280 §6.1, on one proposed path. Knows nothing of searching. Read it with the RFC in the other
 * hand: the four parts are called as there, the state variables carry its names, the letters stand beside the steps.
 *
 * Deviations, all of them towards rejection:
 * - A trust anchor comes as a certificate and is held to what that says (§6.2, RFC 5937) unless the caller wants name
 *   and key alone.
 * - A malformed or duplicate extension, and a signature algorithm stated in two ways, reject.
 *
 * Indexes run from the target, 0, to the anchor; the RFC counts from the anchor. A path is processed as there, from
 * the anchor down, and nothing is read below a signature that does not verify.
 */

import { equalBytes } from '../der/writer.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { Name } from '../x509/name.ts'
import { formatName } from '../x509/name-text.ts'
import { EXTENSION } from '../x509/oids.ts'
import type { SubjectPublicKeyInfo } from '../x509/public-key.ts'
import type { Budget } from './budget.ts'
import type { CandidatePath } from './build.ts'
import { checkExtensions } from './extensions.ts'
import { WEBPKI_FINDINGS } from './findings/webpki.ts'
import { about, type Finding, finding } from './findings.ts'
import { checkNameConstraints, narrowSubtrees, type SubtreeState, UNCONSTRAINED } from './name-constraints.ts'
import { NO_POLICIES, type PolicyInputs, type PolicyOutcome, PolicyState } from './policies.ts'
import { checkProfile, profileOfIssuer } from './profile.ts'
import { checkIssuerPurpose, checkTargetPurpose } from './purpose.ts'
import { ignoresAll, type RuleSet } from './rule-set.ts'
import type { SignatureChecker } from './signatures.ts'
import { checkDigest } from './strength.ts'
import { checkWebPki } from './webpki.ts'
import { inheritParameters } from './working-key.ts'

/** What validation takes beside the path: the inputs of §6.1.1 and what counts the work. */
export interface ValidationInputs {
  readonly rules: RuleSet
  /** The current date/time (§6.1.1 (b)), to the second. */
  readonly at: Date
  readonly purpose: string | undefined
  /** §6.1.1 (c), (e), (f), (g) */
  readonly policies: PolicyInputs
  /** Intermediate certificates that the caller allows, self-issued ones not counted. */
  readonly maxDepth: number | undefined
  /** RFC 5937: whether the anchor's certificate constrains the path. */
  readonly anchorConstraints: boolean
  readonly budget: Budget
  readonly signatures: SignatureChecker
}

export interface Validation {
  readonly findings: readonly Finding[]
  /** Every signature from the anchor down to the target verified. */
  readonly authenticated: boolean
  readonly policies: PolicyOutcome
}

/** The state variables of §6.1.2. */
interface State {
  readonly inputs: ValidationInputs
  readonly certificates: readonly Certificate[]
  readonly findings: Finding[]
  /** valid_policy_tree (a), explicit_policy (d), inhibit_anyPolicy (e), policy_mapping (f) */
  readonly policyState: PolicyState
  /** permitted_subtrees (b), excluded_subtrees (c) */
  subtrees: SubtreeState
  /** working_public_key, _algorithm and _parameters (g)–(i) */
  workingPublicKey: SubjectPublicKeyInfo
  /** working_issuer_name (j) */
  workingIssuerName: Name
  /** max_path_length (k) */
  maxPathLength: number
  /** Index of the CA that set max_path_length; undefined for the caller. */
  maxPathLengthSetBy: number | undefined
}

/** Judges a path that ends in an anchor; one that does not gets the finding that says why. */
export function validatePath(candidate: CandidatePath, inputs: ValidationInputs): Validation {
  const { certificates, end } = candidate
  const last = certificates.length - 1
  const anchor = certificates[last]
  if (anchor === undefined) throw new RangeError('a path has at least one certificate')
  const findings: Finding[] = []
  if (end !== 'anchor') findings.push(whyNotAnchored(candidate, anchor, inputs.budget))
  if (end !== 'anchor' && !inputs.rules.reportsUnauthenticated) return unauthenticated(findings)

  const state = initialize(certificates, anchor, findings, inputs)
  let authenticated = end === 'anchor'
  // A target that is an anchor itself is trusted as it is: there is no signature to check, but all of its content.
  for (let index = last === 0 ? 0 : last - 1; index >= 0; index--) {
    const certificate = certificates[index] as Certificate
    const issuedByPath = last > 0
    if (issuedByPath && !verifySignature(state, certificate, index)) {
      authenticated = false
      if (!inputs.rules.reportsUnauthenticated || inputs.budget.exhausted) return unauthenticated(findings)
    }
    basicCertificateProcessing(state, certificate, index)
    if (index > 0) prepareForNextCertificate(state, certificate, index)
  }
  const policies = wrapUp(state, certificates[0] as Certificate)
  return { findings, authenticated, policies }
}

function unauthenticated(findings: readonly Finding[]): Validation {
  return { findings, authenticated: false, policies: NO_POLICIES }
}

function whyNotAnchored(
  { certificates, end, deadCandidates }: CandidatePath,
  top: Certificate,
  budget: Budget,
): Finding {
  const index = certificates.length - 1
  if (end === 'too-long') return finding('path.too-long', null, { limit: budget.limits.pathLength })
  if (top.isSelfIssued) return finding('path.untrusted-root', index, { subject: formatName(top.subject) })
  return finding('path.issuer-not-found', index, { issuer: formatName(top.issuer), candidates: deadCandidates })
}

/** §6.1.2, with the anchor's own constraints (RFC 5937 §3). */
function initialize(
  certificates: readonly Certificate[],
  anchor: Certificate,
  findings: Finding[],
  inputs: ValidationInputs,
): State {
  const n = Math.max(1, certificates.length - 1)
  const state: State = {
    inputs,
    certificates,
    findings,
    policyState: new PolicyState(n, inputs.policies),
    subtrees: UNCONSTRAINED,
    workingPublicKey: anchor.publicKey,
    workingIssuerName: anchor.subject,
    maxPathLength: inputs.maxDepth ?? n,
    maxPathLengthSetBy: undefined,
  }
  if (certificates.length > 1) processAnchor(state, anchor, certificates.length - 1)
  return state
}

/** RFC 5937 §3.2: what the anchor's certificate says holds for everything below it. */
function processAnchor(state: State, anchor: Certificate, index: number): void {
  const { findings } = state
  for (const found of profileOfIssuer(anchor)) findings.push(about(found, index))
  if (!ignoresAll(state.inputs.rules, WEBPKI_FINDINGS)) checkWebPki(anchor, 'anchor', index, findings)
  if (!state.inputs.anchorConstraints) return
  checkValidity(state, anchor, index)
  checkExtensions(anchor, index, findings)
  // §6.1.4 (k): a certificate of version 1 or 2 is a CA if that is known "through out-of-band means", as it is here.
  if (anchor.version === 3) checkIsCa(anchor, index, findings)
  checkKeyCertSign(anchor, index, findings)
  if (state.inputs.purpose !== undefined) checkIssuerPurpose(anchor, state.inputs.purpose, index, findings)
  state.subtrees = narrowSubtrees(state.subtrees, anchor.decoded.nameConstraints)
  state.policyState.constrainByAnchor(anchor)
  narrowPathLength(state, anchor, index)
}

/** §6.1.3 (a)(1). False if the signature is not known to be good. */
function verifySignature(state: State, certificate: Certificate, index: number): boolean {
  const { signatureAlgorithm, tbsSignatureAlgorithm } = certificate
  if (!equalBytes(signatureAlgorithm.encoded, tbsSignatureAlgorithm.encoded)) {
    const facts = { inner: tbsSignatureAlgorithm.oid, outer: signatureAlgorithm.oid }
    state.findings.push(finding('signature.algorithm-mismatch', index, facts)) // §4.1.1.2
  }
  const result = state.inputs.signatures.check(certificate, state.workingPublicKey, index === 0)
  if (result !== 'valid') {
    state.findings.push(signatureFinding(state, certificate, index, result))
    return false
  }
  checkDigest(certificate, index, state.findings)
  return true
}

function signatureFinding(
  { workingPublicKey, workingIssuerName, inputs }: State,
  certificate: Certificate,
  index: number,
  result: ReturnType<SignatureChecker['check']>,
): Finding {
  const algorithm = certificate.signatureAlgorithm.oid
  const keyType = workingPublicKey.algorithm.oid
  switch (result) {
    case undefined:
      return finding('path.budget-exhausted', index, { budget: 'signatures', limit: inputs.budget.limits.signatures })
    case 'unknown-algorithm':
      return finding('signature.unknown-algorithm', index, { algorithm })
    case 'wrong-parameters':
      return finding('signature.wrong-parameters', index, { algorithm })
    case 'key-mismatch':
      return finding('signature.key-mismatch', index, { algorithm, keyType })
    case 'unusable-key':
      return finding('signature.unusable-key', index, { algorithm, keyType })
    default:
      return finding('signature.invalid', index, { algorithm, issuer: formatName(workingIssuerName) })
  }
}

/** §6.1.3. Step (a)(1) comes before it, (a)(3) is done for the whole path by `revocation.ts`. */
function basicCertificateProcessing(state: State, certificate: Certificate, index: number): void {
  const { findings } = state
  const isFinal = index === 0
  checkValidity(state, certificate, index) // (a)(2)
  if (state.certificates.length > 1 && !certificate.issuer.equals(state.workingIssuerName)) {
    const facts = { issuer: formatName(certificate.issuer), expected: formatName(state.workingIssuerName) }
    findings.push(finding('path.name-chaining', index, facts)) // (a)(4)
  }
  checkKeyIdentifier(state, certificate, index)
  if (state.subtrees !== UNCONSTRAINED) {
    const context = { certificate: index, isFinal, budget: state.inputs.budget }
    findings.push(...checkNameConstraints(state.subtrees, certificate, context)) // (b), (c)
  }
  state.policyState.process(certificate, isFinal, index, findings) // (d), (e), (f)

  for (const found of isFinal ? checkProfile(certificate) : profileOfIssuer(certificate)) {
    findings.push(about(found, index))
  }
  if (!ignoresAll(state.inputs.rules, WEBPKI_FINDINGS)) {
    checkWebPki(certificate, isFinal ? 'target' : 'intermediate', index, findings)
  }
}

/** §6.1.4 */
function prepareForNextCertificate(state: State, certificate: Certificate, index: number): void {
  const { findings } = state
  state.policyState.prepareNext(certificate, index, findings) // (a), (b), (h), (i), (j)
  state.workingIssuerName = certificate.subject // (c)
  state.workingPublicKey = inheritParameters(certificate.publicKey, state.workingPublicKey) // (d), (e), (f)
  state.subtrees = narrowSubtrees(state.subtrees, certificate.decoded.nameConstraints) // (g)
  checkIsCa(certificate, index, findings) // (k)
  countPathLength(state, certificate) // (l)
  narrowPathLength(state, certificate, index) // (m)
  checkKeyCertSign(certificate, index, findings) // (n)
  checkExtensions(certificate, index, findings) // (o)
  if (state.inputs.purpose !== undefined) checkIssuerPurpose(certificate, state.inputs.purpose, index, findings)
}

/** §6.1.5. Steps (c)–(e) prepare outputs that nobody asks for: the target's key is in the target. */
function wrapUp(state: State, target: Certificate): PolicyOutcome {
  const policies = state.policyState.wrapUp(target, 0, state.findings) // (a), (b), (g)
  checkExtensions(target, 0, state.findings) // (f)
  if (state.inputs.purpose !== undefined) checkTargetPurpose(target, state.inputs.purpose, state.findings)
  return policies
}

/** §6.1.3 (a)(2), §4.1.2.5: both ends belong to the period. */
function checkValidity({ inputs, findings }: State, { notBefore, notAfter }: Certificate, index: number): void {
  const { at } = inputs
  const now = at.getTime()
  const end = notAfter.date.getTime()
  if (now > end) findings.push(finding('validity.expired', index, { at, notAfter: notAfter.date }))
  else if (now === end) findings.push(finding('validity.at-not-after', index, { notAfter: notAfter.date }))
  if (now < notBefore.date.getTime()) {
    findings.push(finding('validity.not-yet-valid', index, { at, notBefore: notBefore.date }))
  }
}

/** §4.2.1.1: a hint that does not fit. Path building does not follow it, so it can only be reported. */
function checkKeyIdentifier({ certificates, findings }: State, { decoded }: Certificate, index: number): void {
  const authority = decoded.authorityKeyIdentifier?.keyIdentifier
  const subject = certificates[index + 1]?.decoded.subjectKeyIdentifier
  if (authority === undefined || subject === undefined || equalBytes(authority, subject)) return
  const facts = { authorityKeyIdentifier: hex(authority), subjectKeyIdentifier: hex(subject) }
  findings.push(finding('path.key-identifier-mismatch', index, facts))
}

/**
 * §6.1.4 (k). Versions 1 and 2 cannot say that they are CAs, not by an extension either, which they cannot have; and
 * nothing else is asked that could say it for them.
 */
function checkIsCa({ version, decoded, malformedExtensions }: Certificate, index: number, findings: Finding[]): void {
  if (decoded.basicConstraints?.cA === true && version === 3) return
  if (decoded.basicConstraints?.cA === false) findings.push(finding('basic-constraints.not-ca', index, {}))
  else if (!malformedExtensions.some(({ oid }) => oid === EXTENSION.basicConstraints)) {
    findings.push(finding('basic-constraints.missing', index, { version }))
  }
}

/** §6.1.4 (l). A limit that is exceeded is reported once, at the CA that set it. */
function countPathLength(state: State, { isSelfIssued }: Certificate): void {
  if (isSelfIssued) return
  if (state.maxPathLength > 0) {
    state.maxPathLength--
    return
  }
  const { maxPathLengthSetBy: setBy, certificates, findings } = state
  const actual = certificates.slice(1, setBy ?? certificates.length - 1).filter((one) => !one.isSelfIssued).length
  if (setBy === undefined) {
    findings.push(finding('path-length.max-depth', null, { limit: state.inputs.maxDepth ?? 0, actual }))
  } else {
    const limit = certificates[setBy]?.decoded.basicConstraints?.pathLenConstraint ?? 0
    findings.push(finding('path-length.exceeded', setBy, { limit, actual }))
  }
  state.maxPathLength = Number.POSITIVE_INFINITY
}

/** §6.1.4 (m) */
function narrowPathLength(state: State, { decoded }: Certificate, index: number): void {
  const pathLenConstraint = decoded.basicConstraints?.pathLenConstraint
  if (pathLenConstraint === undefined || pathLenConstraint >= state.maxPathLength) return
  state.maxPathLength = pathLenConstraint
  state.maxPathLengthSetBy = index
}

/** §6.1.4 (n) */
function checkKeyCertSign({ decoded }: Certificate, index: number, findings: Finding[]): void {
  const { keyUsage } = decoded
  if (keyUsage !== undefined && !keyUsage.includes('keyCertSign')) {
    findings.push(finding('key-usage.no-cert-sign', index, { keyUsage }))
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}
