/**
 * What certificate authentication is told about certificates: ASP.NET Core's `CertificateAuthenticationOptions`, under
 * its names and with its defaults. Events, cache and what else concerns requests have their own files.
 */

import type { RevocationFlag, RevocationMode, TrustMode } from '../path/x509chain/policy.ts'
import type { Certificate } from '../x509/certificate.ts'

/** CertificateTypes: which kinds of certificate may authenticate. `SelfSigned` is told by the names alone. */
export const CERTIFICATE_TYPES = ['Chained', 'SelfSigned', 'All'] as const
/** Which certificates may authenticate: ASP.NET Core's `CertificateTypes`. */
export type CertificateTypes = (typeof CERTIFICATE_TYPES)[number]

/** The comments give the defaults. */
export interface CertificateValidationOptions {
  /** `Chained` */
  readonly allowedCertificateTypes?: CertificateTypes | undefined
  /** `System`. For chained certificates only; together with a custom trust store, `System` is an error. */
  readonly chainTrustValidationMode?: TrustMode | undefined
  /** Empty. For `CustomRootTrust`: the self-issued members are trusted, the others help to build. */
  readonly customTrustStore?: readonly Certificate[] | undefined
  /** Empty. Certificates that may stand between; they give no trust. */
  readonly additionalChainCertificates?: readonly Certificate[] | undefined
  /** True: every certificate of the chain must allow the purpose clientAuth. */
  readonly validateCertificateUse?: boolean | undefined
  /** True. */
  readonly validateValidityPeriod?: boolean | undefined
  /** `ExcludeRoot`; for chained certificates only. */
  readonly revocationFlag?: RevocationFlag | undefined
  /** `Online`; for chained certificates only. */
  readonly revocationMode?: RevocationMode | undefined
}
