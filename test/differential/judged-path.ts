/** Questions about the path of a case that several rules ask. */

import { equalBytes } from '../../src/der/writer.ts'
import { Budget } from '../../src/path/budget.ts'
import { PathBuilder } from '../../src/path/build.ts'
import type { FindingCode } from '../../src/path/findings.ts'
import { SignatureChecker } from '../../src/path/signatures.ts'
import { IssuerPool, TrustStore } from '../../src/path/trust-store.ts'
import { validatePath } from '../../src/path/validate.ts'
import type { Certificate } from '../../src/x509/certificate.ts'
import { AT } from '../path/build-certificate.ts'
import type { Judged } from './difference.ts'
import { errorsAmong } from './judges.ts'

/** The path that is valid for us, from the target upward; empty if none is. */
export function pathOf({ ours }: Judged): readonly Certificate[] {
  return ours.attempts.find(({ valid }) => valid)?.path ?? []
}

export function isAnchor({ encoded }: Certificate, { one }: Judged): boolean {
  return one.hierarchy.trustAnchors.some((anchor) => equalBytes(anchor.encoded, encoded))
}

/**
 * What is wrong with the paths that are not valid for us, whether or not they had to be tried, below a bad signature
 * too. A key identifier that fits no issuer counts as an issuer that is missing, because there the program stops.
 */
export function errorsOfOtherPaths({ one, ours }: Judged): readonly FindingCode[] {
  const { target, rules } = ours
  if (target === undefined) return []
  const { trustAnchors, untrusted, question } = one.hierarchy
  const budget = new Budget()
  const pool = new IssuerPool(untrusted)
  const paths = new PathBuilder(target, new TrustStore(trustAnchors), pool, AT.getTime(), budget)
  const inputs = {
    rules: { ...rules, reportsUnauthenticated: true },
    at: AT,
    ...question,
    maxDepth: undefined,
    anchorConstraints: true,
    budget,
    signatures: new SignatureChecker(budget, undefined),
  }
  const codes = new Set<FindingCode>()
  for (let path = paths.next(); path !== undefined; path = paths.next()) {
    for (const { code } of errorsAmong(validatePath(path, inputs).findings, rules)) codes.add(code)
    const { certificates } = path
    const isHinted = certificates.slice(0, -1).every((one, index) => !contradictsHint(one, certificates[index + 1]))
    if (!isHinted) codes.add('path.issuer-not-found')
  }
  return [...codes]
}

/** Whether the authorityKeyIdentifier names another certificate than the issuer; the anchor's, than itself. */
export function contradictsHint(certificate: Certificate, issuer: Certificate = certificate): boolean {
  const hint = certificate.decoded.authorityKeyIdentifier
  const { subjectKeyIdentifier } = issuer.decoded
  if (hint === undefined) return false
  if (hint.keyIdentifier !== undefined && subjectKeyIdentifier !== undefined) {
    if (!equalBytes(hint.keyIdentifier, subjectKeyIdentifier)) return true
  }
  return hint.authorityCertSerialNumber !== undefined && hint.authorityCertSerialNumber !== issuer.serialNumber
}
