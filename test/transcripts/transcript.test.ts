import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compare, normalize, parseTranscripts, runTranscript, type Transcript } from './transcript.ts'

const PACKAGE = join(import.meta.dirname, '..', '..')
const SAMPLE = readFileSync(join(import.meta.dirname, 'sample.md'), 'utf8')

describe('parsing', () => {
  test('marked blocks alone, continued ones joined', () => {
    const transcripts = parseTranscripts(SAMPLE)
    expect(transcripts.map(({ steps }) => steps.length)).toEqual([7, 2])
    expect(transcripts[0]?.line).toBe(11)
    expect(transcripts[0]?.steps[1]).toEqual({
      command: "printf 'one\\ntwo\\nthree\\nfour\\n' \\\n    | sort",
      output: ['four', '…', 'two'],
    })
  })

  test('line ends of Windows', () => {
    expect(parseTranscripts(SAMPLE.replaceAll('\n', '\r\n'))).toEqual(parseTranscripts(SAMPLE))
  })

  test.each([
    ['a comment without a block', '<!-- transcript -->\ntext\n'],
    ['a block of another language', '<!-- transcript -->\n```sh\n$ ls\n```\n'],
    ['output before the first command', '<!-- transcript -->\n```console\nout\n$ ls\n```\n'],
    ['nothing to continue', '<!-- transcript continued -->\n```console\n$ ls\n```\n'],
    ['a misspelt comment', '<!-- transcript continue -->\n```console\n$ ls\n```\n'],
  ])('%s is an error', (_name, markdown) => {
    expect(() => parseTranscripts(markdown)).toThrow()
  })
})

describe('what varies', () => {
  test.each([
    ['2026-11-21', '<date>'],
    ['2026-11-21T10:11:12Z', '<time>'],
    ['2026-11-21 10:11 UTC', '<time>'],
    ['0123456789abcdef', '<hex>'],
    ['01:23:45:67:89:AB:CD:EF', '<hex>'],
    ['5d0a1b2c…', '<hex>'],
    ['https://127.0.0.1:43211/', 'https://127.0.0.1:<port>/'],
    ['in 12 ms', 'in <duration>'],
    ['1.5 kB', '<size>'],
    ['MIIBszCCAVmgAwIBAgIQXd4h3PaXrhfaMPSFd3QcijAKBggqhkjOPQQDAjAOMQww', '<base64>'],
    ['a    b  ', 'a b'],
  ])('%j is compared as %j', (line, expected) => {
    expect(normalize(line)).toBe(expected)
  })

  test.each([
    'ca1',
    '397 days',
    '2048',
    'CN=alice',
    'pathLenConstraint 0',
    '  indented',
    'deadbeef',
    '1.3.6.1.5.5.7.3.2',
  ])('%j stays', (line) => {
    expect(normalize(line)).toBe(line)
  })
})

describe('comparing', () => {
  const transcript = (...output: readonly string[]): Transcript => ({ line: 1, steps: [{ command: 'x', output }] })
  const isEqual = (wanted: readonly string[], written: readonly string[]) => {
    const { expected, actual } = compare(transcript(...wanted), [written])
    return expected === actual
  }

  test.each<[readonly string[], readonly string[], boolean]>([
    [['a'], ['a'], true],
    [['a'], ['b'], false],
    [['a'], ['a', 'b'], false],
    [['a', 'b'], ['a'], false],
    [[], [], true],
    [[], ['a'], false],
    [['…'], [], true],
    [['…'], ['a', 'b'], true],
    [['a', '…', 'd'], ['a', 'b', 'c', 'd'], true],
    [['a', '…', 'd'], ['a', 'd'], true],
    [['a', '…', 'd'], ['a', 'd', 'e'], false],
    [['a', '…', 'd'], ['b', 'd'], false],
  ])('%j against %j: %s', (wanted, written, equal) => {
    expect(isEqual(wanted, written)).toBe(equal)
  })

  test('a difference shows both sides, command by command', () => {
    expect(compare(transcript('made 2026-01-01'), [['lost 2026-01-02']])).toEqual({
      expected: '$ x\nmade <date>\n',
      actual: '$ x\nlost <date>\n',
    })
  })
})

describe.skipIf(process.platform === 'win32')('running (needs a POSIX shell)', () => {
  test.each(parseTranscripts(SAMPLE).map((transcript) => [transcript.line, transcript] as const))(
    'the sample of line %i',
    (_line, transcript) => {
      const { expected, actual } = compare(
        transcript,
        runTranscript(transcript, { packageFolder: PACKAGE, timeout: 20_000 }),
      )
      expect(actual).toBe(expected)
    },
  )

  test('a session that goes otherwise is found out', () => {
    const transcript: Transcript = { line: 1, steps: [{ command: 'echo a', output: ['b'] }] }
    const { expected, actual } = compare(
      transcript,
      runTranscript(transcript, { packageFolder: PACKAGE, timeout: 20_000 }),
    )
    expect(actual).not.toBe(expected)
  })

  test('one that hangs is stopped', () => {
    const transcript: Transcript = { line: 1, steps: [{ command: 'sleep 30', output: [] }] }
    expect(() => runTranscript(transcript, { packageFolder: PACKAGE, timeout: 300 })).toThrow(/the shell/)
  })
})
