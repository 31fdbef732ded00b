/**
 * What `pki apply` writes for each hierarchy that comes with the program, from a seed, is written down: the same in
 * every version of Node, in one process, with threads and over shards. A difference means that certificates in other
 * people's repositories change: say so in the changelog, and renew the data with
 *
 *     PKI_UPDATE_GOLDEN=1 npx vitest run test/cli/ready-made.test.ts
 */

import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { READY_MADE } from '../../src/cli/hierarchy/apply-inputs.ts'
import { folderOfSuite, folderOfTest, removeFolder } from '../temporary-folder.ts'
import { buildProgram, runProgram } from './program.ts'
import { session } from './session.ts'

const SEED = ['--seed', 'golden', '--now', '2026-01-01T00:00:00Z']
const SHARDS = 4
const TEMPLATES = join(import.meta.dirname, '../../templates/hierarchies')

/** How many files a folder of the store holds, and the SHA-256 of their names and contents. */
interface Folder {
  readonly files: number
  readonly sha256: string
}
type Golden = Readonly<Record<string, Readonly<Record<string, Folder>>>>

const DATA = join(import.meta.dirname, 'ready-made.json')
const isUpdate = process.env.PKI_UPDATE_GOLDEN === '1'
const golden: Golden = isUpdate ? {} : JSON.parse(readFileSync(DATA, 'utf8'))
const measured: Record<string, Golden[string]> = {}
const expected = (name: string) => (isUpdate ? measured : golden)[name]

/** Path → SHA-256 of everything in a store but the journal, whose lines are in the order in which threads came along. */
function filesOf(store: string): ReadonlyMap<string, string> {
  if (!existsSync(store)) return new Map()
  const entries = readdirSync(store, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = entries.map(({ parentPath, name }) => join(parentPath, name).slice(store.length + 1))
  const hash = (path: string) =>
    createHash('sha256')
      .update(readFileSync(join(store, path)))
      .digest('hex')
  return new Map(
    paths
      .filter((path) => path !== 'journal.jsonl')
      .map((path): [string, string] => [path.replaceAll('\\', '/'), hash(path)]),
  )
}

/** Folder by folder, so that a difference says where it is. */
function hashesOf(files: ReadonlyMap<string, string>): Golden[string] {
  const lines = new Map<string, string[]>()
  for (const [path, hash] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const folder = path.slice(0, path.indexOf('/'))
    lines.set(folder, [...(lines.get(folder) ?? []), `${hash}  ${path}\n`])
  }
  const sha256 = (all: readonly string[]) => createHash('sha256').update(all.join('')).digest('hex')
  return Object.fromEntries([...lines].map(([folder, all]) => [folder, { files: all.length, sha256: sha256(all) }]))
}

let program: readonly string[] = []
beforeAll(async () => {
  const folder = folderOfSuite('ready-made')
  program = await buildProgram(folder)
  return () => removeFolder(folder)
})

afterAll(() => {
  if (isUpdate) writeFileSync(DATA, `${JSON.stringify(measured, undefined, 2)}\n`)
})

/** As a program of its own, which has no templates beside it. @param node the executable, this one unless said */
async function applyAsProgram(name: string, node?: string): Promise<Golden[string]> {
  const cwd = folderOfTest()
  const outcome = await runProgram(
    [...program, 'apply', join(TEMPLATES, `${name}.yaml`), ...SEED],
    cwd,
    undefined,
    node,
  )
  expect(outcome).toMatchObject({ exitCode: 0 })
  return hashesOf(filesOf(join(cwd, 'pki')))
}

const newer = process.env.PKI_NEWER_NODE

describe.each(READY_MADE)('pki apply %s from a seed', (name) => {
  it('gives the octets that it gave before', async () => {
    const { folder, done } = session()
    await done(['apply', name, ...SEED])
    const made = hashesOf(filesOf(join(folder, 'pki')))
    measured[name] = made
    expect(made).toEqual(expected(name))
  })

  it(`gives them over ${SHARDS} shards, each of which writes other files`, async () => {
    const { folder, done } = session()
    const together = new Map<string, string>()
    for (let index = 1; index <= SHARDS; index++) {
      await done(['apply', name, ...SEED, '--shard', `${index}/${SHARDS}`, '--dir', `part${index}`])
      for (const [path, hash] of filesOf(join(folder, `part${index}`))) {
        expect({ path, isWrittenTwice: together.has(path) }).toEqual({ path, isWrittenTwice: false })
        together.set(path, hash)
      }
    }
    expect(hashesOf(together)).toEqual(expected(name))
  })

  it.skipIf(newer === undefined || newer === '')('gives them in the Node that PKI_NEWER_NODE names', async () => {
    expect(await applyAsProgram(name, newer)).toEqual(expected(name))
  })
})

it('gives the same octets with threads', async () => {
  expect(await applyAsProgram('iot-fleet')).toEqual(expected('iot-fleet'))
})

it('has data for every hierarchy that comes with the program, and for nothing else', () => {
  expect(Object.keys(isUpdate ? measured : golden)).toEqual([...READY_MADE])
})
