/** `export`, `quickstart`, `list`, `tree`, `templates`. */

import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readInput } from '../../src/container/read-input.ts'
import { EXPORT_FORMATS } from '../../src/export/formats.ts'
import { BUILT_IN_PROFILES } from '../../src/profile/built-in.ts'
import { pictureOf } from '../temporary-folder.ts'
import { session, sessionWithStore } from './session.ts'

const PASSWORD = { PKI_PASSWORD: 'secret' }

describe('export', () => {
  it.each(EXPORT_FORMATS.map(({ name }) => name))('--format %s writes what it prints', async (format) => {
    const { folder, done } = await sessionWithStore()
    const exported = JSON.parse(await done(`export web --format ${format} --json --out out/`, { env: PASSWORD })) as {
      files: { path: string; mode: string; size: number }[]
    }
    expect(exported).toMatchObject({ schema: 'pki.exported/1', name: 'web', warnings: [] })
    expect(exported.files.map(({ path }) => path.slice(folder.length + '/out/'.length)).sort()).toEqual(
      Object.keys(pictureOf(join(folder, 'out'))).sort(),
    )
    for (const { path, size, mode } of exported.files) {
      expect(statSync(path).size).toBe(size)
      if (process.platform !== 'win32') expect((statSync(path).mode & 0o777).toString(8).padStart(4, '0')).toBe(mode)
    }
  })

  it('a PFX with an empty password gets it, and stderr says so', async () => {
    const { pki } = await sessionWithStore()
    const { exitCode, stderr } = await pki('export web --format pfx', { env: { PKI_PASSWORD: '' } })
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringMatching(/^pki: warning: .*empty/) })
    expect((await pki('export web --format pem', { env: { PKI_PASSWORD: '' } })).stderr).toBe('')
  })

  it('a PFX without a password gets changeit, and stderr says so', async () => {
    const { folder, pki } = await sessionWithStore()
    const { exitCode, stderr } = await pki('export web --format pfx')
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringMatching(/^pki: warning: .*changeit/) })
    const bytes = new Uint8Array(readFileSync(join(folder, 'web.pfx')))
    expect((await readInput(bytes, { source: 'web.pfx', password: 'changeit' })).privateKeys).toHaveLength(1)
  })

  it('the password comes from a file or from standard input', async () => {
    const { folder, done } = await sessionWithStore()
    writeFileSync(join(folder, 'password'), 'from a file\r\n')
    await done('export web --format pfx --out a.pfx --password-file password')
    await done('export web --format pfx --out b.pfx --password-file -', { stdin: Buffer.from('piped') })
    for (const [file, password] of [
      ['a.pfx', 'from a file'],
      ['b.pfx', 'piped'],
    ] as const) {
      const bytes = new Uint8Array(readFileSync(join(folder, file)))
      expect((await readInput(bytes, { source: file, password })).certificates).toHaveLength(2)
    }
  })

  it.each([
    ['shop.pem', 'crt', ['shop.pem']],
    ['new/deep/shop.pem', 'crt', ['new', 'new/deep', 'new/deep/shop.pem']],
    ['folder/', 'crt', ['folder', 'folder/web.crt']],
    ['folder', 'crt,key', ['folder', 'folder/web.crt', 'folder/web.key']],
  ])('--out %s with --format %s', async (out, format, expected) => {
    const { folder, done } = await sessionWithStore()
    await done(`export web --format ${format} --out ${out}`)
    expect(Object.keys(pictureOf(folder)).filter((path) => !path.startsWith('pki'))).toEqual(expected)
  })

  it.each(EXPORT_FORMATS.map(({ name }) => name))(
    '--format %s asks for the key only if it holds it',
    async (format) => {
      const { done, pki } = await sessionWithStore()
      await done('issue client vault --from ca1 --encrypt-key', { env: { PKI_KEY_PASSWORD: 'right' } })
      const { exitCode, stderr } = await pki(`export vault --format ${format} --out out/`, { env: PASSWORD })
      const needsKey = ['pem', 'key', 'pfx', 'k8s', 'env', 'zip'].includes(format)
      expect({ exitCode, stderr }).toMatchObject(
        needsKey ? { exitCode: 3, stderr: expect.stringContaining('needs a password') } : { exitCode: 0, stderr: '' },
      )
    },
  )

  it.each([
    ['web --layout mtls', 'unexpected argument: web'],
    ['web --as-yaml', 'unexpected argument: web'],
    ['web --format pem --layout mtls', '--format and --layout contradict each other'],
  ])('%s is refused', async (line, error) => {
    const { pki } = await sessionWithStore()
    const { exitCode, stderr } = await pki(`export ${line}`)
    expect(exitCode).toBe(2)
    expect(stderr).toContain(`pki: error: ${error}`)
  })

  it('--out - prints one file, and no octets to a terminal', async () => {
    const { done, pki, folder } = await sessionWithStore()
    expect(await done('export web --format crt --out -')).toBe(readFileSync(join(folder, 'pki/certs/web.crt'), 'utf8'))
    expect((await pki('export web --format crt,key --out -')).stderr).toMatch(/one file can go to standard output/)
    expect((await pki('export web --format der --out -', { columns: 80 })).stderr).toMatch(/is binary/)
    expect((await pki('export web --format der --out -')).exitCode).toBe(0)
  })

  it('--layout mtls', async () => {
    const { folder, done } = await sessionWithStore()
    await done('issue client alice --from ca1')
    await done('export --layout mtls --server web --client alice --out mtls', { env: PASSWORD })
    expect(Object.keys(pictureOf(join(folder, 'mtls')))).toEqual([
      'ca-chain.pem',
      'client.crt.pem',
      'client.key.pem',
      'root-ca.crt',
      'server-chain.pem',
      'server.key.pem',
      'server.pfx',
    ])
  })

  it.each([
    ['export web', /missing option: --format/],
    ['export --format pfx', /missing argument: name/],
    ['export web --format pfx --for windows-2016 --pfx-profile modern', /--for and --pfx-profile contradict/],
    ['export web --format key --key-mode 777', /--key-mode: unknown value: 777/],
    ['export web --layout k8s', /--layout: unknown value: k8s/],
  ])('%s is wrong use', async (line, says) => {
    const { pki } = await sessionWithStore()
    const { exitCode, stderr } = await pki(line)
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringMatching(says) })
  })
})

describe('quickstart', () => {
  const NAMES = ['root', 'intermediate', 'server', 'client']

  it('makes everything, exports it, and proves it with a handshake', async () => {
    const { folder, done } = session()
    const made = JSON.parse(await done('quickstart --json', { env: PASSWORD })) as Record<string, unknown>
    expect(made).toMatchObject({
      schema: 'pki.quickstart/1',
      outcome: 'made',
      certificates: NAMES.map((name) => ({ name, outcome: 'issued', certificate: { kind: name } })),
      handshake: {
        protocol: 'TLSv1.3',
        proven: [expect.any(String), expect.any(String), expect.stringMatching(/refuses/)],
      },
    })
    const exports = Object.keys(pictureOf(join(folder, 'pki', 'exports')))
    for (const name of NAMES) for (const ending of ['crt', 'pem', 'pfx']) expect(exports).toContain(`${name}.${ending}`)
    expect(exports).toContain('mtls/server-chain.pem')
  })

  it('the second time it changes nothing', async () => {
    const { folder, done, pki } = session()
    await done('quickstart --no-handshake')
    const before = pictureOf(folder)
    const { exitCode, stdout, stderr } = await pki('quickstart --no-handshake')
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/root.*there already/)
    expect(stderr).toMatch(/it was all there already/)
    expect(pictureOf(folder)).toEqual(before)
  })

  it('goes on below a root that is there, and restores exports that are gone', async () => {
    const { folder, done } = session()
    await done('init root --subject CN=Mine')
    const root = readFileSync(join(folder, 'pki/certs/root.crt'), 'utf8')
    await done('quickstart --no-handshake')
    expect(readFileSync(join(folder, 'pki/certs/root.crt'), 'utf8')).toBe(root)
    rmSync(join(folder, 'pki/exports/server.pem'))
    expect(JSON.parse(await done('quickstart --no-handshake --json'))).toMatchObject({
      outcome: 'kept',
      exported: [join(folder, 'pki', 'exports', 'server.pem')],
      handshake: null,
    })
  })

  it('says when the handshake does not prove it', async () => {
    const { done, pki } = session()
    await done('init root')
    await done('issue intermediate intermediate --from root')
    // A server that is none to OpenSSL: its certificate is for clients.
    await done('issue client server --from intermediate')
    const { exitCode, stderr } = await pki('quickstart')
    expect(exitCode).toBe(3)
    expect(stderr).toMatch(/the handshake did not prove it: the client was refused/)
  })
})

describe('list and tree', () => {
  it('an empty folder: nothing on standard output, a hint on the other', async () => {
    for (const command of ['list', 'tree']) {
      const { exitCode, stdout, stderr } = await session().pki(command)
      expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' })
      expect(stderr).toMatch(/pki init root/)
    }
  })

  it('list says how long each lasts', async () => {
    const { done } = await sessionWithStore()
    const lines = (await done('list')).trimEnd().split('\n')
    expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
      ['NAME', 'KIND', 'ISSUED BY', 'VALIDITY', 'SUBJECT'],
      ['ca1', 'intermediate', 'root', 'expires in 5 years', 'CN=ca1'],
      ['root', 'root', '–', 'expires in 10 years', 'CN=root'],
      ['web', 'server', 'ca1', 'expires in 397 days', 'CN=web'],
    ])
  })

  it.each([
    [80, 'CN=web'],
    [70, 'CN=Example Root …'],
    [55, undefined],
  ])('list fits a terminal of %i columns', async (columns, subject) => {
    const { done } = await sessionWithStore()
    await done(['init', 'root', '--name', 'other', '--subject', 'CN=Example Root of Many Words,O=Example'])
    const lines = (await done('list', { columns, env: { NO_COLOR: '1' } })).trimEnd().split('\n')
    expect(lines).toHaveLength(5)
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns)
    if (subject === undefined) expect(lines.join('\n')).not.toContain('CN=')
    else expect(lines.some((line) => line.endsWith(subject))).toBe(true)
  })

  it('tree draws who issued whom', async () => {
    const { done } = await sessionWithStore()
    await done('issue client alice --from ca1')
    await done('init root --name lonely')
    expect(await done('tree')).toBe(
      [
        'lonely  root  expires in 10 years',
        'root  root  expires in 10 years',
        '└─ ca1  intermediate, path length 0  expires in 5 years',
        '   ├─ alice  client  expires in 397 days',
        '   └─ web  server  expires in 397 days',
        '',
      ].join('\n'),
    )
  })

  it.each([
    ['2026-11-21T11:49:59Z', 'not-yet-valid'],
    ['2026-11-21T11:50:00Z', 'valid'],
    ['2027-11-23T11:59:59Z', 'valid'],
    ['2027-11-23T12:00:00Z', 'expiring'],
    ['2027-12-23T12:00:00.999Z', 'expiring'],
    ['2027-12-23T12:00:01Z', 'expired'],
  ])('at %s the server is %s', async (now, state) => {
    const { done } = await sessionWithStore()
    const { certificates } = JSON.parse(await done('list --json', { now: new Date(now) })) as {
      certificates: { name: string; state: string }[]
    }
    expect(certificates.find(({ name }) => name === 'web')?.state).toBe(state)
  })

  it('finds issuers without a journal, and says which of its lines are damaged', async () => {
    const { folder, done, pki } = await sessionWithStore()
    const journal = join(folder, 'pki', 'journal.jsonl')
    writeFileSync(journal, `${readFileSync(journal, 'utf8')}{"v":1,"at":"20`)
    const damaged = await pki('list')
    expect(damaged.exitCode).toBe(0)
    expect(damaged.stderr).toMatch(/line 4 is damaged/)
    rmSync(journal)
    expect(await done('tree')).toMatch(/└─ web/)
  })
})

describe('templates', () => {
  it('lists every profile with its description', async () => {
    const text = await session().done('templates')
    for (const [name, { description }] of Object.entries(BUILT_IN_PROFILES)) {
      expect(text).toMatch(new RegExp(`^${name} +${description.slice(0, 20).replace(/[()]/g, '\\$&')}`, 'm'))
    }
  })

  it('shows one as it was written', async () => {
    const file = new URL('../../templates/profiles/client.yaml', import.meta.url)
    expect(await session().done('templates show client')).toBe(readFileSync(file, 'utf8'))
  })

  it("a project's own comes first", async () => {
    const { folder, done } = session()
    mkdirSync(join(folder, 'pki-templates'))
    const own = 'description: Mine\nkey: ed25519\nsubject: CN={name}\nvalidity:\n  notAfter: 1d\n'
    writeFileSync(join(folder, 'pki-templates', 'client.yaml'), own)
    expect(await done('templates show client')).toBe(own)
    expect(JSON.parse(await done('templates --json'))).toMatchObject({
      schema: 'pki.templates/1',
      profiles: expect.arrayContaining([
        expect.objectContaining({ name: 'client', profile: expect.objectContaining({ description: 'Mine' }) }),
      ]),
    })
  })

  it.each([
    ['templates show', 2],
    ['templates show nope', 2],
    ['templates hide', 2],
  ])('%s → %i', async (line, exitCode) => {
    expect((await session().pki(line)).exitCode).toBe(exitCode)
  })
})
