/** Certificate authentication for servers that speak in web-standard `Request` and `Response`: Hono, Deno, workers. */

import { parsePem } from '../der/pem.ts'
import { PkiError } from '../errors.ts'
import { CertificateAuthenticationError } from './authenticated.ts'
import type { CertificateAuthenticationOptions } from './authentication-options.ts'
import { CertificatePolicy, type CertificateRequirement } from './certificate-policy.ts'
import { ClientCertificate } from './client-certificate.ts'
import { CertificateForwarding, type CertificateForwardingOptions } from './forwarding.ts'
import { CertificateAuthenticationHandler, type ConnectionFacts } from './handler.ts'
import { decide } from './require-certificate.ts'
import type { AuthenticateResult, AuthenticationProperties } from './result.ts'

/** What the server knows of the connection and a `Request` does not say. */
export interface WebConnection {
  /** What the client presented to this server, DER or PEM. */
  readonly certificate?: Uint8Array | string | undefined
  /** The peer's address: only from a trusted proxy are headers believed. */
  readonly remoteAddress?: string | undefined
  /** Default: whether the URL of the request begins with `https:`. */
  readonly isHttps?: boolean | undefined
}

/** The options of {@link WebCertificateAuthentication}. */
export interface WebAuthenticationOptions extends CertificateAuthenticationOptions<Request, undefined> {
  /** Left out, headers say nothing. */
  readonly forwarding?: CertificateForwardingOptions | undefined
}

/** One scheme for web-standard requests. */
export class WebCertificateAuthentication {
  readonly scheme: string
  readonly #handler: CertificateAuthenticationHandler<Request, undefined>
  readonly #forwarding: CertificateForwarding | undefined

  /** @throws PkiError `usage.option` for an empty scheme, and as `CertificateForwarding` */
  constructor({ forwarding, ...options }: WebAuthenticationOptions) {
    this.#handler = new CertificateAuthenticationHandler(options)
    this.#forwarding = forwarding && new CertificateForwarding(forwarding)
    this.scheme = this.#handler.scheme
  }

  /** Authenticates a request, once. @throws CertificateAuthenticationError where the handler throws */
  async authenticate(request: Request, connection: WebConnection = {}): Promise<AuthenticateResult> {
    try {
      return await this.#handler.authenticate(request, this.#facts(request, connection))
    } catch (error) {
      throw new CertificateAuthenticationError(error)
    }
  }

  /** What to answer somebody who has not authenticated: as `onChallenge` says with `respondWith`, else 403. */
  async challenge(request: Request, properties: AuthenticationProperties = {}): Promise<Response> {
    const context = await this.#handler.challenge(request, undefined, properties)
    return context?.answer ?? this.forbid()
  }

  /** What to answer somebody who may not: 403, without a body. */
  forbid(): Response {
    return new Response(null, { status: 403, headers: { 'Content-Length': '0' } })
  }

  /**
   * Authenticates a request and asks a policy.
   * @returns undefined as the answer if the request may go on
   */
  async authorize(
    request: Request,
    connection: WebConnection,
    requirement: CertificatePolicy | CertificateRequirement = {},
  ): Promise<{ readonly result: AuthenticateResult; readonly answer: Response | undefined }> {
    const policy = requirement instanceof CertificatePolicy ? requirement : new CertificatePolicy(requirement)
    const result = await this.authenticate(request, connection)
    switch (await decide(policy, result, (entry) => this.#handler.log(entry))) {
      case 'allowed':
        return { result, answer: undefined }
      case 'not-authenticated':
        return { result, answer: await this.challenge(request) }
      case 'not-allowed':
        this.#handler.log({ event: 'denied', level: 'warning', message: 'not allowed by the requirement' })
        return { result, answer: this.forbid() }
    }
  }

  #facts(request: Request, connection: WebConnection): ConnectionFacts {
    const header = (name: string) => request.headers.get(name) ?? undefined
    const forwarded = this.#forwarding?.read(connection.remoteAddress, header)
    const isHttps = connection.isHttps ?? request.url.startsWith('https:')
    return {
      isHttps: forwarded?.isHttps ?? isHttps,
      clientCertificate: forwarded?.clientCertificate ?? (() => presented(connection.certificate)),
    }
  }
}

/** @throws DerError, PkiError `usage.option` for a text without a certificate, which is the server's mistake */
function presented(certificate: Uint8Array | string | undefined): ClientCertificate | undefined {
  if (certificate === undefined) return undefined
  if (typeof certificate !== 'string') return ClientCertificate.parse(certificate)
  const block = parsePem(certificate).find(({ label }) => label === 'CERTIFICATE')
  if (block === undefined) throw new PkiError('usage.option', 'the client certificate is a text without one in PEM')
  return ClientCertificate.parse(block.bytes)
}
