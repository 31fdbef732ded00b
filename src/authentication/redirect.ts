/**
 * Certificates for a part of a site: TLS asks for them before there is a path to ask about, so that part lives on a
 * host of its own, and who comes to it on the other is sent there (ASP.NET Core's sample for optional certificates).
 */

import { PkiError } from '../errors.ts'
import type { ChallengeContext } from './events.ts'

/** As much of a request and a response as it takes to redirect. */
export interface RedirectableRequest {
  readonly url?: string | undefined
  /** HTTP/2 has `:authority` in place of `host`. */
  readonly headers: { readonly host?: string | undefined; readonly ':authority'?: string | string[] | undefined }
}

export interface RedirectableResponse {
  statusCode: number
  setHeader(name: string, value: string | number): unknown
  end(): unknown
}

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
    const { host: asked, ':authority': askedInHttp2 = asked ?? '' } = request.headers
    if (authorityOf(`https://${askedInHttp2}`) === authority) return
    response.statusCode = 307
    response.setHeader('Location', `https://${authority}${pathOf(request.url)}`)
    response.setHeader('Content-Length', 0)
    response.end()
    context.handleResponse()
  }
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
