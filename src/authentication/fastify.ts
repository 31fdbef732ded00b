/** Certificate authentication for Fastify: a plugin, and a hook that turns people away. */

import type { FastifyInstance, FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify'
import { CertificateAuthenticationError, setAuthenticated } from './authenticated.ts'
import type { CertificateAuthenticationOptions } from './authentication-options.ts'
import { CertificatePolicy } from './certificate-policy.ts'
import { nodeConnection } from './connection.ts'
import { type CertificateForwardingOptions, certificateForwarding } from './forwarding.ts'
import { CertificateAuthenticationHandler } from './handler.ts'
import { principalIn } from './middleware.ts'
import type { ClaimsPrincipal } from './principal.ts'
import { authorize, type RequireCertificateOptions } from './require-certificate.ts'
import type { AuthenticateResult } from './result.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What came of certificate authentication. */
    authentication: AuthenticateResult | undefined
    /** Who the client is; undefined if nobody in particular. */
    principal: ClaimsPrincipal | undefined
  }
}

export interface FastifyCertificateAuthenticationOptions
  extends CertificateAuthenticationOptions<FastifyRequest, FastifyReply> {
  /** Left out, headers say nothing. */
  readonly forwarding?: CertificateForwardingOptions | undefined
}

/**
 * Authenticates every request below the instance it is registered with, and rejects none. Registered once more on an
 * instance further below, with a `scheme` of its own, it is that one that counts there. A callback `onChallenge`
 * that answers by `reply` calls `handleResponse()`.
 */
export const fastifyCertificateAuthentication: FastifyPluginCallback<FastifyCertificateAuthenticationOptions> = (
  instance,
  options,
  done,
) => {
  // A plugin with a callback that throws would take the whole process along.
  try {
    install(instance, options)
  } catch (error) {
    done(error as Error)
    return
  }
  done()
}

function install(
  instance: FastifyInstance,
  { forwarding, ...registered }: FastifyCertificateAuthenticationOptions,
): void {
  const handler = new CertificateAuthenticationHandler(withoutFastifysOwn(registered))
  const forward = forwarding && certificateForwarding(forwarding)
  const authenticate = async (request: FastifyRequest): Promise<AuthenticateResult> => {
    try {
      return await handler.authenticate(request, nodeConnection(request.raw))
    } catch (error) {
      throw new CertificateAuthenticationError(error)
    }
  }
  // They are there already below an instance with another scheme, which this one then replaces.
  for (const name of ['authentication', 'principal'] as const) {
    if (!instance.hasRequestDecorator(name)) instance.decorateRequest(name, undefined)
  }
  instance.addHook('onRequest', async (request, reply) => {
    forward?.(request.raw, reply.raw, (error) => {
      if (error !== undefined) throw error
    })
    const result = await authenticate(request)
    request.authentication = result
    request.principal = principalIn(result)
    setAuthenticated(request, {
      result,
      challenge: async () => {
        const context = await handler.challenge(request, reply)
        if (context?.handled !== true) forbid(reply)
      },
      forbid: () => forbid(reply),
    })
  })
}

/** Fastify hands over what `register` was told for itself as well. */
function withoutFastifysOwn<Options extends object>(registered: Options): Options {
  const {
    prefix: _prefix,
    logLevel: _level,
    logSerializers: _serializers,
    ...options
  } = registered as Options & Readonly<Record<string, unknown>>
  return options as unknown as Options
}

// What fastify-plugin sets: hooks and decorators are the registering instance's own, not those of a child.
Object.assign(fastifyCertificateAuthentication, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'devpki-certificate-authentication',
})

/** A hook for servers of HTTP/1.1 and HTTP/2 alike, whose requests are of different types. */
export type RequireCertificateHook = (request: object, reply: object) => Promise<unknown>

/**
 * A hook `onRequest` or `preHandler` of a route: lets pass whom the requirement allows, answers the others.
 * @throws PkiError `usage.option` for a requirement that makes no sense
 */
export function requireCertificateHook({
  log,
  ...requirement
}: RequireCertificateOptions = {}): RequireCertificateHook {
  const policy = new CertificatePolicy(requirement)
  return async (request, reply) => {
    return (await authorize(request, policy, log)) ? undefined : reply
  }
}

function forbid(reply: FastifyReply): void {
  reply.code(403).header('Content-Length', 0).send()
}
