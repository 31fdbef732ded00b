/** Findings as JSON, alike in `pki verify`, `pki lint` and SARIF. */

import { instantJson, type Json, type JsonObject } from './json-value.ts'
import type { WeighedFinding } from './judgement.ts'

/** `{code, level, certificate, facts, section, sentence, cure, platformName}`. */
export function findingJson(finding: WeighedFinding): JsonObject {
  const { code, level, certificate, facts, section, sentence, cure, platformName } = finding
  return {
    code,
    level,
    certificate,
    facts: factsJson(facts),
    section,
    sentence,
    cure,
    platformName: platformName ?? null,
  }
}

/** Facts are strings, numbers, booleans, dates and lists of strings; what else there might be prints as text. */
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
