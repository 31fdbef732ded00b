/** The README's server with certificate authentication, run as it stands there: its commands, its code, real clients. */

import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clientAgent, readCertificateFile, readCredentialFiles } from '../../src/authentication/client-tls.ts'
import { pki } from '../interop/pki.ts'
import { freePort, type Server, startServer } from '../interop/server-program.ts'
import { folderOfSuite, removeFolder } from '../temporary-folder.ts'

const TOP = join(import.meta.dirname, '..', '..')
const chapter =
  /^## Certificate authentication\n(.*?)^## /ms.exec(readFileSync(join(TOP, 'README.md'), 'utf8'))?.[1] ?? ''
const block = (language: string) => new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'ms').exec(chapter)?.[1] ?? ''
const commands = [...block('sh').matchAll(/^pki (.*?)(?: +#.*)?$/gm)].map(([, line = '']) => line.split(' '))
const code = block('ts')

let folder: string
let server: Server | undefined

beforeAll(async () => {
  folder = folderOfSuite('readme-authentication')
  // What the README's chapter on making has made by then, and somebody from elsewhere.
  await pki(folder, 'init', 'root')
  await pki(folder, 'issue', 'intermediate', 'ca1', '--from', 'root')
  await pki(folder, 'issue', 'server', 'web', '--from', 'ca1', '--dns', 'localhost')
  await pki(folder, 'issue', 'client', 'alice', '--from', 'ca1')
  await pki(folder, 'init', 'root', '--name', 'other')
  await pki(folder, 'issue', 'client', 'service-foreign', '--from', 'other')
  for (const command of commands) await pki(folder, ...command)
  for (const name of ['service-orders', 'alice', 'service-foreign']) {
    await pki(folder, 'export', name, '--format', 'fullchain,key', '--out', './')
  }
  await pki(folder, 'export', 'root', '--format', 'crt', '--out', './')
  server = await start()
}, 60_000)

afterAll(async () => {
  await server?.stop()
  removeFolder(folder)
})

/** The code as it is, but for the port, and for where its packages come from. */
async function start(): Promise<Server> {
  const port = await freePort()
  const source = join(folder, 'server.mts')
  const outfile = join(folder, 'server.mjs')
  writeFileSync(source, code.replace('.listen(8443)', `.listen(${port}, '127.0.0.1')`))
  symlinkSync(join(TOP, 'node_modules'), join(folder, 'node_modules'), 'junction')
  const alias = { 'devpki/authentication': join(TOP, 'src/authentication.ts') }
  // CommonJS, such as Express, cannot be bundled into a module.
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['express'],
    alias,
    logLevel: 'error',
  })
  return startServer(process.execPath, [outfile], port, { cwd: folder })
}

async function ask(client?: string): Promise<{ readonly status: number | undefined; readonly body: string }> {
  const at = (file: string) => join(folder, file)
  const serverTrust = await readCertificateFile(at('root.crt'))
  const files = [at(`${client}.fullchain.pem`), at(`${client}.key`)]
  const identity =
    client === undefined
      ? { ca: readFileSync(at('root.crt')), agent: false as const }
      : { agent: clientAgent({ credential: await readCredentialFiles({ files }), serverTrust }, { keepAlive: false }) }
  const options = {
    host: '127.0.0.1',
    servername: 'localhost',
    port: server?.port,
    path: '/api/protected',
    ...identity,
  }
  return new Promise((resolve, reject) => {
    request(options, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode, body }), reject)
    })
      .on('error', reject)
      .end()
  })
}

test('the README has the commands and the code', () => {
  expect(commands.map(([name]) => name)).toEqual(['issue', 'export', 'export'])
  expect(code).toContain('.listen(8443)')
  const statements = code.split('\n').filter((line) => line !== '' && !line.startsWith('import '))
  expect(statements.length).toBeLessThanOrEqual(11)
})

test('the right one: 200, and its name', async () => {
  const { status, body } = await ask('service-orders')
  expect({ status, body: JSON.parse(body) }).toEqual({
    status: 200,
    body: { message: 'Authenticated', subject: 'service-orders' },
  })
})

test.each([
  ['a name that is not allowed', 'alice'],
  ['an allowed name below another root', 'service-foreign'],
  ['nobody', undefined],
])('%s: 403 without a word', async (_, client) => {
  expect(await ask(client)).toEqual({ status: 403, body: '' })
})
