/**
 * The handler: ASP.NET Core's `CertificateAuthenticationHandler`, step by step, for any kind of request. Middlewares for
 * one kind or another stand on it; here nothing is known of HTTP.
 */

import { DerError } from '../der/reader.ts'
import { PkiError } from '../errors.ts'
import { SignatureMemory } from '../path/signatures.ts'
import type { X509ChainResult } from '../path/x509chain/chain.ts'
import { adviceOn } from './advice.ts'
import type { CertificateAuthenticationOptions, Surroundings } from './authentication-options.ts'
import { requireOwnName } from './cache.ts'
import { FAILURE_WORDS, judgeClientCertificate } from './chain-policy.ts'
import { defaultPrincipal } from './claims.ts'
import type { ClientCertificate } from './client-certificate.ts'
import { type Clock, systemClock } from './clock.ts'
import {
  AuthenticationFailedContext,
  CertificateValidatedContext,
  ChallengeContext,
  type EventFacts,
} from './events.ts'
import { judgeOnline } from './judgement.ts'
import type { AuthenticationLogEntry } from './log.ts'
import { requireAuthenticationOptions } from './option-checks.ts'
import { type AuthenticateResult, AuthenticationFailure, type AuthenticationProperties } from './result.ts'

/** The name of the scheme unless another is chosen: that of ASP.NET Core. */
export const DEFAULT_SCHEME = 'Certificate'

/** What the handler must know of a request. */
export interface ConnectionFacts {
  /** Whether the client spoke TLS, to this server or to a proxy that is trusted. */
  readonly isHttps: boolean
  /**
   * The certificate that the client presented.
   * @throws DerError if it cannot be read
   */
  clientCertificate(): ClientCertificate | undefined | Promise<ClientCertificate | undefined>
}

/** One scheme of authentication. */
export class CertificateAuthenticationHandler<Request extends object, Response = unknown> {
  readonly scheme: string
  readonly #options: CertificateAuthenticationOptions<Request, Response>
  readonly #clock: Clock
  readonly #signatures = new SignatureMemory()
  /** Where a request keeps its result: with it, since a WeakMap of all requests would cost several times as much. */
  readonly #result = Symbol('certificate authentication')

  /**
   * @throws PkiError `usage.option` for an empty scheme, for options and values that there are not, for a cache that
   *   other options use under the same scheme
   */
  constructor(options: CertificateAuthenticationOptions<Request, Response>) {
    requireAuthenticationOptions(options)
    this.scheme = options.scheme ?? DEFAULT_SCHEME
    if (this.scheme === '') throw new PkiError('usage.option', 'the scheme must have a name')
    if (options.cache !== undefined) requireOwnName(options.cache, this.scheme, options)
    this.#options = options
    this.#clock = options.clock ?? systemClock
  }

  /**
   * Authenticates a request, once: who asks again gets the same. What the cache knows comes at once, and not as a
   * promise: a hit should cost the request no turn of the event loop.
   * @throws what a callback, the cache or the building of the chain threw, unless `onAuthenticationFailed` decided;
   *   always as a rejection
   */
  authenticate(request: Request, connection: ConnectionFacts): MaybePromise<AuthenticateResult> {
    const keeper = request as Record<symbol, MaybePromise<AuthenticateResult> | undefined>
    let result = keeper[this.#result]
    if (result === undefined) {
      try {
        result = this.#authenticate(request, connection)
      } catch (error) {
        // Of a log that throws.
        result = Promise.reject(error)
      }
      keeper[this.#result] = result
    }
    return result
  }

  #authenticate(request: Request, connection: ConnectionFacts): MaybePromise<AuthenticateResult> {
    if (!connection.isHttps) {
      this.log({ event: 'not-https', level: 'debug', message: 'not https: nothing to authenticate' })
      return this.#noResult()
    }
    const presented = readCertificate(connection)
    return presented instanceof Promise
      ? presented.then((one) => this.#judge(request, one))
      : this.#judge(request, presented)
  }

  #judge(request: Request, presented: Presented): MaybePromise<AuthenticateResult> {
    if (presented === undefined) {
      this.log({ event: 'no-certificate', level: 'debug', message: 'the client presented no certificate' })
      return this.#noResult()
    }
    if (presented instanceof Unreadable) return this.#unreadable(request, presented)
    let known: MaybePromise<AuthenticateResult | undefined>
    try {
      known = this.#options.cache?.get(presented, this.scheme, request)
    } catch (error) {
      return this.#thrown(request, error, presented)
    }
    // What the cache knows is not checked again. Caches in JavaScript say null as well for what they do not know.
    return known !== undefined && known !== null && 'outcome' in known
      ? known
      : this.#unlessKnown(request, presented, known)
  }

  async #unlessKnown(
    request: Request,
    certificate: ClientCertificate,
    known: MaybePromise<AuthenticateResult | undefined>,
  ): Promise<AuthenticateResult> {
    try {
      return (await known) ?? (await this.#validateAndStore(request, certificate))
    } catch (error) {
      return this.#thrown(request, error, certificate)
    }
  }

  async #unreadable(request: Request, { error }: Unreadable): Promise<AuthenticateResult> {
    if (!(error instanceof DerError)) return this.#thrown(request, error, undefined)
    try {
      return await this.#afterFailure(request, this.#malformed(error))
    } catch (thrown) {
      return this.#thrown(request, thrown, undefined)
    }
  }

  /** The application may say what comes of an exception; else it fails the request. */
  async #thrown(
    request: Request,
    error: unknown,
    clientCertificate: ClientCertificate | undefined,
  ): Promise<AuthenticateResult> {
    this.log({ event: 'exception', level: 'error', message: 'certificate authentication threw', error })
    const context = await this.#raiseFailed(request, error, { clientCertificate, chain: undefined })
    if (context?.result !== undefined) return context.result
    throw error
  }

  async #validateAndStore(request: Request, certificate: ClientCertificate): Promise<AuthenticateResult> {
    const result = await this.#afterFailure(request, await this.#validate(request, certificate))
    await this.#options.cache?.put(certificate, this.scheme, result, request)
    return result
  }

  /** Type, chain, default principal, and the application's word. */
  async #validate(request: Request, certificate: ClientCertificate): Promise<AuthenticateResult> {
    const at = this.#clock()
    const surroundings = { signatureMemory: this.#signatures, ...(await this.#surroundings(certificate, at)) }
    const { fetch } = this.#options
    const facts = { ...surroundings, verificationTime: at }
    const judged =
      fetch === undefined
        ? judgeClientCertificate(certificate.certificate, this.#options, facts)
        : await judgeOnline(certificate.certificate, this.#options, facts, { ...fetch, now: this.#clock })
    if (judged.outcome === 'no-result') return this.#noResult()
    if (judged.chain?.threw !== undefined) throw new Error(`the chain cannot be built: ${judged.chain.threw}`)
    if (judged.outcome === 'fail') return this.#failure(certificate, judged.failure, judged.chain)
    const { chain } = judged
    const principal = defaultPrincipal(certificate, this.#options)
    const validated = { clientCertificate: certificate, chain, principal }
    const context = new CertificateValidatedContext(this.#event(request), validated)
    await this.#options.events?.onCertificateValidated?.(context)
    if (context.result === undefined) context.success()
    const result = context.result ?? this.#noResult()
    if (result.outcome === 'failure') {
      const { message } = result.failure
      this.log({ event: 'rejected', level: 'warning', message, subject: certificate.subject, error: result.failure })
    }
    return result
  }

  async #surroundings(certificate: ClientCertificate, at: Date): Promise<Surroundings> {
    const { surroundings = {} } = this.#options
    return typeof surroundings === 'function' ? surroundings(certificate, at) : surroundings
  }

  #failure(
    certificate: ClientCertificate,
    reason: keyof typeof FAILURE_WORDS,
    chain: X509ChainResult | undefined,
  ): AuthenticateResult {
    const failure = new AuthenticationFailure(reason, FAILURE_WORDS[reason])
    const { subject } = certificate
    if (chain === undefined) {
      const kind = certificate.isSelfSigned ? 'Self signed' : 'Chained'
      this.log({ event: 'wrong-type', level: 'warning', message: `${kind} certificate rejected`, subject })
    } else {
      const status = chain.status.map(({ flag, information }) => `${flag} ${information}`)
      const hint = adviceOn(chain, this.#options)
      this.log({ event: 'chain-invalid', level: 'warning', message: failure.message, subject, status, hint })
    }
    return { outcome: 'failure', failure, scheme: this.scheme, properties: {}, certificate, chain }
  }

  #malformed(error: DerError): AuthenticateResult {
    const failure = new AuthenticationFailure(
      'malformed-certificate',
      FAILURE_WORDS['invalid-client-certificate'],
      error,
    )
    this.log({ event: 'malformed-certificate', level: 'warning', message: failure.message, error })
    const { scheme } = this
    return { outcome: 'failure', failure, scheme, properties: {}, certificate: undefined, chain: undefined }
  }

  /** A failure is told to the application, whose word then counts. */
  async #afterFailure(request: Request, result: AuthenticateResult): Promise<AuthenticateResult> {
    if (result.outcome !== 'failure') return result
    const { failure, certificate, chain } = result
    const context = await this.#raiseFailed(request, failure, { clientCertificate: certificate, chain })
    return context?.result ?? result
  }

  async #raiseFailed(
    request: Request,
    exception: unknown,
    facts: { readonly clientCertificate: ClientCertificate | undefined; readonly chain: X509ChainResult | undefined },
  ): Promise<AuthenticationFailedContext<Request> | undefined> {
    const { onAuthenticationFailed } = this.#options.events ?? {}
    if (onAuthenticationFailed === undefined) return undefined
    const context = new AuthenticationFailedContext(this.#event(request), exception, facts)
    await onAuthenticationFailed(context)
    return context
  }

  /**
   * Asks the application what to say to somebody who has not authenticated.
   * @returns the context; unless it is handled, the answer is a 403. An exception counts as not handled
   */
  async challenge(
    request: Request,
    response: Response,
    properties: AuthenticationProperties = {},
  ): Promise<ChallengeContext<Request, Response> | undefined> {
    const { onChallenge } = this.#options.events ?? {}
    if (onChallenge === undefined) return undefined
    const context = new ChallengeContext(this.#event(request), response, properties)
    try {
      await onChallenge(context)
      return context
    } catch (error) {
      this.log({ event: 'exception', level: 'error', message: 'onChallenge threw', error })
      return undefined
    }
  }

  log(entry: AuthenticationLogEntry): void {
    this.#options.log?.({ scheme: this.scheme, ...entry })
  }

  #event(request: Request): EventFacts<Request> {
    return { request, scheme: this.scheme, options: this.#options }
  }

  #noResult(): AuthenticateResult {
    return { outcome: 'no-result', scheme: this.scheme }
  }
}

type MaybePromise<T> = T | Promise<T>

/** What clients send may be anything, and a certificate that cannot be read is a failure of theirs. */
class Unreadable {
  readonly error: unknown

  constructor(error: unknown) {
    this.error = error
  }
}

type Presented = ClientCertificate | Unreadable | undefined

function readCertificate(connection: ConnectionFacts): MaybePromise<Presented> {
  try {
    const presented = connection.clientCertificate()
    return presented instanceof Promise ? presented.catch((error: unknown) => new Unreadable(error)) : presented
  } catch (error) {
    return new Unreadable(error)
  }
}
