import { describe, expect, it } from 'vitest'
import { PkiError } from '../../src/errors.ts'
import { requireConsistent } from '../../src/hierarchy-file/contradictions.ts'
import { parseHierarchyFile } from '../../src/hierarchy-file/parse.ts'
import { resolveEntries } from '../../src/hierarchy-file/resolve.ts'
import { findProfile } from '../../src/profile/find.ts'

async function contradictionIn(lines: readonly string[], stored: readonly string[] = []) {
  const hierarchy = parseHierarchyFile(['version: 1', 'certificates:', ...lines, ''].join('\n'), 'pki.yaml')
  try {
    const entries = await resolveEntries(hierarchy, { find: (name) => findProfile(name), mark: (profile) => profile })
    requireConsistent(entries, { file: 'pki.yaml', isStored: (name) => stored.includes(name) })
  } catch (error) {
    if (error instanceof PkiError) return { code: error.code, message: error.message, ...error.context }
    throw error
  }
  return undefined
}

const LEAF_UNDER_LEAF = (more = '') => [
  '  root:',
  '    issues:',
  '      web: { profile: server }',
  `  below: { profile: client, from: web${more} }`,
]
const TOO_DEEP = (more = '') => [
  '  root: { pathLenConstraint: 1 }',
  '  a: { profile: intermediate, from: root, pathLenConstraint: none }',
  `  b: { profile: intermediate, from: a, pathLenConstraint: 0${more} }`,
]

/** The lowest first: its issuers are still to come. */
const LONG_PATH = (length: number) => [
  '  a0: root',
  ...Array.from({ length }, (_, i) => {
    return `  a${length - i}: { profile: intermediate, from: a${length - i - 1}, pathLenConstraint: none }`
  }),
]
const SERIALS = (a: string, b: string) => [
  '  root:',
  '    issues:',
  `      a: { profile: client, serialNumber: ${a} }`,
  `      b: { profile: client, serialNumber: ${b} }`,
]
const CROSS_EXPORT = (format: string) => [
  '  root:',
  '    issues:',
  '      ca: { profile: intermediate }',
  `      x: { crossSigns: ca, exports: [${format}] }`,
]
const CROSS_SIGNED_LEAF = (more = '') => [
  '  root:',
  '    issues:',
  '      web: { profile: server }',
  `      x: { crossSigns: web${more} }`,
]
const CRL_OF_LEAF = (more = '') => ['  root:', `    issues: { c: { profile: client, crl: true${more} } }`]

describe('entries that contradict each other are refused with both lines', () => {
  it.each<[string, readonly string[], number, number | undefined, string]>([
    ['a leaf under a leaf', LEAF_UNDER_LEAF(), 6, 5, 'web'],
    ['a path length too small', TOO_DEEP(), 5, 3, 'root'],
    [
      'a circle',
      ['  a: { profile: intermediate, from: b }', '  b: { profile: intermediate, from: a }'],
      3,
      4,
      'a (line 3) from b (line 4)',
    ],
    ['an entry below itself', ['  a: { profile: intermediate, from: a }'], 3, 3, 'circle'],
    [
      'an authority that is cross-signed for its own key',
      ['  a: { crossSigns: a }'],
      3,
      3,
      'a (line 3) for the key of a',
    ],
    [
      'two that are each for the key of the other',
      ['  r:', '    issues:', '      a: { crossSigns: b }', '      b: { crossSigns: a }'],
      5,
      6,
      'a (line 5) for the key of b (line 6) for the key of a',
    ],
    [
      'a cross-certificate that issues the authority it is for',
      ['  r:', '  x: { from: r, crossSigns: ca }', '  ca: { profile: intermediate, from: x }'],
      4,
      5,
      'circle',
    ],
    ['one serial number twice', SERIALS('0x11', '17'), 6, 5, 'gives a (line 5) the serial number 17 too'],
    ['a PFX without a key', CROSS_EXPORT('pfx'), 6, undefined, 'pfx needs a private key, and that is kept with ca'],
    ['a key that is elsewhere', CROSS_EXPORT('key'), 6, undefined, 'needs a private key'],
    ['a Secret without a key', CROSS_EXPORT('k8s'), 6, undefined, 'needs a private key'],
    ['a chain below a root', CROSS_EXPORT('chain'), 6, undefined, 'there are none'],
    ['a chain of a root', ['  root: { exports: [chain] }'], 3, undefined, 'there are none'],
    ['a path without end', LONG_PATH(101), 4, undefined, 'more than 100 issuers'],
    ['names that differ in case only', ['  root:', '  Root:'], 4, 3, 'Windows'],
    ['a leaf that is cross-signed', CROSS_SIGNED_LEAF(), 6, 5, 'which it cross-signs'],
    [
      'many that are cross-signed',
      [
        '  root:',
        '    issues:',
        "      'c-{n}': { profile: intermediate, count: 2 }",
        "      x: { crossSigns: 'c-{n}' }",
      ],
      6,
      5,
      'not for one key',
    ],
    ['a CRL of a leaf', CRL_OF_LEAF(), 4, undefined, 'a client signs no CRL'],
    [
      'a CRL of an authority without cRLSign',
      ['  root: { crl: true, keyUsage: [keyCertSign] }'],
      3,
      undefined,
      'a root signs no CRL',
    ],
    [
      'a name among many',
      ['  root:', '    issues:', "      'c-{n}': { profile: client, count: 5 }", '      c-5: client'],
      6,
      5,
      'c-5',
    ],
    [
      'two of many with one name',
      [
        '  root:',
        '    issues:',
        "      'c-{n}': { profile: client, count: 12 }",
        "      'c-1{n}': { profile: client, count: 1 }",
      ],
      6,
      5,
      'c-11',
    ],
    [
      'an issuer that is many',
      [
        '  root:',
        '    issues:',
        "      'c-{n}': { profile: intermediate, count: 2 }",
        "  x: { profile: client, from: 'c-{n}' }",
      ],
      6,
      5,
      '2 certificates',
    ],
    ['an unknown issuer', ['  x: { profile: client, from: nobody }'], 3, undefined, 'nobody'],
    ['an unknown profile', ['  root:', '    issues: { x: { profile: klient } }'], 4, undefined, 'klient'],
    [
      'a path length on a leaf',
      ['  root:', '    issues: { x: { profile: client, pathLenConstraint: 1 } }'],
      4,
      undefined,
      'path length',
    ],
    [
      'a cross-certificate for nobody',
      ['  root:', '    issues: { x: { crossSigns: nobody } }'],
      4,
      undefined,
      'nobody',
    ],
  ])('%s', async (_, lines, line, otherLine, words) => {
    const found = await contradictionIn(lines)
    expect(found).toMatchObject({ code: 'usage.hierarchy', line, ...(otherLine !== undefined && { otherLine }) })
    expect(found?.message).toContain(words)
    if (otherLine !== undefined) expect(found?.message).toContain(`line ${otherLine}`)
  })
})

describe('what does not contradict is taken', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['a leaf under a leaf on purpose', LEAF_UNDER_LEAF(', unchecked: true'), []],
    ['a long path', LONG_PATH(100), []],
    ['one serial number of two issuers', ['  r: { serialNumber: 5 }', '  s: { serialNumber: 5 }'], []],
    ['one serial number twice on purpose', SERIALS('17', '17, unchecked: true'), []],
    [
      'a chain below an intermediate',
      ['  root:', '    issues: { ca: { issues: { a: { profile: client, exports: [chain] } } } }'],
      [],
    ],
    ['the PEM of a cross-certificate', CROSS_EXPORT('pem'), []],
    ['a chain below who knows what', ['  x: { profile: client, from: corporate, exports: [chain] }'], ['corporate']],
    [
      'a cross-certificate of a cross-certificate',
      ['  r:', '    issues: { ca: { profile: intermediate }, x: { crossSigns: ca }, y: { crossSigns: x } }'],
      [],
    ],
    ['a leaf that is cross-signed on purpose', CROSS_SIGNED_LEAF(', unchecked: true'), []],
    ['a CRL of a leaf on purpose', CRL_OF_LEAF(', unchecked: true'), []],
    ['a CRL of an authority without a key usage', ['  root: { crl: true, omit: [keyUsage] }'], []],
    ['one with a declared defect', LEAF_UNDER_LEAF(', defect: expired'), []],
    [
      'a path that is just not too long',
      TOO_DEEP().map((line) => line.replace('root: { pathLenConstraint: 1 }', 'root: { pathLenConstraint: 2 }')),
      [],
    ],
    ['one that is too long on purpose', TOO_DEEP(', unchecked: true'), []],
    ['an issuer in the store', ['  x: { profile: client, from: corporate }'], ['corporate']],
    [
      'a name behind many',
      ['  root:', '    issues:', "      'c-{n}': { profile: client, count: 5 }", '      c-6: client'],
      [],
    ],
    [
      'many with and without zeros',
      [
        '  root:',
        '    issues:',
        "      'c-{n}': { profile: client, count: 9 }",
        "      'c-{nn}': { profile: client, count: 9 }",
      ],
      [],
    ],
    [
      'an issuer further down',
      ['  x: { profile: client, from: ca }', '  ca: { profile: intermediate, from: root }', '  root:'],
      [],
    ],
  ])('%s', async (_, lines, stored) => {
    expect(await contradictionIn(lines, stored)).toBeUndefined()
  })
})
