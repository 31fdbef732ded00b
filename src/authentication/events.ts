/**
 * The callbacks of an application, and what they are given: ASP.NET Core's `CertificateAuthenticationEvents` with its
 * contexts. A callback decides by calling a method of its context; what it returns is only waited for.
 */

import { PkiError } from '../errors.ts'
import type { X509ChainResult } from '../path/x509chain/chain.ts'
import type { DefaultPrincipalOptions } from './claims.ts'
import type { ClientCertificate } from './client-certificate.ts'
import type { CertificateValidationOptions } from './options.ts'
import type { ClaimsPrincipal } from './principal.ts'
import { type AuthenticateResult, AuthenticationFailure } from './result.ts'

/** What every context has. */
export interface EventFacts<Request> {
  readonly request: Request
  readonly scheme: string
  readonly options: CertificateValidationOptions & DefaultPrincipalOptions
}

interface CertificateFacts {
  readonly clientCertificate: ClientCertificate | undefined
  readonly chain: X509ChainResult | undefined
  readonly principal: ClaimsPrincipal | undefined
}

/** A context whose callback may decide the outcome. The last decision counts. */
abstract class DecisionContext<Request> {
  readonly request: Request
  readonly scheme: string
  readonly options: EventFacts<Request>['options']
  readonly chain: X509ChainResult | undefined
  /** Who the client is; to be replaced before `success()`. */
  principal: ClaimsPrincipal | undefined
  /** Goes along with the result. */
  properties: Record<string, string> = {}
  readonly #certificate: ClientCertificate | undefined
  #decision: AuthenticateResult | undefined

  constructor(event: EventFacts<Request>, { clientCertificate, chain, principal }: CertificateFacts) {
    this.request = event.request
    this.scheme = event.scheme
    this.options = event.options
    this.chain = chain
    this.principal = principal
    this.#certificate = clientCertificate
  }

  /** What the callback decided; undefined if nothing. */
  get result(): AuthenticateResult | undefined {
    return this.#decision
  }

  /**
   * The client is who `principal` says.
   * @throws PkiError `usage.option` if there is no principal
   */
  success(): void {
    const { principal, scheme, chain, properties } = this
    const certificate = this.#certificate
    if (principal === undefined || certificate === undefined) {
      throw new PkiError('usage.option', 'success() was called, and there is no principal to succeed with')
    }
    this.#decision = { outcome: 'success', principal, scheme, properties, certificate, chain }
  }

  /** The client is not accepted. The reason is for logs and for `onAuthenticationFailed`; clients do not see it. */
  fail(reason: string | Error): void {
    const { scheme, chain, properties } = this
    const failure = typeof reason === 'string' ? new AuthenticationFailure('rejected-by-application', reason) : reason
    this.#decision = { outcome: 'failure', failure, scheme, properties, certificate: this.#certificate, chain }
  }

  /** As if no certificate had been presented. */
  noResult(): void {
    this.#decision = { outcome: 'no-result', scheme: this.scheme }
  }
}

/** The certificate passed every check. Deciding nothing means success with `principal` as it then is. */
export class CertificateValidatedContext<Request> extends DecisionContext<Request> {
  readonly clientCertificate: ClientCertificate
  declare readonly chain: X509ChainResult

  constructor(
    event: EventFacts<Request>,
    facts: {
      readonly clientCertificate: ClientCertificate
      readonly chain: X509ChainResult
      readonly principal: ClaimsPrincipal
    },
  ) {
    super(event, facts)
    this.clientCertificate = facts.clientCertificate
  }
}

/** A certificate was not accepted, or something threw. Deciding nothing leaves it at that. */
export class AuthenticationFailedContext<Request> extends DecisionContext<Request> {
  /** Undefined if it could not be read, or if the exception came before it was. */
  readonly clientCertificate: ClientCertificate | undefined
  /** What went wrong. */
  exception: unknown

  constructor(event: EventFacts<Request>, exception: unknown, facts: Omit<CertificateFacts, 'principal'>) {
    super(event, { ...facts, principal: undefined })
    this.clientCertificate = facts.clientCertificate
    this.exception = exception
  }
}

/** Somebody who has not authenticated asks for what needs it. Unless the callback handles it, the answer is a 403. */
export class ChallengeContext<Request, Response> {
  readonly request: Request
  readonly scheme: string
  readonly options: EventFacts<Request>['options']
  /** Where to write an answer; for web-standard servers, see {@link respondWith}. */
  readonly response: Response
  readonly properties: Readonly<Record<string, string>>
  #handled = false
  #answer: globalThis.Response | undefined

  constructor(event: EventFacts<Request>, response: Response, properties: Readonly<Record<string, string>>) {
    this.request = event.request
    this.scheme = event.scheme
    this.options = event.options
    this.response = response
    this.properties = properties
  }

  /** The callback has answered itself: no 403. */
  handleResponse(): void {
    this.#handled = true
  }

  /** In a web-standard server: the answer to give instead. */
  respondWith(answer: globalThis.Response): void {
    this.#answer = answer
    this.#handled = true
  }

  get handled(): boolean {
    return this.#handled
  }

  get answer(): globalThis.Response | undefined {
    return this.#answer
  }
}

/** What an application may hook in. */
export interface CertificateAuthenticationEvents<Request, Response = unknown> {
  /** The certificate is valid: accept, reject, or say who it is. Not raised where the cache knows the outcome. */
  readonly onCertificateValidated?: (context: CertificateValidatedContext<Request>) => void | Promise<void>
  /** Raised for every failure and every exception; what it decides replaces the outcome. */
  readonly onAuthenticationFailed?: (context: AuthenticationFailedContext<Request>) => void | Promise<void>
  readonly onChallenge?: (context: ChallengeContext<Request, Response>) => void | Promise<void>
}
