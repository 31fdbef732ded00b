/**
 * A file system that fails: whichever call it is that does, the store is as it was, down to the last byte. Full disks
 * and read-only folders are hard to come by in a test, so `node:fs` is made to fail at the n-th call of a kind.
 */

import { beforeEach, describe, expect, it, vi } from 'vitest'
import { PkiError } from '../../src/errors.ts'
import { writeArtifacts } from '../../src/store/file-writer.ts'
import { sessionWithStore } from '../cli/session.ts'
import { folderOfTest, pictureOf } from '../temporary-folder.ts'

const failure = vi.hoisted(() => ({ call: '', at: 0, code: '', count: 0 }))

vi.mock('node:fs', async (importOriginal) => {
  const actual = await importOriginal<typeof import('node:fs')>()
  const failing = <K extends keyof typeof actual>(name: K) => {
    const original = actual[name] as (...args: unknown[]) => unknown
    return (...args: unknown[]) => {
      if (failure.call === name && ++failure.count === failure.at) {
        const path = typeof args[0] === 'string' ? args[0] : undefined
        throw Object.assign(new Error(`${failure.code}: injected`), { code: failure.code, syscall: name, path })
      }
      return original(...args)
    }
  }
  const names = [
    'writeFileSync',
    'writeSync',
    'linkSync',
    'renameSync',
    'mkdirSync',
    'mkdtempSync',
    'openSync',
  ] as const
  return { ...actual, ...Object.fromEntries(names.map((name) => [name, failing(name)])) }
})

beforeEach(() => {
  Object.assign(failure, { call: '', at: 0, code: '', count: 0 })
})

/** Lets the n-th call fail; the count starts now. */
function failAt(call: string, at: number, code: string): void {
  Object.assign(failure, { call, at, code, count: 0 })
}

const FAILURES = [
  { code: 'ENOSPC', says: /the disk is full/ },
  { code: 'EROFS', says: /the file system is read-only/ },
  { code: 'EACCES', says: /no permission to write there/ },
]

const COMMANDS = [
  { title: 'issue', line: 'issue client alice --from ca1' },
  { title: 'issue --force', line: 'issue server web --from ca1 --force' },
  { title: 'replacing by a certificate without a chain', line: 'init server --name web --force' },
  { title: 'init in a new folder', line: 'init root --dir new/store' },
  { title: 'quickstart in a new folder', line: 'quickstart --no-handshake --dir other' },
  { title: 'export', line: 'export web --format crt,key --out exported' },
]

describe.each(COMMANDS)('$title', ({ line }) => {
  const calls = ['writeFileSync', 'linkSync', 'renameSync', 'mkdirSync', 'mkdtempSync', 'writeSync', 'openSync']

  it.each(calls)('takes everything back when any %s fails', async (call) => {
    const { folder, pki } = await sessionWithStore()
    const before = pictureOf(folder)
    for (let at = 1; ; at++) {
      const { code, says } = FAILURES[at % FAILURES.length] as (typeof FAILURES)[number]
      failAt(call, at, code)
      const { exitCode, stderr } = await pki(line)
      const failed = failure.count >= at
      failAt('', 0, '')
      if (!failed) {
        // Fewer calls of that kind than that: everything has failed once, and now nothing does.
        expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
        break
      }
      expect({ at, stderr, exitCode }).toMatchObject({ exitCode: 4, stderr: expect.stringMatching(says) })
      expect(pictureOf(folder)).toEqual(before)
    }
  })
})

it('falls back to copying where there are no hard links', () => {
  const folder = folderOfTest()
  failAt('linkSync', 1, 'EPERM')
  const artifact = { fileName: 'a.txt', bytes: Buffer.from('a'), mode: 0o644 } as const
  expect(writeArtifacts(folder, [artifact])).toEqual([`${folder}/a.txt`])
  expect(Object.keys(pictureOf(folder))).toEqual(['a.txt'])
})

it('tells a file that appeared in the last moment from a failing disk', () => {
  const folder = folderOfTest()
  failAt('linkSync', 2, 'EEXIST')
  const artifacts = ['a.txt', 'b.txt'].map((fileName) => ({ fileName, bytes: Buffer.from('a'), mode: 0o644 }) as const)
  expect(() => writeArtifacts(folder, artifacts)).toThrow(expect.objectContaining({ code: 'refused.exists' }))
  expect(pictureOf(folder)).toEqual({})
})

it('passes on what is no failure of the file system', () => {
  const artifact = { fileName: '../a.txt', bytes: new Uint8Array(), mode: 0o644 } as const
  expect(() => writeArtifacts(folderOfTest(), [artifact])).toThrow(RangeError)
  expect(() => writeArtifacts(folderOfTest(), [artifact])).not.toThrow(PkiError)
})
