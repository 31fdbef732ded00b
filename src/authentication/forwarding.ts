/**
 * Certificates that a proxy terminated TLS for: ASP.NET Core's `CertificateForwardingMiddleware`. A header says who the
 * client is, so whoever can send one can be anybody. Unlike there, headers count from named proxies only.
 */

import { PkiError } from '../errors.ts'
import type { Certificate } from '../x509/certificate.ts'
import { CertificateAuthenticationError } from './authenticated.ts'
import { ClientCertificate } from './client-certificate.ts'
import { type ForwardedFacts, type NodeRequest, setForwarded } from './connection.ts'
import { decodeCertificateHeader, HEADER_ENCODINGS, type HeaderEncoding } from './header-certificate.ts'
import { type Names, requireKnown } from './known-options.ts'
import type { AuthenticationLog } from './log.ts'
import type { Next } from './middleware.ts'
import { TrustedProxies } from './trusted-proxies.ts'

/** The header in which Azure App Service forwards certificates. */
export const AZURE_CERTIFICATE_HEADER = 'X-ARR-ClientCert'

const DEFAULT_CERTIFICATE_HEADER = 'X-Client-Cert'

/** From the text of the header to a certificate or its DER; undefined for none. What it throws means none. */
export type HeaderConverter = (value: string) => Certificate | Uint8Array | undefined

/** From whom, and in which header, a certificate is taken. */
export interface CertificateForwardingOptions {
  /** Addresses and ranges, see `TrustedProxies`. There is no default: without it every client could be anybody. */
  readonly trustedProxies: readonly string[]
  /** Default `X-Client-Cert`. */
  readonly certificateHeader?: string | undefined
  /** Default `auto`. */
  readonly headerConverter?: HeaderEncoding | HeaderConverter | undefined
  /** The header in which the proxy says how the client spoke; `false` for none. Default `X-Forwarded-Proto`. */
  readonly protoHeader?: string | false | undefined
  readonly log?: AuthenticationLog | undefined
}

const OPTIONS: Names<CertificateForwardingOptions> = {
  trustedProxies: true,
  certificateHeader: true,
  headerConverter: true,
  protoHeader: true,
  log: true,
}

/** Reads what proxies forward. */
export class CertificateForwarding {
  readonly #proxies: TrustedProxies
  readonly #header: string
  readonly #protoHeader: string | undefined
  readonly #convert: HeaderConverter
  readonly #log: AuthenticationLog | undefined

  /** @throws PkiError `usage.option` for an empty list of proxies, an empty header name, an unknown encoding */
  constructor(options: CertificateForwardingOptions) {
    requireKnown(options ?? {}, OPTIONS, 'certificateForwarding')
    this.#proxies = new TrustedProxies(options?.trustedProxies)
    const { certificateHeader = DEFAULT_CERTIFICATE_HEADER, protoHeader = 'X-Forwarded-Proto' } = options
    this.#header = requireHeaderName(certificateHeader)
    this.#protoHeader = protoHeader === false ? undefined : requireHeaderName(protoHeader)
    this.#convert = converter(options.headerConverter ?? 'auto')
    this.#log = options.log
  }

  /**
   * What was forwarded with a request.
   * @param header the value of a header by its lower-case name, several joined by commas; undefined if it is not there
   * @returns undefined if the peer is no trusted proxy, or nothing was forwarded
   */
  read(peer: string | undefined, header: (name: string) => string | undefined): ForwardedFacts | undefined {
    const value = header(this.#header) ?? ''
    if (!this.#proxies.includes(peer)) {
      if (value !== '') {
        const message = `${this.#header} from ${peer ?? 'no address'}, which is no trusted proxy: ignored`
        this.#log?.({
          event: 'untrusted-proxy',
          level: 'warning',
          message,
          hint: peer === undefined ? NO_ADDRESS : undefined,
        })
      }
      return undefined
    }
    const proto = this.#protoHeader === undefined ? undefined : header(this.#protoHeader)
    return {
      isHttps: proto === undefined ? undefined : lastOf(proto) === 'https',
      clientCertificate: value === '' ? undefined : this.#certificateIn(value),
    }
  }

  /** Converts when somebody asks, and after it went well never again. */
  #certificateIn(value: string): () => ClientCertificate | undefined {
    let certificate: ClientCertificate | undefined
    return () => {
      certificate ??= this.#converted(value)
      return certificate
    }
  }

  #converted(value: string): ClientCertificate | undefined {
    try {
      const converted = this.#convert(value)
      if (converted === undefined) return undefined
      return converted instanceof Uint8Array ? ClientCertificate.parse(converted) : new ClientCertificate(converted)
    } catch (error) {
      // As ASP.NET Core has it: no certificate, whatever the converter threw.
      this.#log?.({ event: 'header-unreadable', level: 'warning', message: `${this.#header} cannot be read`, error })
      return undefined
    }
  }
}

/** So it is over a Unix socket, and after a connection has ended: nothing tells the two apart. */
const NO_ADDRESS = 'a proxy on a Unix socket has no address to trust: let it connect to 127.0.0.1'

/**
 * A middleware that stands before `certificateAuthentication`. A forwarded certificate replaces even that of the TLS
 * connection, which is the proxy's.
 * @throws PkiError `usage.option` as {@link CertificateForwarding}
 */
export function certificateForwarding(
  options: CertificateForwardingOptions,
): (request: NodeRequest, response: unknown, next: Next) => void {
  const forwarding = new CertificateForwarding(options)
  return (request, _response, next) => {
    let facts: ForwardedFacts | undefined
    try {
      facts = forwarding.read(request.socket.remoteAddress, (name) => joined(request.headers[name]))
    } catch (error) {
      // Of a log that throws.
      next(new CertificateAuthenticationError(error))
      return
    }
    if (facts !== undefined) setForwarded(request, facts)
    next()
  }
}

function converter(chosen: HeaderEncoding | HeaderConverter): HeaderConverter {
  if (typeof chosen === 'function') return chosen
  if (!HEADER_ENCODINGS.includes(chosen)) {
    throw new PkiError('usage.option', `${chosen} is no encoding of a header: ${HEADER_ENCODINGS.join(', ')}`)
  }
  return (value) => decodeCertificateHeader(value, chosen)
}

function requireHeaderName(name: string): string {
  // RFC 9110 §5.1: a token.
  if (typeof name === 'string' && /^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(name)) return name.toLowerCase()
  throw new PkiError('usage.option', `the header of the certificate needs a name, not ${JSON.stringify(name)}`)
}

function joined(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'object' ? value.join(',') : value
}

/** Proxies append what they saw: the last word is that of the nearest, the one that is trusted. */
function lastOf(list: string): string {
  return list
    .slice(list.lastIndexOf(',') + 1)
    .trim()
    .toLowerCase()
}
