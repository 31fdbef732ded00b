import { describe, expect, it } from 'vitest'
import { PkiError } from '../../src/errors.ts'
import { parseProfile } from '../../src/profile/parse.ts'

const GOOD = `description: A test
key: ec-p256
subject: CN={name}
validity:
  notAfter: 90d
`

/** Where the mistake is said to be, and which key it names. */
function mistakeIn(text: string) {
  try {
    parseProfile(text, 'pki-templates/mine.yaml')
  } catch (error) {
    if (error instanceof PkiError)
      return { code: error.code, hint: error.hint, message: error.message, ...error.context }
    throw error
  }
  return undefined
}

it('reads the smallest profile', () => {
  expect(parseProfile(GOOD, 'mine.yaml')).toEqual({
    description: 'A test',
    key: 'ec-p256',
    subject: 'CN={name}',
    validity: { notAfter: '90d' },
  })
})

describe('a mistake names file, line, column and key', () => {
  it.each([
    ['an unknown key', `${GOOD}extKeyUsages: [serverAuth]\n`, 6, 1, 'extKeyUsages'],
    ['an unknown key further in', GOOD.replace('  notAfter', '  not_after'), 5, 3, 'validity.not_after'],
    ['an unknown key beside the right ones', `${GOOD}  notbefore: 1d\n`, 6, 3, 'validity.notbefore'],
    ['a missing key', GOOD.replace('key: ec-p256\n', ''), 1, 1, 'key'],
    ['an unknown key algorithm', GOOD.replace('ec-p256', 'ec-p255'), 2, 6, 'key'],
    ['a wrong type', `${GOOD}keyUsage: digitalSignature\n`, 6, 11, 'keyUsage'],
    ['an unknown key usage in a list', `${GOOD}keyUsage:\n  - digitalSignature\n  - certSign\n`, 8, 5, 'keyUsage.1'],
    ['an unknown purpose', `${GOOD}extKeyUsage: [serverAuth, clientauht]\n`, 6, 27, 'extKeyUsage.1'],
    ['a duration that is none', GOOD.replace('90d', '10y5'), 5, 13, 'validity.notAfter'],
    ['a number where a text belongs', GOOD.replace('90d', '90'), 5, 13, 'validity.notAfter'],
    [
      'a negative path length',
      `${GOOD}basicConstraints: { cA: true, pathLenConstraint: -1 }\n`,
      6,
      50,
      'basicConstraints.pathLenConstraint',
    ],
    ['a text for a boolean', `${GOOD}basicConstraints: { cA: yes }\n`, 6, 25, 'basicConstraints.cA'],
    ['an extension that cannot be read', `${GOOD}extensions: ['2.5.29.19={text}CA=2']\n`, 6, 14, 'extensions.0'],
    [
      'a subtree that is none',
      `${GOOD}nameConstraints: { permittedSubtrees: ['ip:10.0.0.0/99'] }\n`,
      6,
      40,
      'nameConstraints.permittedSubtrees.0',
    ],
    ['a critical extension that is none', `${GOOD}critical: [keyUsages]\n`, 6, 12, 'critical.0'],
    [
      'an object identifier that is none',
      `${GOOD}certificatePolicies: ['1.2.3', '9.9']\n`,
      6,
      32,
      'certificatePolicies.1',
    ],
    ['no map at all', '- a\n', 1, 1, undefined],
  ])('%s', (_, text, line, column, key) => {
    expect(mistakeIn(text)).toMatchObject({
      code: 'usage.profile',
      file: 'pki-templates/mine.yaml',
      line,
      column,
      message: expect.stringContaining(`pki-templates/mine.yaml:${line}:${column}: `),
      ...(key === undefined ? {} : { key }),
    })
  })

  it.each([
    ['broken YAML', `${GOOD}keyUsage: [digitalSignature\n`],
    ['a key given twice', `${GOOD}key: ed25519\n`],
    ['an empty file', ''],
    ['an alias that leads nowhere', `${GOOD}keyUsage: *nothing\n`],
  ])('%s', (_, text) => {
    expect(mistakeIn(text)).toMatchObject({ code: 'usage.profile', line: expect.any(Number) })
  })

  it.each([
    ['at the top', `${GOOD}extKeyUsages: []\n`, 'extKeyUsage,'],
    ['inside validity', `${GOOD}  until: 1d\n`, 'notAfter, notBefore, beyondIssuer'],
    ['inside an optional map', `${GOOD}subjectAltName: { defaults: [] }\n`, 'default, require, atMostOne, uriScheme'],
  ])('an unknown key %s lists the allowed ones', (_, text, allowed) => {
    expect(mistakeIn(text)?.hint).toContain(allowed)
  })

  it('a value that is not one of several lists them', () => {
    expect(mistakeIn(GOOD.replace('ec-p256', 'ec'))?.hint).toContain('rsa-pss-4096')
  })
})
