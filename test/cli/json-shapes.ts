/**
 * The tables of `docs/json.md` as data, and what a document of JSON has to do with them: whether all of it is described
 * there, and which of the descriptions it is an example of.
 */

import { isAbsolute } from 'node:path'

/** A type of the tables, as its words say it. */
type Type =
  | { readonly is: 'word'; readonly word: string }
  | { readonly is: 'literal'; readonly value: string }
  | { readonly is: 'shape'; readonly name: string }
  | { readonly is: 'list' | 'map'; readonly of: readonly Type[]; readonly text: string }

interface Row {
  readonly path: string
  readonly optional: boolean
  /** Any one of them. */
  readonly types: readonly Type[]
  /** The alternatives that the test need not see; `all` for a field that it need not see at all. */
  readonly rare: 'all' | readonly string[]
}

export interface Shape {
  /** As references name it: `Certificate`, `pki.made/1`. */
  readonly name: string
  /** Of the section that it stands in. */
  readonly heading: string
  readonly prose: string
  readonly rows: ReadonlyMap<string, Row>
}

/** Every shape of the page, by name: the schema that the heading of its section gives, or else the heading. */
export function readShapes(page: string): ReadonlyMap<string, Shape> {
  const sections = page.split(/^#{2,3} /m).slice(1)
  const shapes = sections.flatMap((section): readonly Shape[] => {
    const [heading = '', ...lines] = section.split('\n')
    const start = lines.findIndex((line) => line.startsWith('| Field |'))
    if (start === -1) return []
    const end = lines.findIndex((line, i) => i > start && !line.startsWith('|'))
    const rows = lines.slice(start + 2, end).map(readRow)
    const name = /`(pki\.[^`]+)`$/.exec(heading)?.[1] ?? heading
    const prose = lines.slice(0, start).join(' ')
    return [{ name, heading, prose, rows: new Map(rows.map((row) => [row.path, row])) }]
  })
  return new Map(shapes.map((shape) => [shape.name, shape]))
}

function readRow(line: string): Row {
  const [, field = '', type = '', meaning = ''] = line.split(/\s*\|\s*/)
  const name = /^`([^`?]+)(\??)`$/.exec(field)
  if (name === null) throw new Error(`not a field: ${line}`)
  const rare = /Rare(?: \((.*?)\))?: \S/.exec(meaning)
  return {
    path: name[1] as string,
    optional: name[2] === '?',
    types: readTypes(type),
    rare: rare === null ? [] : rare[1] === undefined ? 'all' : rare[1].split(', ').map(plain),
  }
}

/** `hex or null`, `list of (string or [Name](#name))`: alternatives are parted where no parenthesis is open. */
function readTypes(text: string): readonly Type[] {
  const parts: string[] = []
  let depth = 0
  for (const word of text.split(' ')) {
    if (word === 'or' && depth === 0) parts.push('')
    else parts.push(`${parts.pop() ?? ''} ${word}`)
    for (const sign of word) depth += sign === '(' ? 1 : sign === ')' ? -1 : 0
  }
  return parts.flatMap((part) => readType(part.trim()))
}

function readType(text: string): readonly Type[] {
  const group = /^(list|map) of (.+)$/.exec(text)
  if (group !== null) {
    const [, is, inner = ''] = group
    const of = readTypes(inner.startsWith('(') ? inner.slice(1, -1) : inner)
    return [{ is: is as 'list' | 'map', of, text: plain(text) }]
  }
  const literal = /^`([^`]+)`$/.exec(text)?.[1]
  if (literal !== undefined) return [{ is: 'literal', value: literal }]
  const name = /^\[([^\]]+)\]\(#[^)]+\)$/.exec(text)?.[1]
  if (name !== undefined) return [{ is: 'shape', name }]
  if (!Object.hasOwn(WORDS, text)) throw new Error(`not a type: ${text}`)
  return [{ is: 'word', word: text }]
}

/** Without the marks of Markdown. */
function plain(text: string): string {
  return text.replaceAll('`', '').replace(/\[([^\]]+)\]\([^)]*\)/g, '$1')
}

const isText = (value: unknown, pattern: RegExp) => typeof value === 'string' && pattern.test(value)
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isPlain = (value: unknown) => value === null || ['string', 'number', 'boolean'].includes(typeof value)

/** What each word of the section "Types" means. `object` is one because its fields have rows of their own. */
const WORDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number',
  null: (value) => value === null,
  integer: Number.isSafeInteger,
  decimal: (value) => isText(value, /^\d+$/),
  instant: (value) => isText(value, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  hex: (value) => isText(value, /^(?:[0-9a-f]{2})*$/),
  serial: (value) => isText(value, /^-?(?:[0-9a-f]{2})+$/),
  fingerprint: (value) => isText(value, /^[0-9a-f]{64}$/),
  dn: (value) => isText(value, /^(?:[\w.]+=.*)?$/s),
  oid: (value) => isText(value, /^[0-2](?:\.\d+)+$/),
  path: (value) => typeof value === 'string' && isAbsolute(value),
  fact: (value) => isPlain(value) || (Array.isArray(value) && value.every(isPlain)),
  any: () => true,
  object: isObject,
}

/** The words for types that the page may use. */
export const TYPE_WORDS: readonly string[] = Object.keys(WORDS)

/** Compares documents with shapes, and remembers which alternatives of which fields have occurred. */
export class Comparison {
  readonly #shapes: ReadonlyMap<string, Shape>
  readonly #seen = new Set<string>()
  readonly #faults = new Set<string>()

  constructor(shapes: ReadonlyMap<string, Shape>) {
    this.#shapes = shapes
  }

  /** What occurred since the last time and is not documented, or not so. */
  takeFaults(): readonly string[] {
    const faults = [...this.#faults]
    this.#faults.clear()
    return faults
  }

  /** What is documented and did not occur; and what is marked as rare, and did. */
  missing(): readonly string[] {
    return [...this.#shapes.values()].flatMap((shape) =>
      [...shape.rows.values()].flatMap((row) => this.#lacks(shape, row)),
    )
  }

  /** A whole document, by its `schema`. */
  document(value: unknown): void {
    const schema = isObject(value) ? String(value.schema) : 'nothing'
    if (!this.#shapes.has(schema)) this.#faults.add(`${schema}: not documented`)
    else this.#shape(schema, value)
  }

  #lacks({ name }: Shape, { path, optional, types, rare }: Row): readonly string[] {
    const key = `${name}: ${path}`
    const wanted = [...alternatives(types), ...(optional ? ['absent'] : [])]
    const isRare = (text: string) => (rare === 'all' ? text !== 'absent' : rare.includes(text))
    return wanted.flatMap((text) => {
      const isSeen = this.#seen.has(`${key}: ${text}`)
      if (isSeen === isRare(text))
        return [`${key}: ${text} ${isSeen ? 'occurs, and is no longer rare' : 'never occurs'}`]
      return []
    })
  }

  #shape(name: string, value: unknown): void {
    const shape = this.#shapes.get(name)
    if (shape === undefined) throw new Error(`no section ${name}`)
    this.#fields(shape, '', value)
    if (name === 'Extension' && isObject(value)) this.#extensionValue(value)
  }

  /** The one type that another field decides. */
  #extensionValue({ name, value }: Readonly<Record<string, unknown>>): void {
    if (value === undefined) return
    const isNamed = this.#shapes.get('Extension values')?.rows.has(String(name))
    if (isNamed === true) this.#shape('Extension values', { [String(name)]: value })
    else this.#shape('Unknown', value)
  }

  /** The fields of an object: those whose rows begin with `prefix`. */
  #fields(shape: Shape, prefix: string, value: unknown): void {
    if (!isObject(value)) return
    for (const key of Object.keys(value)) {
      const row = shape.rows.get(prefix + key)
      if (row === undefined) this.#faults.add(`${shape.name}: ${prefix}${key}: not documented`)
      else this.#value(shape, row, row.path, row.types, value[key])
    }
    for (const row of shape.rows.values()) {
      if (!row.path.startsWith(prefix) || /[.[]/.test(row.path.slice(prefix.length))) continue
      if (Object.hasOwn(value, row.path.slice(prefix.length))) continue
      if (row.optional) this.#seen.add(`${shape.name}: ${row.path}: absent`)
      else this.#faults.add(`${shape.name}: ${row.path}: absent`)
    }
  }

  #value(shape: Shape, row: Row, path: string, types: readonly Type[], value: unknown): void {
    const type = types.find((one) => this.#isOf(one, value))
    if (type === undefined) {
      const kind = JSON.stringify(value)?.slice(0, 80)
      this.#faults.add(`${shape.name}: ${path}: is ${kind}, not ${types.map(textOf).join(' or ')}`)
      return
    }
    this.#seen.add(`${shape.name}: ${row.path}: ${textOf(type)}`)
    if (type.is === 'shape') this.#shape(type.name, value)
    else if (type.is === 'word' && type.word === 'object') this.#fields(shape, `${path}.`, value)
    else if (type.is === 'list') {
      for (const item of value as readonly unknown[]) this.#value(shape, row, `${path}[]`, type.of, item)
    } else if (type.is === 'map') {
      for (const item of Object.values(value as object)) this.#value(shape, row, `${path}.*`, type.of, item)
    }
  }

  #isOf(type: Type, value: unknown): boolean {
    switch (type.is) {
      case 'word':
        return WORDS[type.word]?.(value) === true
      case 'literal':
        return String(value) === type.value
      case 'list':
        return Array.isArray(value)
      case 'map':
        return isObject(value)
      case 'shape':
        return isObject(value) && this.#isOfKind(type.name, value)
    }
  }

  /** Shapes that share a place are told apart by the words of `kind`. */
  #isOfKind(name: string, value: Readonly<Record<string, unknown>>): boolean {
    const kinds = this.#shapes.get(name)?.rows.get('kind')?.types
    return kinds === undefined || kinds.some((kind) => this.#isOf(kind, value.kind))
  }
}

function alternatives(types: readonly Type[]): readonly string[] {
  return types.flatMap((type) => [textOf(type), ...('of' in type ? alternatives(type.of) : [])])
}

function textOf(type: Type): string {
  switch (type.is) {
    case 'word':
      return type.word
    case 'literal':
      return type.value
    case 'shape':
      return type.name
    default:
      return type.text
  }
}
