/** Builds and runs `Program.cs`: one process for all cases, with a home of its own and without a network. */

import { spawn } from 'node:child_process'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { formatPem } from '../../../src/der/pem.ts'
import type { Certificate } from '../../../src/x509/certificate.ts'
import { program, runWell } from '../../foreign-program.ts'

/** What .NET answers. The flags stand in its order. */
export interface Answer {
  readonly id: string
  readonly valid?: boolean
  readonly threw?: string
  /** Of the handler; null is success. */
  readonly failure?: string | null
  readonly status?: readonly string[]
  readonly elements?: readonly { readonly thumbprint: string; readonly status: readonly string[] }[]
}

/** @param folder an empty one; everything that is built or kept lies in it */
export function buildProgram(folder: string): string {
  for (const file of ['ChainParity.csproj', 'Program.cs'])
    copyFileSync(join(import.meta.dirname, file), join(folder, file))
  const out = join(folder, 'out')
  const build = ['build', 'ChainParity.csproj', '--configuration', 'Release', '--output', out]
  runWell(program('dotnet'), build, { cwd: folder, env: DOTNET_ENV, timeout: 180_000 })
  return join(out, 'ChainParity.dll')
}

const DOTNET_ENV = { DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1', DOTNET_SKIP_FIRST_TIME_EXPERIENCE: '1' }

/** .NET's environment: these roots and no others, and nothing that was ever kept. */
export function surroundings(folder: string, system: readonly Certificate[]): Readonly<Record<string, string>> {
  const home = join(folder, 'home')
  const empty = join(folder, 'no-certificates')
  const bundle = join(folder, 'system.pem')
  for (const path of [home, empty]) mkdirSync(path, { recursive: true })
  writeFileSync(bundle, system.map(({ encoded }) => formatPem('CERTIFICATE', encoded)).join(''))
  return { ...DOTNET_ENV, HOME: home, SSL_CERT_FILE: bundle, SSL_CERT_DIR: empty }
}

/** The answers to lines of `chain-case.ts`, by id, while this process goes on, and serves evidence; `runtime` is one more. */
export async function ask(
  dll: string,
  lines: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, Answer>> {
  const child = spawn(program('dotnet'), [dll], {
    env: { ...process.env, TZ: 'UTC', LC_ALL: 'C.UTF-8', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: 240_000,
  })
  const [said, complaints] = [text(child.stdout), text(child.stderr)]
  child.stdin.end(lines.map((line) => `${line}\n`).join(''))
  const status = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? -1))
  })
  if (status !== 0) throw new Error(`ChainParity ended with ${status}:\n${await complaints}`)
  const answers = (await said)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer)
  return new Map(answers.map((answer) => [answer.id, answer]))
}
