/**
 * Reads a journal once and from then on only what was appended: for whoever has to know its present state at any time,
 * such as a responder, whether it holds ten lines or a million. Memory is that of one block, whatever the journal's size.
 */

import { closeSync, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs'
import { JOURNAL_VERSION, type JournalEntry, type JournalEvent, parseEntry } from './journal.ts'

export interface JournalReader {
  /** The kinds of event that are wanted; lines of other kinds are passed over, mostly without being parsed. */
  readonly wanted: ReadonlySet<JournalEvent['event']>
  /** One event, in the order of the journal. */
  onEntry(entry: JournalEntry): void
  /** The journal is another one than before: what was read of it no longer holds. */
  onRestart(): void
}

const BLOCK = 1 << 18
const LINE_FEED = 0x0a

/** Where a line as this program writes it names its kind of event: behind the version and the time. */
const HEAD = '{"v":1,"at":"2000-01-01T00:00:00.000Z","event":"'

/** Follows one journal. */
export class JournalFollower {
  readonly #path: string
  readonly #reader: JournalReader
  /** The file that was read, and up to where: behind the last line that was complete. */
  #file: { readonly dev: number; readonly ino: number; readonly offset: number } | undefined

  /** Nothing is read yet. */
  constructor(path: string, reader: JournalReader) {
    this.#path = path
    this.#reader = reader
  }

  /**
   * Hands over what was appended since the last call. A line without its end is left for the next call: somebody is
   * writing it, or a crash has torn it and the next event will end it.
   * @returns whether there was anything
   */
  follow(): boolean {
    const stats = statSync(this.#path, { throwIfNoEntry: false })
    if (stats === undefined) return this.#restart()
    if (this.#file !== undefined && isSame(this.#file, stats) && stats.size === this.#file.offset) return false
    const file = openSync(this.#path, 'r')
    try {
      return this.#read(file)
    } finally {
      closeSync(file)
    }
  }

  #read(file: number): boolean {
    const stats = fstatSync(file)
    const isContinued = this.#file !== undefined && isSame(this.#file, stats) && stats.size >= this.#file.offset
    const restarted = isContinued ? false : this.#restart()
    const start = this.#file?.offset ?? 0
    const offset = start + this.#readLines(file, start)
    this.#file = { dev: stats.dev, ino: stats.ino, offset }
    return restarted || offset > start
  }

  /** @returns whether anything had been read */
  #restart(): boolean {
    const hadRead = this.#file !== undefined
    this.#file = undefined
    if (hadRead) this.#reader.onRestart()
    return hadRead
  }

  /** @returns the length of the complete lines from `start` to the end of the file */
  #readLines(file: number, start: number): number {
    let block = Buffer.allocUnsafe(BLOCK)
    let held = 0 // octets at the start of the block that begin a line whose end is still to be read
    let done = 0
    for (;;) {
      if (held === block.length) block = Buffer.concat([block, Buffer.allocUnsafe(block.length)])
      const count = readSync(file, block, held, block.length - held, start + done + held)
      if (count === 0) return done
      const end = held + count
      let lineStart = 0
      for (let at = block.indexOf(LINE_FEED, held); at !== -1 && at < end; at = block.indexOf(LINE_FEED, lineStart)) {
        this.#readLine(block.subarray(lineStart, at))
        lineStart = at + 1
      }
      block.copyWithin(0, lineStart, end)
      done += lineStart
      held = end - lineStart
    }
  }

  #readLine(line: Buffer): void {
    const kind = kindOf(line)
    if (kind !== undefined && !(this.#reader.wanted as ReadonlySet<string>).has(kind)) return
    const entry = parseEntry(line.toString('utf8'))
    if (entry === undefined || entry.v > JOURNAL_VERSION || !this.#reader.wanted.has(entry.event)) return
    this.#reader.onEntry(entry)
  }
}

function isSame(known: { readonly dev: number; readonly ino: number }, stats: Stats): boolean {
  return known.dev === stats.dev && known.ino === stats.ino
}

const EVENT_KEY = Buffer.from(HEAD.slice(HEAD.indexOf('"event"')))
const EVENT_KEY_START = HEAD.length - EVENT_KEY.length
const QUOTE = 0x22

/** The kind of event of a line that has the shape this program gives it; undefined for any other, which gets parsed. */
function kindOf(line: Buffer): string | undefined {
  if (line.length < HEAD.length || line.compare(EVENT_KEY, 0, EVENT_KEY.length, EVENT_KEY_START, HEAD.length) !== 0) {
    return undefined
  }
  return line.toString('latin1', HEAD.length, line.indexOf(QUOTE, HEAD.length))
}
