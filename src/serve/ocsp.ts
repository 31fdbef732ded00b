/**
 * The OCSP responses that a server hands out (RFC 6960; for many clients: RFC 5019). An answer to a request without
 * a nonce is kept for a while, so that caches which ask again find the one they have.
 */

import { withBadSignature } from '../issue/crl-fault.ts'
import { type OcspResponder, ocspError, respond } from '../issue/ocsp.ts'
import type { Revocations } from '../store/revocations.ts'
import { parseOcspRequest } from '../x509/ocsp-request.ts'
import type { Authorities, Authority } from './authority.ts'
import type { PathFaults } from './fault.ts'
import { MAX_AGE } from './http-answer.ts'
import type { ProblemLog } from './log.ts'
import { type Moment, wholeSecond } from './moment.ts'

export interface OcspSourceOptions {
  readonly authorities: Authorities
  readonly revocations: Revocations
  /** From thisUpdate to nextUpdate, in milliseconds. */
  readonly lifetime: number
  readonly problems: ProblemLog
}

export interface OcspAnswered {
  /** OCSPResponse, DER. */
  readonly response: Uint8Array
  /** It says why there is no answer, and nothing about certificates. */
  readonly isError: boolean
  /** Absent for an error response, and for one that repeats a nonce: no cache may keep those. */
  readonly validity?: { readonly thisUpdate: Date; readonly nextUpdate: Date } | undefined
}

/** So many answers are kept; beyond that the oldest is given up. */
const MOST_KEPT = 4096
/** Octets of a request whose answer is kept: one or a few certificates. Larger ones, each different, would fill the memory. */
const LONGEST_KEPT = 1024

interface Kept {
  readonly answered: OcspAnswered
  readonly signedBy: OcspResponder['certificate']
  readonly madeAt: number
}

export class OcspSource {
  readonly #options: OcspSourceOptions
  /** By request, for each CA. */
  readonly #kept = new Map<string, Kept>()

  constructor(options: OcspSourceOptions) {
    this.#options = options
  }

  /** The journal holds something new: answers may be others now. */
  journalChanged(): void {
    this.#kept.clear()
  }

  /** Answers one request about certificates of one CA. Without any key the answer is internalError. */
  answer(authority: Authority, request: Uint8Array, moment: Moment, faults: PathFaults): OcspAnswered {
    if (faults.has('tryLater')) return { response: ocspError('tryLater'), isError: true }
    const { authorities, problems } = this.#options
    const at = wholeSecond(moment.at)
    const responder = authorities.responderOf(authority, at)
    if (responder === undefined) {
      problems.report(`${authority.name}.ocsp`, `no OCSP responses for ${authority.name}: ${authority.keyProblem}`)
      return { response: ocspError('internalError'), isError: true }
    }
    problems.settle(`${authority.name}.ocsp`)
    if (faults.has('stale') || faults.has('unsigned')) return this.#faulty(authority, responder, request, at, faults)
    if (moment.isSingle) return this.#make(authority, responder, request, at)

    const key = `${authority.name} ${Buffer.from(request.buffer, request.byteOffset, request.length).toString('latin1')}`
    const kept = this.#kept.get(key)
    const age = kept === undefined ? -1 : at.getTime() - kept.madeAt
    if (kept !== undefined && kept.signedBy === responder.certificate && age >= 0 && age < this.#longestAge) {
      return kept.answered
    }
    const answered = this.#make(authority, responder, request, at)
    if (answered.validity !== undefined && request.length <= LONGEST_KEPT)
      this.#keep(key, { answered, signedBy: responder.certificate, madeAt: at.getTime() })
    return answered
  }

  get #longestAge(): number {
    return Math.min(MAX_AGE * 1000, this.#options.lifetime / 2)
  }

  #keep(key: string, kept: Kept): void {
    const [oldest] = this.#kept.keys()
    if (this.#kept.size >= MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest)
    this.#kept.set(key, kept)
  }

  #make(authority: Authority, responder: OcspResponder, request: Uint8Array, thisUpdate: Date): OcspAnswered {
    const { revocations, lifetime } = this.#options
    const nextUpdate = new Date(thisUpdate.getTime() + lifetime)
    const response = respond({
      request,
      issuers: [authority.certificate],
      responder,
      lookup: revocations.ocspLookup(thisUpdate),
      producedAt: thisUpdate,
      nextUpdate,
      otherIssuers: 'unauthorized',
    })
    // An error response is an ENUMERATED in a SEQUENCE, and nothing else.
    const isError = response.length <= ERROR_LENGTH
    const isForAll = !isError && parseOcspRequest(request).nonce === undefined
    return { response, isError, validity: isForAll ? { thisUpdate, nextUpdate } : undefined }
  }

  /** Of long ago, badly signed, or both. */
  #faulty(
    authority: Authority,
    { certificate, signer }: OcspResponder,
    request: Uint8Array,
    at: Date,
    faults: PathFaults,
  ): OcspAnswered {
    const then = faults.has('stale') ? new Date(at.getTime() - 2 * this.#options.lifetime) : at
    const signs = faults.has('unsigned') ? withBadSignature(signer) : signer
    const { response, isError } = this.#make(authority, { certificate, signer: signs }, request, then)
    return { response, isError }
  }
}

const ERROR_LENGTH = 5
