/** Options that several commands share, and how their values are read. */

import { resolve } from 'node:path'
import type { Command } from 'commander'
import { isOid } from '../der/writer.ts'
import { PkiError } from '../errors.ts'
import { parseInstant } from '../profile/duration.ts'
import { hintOf } from '../spelling/nearest.ts'
import { Store } from '../store/store.ts'
import { commandLine } from './command-line.ts'
import type { Io } from './io.ts'

/** Where the store lies when nobody says otherwise. */
const DEFAULT_FOLDER = 'pki'

export interface StoreOptions {
  readonly dir?: string
}

export interface JsonOption {
  readonly json?: boolean
}

export function addStoreOption(command: Command): void {
  command.option('--dir <dir>', `the folder that holds everything (default: ./${DEFAULT_FOLDER})`)
}

export function addJsonOption(command: Command): void {
  command.option('--json', 'print the result as JSON')
}

/**
 * The store that `--dir` names. It need not exist.
 * @throws PkiError `input.unreadable` if that is a file; of this name by default, it may be there for another purpose
 */
export function storeFrom({ dir }: StoreOptions, io: Io): Store {
  const store = new Store(resolve(io.cwd, dir ?? DEFAULT_FOLDER))
  if (dir !== undefined) store.requireFolder()
  return store
}

/** What a command needs behind it to find the same store: nothing where that is the default, or the environment says it. */
export function storeFlag({ dir }: StoreOptions, { env }: Io): string {
  return dir === undefined || dir === env.PKI_DIR ? '' : ` ${commandLine(['--dir', dir], {})}`
}

/** Collects an option that repeats; commander's variadic options would swallow the arguments behind them. */
export function repeatable(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value]
}

/** As {@link repeatable}, for lists that may also be written with commas. */
export function list(value: string, previous: readonly string[] | undefined): readonly string[] {
  const items = value.split(',').map((item) => item.trim())
  return [...(previous ?? []), ...items.filter((item) => item !== '')]
}

/**
 * The value of a flag, read by what knows its kind: a time, a name, an extension.
 * @throws PkiError as `parse` does, naming the flag
 */
export function parseFlag<T>(text: string, flag: string, parse: (text: string) => T): T {
  try {
    return parse(text)
  } catch (cause) {
    if (!(cause instanceof PkiError)) throw cause
    const { code, message, hint, context } = cause
    throw new PkiError(code, `${flag}: ${message}`, { ...(hint !== undefined && { hint }), context, cause })
  }
}

/** As {@link parseFlag}, for what is kept as text and read again. @returns the text, or undefined if none was given */
export function checkFlag<T extends string | undefined>(text: T, flag: string, parse: (text: string) => unknown): T {
  if (text !== undefined) parseFlag(text, flag, parse)
  return text
}

/** An instant; a duration counts from `now`. @throws PkiError `usage.time` naming the flag */
export function parseFlagInstant(text: string, flag: string, now: Date): Date {
  return parseFlag(text, flag, (value) => parseInstant(value, now))
}

/**
 * A whole number that is not negative.
 * @throws PkiError `usage.option` naming the flag
 */
export function parseCount(text: string, flag: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new PkiError('usage.option', `${flag}: not a whole number: ${text}`)
}

/** @throws PkiError `usage.option` naming the flag and what there is */
export function parseChoice<T extends string>(text: string, choices: readonly T[], flag: string): T {
  const choice = choices.find((known) => known === text)
  if (choice !== undefined) return choice
  throw new PkiError('usage.option', `${flag}: unknown value: ${text}`, { hint: hintOf(text, choices) })
}

/** @throws PkiError `usage.option` naming the flag */
export function requireOid(text: string, flag: string): string {
  if (isOid(text)) return text
  throw new PkiError('usage.option', `${flag}: not an object identifier: ${text}`, {
    hint: 'an OID reads 2.23.140.1.2.1',
  })
}

/** @throws PkiError `usage.option` naming the flag */
export function requireUrl(text: string, flag: string): string {
  if (/^https?:\/\/[^/]/i.test(text) && URL.canParse(text)) return text
  throw new PkiError('usage.option', `${flag}: not a URL of http: ${text}`, { hint: 'as in http://127.0.0.1:8785' })
}

/** Two flags of which only one makes sense. @throws PkiError `usage.option` */
export function refuseTogether(given: Readonly<Record<string, unknown>>): void {
  const flags = Object.keys(given).filter((flag) => given[flag] !== undefined && given[flag] !== false)
  if (flags.length < 2) return
  throw new PkiError('usage.option', `${flags.join(' and ')} contradict each other: give one of them`)
}
