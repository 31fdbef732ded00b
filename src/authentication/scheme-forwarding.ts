/**
 * Several schemes in one server: ASP.NET Core's `ForwardDefault` and its kin, with which a scheme hands an operation
 * over to another. There a scheme is named; here it is passed, since a Node server has no list of them.
 */

import { authenticatedOf, CertificateAuthenticationError, setAuthenticated } from './authenticated.ts'
import type { NodeRequest } from './connection.ts'
import { type Names, requireKind, requireKnown, requireMethods } from './known-options.ts'
import type { CertificateAuthentication, Next, NodeResponse } from './middleware.ts'
import type { AuthenticateResult, AuthenticationProperties } from './result.ts'

/** What answers those who may not come in: another `certificateAuthentication`, or an application's own. */
export interface ChallengeScheme<Request, Response> {
  challenge(request: Request, response: Response, properties?: AuthenticationProperties): void | Promise<void>
  forbid(response: Response, request?: Request): void | Promise<void>
}

type Challenging<Request, Response> = Pick<ChallengeScheme<Request, Response>, 'challenge'>
type Forbidding<Request, Response> = Pick<ChallengeScheme<Request, Response>, 'forbid'>
type Selector<Request, Response> = (request: Request) => CertificateAuthentication<Request, Response> | undefined

/** The first that is there counts: the one of the operation, what the selector says, the default, the scheme itself. */
export interface SchemeForwardingOptions<Request, Response> {
  readonly forwardAuthenticate?: CertificateAuthentication<Request, Response> | undefined
  readonly forwardChallenge?: Challenging<Request, Response> | undefined
  readonly forwardForbid?: Forbidding<Request, Response> | undefined
  /** Asked for each operation that has none of its own: by host or path, say. What it throws fails the request. */
  readonly forwardDefaultSelector?: Selector<Request, Response> | undefined
  readonly forwardDefault?: CertificateAuthentication<Request, Response> | undefined
}

const OPTIONS: Names<SchemeForwardingOptions<never, never>> = {
  forwardAuthenticate: true,
  forwardChallenge: true,
  forwardForbid: true,
  forwardDefaultSelector: true,
  forwardDefault: true,
}

/**
 * A scheme that does itself what it does not hand over. What it hands over may be handed on.
 * @throws PkiError `usage.option` for an option that there is not, and for what is no scheme
 */
export function forwardScheme<Request extends NodeRequest, Response extends NodeResponse>(
  own: CertificateAuthentication<Request, Response>,
  options: SchemeForwardingOptions<Request, Response>,
): CertificateAuthentication<Request, Response> {
  requireKnown(options, OPTIONS, 'forwardScheme')
  requireMethods(own ?? null, 'forwardScheme', 'authenticate', 'challenge', 'forbid')
  for (const name of ['forwardAuthenticate', 'forwardDefault'] as const) {
    requireMethods(options[name], name, 'authenticate', 'challenge', 'forbid')
  }
  requireMethods(options.forwardChallenge, 'forwardChallenge', 'challenge')
  requireMethods(options.forwardForbid, 'forwardForbid', 'forbid')
  requireKind(options.forwardDefaultSelector, 'forwardDefaultSelector', 'function')
  const { forwardAuthenticate, forwardChallenge, forwardForbid, forwardDefaultSelector, forwardDefault } = options
  const otherwise = (request?: Request) => (request && forwardDefaultSelector?.(request)) ?? forwardDefault ?? own

  const authenticate = async (request: Request): Promise<AuthenticateResult> =>
    (forwardAuthenticate ?? otherwise(request)).authenticate(request)
  const challenge = async (request: Request, response: Response, properties?: AuthenticationProperties) =>
    (forwardChallenge ?? otherwise(request)).challenge(request, response, properties)
  const forbid = (response: Response, request?: Request) =>
    (forwardForbid ?? otherwise(request)).forbid(response, request)

  const middleware = (request: Request, response: Response, next: Next): void => {
    let scheme: CertificateAuthentication<Request, Response>
    try {
      scheme = forwardAuthenticate ?? otherwise(request)
    } catch (error) {
      next(new CertificateAuthenticationError(error))
      return
    }
    scheme(request, response, (error) => {
      const authenticated = authenticatedOf(request)
      if (error !== undefined || authenticated === undefined) return next(error)
      setAuthenticated(request, {
        result: authenticated.result,
        challenge: () => challenge(request, response),
        forbid: () => forbid(response, request),
      })
      next()
    })
  }
  return Object.assign(middleware, { scheme: own.scheme, authenticate, challenge, forbid })
}
