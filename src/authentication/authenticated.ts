/** What authentication found out about a request, kept for those who come after it. */

import type { AuthenticateResult } from './result.ts'

export interface Authenticated {
  readonly result: AuthenticateResult
  /** Answers somebody who has not authenticated. */
  challenge(): Promise<void>
  /** Answers somebody who may not. */
  forbid(): void | Promise<void>
}

/** Kept with the request: a WeakMap of all requests would cost several times as much, and the garbage collector too. */
const AUTHENTICATED = Symbol('authenticated')

interface MaybeAuthenticated {
  [AUTHENTICATED]?: Authenticated
}

export function setAuthenticated(request: object, authenticated: Authenticated): void {
  const keeper: MaybeAuthenticated = request
  keeper[AUTHENTICATED] = authenticated
}

/** Undefined if no authentication has run. */
export function authenticatedOf(request: object): Authenticated | undefined {
  const keeper: MaybeAuthenticated = request
  return keeper[AUTHENTICATED]
}

/** What came of authentication, for requests of any framework here; undefined if none has run. */
export function authenticationOf(request: object): AuthenticateResult | undefined {
  return authenticatedOf(request)?.result
}

/**
 * An exception during authentication, as error handlers get it: they may print an error's message and stack to clients,
 * so there is nothing in either. What happened is the `cause`, and in the log.
 */
export class CertificateAuthenticationError extends Error {
  override readonly name = 'CertificateAuthenticationError'
  /** For Express and Connect. */
  readonly status = 500
  /** For Fastify. */
  readonly statusCode = 500
  /** For Koa and http-errors: the message is not for clients. */
  readonly expose = false

  constructor(cause: unknown) {
    super('certificate authentication failed', { cause })
    this.stack = `${this.name}: ${this.message}`
  }
}
