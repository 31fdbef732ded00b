/**
 * Flags that do something only where something else is given. Typed without it, one is refused: whoever typed it
 * believes that it does something. In the environment it may stand for the commands that it is meant for.
 */

import { PkiError } from '../errors.ts'

export interface FlagCondition {
  /** In their long form. */
  readonly flags: readonly string[]
  /** What they need, as the error says it: `--seed`. */
  readonly goesWith: string
  /** Whether that is there. @param options values by the camel-case names that commander gives them */
  readonly holds: (options: Readonly<Record<string, unknown>>, args: readonly unknown[]) => boolean
}

/** Flags beside others: `['--unmarked']` only beside one of `{ seed: '--seed' }`. */
export function onlyBeside(flags: readonly string[], others: Readonly<Record<string, string>>): FlagCondition {
  return {
    flags,
    goesWith: Object.values(others).join(' or '),
    holds: (options) => Object.keys(others).some((name) => options[name] !== undefined),
  }
}

export const IDLE = 'alone it does nothing'

/**
 * @param typed the flags on the command line
 * @throws PkiError `usage.option` for one that would do nothing
 */
export function refuseIdleFlags(
  typed: readonly string[],
  conditions: readonly FlagCondition[],
  options: Readonly<Record<string, unknown>>,
  args: readonly unknown[],
): void {
  for (const { flags, goesWith, holds } of conditions) {
    const idle = flags.find((flag) => typed.includes(flag))
    if (idle === undefined || holds(options, args)) continue
    throw new PkiError('usage.option', `${idle} goes with ${goesWith}`, { hint: IDLE })
  }
}
