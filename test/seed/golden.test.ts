/**
 * What a seed gives is written down. A difference here means that certificates in other people's repositories change:
 * raise the version in `seeded-source.ts`, say so in the changelog, renew the data with `print-golden.ts`.
 */

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { KEY_ALGORITHM_NAMES } from '../../src/keys/keys.ts'
import { goldenHashes } from './golden-hierarchy.ts'

const GOLDEN: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(join(import.meta.dirname, 'golden.json'), 'utf8'),
)

/** RSA keys of 4,096 bits on a busy machine. */
const PATIENCE = 180_000

describe.each(KEY_ALGORITHM_NAMES)('%s', (algorithm) => {
  it(
    'gives the octets that it gave before',
    async () => {
      const before = Object.entries(GOLDEN).filter(([file]) => file.startsWith(`${algorithm}/`))
      expect(await goldenHashes([algorithm])).toEqual(Object.fromEntries(before))
    },
    PATIENCE,
  )
})

it('has data for every kind of key and nothing else', () => {
  const kinds = new Set(Object.keys(GOLDEN).map((file) => file.slice(0, file.indexOf('/'))))
  expect([...kinds]).toEqual([...KEY_ALGORITHM_NAMES])
})

const newer = process.env.PKI_NEWER_NODE
it.skipIf(newer === undefined || newer === '')(
  'gives the same octets in the Node that PKI_NEWER_NODE names',
  () => {
    const script = join(import.meta.dirname, 'print-golden.ts')
    const output = execFileSync(newer as string, [script], { encoding: 'utf8', env: {} })
    expect(JSON.parse(output)).toEqual(GOLDEN)
  },
  PATIENCE,
)
