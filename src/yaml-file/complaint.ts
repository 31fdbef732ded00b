/** What a schema complains about, in words and with its place, for people who write the file. */

import { nearest } from '../spelling/nearest.ts'
import type { SchemaIssue } from './schema-language.ts'

/** The path of a key from the top of the file. */
export type KeyPath = readonly PropertyKey[]

export interface Complaint {
  readonly path: KeyPath
  /** Whether the key itself is the mistake, or what stands behind it. */
  readonly at: 'key' | 'value'
  readonly message: string
  readonly hint?: string
}

/**
 * The complaint that helps most.
 * @param what the file as a whole is called: `profile`
 */
export function complaintOf(issues: readonly SchemaIssue[], schema: unknown, data: unknown, what: string): Complaint {
  const all = issues.flatMap((issue) => innermost(issue, [], data))
  // A misspelt key is missing as well: what stands there says more than what does not.
  const told = all.find(({ issue }) => issue.code === 'unrecognized_keys') ?? (all[0] as LocatedIssue)
  return describe(told, schema, data, what)
}

interface LocatedIssue {
  readonly issue: SchemaIssue
  readonly path: KeyPath
}

/** Of a choice between forms, the complaints of the form that was meant: the one that takes a value of this type. */
function innermost(issue: SchemaIssue, above: KeyPath, data: unknown): readonly LocatedIssue[] {
  const path = [...above, ...issue.path]
  if (issue.code !== 'invalid_union') return [{ issue, path }]
  const isText = typeof valueAt(data, path) === 'string'
  const meant = issue.errors.find((errors) => !errors.some((error) => isOfAnotherType(error, isText)))
  return meant === undefined ? [{ issue, path }] : meant.flatMap((inner) => innermost(inner, path, data))
}

function isOfAnotherType({ code, path }: SchemaIssue, isText: boolean): boolean {
  return path.length === 0 && (code === 'invalid_type' || (code === 'invalid_value' && !isText))
}

function describe({ issue, path }: LocatedIssue, schema: unknown, data: unknown, what: string): Complaint {
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] as string
    const allowed = allowedKeys(schema, path)
    const hint = `${didYouMean(key, allowed)}allowed keys: ${allowed.join(', ')}`
    return { path: [...path, key], at: 'key', message: `unknown key "${key}"`, hint }
  }
  const key = path.map(String).join('.')
  const value = valueAt(data, path)
  if (path.length > 0 && value === undefined) return { path, at: 'key', message: `the key "${key}" is missing` }
  if (issue.code === 'invalid_value') {
    const near = typeof value === 'string' ? didYouMean(value, issue.values.map(String)) : ''
    const hint = `${near}allowed values: ${issue.values.join(', ')}`
    return { path, at: 'value', message: `${key}: ${shown(value)} is not one of its values`, hint }
  }
  if (issue.code === 'invalid_union') {
    const expected = issue.errors.flat().flatMap((e) => (e.code === 'invalid_type' ? [wordFor(e.expected)] : []))
    const forms = [...new Set(expected)].join(', ')
    return { path, at: 'value', message: `${key || what}: expected one of: ${forms}; not ${shown(value)}` }
  }
  if (issue.code === 'invalid_key') {
    return { path, at: 'key', message: `${key}: ${lowerFirst(issue.issues[0]?.message ?? issue.message)}` }
  }
  if (issue.code === 'invalid_type') {
    const hint = issue.expected === 'string' ? TEXT_IN_QUOTES : undefined
    const message = `${key || what}: expected ${wordFor(issue.expected)}, not ${shown(value)}`
    return { path, at: 'value', message, ...(hint !== undefined && { hint }) }
  }
  return { path, at: 'value', message: `${key || what}: ${withValue(inWords(issue), value)}` }
}

/** The kinds of values as people call them. */
const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map of keys',
  record: 'a map of keys',
  array: 'a list',
  null: 'nothing',
}

function wordFor(type: string): string {
  return WORDS[type] ?? type
}

/** YAML takes 5, true and 2026-01-01T00:00:00Z for something else. */
const TEXT_IN_QUOTES = "in quotes anything is text: '5'"

function inWords(issue: SchemaIssue): string {
  if (issue.code === 'too_small') return `at least ${issue.minimum}${unitOf(issue.origin)}`
  if (issue.code === 'too_big') return `at most ${issue.maximum}${unitOf(issue.origin)}`
  return lowerFirst(issue.message)
}

function unitOf(origin: string): string {
  return { string: ' characters', array: ' items' }[origin] ?? ''
}

/** What was expected and what stands there, unless the complaint quotes it. */
function withValue(message: string, value: unknown): string {
  const isQuoted = typeof value === 'string' && value !== '' && message.includes(value)
  return isQuoted ? message : `${message}; not ${shown(value)}`
}

function didYouMean(word: string, known: readonly string[]): string {
  const near = nearest(word, known)
  return near === undefined ? '' : `did you mean ${near}? `
}

const MAX_SHOWN = 60

/** The offending text, short enough for one line. */
function shown(value: unknown): string {
  if (value === null) return 'nothing'
  const text = JSON.stringify(value) ?? String(value)
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}…`
}

function valueAt(data: unknown, path: KeyPath): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], data)
}

/** The keys that may stand at a path, read from the schema itself. */
function allowedKeys(schema: unknown, path: KeyPath): readonly string[] {
  const found = path.reduce<unknown>((outer, key) => {
    if (typeof key === 'number') return property(outer, 'element')
    return property(property(outer, 'shape'), key) ?? property(outer, 'valueType')
  }, schema)
  return Object.keys((property(found, 'shape') ?? {}) as object)
}

/** A property of a schema, which may stand inside an optional one or be one of several forms. */
function property(schema: unknown, key: PropertyKey): unknown {
  if (typeof schema !== 'object' || schema === null) return undefined
  if (key in schema) return (schema as Record<PropertyKey, unknown>)[key]
  const { unwrap, options } = schema as { unwrap?: () => unknown; options?: readonly unknown[] }
  if (unwrap !== undefined) return property(unwrap.call(schema), key)
  for (const option of options ?? []) {
    const found = property(option, key)
    if (found !== undefined) return found
  }
  return undefined
}

export function lowerFirst(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1)
}
