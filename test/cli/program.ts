/** The command line as a program of its own, for tests that kill it or run it twice at once. */

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

/**
 * Builds the program from the sources, as `dist/` may be older than they are.
 * @param folder takes its files
 * @returns the arguments with which `node` runs it
 */
export async function buildProgram(folder: string): Promise<readonly string[]> {
  await build({
    entryPoints: [join(import.meta.dirname, '../../src/cli/main.ts')],
    outfile: join(folder, 'main.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    define: { PKI_VERSION: '"test"' },
    logLevel: 'error',
    banner: {
      js: "import { createRequire as forPackages } from 'node:module'; const require = forPackages(import.meta.url)",
    },
  })
  mkdirSync(join(folder, 'bin'))
  writeFileSync(join(folder, 'bin', 'thread.js'), "import('../main.mjs').then(({ runThread }) => runThread())\n")
  const program = join(folder, 'pki.mjs')
  writeFileSync(
    program,
    "import { main, processIo } from './main.mjs'\nprocess.exitCode = await main(process.argv.slice(2), processIo(import.meta.dirname))\n",
  )
  return [program]
}

/** What came of running it; `exitCode` is null if it was killed. */
export interface ProgramOutcome {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
  readonly milliseconds: number
}

/**
 * Runs it in `cwd`.
 * @param onStart is given the process, to kill it for example
 * @param node the executable, this one unless said
 */
export function runProgram(
  args: readonly string[],
  cwd: string,
  onStart: (child: ChildProcess) => void = () => undefined,
  node: string = process.execPath,
): Promise<ProgramOutcome> {
  const start = performance.now()
  const child = spawn(node, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  const written = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      written[stream] += text
    })
  }
  onStart(child)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode) => resolve({ exitCode, ...written, milliseconds: performance.now() - start }))
  })
}

/** Reacts when something moves in a folder: most of a program's time goes into starting Node. */
export function onFirstChange(folder: string, react: () => void): void {
  const watcher = watch(folder, () => {
    watcher.close()
    react()
  })
}
