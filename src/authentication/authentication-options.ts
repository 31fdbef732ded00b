/** Everything that one scheme of certificate authentication is told. */

import type { FetchOptions } from '../online/source.ts'
import type { ChainSurroundings } from '../path/x509chain/policy.ts'
import type { ValidationCache } from './cache.ts'
import type { DefaultPrincipalOptions } from './claims.ts'
import type { ClientCertificate } from './client-certificate.ts'
import type { Clock } from './clock.ts'
import type { CertificateAuthenticationEvents } from './events.ts'
import type { AuthenticationLog } from './log.ts'
import type { CertificateValidationOptions } from './options.ts'

/** What .NET would find on its machine: trusted roots, intermediates, evidence on revocation. */
export type Surroundings = Omit<ChainSurroundings, 'verificationTime'>

/** ASP.NET Core's `CertificateAuthenticationOptions`; the comments give the defaults. */
export interface CertificateAuthenticationOptions<Request = unknown, Response = unknown>
  extends CertificateValidationOptions,
    DefaultPrincipalOptions {
  /** What time it is: the system's. */
  readonly clock?: Clock | undefined
  /** `Certificate`. What tells one authentication from another where there are several. */
  readonly scheme?: string | undefined
  readonly events?: CertificateAuthenticationEvents<Request, Response> | undefined
  /** None: every request is validated anew. */
  readonly cache?: ValidationCache | undefined
  /**
   * Nothing: no root is trusted in `System` mode, and nothing is known of revocation. A function is asked for each
   * validation.
   */
  readonly surroundings?:
    | Surroundings
    | ((certificate: ClientCertificate, at: Date) => Surroundings | Promise<Surroundings>)
    | undefined
  /**
   * How to get missing issuers, CRLs and OCSP responses; without allowed hosts, from this machine only. Nothing: none are
   * got, and the revocation modes `Online` and `Offline` reject every chained certificate that `surroundings` does not
   * clear.
   */
  readonly fetch?: Omit<FetchOptions, 'now'> | undefined
  readonly log?: AuthenticationLog | undefined
}
