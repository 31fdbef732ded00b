/** HTTP answers as values, before any socket is involved (RFC 9110, RFC 9111). */

import { createHash } from 'node:crypto'

export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** What a request must say for {@link whatChanged} to look at it: header fields by their lower-case names. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/** How long an answer is good for. */
export interface Freshness {
  readonly lastModified: Date
  /** The end of what the answer says, where it has one. */
  readonly expires?: Date | undefined
  /** The time at which it is sent. */
  readonly now: Date
}

/**
 * How long caches may keep an answer without asking, in seconds. Short, although what is signed lasts longer: a
 * revocation is to show, and to ask again costs a 304.
 */
export const MAX_AGE = 60

/** A document that caches may keep: strong ETag, Last-Modified, and Cache-Control as RFC 5019 §6.2 has it. */
export function cacheable(mediaType: string, body: Uint8Array, { lastModified, expires, now }: Freshness): HttpAnswer {
  const remaining = expires === undefined ? MAX_AGE : Math.floor((expires.getTime() - now.getTime()) / 1000)
  const maxAge = Math.max(0, Math.min(MAX_AGE, remaining))
  return {
    status: 200,
    headers: {
      'Content-Type': mediaType,
      'Cache-Control': `max-age=${maxAge}, public, no-transform, must-revalidate`,
      ETag: `"${createHash('sha256').update(body).digest('hex')}"`,
      'Last-Modified': lastModified.toUTCString(),
      ...(expires !== undefined && { Expires: expires.toUTCString() }),
    },
    body,
  }
}

/** An answer for this one asker. */
export function uncacheable(mediaType: string, body: Uint8Array): HttpAnswer {
  return { status: 200, headers: { 'Content-Type': mediaType, 'Cache-Control': 'no-store' }, body }
}

/** A status with a line for people. */
export function plainText(status: number, text: string, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return {
    status,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store', ...headers },
    body: Buffer.from(`${text}\n`),
  }
}

/** What is left of an answer for an asker who may have it already: 304 if so (RFC 9110 §13.2.2). */
export function whatChanged(answer: HttpAnswer, headers: RequestHeaders): HttpAnswer {
  const { ETag: tag, 'Last-Modified': lastModified } = answer.headers
  if (answer.status !== 200 || tag === undefined || lastModified === undefined) return answer
  const tags = headers['if-none-match']
  const since = headers['if-modified-since']
  // If-Modified-Since counts only where there is no If-None-Match (§13.1.3).
  const isKnown = tags !== undefined ? names(String(tags), tag) : since !== undefined && isNoNewer(lastModified, since)
  if (!isKnown) return answer
  const { 'Content-Type': _, ...rest } = answer.headers
  return { status: 304, headers: rest, body: NOTHING }
}

const NOTHING = new Uint8Array(0)

/** Whether a list of tags, or `*`, names this one; compared weakly (§13.1.2). */
function names(list: string, tag: string): boolean {
  return list.split(',').some((item) => ['*', tag].includes(item.trim().replace(/^W\//, '')))
}

/** The three forms of an HTTP date begin with the name of a day (RFC 9110 §5.6.7). `Date.parse` reads much else. */
const HTTP_DATE = /^[A-Z][a-z]{2,8},? /

/** A date that is none counts as absent (§13.1.3). */
function isNoNewer(lastModified: string, since: string | readonly string[]): boolean {
  return HTTP_DATE.test(String(since)) && Date.parse(lastModified) <= Date.parse(String(since))
}
