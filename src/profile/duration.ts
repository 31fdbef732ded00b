/**
 * Durations and moments as people write them: `90d`, `-10m`, `2030-01-01`, `@1767225600`.
 *
 * A duration is one whole number and one unit. Minutes, hours, days and weeks are so many seconds; months and years go
 * by the calendar: `1y` from 2028-02-29 ends on 2029-02-28, `10y` has its two or three leap days.
 */

import { PkiError } from '../errors.ts'

/** A length of time; exactly one of the two is not zero, unless both are. */
export interface Duration {
  readonly months: number
  readonly seconds: number
}

/** A point in time, or a distance from one. */
export type Moment =
  | { readonly kind: 'instant'; readonly date: Date }
  | { readonly kind: 'duration'; readonly duration: Duration; readonly isNegative: boolean }

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400, w: 7 * 86400 }
const MONTHS: Readonly<Record<string, number>> = { mo: 1, y: 12 }

const DURATION = /^([+-]?)(\d{1,9})(s|m|h|d|w|mo|y)$/
const INSTANT = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.0+)?)?(Z|[+-]\d\d:\d\d))?$/i
const UNIX = /^@(\d{1,12})$/

const DURATION_HINT = 'a duration is a number and a unit: 30m, 12h, 90d, 2w, 6mo (months), 10y'
const INSTANT_HINT = 'an instant reads 2030-01-31, 2030-01-31T12:00:00Z, 2030-01-31T12:00:00+02:00 or @1893456000'

/**
 * A duration such as `90d`, `12h` or `-10m`.
 * @throws PkiError `usage.time`
 */
export function parseDuration(text: string): Duration {
  const duration = readDuration(text.trim())
  if (duration !== undefined) return duration
  throw new PkiError('usage.time', `not a duration: ${text}`, { hint: DURATION_HINT, context: { text } })
}

/**
 * A duration or an instant. A date without a time is its first second in UTC.
 * @throws PkiError `usage.time`
 */
export function parseMoment(text: string): Moment {
  const trimmed = text.trim()
  const duration = readDuration(trimmed)
  if (duration !== undefined) return { kind: 'duration', duration, isNegative: duration.months + duration.seconds < 0 }
  const date = readInstant(trimmed)
  if (date !== undefined) return { kind: 'instant', date }
  const hint = `${DURATION_HINT}; ${INSTANT_HINT}`
  throw new PkiError('usage.time', `not a duration or an instant: ${text}`, { hint, context: { text } })
}

/**
 * An instant; a duration counts from `now`.
 * @throws PkiError `usage.time`, also where the result is beyond the year 9999, which no certificate can hold
 */
export function parseInstant(text: string, now: Date): Date {
  return momentFrom(parseMoment(text), now)
}

/** The date that a moment means when durations count from `start`. @throws PkiError `usage.time` beyond year 9999 */
export function momentFrom(moment: Moment, start: Date): Date {
  const date = moment.kind === 'instant' ? moment.date : addDuration(start, moment.duration)
  const year = date.getUTCFullYear()
  if (year >= 0 && year <= 9999) return date
  throw new PkiError('usage.time', 'a certificate can hold no date before the year 0 or after 9999')
}

/** `date` moved by a duration: seconds exactly, months by the calendar and never into the month after. */
export function addDuration(date: Date, { months, seconds }: Duration): Date {
  const moved = new Date(date.getTime() + seconds * 1000)
  if (months === 0) return moved
  const day = moved.getUTCDate()
  moved.setUTCDate(1)
  moved.setUTCMonth(moved.getUTCMonth() + months)
  moved.setUTCDate(Math.min(day, daysInMonth(moved)))
  return moved
}

function daysInMonth(date: Date): number {
  const next = new Date(date)
  next.setUTCMonth(next.getUTCMonth() + 1, 0)
  return next.getUTCDate()
}

function readDuration(text: string): Duration | undefined {
  const match = DURATION.exec(text)
  if (match === null) return undefined
  const [, sign, digits, unit] = match as unknown as [string, string, string, string]
  const amount = Number(digits) * (sign === '-' ? -1 : 1)
  // `|| 0` turns the -0 of `-0d` into 0.
  return { months: amount * (MONTHS[unit] ?? 0) || 0, seconds: amount * (SECONDS[unit] ?? 0) || 0 }
}

function readInstant(text: string): Date | undefined {
  const unix = UNIX.exec(text)
  if (unix !== null) return new Date(Number(unix[1]) * 1000)
  const match = INSTANT.exec(text)
  if (match === null) return undefined
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  // JavaScript would turn the 31st of February into a day in March.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined
  if (hour > 23 || minute > 59 || second > 59) return undefined
  date.setUTCHours(hour, minute, second)
  return offsetFrom(date, match[7] ?? 'Z')
}

function offsetFrom(date: Date, zone: string): Date | undefined {
  if (zone.toUpperCase() === 'Z') return date
  const [hours, minutes] = zone.slice(1).split(':').map(Number) as [number, number]
  if (hours > 23 || minutes > 59) return undefined
  const milliseconds = (hours * 60 + minutes) * 60_000
  return new Date(date.getTime() + (zone.startsWith('-') ? milliseconds : -milliseconds))
}
