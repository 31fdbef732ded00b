/** Several defects in one certificate: which get along, and what is then found. */

import { expect, test } from 'vitest'
import { onlySpoiling } from '../../src/defect/apply.ts'
import { listDefects, requireDefects } from '../../src/defect/catalogue.ts'
import { type Defect, RULE_SET_NAMES } from '../../src/defect/defect.ts'
import { expectTogether } from '../../src/defect/expectation.ts'
import { HierarchyMaker } from '../../src/defect/hierarchy.ts'
import { together } from '../../src/defect/spoiling.ts'
import { announced, judge, MEANS, RULES } from './judge.ts'

/** Defects of the target that ask the usual question; those that make slow keys stand for each other. */
const CANDIDATES = listDefects().filter((defect) => {
  const only = onlySpoiling(defect)
  return only?.place === 'target' && defect.asked === undefined && !/^(rsa|dsa)|md5/.test(defect.id)
})

function getAlong(a: Defect, b: Defect): boolean {
  try {
    return requireDefects([a.id, b.id]).length === 2
  } catch {
    return false
  }
}

test('every pair that is not refused gives the findings of both, or those of the one that hides the other', () => {
  const maker = new HierarchyMaker(MEANS)
  const wrong: unknown[] = []
  let pairs = 0
  CANDIDATES.forEach((b, i) => {
    for (const a of CANDIDATES.slice(0, i)) {
      if (!getAlong(a, b)) continue
      pairs++
      const spoilings = [a, b].flatMap((defect) => onlySpoiling(defect)?.spoiling ?? [])
      const exhibit = maker.make({ certificates: { target: together(...spoilings) } })
      const expected = expectTogether([a, b])
      for (const rules of RULE_SET_NAMES) {
        const judgement = judge(exhibit, RULES[rules])
        const wanted = announced(expected, rules)
        if (JSON.stringify(judgement) !== JSON.stringify(wanted))
          wrong.push({ a: a.id, b: b.id, rules, judgement, wanted })
      }
    }
  })
  expect(pairs).toBeGreaterThan(1000)
  expect(wrong).toEqual([])
}, 60_000)
