/** Remembers what came of validating certificates: ASP.NET Core's `ICertificateValidationCache` and its default. */

import { PkiError } from '../errors.ts'
import type { ClientCertificate } from './client-certificate.ts'
import { type Clock, systemClock } from './clock.ts'
import { type Names, requireKind, requireKnown } from './known-options.ts'
import { type AuthenticateResult, cloneResult } from './result.ts'

/** To be replaced by an application's own. What it throws fails the request. */
export interface ValidationCache {
  /** The outcome of an earlier validation, undefined if none is known. It is then the outcome: nothing is checked. */
  get(
    certificate: ClientCertificate,
    scheme: string,
    request: unknown,
  ): AuthenticateResult | undefined | Promise<AuthenticateResult | undefined>
  put(
    certificate: ClientCertificate,
    scheme: string,
    result: AuthenticateResult,
    request: unknown,
  ): void | Promise<void>
}

/** How much a {@link MemoryValidationCache} remembers, and for how long. */
export interface MemoryCacheOptions {
  readonly clock?: Clock | undefined
  /** Entries. Default 1024. */
  readonly size?: number | undefined
  /** Milliseconds for which an entry lasts after it was last used. Default two minutes. */
  readonly expiration?: number | undefined
}

const OPTIONS: Names<MemoryCacheOptions> = { clock: true, size: true, expiration: true }

/** Milliseconds after which an entry is forgotten however often it is used. */
const MAX_ENTRY_AGE = 30 * 60_000

const DEFAULT_SIZE = 1024
const DEFAULT_EXPIRATION = 2 * 60_000

interface Entry {
  readonly result: AuthenticateResult
  /** The earlier of {@link MAX_ENTRY_AGE} and the end of the certificate. */
  readonly end: number
  lastUsed: number
}

/**
 * A cache in memory. Success, failure and no result are all kept, by scheme and SHA-256 of the certificate. A hit skips
 * everything: a revocation shows after half an hour at the latest, the end of the certificate at once.
 *
 * Where .NET's refuses new entries while it makes room, this one forgets the least recently used.
 */
export class MemoryValidationCache implements ValidationCache {
  readonly #size: number
  readonly #expiration: number
  readonly #clock: Clock
  /** The least recently used first. */
  readonly #entries = new Map<string, Entry>()
  #newest: Entry | undefined

  /** @throws PkiError `usage.option` for an option that there is not, for a size or an expiration below zero */
  constructor(options: MemoryCacheOptions = {}) {
    requireKnown(options, OPTIONS, 'MemoryValidationCache')
    requireKind(options.clock, 'clock', 'function')
    for (const name of ['size', 'expiration'] as const) requireKind(options[name], name, 'number')
    const { clock = systemClock, size = DEFAULT_SIZE, expiration = DEFAULT_EXPIRATION } = options
    if (!(size >= 0) || !(expiration >= 0)) {
      throw new PkiError('usage.option', `a cache of ${size} entries that last ${expiration} ms makes no sense`)
    }
    this.#size = size
    this.#expiration = expiration
    this.#clock = clock
  }

  /** How many entries there are, those that have expired and were not asked for since among them. */
  get count(): number {
    return this.#entries.size
  }

  get(certificate: ClientCertificate, scheme: string): AuthenticateResult | undefined {
    const key = certificate.keyUnder(scheme)
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    const now = this.#clock().getTime()
    if (now >= entry.end || now >= entry.lastUsed + this.#expiration) {
      this.#entries.delete(key)
      return undefined
    }
    entry.lastUsed = now
    this.#moveToEnd(key, entry)
    return cloneResult(entry.result)
  }

  put(certificate: ClientCertificate, scheme: string, result: AuthenticateResult): void {
    const now = this.#clock().getTime()
    const end = Math.min(now + MAX_ENTRY_AGE, certificate.notAfter.getTime())
    if (end <= now || this.#size === 0) return
    const key = certificate.keyUnder(scheme)
    this.#entries.delete(key)
    while (this.#entries.size >= this.#size) {
      const [oldest] = this.#entries.keys()
      if (oldest === undefined) break
      this.#entries.delete(oldest)
    }
    this.#newest = { result: cloneResult(result), end, lastUsed: now }
    this.#entries.set(key, this.#newest)
  }

  /** A map whose entries come and go is rewritten every few times; a client that asks again and again need not pay. */
  #moveToEnd(key: string, entry: Entry): void {
    if (entry === this.#newest) return
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    this.#newest = entry
  }
}

/** Whose results a cache keeps under the name of a scheme. */
const owners = new WeakMap<ValidationCache, Map<string, object>>()

/**
 * Takes a name in a cache for options, and what they accept. Of two that share cache and name, each would let in whom
 * the other one accepted.
 * @throws PkiError `usage.option` if other options have that name there
 */
export function requireOwnName(cache: ValidationCache, scheme: string, options: object): void {
  const named = owners.get(cache) ?? new Map<string, object>()
  owners.set(cache, named)
  const owner = named.get(scheme) ?? options
  named.set(scheme, owner)
  if (sayTheSame(owner as Bag, options as Bag)) return
  throw new PkiError('usage.option', `two authentications with different options share a cache as ${scheme}`, {
    hint: 'give each a scheme of its own, or a cache of its own: one would let in whom the other accepted',
  })
}

type Bag = Readonly<Record<string, unknown>>

function sayTheSame(a: Bag, b: Bag): boolean {
  return [...Object.keys(a), ...Object.keys(b)].every((name) => name === 'log' || Object.is(a[name], b[name]))
}
