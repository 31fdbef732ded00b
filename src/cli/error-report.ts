/** What a person or a script gets to see when a command fails, and with which exit code it ends. */

import { PkiError, type PkiErrorCode } from '../errors.ts'
import type { Io } from './io.ts'
import { paint } from './render/paint.ts'

/** Exit codes by the class of the error, the word before the dot of its code. */
const EXIT_CODE: Readonly<Record<string, number>> = { usage: 2, input: 3, refused: 4 }

/** A fault of ours (EX_SOFTWARE of sysexits.h). */
export const EXIT_INTERNAL = 70

export function exitCodeOf(code: PkiErrorCode): number {
  return EXIT_CODE[code.slice(0, code.indexOf('.'))] ?? EXIT_INTERNAL
}

/**
 * Writes the error to standard error; with `--json` among the arguments, as an object to standard output as well,
 * so that a script which reads only that is not left with nothing.
 * @returns the exit code
 */
export function reportError(error: unknown, argv: readonly string[], io: Io): number {
  const wantsJson = argv.includes('--json') || ['1', 'true', 'yes', 'on'].includes(io.env.PKI_JSON ?? '')
  if (!(error instanceof PkiError)) return reportFault(error, io)
  writeError(io, error.message)
  if (error.hint !== undefined) writeHint(io, error.hint)
  if (isDebug(io)) io.stderr.write(`${stackOf(error)}\n`)
  const exitCode = exitCodeOf(error.code)
  if (wantsJson) {
    const { code, message, hint, context } = error
    io.stdout.write(`${JSON.stringify({ schema: 'pki.error/1', code, message, hint, context, exitCode }, null, 2)}\n`)
  }
  return exitCode
}

/** A bug: say so, in one line, and ask for a report; the stack only for those who want to look. */
function reportFault(error: unknown, io: Io): number {
  writeError(io, `internal: ${error instanceof Error ? error.message : String(error)}`)
  if (isDebug(io)) io.stderr.write(`${stackOf(error)}\n`)
  else writeHint(io, 'this is a fault of pki: please report it with the output of the same command under PKI_DEBUG=1')
  return EXIT_INTERNAL
}

function isDebug(io: Io): boolean {
  return (io.env.PKI_DEBUG ?? '') !== ''
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : `\ncaused by: ${stackOf(error.cause)}`
  return `${error.stack ?? error.message}${cause}`
}

export function writeError(io: Io, message: string): void {
  io.stderr.write(`${paint(io.stderr).bad('pki: error:')} ${message}\n`)
}

export function writeHint(io: Io, message: string): void {
  io.stderr.write(`${paint(io.stderr).quiet('pki: hint:')} ${message}\n`)
}

export function writeWarning(io: Io, message: string): void {
  io.stderr.write(`${paint(io.stderr).warn('pki: warning:')} ${message}\n`)
}
