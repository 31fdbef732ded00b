import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parseHierarchyFile } from '../../src/hierarchy-file/parse.ts'
import { instanceOf, resolveEntries } from '../../src/hierarchy-file/resolve.ts'
import { formatHierarchyJsonSchema } from '../../src/hierarchy-file/schema.ts'
import { findProfile } from '../../src/profile/find.ts'

const resolved = (text: string) =>
  resolveEntries(parseHierarchyFile(`version: 1\n${text}`, 'pki.yaml'), {
    find: (name) => findProfile(name),
    mark: (profile) => profile,
  })

const client = (fields: string) => `certificates:\n  root:\n    issues: { a: { profile: client${fields} } }\n`
const specificationOf = async (text: string) => (await resolved(text))[1]?.specification

describe('the fingerprint of an entry', () => {
  it.each([
    ['another name in it', ', names: [a.test]'],
    ['another key', ', key: ed25519'],
    ['another end', ', notAfter: 1d'],
    ['unchecked', ', unchecked: true'],
    ['a serial number', ', serialNumber: 5'],
  ])('changes with %s', async (_, fields) => {
    expect(await specificationOf(client(fields))).not.toBe(await specificationOf(client('')))
  })

  it.each([
    ['revocation', ', revoked: true'],
    ['exports', ', exports: [pem]'],
  ])('stays with %s, which the certificate does not hold', async (_, fields) => {
    expect(await specificationOf(client(fields))).toBe(await specificationOf(client('')))
  })

  it('follows from what is meant, not from how it is written', async () => {
    const nested = await specificationOf(client(', notAfter: 5d'))
    const [, flat] = await resolved(
      'defaults: { notAfter: 5d }\ncertificates:\n  root: { notAfter: 10y }\n  a:\n    from: root\n    profile: client\n',
    )
    expect(flat?.specification).toBe(nested)
  })

  it('is the same for any count', async () => {
    const many = (count: number) =>
      `certificates:\n  root:\n    issues: { 'a-{n}': { profile: client, count: ${count} } }\n`
    expect(await specificationOf(many(5))).toBe(await specificationOf(many(6)))
  })
})

it('profiles of the file extend others, and their own namesake elsewhere', async () => {
  const [, entry] = await resolved(
    'profiles:\n  client: { extends: client, notAfter: 9d }\n  short: { extends: client, key: ed25519 }\n' +
      'certificates:\n  root:\n    issues: { a: short }\n',
  )
  expect(entry?.contents).toMatchObject({ key: 'ed25519', validity: { notAfter: '9d' }, extKeyUsage: ['clientAuth'] })
})

it('a circle of profiles is refused', async () => {
  const text = 'profiles:\n  a: { extends: b }\n  b: { extends: a }\ncertificates:\n  root: { profile: a }\n'
  await expect(resolved(text)).rejects.toMatchObject({ code: 'usage.hierarchy' })
})

it('fills numbers and names in', async () => {
  const [, entry] = await resolved(
    "certificates:\n  root:\n    issues:\n      'dev-{nnn}': { profile: server, count: 12, subject: 'CN={name},OU=no {n}', names: ['{name}.test', '10.0.0.{n}'] }\n",
  )
  expect(entry && instanceOf(entry, 7)).toMatchObject({
    name: 'dev-007',
    names: ['dev-007.test', '10.0.0.7'],
    contents: { subject: 'CN={name},OU=no 7' },
  })
})

const templates = fileURLToPath(new URL('../../templates/', import.meta.url))

describe('the hierarchies that come with the program', () => {
  const files = readdirSync(`${templates}hierarchies`)

  it('are the eight of the documentation', () => {
    expect(files.map((file) => file.replace('.yaml', '')).sort()).toEqual([
      'cross-signed',
      'iot-fleet',
      'kubernetes',
      'mtls',
      'single',
      'three-tier',
      'two-tier',
      'web-server',
    ])
  })

  it.each(files)('%s can be read, and says what it is for', async (file) => {
    const text = readFileSync(`${templates}hierarchies/${file}`, 'utf8')
    expect(parseHierarchyFile(text, file).entries.length).toBeGreaterThan(2)
    expect(text).toContain(`pki apply ${file.replace('.yaml', '')}\n`)
  })
})

it('the schema for editors is up to date', () => {
  expect(readFileSync(`${templates}hierarchy.schema.json`, 'utf8')).toBe(formatHierarchyJsonSchema())
})
