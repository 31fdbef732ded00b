import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatPem, isPem, parsePem } from '../../src/der/pem.ts'
import { faultOffset, hex } from './hex.ts'

const ABC = '-----BEGIN X-----\nQUJD\n-----END X-----\n'
const bytesOf = (text: string) => parsePem(text).map((block) => Buffer.from(block.bytes).toString('latin1'))

describe('blocks', () => {
  test.each<[string, string, string[]]>([
    ['one', ABC, ['ABC']],
    ['several', ABC + ABC, ['ABC', 'ABC']],
    ['text before, between and behind', `Subject: CN=a\n${ABC}# next\n${ABC}end`, ['ABC', 'ABC']],
    ['line ends of Windows', ABC.replaceAll('\n', '\r\n'), ['ABC']],
    ['no line ends at all', '-----BEGIN X-----QUJD-----END X-----', ['ABC']],
    ['lines of any length, indented', '-----BEGIN X-----\n  QU\n\t JD\n\n-----END X-----', ['ABC']],
    ['empty', '-----BEGIN X-----\n-----END X-----\n', ['']],
    ['a byte order mark before', `\ufeff${ABC}`, ['ABC']],
    ['no block', 'nothing here', []],
  ])('%s', (_name, text, expected) => {
    expect(bytesOf(text)).toEqual(expected)
  })

  test('label and offset', () => {
    const text = `key:\n-----BEGIN EC PRIVATE KEY-----\nQUJD\n-----END EC PRIVATE KEY-----\n${ABC}`
    expect(parsePem(text).map(({ label, offset }) => [label, offset])).toEqual([
      ['EC PRIVATE KEY', 5],
      ['X', text.length - ABC.length],
    ])
  })

  test.each<[string, string, number]>([
    ['no END line', `${ABC}-----BEGIN X-----\nQUJD\n`, ABC.length],
    ['another label at the end', '-----BEGIN X-----\nQUJD\n-----END Y-----\n', 0],
    ['an END line that belongs to a later block', `-----BEGIN X-----\nQUJD\n${ABC}`, 0],
    ['a character that base64 lacks', '-----BEGIN X-----\nQU*D\n-----END X-----\n', 0],
    ['url-safe base64', '-----BEGIN X-----\nQU-_\n-----END X-----\n', 0],
    ['missing padding', '-----BEGIN X-----\nQUJDRA\n-----END X-----\n', 0],
    ['padding inside', '-----BEGIN X-----\nQQ==QUJD\n-----END X-----\n', 0],
    ['too much padding', '-----BEGIN X-----\nQ===\n-----END X-----\n', 0],
    ['headers without an empty line behind them', '-----BEGIN X-----\na: b\nQUJD\n-----END X-----\n', 0],
    ['a header inside the data', '-----BEGIN X-----\na: b\n\nQUJD\nc: d\n-----END X-----\n', 0],
  ])('%s is refused', (_name, text, offset) => {
    expect(faultOffset(() => parsePem(text))).toBe(offset)
  })

  test('headers of RFC 1421', () => {
    const text =
      '-----BEGIN X-----\r\nProc-Type: 4,ENCRYPTED\r\nDEK-Info: AES-256-CBC,00ff\r\n\r\nQUJD\r\n-----END X-----'
    const [block] = parsePem(text)
    expect(block?.headers).toEqual({ 'Proc-Type': '4,ENCRYPTED', 'DEK-Info': 'AES-256-CBC,00ff' })
    expect(block?.bytes).toEqual(hex('414243'))
  })

  test('a large file of unended blocks is refused at the first', () => {
    expect(faultOffset(() => parsePem('-----BEGIN X-----\n'.repeat(50_000)))).toBe(0)
  })
})

test('what is written is read back, in lines of at most 64 characters', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const text = formatPem('CERTIFICATE', bytes)
      expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(64)
      expect(text.endsWith('-----END CERTIFICATE-----\n')).toBe(true)
      expect(parsePem(text)).toEqual([{ label: 'CERTIFICATE', offset: 0, headers: {}, bytes }])
    }),
    { seed: 3, numRuns: 300 },
  )
})

test('PEM is told from DER by its content', () => {
  const encode = (text: string) => new TextEncoder().encode(text)
  expect(isPem(encode(`text\n${ABC}`))).toBe(true)
  expect(isPem(hex('30 03 02 01 05'))).toBe(false)
  expect(isPem(encode(''))).toBe(false)
  // A comment in an extension of a certificate does not make it text; text may begin like DER.
  const inside = encode(`\0\0${ABC}`)
  expect(isPem(Uint8Array.of(0x30, 0x81, inside.length, ...inside))).toBe(false)
  expect(isPem(encode(`0 s:CN=a\n${ABC}`))).toBe(true)
})
