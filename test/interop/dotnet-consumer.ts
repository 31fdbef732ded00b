/** The program in `dotnet/`, built, and asked. */

import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { program, runWell, runWellBeside } from '../foreign-program.ts'

export type Answer = Readonly<Record<string, unknown>> & { readonly id: string; readonly error?: string }

/** Puts cases to the program, which starts anew each time. */
export type Ask = (cases: readonly object[], options?: AskOptions) => Promise<readonly Answer[]>

export interface AskOptions {
  /** A home folder for this run: .NET keeps the CRLs and OCSP responses it has fetched there. */
  readonly home?: string
}

/** Builds the program in `folder`: no package, so nothing is fetched. */
export function buildConsumer(folder: string): Ask {
  for (const file of ['Consumer.csproj', 'Program.cs']) {
    copyFileSync(join(import.meta.dirname, 'dotnet', file), join(folder, file))
  }
  const env = { DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1', DOTNET_SKIP_FIRST_TIME_EXPERIENCE: '1' }
  const out = join(folder, 'out')
  const build = ['build', 'Consumer.csproj', '--configuration', 'Release', '--output', out]
  runWell(program('dotnet'), build, { cwd: folder, env, timeout: 180_000 })
  return async (cases, { home } = {}) => {
    if (home !== undefined) mkdirSync(home, { recursive: true })
    const input = cases.map((entry) => `${JSON.stringify(entry)}\n`).join('')
    const options = { input, env: { ...env, ...(home !== undefined && { HOME: home }) }, timeout: 120_000 }
    const { stdout } = await runWellBeside(program('dotnet'), [join(out, 'Consumer.dll')], options)
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Answer)
  }
}
