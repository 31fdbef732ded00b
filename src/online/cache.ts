/**
 * What was fetched before: in memory for this process, and in a folder for the next ones if there is one. Nothing in it
 * is trusted more than what comes fresh from the net: an entry that is damaged is as good as none, and whoever takes one
 * checks its signature as ever. How long an entry may be used is for `source.ts` to say.
 *
 * A file is a line of JSON and behind it the octets. Its name is the digest of what was asked.
 */

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { PkiError } from '../errors.ts'
import { asRefusal, placeFiles } from '../store/file-writer.ts'

export interface CacheEntry {
  readonly url: string
  readonly fetchedAt: Date
  /** What the server said, in seconds; undefined if it said nothing. */
  readonly maxAge: number | undefined
  readonly body: Uint8Array
}

export interface CacheLimits {
  readonly entries: number
  /** Octets of all entries together. */
  readonly bytes: number
}

/** Room for the CRLs of some dozen CAs at the largest size that is fetched; the oldest entries make room. */
const DEFAULT_CACHE_LIMITS: CacheLimits = { entries: 256, bytes: 64 * 1024 * 1024 }

const SUFFIX = '.evidence'

/** Evidence at hand. */
export class EvidenceCache {
  readonly #folder: string | undefined
  readonly #limits: CacheLimits
  /** Oldest first. */
  readonly #memory = new Map<string, CacheEntry>()

  /** @param folder made when the first entry is written; without one, nothing is */
  constructor(folder?: string, limits: CacheLimits = DEFAULT_CACHE_LIMITS) {
    this.#folder = folder
    this.#limits = limits
  }

  /** What was answered to exactly this question; undefined if there is nothing usable. */
  find(url: string, question: Uint8Array | undefined): CacheEntry | undefined {
    const name = nameOf(url, question)
    const known = this.#memory.get(name)
    if (known !== undefined) return known
    const entry = this.#folder === undefined ? undefined : readEntry(join(this.#folder, name), url, this.#limits.bytes)
    if (entry !== undefined) this.#remember(name, entry)
    return entry
  }

  /**
   * Takes an answer in, in the place of an older one.
   * @returns why it could not be written; then it is kept in memory all the same
   */
  keep(entry: CacheEntry, question: Uint8Array | undefined): PkiError | undefined {
    if (entry.body.length > this.#limits.bytes) return undefined
    const name = nameOf(entry.url, question)
    this.#remember(name, entry)
    if (this.#folder === undefined) return undefined
    const bytes = formatEntry(entry)
    try {
      const remove = this.#filesInTheWay(this.#folder, name, bytes.length)
      const file = { path: join(this.#folder, name), bytes, mode: 0o600 }
      placeFiles(this.#folder, [file], { force: true, remove }).keep()
      return undefined
    } catch (error) {
      // A full disk is no reason not to verify.
      const refusal = asRefusal(error, this.#folder)
      if (refusal instanceof PkiError) return refusal
      throw refusal
    }
  }

  #remember(name: string, entry: CacheEntry): void {
    this.#memory.delete(name)
    this.#memory.set(name, entry)
    let bytes = [...this.#memory.values()].reduce((sum, { body }) => sum + body.length, 0)
    for (const [oldest, { body }] of this.#memory) {
      if (this.#memory.size <= this.#limits.entries && bytes <= this.#limits.bytes) return
      this.#memory.delete(oldest)
      bytes -= body.length
    }
  }

  /** The oldest files that have to go so that one more of this size fits. */
  #filesInTheWay(folder: string, name: string, size: number): readonly string[] {
    const files = evidenceFiles(folder).filter((file) => file.name !== name)
    let entries = files.length + 1
    let bytes = files.reduce((sum, file) => sum + file.size, size)
    const remove: string[] = []
    for (const file of files.sort((a, b) => a.modified - b.modified)) {
      if (entries <= this.#limits.entries && bytes <= this.#limits.bytes) break
      remove.push(join(folder, file.name))
      entries--
      bytes -= file.size
    }
    return remove
  }
}

function nameOf(url: string, question: Uint8Array | undefined): string {
  const hash = createHash('sha256').update(url).update('\0')
  if (question !== undefined) hash.update(question)
  return `${hash.digest('hex')}${SUFFIX}`
}

interface EvidenceFile {
  readonly name: string
  readonly size: number
  readonly modified: number
}

function evidenceFiles(folder: string): EvidenceFile[] {
  const names = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true ? readdirSync(folder) : []
  return names.flatMap((name) => {
    const stat = name.endsWith(SUFFIX) ? statSync(join(folder, name), { throwIfNoEntry: false }) : undefined
    return stat?.isFile() === true ? [{ name, size: stat.size, modified: stat.mtimeMs }] : []
  })
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function formatEntry({ url, fetchedAt, maxAge, body }: CacheEntry): Uint8Array {
  const head = { url, fetchedAt: fetchedAt.toISOString(), maxAge: maxAge ?? null, sha256: digest(body) }
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), body])
}

/** An entry that is whole and answers this URL. A file that cannot be read is as good as none. */
function readEntry(path: string, url: string, maxBytes: number): CacheEntry | undefined {
  const bytes = readIfPossible(path, maxBytes)
  const lineEnd = bytes?.indexOf(0x0a) ?? -1
  if (bytes === undefined || lineEnd === -1) return undefined
  const head = parseHead(Buffer.from(bytes.subarray(0, lineEnd)).toString('utf8'))
  const body = bytes.slice(lineEnd + 1)
  if (head === undefined || head.url !== url || head.sha256 !== digest(body)) return undefined
  return { url, fetchedAt: head.fetchedAt, maxAge: head.maxAge, body }
}

/** There may be none, another process may be putting a newer one in its place, or it belongs to somebody else. */
function readIfPossible(path: string, maxBytes: number): Uint8Array | undefined {
  try {
    const stat = statSync(path)
    if (!stat.isFile() || stat.size > maxBytes) return undefined
    return new Uint8Array(readFileSync(path))
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return undefined
    throw error
  }
}

interface Head extends Omit<CacheEntry, 'body'> {
  readonly sha256: string
}

function parseHead(line: string): Head | undefined {
  let head: unknown
  try {
    head = JSON.parse(line)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
  if (typeof head !== 'object' || head === null) return undefined
  const { url, fetchedAt, maxAge, sha256 } = head as Readonly<Record<string, unknown>>
  if (typeof url !== 'string' || typeof fetchedAt !== 'string' || typeof sha256 !== 'string') return undefined
  const date = new Date(fetchedAt)
  if (Number.isNaN(date.getTime()) || (maxAge !== null && typeof maxAge !== 'number')) return undefined
  return { url, fetchedAt: date, maxAge: maxAge ?? undefined, sha256 }
}
