/** The life of a server under the command line: it says that it is ready, runs until it is told to stop, and stops. */

import { resolve } from 'node:path'
import type { Command } from 'commander'
import { PkiError } from '../../errors.ts'
import type { RunningServer } from '../../serve/http-server.ts'
import type { AccessEntry, ServerLog } from '../../serve/log.ts'
import { placeReadyFile } from '../../store/ready-file.ts'
import { writeWarning } from '../error-report.ts'
import type { Io } from '../io.ts'
import { type JsonOption, parseCount, parseFlagInstant } from '../options.ts'
import { paint } from '../render/paint.ts'
import { harmless } from '../render/styled-text.ts'

export interface ServerOptions extends JsonOption {
  readonly host?: string
  readonly port?: string
  readonly now?: string
  readonly readyFile?: string
  readonly verbose?: boolean
}

export function addServerOptions(command: Command): void {
  command
    .option('--port <n>', 'where to listen; 0 takes any port that is free (default: 8785, for TLS 8443)')
    .option('--host <address>', 'listen on another address than 127.0.0.1: others will be able to connect')
    .option('--now <instant>', 'count this as the present; the clock runs on from there')
    .option('--ready-file <file>', 'write it, as JSON, when connections are taken; it is removed at the end')
    .option('--verbose', 'a line on standard error for each request')
}

/** Where servers listen unless told otherwise: for this machine alone. */
export const LOOPBACK = '127.0.0.1'

/** @throws PkiError `usage.option` */
export function addressOf({ host = LOOPBACK, port }: ServerOptions, defaultPort: number) {
  const number = port === undefined ? defaultPort : parseCount(port, '--port')
  if (number <= 65_535) return { host, port: number }
  throw new PkiError('usage.option', `--port: there is no port ${number}`, { hint: 'ports go up to 65535' })
}

/** A clock that shows `--now` at this moment, and goes on from there. @throws PkiError `usage.time` */
export function clockOf({ now: text }: ServerOptions, io: Io): () => Date {
  if (text === undefined) return () => io.now()
  const offset = parseFlagInstant(text, '--now', io.now()).getTime() - io.now().getTime()
  return () => new Date(io.now().getTime() + offset)
}

export function serverLog({ verbose }: ServerOptions, io: Io): ServerLog {
  return {
    problem: (message) => writeWarning(io, harmless(message)),
    access: (entry) => {
      if (verbose === true) io.stderr.write(`${accessLine(entry, io)}\n`)
    },
  }
}

function accessLine({ method, target, status, size, milliseconds }: AccessEntry, io: Io): string {
  const colors = paint(io.stderr)
  const number = status < 400 ? colors.good(String(status)) : colors.bad(String(status))
  const facts = colors.quiet(`${size} octets, ${milliseconds.toFixed(1)} ms`)
  return `${number} ${harmless(method)} ${harmless(target)}  ${facts}`
}

/** `--json`, one line: a promise like those in `result-json.ts`. The ready file holds the same. */
export interface ServingJson {
  readonly schema: 'pki.serving/1'
  readonly url: string
  readonly host: string
  readonly port: number
  readonly pid: number
}

/**
 * Starts the server, announces it, and stops it when the process is told to end.
 * @param text what people get to see once it runs
 * @throws PkiError `refused.address`, `refused.write`
 */
export async function runServer(
  start: () => Promise<RunningServer>,
  text: (server: RunningServer) => string,
  { json, readyFile }: ServerOptions,
  io: Io,
): Promise<void> {
  // From here on a signal ends what has begun, and nothing else.
  const stopped = io.untilStopped()
  const server = await start()
  try {
    const { url, host, port } = server
    const facts: ServingJson = { schema: 'pki.serving/1', url, host, port, pid: io.process.pid }
    const ready = readyFile === undefined ? undefined : placeReadyFile(resolve(io.cwd, readyFile), facts)
    try {
      io.stdout.write(json === true ? `${JSON.stringify(facts)}\n` : text(server))
      await stopped
    } finally {
      ready?.remove()
    }
  } finally {
    await server.stop()
  }
}
