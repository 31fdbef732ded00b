/** How far away an instant is, in the words people use. */

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const YEAR = 365.25 * DAY

/** The largest unit that says it without misleading: certificates are counted in days up to two years. */
const UNITS = [
  { name: 'year', length: YEAR, from: 2 * YEAR },
  { name: 'day', length: DAY, from: 2 * DAY },
  { name: 'hour', length: HOUR, from: 2 * HOUR },
  { name: 'minute', length: MINUTE, from: 2 * MINUTE },
  { name: 'second', length: SECOND, from: 0 },
] as const

/** `in 23 days`, `3 days ago`, `now`: whole units, rounded down. */
export function relativeTime(date: Date, now: Date): string {
  const distance = Math.abs(date.getTime() - now.getTime())
  if (distance < SECOND) return 'now'
  const span = duration(distance)
  return date > now ? `in ${span}` : `${span} ago`
}

/**
 * How much of a unit may be missing: a certificate made a moment ago for 397 days ends in 397 days, and five years by
 * the calendar are five years of 365.25 days but for some hours.
 */
const TOLERANCE = 0.01

/** A span of milliseconds in its largest unit, rounded down: `23 days`. */
export function duration(milliseconds: number): string {
  const unit = UNITS.find(({ from }) => milliseconds >= from) ?? UNITS[4]
  const count = Math.floor(milliseconds / unit.length + TOLERANCE)
  return `${count} ${unit.name}${count === 1 ? '' : 's'}`
}

/** `2026-11-21 17:30:00 UTC`: an instant as people read it, to the second, as RFC 5280 counts. */
export function formatInstant(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
