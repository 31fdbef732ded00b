/** The tables of RFC 5280's sections are true: rendered anew they are the same, and what they name exists. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import {
  allCodes,
  documentsOf,
  renderFull,
  renderShort,
  replaceBetweenMarkers,
  rfc5280Sections,
} from '../scripts/rfc-table/render.ts'
import { CHAPTERS, DOCUMENTS } from '../scripts/rfc-table/sections.ts'

const TOP = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string): string => readFileSync(join(TOP, path), 'utf8').replaceAll('\r\n', '\n')
const sections = CHAPTERS.flatMap((chapter) => chapter.sections)

describe('the tables of RFC 5280 (npm run docs)', () => {
  it('docs/rfc5280.md is up to date', () => {
    expect(read('docs/rfc5280.md')).toBe(renderFull())
  })

  it('the README is up to date', () => {
    const readme = read('README.md')
    expect(readme).toBe(replaceBetweenMarkers(readme, renderShort()))
  })

  it('names each section once', () => {
    const numbers = sections.map(({ number }) => number)
    expect(new Set(numbers).size).toBe(numbers.length)
  })

  it('names files and tests that exist', () => {
    const places = [...sections, ...DOCUMENTS.map(({ where }) => where)]
    const named = places.flatMap(({ files, tests }) => [
      ...files.map((file) => `src/${file}`),
      ...tests.map((test) => `test/${test}`),
    ])
    expect([...new Set(named)].filter((path) => !existsSync(join(TOP, path)))).toEqual([])
  })

  it('says what is missing where something is', () => {
    expect(sections.filter(({ support, note }) => support !== 'yes' && note === undefined)).toEqual([])
  })

  it('has a row for every section and document that a finding names', () => {
    const numbers = new Set(sections.map(({ number }) => number))
    const documents = new Set(['RFC 5280', ...DOCUMENTS.map(({ name }) => name)])
    const uncovered = allCodes().flatMap((code) => [
      ...rfc5280Sections(code).filter((number) => !numbers.has(number)),
      ...documentsOf(code).filter((name) => !documents.has(name)),
    ])
    expect(uncovered).toEqual([])
  })
})

describe('the findings', () => {
  // Tests write a code in full, or as `crl-expired@0` where all are of one area.
  const texts = testFiles().map(read)
  it.each(allCodes())('%s is spoken of in a test', (code) => {
    const short = `'${code.slice(code.indexOf('.') + 1)}@`
    expect(texts.some((text) => text.includes(`${code}'`) || text.includes(`${code}@`) || text.includes(short))).toBe(
      true,
    )
  })
})

function testFiles(): readonly string[] {
  const names = readdirSync(join(TOP, 'test'), { recursive: true, encoding: 'utf8' })
  return names.filter((name) => name.endsWith('.ts')).map((name) => join('test', name))
}
