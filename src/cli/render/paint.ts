/** Colours by meaning. Whether to colour at all is decided in `io.ts`; without colour every function returns its text. */

import { Chalk, type ChalkInstance } from 'chalk'
import type { Output } from '../io.ts'

export type Brush = (text: string) => string

/** What a colour means here. */
export interface Paint {
  readonly good: Brush
  readonly bad: Brush
  readonly warn: Brush
  /** Headings and the thing a line is about. */
  readonly strong: Brush
  /** Names, paths and commands to copy. */
  readonly accent: Brush
  /** What may be overlooked. */
  readonly quiet: Brush
}

/** The palette for one output. The 16 basic colours, which every terminal theme makes readable. */
export function paint(output: Pick<Output, 'color'>): Paint {
  if (!output.color) return PLAIN
  colored ??= palette(new Chalk({ level: 1 }))
  return colored
}

let colored: Paint | undefined

function palette(chalk: ChalkInstance): Paint {
  return {
    good: (text) => chalk.green(text),
    bad: (text) => chalk.red.bold(text),
    warn: (text) => chalk.yellow(text),
    strong: (text) => chalk.bold(text),
    accent: (text) => chalk.cyan(text),
    quiet: (text) => chalk.dim(text),
  }
}

const plain: Brush = (text) => text
const PLAIN: Paint = { good: plain, bad: plain, warn: plain, strong: plain, accent: plain, quiet: plain }
