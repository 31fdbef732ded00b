/**
 * The command line: arguments in, exit code out. Help and version are answered here, from the table; everything else
 * belongs to the one command that is loaded.
 */

import { PkiError } from '../errors.ts'
import { nearest } from '../spelling/nearest.ts'
import { COMMANDS, findCommand } from './command-table.ts'
import { reportError } from './error-report.ts'
import { overview } from './help.ts'
import { type Io, processIo } from './io.ts'

export { processIo }

/** What a further thread does: see `making-thread.ts`. */
export async function runThread(): Promise<void> {
  const thread = await import('./hierarchy/making-thread.ts')
  await thread.runThread()
}

declare const PKI_VERSION: string

/**
 * Runs one command line.
 * @param argv the arguments behind `pki`
 * @returns the exit code; nothing is thrown, everything that goes wrong has been reported on `io.stderr`
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    return await dispatch(argv, io)
  } catch (error) {
    return reportError(error, argv, io)
  }
}

async function dispatch(argv: readonly string[], io: Io): Promise<number> {
  const [first, ...rest] = argv
  switch (first) {
    case undefined:
      io.stderr.write(overview(io.stderr))
      return 2
    case '--version':
    case '-V':
    case '-v':
    case 'version':
      io.stdout.write(`${PKI_VERSION}\n`)
      return 0
    case '--help':
    case '-h':
      io.stdout.write(overview(io.stdout))
      return 0
    case 'help':
      return rest[0] === undefined ? dispatch(['--help'], io) : dispatch([rest[0], '--help'], io)
  }
  const entry = findCommand(first)
  if (entry === undefined) throw unknownCommand(first)
  const [{ runCommand }, module] = await Promise.all([import('./run-command.ts'), entry.load()])
  return runCommand(entry, module, rest, io)
}

function unknownCommand(text: string): PkiError {
  if (text.startsWith('-')) {
    return new PkiError('usage.option', `unknown option: ${text}`, {
      hint: 'options stand behind the command: pki <command> [options]; pki --help lists the commands',
    })
  }
  const near = nearest(
    text,
    COMMANDS.map(({ name }) => name),
  )
  return new PkiError('usage.option', `unknown command: ${text}`, {
    hint: near === undefined ? 'pki --help lists the commands' : `did you mean pki ${near}?`,
  })
}
