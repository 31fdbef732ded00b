/** `pki serve` as a command: its options, what it says when it is ready, how it ends. */

import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parseCrl } from '../../src/x509/crl.ts'
import { folderOfTest } from '../temporary-folder.ts'
import { startPki } from './running-pki.ts'
import { NOW, type Session, session, sessionWithStore } from './session.ts'

async function start({ folder }: Session, ...args: readonly string[]) {
  const running = await startPki(['serve', '--port', '0', ...args], folder)
  onTestFinished(async () => void (await running.stop()))
  return running
}

describe('options that make no sense', () => {
  it.each([
    ['serve udp', 'usage.option'],
    ['serve --port many', 'usage.option'],
    ['serve --port 65536', 'usage.option'],
    ['serve --fault slow', 'usage.option'],
    ['serve --fault delay=soon', 'usage.time'],
    ['serve --now whenever', 'usage.time'],
    ['serve --crl-lifetime 1s', 'usage.time'],
    ['serve --ocsp-lifetime 0d', 'usage.time'],
    ['serve --cert web', 'usage.option'],
    ['serve --staple', 'usage.option'],
    ['serve tls', 'usage.option'],
    ['serve tls --cert web --allow-time-header', 'usage.option'],
    ['serve tls --cert web --require-client-cert', 'usage.option'],
  ])('%s: %s, exit 2', async (line, code) => {
    const { pki } = await sessionWithStore()
    const { exitCode, stdout } = await pki(`${line} --json`)
    expect(exitCode).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'pki.error/1', code })
  })

  it.each([
    ['serve tls --cert nobody', 3],
    ['serve tls --cert web --client-ca nobody', 3],
    // Its issuer is nobody who could answer: a root staples nothing about itself.
    ['serve tls --cert root --staple', 3],
    ['serve --key-password-file nowhere', 3],
    ['serve --host 192.0.2.1', 4],
  ])('%s: exit %i', async (line, expected) => {
    const { pki } = await sessionWithStore()
    expect((await pki(line)).exitCode).toBe(expected)
  })

  it('without a store: exit 3, and how to make one', async () => {
    const { exitCode, stderr } = await session().pki('serve')
    expect(exitCode).toBe(3)
    expect(stderr).toMatch(/pki: hint: .*pki init root/)
  })

  it('a port in use: exit 4, and what to do', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      other.close()
    })
    const { pki } = await sessionWithStore()
    const { port } = other.address() as AddressInfo
    const { exitCode, stderr } = await pki(`serve --port ${port} --ready-file ready.json`)
    expect(exitCode).toBe(4)
    expect(stderr).toMatch(/another program listens there\npki: hint: .*--port 0/)
  })

  it('a ready file that cannot be written: exit 4, and no server is left', async () => {
    const made = await sessionWithStore()
    writeFileSync(join(made.folder, 'file'), '')
    const { exitCode } = await made.pki('serve --port 0 --ready-file file/ready.json')
    expect(exitCode).toBe(4)
  })
})

describe('pki serve', () => {
  it('--ready-file is there while it runs, with what --json says', async () => {
    const made = await sessionWithStore()
    const path = join(made.folder, 'run', 'ready.json')
    mkdirSync(join(made.folder, 'run'))
    writeFileSync(path, 'of one that was killed')
    const running = await start(made, '--ready-file', 'run/ready.json')
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(running.facts)
    expect(running.facts).toMatchObject({ schema: 'pki.serving/1', host: '127.0.0.1', pid: process.pid })
    expect(await running.stop()).toMatchObject({ exitCode: 0 })
    expect(existsSync(path)).toBe(false)
  })

  it('says where it is, and what for', async () => {
    const { done } = await sessionWithStore()
    const text = await done('serve --port 0')
    expect(text).toMatch(/✔ serving pki at http:\/\/127\.0\.0\.1:\d+\n/)
    expect(text).toContain('root, ca1')
  })

  it('--verbose writes a line for each request, with nothing in it that a terminal would obey', async () => {
    const { facts, said } = await start(await sessionWithStore(), '--verbose')
    await fetch(`${facts.url}/crl/ca1.crl`)
    await fetch(`${facts.url}/nothing%1b[2J`)
    expect(said()).toMatch(/^200 GET \/crl\/ca1\.crl {2}\d+ octets, 0\.0 ms\n404 GET /)
    const quiet = await start(await sessionWithStore())
    await fetch(`${quiet.facts.url}/crl/ca1.crl`)
    expect(quiet.said()).toBe('')
  })

  it('--now is where the clock begins, and it goes on', async () => {
    const { folder } = await sessionWithStore()
    let hours = 0
    const clock = () => new Date(NOW.getTime() + hours * 3_600_000)
    const { facts, stop } = await startPki(['serve', '--port', '0', '--now', '2030-01-01T00:00:00Z'], folder, clock)
    onTestFinished(async () => void (await stop()))
    const thisUpdate = async () => {
      const response = await fetch(`${facts.url}/crl/ca1.crl`)
      return parseCrl(new Uint8Array(await response.arrayBuffer())).thisUpdate.date
    }
    expect(await thisUpdate()).toEqual(new Date('2030-01-01T00:00:00Z'))
    // More than half of the day that a CRL lasts: it is made anew.
    hours = 13
    expect(await thisUpdate()).toEqual(new Date('2030-01-01T13:00:00Z'))
  })

  it('an encrypted key needs --key-password-file; without it a warning, and the rest is served', async () => {
    const made = session()
    writeFileSync(join(made.folder, 'password'), 'secret\n')
    await made.done('init root --encrypt-key --key-password-file password')
    const { facts, said } = await start(made)
    expect(said()).toMatch(/^pki: warning: .*root\.key.*password/)
    expect((await fetch(`${facts.url}/crl/root.crl`)).status).toBe(503)
    const unlocked = await start(made, '--key-password-file', 'password')
    expect((await fetch(`${unlocked.facts.url}/crl/root.crl`)).status).toBe(200)
    expect(unlocked.said()).toBe('')
  })
})

describe('a process of its own', () => {
  /** The command line, bundled: what is tested is this source, not what was built last. */
  async function bundle(): Promise<string> {
    const folder = folderOfTest()
    const root = fileURLToPath(new URL('../..', import.meta.url))
    const script = `
      import { main, processIo } from ${JSON.stringify(join(root, 'src/cli/main.ts'))}
      process.exitCode = await main(process.argv.slice(2), processIo(${JSON.stringify(root)}))`
    await build({
      stdin: { contents: script, resolveDir: root },
      outdir: folder,
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      outExtension: { '.js': '.mjs' },
      mainFields: ['module', 'main'],
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
      define: { PKI_VERSION: '"test"' },
      logLevel: 'error',
    })
    return join(folder, 'stdin.mjs')
  }

  it.each(['SIGTERM', 'SIGINT'] as const)(
    '%s: what has begun is answered, exit 0, the ready file is gone',
    async (signal) => {
      const program = await bundle()
      const { folder } = await sessionWithStore()
      const ready = join(folder, 'ready.json')
      const args = ['serve', '--port', '0', '--ready-file', ready, '--fault', '/aia/*:delay=60s']
      const child = spawn(process.execPath, [program, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
      onTestFinished(() => {
        child.kill('SIGKILL')
      })
      const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
      for (let i = 0; i < 400 && !existsSync(ready); i++) await sleep(25)
      const { url, pid } = JSON.parse(readFileSync(ready, 'utf8')) as { url: string; pid: number }
      expect(pid).toBe(child.pid)
      expect((await fetch(`${url}/crl/ca1.crl`)).status).toBe(200)
      const inFlight = await begin(`${url}/aia/ca1.cer`)
      child.kill(signal)
      expect(await inFlight.status).toBe(200)
      expect(await ended).toBe(0)
      expect(existsSync(ready)).toBe(false)
    },
  )
})

/** A GET whose request has been read by the server when this resolves: it is asked to say so, and answers later. */
async function begin(url: string): Promise<{ readonly status: Promise<number | undefined> }> {
  const exchange = request(url, { headers: { Expect: '100-continue' } }).end()
  const status = new Promise<number | undefined>((resolve, reject) => {
    exchange.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject)
  })
  await new Promise((resolve) => exchange.on('continue', resolve))
  return { status }
}
