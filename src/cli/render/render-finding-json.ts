/** Findings as JSON, alike in `pki verify`, `pki lint` and SARIF. */

import { instantJson, type Json, type JsonObject } from '../json-value.ts'
import type { WeighedFinding } from '../verify/judgement.ts'

export interface FindingJson {
  /** `validity.expired`, `path-length.exceeded`, …: what scripts compare. */
  readonly code: string
  readonly level: 'error' | 'warning'
  /** Index in the path, 0 is the target; null if it speaks of no single certificate. */
  readonly certificate: number | null
  /** What the code is about: strings, numbers, booleans, dates, lists of strings. */
  readonly facts: JsonObject
  /** Where the rule is written. */
  readonly section: string
  /** For people, and not to be compared: the wording changes. */
  readonly sentence: string
  readonly cure: string
  /** What the platform that the rule set describes calls it, null if it has no name there. */
  readonly platformName: string | null
}

export function findingJson(finding: WeighedFinding): FindingJson {
  const { facts, platformName, ...rest } = finding
  return { ...rest, facts: factsJson(facts), platformName: platformName ?? null }
}

/** What else there might be among facts prints as text. */
export function factsJson(facts: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, factJson(value)]))
}

function factJson(value: unknown): Json {
  if (value === undefined || value === null) return null
  if (value instanceof Date) return instantJson(value)
  if (Array.isArray(value)) return value.map(factJson)
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return value
    default:
      return String(value)
  }
}
