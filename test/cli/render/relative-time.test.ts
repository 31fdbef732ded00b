import { expect, it } from 'vitest'
import { relativeTime } from '../../../src/cli/render/relative-time.ts'

const NOW = new Date('2026-06-01T12:00:00.500Z')

it.each([
  ['2026-06-01T12:00:00Z', 'now'],
  ['2026-06-01T12:01:59Z', 'in 118 seconds'],
  ['2026-06-01T12:03:00Z', 'in 3 minutes'],
  ['2026-06-02T11:00:00Z', 'in 23 hours'],
  ['2026-06-24T11:00:00Z', 'in 22 days'],
  ['2026-05-29T12:00:00Z', '3 days ago'],
  // Whole periods that began a moment ago are called by their length.
  ['2027-07-03T12:00:00Z', 'in 397 days'],
  ['2031-06-01T12:00:00Z', 'in 5 years'],
  ['2036-06-01T12:00:00Z', 'in 10 years'],
  ['2030-12-01T12:00:00Z', 'in 4 years'],
])('%s is %s', (date, expected) => {
  expect(relativeTime(new Date(date), NOW)).toBe(expected)
})
