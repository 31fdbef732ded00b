/** Faults on demand: what a responder that misbehaves looks like to its clients, for all paths or for some. */

import { PkiError } from '../errors.ts'
import { parseDuration } from '../profile/duration.ts'

/**
 * - `delay`: the answer takes its time;
 * - `http500`: status 500;
 * - `garbage`: random octets under the right media type;
 * - `stale`: CRLs and OCSP responses that ended a while ago;
 * - `unsigned`: their signatures are wrong;
 * - `tryLater`: the OCSP error of that name; 503 for everything else.
 */
const FAULT_KINDS = ['delay', 'http500', 'garbage', 'stale', 'unsigned', 'tryLater'] as const

export type FaultKind = (typeof FAULT_KINDS)[number]

export interface Fault {
  /** As it was given. */
  readonly text: string
  readonly kind: FaultKind
  /** Milliseconds; 0 for kinds that do not delay. */
  readonly delay: number
  /** Whether it concerns a path, which begins with a slash and is not decoded. */
  concerns(path: string): boolean
}

const HINT = `a fault reads delay=5s, http500, garbage, stale, unsigned or tryLater; /ocsp/*:http500 is for some paths`

/**
 * `[path-pattern:]fault`. A pattern begins with a slash; `*` in it stands for any text.
 * @throws PkiError `usage.option`, `usage.time`
 */
export function parseFault(text: string): Fault {
  const [, pattern, name = '', value] = /^(?:(\/.*):)?([^:=]*)(?:=([^:]*))?$/.exec(text) ?? []
  const kind = FAULT_KINDS.find((known) => known.toLowerCase() === name.toLowerCase())
  if (kind === undefined || (kind === 'delay') !== (value !== undefined)) {
    throw new PkiError('usage.option', `--fault: not a fault: ${text}`, { hint: HINT, context: { fault: text } })
  }
  const matcher = pattern === undefined ? undefined : patternMatcher(pattern)
  return {
    text,
    kind,
    delay: value === undefined ? 0 : parseDelay(value),
    concerns: (path) => matcher === undefined || matcher.test(path),
  }
}

function patternMatcher(pattern: string): RegExp {
  return new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`)
}

/** The longest delay that a timer takes. */
const LONGEST = 2 ** 31 - 1

function parseDelay(text: string): number {
  const milliseconds = /^(\d{1,9})ms$/.exec(text)?.[1]
  const delay = milliseconds === undefined ? parseDuration(text).seconds * 1000 : Number(milliseconds)
  if (delay > 0 && delay <= LONGEST) return delay
  throw new PkiError('usage.time', `--fault: not a delay: ${text}`, { hint: 'a delay reads 300ms, 5s, 2m' })
}

/** The faults that one path has. */
export interface PathFaults {
  readonly delay: number
  has(kind: FaultKind): boolean
}

const NO_FAULTS: PathFaults = { delay: 0, has: () => false }

export function faultsOf(faults: readonly Fault[], path: string): PathFaults {
  const concerning = faults.filter((fault) => fault.concerns(path))
  if (concerning.length === 0) return NO_FAULTS
  return {
    delay: concerning.reduce((sum, { delay }) => sum + delay, 0),
    has: (kind) => concerning.some((fault) => fault.kind === kind),
  }
}
