/** Programs that nobody here wrote: whether they are there, and how they are run. */

import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

/** Whether a program lies on PATH. */
export function hasProgram(name: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)))
}

export interface ProgramResult {
  readonly status: number | null
  readonly stdout: string
  /** Both streams: several programs report on either. */
  readonly output: string
}

export function runProgram(name: string, args: readonly string[], input?: Uint8Array): ProgramResult {
  const result = spawnSync(name, args, {
    input,
    encoding: 'latin1',
    timeout: 60_000,
    env: { ...process.env, LC_ALL: 'C' },
  })
  if (result.error !== undefined) throw result.error
  return { status: result.status, stdout: result.stdout, output: result.stdout + result.stderr }
}

/** Runs `use` with files in a folder of their own, which is gone afterwards. */
export function withFiles<T>(files: Readonly<Record<string, Uint8Array | string>>, use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'devpki-test-'))
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
    return use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
