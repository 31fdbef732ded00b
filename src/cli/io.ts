/**
 * The world as the command line sees it: streams, environment, clock, randomness, terminal. This is the one place that
 * touches `process`; tests hand in an {@link Io} of their own.
 *
 * Rules of the terminal: results go to standard output and everything else to standard error; messages begin with
 * `pki:`, without a capital and without a final period; colour and questions only where a person is looking.
 */

import { fstatSync, readFileSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { ProcessTable } from '../store/lock.ts'

/** One output stream. */
export interface Output {
  write(data: string | Uint8Array): void
  readonly isTTY: boolean
  /** Whether ANSI colours are wanted here. */
  readonly color: boolean
  /** Width of the terminal; 80 where there is none. */
  readonly columns: number
}

export interface Input {
  readonly isTTY: boolean
  /** Everything up to the end of standard input. */
  read(): Uint8Array
}

export interface Io {
  readonly stdout: Output
  readonly stderr: Output
  readonly stdin: Input
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly platform: NodeJS.Platform
  /** Where this program is installed: the folder that holds `templates/`. */
  readonly packageFolder: string
  /** What further threads run; undefined where there is no such program, and all work is done by one. */
  readonly threadProgram: string | undefined
  /** Whether questions may be asked: a person at both ends, and no CI. */
  readonly interactive: boolean
  /** The process that holds a lock, and how to ask whether another one still runs. */
  readonly process: ProcessTable
  now(): Date
  /** Milliseconds by a clock that only goes forward. */
  stopwatch(): number
  random(size: number): Uint8Array
  /** Until the process is asked to end: Ctrl-C, or a signal of the system. Asked a second time, it ends at once. */
  untilStopped(): Promise<void>
  /**
   * Has Ctrl-C call `stop` instead of ending the process; pressed a second time, it ends at once.
   * @returns ends that again
   */
  onInterrupt(stop: () => void): () => void
}

/**
 * The {@link Io} of the running process. Nothing in it is looked up before it is asked for.
 * @param packageFolder where the program is installed
 */
export function processIo(packageFolder: string): Io {
  const { env } = process
  const stdout = terminalOutput(1, env)
  const stderr = terminalOutput(2, env)
  const stdin: Input = {
    get isTTY() {
      return isTerminal(0)
    },
    read: () => new Uint8Array(readFileSync(0)),
  }
  return {
    stdout,
    stderr,
    stdin,
    env,
    cwd: process.cwd(),
    platform: process.platform,
    packageFolder,
    get threadProgram() {
      return join(packageFolder, 'bin', 'thread.js')
    },
    get interactive() {
      return stdin.isTTY && stderr.isTTY && !isSet(env.CI)
    },
    process: { pid: process.pid, isRunning },
    now: () => new Date(),
    stopwatch: () => performance.now(),
    untilStopped,
    onInterrupt,
    random: (size) => new Uint8Array(process.getBuiltinModule('node:crypto').randomBytes(size)),
  }
}

function terminalOutput(descriptor: 1 | 2, env: NodeJS.ProcessEnv): Output {
  return {
    write: (data) => writeAll(descriptor, typeof data === 'string' ? Buffer.from(data) : data),
    get isTTY() {
      return isTerminal(descriptor)
    },
    get color() {
      return wantsColor(env, isTerminal(descriptor))
    },
    get columns() {
      return (isTerminal(descriptor) && (descriptor === 1 ? process.stdout : process.stderr).columns) || 80
    },
  }
}

/**
 * Whether to colour: NO_COLOR (no-color.org) wins, then FORCE_COLOR, then whether it is a terminal that can.
 * @param env the environment
 */
export function wantsColor(env: Readonly<Record<string, string | undefined>>, isTTY: boolean): boolean {
  if (isSet(env.NO_COLOR)) return false
  if (isSet(env.FORCE_COLOR)) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false'
  return isTTY && env.TERM !== 'dumb'
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== ''
}

/**
 * Whether a descriptor is a terminal. Asking `process.stdout` or `node:tty` loads the network stack, which takes
 * milliseconds; pipes, files and /dev/null, the common case of scripts, are told apart without it.
 */
function isTerminal(descriptor: number): boolean {
  if (process.platform !== 'win32' && !couldBeTerminal(descriptor)) return false
  return process.getBuiltinModule('node:tty').isatty(descriptor)
}

function couldBeTerminal(descriptor: number): boolean {
  try {
    const stat = fstatSync(descriptor)
    return stat.isCharacterDevice() && stat.rdev !== statSync('/dev/null', { throwIfNoEntry: false })?.rdev
  } catch (error) {
    if (isErrorWithCode(error, 'EBADF')) return false
    throw error
  }
}

/**
 * Writes without the stream machinery, whole and in order, so that output is there when the process ends.
 * A reader that has gone away (`pki list | head -1`) ends the output silently, as it does for other tools.
 */
function writeAll(descriptor: 1 | 2, bytes: Uint8Array): void {
  let offset = 0
  while (offset < bytes.length) {
    try {
      offset += writeSync(descriptor, bytes, offset)
    } catch (error) {
      if (isErrorWithCode(error, 'EPIPE') || isErrorWithCode(error, 'EOF')) return
      // A pipe that someone set to non-blocking and that is full for the moment.
      if (!isErrorWithCode(error, 'EAGAIN')) {
        if (descriptor === 2) return // there is nowhere left to say it
        throw new OutputError(error)
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}

/** Standard output takes no more: the disk behind `> file` is full, most often. */
export class OutputError extends Error {
  override readonly name = 'OutputError'

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

/** Windows has no SIGTERM; closing the console, or Ctrl-Break, is what comes there. */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const

function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      for (const signal of STOP_SIGNALS) process.off(signal, stop)
      resolve()
    }
    for (const signal of STOP_SIGNALS) {
      if (signal !== 'SIGBREAK' || process.platform === 'win32') process.on(signal, stop)
    }
  })
}

function onInterrupt(stop: () => void): () => void {
  process.once('SIGINT', stop)
  return () => process.off('SIGINT', stop)
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it runs, and belongs to somebody else.
    return !isErrorWithCode(error, 'ESRCH')
  }
}

function isErrorWithCode(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code
}
