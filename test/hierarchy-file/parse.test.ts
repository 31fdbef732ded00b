import { describe, expect, it } from 'vitest'
import { PkiError } from '../../src/errors.ts'
import { parseHierarchyFile } from '../../src/hierarchy-file/parse.ts'
import { processorTime } from '../processor-time.ts'

const entriesOf = (text: string) => parseHierarchyFile(text, 'pki.yaml').entries

/** A file with these lines below `certificates:`. */
const file = (...lines: readonly string[]) => ['version: 1', 'certificates:', ...lines, ''].join('\n')

function mistakeIn(text: string) {
  try {
    parseHierarchyFile(text, 'pki.yaml')
  } catch (error) {
    if (error instanceof PkiError)
      return { code: error.code, hint: error.hint, message: error.message, ...error.context }
    throw error
  }
  return undefined
}

describe('a tree', () => {
  it('becomes entries with their issuers, in the order of the file', () => {
    const entries = entriesOf(
      file(
        '  root:',
        '    issues:',
        '      ca1:',
        '        issues:',
        '          web: server',
        '  alice: { profile: client, from: ca1 }',
      ),
    )
    expect(entries.map(({ name, profile, from, place }) => [name, profile, from, place.line])).toEqual([
      ['root', 'root', undefined, 3],
      ['ca1', 'intermediate', 'root', 5],
      ['web', 'server', 'ca1', 7],
      ['alice', 'client', 'ca1', 8],
    ])
  })

  it('understands anchors, aliases and merge keys', () => {
    const entries = entriesOf(
      file(
        '  root:',
        '    issues:',
        '      a: &short { profile: client, notAfter: 7d }',
        '      b: { <<: *short, names: [b.test] }',
        '      c: *short',
      ),
    )
    expect(entries.slice(1).map(({ profile, overrides, names }) => [profile, overrides.notAfter, names])).toEqual([
      ['client', '7d', []],
      ['client', '7d', ['b.test']],
      ['client', '7d', []],
    ])
  })

  it('puts defaults under what an entry says itself', () => {
    const text = `version: 1\ndefaults: { key: ed25519, notAfter: 1y }\ncertificates:\n  root: { notAfter: 2y }\n`
    expect(entriesOf(text)[0]?.overrides).toEqual({ key: 'ed25519', notAfter: '2y' })
  })

  it.each([
    ['true', { reason: 'unspecified' }],
    ['keyCompromise', { reason: 'keyCompromise' }],
    ['{ reason: superseded, at: 2026-01-01 }', { reason: 'superseded', at: '2026-01-01' }],
    ['false', false],
  ])('revoked: %s', (written, revoked) => {
    const [, entry] = entriesOf(file('  root:', `    issues: { a: { profile: client, revoked: ${written} } }`))
    expect(entry?.revoked).toEqual(revoked)
  })

  it('takes exports as names and as maps', () => {
    const [entry] = entriesOf(file('  root: { exports: [crt, { format: [pem, pfx], out: a/b/, for: java8 }] }'))
    expect(entry?.exports).toEqual([
      { formats: ['crt'], out: '', for: undefined },
      { formats: ['pem', 'pfx'], out: 'a/b', for: 'java8' },
    ])
  })
})

describe('a mistake names file, line, column and key', () => {
  it.each<[string, string, number, number, string | undefined]>([
    ['no version', 'certificates: {}\n', 1, 1, 'version'],
    ['another version', 'version: 2\ncertificates: {}\n', 1, 10, 'version'],
    ['an unknown key at the top', 'version: 1\ncertificate: {}\n', 2, 1, 'certificate'],
    ['an unknown key of an entry', file('  root:', '    isues: {}'), 4, 5, 'certificates.root.isues'],
    [
      'one further in',
      file('  root:', '    issues:', '      a: { profil: client }'),
      5,
      12,
      'certificates.root.issues.a.profil',
    ],
    ['one of an export', file('  root: { exports: [{ formt: pem }] }'), 3, 23, 'certificates.root.exports.0.formt'],
    ['an unknown format', file('  root: { exports: [crt, pxf] }'), 3, 26, 'certificates.root.exports.1'],
    ['a number for an entry', file('  root: 5'), 3, 9, 'certificates.root'],
    ['a name with a path in it', file('  ../root:'), 3, 3, 'certificates.../root'],
    ['a key algorithm that is none', file('  root: { key: rsa }'), 3, 16, 'certificates.root.key'],
    ['a duration that is none', file('  root: { notAfter: 10y5 }'), 3, 21, 'certificates.root.notAfter'],
    ['a DNS name that is none', file('  root: { names: [a b] }'), 3, 19, 'certificates.root.names.0'],
    ['a subject that is none', file('  root: { subject: XX=1 }'), 3, 20, 'certificates.root.subject'],
    [
      'an export out of its folder',
      file('  root: { exports: [{ format: crt, out: ../x }] }'),
      3,
      41,
      'certificates.root.exports.0.out',
    ],
    [
      'an absolute one',
      file('  root: { exports: [{ format: crt, out: /etc }] }'),
      3,
      41,
      'certificates.root.exports.0.out',
    ],
    ['a reason that is none', file('  root: { revoked: lost }'), 3, 20, 'certificates.root.revoked'],
    [
      'a count without {n}',
      file('  root:', '    issues: { a: { profile: client, count: 3 } }'),
      4,
      37,
      'certificates.root.issues.a.count',
    ],
    [
      '{n} without a count',
      file('  root:', "    issues: { 'a-{n}': client }"),
      4,
      15,
      'certificates.root.issues.a-{n}',
    ],
    [
      'a count of none',
      file('  root:', "    issues: { 'a-{n}': { profile: client, count: 0 } }"),
      4,
      50,
      'certificates.root.issues.a-{n}.count',
    ],
    ['an entry without a profile', file('  root:', '    issues: { a: {} }'), 4, 15, 'certificates.root.issues.a'],
    [
      'two issuers',
      file('  root:', '    issues: { a: { profile: client, from: root } }'),
      4,
      37,
      'certificates.root.issues.a.from',
    ],
    ['a name given twice', file('  root:', '  root:'), 4, 3, 'root'],
    ['a name that nobody would be told is lost', file('  root:', '  __proto__: {}'), 4, 3, '__proto__'],
    ['broken YAML', 'version: [1\n', 1, 9, undefined],
  ])('%s', (_, text, line, column, key) => {
    const found = mistakeIn(text)
    expect(found).toMatchObject({ code: 'usage.hierarchy', file: 'pki.yaml', ...(key !== undefined && { key }) })
    if (key !== undefined) expect(found).toMatchObject({ line, column })
    expect(found?.message).toMatch(/^pki\.yaml:\d+:\d+: /)
  })

  it.each([
    ['an alias of nothing', file('  root:', '    issues: { a: *nothing }'), 4, 18],
    ['a second document', `${file('  root:')}---\nversion: 1\n`, 4, 1],
  ])('%s', (_, text, line, column) => {
    expect(mistakeIn(text)).toMatchObject({ code: 'usage.hierarchy', line, column })
  })

  it('lists the keys that are allowed there', () => {
    expect(mistakeIn(file('  root: { exports: [{ formt: pem }] }'))?.hint).toBe(
      'did you mean format? allowed keys: format, out, for',
    )
    expect(mistakeIn('version: 1\nx: 1\n')?.hint).toContain('certificates')
    expect(mistakeIn(file('  root: { isues: {} }'))?.hint).toContain('issues')
  })

  it.each([
    ['{ key: rsa }', '"rsa"'],
    ['{ isues: {} }', '"isues"'],
    ['{ cA: maybe }', 'true or false, not "maybe"'],
    ['{ keyUsage: keyCertSign }', 'a list, not "keyCertSign"'],
    ['{ exports: [{ format: crt, out: ../x }] }', '"../x"'],
    ['{ crl: 7d }', 'not "7d"'],
    ['{ crl: { validFor: 0d } }', '0d'],
    ['{ crl: { validFor: -1d } }', '-1d'],
    ['{ baseUrl: ftp://a.test }', 'http:// or https://; not "ftp://a.test"'],
    ['[server]', 'not ["server"]'],
  ])('shows the offending text: %s', (written, words) => {
    expect(mistakeIn(file(`  root: ${written}`))?.message).toContain(words)
  })

  it.each([
    ["'c-{n}': { profile: client, count: 0 }", 'at least 1; not 0'],
    ["'c-{n}': { profile: client, count: many }", 'a number, not "many"'],
    ["'c-{n}': { profile: client, count: 1.5 }", '1.5'],
  ])('and its bounds: %s', (written, words) => {
    expect(mistakeIn(file('  root:', `    issues: { ${written} }`))?.message).toContain(words)
  })

  it('says what is meant where a text looks like something else', () => {
    expect(mistakeIn('version: 1\nseed: 5\ncertificates: {}\n')).toMatchObject({
      message: expect.stringContaining('text, not 5'),
      hint: expect.stringContaining("'5'"),
    })
  })

  it.each([
    ['{ isues: {} }', 'did you mean issues?'],
    ['{ key: rsa2048 }', 'did you mean rsa-2048?'],
    ['{ crl: { validfor: 7d } }', 'did you mean validFor?'],
  ])('guesses what was meant: %s', (written, words) => {
    expect(mistakeIn(file(`  root: ${written}`))?.hint).toContain(words)
  })

  it('refuses a program to write for where the format is the same for all', () => {
    const mistake = mistakeIn(file('  root: { exports: [{ format: [crt, key], for: java8 }] }'))
    expect(mistake?.message).toMatch(/:\d+:\d+: .*goes with pfx, truststore and zip/)
    expect(mistakeIn(file('  root: { exports: [{ format: [crt, truststore], for: java8 }] }'))).toBeUndefined()
  })

  it('lists the anchors there are', () => {
    const text = file('  root: &authority { key: ed25519 }', '  other: *autority')
    expect(mistakeIn(text)?.hint).toBe('anchors in this file: &authority')
  })

  it('names both lines of a name given twice', () => {
    expect(mistakeIn(file('  root:', '  other:', '  root:'))?.message).toContain('line 3')
  })
})

describe('a hostile file', () => {
  /** Nine levels of nine aliases each: 387 million values. */
  const bomb = [
    'a0: &a0 [x, x, x, x, x, x, x, x, x]',
    ...Array.from({ length: 8 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`),
  ].join('\n')
  const wide = `a: &a [${Array(2000).fill('x').join(', ')}]\nb: [${Array(2000).fill('*a').join(', ')}]\n`

  it.each([
    ['an alias bomb', bomb, /alias/],
    ['a large value many times over', wide, /unfold/],
    ['brackets without end', '['.repeat(200_000), /deep/],
    ['a hundred and more levels', `${'[1, '.repeat(150)}${']'.repeat(150)}`, /deep/],
    ['an alias that leads to itself', 'a: &a [*a]\n', /./],
    ['megabytes', `# ${'x'.repeat(5 << 20)}\n`, /larger/],
  ])('%s is refused at once', (_, text, message) => {
    const spent = processorTime()
    const found = mistakeIn(text)
    expect(found).toMatchObject({ code: 'usage.hierarchy', line: expect.any(Number) })
    expect(found?.message).toMatch(message)
    expect(spent()).toBeLessThan(5000)
  })

  it('a thousand uses of one anchor are no attack', () => {
    const lines = Array.from({ length: 1000 }, (_, i) => `      c${i}: *client`)
    const text = file('  root:', '    issues:', '      first: &client { profile: client }', ...lines)
    expect(entriesOf(text)).toHaveLength(1002)
  })
})
