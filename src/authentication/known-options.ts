/**
 * Options of programs in JavaScript, which no compiler has read. A name that is misspelt would otherwise be an option
 * that was left out, and one that was left out may let people in; and so may a `null` where `false` is meant.
 */

import { PkiError } from '../errors.ts'

/** Every name, so that the compiler misses one that is missing. */
export type Names<T> = Readonly<Record<keyof Required<T>, true>>

/**
 * @param names what there is; their values play no part
 * @throws PkiError `usage.option` for what is not an object, and for an own property of another name
 */
export function requireKnown(options: object, names: Readonly<Record<string, unknown>>, what: string): void {
  if (typeof options !== 'object' || options === null) {
    throw new PkiError('usage.option', `the options of ${what} are no object`)
  }
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(names, name))
  if (unknown !== undefined) throw notKnown(unknown, names, what)
}

/** The error about a name that there is not. */
export function notKnown(name: string, names: Readonly<Record<string, unknown>>, what: string): PkiError {
  const meant = inOtherCase(name, names)
  return new PkiError('usage.option', `${what}: there is no ${name}`, {
    hint: meant === undefined ? `there are ${Object.keys(names).join(', ')}` : `it is called ${meant}`,
  })
}

/** The name that differs in case alone. */
export function inOtherCase(name: string, names: Readonly<Record<string, unknown>>): string | undefined {
  return Object.keys(names).find((one) => one.toLowerCase() === name.toLowerCase())
}

/** What `typeof` says, in words. */
const KINDS = {
  boolean: 'true or false',
  string: 'a text',
  number: 'a number',
  function: 'a function',
  object: 'an object',
} as const

/**
 * Left out is left out; anything else, `null` too, must be of one of these kinds.
 * @throws PkiError `usage.option`
 */
export function requireKind(value: unknown, name: string, ...kinds: readonly (keyof typeof KINDS)[]): void {
  if (value === undefined || (value !== null && kinds.some((kind) => typeof value === kind))) return
  const expected = kinds.map((kind) => KINDS[kind]).join(' or ')
  throw new PkiError('usage.option', `${name} takes ${expected}, not ${value === null ? 'null' : `a ${typeof value}`}`)
}

/**
 * Left out is left out; anything else, `null` too, must have these methods.
 * @throws PkiError `usage.option`
 */
export function requireMethods(value: unknown, name: string, ...methods: readonly string[]): void {
  if (value === undefined) return
  const has = (method: string) => typeof (value as Readonly<Record<string, unknown>> | null)?.[method] === 'function'
  if (methods.every(has)) return
  throw new PkiError('usage.option', `${name} takes something that can ${methods.join(' and ')}`)
}
