/** Where the test vectors of others lie, and how a case is counted that does not come out as they say. */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const DIRECTORY =
  process.env.PKI_CONFORMANCE_DIR ?? fileURLToPath(new URL('../../../shared/conformance', import.meta.url))

/** A file of the conformance data; undefined if the data is not there. */
export function readData(...path: readonly string[]): Buffer | undefined {
  const file = join(DIRECTORY, ...path)
  return existsSync(file) ? readFileSync(file) : undefined
}

/** What a suite expects of a case, or what became of it. */
export type Outcome = 'valid' | 'invalid'

/** A case where we knowingly disagree. The list is to be empty; an entry that no longer disagrees fails as well. */
export interface KnownDivergence {
  readonly id: string
  readonly expected: Outcome
  readonly actual: Outcome
  /** One sentence: why the case cannot be decided the way the suite has it. */
  readonly reason: string
}

export interface ConformanceCase {
  readonly id: string
  readonly title: string
  readonly expected: Outcome
  /** Judges the case; the codes of the findings stand in the message of a failure. */
  readonly judge: () => { readonly outcome: Outcome; readonly findings: readonly string[] }
}

/** One test for each case. Data that is missing skips the suite by name. */
export function conformanceSuite(
  name: string,
  count: number,
  cases: readonly ConformanceCase[] | undefined,
  divergences: readonly KnownDivergence[],
): void {
  if (cases === undefined) {
    describe.skip(`${name}: no data in ${DIRECTORY} (PKI_CONFORMANCE_DIR)`, () => {
      it.skip('every case', () => undefined)
    })
    return
  }
  describe(name, () => {
    it(`has ${count} cases`, () => {
      expect(cases).toHaveLength(count)
      const ids = new Set(cases.map(({ id }) => id))
      expect(divergences.filter(({ id }) => !ids.has(id))).toEqual([])
    })
    it.each(cases)('$id $title', ({ id, expected, judge }) => {
      const { outcome, findings } = judge()
      const known = divergences.find((divergence) => divergence.id === id)
      if (known === undefined) {
        expect(outcome, `findings: ${findings.join(', ') || 'none'}`).toBe(expected)
        return
      }
      expect(known.expected, 'the list of divergences misquotes the suite').toBe(expected)
      expect(known.actual, 'a divergence that agrees with the suite is none').not.toBe(expected)
      expect(outcome, 'the case now comes out as the suite has it: remove it from the list').toBe(known.actual)
    })
  })
}
