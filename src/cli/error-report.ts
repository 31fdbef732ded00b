/** What a person or a script gets to see when a command fails, and with which exit code it ends. */

import { PkiError, type PkiErrorCode, type PkiErrorContext } from '../errors.ts'
import { type Io, OutputError } from './io.ts'
import { writeJson } from './json.ts'
import { paint } from './render/paint.ts'

/** Exit codes by the class of the error, the word before the dot of its code; 130 is what shells make of Ctrl-C. */
const EXIT_CODE: Readonly<Record<string, number>> = { usage: 2, input: 3, refused: 4, stopped: 130 }

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
  if (error instanceof OutputError) return reportPkiError(outputRefused(error), { json: false, exitCode: 4 }, io)
  if (!(error instanceof PkiError)) return reportFault(error, wantsJson(argv, io), io)
  return reportPkiError(error, { json: wantsJson(argv, io), exitCode: exitCodeOf(error.code) }, io)
}

/** What the command had to do is done by then; only its words are lost. */
function outputRefused({ message, cause }: OutputError): PkiError {
  return new PkiError('refused.write', `standard output: cannot write: ${message.replace(/^[A-Z]+: |, write$/g, '')}`, {
    cause,
  })
}

/** Also of a command line that nobody has parsed: that it does not parse may be the error. */
function wantsJson(argv: readonly string[], { env }: Io): boolean {
  if (argv.includes('--json') || argv.includes('--format=json')) return true
  const format = argv.lastIndexOf('--format')
  if (format !== -1 && argv[format + 1] === 'json') return true
  return ['1', 'true', 'yes', 'on'].includes(env.PKI_JSON?.toLowerCase() ?? '') || env.PKI_FORMAT === 'json'
}

/** As {@link reportError}, for a command with exit codes of its own. @returns the exit code */
export function reportPkiError(
  error: PkiError,
  { json, exitCode }: { readonly json: boolean; readonly exitCode: number },
  io: Io,
): number {
  writeError(io, error.message)
  if (error.hint !== undefined) writeHint(io, error.hint)
  if (isDebug(io)) io.stderr.write(`${stackOf(error)}\n`)
  if (json) writeJson(io, errorJson(error, exitCode))
  return exitCode
}

/** A promise like those in `result-json.ts`. */
export interface ErrorJson {
  readonly schema: 'pki.error/1'
  readonly code: PkiErrorCode | 'internal'
  readonly message: string
  /** What to do next; null if nobody knows. */
  readonly hint: string | null
  readonly context: PkiErrorContext
  readonly exitCode: number
}

export function errorJson({ code, message, hint, context }: PkiError, exitCode: number = exitCodeOf(code)): ErrorJson {
  return { schema: 'pki.error/1', code, message, hint: hint ?? null, context, exitCode }
}

/** A bug: say so, in one line, and ask for a report; the stack only for those who want to look. */
function reportFault(error: unknown, json: boolean, io: Io): number {
  const message = error instanceof Error ? error.message : String(error)
  const hint = 'this is a fault of pki: please report it with the output of the same command under PKI_DEBUG=1'
  writeError(io, `internal: ${message}`)
  if (isDebug(io)) io.stderr.write(`${stackOf(error)}\n`)
  else writeHint(io, hint)
  if (json) {
    const fault: ErrorJson = {
      schema: 'pki.error/1',
      code: 'internal',
      message,
      hint,
      context: {},
      exitCode: EXIT_INTERNAL,
    }
    writeJson(io, fault)
  }
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
