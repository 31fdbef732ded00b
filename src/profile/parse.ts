/**
 * Reads a profile file. Reached through `import()` only, because it brings yaml and zod.
 *
 * Every mistake names the file, the line and column (from 1), the key, and what would have been right.
 */

import { isMap, isScalar, isSeq, LineCounter, type ParsedNode, parseDocument } from 'yaml'
import { PkiError } from '../errors.ts'
import type { CertificateProfile } from './profile.ts'
import { PROFILE_SCHEMA, type SchemaIssue } from './schema.ts'

/** The path of a key from the top of the file. */
type KeyPath = readonly PropertyKey[]

/**
 * A profile from the text of its file.
 * @param file as it is to be named in errors
 * @throws PkiError `usage.profile` with `file`, `line`, `column` and, where there is one, `key` in its context
 */
export function parseProfile(text: string, file: string): CertificateProfile {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const [fault] = document.errors
  if (fault !== undefined) throw mistake(file, position(lines, fault.pos[0]), fault.message)

  const data = toData(document, file)
  const parsed = PROFILE_SCHEMA.safeParse(data)
  if (parsed.success) return parsed.data
  const { issues } = parsed.error
  // A misspelt key is missing as well: what stands there says more than what does not.
  const issue = (issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]) as SchemaIssue
  const told = describeIssue(issue, data)
  throw mistake(file, position(lines, offsetOf(document.contents, told.path, told.at)), told.message, told)
}

function toData(document: ReturnType<typeof parseDocument>, file: string): unknown {
  try {
    return document.toJS() ?? {}
  } catch (cause) {
    // Aliases that lead nowhere, or that unfold without end.
    if (!(cause instanceof ReferenceError)) throw cause
    throw mistake(file, { line: 1, column: 1 }, lowerFirst(cause.message))
  }
}

interface ToldIssue {
  readonly path: KeyPath
  /** Whether the key itself is the mistake, or what stands behind it. */
  readonly at: 'key' | 'value'
  readonly message: string
  readonly hint?: string
}

function describeIssue(issue: SchemaIssue, data: unknown): ToldIssue {
  const { path } = issue
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] as string
    const hint = `allowed keys: ${allowedKeys(path).join(', ')}`
    return { path: [...path, key], at: 'key', message: `unknown key "${key}"`, hint }
  }
  const key = path.map(String).join('.')
  if (path.length > 0 && valueAt(data, path) === undefined) {
    return { path, at: 'key', message: `the key "${key}" is missing` }
  }
  if (issue.code === 'invalid_value') {
    const hint = `allowed values: ${issue.values.join(', ')}`
    return {
      path,
      at: 'value',
      message: `${key}: ${JSON.stringify(valueAt(data, path))} is not one of its values`,
      hint,
    }
  }
  return { path, at: 'value', message: `${key || 'profile'}: ${lowerFirst(issue.message)}` }
}

function valueAt(data: unknown, path: KeyPath): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], data)
}

/** The keys that may stand at a path, read from the schema itself. */
function allowedKeys(path: KeyPath): readonly string[] {
  let schema: unknown = PROFILE_SCHEMA
  for (const key of path)
    schema = typeof key === 'number' ? member(schema, 'element') : member(member(schema, 'shape'), key)
  return Object.keys((member(schema, 'shape') ?? {}) as object)
}

/** A property of a schema, which may stand inside an optional one. */
function member(schema: unknown, key: PropertyKey): unknown {
  if (typeof schema !== 'object' || schema === null) return undefined
  if (key in schema) return (schema as Record<PropertyKey, unknown>)[key]
  const { unwrap } = schema as { unwrap?: () => unknown }
  return unwrap === undefined ? undefined : member(unwrap.call(schema), key)
}

/** Where a path leads in the text; where it leads nowhere, the nearest place above it. */
function offsetOf(root: ParsedNode | null, path: KeyPath, at: 'key' | 'value'): number {
  let node: unknown = root
  let offset = rangeStart(root) ?? 0
  for (const [depth, key] of path.entries()) {
    const pair = isMap(node) ? node.items.find((one) => isScalar(one.key) && one.key.value === key) : undefined
    const found = pair === undefined ? itemAt(node, key) : pair.value
    const isLastKey = depth === path.length - 1 && at === 'key'
    offset = rangeStart(pair !== undefined && (isLastKey || found === null) ? pair.key : found) ?? offset
    node = found
  }
  return offset
}

function itemAt(node: unknown, index: PropertyKey): unknown {
  return isSeq(node) && typeof index === 'number' ? node.items[index] : undefined
}

function rangeStart(node: unknown): number | undefined {
  const { range } = (node ?? {}) as { range?: readonly number[] | null }
  return range?.[0]
}

interface Position {
  readonly line: number
  readonly column: number
}

function position(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset)
  return { line, column: col }
}

function mistake(file: string, { line, column }: Position, message: string, told?: ToldIssue): PkiError {
  const key = told?.path.map(String).join('.')
  return new PkiError('usage.profile', `${file}:${line}:${column}: ${message}`, {
    context: { file, line, column, ...(key && { key }) },
    ...(told?.hint !== undefined && { hint: told.hint }),
  })
}

function lowerFirst(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1)
}
