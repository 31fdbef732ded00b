/** The store's lock: one at a time, patience, and locks whose process is gone. */

import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { withLock } from '../../src/store/lock.ts'
import { folderOfTest } from '../temporary-folder.ts'

const HOLDER = 1001
const OTHER = 1002

const lockFile = () => join(folderOfTest(), '.lock')
const processes = (...running: readonly number[]) => ({ pid: OTHER, isRunning: (pid: number) => running.includes(pid) })

describe('withLock', () => {
  it('holds the lock while the work is done, and gives it back', () => {
    const path = lockFile()
    expect(withLock(path, processes(), () => existsSync(path))).toBe(true)
    expect(existsSync(path)).toBe(false)
  })

  it('gives it back also if the work fails', () => {
    const path = lockFile()
    const fail = () => {
      throw new RangeError('work')
    }
    expect(() => withLock(path, processes(), fail)).toThrow(RangeError)
    expect(existsSync(path)).toBe(false)
  })

  it('refuses while a process that runs holds it', () => {
    const path = lockFile()
    writeFileSync(path, `${HOLDER}\n`)
    const attempt = () => withLock(path, processes(HOLDER), () => 'done', { patience: 0 })
    expect(attempt).toThrow(expect.objectContaining({ code: 'refused.locked', context: { path, pid: HOLDER } }))
    expect(existsSync(path)).toBe(true)
  })

  it('waits until it ends', () => {
    const path = lockFile()
    writeFileSync(path, `${HOLDER}\n`)
    let looks = 0
    const ending = { pid: OTHER, isRunning: () => ++looks < 4 }
    expect(withLock(path, ending, () => 'done', { patience: 5 })).toBe('done')
    expect(looks).toBeGreaterThanOrEqual(4)
  })

  it.each([
    ['of a process that is gone', `${HOLDER}\n`],
    ['of an earlier process with the same number', `${OTHER}\n`],
    ['that a crash has torn', ''],
  ])('takes over a lock %s', (_, content) => {
    const path = lockFile()
    writeFileSync(path, content)
    expect(withLock(path, processes(), () => 'done', { patience: 0.1 })).toBe('done')
    expect(existsSync(path)).toBe(false)
  })

  it('takes over also where a process has died in the middle of taking over', () => {
    const path = lockFile()
    writeFileSync(path, `${HOLDER}\n`)
    writeFileSync(`${path}.stale`, `${HOLDER}\n`)
    expect(withLock(path, processes(), () => 'done', { patience: 0.1 })).toBe('done')
    expect(existsSync(`${path}.stale`)).toBe(false)
  })

  it('leaves a lock alone while somebody else is taking it over', () => {
    const path = lockFile()
    const third = 1003
    writeFileSync(path, `${HOLDER}\n`)
    writeFileSync(`${path}.stale`, `${third}\n`)
    expect(() => withLock(path, processes(third), () => 'done', { patience: 0 })).toThrow(
      expect.objectContaining({ code: 'refused.locked' }),
    )
    expect(existsSync(path)).toBe(true)
  })
})
