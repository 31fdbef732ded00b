/** An {@link Io} without a process: what a command writes is kept, the clock stands still. */

import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { Io } from '../../src/cli/io.ts'
import { main } from '../../src/cli/main.ts'

export interface MemoryIoOptions {
  readonly cwd: string
  /** The time, or a clock. */
  readonly now: Date | (() => Date)
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: Uint8Array
  /** Until when a server runs; at once if absent. */
  readonly stopped?: Promise<void>
  /** Called with what is written, as it is written. */
  readonly onWrite?: (stream: 'stdout' | 'stderr', text: string) => void
  /** A terminal of this width, with colours unless `env` says otherwise. */
  readonly columns?: number
  /** Whether there is somebody to answer questions. */
  readonly interactive?: boolean
  /** Which processes there are; all of them if absent. */
  readonly isRunning?: (pid: number) => boolean
}

export interface CommandResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command line as the program would. */
export async function runPki(argv: readonly string[], options: MemoryIoOptions): Promise<CommandResult> {
  const written = { stdout: '', stderr: '' }
  const output = (stream: 'stdout' | 'stderr') => ({
    write: (data: string | Uint8Array) => {
      const text = typeof data === 'string' ? data : Buffer.from(data).toString('utf8')
      written[stream] += text
      options.onWrite?.(stream, text)
    },
    isTTY: options.columns !== undefined,
    color: options.columns !== undefined && options.env?.NO_COLOR === undefined,
    columns: options.columns ?? 80,
  })
  const io: Io = {
    stdout: output('stdout'),
    stderr: output('stderr'),
    stdin: { isTTY: false, read: () => options.stdin ?? new Uint8Array() },
    env: options.env ?? {},
    cwd: options.cwd,
    platform: 'linux',
    packageFolder: fileURLToPath(new URL('../..', import.meta.url)),
    threadProgram: undefined,
    interactive: options.interactive ?? false,
    process: { pid: process.pid, isRunning: options.isRunning ?? (() => true) },
    random: (size) => new Uint8Array(randomBytes(size)),
    now: () => (typeof options.now === 'function' ? options.now() : options.now),
    stopwatch: () => 0,
    untilStopped: () => options.stopped ?? Promise.resolve(),
    onInterrupt: () => () => undefined,
  }
  const exitCode = await main(argv, io)
  return { exitCode, ...written }
}
