/**
 * Which key algorithms a program does not take, and in what words it says so.
 *
 * An exception is no skipped test: the program is run all the same. Where it refuses, it must be for the reason that
 * is written here and not because something in our files is malformed; where a later version accepts, it may.
 */

import { expect } from 'vitest'
import type { KeyAlgorithmName } from '../../src/keys/keys.ts'

export interface Exception {
  /** What the program says when it refuses. */
  readonly words: RegExp
  /** Why, and in which version that was seen. */
  readonly reason: string
}

export type Exceptions = Partial<Readonly<Record<KeyAlgorithmName, Exception>>>

/** The same exception for several keys. */
export function exceptionFor(keys: readonly KeyAlgorithmName[], exception: Exception): Exceptions {
  return Object.fromEntries(keys.map((key) => [key, exception]))
}

export const BRAINPOOL: readonly KeyAlgorithmName[] = [
  'ec-brainpool-p256r1',
  'ec-brainpool-p384r1',
  'ec-brainpool-p512r1',
]

/** Expects acceptance; where there is an exception, acceptance or refusal in its words. */
export function expectAccepted(
  exceptions: Exceptions,
  key: KeyAlgorithmName,
  outcome: { readonly accepted: boolean; readonly said: string },
): void {
  const exception = exceptions[key]
  if (exception === undefined) expect(outcome.accepted, outcome.said).toBe(true)
  else if (!outcome.accepted) expect(outcome.said, exception.reason).toMatch(exception.words)
}
