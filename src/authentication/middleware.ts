/**
 * Certificate authentication as a middleware for `node:http`, `node:https`, Connect and Express. It finds out who a
 * client is and rejects nobody: that is for `requireCertificate`, or for whoever asks {@link authenticationOf}.
 */

import type { ServerResponse } from 'node:http'
import { PkiError } from '../errors.ts'
import { type NodeRequest, nodeConnection } from './connection.ts'
import { type CertificateAuthenticationOptions, CertificateAuthenticationHandler } from './handler.ts'
import type { ClaimsPrincipal } from './principal.ts'
import type { AuthenticateResult, AuthenticationProperties } from './result.ts'

declare global {
  // Express reads its types from here, without a package of its own; the name is theirs.
  namespace Express {
    interface Request {
      /** What came of certificate authentication. */
      authentication?: AuthenticateResult | undefined
      /** Who the client is; undefined if nobody in particular. */
      principal?: ClaimsPrincipal | undefined
    }
  }
}

/** As much of a response as is needed to answer 403. */
export type NodeResponse = Pick<ServerResponse, 'headersSent' | 'writeHead' | 'end'>

export type Next = (error?: unknown) => void

/** A middleware, and what it is made of for whoever needs the parts. */
export interface CertificateAuthentication<Request extends NodeRequest, Response extends NodeResponse> {
  (request: Request, response: Response, next: Next): void
  readonly scheme: string
  /** Authenticates a request, once. @throws as the handler does */
  authenticate(request: Request): Promise<AuthenticateResult>
  /** Answers somebody who has not authenticated: as `onChallenge` says, else 403. */
  challenge(request: Request, response: Response, properties?: AuthenticationProperties): Promise<void>
  /** Answers somebody who may not: 403, without a body. */
  forbid(response: Response): void
}

/** What is known of an authenticated request. */
interface Authenticated {
  readonly result: AuthenticateResult
  readonly authentication: Pick<CertificateAuthentication<never, never>, 'scheme'> & {
    challenge(request: object, response: object): Promise<void>
  }
}

const authenticated = new WeakMap<object, Authenticated>()

/**
 * @throws PkiError `usage.option` for an empty scheme; other options are judged when a request comes, as ASP.NET Core
 *   does
 */
export function certificateAuthentication<
  Request extends NodeRequest = NodeRequest,
  Response extends NodeResponse = NodeResponse,
>(
  options: CertificateAuthenticationOptions<Request, Response> = {},
): CertificateAuthentication<Request, Response> {
  const handler = new CertificateAuthenticationHandler(options)
  const authenticate = (request: Request) => handler.authenticate(request, nodeConnection(request))

  const middleware = (request: Request, response: Response, next: Next): void => {
    authenticate(request).then(
      (result) => {
        setAuthenticated(request, result, parts)
        next()
      },
      (error) => next(withoutDetails(error)),
    )
  }
  const parts = {
    scheme: handler.scheme,
    authenticate,
    challenge: async (request: Request, response: Response, properties: AuthenticationProperties = {}) => {
      const context = await handler.challenge(request, response, properties)
      if (context?.handled !== true) forbid(response)
    },
    forbid,
  }
  return Object.assign(middleware, parts)
}
