/** X509Chain's answer as a verdict of the engine, for whoever prints verdicts. */

import type { Certificate } from '../../x509/certificate.ts'
import { type Finding, finding } from '../findings.ts'
import { NO_POLICIES } from '../policies.ts'
import type { Attempt, Verdict } from '../verify.ts'
import type { X509ChainResult } from './chain.ts'
import { X509CHAIN } from './rules.ts'

/** Valid under the rules of the chain exactly if `Build` returns true. There is one attempt, as there is one chain. */
export function chainVerdict(chain: X509ChainResult): Verdict {
  const { valid, path, anchored, revocation: statuses, rules } = chain
  const findings = [...chain.findings].sort(byCertificate)
  const authenticated = findings.every(({ code }) => !code.startsWith('signature.'))
  const attempt: Attempt = { path, anchored, authenticated, findings, valid, policies: NO_POLICIES, statuses }
  return { ...attempt, attempts: [attempt], rules }
}

/** The verdict on a certificate of a kind that is not allowed, for which no chain is built. */
export function kindNotAllowed(certificate: Certificate, kind: 'self-signed' | 'chained'): Verdict {
  const allowed = kind === 'chained' ? 'self-signed' : 'chained'
  const findings = [finding('path.kind-not-allowed', 0, { kind, allowed })]
  const nothing = { anchored: false, policies: NO_POLICIES, statuses: [], attempts: [], rules: X509CHAIN }
  return { ...nothing, valid: false, path: [certificate], findings }
}

/** The target first, what speaks of no certificate last. */
function byCertificate(a: Finding, b: Finding): number {
  return (a.certificate ?? Number.MAX_SAFE_INTEGER) - (b.certificate ?? Number.MAX_SAFE_INTEGER)
}
