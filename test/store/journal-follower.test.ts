/** The follower of the journal: every event once, only what is new, and a new file is a new beginning. */

import { appendFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { appendEvents, type JournalEvent } from '../../src/store/journal.ts'
import { JournalFollower } from '../../src/store/journal-follower.ts'
import { NOW } from '../issue/authority.ts'
import { folderOfTest } from '../temporary-folder.ts'

const requested = (name: string): JournalEvent => ({ event: 'requested', name, subject: `CN=${name}` })
const line = (name: string, fields: object = {}) =>
  `${JSON.stringify({ v: 1, at: NOW.toISOString(), ...requested(name), ...fields })}\n`

/** A journal that is not there yet, and a follower that takes down the names of what is requested. */
function following(wanted: readonly JournalEvent['event'][] = ['requested']) {
  const path = join(folderOfTest(), 'journal.jsonl')
  const seen: string[] = []
  const follower = new JournalFollower(path, {
    wanted: new Set(wanted),
    onEntry: (entry) => seen.push(entry.event === 'requested' ? entry.name : entry.event),
    onRestart: () => seen.push('(restart)'),
  })
  /** What the next look brings. */
  const look = () => {
    const changed = follower.follow()
    return { changed, names: seen.splice(0) }
  }
  return { path, look }
}

/** By a file that is longer than what was read. */
function replace(path: string): void {
  writeFileSync(`${path}.new`, line('x') + line('y') + line('z'))
  renameSync(`${path}.new`, path)
}

describe('JournalFollower', () => {
  it('finds nothing where there is no journal', () => {
    expect(following().look()).toEqual({ changed: false, names: [] })
  })

  it('hands over each event once, in order', () => {
    const { path, look } = following()
    appendEvents(path, [requested('a'), requested('b')], NOW)
    expect(look()).toEqual({ changed: true, names: ['a', 'b'] })
    expect(look()).toEqual({ changed: false, names: [] })
    appendEvents(path, [requested('c')], NOW)
    expect(look()).toEqual({ changed: true, names: ['c'] })
  })

  it('reads no octet twice', () => {
    const { path, look } = following()
    writeFileSync(path, line('a'))
    look()
    // Garbled in place: whoever reads it again would see that.
    writeFileSync(path, line('a').replace(/./g, 'x'), { flag: 'r+' })
    appendFileSync(path, line('b'))
    expect(look().names).toEqual(['b'])
  })

  it.each([
    ['another kind', line('a', { event: 'exported' })],
    ['a newer version', line('a', { v: 2 })],
    ['no JSON', '{"v":1,"at":"2026-11-21T12:00:00.000Z","event":"requested", torn\n'],
    ['no event', '[1]\n'],
    ['an empty line', '\n'],
  ])('passes over %s', (_, text) => {
    const { path, look } = following()
    writeFileSync(path, text + line('b'))
    expect(look().names).toEqual(['b'])
  })

  it('reads a line that somebody wrote by hand, with its fields in another order', () => {
    const { path, look } = following()
    writeFileSync(path, `{ "name": "a", "event": "requested", "subject": "", "at": "2026-11-21", "v": 1 }\n`)
    expect(look().names).toEqual(['a'])
  })

  it('leaves a line without its end until the end is there', () => {
    const { path, look } = following()
    writeFileSync(path, line('a') + line('b').slice(0, 60))
    expect(look().names).toEqual(['a'])
    expect(look()).toEqual({ changed: false, names: [] })
    appendFileSync(path, line('b').slice(60))
    expect(look().names).toEqual(['b'])
  })

  it('goes on behind a line that a crash has torn', () => {
    const { path, look } = following()
    writeFileSync(path, line('a').slice(0, 60))
    expect(look().names).toEqual([])
    appendEvents(path, [requested('b')], NOW)
    expect(look().names).toEqual(['b'])
  })

  it('reads lines longer than a block, and many blocks', () => {
    const { path, look } = following()
    const names = Array.from({ length: 3000 }, (_, i) => (i === 1500 ? 'x'.repeat(600_000) : `name${i}`))
    writeFileSync(path, names.map((name) => line(name)).join(''))
    expect(look().names).toEqual(names)
  })

  it.each([
    ['replaced', replace, ['x', 'y', 'z']],
    ['cut short', (path: string) => truncateSync(path, line('a').length), ['a']],
    ['removed', (path: string) => rmSync(path), []],
  ] as const)('begins again if the journal was %s', (_, change, names) => {
    const { path, look } = following()
    writeFileSync(path, line('a') + line('b'))
    look()
    change(path)
    expect(look()).toEqual({ changed: true, names: ['(restart)', ...names] })
  })
})
