import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { appendEvents, type JournalEvent, readJournal } from '../../src/store/journal.ts'
import { folderOfTest } from '../temporary-folder.ts'

const NOW = new Date('2026-11-21T12:00:00Z')
const event = (name: string): JournalEvent => ({ event: 'requested', name, subject: `CN=${name}` })
const newJournal = () => join(folderOfTest(), 'journal.jsonl')

describe('the journal', () => {
  it('holds one event a line, with its version and time', () => {
    const path = newJournal()
    appendEvents(path, [event('a')], NOW)
    appendEvents(path, [event('b'), event('c')], NOW)
    expect(readFileSync(path, 'utf8').split('\n').slice(0, 1)).toEqual([
      '{"v":1,"at":"2026-11-21T12:00:00.000Z","event":"requested","name":"a","subject":"CN=a"}',
    ])
    expect(readJournal(path)).toMatchObject({
      entries: [{ name: 'a' }, { name: 'b' }, { name: 'c' }],
      damagedLines: [],
    })
  })

  it('is empty where there is none', () => {
    expect(readJournal(newJournal())).toEqual({ entries: [], damagedLines: [] })
  })

  it.each([
    ['a torn last line', '{"v":1,"at":"2026', [{ name: 'a' }, { name: 'b' }], [2]],
    ['a line of another kind', '[1,2]\n', [{ name: 'a' }, { name: 'b' }], [2]],
    ['an empty line', '\n', [{ name: 'a' }, { name: 'b' }], []],
    ['an event of a later version', '{"v":2,"at":"x","event":"new"}\n', [{ name: 'a' }, { name: 'b' }], []],
  ])('passes over %s, and the next event stands on its own line', (_, text, entries, damagedLines) => {
    const path = newJournal()
    appendEvents(path, [event('a')], NOW)
    appendFileSync(path, text)
    appendEvents(path, [event('b')], NOW)
    expect(readJournal(path)).toMatchObject({ entries, damagedLines })
  })

  it('never rewrites what stands there', () => {
    const path = newJournal()
    writeFileSync(path, 'garbage')
    appendEvents(path, [event('a')], NOW)
    expect(readFileSync(path, 'utf8')).toMatch(/^garbage\n\{/)
  })

  it('says that it cannot be written', () => {
    const path = join(folderOfTest(), 'missing', 'journal.jsonl')
    expect(() => appendEvents(path, [event('a')], NOW)).toThrow(expect.objectContaining({ code: 'refused.write' }))
  })
})
