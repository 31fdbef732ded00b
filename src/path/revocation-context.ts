/** What every step of the revocation check works with. */

import { equalBytes } from '../der/writer.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { Name } from '../x509/name.ts'
import type { checkSignature } from '../x509/signature.ts'
import type { Budget } from './budget.ts'
import type { EvidenceFacts } from './findings/revocation.ts'
import type { RevocationEvidence } from './revocation-evidence.ts'

/** One certificate of a certification path that is valid apart from revocation. */
export interface PathPosition {
  /** From the target to the trust anchor. */
  readonly path: readonly Certificate[]
  readonly index: number
}

/**
 * Answers questions about signers of CRLs and OCSP responses. Searching and validating paths is not the business of
 * the revocation check, so whoever validates the path in question answers for it.
 */
export interface SignerSource {
  /** The certificates at hand with this subject. Those of the path in question need not be among them. */
  certificatesOf(subject: Name): Iterable<Certificate>
  /**
   * A certification path from a certificate to the trust anchor of the path in question, valid under §6.1 apart from
   * revocation; undefined if there is none.
   */
  pathTo(certificate: Certificate): readonly Certificate[] | undefined
  /** Whether exactly this path to that trust anchor is valid under §6.1 apart from revocation. */
  isValid(path: readonly Certificate[]): boolean
}

/** Whether a certificate is revoked, as far as the evidence tells. */
export type RevocationState = 'unrevoked' | 'revoked' | 'unknown'

/** That a certificate is revoked, according to whom. */
export interface Revocation {
  /** CRLReason by name; `unspecified` where none is given. */
  readonly reason: string
  readonly revocationDate: Date
  /** The piece of evidence, for people. */
  readonly source: string
  /** The source was past its nextUpdate. */
  readonly stale: boolean
}

export interface RevocationContext {
  readonly at: Date
  readonly evidence: RevocationEvidence
  readonly signers: SignerSource
  /** Every signature that is asked for is taken from here. */
  readonly budget: Budget
  readonly checkSignature: typeof checkSignature
  /**
   * The status of a path that ends in the signer of some evidence: the worst of its certificates'. Those whose status
   * is checked anyway, or is being determined, count as unrevoked.
   */
  statusOfPath(path: readonly Certificate[]): RevocationState
  /** Whether the status of a certificate is being determined: what its holder issued says nothing about that. */
  isInQuestion(certificate: Certificate): boolean
}

/** Takes down why a piece of evidence was not used. */
export type Note = <C extends keyof EvidenceFacts>(code: C, facts: Readonly<EvidenceFacts[C]>) => void

/** Whether two objects are the same certificate. */
export function isSameCertificate(a: Certificate, b: Certificate): boolean {
  return a === b || equalBytes(a.encoded, b.encoded)
}
