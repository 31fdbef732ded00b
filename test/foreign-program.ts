/**
 * The programs nobody here wrote: where they are, and how they are run.
 *
 * A test that needs one is declared with {@link needs}, so that a missing program shows as a skipped test that names it.
 */

import { spawn, spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe } from 'vitest'

/** Every foreign program that tests here may use. */
export type ProgramName =
  | 'openssl'
  | 'nginx'
  | 'curl'
  | 'certtool'
  | 'ocsptool'
  | 'keytool'
  | 'java'
  | 'pk12util'
  | 'certutil'
  | 'dotnet'
  | 'haproxy'
  | 'apache2'
  | 'caddy'
  | 'sh'
  | 'unzip'

/** No call of a foreign program takes longer, the first start of a Java or .NET machine included. */
const CALL_LIMIT = 60_000

const found = new Map<ProgramName, string | undefined>()

function find(name: ProgramName): string | undefined {
  if (!found.has(name)) found.set(name, onPath(name))
  return found.get(name)
}

function onPath(name: ProgramName): string | undefined {
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd', ''] : ['']
  // Debian keeps nginx in /usr/sbin, which is not on everybody's PATH.
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'].filter((folder) => folder !== '')
  const paths = folders.flatMap((folder) => suffixes.map((suffix) => join(folder, name + suffix)))
  return paths.find((path) => existsSync(path) && isExecutable(path) && isTheRightOne(name, path))
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return false
    throw error
  }
}

/** Windows has a certutil of its own, and macOS an openssl that is LibreSSL; a .NET may be too old, or no SDK. */
function isTheRightOne(name: ProgramName, path: string): boolean {
  if (name === 'certutil') return process.platform !== 'win32'
  if (name === 'openssl') return run(path, ['version']).stdout.startsWith('OpenSSL 3')
  // X509CertificateLoader came with .NET 9; without an SDK there is no --version.
  if (name === 'dotnet') return Number.parseInt(run(path, ['--version']).stdout, 10) >= 9
  return true
}

export function hasProgram(name: ProgramName): boolean {
  return find(name) !== undefined
}

/** The program's path. @throws Error if it is missing: ask {@link hasProgram} or declare the test with {@link needs} */
export function program(name: ProgramName): string {
  const path = find(name)
  if (path === undefined) throw new Error(`${name} is not installed`)
  return path
}

/** A `describe` that is skipped, and says for want of what, where a program is missing. */
export function needs(...names: readonly ProgramName[]): (title: string, suite: () => void) => void {
  const missing = names.filter((name) => !hasProgram(name))
  return (title, suite) => {
    if (missing.length === 0) describe(title, suite)
    else describe.skip(`${title} (missing: ${missing.join(', ')})`, suite)
  }
}

/** What came of running a program. */
export interface Outcome {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
  /** Both, for assertions on programs that are not careful which is which. */
  readonly output: string
}

export interface RunOptions {
  readonly input?: string | Uint8Array
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly timeout?: number
}

/** Runs a program to its end, in English and UTC. @throws Error if it cannot be started or takes too long */
export function run(path: string, args: readonly string[], options: RunOptions = {}): Outcome {
  const { status, stdout, stderr, error } = spawnSync(path, args, {
    encoding: 'utf8',
    timeout: options.timeout ?? CALL_LIMIT,
    maxBuffer: 1 << 26,
    input: options.input ?? '',
    cwd: options.cwd,
    env: { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC', ...options.env },
  })
  if (error !== undefined) throw new Error(`${path} ${args.join(' ')}: ${error.message}`, { cause: error })
  return { status: status ?? -1, stdout, stderr, output: stdout + stderr }
}

/**
 * As {@link run}, while this process goes on: for a client whose server lives here.
 * @throws Error if it cannot be started; one that takes too long is killed and ends with -1
 */
export async function runBeside(
  path: string,
  args: readonly string[],
  { input = '', cwd, env, timeout = CALL_LIMIT }: RunOptions = {},
): Promise<Outcome> {
  const environment = { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC', ...env }
  const child = spawn(path, args, { stdio: 'pipe', cwd, env: environment, timeout })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => (stdout += String(chunk)))
  child.stderr.on('data', (chunk) => (stderr += String(chunk)))
  // A program that reads nothing may have ended by now.
  child.stdin.on('error', () => undefined).end(input)
  const status = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? -1))
  })
  return { status, stdout, stderr, output: stdout + stderr }
}

/** Runs a program that must succeed. @throws Error with its whole output otherwise */
export function runWell(path: string, args: readonly string[], options: RunOptions = {}): Outcome {
  const outcome = run(path, args, options)
  if (outcome.status === 0) return outcome
  throw new Error(`${path} ${args.join(' ')} ended with ${outcome.status}:\n${outcome.output}`)
}

/** As {@link runWell}, while this process goes on. @throws Error as {@link runWell} */
export async function runWellBeside(path: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const outcome = await runBeside(path, args, options)
  if (outcome.status === 0) return outcome
  throw new Error(`${path} ${args.join(' ')} ended with ${outcome.status}:\n${outcome.output}`)
}
