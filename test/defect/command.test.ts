/** `pki defects`, and `--defect` of `pki issue` and `pki init`. */

import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { listDefects } from '../../src/defect/catalogue.ts'
import type { ExpectedJson } from '../../src/defect/gallery.ts'
import { SEED_MARK } from '../../src/seed/mark.ts'
import { runPki } from '../cli/memory-io.ts'
import { folderOfTest, pictureOf } from '../temporary-folder.ts'
import { AT } from './judge.ts'

let folder: string
const pki = (...args: readonly string[]) => runPki(args, { cwd: folder, now: AT })

beforeEach(() => {
  folder = folderOfTest('defects')
})

describe('pki defects', () => {
  test('list names every defect, by groups', async () => {
    const { exitCode, stdout } = await pki('defects')
    expect(exitCode).toBe(0)
    for (const { id } of listDefects()) expect(stdout).toContain(` ${id} `)
  })

  test('list --group --json is those of the group, with what must be found', async () => {
    const { stdout } = await pki('defects', 'list', '--group', 'serial-number', '--json')
    const { schema, defects } = JSON.parse(stdout)
    expect(schema).toBe('pki.defects/1')
    expect(defects).toHaveLength(4)
    expect(defects[0]).toMatchObject({
      id: 'serial-zero',
      place: 'target',
      rules: {
        rfc5280: { valid: true, findings: ['serial.zero'] },
        'rfc5280-strict': { valid: false, findings: ['serial.zero'] },
      },
    })
  })

  test('show has the verdicts of the rule sets and of the programs', async () => {
    const { exitCode, stdout } = await pki('defects', 'show', 'expired', '--json')
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'pki.defect/1',
      id: 'expired',
      rules: { webpki: { valid: false, findings: ['validity.expired'] } },
      measured: { openssl: { valid: false }, dotnet: { valid: false, said: 'NotTimeValid' } },
    })
    expect((await pki('defects', 'show', 'expired')).stdout).toContain('CERT_HAS_EXPIRED')
  })

  test('generate gives the same files from the same seed', async () => {
    const generate = (out: string, seed: string) =>
      pki('defects', 'generate', '--out', out, '--seed', seed, '--now', '2026-06-15T12:00:00Z')
    expect(await generate('first', 'a')).toMatchObject({ exitCode: 0 })
    expect(await generate('second', 'a')).toMatchObject({ exitCode: 0 })
    const first = pictureOf(join(folder, 'first'))
    expect(pictureOf(join(folder, 'second'))).toEqual(first)
    expect(Object.keys(first).filter((path) => path.endsWith('leaf.pem'))).toHaveLength(listDefects().length + 1)
    expect(await pki('show', 'first/good/leaf.pem')).toMatchObject({ stdout: expect.stringContaining(SEED_MARK) })
  }, 60_000)

  test('generate writes what pki verify then judges as expected.json says', async () => {
    const made = await pki('defects', 'generate', '--out', 'gallery', '--only', 'expired,revoked', '--json')
    expect(JSON.parse(made.stdout)).toMatchObject({ defects: ['expired', 'revoked'] })
    const { at, files } = JSON.parse(readFileSync(join(folder, 'gallery', 'expected.json'), 'utf8')) as ExpectedJson
    expect(at).toBe('2026-06-15T12:00:00Z')
    expect(Object.keys(files)).toEqual(['good/leaf.pem', 'expired/leaf.pem', 'revoked/leaf.pem'])
    for (const [leaf, { chain, trust, crl, asked, rules }] of Object.entries(files)) {
      const flags = asked.revocation ? ['--revocation', 'offline', '--crl', String(crl)] : []
      const inputs = ['--untrusted', String(chain), '--trust', trust, '--host', asked.host, '--purpose', asked.purpose]
      const { exitCode, stdout } = await runPki(['verify', leaf, ...inputs, ...flags, '--at', at, '--json'], {
        cwd: join(folder, 'gallery'),
        now: AT,
      })
      const { valid, findings } = rules.rfc5280
      expect({ leaf, exitCode }).toEqual({ leaf, exitCode: valid ? 0 : 1 })
      for (const code of findings) expect(stdout).toContain(code)
    }
    if (process.platform !== 'win32') {
      expect(statSync(join(folder, 'gallery/expired/leaf.key')).mode & 0o777).toBe(0o600)
    }
  })

  test('generate overwrites nothing unless told so', async () => {
    const again = () => pki('defects', 'generate', '--out', 'gallery', '--only', 'expired')
    expect((await again()).exitCode).toBe(0)
    expect((await again()).exitCode).toBe(4)
    expect((await pki('defects', 'generate', '--out', 'gallery', '--only', 'expired', '--force')).exitCode).toBe(0)
  })

  test.each([
    [['defects', 'show']],
    [['defects', 'show', 'expird']],
    [['defects', 'list', '--group', 'nonsense']],
    [['defects', 'generate']],
    [['defects', 'destroy']],
  ])('%j is a wrong call', async (args) => {
    expect((await pki(...args)).exitCode).toBe(2)
  })
})

describe('--defect', () => {
  beforeEach(async () => {
    await pki('init', 'root')
  })

  test('issue makes it, and says on stderr what is wrong and what to expect', async () => {
    const args = ['issue', 'server', 'bad', '--from', 'root', '--dns', 'bad.test', '--defect', 'expired,no-san']
    const { exitCode, stdout, stderr } = await pki(...args, '--json')
    expect(exitCode).toBe(0)
    expect(stderr).toContain('expired, on purpose: it expired yesterday')
    expect(stderr).toContain(
      'expect validity.expired, identity.mismatch, webpki.san-missing; every rule set rejects it',
    )
    expect(JSON.parse(stdout).warnings).toContainEqual(expect.objectContaining({ code: 'defect.no-san' }))
    const verdict = await pki(
      'verify',
      'pki/certs/bad.crt',
      '--trust',
      'pki/certs/root.crt',
      '--host',
      'bad.test',
      '--json',
    )
    expect(verdict.exitCode).toBe(1)
    for (const code of ['validity.expired', 'identity.mismatch']) expect(verdict.stdout).toContain(code)
  })

  test('a key of the defect is the one that is stored', async () => {
    const made = await pki('issue', 'server', 'bad', '--from', 'root', '--dns', 'bad.test', '--defect', 'rsa-1024')
    expect(made.exitCode).toBe(0)
    // The export compares certificate and key.
    expect((await pki('export', 'bad', '--format', 'pem')).exitCode).toBe(0)
  })

  test('init makes roots with defects of roots', async () => {
    expect((await pki('init', 'root', '--name', 'old', '--defect', 'root-expired')).exitCode).toBe(0)
    expect((await pki('list', '--json')).stdout).toContain('"expired"')
  })

  test.each([
    ['trailing-bytes', 'nobody could read it back'],
    ['revoked', 'takes more than a certificate'],
    ['authority-expired', 'is an authority’s'],
    ['expired,not-yet-valid', 'contradict each other'],
    ['nonsense', 'is unknown'],
  ])('%s is refused: %s; nothing is written', async (ids) => {
    const args = ['issue', 'server', 'bad', '--from', 'root', '--dns', 'bad.test', '--defect', ids]
    expect((await pki(...args)).exitCode).toBe(2)
    expect(existsSync(join(folder, 'pki/certs/bad.crt'))).toBe(false)
  })

  test('a key file and a defect of the key contradict each other', async () => {
    const args = [
      'issue',
      'server',
      'bad',
      '--from',
      'root',
      '--key-file',
      'pki/private/root.key',
      '--defect',
      'rsa-1024',
    ]
    expect((await pki(...args)).exitCode).toBe(2)
  })
})
