/**
 * The README's sessions, run as they are written, with the built program. `PKI_UPDATE_TRANSCRIPTS=1` writes their
 * output anew; read what it wrote before you commit it.
 */

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { compare, parseTranscripts, rewriteTranscripts, runTranscript } from './transcript.ts'

const PACKAGE = join(import.meta.dirname, '..', '..')
const README = join(PACKAGE, 'README.md')
const transcripts = parseTranscripts(existsSync(README) ? readFileSync(README, 'utf8') : '')

test('README.md holds a session', () => {
  expect(transcripts.length).toBeGreaterThan(0)
})

describe.skipIf(process.platform === 'win32' || transcripts.length === 0)('README.md (needs a POSIX shell)', () => {
  beforeAll(() => {
    if (!existsSync(join(PACKAGE, 'dist', 'cli', 'main.js'))) throw new Error('dist/ is missing: npm run build')
    if (process.env.PKI_UPDATE_TRANSCRIPTS !== '1') return
    const outputs = transcripts.map((transcript) =>
      runTranscript(transcript, { packageFolder: PACKAGE, timeout: 60_000 }),
    )
    writeFileSync(README, rewriteTranscripts(readFileSync(README, 'utf8'), outputs))
  })

  test.each(transcripts.map((transcript) => [transcript.line, transcript] as const))(
    'the session of line %i',
    (_line, transcript) => {
      const { expected, actual } = compare(
        transcript,
        runTranscript(transcript, { packageFolder: PACKAGE, timeout: 60_000 }),
      )
      expect(actual).toBe(expected)
    },
    70_000,
  )
})
