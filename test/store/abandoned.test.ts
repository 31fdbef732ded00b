/** What killed processes leave in a store is gone after the next write under its lock, and what others are writing is not. */

import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { draftsOf, publicDraftsOf, sweepAbandoned } from '../../src/store/abandoned.ts'
import { Store } from '../../src/store/store.ts'
import { sessionWithStore } from '../cli/session.ts'
import { folderOfTest } from '../temporary-folder.ts'

const OWN = 1001
const RUNNING = 1002
const GONE = 1003
const processes = { pid: OWN, isRunning: (pid: number) => pid === RUNNING }

/** A temporary folder as `file-writer.ts` makes it. */
function draftsIn(folder: string, pid: number, ...files: readonly string[]): string {
  return leftIn(folder, draftsOf({ pid }), ...files)
}

function leftIn(folder: string, prefix: string, ...files: readonly string[]): string {
  const path = mkdtempSync(join(folder, prefix))
  for (const file of files) writeFileSync(join(path, file), 'draft')
  return path.slice(folder.length + 1)
}

describe('sweepAbandoned', () => {
  it.each<[string, (folder: string) => void]>([
    ['drafts of a process that is gone', (folder) => draftsIn(folder, GONE, '0', '1')],
    [
      'a CRL that it had set aside: it can be made anew',
      (folder) => leftIn(folder, publicDraftsOf({ pid: GONE }), '0.old'),
    ],
    ['an empty folder of one', (folder) => draftsIn(folder, GONE)],
    ['a draft of its lock', (folder) => writeFileSync(join(folder, `.lock.${GONE}`), '')],
    ['one of the lock of pki apply', (folder) => writeFileSync(join(folder, `.apply.lock.${GONE}`), '')],
    ['one of who removes a lock', (folder) => writeFileSync(join(folder, `.lock.stale.${GONE}`), '')],
  ])('removes %s', (_, leave) => {
    const folder = folderOfTest()
    leave(folder)
    expect(readdirSync(folder)).toHaveLength(1)
    sweepAbandoned(folder, processes)
    expect(readdirSync(folder)).toEqual([])
  })

  it.each<[string, (folder: string) => void]>([
    ['drafts of a process that runs', (folder) => draftsIn(folder, RUNNING, '0')],
    ['public drafts of a process that runs', (folder) => leftIn(folder, publicDraftsOf({ pid: RUNNING }), '0.old')],
    ['its own', (folder) => draftsIn(folder, OWN, '0')],
    ['a draft of the lock of a process that runs', (folder) => writeFileSync(join(folder, `.lock.${RUNNING}`), '')],
    ['what was set aside by a process that is gone', (folder) => draftsIn(folder, GONE, '1', '0.old')],
    ['what it was removing', (folder) => draftsIn(folder, GONE, 'removed-3')],
    ['a lock, which has rules of its own', (folder) => writeFileSync(join(folder, '.lock'), `${GONE}`)],
    ['files of people', (folder) => writeFileSync(join(folder, `.pki-notes-${GONE}`), '')],
    ['their folders', (folder) => mkdirSync(join(folder, `pki-${GONE}-x`))],
  ])('leaves %s', (_, leave) => {
    const folder = folderOfTest()
    leave(folder)
    const before = readdirSync(folder, { recursive: true })
    sweepAbandoned(folder, processes)
    expect(readdirSync(folder, { recursive: true })).toEqual(before)
  })
})

describe('the store', () => {
  it('sweeps when it is locked', async () => {
    const { folder } = await sessionWithStore()
    const store = new Store(join(folder, 'pki'))
    const hidden = () => readdirSync(store.folder).filter((name) => name.startsWith('.'))
    draftsIn(store.folder, GONE, '0')
    const other = draftsIn(store.folder, RUNNING, '0')
    store.locked(processes, () => expect(hidden().sort()).toEqual(['.lock', other]))
    expect(hidden()).toEqual([other])
  })

  it.each([
    ['replacing', 'issue server web --from ca1 --dns localhost --force'],
    ['a CRL', 'crl ca1'],
    ['a revocation', 'revoke web'],
    ['pki apply', 'apply pki.yaml'],
  ])('does so at %s', async (_, line) => {
    const { folder, pki } = await sessionWithStore()
    writeFileSync(join(folder, 'pki.yaml'), 'version: 1\ncertificates: { other: }\n')
    draftsIn(join(folder, 'pki'), GONE, '0')
    const outcome = await pki(line, { isRunning: (pid) => pid === RUNNING })
    expect(outcome).toMatchObject({ exitCode: 0 })
    expect(readdirSync(join(folder, 'pki')).filter((name) => name.startsWith('.'))).toEqual([])
  })
})
