/** The paths under which `pki serve` answers, and what each of them leads to. */

/** What is asked for, its name decoded. */
export type Route =
  | { readonly kind: 'status' }
  | { readonly kind: 'crl'; readonly name: string }
  | { readonly kind: 'certificate' | 'bundle'; readonly name: string }
  /** `encoded` is what a GET carries in its path; {@link ocspRequestIn} decodes it. */
  | { readonly kind: 'ocsp'; readonly name: string; readonly encoded: string }

/** The path of a request target, not decoded. A server must take a whole URL too, as proxies ask (RFC 9112 §3.2.2). */
export function pathOf(target: string): string {
  const withoutHost = target.replace(/^https?:\/\/[^/?#]*/i, '')
  return withoutHost.replace(/[?#].*$/s, '') || '/'
}

/** What a path leads to; undefined if nowhere. */
export function parseRoute(path: string): Route | undefined {
  if (path === '/') return { kind: 'status' }
  const [, responder = '', encoded = ''] = /^\/ocsp\/([^/]+)\/?(.*)$/s.exec(path) ?? []
  if (responder !== '') return named(responder, (name) => ({ kind: 'ocsp', name, encoded }))
  const [, folder, file = '', extension] = /^\/(crl|aia)\/([^/]+)\.(crl|cer|p7c)$/.exec(path) ?? []
  switch (`${folder} ${extension}`) {
    case 'crl crl':
      return named(file, (name) => ({ kind: 'crl', name }))
    case 'aia cer':
      return named(file, (name) => ({ kind: 'certificate', name }))
    case 'aia p7c':
      return named(file, (name) => ({ kind: 'bundle', name }))
    default:
      return undefined
  }
}

/** The methods with which a route may be asked: only OCSP requests may come in a body (RFC 6960 A.1). */
export function methodsOf({ kind }: Route): readonly string[] {
  return kind === 'ocsp' ? ['GET', 'HEAD', 'POST'] : ['GET', 'HEAD']
}

/**
 * The request in the path of a GET (RFC 6960 A.1). Clients are known that leave `+` and `/` as they are, and proxies
 * that make a space of the one; what is no base64 is no request either, and gives octets that are none.
 */
export function ocspRequestIn(encoded: string): Uint8Array {
  const base64 = decoded(encoded)?.replaceAll(' ', '+') ?? ''
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(base64) ? new Uint8Array(Buffer.from(base64, 'base64')) : new Uint8Array(0)
}

function named(encoded: string, route: (name: string) => Route): Route | undefined {
  const name = decoded(encoded)
  return name === undefined ? undefined : route(name)
}

/** Percent-encodings resolved; undefined if they make no text. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    if (error instanceof URIError) return undefined
    throw error
  }
}
