/**
 * Patterns for subjects. They run on text that strangers chose, so they run in linear time: on RE2, whose syntax has
 * no part that needs backtracking. The engine takes tens of milliseconds to load and is loaded when there is a pattern.
 */

import { PkiError } from '../errors.ts'

/** Whether a pattern is found in a text, anywhere unless it is anchored; case counts. */
export type SubjectMatcher = (text: string) => boolean

/**
 * What .NET's and JavaScript's patterns have and linear time has not: back references, looking ahead or behind, atomic
 * groups. An escaped backslash before them is not theirs.
 */
const NEEDS_BACKTRACKING = /^(?:[^\\]|\\[^1-9k])*?(?:\\[1-9k]|\(\?(?:[=!>]|<[=!]))/s

/** RE2 limits repetitions to 1000; what is longer than this is no name pattern. */
const MAX_LENGTH = 1000

/**
 * Refuses at once what can be told without the engine.
 * @throws PkiError `usage.option`
 */
export function requireLinearPattern(pattern: string): void {
  if (typeof pattern !== 'string' || pattern === '' || pattern.length > MAX_LENGTH) {
    throw unusable(String(pattern), `expected a text of 1 to ${MAX_LENGTH} characters`)
  }
  if (NEEDS_BACKTRACKING.test(pattern)) {
    throw unusable(
      pattern,
      'back references, lookaround and atomic groups need backtracking, which clients could abuse',
    )
  }
}

/**
 * Compiles patterns in RE2 syntax. `$` is the end of the text; .NET's is also before a line feed that ends it, which no
 * subject has, since .NET puts such a value in quotes. `\d` and `\w` are ASCII.
 * @throws PkiError `usage.option` for what the engine does not take
 */
export async function compilePatterns(patterns: readonly string[]): Promise<SubjectMatcher> {
  const { RE2JS, RE2JSException } = await import('re2js')
  const compiled = patterns.map((pattern) => {
    try {
      return RE2JS.compile(pattern)
    } catch (cause) {
      if (cause instanceof RE2JSException) throw unusable(pattern, cause.message, cause)
      throw cause
    }
  })
  return (text) => compiled.some((pattern) => pattern.matcher(text).find())
}

function unusable(pattern: string, reason: string, cause?: unknown): PkiError {
  return new PkiError('usage.option', `the subject pattern ${pattern} cannot be used: ${reason}`, {
    context: { pattern },
    cause,
  })
}
