/**
 * Name constraints along a path (RFC 5280 §4.2.1.10): the state variables permitted_subtrees and excluded_subtrees of
 * §6.1.2, how a CA narrows them (§6.1.4 (g)), and the check of each certificate against them (§6.1.3 (b), (c)).
 */

import type { Certificate } from '../x509/certificate.ts'
import type { GeneralSubtree, NameConstraints } from '../x509/extension-value.ts'
import type { GeneralName } from '../x509/general-name.ts'
import { formatGeneralName } from '../x509/general-name-text.ts'
import {
  hasLeadingDot,
  isWellFormedBase,
  isWithinSubtree,
  overlapsSubtree,
  type SubtreeMatch,
} from '../x509/general-subtree.ts'
import { ATTRIBUTE } from '../x509/oids.ts'
import type { Budget } from './budget.ts'
import { LISTED } from './findings/names.ts'
import { type Finding, type FindingCode, finding } from './findings.ts'

/** The two state variables. Their initial values bound nothing: {@link UNCONSTRAINED}. */
export interface SubtreeState {
  /**
   * permitted_subtrees as the intersection it is: the lists of the CAs passed so far. A name must lie within a subtree
   * of every list that has subtrees of its form.
   */
  readonly permittedSubtrees: readonly (readonly GeneralSubtree[])[]
  /** excluded_subtrees: the union of what those CAs exclude. */
  readonly excludedSubtrees: readonly GeneralSubtree[]
}

/** §6.1.2 (b), (c): everything is permitted, nothing excluded. */
export const UNCONSTRAINED: SubtreeState = { permittedSubtrees: [], excludedSubtrees: [] }

/** The state behind a CA with these constraints: §6.1.4 (g). Also what RFC 5937 makes of a trust anchor's. */
export function narrowSubtrees(state: SubtreeState, constraints: NameConstraints | undefined): SubtreeState {
  if (constraints === undefined) return state
  const { permittedSubtrees, excludedSubtrees } = constraints
  return {
    permittedSubtrees:
      permittedSubtrees.length === 0 ? state.permittedSubtrees : [...state.permittedSubtrees, permittedSubtrees],
    excludedSubtrees: [...state.excludedSubtrees, ...excludedSubtrees],
  }
}

/** Where in the path the certificate stands, and what the check may cost. */
export interface NameConstraintContext {
  /** Index for the findings. */
  readonly certificate: number
  /** Whether it is the target; self-issued certificates are exempt only above it. */
  readonly isFinal: boolean
  /** Each name pays one `nameConstraintComparisons` for every subtree it meets. */
  readonly budget: Budget
}

/**
 * Checks the names of one certificate against the state: §6.1.3 (b), (c). Its subject (unless empty), every name of its
 * subjectAltName, and, where that has no mailbox, the e-mail addresses of its subject.
 *
 * Findings: `name-constraints.not-permitted`, `.excluded`, `.not-comparable`, `.unsupported-form`,
 * `.unsupported-distance`, and `path.budget-exhausted`, after which the rest of the names is not looked at.
 */
export function checkNameConstraints(
  state: SubtreeState,
  certificate: Certificate,
  context: NameConstraintContext,
): readonly Finding[] {
  // "(b) If certificate i is self-issued and it is not the final certificate in the path, skip this step"
  if (certificate.isSelfIssued && !context.isFinal) return []
  const subtrees = state.permittedSubtrees.reduce((sum, list) => sum + list.length, state.excludedSubtrees.length)
  if (subtrees === 0) return []

  const findings: Finding[] = []
  for (const subject of constrainedNames(certificate)) {
    if (!context.budget.spend('nameConstraintComparisons', subtrees)) {
      const limit = context.budget.limits.nameConstraintComparisons
      findings.push(
        finding('path.budget-exhausted', context.certificate, { budget: 'nameConstraintComparisons', limit }),
      )
      return findings
    }
    findings.push(...checkName(subject, state, context.certificate))
  }
  return findings
}

/** One name of a certificate, in the form in which it is constrained. */
interface ConstrainedName {
  readonly name: GeneralName
  readonly field: 'subject' | 'subjectAltName'
}

function constrainedNames({ subject, decoded }: Certificate): readonly ConstrainedName[] {
  const names: ConstrainedName[] = []
  if (!subject.isEmpty) names.push({ name: { type: 'directoryName', value: subject }, field: 'subject' })
  const subjectAltName = decoded.subjectAltName ?? []
  for (const name of subjectAltName) names.push({ name, field: 'subjectAltName' })
  // §4.2.1.10 asks it of certificates without subjectAltName; here also of those that have one with other forms only.
  if (!subjectAltName.some(({ type }) => type === 'rfc822Name')) {
    for (const { value } of subject.attributes(ATTRIBUTE.emailAddress)) {
      names.push({ name: { type: 'rfc822Name', value: value ?? '' }, field: 'subject' })
    }
  }
  return names
}

function checkName(subject: ConstrainedName, state: SubtreeState, certificate: number): readonly Finding[] {
  const findings: Finding[] = []
  for (const list of state.permittedSubtrees) {
    const found = checkPermitted(subject, list, certificate)
    if (found !== undefined) findings.push(found)
  }
  const excluded = checkExcluded(subject, state.excludedSubtrees, certificate)
  if (excluded !== undefined) findings.push(excluded)
  return findings
}

function checkPermitted(
  subject: ConstrainedName,
  subtrees: readonly GeneralSubtree[],
  certificate: number,
): Finding | undefined {
  const ofItsForm: GeneralSubtree[] = []
  let isWithin = false
  for (const subtree of subtrees) {
    const match = isWithinSubtree(subject.name, subtree.base)
    if (match === 'not-comparable') continue
    const problem = unprocessable(subject, subtree, match, certificate)
    if (problem !== undefined) return problem
    isWithin ||= match === 'within'
    ofItsForm.push(subtree)
  }
  if (isWithin || ofItsForm.length === 0) return undefined
  return finding('name-constraints.not-permitted', certificate, {
    ...named(subject),
    permitted: ofItsForm.slice(0, LISTED).map(({ base }) => textOf(base)),
    permittedCount: ofItsForm.length,
  })
}

function checkExcluded(
  subject: ConstrainedName,
  subtrees: readonly GeneralSubtree[],
  certificate: number,
): Finding | undefined {
  for (const subtree of subtrees) {
    const match = overlapsSubtree(subject.name, subtree.base)
    if (match === 'not-comparable') continue
    const problem = unprocessable(subject, subtree, match, certificate)
    if (problem !== undefined) return problem
    if (match === 'within') {
      return finding('name-constraints.excluded', certificate, {
        ...named(subject),
        subtree: textOf(subtree.base),
      })
    }
  }
  return undefined
}

// Thousands of names may lie outside the same few subtrees.
const texts = new WeakMap<GeneralName, string>()

function textOf(base: GeneralName): string {
  let text = texts.get(base)
  if (text === undefined) {
    text = formatGeneralName(base)
    texts.set(base, text)
  }
  return text
}

/** "the application MUST either process the constraint or reject the certificate" (§4.2.1.10): why it cannot. */
function unprocessable(
  subject: ConstrainedName,
  { base, minimum, maximum }: GeneralSubtree,
  match: SubtreeMatch,
  certificate: number,
): Finding | undefined {
  const fails = match === 'malformed' || match === 'unsupported' || minimum !== 0 || maximum !== undefined
  if (!fails) return undefined
  const facts = { ...named(subject), subtree: textOf(base) }
  if (match === 'unsupported') return finding('name-constraints.unsupported-form', certificate, facts)
  if (match === 'malformed') {
    const malformed = isWellFormedBase(base) ? 'name' : 'subtree'
    return finding('name-constraints.not-comparable', certificate, { ...facts, malformed })
  }
  return finding('name-constraints.unsupported-distance', certificate, { ...facts, minimum, maximum })
}

function named({ name, field }: ConstrainedName): { readonly name: string; readonly field: ConstrainedName['field'] } {
  return { name: formatGeneralName(name), field }
}

/**
 * What is wrong with the constraints themselves, whatever is issued below them (§4.2.1.10): findings
 * `name-constraints.malformed-subtree` and `name-constraints.leading-dot`, breaches of the certificate profile.
 */
export function checkSubtreeSyntax(constraints: NameConstraints, certificate: number | null): readonly Finding[] {
  return [...constraints.permittedSubtrees, ...constraints.excludedSubtrees].flatMap(({ base }) => {
    const code = subtreeFault(base)
    return code === undefined ? [] : [finding(code, certificate, { subtree: formatGeneralName(base) })]
  })
}

type SubtreeFault = Extract<FindingCode, 'name-constraints.malformed-subtree' | 'name-constraints.leading-dot'>

function subtreeFault(base: GeneralName): SubtreeFault | undefined {
  if (!isWellFormedBase(base)) return 'name-constraints.malformed-subtree'
  return hasLeadingDot(base) ? 'name-constraints.leading-dot' : undefined
}
