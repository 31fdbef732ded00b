import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { placeFiles } from '../../src/store/file-writer.ts'
import { folderOfTest, pictureOf } from '../temporary-folder.ts'
import { errorOf } from '../thrown.ts'

describe('files of one placement that say the same', () => {
  const CHAIN = 'the same for all'
  const setUp = () => {
    const folder = folderOfTest()
    const at = (name: string) => join(folder, name)
    const file = (name: string, bytes = CHAIN, mode = 0o644) => ({ path: at(name), bytes, mode })
    const inode = (name: string) => statSync(at(name)).ino
    return { folder, at, file, inode }
  }

  it('are one file on the disk, unless they are for one owner’s eyes', () => {
    const { folder, file, inode } = setUp()
    const secret = (name: string) => file(name, CHAIN, 0o600)
    placeFiles(folder, [file('a'), file('b'), file('other', 'x'), secret('s'), secret('t')], {}).keep()
    expect(inode('b')).toBe(inode('a'))
    expect(new Set(['a', 'other', 's', 't'].map(inode)).size).toBe(4)
  })

  it('go their own ways when one is replaced', () => {
    const { folder, at, file } = setUp()
    placeFiles(folder, [file('a'), file('b')], {}).keep()
    placeFiles(folder, [file('a', 'new')], { force: true }).keep()
    expect([readFileSync(at('a'), 'utf8'), readFileSync(at('b'), 'utf8')]).toEqual(['new', CHAIN])
  })

  it('replace one file each', () => {
    const { folder, at, file } = setUp()
    for (const name of ['a', 'b']) writeFileSync(at(name), `old ${name}`)
    placeFiles(folder, [file('a'), file('b')], { force: true }).keep()
    expect([readFileSync(at('a'), 'utf8'), readFileSync(at('b'), 'utf8')]).toEqual([CHAIN, CHAIN])
  })

  it('are taken back together', () => {
    const { folder, file } = setUp()
    const before = pictureOf(folder)
    placeFiles(folder, [file('a'), file('b')], {}).takeBack()
    expect(pictureOf(folder)).toEqual(before)
  })

  it.each([{ looked: true }, {}])('do not overwrite what is there: %j', (options) => {
    const { folder, at, file } = setUp()
    writeFileSync(at('b'), 'mine')
    const before = pictureOf(folder)
    expect(errorOf(() => placeFiles(folder, [file('a'), file('b')], options)).code).toBe('refused.exists')
    expect(pictureOf(folder)).toEqual(before)
  })
})
