import { describe, expect, it } from 'vitest'
import { addDuration, parseDuration, parseInstant, parseMoment } from '../../src/profile/duration.ts'

const NOW = new Date('2026-11-21T12:00:00Z')

describe('parseDuration', () => {
  it.each([
    ['30s', { months: 0, seconds: 30 }],
    ['30m', { months: 0, seconds: 1800 }],
    ['12h', { months: 0, seconds: 43_200 }],
    ['90d', { months: 0, seconds: 7_776_000 }],
    ['2w', { months: 0, seconds: 1_209_600 }],
    ['6mo', { months: 6, seconds: 0 }],
    ['10y', { months: 120, seconds: 0 }],
    ['-10m', { months: 0, seconds: -600 }],
    ['+1d', { months: 0, seconds: 86_400 }],
    ['0d', { months: 0, seconds: 0 }],
    ['-0y', { months: 0, seconds: 0 }],
    [' 1d ', { months: 0, seconds: 86_400 }],
  ])('reads %s', (text, expected) => {
    expect(parseDuration(text)).toEqual(expected)
  })

  it.each(['10y5', '10', 'y', '', '1.5d', '1d12h', '1 d', 'P1Y', '10Y', '1M', '--1d', '1e3d', '١d', '12345678901d'])(
    'refuses %j and says what is allowed',
    (text) => {
      expect(() => parseDuration(text)).toThrow(
        expect.objectContaining({ code: 'usage.time', hint: expect.stringContaining('90d') }),
      )
    },
  )
})

describe('addDuration goes by the calendar for months and years', () => {
  it.each([
    ['2026-11-21T12:00:00Z', '1y', '2027-11-21T12:00:00.000Z'],
    ['2026-11-21T12:00:00Z', '10y', '2036-11-21T12:00:00.000Z'],
    ['2028-02-29T23:59:59Z', '1y', '2029-02-28T23:59:59.000Z'],
    ['2028-02-29T23:59:59Z', '4y', '2032-02-29T23:59:59.000Z'],
    ['2027-01-31T00:00:00Z', '1mo', '2027-02-28T00:00:00.000Z'],
    ['2027-12-31T00:00:00Z', '2mo', '2028-02-29T00:00:00.000Z'],
    ['2027-03-31T00:00:00Z', '-1mo', '2027-02-28T00:00:00.000Z'],
    ['2027-01-15T00:00:00Z', '-1y', '2026-01-15T00:00:00.000Z'],
    ['2026-11-21T12:00:00Z', '365d', '2027-11-21T12:00:00.000Z'],
    ['2027-11-21T12:00:00Z', '365d', '2028-11-20T12:00:00.000Z'],
  ])('%s + %s = %s', (start, duration, expected) => {
    expect(addDuration(new Date(start), parseDuration(duration)).toISOString()).toBe(expected)
  })
})

describe('parseInstant', () => {
  it.each([
    ['2030-01-31', '2030-01-31T00:00:00.000Z'],
    ['2030-01-31T12:00Z', '2030-01-31T12:00:00.000Z'],
    ['2030-01-31T12:00:01Z', '2030-01-31T12:00:01.000Z'],
    ['2030-01-31t12:00:01z', '2030-01-31T12:00:01.000Z'],
    ['2030-01-31T12:00:00+02:00', '2030-01-31T10:00:00.000Z'],
    ['2030-01-31T23:30:00-01:00', '2030-02-01T00:30:00.000Z'],
    ['1900-06-01', '1900-06-01T00:00:00.000Z'],
    ['0050-06-01', '0050-06-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z'],
    ['@0', '1970-01-01T00:00:00.000Z'],
    ['@1893456000', '2030-01-01T00:00:00.000Z'],
    ['-1d', '2026-11-20T12:00:00.000Z'],
    ['1h', '2026-11-21T13:00:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(parseInstant(text, NOW).toISOString()).toBe(expected)
  })

  it.each([
    '2030-02-31',
    '2030-13-01',
    '2030-00-10',
    '2030-1-1',
    '2030-01-31T24:00:00Z',
    '2030-01-31T12:60:00Z',
    '2030-01-31T12:00:00',
    '2030-01-31T12:00:00.5Z',
    '2030-01-31T12:00:00+24:00',
    '2030-01-31 12:00:00Z',
    '@-1',
    'tomorrow',
    '7974y',
    '-2027y',
    '999999999y',
  ])('refuses %s', (text) => {
    expect(() => parseInstant(text, NOW)).toThrow(expect.objectContaining({ code: 'usage.time' }))
  })

  it('knows the last year that a certificate can hold', () => {
    expect(parseInstant('7973y', NOW).getUTCFullYear()).toBe(9999)
  })
})

it('parseMoment tells a distance into the past from one into the future', () => {
  expect(parseMoment('-10m')).toMatchObject({ kind: 'duration', isNegative: true })
  expect(parseMoment('-1y')).toMatchObject({ kind: 'duration', isNegative: true })
  expect(parseMoment('10m')).toMatchObject({ kind: 'duration', isNegative: false })
  expect(parseMoment('2030-01-01')).toMatchObject({ kind: 'instant' })
})
