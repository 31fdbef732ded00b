/**
 * What `pki serve` answers: the CRL, the OCSP responses and the certificate of every CA in a store, where the pointers
 * in their certificates lead (RFC 5280 §4.2.1.13, §4.2.2.1; RFC 6960 Appendix A). Requests in, answers out: which path
 * leads where is the business of `route.ts`, sockets that of `http-server.ts`.
 */

import { setTimeout as sleep } from 'node:timers/promises'
import { PkiError } from '../errors.ts'
import { encodeP7b } from '../export/p7b.ts'
import { isScopeName } from '../issue/crl-scope.ts'
import { ocspError } from '../issue/ocsp.ts'
import type { RandomSource } from '../keys/random.ts'
import { parseInstant } from '../profile/duration.ts'
import type { ProcessTable } from '../store/lock.ts'
import { Revocations } from '../store/revocations.ts'
import type { Store } from '../store/store.ts'
import type { CertificateList } from '../x509/crl.ts'
import { Authorities, type Authority } from './authority.ts'
import { CrlSource } from './crl.ts'
import { type Fault, faultsOf, type PathFaults } from './fault.ts'
import { cacheable, type HttpAnswer, plainText, type RequestHeaders, uncacheable, whatChanged } from './http-answer.ts'
import { ProblemLog, type ServerLog } from './log.ts'
import type { Moment } from './moment.ts'
import { OcspSource } from './ocsp.ts'
import { methodsOf, ocspRequestIn, parseRoute, pathOf, type Route } from './route.ts'
import { type SiteStatus, statusAsHtml, statusAsJson } from './status-page.ts'

export interface SiteOptions {
  readonly store: Store
  /** Of the private keys that are encrypted. */
  readonly keyPassword: string | undefined
  /** The present, or the time that is to count as the present. */
  readonly now: () => Date
  /** Whether `now` is another time than the present: nothing that is made for it goes into the store. */
  readonly isBorrowedTime: boolean
  /** Whether a request may name the time it is answered for, in the header {@link TIME_HEADER}. */
  readonly allowTimeHeader: boolean
  readonly faults: readonly Fault[]
  /** From thisUpdate to nextUpdate, in milliseconds. */
  readonly crlLifetime: number
  readonly ocspLifetime: number
  readonly processes: ProcessTable
  readonly random: RandomSource
  readonly log: ServerLog
}

export interface SiteRequest {
  readonly method: string
  /** Path and query as they came in, not decoded. */
  readonly target: string
  readonly headers: RequestHeaders
  readonly body: Uint8Array
  /** Ends waits, when the server is about to stop. */
  readonly signal: AbortSignal
}

/** The header that names the time a request is answered for. */
const TIME_HEADER = 'pki-time'

const MEDIA_TYPE = {
  crl: 'application/pkix-crl',
  ocspRequest: 'application/ocsp-request',
  ocspResponse: 'application/ocsp-response',
  certificate: 'application/pkix-cert',
  bundle: 'application/pkcs7-mime; smime-type=certs-only',
} as const

export class RevocationSite {
  readonly authorities: Authorities
  readonly #options: SiteOptions
  readonly #problems: ProblemLog
  readonly #revocations: Revocations
  readonly #crls: CrlSource
  readonly #ocsp: OcspSource

  constructor(options: SiteOptions) {
    const { store, keyPassword, processes, crlLifetime, ocspLifetime, log } = options
    const problems = new ProblemLog(log)
    const revocations = new Revocations(store, { withIssued: true })
    const authorities = new Authorities(store, keyPassword, problems)
    this.authorities = authorities
    this.#options = options
    this.#problems = problems
    this.#revocations = revocations
    this.#crls = new CrlSource({ store, revocations, processes, lifetime: crlLifetime, problems })
    this.#ocsp = new OcspSource({ authorities, revocations, lifetime: ocspLifetime, problems })
  }

  /** Answers one request; what goes wrong is logged, and answered too. */
  async answer(request: SiteRequest): Promise<HttpAnswer> {
    const path = pathOf(request.target)
    const route = parseRoute(path)
    if (route === undefined) return plainText(404, 'nothing is served here; / says what is')
    const allowed = methodsOf(route)
    if (!allowed.includes(request.method)) {
      return plainText(405, `${request.method} is not for this`, { Allow: allowed.join(', ') })
    }
    const moment = this.#momentOf(request.headers)
    if (moment instanceof PkiError) return plainText(400, moment.message)
    const faults = faultsOf(this.#options.faults, path)
    if (faults.delay > 0) await sleep(faults.delay, undefined, { signal: request.signal }).catch(() => undefined)
    if (faults.has('http500')) return plainText(500, 'a fault that was asked for: http500')
    const answer = whatChanged(this.#answerAt(route, request, moment, faults), request.headers)
    return this.#signsTime(withGarbage(answer, route, faults, this.#options.random), moment)
  }

  /**
   * The answer to one OCSP request, made in this process: for a TLS server that staples. Faults for the path of that
   * CA's responder are its faults too.
   * @returns undefined if nobody can answer
   */
  stapleOf(authority: Authority, request: Uint8Array): Uint8Array | undefined {
    this.#refresh()
    const { now, isBorrowedTime, random } = this.#options
    const faults = faultsOf(this.#options.faults, `/ocsp/${authority.name}`)
    const moment: Moment = { at: now(), isBorrowed: isBorrowedTime, isSingle: false }
    const { response, isError } = this.#ocsp.answer(authority, request, moment, faults)
    if (isError || faults.has('http500')) return undefined
    return faults.has('garbage') ? random(response.length) : response
  }

  #momentOf(headers: RequestHeaders): Moment | PkiError {
    const { now, isBorrowedTime, allowTimeHeader } = this.#options
    const text = headers[TIME_HEADER]
    if (text === undefined) return { at: now(), isBorrowed: isBorrowedTime, isSingle: false }
    if (!allowTimeHeader) {
      return new PkiError('usage.option', 'the header Pki-Time counts only with pki serve --allow-time-header')
    }
    try {
      return { at: parseInstant(String(text), now()), isBorrowed: true, isSingle: true }
    } catch (error) {
      if (error instanceof PkiError) return error
      throw error
    }
  }

  #answerAt(route: Route, request: SiteRequest, moment: Moment, faults: PathFaults): HttpAnswer {
    try {
      this.#refresh()
      switch (route.kind) {
        case 'status':
          return this.#statusPage(request.headers, moment)
        case 'crl':
          return faults.has('tryLater') ? tryLater() : this.#crl(route.name, moment, faults)
        case 'ocsp':
          return this.#ocspResponse(route, request, moment, faults)
        case 'certificate':
        case 'bundle':
          return faults.has('tryLater') ? tryLater() : this.#issuerCertificate(route, moment)
      }
    } catch (error) {
      // Whatever it is, this one request suffers from it and no other.
      const message = error instanceof Error ? error.message : String(error)
      this.#problems.report(route.kind, error instanceof PkiError ? message : `internal: ${message}`)
      if (route.kind === 'ocsp') return uncacheable(MEDIA_TYPE.ocspResponse, ocspError('internalError'))
      return plainText(error instanceof PkiError ? 503 : 500, 'this cannot be answered; the server has logged why')
    }
  }

  #refresh(): void {
    if (!this.#revocations.refresh()) return
    this.#crls.journalChanged()
    this.#ocsp.journalChanged()
  }

  /** `ca1.crl` is the complete CRL, `ca1-delta.crl` the delta, `ca1~user.crl` any other that lies in the store. */
  #crl(name: string, moment: Moment, faults: PathFaults): HttpAnswer {
    const [issuerName = '', scope] = name.split('~', 2)
    const authority = this.authorities.find(issuerName)
    if (authority !== undefined && scope === undefined) {
      const crl = this.#crls.complete(authority, moment, faults)
      if (crl !== undefined) return crlAnswer(crl, moment)
      this.#problems.report(`${name}.crl`, `no CRL of ${name}: ${authority.keyProblem}, and none lies in the store`)
      return plainText(503, `there is no CRL of ${name}, and nobody to sign one`)
    }
    const [owner, part] = scope === undefined ? [name.replace(/-delta$/, ''), 'delta'] : [issuerName, scope]
    const isPart = scope === undefined ? owner !== name : isScopeName(scope)
    const crl = isPart && this.authorities.find(owner) !== undefined ? this.#crls.stored(owner, part) : undefined
    return crl === undefined ? plainText(404, 'there is no such CRL') : crlAnswer(crl, moment)
  }

  #ocspResponse(
    { name, encoded }: Route & { readonly kind: 'ocsp' },
    { method, headers, body }: SiteRequest,
    moment: Moment,
    faults: PathFaults,
  ): HttpAnswer {
    const type = headers['content-type']
    if (method === 'POST' && type !== undefined && mediaTypeOf(String(type)) !== MEDIA_TYPE.ocspRequest) {
      return plainText(415, `an OCSP request is ${MEDIA_TYPE.ocspRequest}`)
    }
    const authority = this.authorities.find(name)
    if (authority === undefined) return uncacheable(MEDIA_TYPE.ocspResponse, ocspError('unauthorized'))
    const request = method === 'POST' ? body : ocspRequestIn(encoded)
    const { response, validity } = this.#ocsp.answer(authority, request, moment, faults)
    if (validity === undefined || method === 'POST') return uncacheable(MEDIA_TYPE.ocspResponse, response)
    const { thisUpdate, nextUpdate } = validity
    return cacheable(MEDIA_TYPE.ocspResponse, response, {
      lastModified: thisUpdate,
      expires: nextUpdate,
      now: moment.at,
    })
  }

  #issuerCertificate(
    { kind, name }: { readonly kind: 'certificate' | 'bundle'; readonly name: string },
    { at }: Moment,
  ) {
    const authority = this.authorities.find(name)
    if (authority === undefined) return plainText(404, 'there is no such authority')
    const { certificate, chain, storedAt } = authority
    const freshness = { lastModified: storedAt, now: at }
    return kind === 'certificate'
      ? cacheable(MEDIA_TYPE.certificate, certificate.encoded, freshness)
      : cacheable(MEDIA_TYPE.bundle, encodeP7b([certificate, ...chain]), freshness)
  }

  #statusPage({ accept }: RequestHeaders, moment: Moment): HttpAnswer {
    const wantsJson = /\bapplication\/json\b/i.test(String(accept ?? ''))
    const [type, text] = wantsJson
      ? ['application/json', statusAsJson(this.#status(moment))]
      : ['text/html; charset=utf-8', statusAsHtml(this.#status(moment))]
    return {
      status: 200,
      headers: {
        'Content-Type': type as string,
        'Cache-Control': 'no-store',
        Vary: 'Accept',
        'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'",
        'X-Content-Type-Options': 'nosniff',
      },
      body: Buffer.from(text as string),
    }
  }

  #status({ at }: Moment): SiteStatus {
    const { store, faults } = this.#options
    const authorities = this.authorities.all().map((authority) => {
      const { keyHash } = authority
      return {
        ...authority,
        responder: this.authorities.responderOf(authority, at)?.certificate,
        revoked: [...this.#revocations.revokedBy(keyHash, at)].length,
        crlNumber: this.#revocations.lastCrlNumber(keyHash),
      }
    })
    return { folder: store.folder, at, authorities, faults: faults.map(({ text }) => text) }
  }

  /** Whoever travels in time is told so by the date of the answer. */
  #signsTime(answer: HttpAnswer, { at, isBorrowed }: Moment): HttpAnswer {
    // Also an answer for the present: a cache would have it for those who name another time.
    const vary = this.#options.allowTimeHeader
      ? { Vary: [answer.headers.Vary, 'Pki-Time'].filter(Boolean).join(', ') }
      : {}
    const date = isBorrowed ? { Date: at.toUTCString() } : {}
    return { ...answer, headers: { ...answer.headers, ...vary, ...date } }
  }
}

function mediaTypeOf(text: string): string {
  return text.replace(/;.*$/s, '').trim().toLowerCase()
}

function crlAnswer(crl: CertificateList, { at }: Moment): HttpAnswer {
  const { encoded, thisUpdate, nextUpdate } = crl
  return cacheable(MEDIA_TYPE.crl, encoded, { lastModified: thisUpdate.date, expires: nextUpdate?.date, now: at })
}

function tryLater(): HttpAnswer {
  return plainText(503, 'a fault that was asked for: tryLater', { 'Retry-After': '30' })
}

/** Random octets of the same length in the place of a document. */
function withGarbage(answer: HttpAnswer, { kind }: Route, faults: PathFaults, random: RandomSource): HttpAnswer {
  if (!faults.has('garbage') || kind === 'status' || answer.status !== 200) return answer
  const { ETag: _, ...headers } = answer.headers
  return { ...answer, headers, body: random(answer.body.length) }
}
