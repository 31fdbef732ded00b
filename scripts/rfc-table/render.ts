/** Renders the tables of RFC 5280's sections: the short one of the README, and the full one of docs/rfc5280.md. */

import { FINDINGS, type FindingCode } from '../../src/path/findings.ts'
import { CHAPTERS, type Chapter, DOCUMENTS, type Section, type Support } from './sections.ts'

const BEGIN = '<!-- rfc5280:begin -->'
const END = '<!-- rfc5280:end -->'

/** @returns `text` with what stands between the two markers replaced. @throws Error if there is no such place */
export function replaceBetweenMarkers(text: string, table: string): string {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)]
  if (begin < 0 || end < begin) throw new Error(`no ${BEGIN} … ${END}`)
  return `${text.slice(0, begin + BEGIN.length)}\n${table}\n${text.slice(end)}`
}

/** One row for each chapter, and the deviations by name. */
export function renderShort(): string {
  const rows = CHAPTERS.map(({ number, title, sections }) => [
    `§${number} ${title}`,
    supportOfChapter(sections),
    listed(unique(sections.flatMap(({ files }) => files)).slice(0, 3), 'src/'),
    listed(unique(sections.flatMap(({ tests }) => tests)).slice(0, 2), 'test/'),
    String(codesOf(sections.map((section) => section.number)).length),
  ])
  return [
    ...table(['section', 'supported', 'above all in', 'above all tested in', 'findings'], rows),
    '',
    '[docs/rfc5280.md](docs/rfc5280.md) has every section with its findings, and every deviation.',
  ].join('\n')
}

/** Every section with its findings and deviations. */
export function renderFull(): string {
  return [
    '# RFC 5280, section by section',
    '',
    'What the engine does with each section that speaks of certificates, CRLs and their validation; which finding says',
    'that it was not kept; where that is written and tested. `npm run docs` makes this file from the table of findings',
    'and `scripts/rfc-table/sections.ts`; a test keeps it true.',
    ...CHAPTERS.flatMap(renderChapter),
    '',
    '## Other documents',
    '',
    ...table(
      ['document', 'findings', 'in', 'tested in'],
      DOCUMENTS.map(({ name, title, where }) => [
        `${name}: ${title}`,
        codesOfDocument(name).map(code).join('<br>'),
        listed(where.files, 'src/', '../'),
        listed(where.tests, 'test/', '../'),
      ]),
    ),
    '',
  ].join('\n')
}

function renderChapter({ number, title, sections }: Chapter): readonly string[] {
  const rows = sections.map((section) => [
    `§${section.number} ${section.title}`,
    section.support,
    codesOf([section.number]).map(code).join('<br>'),
    listed(section.files, 'src/', '../'),
    listed(section.tests, 'test/', '../'),
  ])
  const notes = sections.flatMap(({ number: section, note }) => (note === undefined ? [] : [`- §${section}: ${note}`]))
  return [
    '',
    `## §${number} ${title}`,
    '',
    ...table(['section', 'supported', 'findings', 'in', 'tested in'], rows),
    ...(notes.length === 0 ? [] : ['', ...notes]),
  ]
}

function supportOfChapter(sections: readonly Section[]): string {
  const without = (support: Support): string =>
    sections
      .filter((section) => section.support === support)
      .map(({ number }) => `§${number}`)
      .join(', ')
  const [partly, no] = [without('partly'), without('no')]
  if (partly === '' && no === '') return 'yes'
  if (sections.every(({ support }) => support !== 'yes')) return 'partly'
  return ['yes', ...(partly === '' ? [] : [`${partly} partly`]), ...(no === '' ? [] : [`${no} no`])].join('; ')
}

/** The sections of RFC 5280 that a finding names: numbers without step letters. */
export function rfc5280Sections(finding: FindingCode): readonly string[] {
  return FINDINGS[finding].section
    .split(';')
    .filter((part) => part.trim().startsWith('RFC 5280 '))
    .flatMap((part) => [...part.matchAll(/§([\d.]+)/g)].map(([, number]) => number as string))
}

function codesOf(sections: readonly string[]): readonly FindingCode[] {
  return allCodes().filter((found) => rfc5280Sections(found).some((number) => sections.includes(number)))
}

function codesOfDocument(name: string): readonly FindingCode[] {
  return allCodes().filter((found) => FINDINGS[found].section.includes(`${name} `))
}

export function allCodes(): readonly FindingCode[] {
  return Object.keys(FINDINGS) as FindingCode[]
}

/** The documents a finding names, such as `RFC 6960`. */
export function documentsOf(finding: FindingCode): readonly string[] {
  return unique([...FINDINGS[finding].section.matchAll(/RFC \d+|CA\/B BR|X\.\d+/g)].map(([name]) => name))
}

function unique<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)]
}

const code = (text: string): string => `\`${text}\``

/** Links to files; `up` leads from the document to the top of the repository. */
function listed(paths: readonly string[], folder: string, up = ''): string {
  return paths.map((path) => `[${path}](${up}${folder}${path})`).join(', ')
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)]
}
