/**
 * Certificates for a part of a site: TLS asks for them before there is a path to ask about, so that part lives on a
 * host of its own, and who comes to it on the other is sent there (ASP.NET Core's sample for optional certificates).
 */

import { PkiError } from '../errors.ts'
import type { ChallengeContext } from './events.ts'

/** As much of a request as it takes to redirect: of Node, Connect, Express, Fastify; a web-standard one. */
export interface RedirectableRequest {
  readonly url?: string | undefined
  /** Of Express and Connect, which take from `url` the path that a middleware is mounted at. */
  readonly originalUrl?: string | undefined
  readonly headers: RedirectableHeaders | WebHeaders
}

/** HTTP/2 has `:authority` in place of `host`. */
interface RedirectableHeaders {
  readonly host?: string | undefined
  readonly ':authority'?: string | string[] | undefined
}

interface WebHeaders {
  get(name: string): string | null
}

/** A response of Node, a reply of Fastify, or none: a web-standard server has it from the context. */
export type RedirectableResponse =
  | { statusCode: number; setHeader(name: string, value: string | number): unknown; end(): unknown }
  | { redirect(url: string, code: number): unknown }
  | undefined

/**
 * A callback `onChallenge` that sends clients to the same path on the host that asks for certificates: 307, so that
 * method and body stay. Who is there already gets the 403.
 * @param host name or address with the port if it is not 443, `secure.example.com:8443`
 * @throws PkiError `usage.option` for what is no host
 */
export function redirectToHost(
  host: string,
): (context: ChallengeContext<RedirectableRequest, RedirectableResponse>) => void {
  const authority = authorityOf(`https://${host}`)
  if (authority === undefined || /[/?#@\\\s]/.test(host)) {
    throw new PkiError('usage.option', `${JSON.stringify(host)} is no host to redirect to`)
  }
  return (context) => {
    const { request, response } = context
    if (askedAuthority(request) === authority) return
    const location = `https://${authority}${pathOf(request.originalUrl ?? request.url)}`
    if (response === undefined) {
      context.respondWith(new Response(null, { status: 307, headers: { Location: location, 'Content-Length': '0' } }))
      return
    }
    if ('setHeader' in response) {
      response.statusCode = 307
      response.setHeader('Location', location)
      response.setHeader('Content-Length', 0)
      response.end()
    } else response.redirect(location, 307)
    context.handleResponse()
  }
}

function askedAuthority({ headers, url = '' }: RedirectableRequest): string | undefined {
  if ('get' in headers && typeof headers.get === 'function') return authorityOf(url)
  const { host, ':authority': authority = host ?? '' } = headers as RedirectableHeaders
  return authorityOf(`https://${authority}`)
}

/** Host and port in one spelling, without the port 443. */
function authorityOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}

/** Path and query of a request target, which may be absolute (RFC 9112 §3.2). */
function pathOf(target = '/'): string {
  if (target.startsWith('/')) return target
  if (!URL.canParse(target)) return '/'
  const { pathname, search } = new URL(target)
  return `${pathname}${search}`
}
