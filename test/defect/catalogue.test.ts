/** Every defect and every rule set: exactly the findings that the catalogue announces, and none for the good twin. */

import { describe, expect, test } from 'vitest'
import { listDefects } from '../../src/defect/catalogue.ts'
import { type Defect, RULE_SET_NAMES } from '../../src/defect/defect.ts'
import { HierarchyMaker, type Recipe } from '../../src/defect/hierarchy.ts'
import { UNSPOILED } from '../../src/defect/spoiling.ts'
import { markedProfile } from '../../src/seed/mark.ts'
import { createSeededSource } from '../../src/seed/seeded-source.ts'
import { noRandomness } from '../seed/golden-hierarchy.ts'
import { AT, announced, judge, MEANS, RULES } from './judge.ts'

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

test('made from a seed, and marked, they give the same findings', { timeout: 60_000 }, () => {
  const { root, intermediate, server } = MEANS.profiles
  const seeded = new HierarchyMaker({
    profiles: { root: markedProfile(root), intermediate: markedProfile(intermediate), server: markedProfile(server) },
    now: AT,
    random: noRandomness,
    seeded: createSeededSource('defects', { now: AT }),
  })
  for (const { id, expected, ...recipe } of listDefects()) {
    const exhibit = seeded.make(recipe)
    for (const rules of RULE_SET_NAMES) {
      expect({ id, rules, ...judge(exhibit, RULES[rules]) }).toEqual({ id, rules, ...announced(expected, rules) })
    }
  }
})

/**
 * The same without what is wrong: with as many authorities and the same kinds of keys, and the same evidence asked for.
 */
function goodTwin({ certificates = {}, rsaAuthority, asked = {} }: Recipe): Recipe {
  return {
    ...(certificates.upper && { certificates: { upper: UNSPOILED } }),
    ...(rsaAuthority && { rsaAuthority }),
    asked: { revocation: asked.revocation ?? false },
  }
}
