import { existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeFolder } from '../../src/store/folders.ts'
import { folderOfTest } from '../temporary-folder.ts'
import { errorOf } from '../thrown.ts'

describe('makeFolder', () => {
  const madeBy = (folder: string, mode?: number) => {
    const made: string[] = []
    makeFolder(folder, mode, (path) => made.push(path))
    return made
  }

  it('makes what is missing, from the outermost, and tells what it made', () => {
    const folder = folderOfTest()
    expect(madeBy(join(folder, 'a', 'b'))).toEqual([join(folder, 'a'), join(folder, 'a', 'b')])
    expect(madeBy(join(folder, 'a', 'b'))).toEqual([])
  })

  it.skipIf(process.platform === 'win32')('gives the mode to each that it makes, and to no other', () => {
    const folder = folderOfTest()
    mkdirSync(join(folder, 'there'), { mode: 0o755 })
    madeBy(join(folder, 'there', 'a', 'b'), 0o700)
    const modes = [['there'], ['there', 'a'], ['there', 'a', 'b']].map((parts) => statSync(join(folder, ...parts)).mode)
    expect(modes.map((mode) => mode & 0o777)).toEqual([0o755, 0o700, 0o700])
  })

  it.each([[['file']], [['file', 'a', 'b']]])('refuses where a file is in the way: %j', (parts) => {
    const folder = folderOfTest()
    writeFileSync(join(folder, 'file'), '')
    expect(errorOf(() => makeFolder(join(folder, ...parts)))).toMatchObject({
      code: 'refused.write',
      message: `${join(folder, 'file')}: a file, not a folder`,
    })
  })

  it.skipIf(process.platform === 'win32')('refuses behind a link that leads nowhere', () => {
    const folder = folderOfTest()
    symlinkSync(join(folder, 'nowhere'), join(folder, 'link'))
    expect(errorOf(() => makeFolder(join(folder, 'link', 'a'))).code).toBe('refused.write')
    expect(existsSync(join(folder, 'nowhere'))).toBe(false)
  })

  it.skipIf(process.platform !== 'linux')(
    'refuses where the system makes no folder, instead of trying for ever',
    () => {
      expect(errorOf(() => makeFolder('/proc/pki/store'))).toMatchObject({
        code: 'refused.write',
        message: '/proc/pki: cannot write: the system makes no folder in /proc',
      })
    },
  )
})
