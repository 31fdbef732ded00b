/** What was asked of the net for a verification and what came of it: the log that a person can follow. */

import type { FetchFailure } from '../path/findings/fetch-failure.ts'
import type { Certificate } from '../x509/certificate.ts'

/** `crl` from a distribution point, `ocsp` from a responder, `issuer` from caIssuers. */
export type EvidenceKind = 'crl' | 'ocsp' | 'issuer'

/** One place that was asked. */
export interface EvidenceRecord {
  readonly kind: EvidenceKind
  /** As the certificate names it. */
  readonly url: string
  /** The certificate that it is about and that names it. */
  readonly certificate: Certificate
  /** Where the octets came from; `none` if nothing usable came. */
  readonly origin: 'network' | 'cache' | 'none'
  /** HTTP status of the last answer; undefined if nobody answered or nobody was asked. */
  readonly status: number | undefined
  /** Octets of the piece of evidence; 0 if there is none. */
  readonly bytes: number
  /** Why nothing came from the net. With origin `cache` there was something to fall back on. */
  readonly failure: { readonly reason: FetchFailure; readonly detail: string } | undefined
  /** The piece of evidence in the words of the findings; empty if there is none. */
  readonly evidence: string
  /** Why it was not kept for later although it should have been; undefined mostly. */
  readonly notKept: string | undefined
  /** Whether the verdict rests on it, or on another piece that goes by the same name. */
  readonly used: boolean
}
