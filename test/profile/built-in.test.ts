import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { BUILT_IN_PROFILES } from '../../src/profile/built-in.ts'
import { compileProfiles } from '../../src/profile/compile.ts'
import { parseProfile } from '../../src/profile/parse.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFileSync(`${root}${path}`, 'utf8')
const names = readdirSync(`${root}templates/profiles`)
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => file.slice(0, -'.yaml'.length))
  .sort()
const texts = Object.fromEntries(names.map((name) => [name, read(`templates/profiles/${name}.yaml`)]))

it('there is one for every kind of certificate this project promises', () => {
  expect(names).toEqual([
    'client',
    'code-signing',
    'email',
    'financial',
    'healthcare',
    'intermediate',
    'iot',
    'kubernetes',
    'ocsp-responder',
    'root',
    'server',
    'server-client',
    'smartcard-logon',
    'spiffe',
    'timestamping',
  ])
})

it.each(names)('%s: what is built in is what its file says', (name) => {
  expect(BUILT_IN_PROFILES[name]).toEqual(parseProfile(texts[name] as string, name))
})

// Both are made by scripts/compile-profiles.mjs; run it when one of these fails.
describe('generated files are current', () => {
  const { module, schema } = compileProfiles(texts)
  it('src/profile/built-in.ts', () => expect(read('src/profile/built-in.ts')).toBe(module))
  it('templates/profile.schema.json', () => expect(read('templates/profile.schema.json')).toBe(schema))
})

describe('the JSON schema', () => {
  const schema = JSON.parse(read('templates/profile.schema.json')) as {
    additionalProperties: unknown
    required: readonly string[]
    properties: Readonly<Record<string, { readonly enum?: readonly string[] }>>
  }
  it('knows the same keys, and no others', () => {
    expect(schema.additionalProperties).toBe(false)
    expect(schema.required).toEqual(['description', 'key', 'subject', 'validity'])
    for (const profile of Object.values(BUILT_IN_PROFILES)) {
      expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(Object.keys(profile)))
    }
    expect(schema.properties.key?.enum).toContain('ed448')
  })
  it.each(names)('%s names it where editors look', (name) => {
    expect(texts[name]).toMatch(/^# yaml-language-server: \$schema=\.\.\/profile\.schema\.json\n/)
  })
})
