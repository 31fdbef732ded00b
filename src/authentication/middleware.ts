/**
 * Certificate authentication as a middleware for `node:http`, `node:https`, `node:http2`, Connect and Express. It finds
 * out who a client is and rejects nobody: that is for `requireCertificate`, or for whoever asks `authenticationOf`.
 */

import { type Authenticated, CertificateAuthenticationError, setAuthenticated } from './authenticated.ts'
import type { CertificateAuthenticationOptions } from './authentication-options.ts'
import { type NodeRequest, nodeConnection } from './connection.ts'
import { CertificateAuthenticationHandler } from './handler.ts'
import type { ClaimsPrincipal } from './principal.ts'
import type { AuthenticateResult, AuthenticationProperties } from './result.ts'

/** What authentication adds to a request. */
export interface AuthenticatedRequest {
  /** What came of certificate authentication. */
  authentication?: AuthenticateResult | undefined
  /** Who the client is; undefined if nobody in particular. */
  principal?: ClaimsPrincipal | undefined
}

declare global {
  // Express takes additions to its types from here, whether it is installed or not; the name is theirs.
  namespace Express {
    interface Request extends AuthenticatedRequest {}
  }
}

/** As much of a response as it takes to answer 403. */
export interface NodeResponse {
  statusCode: number
  readonly headersSent: boolean
  setHeader(name: string, value: string | number): unknown
  end(): unknown
}

/** Hands the request on, or the error. */
export type Next = (error?: unknown) => void

/** A middleware, and what it is made of for whoever needs the parts. */
export interface CertificateAuthentication<Request, Response> {
  /** Passes a {@link CertificateAuthenticationError} on where authenticating threw. */
  (request: Request, response: Response, next: Next): void
  readonly scheme: string
  /** Authenticates a request, once. @throws as the handler does */
  authenticate(request: Request): Promise<AuthenticateResult>
  /** Answers somebody who has not authenticated: as `onChallenge` says, else 403. */
  challenge(request: Request, response: Response, properties?: AuthenticationProperties): Promise<void>
  /** Answers somebody who may not: 403, without a body. The request is for schemes that hand this over. */
  forbid(response: Response, request?: Request): void | Promise<void>
}

/**
 * @throws PkiError `usage.option` as the handler; options about chains are judged when a request comes, as ASP.NET
 *   Core does
 */
export function certificateAuthentication<
  Request extends NodeRequest = NodeRequest,
  Response extends NodeResponse = NodeResponse,
>(options: CertificateAuthenticationOptions<Request, Response> = {}): CertificateAuthentication<Request, Response> {
  const handler = new CertificateAuthenticationHandler(options)
  const authenticate = async (request: Request) => handler.authenticate(request, nodeConnection(request))
  const challenge = async (request: Request, response: Response, properties?: AuthenticationProperties) => {
    const context = await handler.challenge(request, response, properties)
    if (context?.handled !== true) forbid(response)
  }
  const scheme = { scheme: handler.scheme, authenticate, challenge, forbid }
  const enter = (request: Request, response: Response, result: AuthenticateResult): void => {
    const known = request as AuthenticatedRequest
    setAuthenticated(request, new Entry(result, request, response, scheme))
    known.authentication = result
    known.principal = principalIn(result)
  }
  const middleware = (request: Request, response: Response, next: Next): void => {
    const result = handler.authenticate(request, nodeConnection(request))
    if (result instanceof Promise) {
      result.then(
        (one) => {
          enter(request, response, one)
          next()
        },
        (error) => next(new CertificateAuthenticationError(error)),
      )
    } else {
      enter(request, response, result)
      next()
    }
  }
  return Object.assign(middleware, scheme)
}

/** One for each request; two closures would cost it several times as much. */
class Entry<Request, Response> implements Authenticated {
  readonly result: AuthenticateResult
  readonly #request: Request
  readonly #response: Response
  readonly #scheme: Scheme<Request, Response>

  constructor(result: AuthenticateResult, request: Request, response: Response, scheme: Scheme<Request, Response>) {
    this.result = result
    this.#request = request
    this.#response = response
    this.#scheme = scheme
  }

  challenge(): Promise<void> {
    return this.#scheme.challenge(this.#request, this.#response)
  }

  forbid(): void | Promise<void> {
    return this.#scheme.forbid(this.#response, this.#request)
  }
}

type Scheme<Request, Response> = Pick<CertificateAuthentication<Request, Response>, 'challenge' | 'forbid'>

/** Who a result says the client is. */
export function principalIn(result: AuthenticateResult): ClaimsPrincipal | undefined {
  return result.outcome === 'success' ? result.principal : undefined
}

/** 403 and nothing else: neither a reason nor WWW-Authenticate, since no header can bring a certificate. */
function forbid(response: NodeResponse): void {
  if (!response.headersSent) {
    response.statusCode = 403
    response.setHeader('Content-Length', 0)
  }
  response.end()
}
