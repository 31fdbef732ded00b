/** What a person or a script gets to see when a command fails, and with which exit code it ends. */

import { PkiError, type PkiErrorCode } from '../errors.ts'
import type { Io } from './io.ts'
import { paint } from './render/paint.ts'

/** Exit codes by the class of the error, the word before the dot of its code. */
const EXIT_CODE: Readonly<Record<string, number>> = { usage: 2, input: 3, refused: 4 }

/** A fault of ours (EX_SOFTWARE of sysexits.h). */
const EXIT_INTERNAL = 70

function exitCodeOf(code: PkiErrorCode): number {
  return EXIT_CODE[code.slice(0, code.indexOf('.'))] ?? EXIT_INTERNAL
}

/**
 * Writes the error to standard error; with `--json` among the arguments, as an object to standard output as well,
 * so that a script which reads only that is not left with nothing.
 * @returns the exit code
 */
export function reportError(error: unknown, argv: readonly string[], io: Io): number {
  const wantsJson = argv.includes('--json') || ['1', 'true', 'yes', 'on'].includes(io.env.PKI_JSON?.toLowerCase() ?? '')
  if (!(error instanceof PkiError)) return reportFault(error, wantsJson, io)
  writeError(io, error.message)
  if (error.hint !== undefined) writeHint(io, error.hint)
  if (isDebug(io)) io.stderr.write(`${stackOf(error)}\n`)
  const exitCode = exitCodeOf(error.code)
  if (wantsJson) {
    const { code, message, hint, context } = error
    writeErrorJson({ code, message, hint, context, exitCode }, io)
  }
  return exitCode
}

interface ErrorFacts extends Pick<PkiError, 'message' | 'hint' | 'context'> {
  readonly code: PkiErrorCode | 'internal'
  readonly exitCode: number
}

function writeErrorJson(facts: ErrorFacts, io: Io): void {
  io.stdout.write(`${JSON.stringify({ schema: 'pki.error/1', ...facts }, null, 2)}\n`)
}

/** A bug: say so, in one line, and ask for a report; the stack only for those who want to look. */
function reportFault(error: unknown, wantsJson: boolean, io: Io): number {
  const message = error instanceof Error ? error.message : String(error)
  const hint = 'this is a fault of pki: please report it with the output of the same command under PKI_DEBUG=1'
  writeError(io, `internal: ${message}`)
  if (isDebug(io)) io.stderr.write(`${stackOf(error)}\n`)
  else writeHint(io, hint)
  if (wantsJson) writeErrorJson({ code: 'internal', message, hint, context: {}, exitCode: EXIT_INTERNAL }, io)
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

function writeError(io: Io, message: string): void {
  io.stderr.write(`${paint(io.stderr).bad('pki: error:')} ${message}\n`)
}

export function writeHint(io: Io, message: string): void {
  io.stderr.write(`${paint(io.stderr).quiet('pki: hint:')} ${message}\n`)
}

export function writeWarning(io: Io, message: string): void {
  io.stderr.write(`${paint(io.stderr).warn('pki: warning:')} ${message}\n`)
}
