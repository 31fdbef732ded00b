/** How `pki verify` and `pki lint` are told to answer: in which form, or by exit code alone. */

import type { Command } from 'commander'
import type { FlagCondition } from '../flag-condition.ts'
import type { Io } from '../io.ts'
import { writeJson } from '../json.ts'
import { parseChoice, refuseTogether } from '../options.ts'
import { paint } from '../render/paint.ts'
import { formatLines, type Line } from '../render/styled-text.ts'
import type { Judgement } from './judgement.ts'

const OUTPUT_FORMATS = ['text', 'json', 'junit', 'sarif'] as const

export type OutputFormat = (typeof OUTPUT_FORMATS)[number]

export interface OutputFlags {
  readonly format?: string
  readonly json?: boolean
  readonly quiet?: boolean
}

export function addOutputFlags(command: Command): void {
  command
    .option('--json', 'print the result as JSON')
    .option('--format <form>', `${OUTPUT_FORMATS.join(', ')} (default: text)`)
    .option('-q, --quiet', 'print nothing: the exit code says it')
}

/** JUnit and SARIF tell what they tell. */
export const OUTPUT_CONDITION: FlagCondition = {
  flags: ['--explain'],
  goesWith: 'text or JSON',
  holds: ({ format, quiet }) => quiet !== true && format !== 'junit' && format !== 'sarif',
}

/** The form asked for; undefined if nothing is to be printed. @throws PkiError `usage.option` */
export function outputFormat({ format, json, quiet }: OutputFlags): OutputFormat | undefined {
  refuseTogether({ '--format': format, '--json': json })
  refuseTogether({ '--quiet': quiet, '--json': json, '--format': format })
  if (quiet === true) return undefined
  if (json === true) return 'json'
  return format === undefined ? 'text' : parseChoice(format, OUTPUT_FORMATS, '--format')
}

/** What each form is made of; the forms that are not asked for are not made. */
export interface Renderings {
  /** Name of the suite or run: the command. */
  readonly name: string
  readonly at: Date
  readonly text: () => readonly Line[]
  readonly json: () => Promise<{ readonly schema: string }>
}

/** Prints judgements in one form. */
export async function writeJudgements(
  judgements: readonly Judgement[],
  format: OutputFormat | undefined,
  { name, at, text, json }: Renderings,
  io: Io,
): Promise<void> {
  switch (format) {
    case 'text':
      io.stdout.write(formatLines(text(), paint(io.stdout)))
      return
    case 'json':
      writeJson(io, await json())
      return
    case 'junit': {
      const { junitXml } = await import('../render/render-junit.ts')
      io.stdout.write(junitXml(judgements, name, at))
      return
    }
    case 'sarif': {
      const { sarifLog } = await import('../render/render-sarif.ts')
      io.stdout.write(`${JSON.stringify(sarifLog(judgements), null, 2)}\n`)
      return
    }
    case undefined:
      return
  }
}
