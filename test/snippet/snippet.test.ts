/** `pki snippet`: what it exports, keeps, warns of and refuses. */

import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { runPki } from '../cli/memory-io.ts'
import { folderOfTest, pictureOf } from '../temporary-folder.ts'

const NOW = new Date('2026-01-01T00:00:00Z')

let cwd: string
const run = (...argv: readonly string[]) => runPki(argv, { cwd, now: NOW })
const exported = (file: string) => join(cwd, 'pki', 'exports', file)

beforeEach(async () => {
  cwd = folderOfTest()
  for (const line of [
    'init root',
    'issue intermediate ca1 --from root',
    'issue server --from ca1 --dns web.test',
    'issue client --from ca1',
  ]) {
    expect(await run(...line.split(' '))).toMatchObject({ exitCode: 0 })
  }
})

test('without a name they are listed', async () => {
  const { exitCode, stdout } = await run('snippet')
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^nginx +nginx: mutual TLS/m)
  const { snippets, schema } = JSON.parse((await run('snippet', '--json')).stdout)
  expect(schema).toBe('pki.snippets/1')
  expect(snippets).toContainEqual(
    expect.objectContaining({ name: 'curl', fileName: 'request.sh', needs: ['server', 'client'] }),
  )
})

test('the snippet goes to standard output, the files it names to exports/', async () => {
  const { exitCode, stdout, stderr } = await run('snippet', 'nginx', '--client-ca', 'root', '--port', '443')
  expect(exitCode).toBe(0)
  expect(stdout).toContain(`ssl_certificate_key "${exported('server.key')}";`)
  expect(stdout).toContain('listen 443 ssl;')
  expect(stdout).toContain('server_name "web.test";')
  expect(stdout).not.toMatch(/\{\{|PRIVATE KEY/)
  expect(stderr).toContain('pki: exported pki/exports/server.key')
  if (process.platform !== 'win32') expect(statSync(exported('server.key')).mode & 0o777).toBe(0o600)
  expect(readFileSync(exported('server.fullchain.pem'), 'utf8').match(/BEGIN/g)).toHaveLength(2)
  // The root, and the authority below it that clients may forget to send.
  expect(readFileSync(exported('root.client-ca.pem'), 'utf8').match(/BEGIN/g)).toHaveLength(2)
})

test('the key of an authority is not exported for a server or a client', async () => {
  const server = await run('snippet', 'nginx', '--client-ca', 'root', '--server', 'ca1')
  expect(server).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining('ca1 is an authority') })
  const client = await run('snippet', 'curl', '--client', 'root')
  expect(client).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('root is an authority') })
  expect(existsSync(exported('ca1.key'))).toBe(false)
  expect(existsSync(exported('root.key'))).toBe(false)
})

test('a certificate for another purpose is warned of', async () => {
  const { stdout, exitCode } = await run('snippet', 'curl', '--server', 'client', '--client', 'server', '--json')
  expect(exitCode).toBe(0)
  const { warnings } = JSON.parse(stdout)
  expect(warnings.map(({ code }: { code: string }) => code)).toEqual(['server.purpose', 'client.purpose'])
  const right = JSON.parse((await run('snippet', 'curl', '--json')).stdout)
  expect(right.warnings).toEqual([])
})

test('exports that are there stay, and are told of if they are of something else', async () => {
  await run('snippet', 'nginx', '--client-ca', 'root')
  const before = pictureOf(join(cwd, 'pki'))
  const again = await run('snippet', 'nginx', '--client-ca', 'root')
  expect(again).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining('warning') })
  expect(pictureOf(join(cwd, 'pki'))).toEqual(before)

  writeFileSync(exported('server.key'), 'mine')
  const { stdout } = await run('snippet', 'nginx', '--client-ca', 'root', '--json')
  expect(JSON.parse(stdout).warnings).toEqual([
    { code: 'export.differs', message: expect.stringContaining('server.key is not what the store holds now') },
  ])
  expect(readFileSync(exported('server.key'), 'utf8')).toBe('mine')
})

test('--json', async () => {
  const { stdout } = await run('snippet', 'caddy', '--client-ca', 'root', '--json', '--out', 'Caddyfile')
  const { text, files, ...rest } = JSON.parse(stdout)
  expect(rest).toMatchObject({ schema: 'pki.snippet/1', name: 'caddy', fileName: 'Caddyfile', warnings: [] })
  expect(rest.path).toBe(join(cwd, 'Caddyfile'))
  expect(readFileSync(rest.path, 'utf8')).toBe(text)
  expect(files).toEqual(
    ['server.fullchain.pem', 'server.key', 'root.client-ca.pem'].map((file) => ({
      path: exported(file),
      outcome: 'exported',
    })),
  )
})

test('--out does not replace a file unless told so, and then nothing is exported either', async () => {
  writeFileSync(join(cwd, 'a.conf'), 'mine')
  const args = ['snippet', 'nginx', '--client-ca', 'root', '--out', 'a.conf']
  expect(await run(...args)).toMatchObject({ exitCode: 4, stdout: '' })
  expect(existsSync(exported('server.key'))).toBe(false)
  expect(await run(...args, '--force')).toMatchObject({ exitCode: 0 })
  expect(readFileSync(join(cwd, 'a.conf'), 'utf8')).toContain('ssl_verify_client on')
})

test('a snippet that names no private key needs none', async () => {
  rmSync(join(cwd, 'pki', 'private'), { recursive: true })
  expect(await run('snippet', 'kubernetes-ingress', '--client-ca', 'root')).toMatchObject({ exitCode: 0 })
})

test('a private key that is kept elsewhere: refused, unless it has been put where the snippet names it', async () => {
  rmSync(join(cwd, 'pki', 'private'), { recursive: true })
  const args = ['snippet', 'node-server', '--client-ca', 'root']
  expect(await run(...args)).toMatchObject({ exitCode: 4, stdout: '' })
  expect(existsSync(join(cwd, 'pki', 'exports'))).toBe(false)
  mkdirSync(join(cwd, 'pki', 'exports'))
  writeFileSync(exported('server.key'), 'mine')
  expect(await run(...args)).toMatchObject({ exitCode: 0 })
})

test('an authority that is no root: said, because OpenSSL trusts the root above it too', async () => {
  const { stderr, exitCode } = await run('snippet', 'nginx', '--client-ca', 'ca1')
  expect(exitCode).toBe(0)
  expect(stderr).toContain('ca1 is not a root')
  expect(readFileSync(exported('ca1.client-ca.pem'), 'utf8').match(/BEGIN/g)).toHaveLength(2)
})

test.each([
  ['whom to trust is never guessed', ['nginx'], 2, 'nginx needs --client-ca <name>'],
  ['no authority', ['nginx', '--client-ca', 'client'], 2, '--client-ca: client is no authority'],
  ['no such authority', ['nginx', '--client-ca', 'nope'], 3, 'nope'],
  ['no such server', ['nginx', '--client-ca', 'root', '--server', 'nope'], 3, 'nope'],
  ['no such snippet', ['ngnx'], 2, 'unknown snippet: ngnx'],
  ['no port', ['nginx', '--client-ca', 'root', '--port', '65536'], 2, '--port: not a port: 65536'],
  ['port 0', ['nginx', '--client-ca', 'root', '--port', '0'], 2, '--port: not a port: 0'],
  ['https', ['nginx', '--client-ca', 'root', '--backend', 'https://a'], 2, '--backend: not http://host:port'],
  ['a path', ['nginx', '--client-ca', 'root', '--backend', 'http://a/b'], 2, '--backend: not http://host:port'],
  ['a user', ['nginx', '--client-ca', 'root', '--backend', 'http://u@a'], 2, '--backend: not http://host:port'],
])('%s', async (_, args, exitCode, words) => {
  const result = await run('snippet', ...args)
  expect(result).toMatchObject({ exitCode, stdout: '', stderr: expect.stringContaining(words) })
  expect(existsSync(join(cwd, 'pki', 'exports'))).toBe(false)
})

test('a folder that the format cannot express is refused before anything is written', async () => {
  const copy = ['--dir', '$pki']
  await run('init', 'root', ...copy)
  await run('issue', 'server', '--from', 'root', ...copy)
  const result = await run('snippet', 'nginx', '--client-ca', 'root', ...copy)
  expect(result).toMatchObject({ exitCode: 3, stdout: '' })
  expect(existsSync(join(cwd, '$pki', 'exports'))).toBe(false)
})
