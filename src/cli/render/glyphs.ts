/** Marks and lines of drawings: the handsome ones where the terminal has them, ASCII elsewhere. */

import type { Io } from '../io.ts'

export interface Glyphs {
  readonly good: string
  readonly bad: string
  readonly warning: string
  readonly unknown: string
  /** In front of what one can do. */
  readonly cure: string
  /** From a line of a tree to the one below it, and past the lines between; both equally wide. */
  readonly corner: string
  readonly bar: string
  /** Past a line that has further ones below. */
  readonly branch: string
  readonly separator: string
}

const UNICODE: Glyphs = {
  good: '✔',
  bad: '✖',
  warning: '!',
  unknown: '?',
  cure: '→',
  corner: '└─ ',
  bar: '│  ',
  branch: '├─ ',
  separator: '·',
}

const ASCII: Glyphs = {
  good: '+',
  bad: 'x',
  warning: '!',
  unknown: '?',
  cure: '->',
  corner: '`- ',
  bar: '|  ',
  branch: '|- ',
  separator: '-',
}

/**
 * ASCII only where the locale says another encoding than UTF-8 (`LC_ALL=C` is how scripts ask for plain output), on the
 * Linux console, and in Windows consoles of old; no locale at all is what containers have, whose logs are UTF-8.
 */
export function glyphs({ env, platform }: Pick<Io, 'env' | 'platform'>): Glyphs {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG
  if (locale) return /utf-?8/i.test(locale) ? UNICODE : ASCII
  if (platform === 'win32') return env.WT_SESSION || env.TERM_PROGRAM || env.CI ? UNICODE : ASCII
  return env.TERM === 'linux' ? ASCII : UNICODE
}
