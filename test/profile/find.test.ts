import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BUILT_IN_PROFILES } from '../../src/profile/built-in.ts'
import { findProfile, listProfiles, readProfileText } from '../../src/profile/find.ts'

const OWN = 'description: Ours\nkey: ed25519\nsubject: CN={name}\nvalidity: { notAfter: 7d }\n'
const builtInDir = fileURLToPath(new URL('../../templates/profiles', import.meta.url))

let projectDir = ''
beforeAll(() => {
  projectDir = mkdtempSync(join(tmpdir(), 'devpki-find-'))
  mkdirSync(join(projectDir, 'pki-templates'))
  writeFileSync(join(projectDir, 'pki-templates', 'client.yaml'), OWN)
  writeFileSync(join(projectDir, 'pki-templates', 'robot.yaml'), OWN)
  writeFileSync(join(projectDir, 'outside.yaml'), OWN)
})
afterAll(() => rmSync(projectDir, { recursive: true }))

describe('findProfile', () => {
  it('finds built-in ones without a project, and in a project without profiles', async () => {
    expect(await findProfile('client')).toBe(BUILT_IN_PROFILES.client)
    expect(await findProfile('client', { projectDir: tmpdir() })).toBe(BUILT_IN_PROFILES.client)
  })

  it("takes the project's own first", async () => {
    expect(await findProfile('client', { projectDir })).toMatchObject({ description: 'Ours', key: 'ed25519' })
    expect(await findProfile('server', { projectDir })).toBe(BUILT_IN_PROFILES.server)
  })

  it.each(['nothing', '../outside', 'constructor', '', 'a/b'])('refuses %j and lists what there is', async (name) => {
    await expect(findProfile(name, { projectDir })).rejects.toMatchObject({
      code: 'usage.profile',
      hint: expect.stringMatching(/client, .*robot/),
    })
  })

  it('names the file of a mistake', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'devpki-find-'))
    try {
      mkdirSync(join(folder, 'pki-templates'))
      const file = join(folder, 'pki-templates', 'client.yaml')
      writeFileSync(file, `${OWN}keyusage: []\n`)
      await expect(findProfile('client', { projectDir: folder })).rejects.toMatchObject({
        code: 'usage.profile',
        context: { file, line: 5, column: 1, key: 'keyusage' },
      })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

it('listProfiles has all, own ones with their file', async () => {
  const entries = await listProfiles({ projectDir })
  expect(entries.map(({ name }) => name)).toEqual([...Object.keys(BUILT_IN_PROFILES), 'robot'].sort())
  expect(entries.find(({ name }) => name === 'client')).toMatchObject({
    file: join(projectDir, 'pki-templates', 'client.yaml'),
    profile: { description: 'Ours' },
  })
  expect(entries.find(({ name }) => name === 'server')?.file).toBeUndefined()
})

describe('readProfileText', () => {
  it('gives the file as it was written', async () => {
    expect((await readProfileText('client', { projectDir, builtInDir })).text).toBe(OWN)
    expect((await readProfileText('client', { builtInDir })).text).toContain('# A TLS client')
  })
  it.each(['nothing', '../profile.schema'])('refuses %s', async (name) => {
    await expect(readProfileText(name, { builtInDir })).rejects.toMatchObject({ code: 'usage.profile' })
  })
})
