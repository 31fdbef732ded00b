/**
 * Where a verification gets its evidence from: the cache while that is good, the net otherwise. It counts what is
 * fetched, asks each place once, and keeps the log. A failure is an entry in the log and a fact for a finding; nothing
 * is thrown for it.
 */

import { DerError } from '../der/reader.ts'
import type { NotFetched } from '../path/revocation-evidence.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { CacheEntry, EvidenceCache } from './cache.ts'
import { Destinations, type Lookup } from './destination.ts'
import type { EvidenceKind, EvidenceRecord } from './evidence.ts'
import { FetchError } from './fetch-error.ts'
import { fetchHttp, type HttpAnswer, type HttpRequest } from './http.ts'

/** How evidence may be got. Nothing that is left out widens whom is asked. */
export interface FetchOptions {
  /** Hosts beside this machine that may be asked, see `destination.ts`. */
  readonly allowedHosts?: readonly string[] | undefined
  /** Milliseconds for each place. Default {@link DEFAULT_TIMEOUT}. */
  readonly timeout?: number | undefined
  readonly cache?: EvidenceCache | undefined
  /** The clock: entries of the cache age by it. */
  readonly now: () => Date
  /** Resolves the names of hosts; default: as the system does. */
  readonly lookup?: Lookup | undefined
}

/** 15 seconds, as .NET's X509Chain and Chromium's kTimeoutSeconds. */
const DEFAULT_TIMEOUT = 15_000

/** Places asked for one certificate and kind: 5 as Chromium's kMaxFetchesPerCert and Windows' MaxAIAUrlCountInCert. */
export const MAX_URLS_PER_CERTIFICATE = 5

/** Places asked for one verification: those of four certificates, which is more than a path for TLS has. */
export const MAX_URLS_PER_VERIFICATION = 20

/** Octets of one answer: Chromium's kMaxResponseSizeInBytesForCrl and ForAia. A CRL of 100,000 entries has some 4 MB. */
const MAX_BYTES: Readonly<Record<EvidenceKind, number>> = {
  crl: 5 * 1024 * 1024,
  ocsp: 64 * 1024,
  issuer: 64 * 1024,
}

/**
 * How long something without nextUpdate keeps: three days for CRLs, as .NET's X509Chain; certificates of issuers do not
 * change. An OCSP response without it says that newer ones are there at any time (RFC 6960 §2.4).
 */
const KEEPS: Readonly<Record<EvidenceKind, number>> = { crl: 3 * 86_400_000, ocsp: 0, issuer: 3 * 86_400_000 }

/**
 * How to go about it: `usual` is from the cache as long as that is fresh, else from the net; `anew` passes the cache
 * over; `cached` takes what the cache has, however old, and asks nobody.
 */
export type Freshness = 'usual' | 'anew' | 'cached'

/** A piece of evidence, read. */
export interface Piece<T> {
  readonly value: T
  /** In the words of the findings. */
  readonly name: string
  /** When it was made, and until when it holds, where it says so. */
  readonly thisUpdate: Date | undefined
  readonly nextUpdate: Date | undefined
  /** Of issuers, the certificates. */
  readonly certificates?: readonly Certificate[]
}

/** What is wanted, and of whom. */
export interface Order<T> {
  readonly kind: EvidenceKind
  readonly url: string
  /** The certificate it is about. */
  readonly certificate: Certificate
  /** How to ask; default: GET the URL. */
  readonly request?: Omit<HttpRequest, 'maxBytes'> | undefined
  /** What beside the URL tells one answer from another. */
  readonly question?: Uint8Array | undefined
  /** Not to be kept: the question is asked once. */
  readonly isPrivate?: boolean | undefined
  /** @throws DerError or FetchError for what is no answer */
  readonly parse: (body: Uint8Array) => Piece<T> | Promise<Piece<T>>
}

/** A record before the verdict tells whether it rests on it. */
export interface RecordSoFar extends Omit<EvidenceRecord, 'used'> {
  /** Of issuers, what came. */
  readonly certificates: readonly Certificate[]
}

/** One verification's way to the evidence. */
export class EvidenceSource {
  readonly records: RecordSoFar[] = []
  readonly failures: (NotFetched & { readonly kind: EvidenceKind })[] = []
  readonly #options: FetchOptions
  readonly #at: () => Date
  readonly #destinations: Destinations
  /** Answers under way or here, by question: two certificates of one CA share its CRL. */
  readonly #asked = new Map<string, Promise<Got<unknown>>>()
  #fetches = 0

  /**
   * @param at the instant that is verified for
   * @throws PkiError `usage.general-name` for an allowed host that is none
   */
  constructor(options: FetchOptions, at: () => Date) {
    this.#options = options
    this.#at = at
    this.#destinations = new Destinations(options.allowedHosts, options.lookup)
  }

  /** Nothing more will be fetched. */
  get exhausted(): boolean {
    return this.#fetches >= MAX_URLS_PER_VERIFICATION
  }

  /**
   * Gets one piece of evidence.
   * @returns undefined if there is none: then `failures` says why
   */
  async get<T>(order: Order<T>, freshness: Freshness = 'usual'): Promise<T | undefined> {
    const key = JSON.stringify([order.url, Buffer.from(order.question ?? []).toString('base64'), freshness])
    const known = this.#asked.get(key)
    const asking = (known as Promise<Got<T>> | undefined) ?? this.#ask(order, freshness)
    this.#asked.set(key, asking)
    const { piece, facts } = await asking
    const { kind, url, certificate } = order
    this.records.push({ kind, url, certificate, ...facts })
    if (piece === undefined && facts.failure !== undefined) {
      this.failures.push({ kind, url, certificate, ...facts.failure })
    }
    return piece?.value
  }

  /** Takes down that a certificate names no place for something. */
  nothingNamed(kind: EvidenceKind, certificate: Certificate): void {
    this.failures.push({ kind, url: '', certificate, reason: 'nothing-named', detail: '' })
  }

  /** Those of a certificate's URLs that are asked; takes down that there were more. */
  withinLimit<T extends string | readonly string[]>(
    kind: EvidenceKind,
    certificate: Certificate,
    urls: readonly T[],
  ): readonly T[] {
    const next = urls[MAX_URLS_PER_CERTIFICATE]
    if (next !== undefined) {
      const url = typeof next === 'string' ? next : (next[0] ?? '')
      this.failures.push({ kind, url, certificate, reason: 'too-many-urls', detail: String(MAX_URLS_PER_CERTIFICATE) })
    }
    return urls.slice(0, MAX_URLS_PER_CERTIFICATE)
  }

  async #ask<T>(order: Order<T>, freshness: Freshness): Promise<Got<T>> {
    const cached = freshness === 'anew' ? undefined : await this.#findCached(order)
    if (cached !== undefined && (cached.isFresh || freshness === 'cached')) return fromCache(cached)
    try {
      if (freshness === 'cached') throw new FetchError('not-cached')
      return await this.#fetch(order)
    } catch (error) {
      if (!(error instanceof FetchError)) throw error
      if (cached !== undefined && this.#isGood(cached.piece)) return fromCache(cached, error)
      const { reason, detail, status } = error
      return { piece: undefined, facts: { ...NOTHING, status, failure: { reason, detail } } }
    }
  }

  async #fetch<T>(order: Order<T>): Promise<Got<T>> {
    this.#destinations.requireAllowed(order.url)
    if (this.exhausted) throw new FetchError('too-many-urls', String(MAX_URLS_PER_VERIFICATION))
    this.#fetches++
    const request = { url: order.url, ...order.request, maxBytes: MAX_BYTES[order.kind] }
    const policy = { destinations: this.#destinations, timeout: this.#options.timeout ?? DEFAULT_TIMEOUT }
    const answer = await fetchHttp(request, policy)
    const piece = await parseAnswer(order, answer)
    const notKept = this.#keep(order, answer, piece)
    return { piece, facts: { ...factsOf(piece, answer.body), origin: 'network', status: answer.status, notKept } }
  }

  #keep<T>({ kind, url, question, isPrivate }: Order<T>, { body, maxAge }: HttpAnswer, piece: Piece<T>) {
    const entry = { url, fetchedAt: this.#options.now(), maxAge, body }
    if (isPrivate === true || this.#freshUntil(kind, entry, piece) <= this.#options.now().getTime()) return undefined
    return this.#options.cache?.keep(entry, question)?.message
  }

  async #findCached<T>(order: Order<T>): Promise<Cached<T> | undefined> {
    const entry = this.#options.cache?.find(order.url, order.question)
    if (entry === undefined) return undefined
    try {
      const piece = await order.parse(entry.body)
      const age = this.#freshUntil(order.kind, entry, piece)
      return { entry, piece, isFresh: this.#options.now().getTime() < age && this.#isGood(piece) }
    } catch (error) {
      if (error instanceof DerError || error instanceof FetchError) return undefined
      throw error
    }
  }

  /** Until it is replaced by its own word or the server's, whichever comes first; milliseconds. */
  #freshUntil<T>(kind: EvidenceKind, { fetchedAt, maxAge }: CacheEntry, { nextUpdate }: Piece<T>): number {
    const byItself = nextUpdate?.getTime() ?? fetchedAt.getTime() + KEEPS[kind]
    return maxAge === undefined ? byItself : Math.min(byItself, fetchedAt.getTime() + maxAge * 1000)
  }

  /** Whether it could clear anybody at the instant that is verified for: what could not is worth a fresh look. */
  #isGood<T>({ thisUpdate, nextUpdate }: Piece<T>): boolean {
    const at = this.#at().getTime()
    return (thisUpdate?.getTime() ?? at) <= at && at <= (nextUpdate?.getTime() ?? at)
  }
}

interface Got<T> {
  readonly piece: Piece<T> | undefined
  readonly facts: Omit<RecordSoFar, 'kind' | 'url' | 'certificate'>
}

interface Cached<T> {
  readonly entry: CacheEntry
  readonly piece: Piece<T>
  readonly isFresh: boolean
}

const NOTHING: Got<unknown>['facts'] = {
  origin: 'none',
  status: undefined,
  bytes: 0,
  failure: undefined,
  evidence: '',
  notKept: undefined,
  certificates: [],
}

function factsOf<T>({ name, certificates = [] }: Piece<T>, { length: bytes }: Uint8Array): Got<T>['facts'] {
  return { ...NOTHING, bytes, evidence: name, certificates }
}

function fromCache<T>({ entry, piece }: Cached<T>, failure?: FetchError): Got<T> {
  const facts: Got<T>['facts'] = { ...factsOf(piece, entry.body), origin: 'cache' }
  if (failure === undefined) return { piece, facts }
  const { reason, detail, status } = failure
  return { piece, facts: { ...facts, status, failure: { reason, detail } } }
}

async function parseAnswer<T>({ parse }: Order<T>, { status, body }: HttpAnswer): Promise<Piece<T>> {
  try {
    return await parse(body)
  } catch (cause) {
    if (cause instanceof DerError) {
      throw new FetchError('malformed', `${cause.message} (octet ${cause.offset})`, { status, cause })
    }
    if (cause instanceof FetchError) throw new FetchError(cause.reason, cause.detail, { status, cause })
    throw cause
  }
}
