/** What whoever runs a server may do about a chain that was rejected: one line, for the log. */

import { explain, type Finding, type FindingCode } from '../path/findings.ts'
import { weightOf } from '../path/rule-set.ts'
import type { X509ChainResult } from '../path/x509chain/chain.ts'
import type { CertificateValidationOptions } from './options.ts'

/** In terms of the options where they are the reason, else the cure of what was found first; undefined if nothing was. */
export function adviceOn(
  { findings, rules }: X509ChainResult,
  options: CertificateValidationOptions,
): string | undefined {
  const errors = findings.filter(({ code }) => weightOf(rules, code) === 'error')
  const [first] = errors
  if (first === undefined) return undefined
  const has = (code: FindingCode) => errors.some((one: Finding) => one.code === code)
  if (has('path.issuer-not-found') || has('path.untrusted-root')) return adviceOnTrust(options)
  if (first.code === 'revocation.unknown') return adviceOnRevocation(options)
  return explain(first).cure
}

function adviceOnTrust({ chainTrustValidationMode = 'System' }: CertificateValidationOptions): string {
  return chainTrustValidationMode === 'System'
    ? "System trusts what surroundings.systemTrustStore holds; for authorities of one's own set chainTrustValidationMode to CustomRootTrust, and customTrustStore"
    : 'customTrustStore must hold the root, and it or additionalChainCertificates what stands between: what clients send beside their certificate is not looked at'
}

function adviceOnRevocation({ revocationMode = 'Online' }: CertificateValidationOptions): string {
  return revocationMode === 'Online'
    ? 'with fetch, Online asks the servers that the certificate names; for certificates that name none set revocationMode to NoCheck'
    : 'give CRLs or OCSP responses in surroundings, or set revocationMode to NoCheck'
}
