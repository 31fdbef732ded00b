/** The middleware that turns people away: ASP.NET Core's `[Authorize]` with a policy. */

import { PkiError } from '../errors.ts'
import { type Authenticated, authenticatedOf, CertificateAuthenticationError } from './authenticated.ts'
import { CertificatePolicy, type CertificateRequirement, type Decision } from './certificate-policy.ts'
import type { AuthenticationLog } from './log.ts'
import type { Next } from './middleware.ts'
import type { AuthenticateResult } from './result.ts'

/** Which certificates may pass. */
export interface RequireCertificateOptions extends CertificateRequirement {
  readonly log?: AuthenticationLog | undefined
}

/** The middleware that {@link requireCertificate} makes. */
export interface RequireCertificate {
  /** Passes on whom the policy allows. Passes an error on if no `certificateAuthentication` ran before. */
  (request: object, response: unknown, next: Next): void
  /** See `CertificatePolicy`. */
  readonly ready: Promise<void>
}

/**
 * Lets pass whom the requirement allows. The others get a 403 without a word: who has not authenticated, after
 * `onChallenge`.
 * @throws PkiError `usage.option` for a requirement that makes no sense
 */
export function requireCertificate({ log, ...requirement }: RequireCertificateOptions = {}): RequireCertificate {
  const policy = new CertificatePolicy(requirement)
  const middleware = (request: object, _response: unknown, next: Next): void => {
    const authorized = authorize(request, policy, log)
    if (authorized === true) next()
    else authorized.then((isAllowed) => isAllowed && next(), next)
  }
  return Object.assign(middleware, { ready: policy.ready })
}

/**
 * Whether a request may go on: true at once if that is known at once. If not, it has been answered.
 * The promise rejects with a CertificateAuthenticationError, whose cause is PkiError `usage.option` if no
 * authentication ran before, else what answering threw.
 */
export function authorize(
  request: object,
  policy: CertificatePolicy,
  log: AuthenticationLog | undefined,
): true | Promise<boolean> {
  const authenticated = authenticatedOf(request)
  if (authenticated === undefined) {
    const error = new PkiError('usage.option', 'requireCertificate needs certificateAuthentication to run before it')
    log?.({ event: 'exception', level: 'error', message: error.message, error })
    return Promise.reject(new CertificateAuthenticationError(error))
  }
  // Most requests are allowed, and by a policy that needs no waiting: they should not pay for the others.
  const decision = decide(policy, authenticated.result, log)
  return decision === 'allowed' ? true : answer(authenticated, decision, log)
}

async function answer(
  authenticated: Authenticated,
  decision: Decision | Promise<Decision>,
  log: AuthenticationLog | undefined,
): Promise<boolean> {
  try {
    switch (await decision) {
      case 'allowed':
        return true
      case 'not-authenticated':
        await authenticated.challenge()
        return false
      case 'not-allowed':
        logDenied(authenticated, log)
        await authenticated.forbid()
        return false
    }
  } catch (error) {
    throw new CertificateAuthenticationError(error)
  }
}

function logDenied({ result }: Authenticated, log: AuthenticationLog | undefined): void {
  const subject = result.outcome === 'success' ? result.certificate.subject : undefined
  log?.({ event: 'denied', level: 'warning', message: 'not allowed by the requirement', subject })
}

/** A policy that cannot be worked out allows nobody. */
export function decide(
  policy: CertificatePolicy,
  result: AuthenticateResult,
  log: AuthenticationLog | undefined,
): Decision | Promise<Decision> {
  const deny = (error: unknown): Decision => {
    log?.({ event: 'exception', level: 'error', message: 'the requirement cannot be worked out', error })
    return 'not-allowed'
  }
  try {
    const decision = policy.decide(result)
    return decision instanceof Promise ? decision.catch(deny) : decision
  } catch (error) {
    return deny(error)
  }
}
