/** The five who are asked about the gallery beside our own rule sets, each as a TLS client would use it. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { connect, createServer } from 'node:tls'
import { type ExpectedFile, GOOD_TWIN } from '../../../src/defect/gallery.ts'
import type { Measurement, ProgramName } from '../../../src/defect/measurements.ts'
import { program, run, runWell } from '../../foreign-program.ts'
import { EvidenceServer } from '../dotnet-chain/evidence-server.ts'
import { serveCrls } from './served-crls.ts'

/** One folder of the gallery. */
export interface Case {
  /** Id of the defect, or `good`. */
  readonly id: string
  /** Absolute. */
  readonly folder: string
  readonly asked: ExpectedFile['asked']
}

export interface Judgements {
  readonly version: string
  /** By id; a case that the program cannot be asked is missing. */
  readonly verdicts: ReadonlyMap<string, Measurement>
}

/** Those of Java and .NET go on in the background until they are waited for. */
type Judge = (cases: readonly Case[], workFolder: string) => Judgements | Promise<Judgements>

const CONTENT: Measurement = { valid: true, said: '' }

function rejecting(said: string): Measurement {
  return { valid: false, said: said.trim() === '' ? 'rejected without a word' : said.trim() }
}

function each(cases: readonly Case[], judge: (one: Case) => Measurement): ReadonlyMap<string, Measurement> {
  return new Map(cases.map((one) => [one.id, judge(one)]))
}

const has = ({ folder }: Case, file: string): boolean => existsSync(join(folder, file))

/** `openssl verify`, with what a TLS client checks. */
const openssl: Judge = (cases) => ({
  version: runWell(program('openssl'), ['version']).stdout.split(' ')[1] ?? '',
  verdicts: each(cases, (one) => {
    const { host, revocation, policies } = one.asked
    const args = [
      ...['verify', '-no-CApath', '-no-CAstore', '-CAfile', 'root.pem', '-purpose', 'sslserver'],
      ...(has(one, 'chain.pem') ? ['-untrusted', 'chain.pem'] : []),
      ...(isIP(host) ? ['-verify_ip', host] : ['-verify_hostname', host]),
      ...(revocation ? ['-crl_check_all'] : []),
      ...(revocation && has(one, 'crl.pem') ? ['-CRLfile', 'crl.pem'] : []),
      // Without -policy_check, OpenSSL looks at no policies, not even where an authority requires one.
      ...(policies.length > 0 ? ['-explicit_policy', ...policies.flatMap((oid) => ['-policy', oid])] : []),
      'leaf.pem',
    ]
    const { status, output } = run(program('openssl'), args, { cwd: one.folder })
    if (status === 0) return CONTENT
    const errors = [...output.matchAll(/^error (\d+) at \d+ depth lookup: ?(.*)$/gm)].map(
      ([, n, words]) => `${n} ${words}`,
    )
    return rejecting(errors.length > 0 ? [...new Set(errors)].join('; ') : 'cannot be loaded')
  }),
})

/** `certtool --verify`. */
const gnutls: Judge = (cases) => ({
  version: /certtool (\S+)/.exec(runWell(program('certtool'), ['--version']).stdout)?.[1] ?? '',
  verdicts: each(
    // It knows no policies. A host may be an address, though the option speaks of names.
    cases.filter(({ asked }) => asked.policies.length === 0),
    (one) => {
      const args = [
        ...['--verify', '--load-ca-certificate', 'root.pem', '--verify-purpose', '1.3.6.1.5.5.7.3.1'],
        ...['--verify-hostname', one.asked.host, '--infile', 'fullchain.pem'],
        // It minds what a CRL says, and not whether there is one.
        ...(one.asked.revocation && has(one, 'crl.pem') ? ['--load-crl', 'crl.pem'] : []),
      ]
      const { status, output } = run(program('certtool'), args, { cwd: one.folder })
      const words = /Chain verification output: (.*)$/m.exec(output)?.[1]
      if (status === 0 && words?.startsWith('Verified') === true) return CONTENT
      if (words === undefined) return rejecting(/error: (.*)$/im.exec(output)?.[1] ?? 'cannot be loaded')
      return rejecting(words.replace(/^Not verified\. ?/, '').replace('The certificate is NOT trusted. ', ''))
    },
  ),
})

/** A handshake in this process: the server presents, the client judges. */
const node: Judge = async (cases) => {
  const verdicts = new Map<string, Measurement>()
  // There is no way to ask for policies.
  for (const one of cases.filter(({ asked }) => asked.policies.length === 0)) verdicts.set(one.id, await handshake(one))
  return { version: process.version.slice(1), verdicts }
}

async function handshake(one: Case): Promise<Measurement> {
  const read = (file: string) => readFileSync(join(one.folder, file))
  let server: ReturnType<typeof createServer>
  try {
    // Low, so that it is the client who objects to weak keys and digests, if anybody does.
    server = createServer({ cert: read('fullchain.pem'), key: read('leaf.key'), ciphers: 'DEFAULT@SECLEVEL=0' })
  } catch (error) {
    return rejecting(`cannot be loaded: ${(error as NodeJS.ErrnoException).code}`)
  }
  server.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { host, revocation } = one.asked
  try {
    return await new Promise<Measurement>((resolve) => {
      const client = connect({
        port: (server.address() as AddressInfo).port,
        host: '127.0.0.1',
        ...(isIP(host) ? {} : { servername: host }),
        ca: read('root.pem'),
        ...(revocation && { crl: has(one, 'crl.pem') ? pemBlocks(read('crl.pem').toString('latin1')) : [] }),
      })
      client.setTimeout(10_000, () => client.destroy(new Error('timed out')))
      client.once('secureConnect', () => {
        client.destroy()
        resolve(CONTENT)
      })
      client.once('error', (error: NodeJS.ErrnoException) => resolve(rejecting(error.code ?? error.message)))
    })
  } finally {
    server.close()
  }
}

/** One string for each: of several in one, Node reads the first. */
function pemBlocks(text: string): string[] {
  return text.split(/(?=-----BEGIN )/)
}

/** One start of the machine for all; it compiles the class in memory. */
const java: Judge = async (cases) => {
  const source = join(import.meta.dirname, 'Judge.java')
  const input = cases.map(({ folder, asked: { host, revocation, policies } }) =>
    [folder, host, revocation, policies.join(',')].join('\t'),
  )
  const args = ['--add-exports', 'java.base/sun.security.util=ALL-UNNAMED', source]
  return answers(cases, await inBackground(program('java'), args, { input: input.join('\n') }))
}

/**
 * Built in the temporary folder: no package, so nothing is fetched. It takes CRLs from where certificates point to, and
 * from nowhere else; what it keeps of them, it keeps in a home of its own.
 */
const dotnet: Judge = async (cases, workFolder) => {
  for (const file of ['Judge.csproj', 'Program.cs'])
    copyFileSync(join(import.meta.dirname, file), join(workFolder, file))
  const env = { DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1', DOTNET_SKIP_FIRST_TIME_EXPERIENCE: '1' }
  const out = join(workFolder, 'out')
  const build = ['build', 'Judge.csproj', '--configuration', 'Release', '--output', out]
  await inBackground(program('dotnet'), build, { cwd: workFolder, env })
  const home = join(workFolder, 'home')
  mkdirSync(home)
  const ask = async (asked: readonly Case[]): Promise<Judgements> => {
    const input = asked.map(({ folder, asked: { host, revocation, policies } }) =>
      [folder, host, revocation, policies.join(',')].join('\t'),
    )
    const args = [join(out, 'Judge.dll')]
    return answers(
      asked,
      await inBackground(program('dotnet'), args, { input: input.join('\n'), env: { ...env, HOME: home } }),
    )
  }
  const plain = await ask(cases.filter(({ asked }) => !asked.revocation))
  const server = await EvidenceServer.start()
  try {
    const about = cases.filter((one) => one.asked.revocation || one.id === GOOD_TWIN)
    const { version, verdicts } = await ask(serveCrls(about, join(workFolder, 'served'), server))
    if (verdicts.get(GOOD_TWIN)?.valid !== true) throw new Error('its CRLs do not clear the good twin')
    // In the order of the gallery; of the good twin counts what is said without CRLs, as of the others.
    const all = new Map([...verdicts, ...plain.verdicts])
    return { version, verdicts: new Map(cases.map(({ id }) => [id, all.get(id) as Measurement])) }
  } finally {
    await server.stop()
  }
}

/** @returns what it wrote to standard output @throws Error with all that it said if it ended badly */
async function inBackground(
  path: string,
  args: readonly string[],
  { input = '', cwd, env }: { readonly input?: string; readonly cwd?: string; readonly env?: Record<string, string> },
): Promise<string> {
  const child = spawn(path, args, {
    cwd,
    env: { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC', ...env },
    timeout: 180_000,
  })
  child.stdin.end(input)
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => (stdout += String(chunk)))
  child.stderr.on('data', (chunk) => (stderr += String(chunk)))
  const [status] = (await once(child, 'close')) as [number | null]
  if (status === 0) return stdout
  throw new Error(`${path} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`)
}

function answers(cases: readonly Case[], stdout: string): Judgements {
  const [version = '', ...lines] = stdout.trimEnd().split('\n')
  const said = new Map(lines.map((line) => line.split('\t') as [string, string]))
  const verdicts = each(cases, ({ id, folder }) => {
    const words = said.get(folder)
    if (words === undefined) throw new Error(`no answer about ${id}:\n${stdout}`)
    return words === '' ? CONTENT : rejecting(words)
  })
  return { version: version.trim(), verdicts }
}

export const JUDGES: Readonly<Record<ProgramName, Judge>> = { openssl, gnutls, node, java, dotnet }
