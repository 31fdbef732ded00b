/** What comes of authenticating one request: ASP.NET Core's `AuthenticateResult`, with the reasons in it. */

import type { X509ChainResult } from '../path/x509chain/chain.ts'
import type { ValidationFailure } from './chain-policy.ts'
import type { ClientCertificate } from './client-certificate.ts'
import type { ClaimsPrincipal } from './principal.ts'

/** Notes of an application about one authentication, passed along with its result. */
export type AuthenticationProperties = Readonly<Record<string, string>>

/** What came of authenticating a request: ASP.NET Core's `AuthenticateResult`. Narrow it by `outcome`. */
export type AuthenticateResult =
  | {
      readonly outcome: 'success'
      readonly principal: ClaimsPrincipal
      readonly scheme: string
      readonly properties: AuthenticationProperties
      readonly certificate: ClientCertificate
      /** The chain that was built. */
      readonly chain: X509ChainResult | undefined
    }
  | {
      readonly outcome: 'failure'
      /** For logs; it is not for clients to see. */
      readonly failure: Error
      readonly scheme: string
      readonly properties: AuthenticationProperties
      /** Undefined if what the client presented could not be read. */
      readonly certificate: ClientCertificate | undefined
      /** The chain with the status of each element; undefined if none was built. */
      readonly chain: X509ChainResult | undefined
    }
  /** Nobody presented anything, or a callback decided that it says nothing. */
  | { readonly outcome: 'no-result'; readonly scheme: string }

/** Why a certificate did not authenticate: one of the handler's reasons, or what a callback said. */
export class AuthenticationFailure extends Error {
  override readonly name = 'AuthenticationFailure'
  readonly reason: ValidationFailure | 'malformed-certificate' | 'rejected-by-application'

  constructor(reason: AuthenticationFailure['reason'], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.reason = reason
  }
}

/**
 * The same result in other objects: what one request changes on its own, the next does not find. Written out, because
 * spreading an object costs a busy server more than all the rest of a request that the cache knows.
 */
export function cloneResult(result: AuthenticateResult): AuthenticateResult {
  switch (result.outcome) {
    case 'success': {
      const { outcome, principal, scheme, properties, certificate, chain } = result
      return {
        outcome,
        principal: principal.clone(),
        scheme,
        properties: cloneProperties(properties),
        certificate,
        chain,
      }
    }
    case 'failure': {
      const { outcome, failure, scheme, properties, certificate, chain } = result
      return { outcome, failure, scheme, properties: cloneProperties(properties), certificate, chain }
    }
    case 'no-result':
      return { outcome: result.outcome, scheme: result.scheme }
  }
}

/** There are none, mostly. */
function cloneProperties(properties: AuthenticationProperties): AuthenticationProperties {
  return Object.keys(properties).length === 0 ? {} : { ...properties }
}
