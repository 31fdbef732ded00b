/** The middleware that turns people away: ASP.NET Core's `[Authorize]` with a policy. */

import { PkiError } from '../errors.ts'
import { type Authenticated, authenticatedOf, CertificateAuthenticationError } from './authenticated.ts'
import { CertificatePolicy, type CertificateRequirement } from './certificate-policy.ts'
import type { AuthenticationLog } from './log.ts'
import type { Next } from './middleware.ts'

export interface RequireCertificateOptions extends CertificateRequirement {
  readonly log?: AuthenticationLog | undefined
}

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
export function requireCertificate(options: RequireCertificateOptions = {}): RequireCertificate {
  const policy = new CertificatePolicy(options)
  const middleware = (request: object, _response: unknown, next: Next): void => {
    authorize(request, policy, options.log).then(
      (isAllowed) => {
        if (isAllowed) next()
      },
      (error) => next(error),
    )
  }
  return Object.assign(middleware, { ready: policy.ready })
}

/**
 * Whether a request may go on; if not, it has been answered.
 * @throws PkiError `usage.option` if no authentication ran before; what answering it throws
 */
export async function authorize(
  request: object,
  policy: CertificatePolicy,
  log: AuthenticationLog | undefined,
): Promise<boolean> {
  const authenticated = authenticatedOf(request)
  if (authenticated === undefined) {
    throw new PkiError('usage.option', 'requireCertificate needs certificateAuthentication to run before it')
  }
  try {
    return await answered(authenticated, policy, log)
  } catch (error) {
    throw new CertificateAuthenticationError(error)
  }
}

async function answered(
  authenticated: Authenticated,
  policy: CertificatePolicy,
  log: AuthenticationLog | undefined,
): Promise<boolean> {
  const { result } = authenticated
  switch (await decision(policy, result, log)) {
    case 'allowed':
      return true
    case 'not-authenticated':
      await authenticated.challenge()
      return false
    case 'not-allowed': {
      const subject = result.outcome === 'success' ? result.certificate.subject : undefined
      log?.({ event: 'denied', level: 'warning', message: 'not allowed by the requirement', subject })
      await authenticated.forbid()
      return false
    }
  }
}

/** A policy that cannot be worked out allows nobody. */
async function decision(
  policy: CertificatePolicy,
  result: Authenticated['result'],
  log: AuthenticationLog | undefined,
): Promise<Awaited<ReturnType<CertificatePolicy['decide']>>> {
  try {
    return await policy.decide(result)
  } catch (error) {
    log?.({ event: 'exception', level: 'error', message: 'the requirement cannot be worked out', error })
    return 'not-allowed'
  }
}
