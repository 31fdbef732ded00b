/** Every defect and every rule set: exactly the findings that the catalogue announces, and none for the good twin. */

import { describe, expect, test } from 'vitest'
import { listDefects } from '../../src/defect/catalogue.ts'
import { type Defect, RULE_SET_NAMES } from '../../src/defect/defect.ts'
import { goodTwin, HierarchyMaker } from '../../src/defect/hierarchy.ts'
import { announced, judge, MEANS, RULES } from './judge.ts'

const maker = new HierarchyMaker(MEANS)

test('there are at least 80 defects', () => {
  expect(listDefects().length).toBeGreaterThanOrEqual(80)
})

describe.each(listDefects().map((defect): [string, Defect] => [defect.id, defect]))('%s', (_, defect) => {
  const exhibit = maker.make(defect)

  test.each(RULE_SET_NAMES)('%s', (rules) => {
    expect(judge(exhibit, RULES[rules])).toEqual(announced(defect.expected, rules))
  })

  test('its twin is good', () => {
    const twin = maker.make(goodTwin(defect))
    for (const rules of RULE_SET_NAMES) {
      expect(judge(twin, RULES[rules])).toEqual({ valid: true, findings: [] })
    }
  })
})
