/** X509Chain.Build: from a certificate and a policy to .NET's verdict, element by element. */

import type { Certificate } from '../../x509/certificate.ts'
import type { Finding } from '../findings.ts'
import type { ChainStatus } from './chain-status.ts'
import { type ChainPolicy, requireUsablePolicy } from './policy.ts'

/** X509ChainElement */
export interface ChainElement {
  readonly certificate: Certificate
  readonly status: readonly ChainStatus[]
}

export interface X509ChainResult {
  /** What `Build` returns. False where .NET throws. */
  readonly valid: boolean
  /** From the certificate upward. */
  readonly elements: readonly ChainElement[]
  /** `ChainStatus`: the flags of all elements, each once, in the order of their first appearance. */
  readonly status: readonly ChainStatus[]
  /** Why `Build` throws instead of answering; undefined if it answers. */
  readonly threw: string | undefined
  /** The same in the engine's findings, `certificate` being the index of the element. */
  readonly findings: readonly Finding[]
}

/** @throws PkiError for a policy that .NET refuses */
export function buildX509Chain(certificate: Certificate, policy: ChainPolicy): X509ChainResult {
  requireUsablePolicy(policy)
  const elements = [{ certificate, status: [] }]
  return { valid: false, elements, status: [], threw: 'not yet', findings: [] }
}
