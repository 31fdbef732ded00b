/**
 * Reads YAML files that people write. This is the one importer of yaml, and reached through `import()` only.
 *
 * Every mistake names the file, the line and column (from 1), the key, and what would have been right. Anchors, aliases
 * and merge keys (`<<`) work; files that are large, deep, or unfold into something large are refused.
 */

import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  type ParsedNode,
  parseDocument,
  type YAMLMap,
} from 'yaml'
import { PkiError, type PkiErrorCode } from '../errors.ts'
import { complaintOf, type KeyPath, lowerFirst } from './complaint.ts'
import type { z } from './schema-language.ts'

/** Where something stands in a file; both count from 1. */
export interface Place {
  readonly line: number
  readonly column: number
}

export interface YamlFile<T> {
  readonly data: T
  /** Where a path leads in the text; where it leads nowhere, the nearest place above it. */
  placeOf(path: KeyPath, at?: 'key' | 'value'): Place
}

export interface YamlFileKind<T> {
  readonly schema: z.ZodType<T>
  /** What the file as a whole is called: `profile`. */
  readonly what: string
  /** The code of its mistakes. */
  readonly code: PkiErrorCode
}

/** Far beyond what anybody writes by hand, and read in a moment. */
const MAX_CHARACTERS = 4 << 20
const MAX_DEPTH = 100
const TOO_DEEP = `nested more than ${MAX_DEPTH} deep`
/** What the aliases of a file may unfold into, in values. */
const MAX_VALUES = 1_000_000
const MAX_ALIASES = 100_000

/**
 * The data of a file, checked.
 * @param file as it is to be named in errors
 * @throws PkiError of the kind's code with `file`, `line`, `column` and, where there is one, `key` in its context
 */
export function readYaml<T>(text: string, file: string, { schema, what, code }: YamlFileKind<T>): YamlFile<T> {
  const lines = new LineCounter()
  const fail = (place: Place, message: string, more: MistakeFacts = {}) => mistake(code, file, place, message, more)
  if (text.length > MAX_CHARACTERS) throw fail(TOP, `larger than ${MAX_CHARACTERS} characters`)
  const document = parse(text, lines, fail)
  const placeOf = (path: KeyPath, at: 'key' | 'value' = 'value') =>
    position(lines, offsetOf(document as Document.Parsed, path, at))

  const data = toData(document, fail)
  const parsed = schema.safeParse(data)
  if (parsed.success) return { data: parsed.data, placeOf }
  const { path, at, message, hint } = complaintOf(parsed.error.issues, schema, data, what)
  throw fail(placeOf(path, at), message, { key: path.map(String).join('.'), ...(hint !== undefined && { hint }) })
}

interface MistakeFacts {
  readonly key?: string
  readonly hint?: string
}

type Fail = (place: Place, message: string, more?: MistakeFacts) => PkiError

const TOP: Place = { line: 1, column: 1 }

/** The error for a mistake at a place of a file. */
export function mistake(
  code: PkiErrorCode,
  file: string,
  { line, column }: Place,
  message: string,
  { key, hint }: MistakeFacts = {},
): PkiError {
  return new PkiError(code, `${file}:${line}:${column}: ${message}`, {
    context: { file, line, column, ...(key && { key }) },
    ...(hint !== undefined && { hint }),
  })
}

function parse(text: string, lines: LineCounter, fail: Fail): Document.Parsed {
  const document = unlessTooDeep(fail, () =>
    // Keys given twice are found below, where both places are known.
    parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true, uniqueKeys: false }),
  )
  const [fault] = document.errors
  if (fault !== undefined) {
    // The parser reports its own exhaustion like any other fault.
    const isDeep = /call stack/i.test(fault.message)
    throw fail(position(lines, fault.pos[0]), isDeep ? TOO_DEEP : (FAULTS[fault.code] ?? lowerFirst(fault.message)))
  }
  checkNodes(document, lines, fail)
  return document as Document.Parsed
}

/** Where the parser speaks to those who call it. */
const FAULTS: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: 'a second document begins here; a file holds one',
}

/** The parser is recursive: a million brackets exhaust its stack before anything can be counted. */
function unlessTooDeep<T>(fail: Fail, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw fail(TOP, TOO_DEEP)
  }
}

/** @throws PkiError for what is nested too deep, an alias of nothing, and keys that are given twice or cannot be */
function checkNodes(document: Document, lines: LineCounter, fail: Fail): void {
  const anchors = new Set<string>()
  const aliases: Alias[] = []
  const waiting: { readonly node: unknown; readonly depth: number }[] = [{ node: document.contents, depth: 1 }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, depth } = next
    if (depth > MAX_DEPTH) throw fail(position(lines, rangeStart(node) ?? 0), TOO_DEEP)
    if (isAlias(node)) aliases.push(node)
    else if (isNode(node) && node.anchor !== undefined) anchors.add(node.anchor)
    if (isMap(node)) {
      requireGoodKeys(node.items, lines, fail)
      for (const { key, value } of node.items) {
        waiting.push({ node: key, depth: depth + 1 }, { node: value, depth: depth + 1 })
      }
    }
    if (isSeq(node)) for (const item of node.items) waiting.push({ node: item, depth: depth + 1 })
  }
  const lost = aliases.find(({ source }) => !anchors.has(source))
  if (lost === undefined) return
  const known = [...anchors].map((anchor) => `&${anchor}`).join(', ')
  throw fail(
    position(lines, rangeStart(lost) ?? 0),
    `*${lost.source} stands for nothing: there is no &${lost.source}`,
    {
      hint: known === '' ? 'an anchor is set by & in front of a value' : `anchors in this file: ${known}`,
    },
  )
}

function requireGoodKeys(pairs: readonly Pair[], lines: LineCounter, fail: Fail): void {
  const seen = new Map<unknown, Pair>()
  for (const pair of pairs) {
    if (!isScalar(pair.key) || pair.key.value === '<<') continue
    const { value } = pair.key
    // Schemas pass over it without a word, and so would whoever copies the data.
    if (value === '__proto__') {
      throw fail(position(lines, rangeStart(pair.key) ?? 0), '"__proto__" cannot be a key', { key: value })
    }
    const first = seen.get(value)
    if (first !== undefined) {
      const { line } = position(lines, rangeStart(first.key) ?? 0)
      const place = position(lines, rangeStart(pair.key) ?? 0)
      throw fail(place, `"${value}" is given twice: here and on line ${line}`, { key: String(value) })
    }
    seen.set(value, pair)
  }
}

function toData(document: Document.Parsed, fail: Fail): unknown {
  let data: unknown
  try {
    data = unlessTooDeep(fail, () => document.toJS({ maxAliasCount: MAX_ALIASES })) ?? {}
  } catch (cause) {
    // Aliases that lead nowhere, or that unfold without end.
    if (!(cause instanceof ReferenceError)) throw cause
    throw fail(TOP, lowerFirst(cause.message))
  }
  if (countsBeyond(data, MAX_VALUES)) throw fail(TOP, `its aliases unfold into more than ${MAX_VALUES} values`)
  return data
}

/** An alias costs nothing until somebody walks through what it stands for, as the schema is about to. */
function countsBeyond(data: unknown, limit: number): boolean {
  const waiting = [data]
  let count = 0
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next !== 'object' || next === null) continue
    const values = Object.values(next)
    count += values.length
    if (count > limit) return true
    for (const value of values) if (typeof value === 'object' && value !== null) waiting.push(value)
  }
  return false
}

function offsetOf(document: Document.Parsed, path: KeyPath, at: 'key' | 'value'): number {
  let node: unknown = document.contents
  let offset = rangeStart(node) ?? 0
  for (const [depth, key] of path.entries()) {
    const pair = pairOf(node, key, document)
    const found = pair === undefined ? itemAt(node, key, document) : pair.value
    const isLastKey = depth === path.length - 1 && at === 'key'
    offset = rangeStart(pair !== undefined && (isLastKey || found === null) ? pair.key : found) ?? offset
    node = found
  }
  return offset
}

/** The pair of a key in a map, or in a map that is merged into it. */
function pairOf(node: unknown, key: PropertyKey, document: Document.Parsed): Pair | undefined {
  const map = resolved(node, document)
  if (!isMap(map)) return undefined
  const own = pairsOf(map).get(String(key))
  if (own !== undefined) return own
  const merged = map.items.find((pair) => isScalar(pair.key) && pair.key.value === '<<')?.value
  const sources = isSeq(merged) ? merged.items : merged === undefined ? [] : [merged]
  for (const source of sources) {
    const found = pairOf(source, key, document)
    if (found !== undefined) return found
  }
  return undefined
}

/** The pairs of each map that was asked for: files of twenty thousand entries are asked for every one. */
const pairs = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>()

function pairsOf(map: YAMLMap): ReadonlyMap<string, Pair> {
  const known = pairs.get(map)
  if (known !== undefined) return known
  const found = new Map(map.items.flatMap((pair) => (isScalar(pair.key) ? [[String(pair.key.value), pair]] : [])))
  pairs.set(map, found)
  return found
}

function itemAt(node: unknown, index: PropertyKey, document: Document.Parsed): unknown {
  const list = resolved(node, document)
  return isSeq(list) && typeof index === 'number' ? list.items[index] : undefined
}

function resolved(node: unknown, document: Document.Parsed): unknown {
  return isAlias(node) ? node.resolve(document) : node
}

function rangeStart(node: unknown): number | undefined {
  const { range } = (node ?? {}) as { range?: ParsedNode['range'] | null }
  return range?.[0]
}

function position(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset)
  return { line, column: col }
}
