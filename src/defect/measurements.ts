/**
 * What other programs make of the gallery, as it was measured when its tests last ran on a machine that has them all:
 * the data of `templates/defects/measured.json`, refreshed by `scripts/refresh-defects.mjs`.
 */

import { PkiError } from '../errors.ts'

/** The programs, in the order in which they are listed. */
export const PROGRAMS = ['openssl', 'gnutls', 'node', 'java', 'dotnet'] as const

export type ProgramName = (typeof PROGRAMS)[number]

export interface Measurement {
  readonly valid: boolean
  /** In the program's own words or codes; empty if it is content. */
  readonly said: string
}

export interface Measurements {
  readonly schema: 'pki.defects-measured/1'
  /** The version of each program. */
  readonly programs: Readonly<Partial<Record<ProgramName, string>>>
  /** By id of the defect, or `good`. A program that cannot be asked such a thing has no entry. */
  readonly verdicts: Readonly<Record<string, Readonly<Partial<Record<ProgramName, Measurement>>>>>
}

/**
 * Reads the file. It comes with this program, so that anything wrong with it is a damaged installation.
 * @throws PkiError `input.malformed`
 */
export function parseMeasurements(text: string, source: string): Measurements {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new PkiError('input.malformed', `${source}: not JSON`, { cause, hint: 'install this program again' })
  }
  if (isMeasurements(value)) return value
  throw new PkiError('input.malformed', `${source}: not a list of measured verdicts`, {
    hint: 'install this program again',
  })
}

function isMeasurements(value: unknown): value is Measurements {
  return typeof value === 'object' && value !== null && 'schema' in value && value.schema === 'pki.defects-measured/1'
}
