/**
 * Findings: what the engine has to say about a certificate or a path, as data.
 *
 * A finding is `{code, certificate, …facts}`. Its facts are strings, numbers, booleans, dates, and lists of strings,
 * so that it prints as JSON. The engine writes no prose: the RFC section, the sentence and the cure of every code
 * stand in {@link FINDINGS}. Whether a finding is an error depends on the rule set (`rule-set.ts`), not on the finding.
 */

import { CERTIFICATE_FINDINGS, type CertificateFacts } from './findings/certificate.ts'
import { NAME_FINDINGS, type NameFacts } from './findings/names.ts'
import { PATH_FINDINGS, type PathFacts } from './findings/path.ts'
import { POLICY_FINDINGS, type PolicyFacts } from './findings/policy.ts'
import { REVOCATION_FINDINGS, type RevocationFacts } from './findings/revocation.ts'
import type { FindingEntry, FindingTable } from './findings/table.ts'
import { WEBPKI_FINDINGS, type WebPkiFacts } from './findings/webpki.ts'
import { X509CHAIN_FINDINGS, type X509ChainFacts } from './findings/x509chain.ts'

/** The facts each code carries. */
export interface FindingFacts
  extends PathFacts,
    CertificateFacts,
    PolicyFacts,
    NameFacts,
    RevocationFacts,
    WebPkiFacts,
    X509ChainFacts {}

/** The stable names of all findings, such as `validity.expired`. */
export type FindingCode = keyof FindingFacts

/** One finding; narrow it by `code` to reach its facts. */
export type Finding<C extends FindingCode = FindingCode> = {
  readonly [K in C]: {
    readonly code: K
    /** Index in the path, 0 is the target; null if the finding speaks of no single certificate of the path. */
    readonly certificate: number | null
  } & Readonly<FindingFacts[K]>
}[C]

/** RFC section, sentence and cure of every code. */
export const FINDINGS: FindingTable<FindingFacts> = {
  ...PATH_FINDINGS,
  ...CERTIFICATE_FINDINGS,
  ...POLICY_FINDINGS,
  ...NAME_FINDINGS,
  ...REVOCATION_FINDINGS,
  ...WEBPKI_FINDINGS,
  ...X509CHAIN_FINDINGS,
}

/** Makes a finding. */
export function finding<C extends FindingCode>(
  code: C,
  certificate: number | null,
  facts: Readonly<FindingFacts[C]>,
): Finding<C> {
  return { code, certificate, ...facts } as unknown as Finding<C>
}

/** The same finding about another certificate of the path. */
export function about<F extends Finding>(found: F, certificate: number | null): F {
  return found.certificate === certificate ? found : { ...found, certificate }
}

/** What a person is told about a finding. */
export interface Explanation {
  readonly section: string
  readonly sentence: string
  readonly cure: string
}

/** What a finding means to a person. @returns section of the RFC, sentence and cure, in English */
export function explain(found: Finding): Explanation {
  // The entry of a code takes the facts of that code; the compiler cannot see that the two unions run in step.
  const entry = FINDINGS[found.code] as FindingEntry<Finding>
  return { section: entry.section, sentence: entry.sentence(found), cure: entry.cure(found) }
}
