/** What `npm run build` leaves in dist/, run as people run it. Skipped by name where nothing was built. */

import { spawn, spawnSync } from 'node:child_process'
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { folderOfTest } from '../temporary-folder.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const isBuilt = existsSync(join(root, 'dist', 'cli', 'start.js'))

function run(program: string, args: readonly string[], cwd: string) {
  const env = { ...process.env, PKI_DIR: undefined, FORCE_COLOR: undefined }
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { cwd, env, encoding: 'utf8' })
  return { status, stdout, stderr }
}

it('without dist/ the program says what to do', () => {
  const folder = folderOfTest()
  cpSync(join(root, 'bin'), join(folder, 'bin'), { recursive: true })
  const { status, stdout, stderr } = run(join(folder, 'bin', 'pki.js'), ['--version'], folder)
  expect({ status, stdout }).toEqual({ status: 70, stdout: '' })
  expect(stderr).toBe('pki: error: dist/ is missing\npki: hint: build it with: npm run build\n')
})

describe.skipIf(!isBuilt)('dist/ (built)', () => {
  const pki = join(root, 'bin', 'pki.js')

  it('is the version of package.json', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    expect(run(pki, ['--version'], root)).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' })
  })

  it('makes a hierarchy and ends with the exit codes it promises', () => {
    const folder = folderOfTest()
    expect(run(pki, ['init', 'root'], folder)).toMatchObject({ status: 0, stderr: '' })
    expect(run(pki, ['request', 'web', '--dns', 'web.test'], folder)).toMatchObject({ status: 0, stderr: '' })
    expect(run(pki, ['sign', 'pki/requests/web.csr', '--from', 'root', '--profile', 'server'], folder).status).toBe(0)
    expect(run(pki, ['export', 'web', '--format', 'pfx', '--for', 'macos'], folder).status).toBe(0)
    expect(run(pki, ['init', 'root'], folder).status).toBe(4)
    expect(run(pki, ['init', 'nope'], folder).status).toBe(2)
    expect(run(pki, ['issue', 'client', 'alice', '--from', 'nope'], folder).status).toBe(3)
  })

  it.each([
    ['without --force one of them wins', [], [0, 4, 4, 4, 4, 4]],
    ['with --force the last one does', ['--force'], [0, 0, 0, 0, 0, 0]],
  ])('six at once for one name: %s', async (_, flags, expected) => {
    const folder = folderOfTest()
    run(pki, ['init', 'root'], folder)
    const issue = [pki, 'issue', 'client', 'alice', '--from', 'root', ...flags]
    const exitCodes = await Promise.all(
      Array.from({ length: 6 }, () => {
        const child = spawn(process.execPath, issue, { cwd: folder, stdio: 'ignore' })
        return new Promise<number | null>((resolve) => child.on('exit', resolve))
      }),
    )
    expect(exitCodes.sort()).toEqual(expected)
    // Exporting checks that the key belongs to the certificate.
    expect(run(pki, ['export', 'alice', '--format', 'key'], folder).status).toBe(0)
    expect(readdirSync(join(folder, 'pki')).sort()).toEqual(['certs', 'chains', 'journal.jsonl', 'private'])
    const journal = readFileSync(join(folder, 'pki', 'journal.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
    expect(journal).toHaveLength(1 + expected.filter((exitCode) => exitCode === 0).length)
  })

  it('goes on without its code cache, and with one that is not V8’s', () => {
    const folder = folderOfTest()
    for (const part of ['bin', 'dist/cli', 'package.json'])
      cpSync(join(root, part), join(folder, part), { recursive: true })
    const copy = join(folder, 'bin', 'pki.js')
    const caches = readdirSync(join(folder, 'dist/cli')).filter((file) => file.endsWith('.cache'))
    expect(caches.length).toBeGreaterThan(0)
    for (const cache of caches) writeFileSync(join(folder, 'dist/cli', cache), 'not a code cache')
    expect(run(copy, ['init', 'root'], folder)).toMatchObject({ status: 0, stderr: '' })
  })

  it('exports the library as an ES module', async () => {
    const library = (await import(join(root, 'dist', 'index.js'))) as Record<string, unknown>
    expect(Object.keys(library)).toEqual(expect.arrayContaining(['PkiError', 'parseCertificate']))
  })

  it('carries the licences of what is bundled in it', () => {
    const text = readFileSync(join(root, 'dist', 'THIRD-PARTY-LICENSES.txt'), 'utf8')
    for (const name of ['commander', 'chalk', 'node-forge', '@peculiar/x509', 'inquirer']) {
      expect(text).toMatch(new RegExp(`^${name} \\d+\\.`, 'm'))
    }
  })
})
