/** All deliberate defects by their ids. */

import { PkiError } from '../errors.ts'
import { nearest } from '../spelling/nearest.ts'
import { DEFECT_GROUPS, type Defect, type DefectGroup, type Place } from './defect.ts'
import { BASIC_CONSTRAINTS } from './groups/basic-constraints.ts'
import { ENCODING } from './groups/encoding.ts'
import { EXTENSIONS } from './groups/extensions.ts'
import { IDENTITY } from './groups/identity.ts'
import { KEY_IDENTIFIERS } from './groups/key-identifiers.ts'
import { KEY_USAGE } from './groups/key-usage.ts'
import { KEYS } from './groups/keys.ts'
import { NAME_CONSTRAINTS } from './groups/name-constraints.ts'
import { NAMES } from './groups/names.ts'
import { PATH } from './groups/path.ts'
import { POLICIES } from './groups/policies.ts'
import { REVOCATION } from './groups/revocation.ts'
import { SERIAL_NUMBER } from './groups/serial-number.ts'
import { SIGNATURE } from './groups/signature.ts'
import { VALIDITY } from './groups/validity.ts'
import { contradiction, type Spoiling } from './spoiling.ts'

const DEFECTS = {
  ...VALIDITY,
  ...SIGNATURE,
  ...NAMES,
  ...IDENTITY,
  ...BASIC_CONSTRAINTS,
  ...KEY_USAGE,
  ...NAME_CONSTRAINTS,
  ...POLICIES,
  ...KEY_IDENTIFIERS,
  ...SERIAL_NUMBER,
  ...EXTENSIONS,
  ...ENCODING,
  ...KEYS,
  ...PATH,
  ...REVOCATION,
} satisfies Readonly<Record<string, Defect>>

/** The id of a defect, such as `expired`. */
export type DefectId = keyof typeof DEFECTS

/** Every defect, group by group. */
export function listDefects(group?: DefectGroup): readonly Defect[] {
  const all: readonly Defect[] = Object.values(DEFECTS)
  return group === undefined ? all : all.filter((defect) => defect.group === group)
}

/** @throws PkiError `usage.option` for an id that is not in {@link DEFECTS} */
export function requireDefect(id: string): Defect {
  const defect: Defect | undefined = Object.hasOwn(DEFECTS, id) ? DEFECTS[id as DefectId] : undefined
  if (defect !== undefined) return defect
  throw new PkiError('usage.option', `unknown defect: ${id}`, {
    hint: `${didYouMean(id)}pki defects list shows all`,
    context: { defect: id },
  })
}

/** The nearest id, or those that have a word in common. */
function didYouMean(id: string): string {
  const ids = Object.keys(DEFECTS)
  const words = id.split('-').filter((word) => word.length > 2)
  const nearestId = nearest(id, ids)
  const related = ids.filter((known) => words.some((word) => known.split('-').includes(word)))
  const near = nearestId === undefined ? related : [nearestId]
  return near.length === 0 ? '' : `did you mean ${near.slice(0, 3).join(', ')}? `
}

/** @throws PkiError `usage.option` */
export function requireDefectGroup(text: string): DefectGroup {
  const group = DEFECT_GROUPS.find((known) => known === text)
  if (group !== undefined) return group
  throw new PkiError('usage.option', `unknown group of defects: ${text}`, {
    hint: `groups are ${DEFECT_GROUPS.join(', ')}`,
  })
}

/**
 * Defects that one certificate is to have together.
 * @throws PkiError `usage.option` for an unknown id, one given twice, or two that would change the same thing
 */
export function requireDefects(ids: readonly string[]): readonly Defect[] {
  const defects = ids.map(requireDefect)
  defects.forEach((defect, i) => {
    for (const other of defects.slice(0, i)) requireCompatible(other, defect)
  })
  return defects
}

function requireCompatible(a: Defect, b: Defect): void {
  if (a === b) throw new PkiError('usage.option', `defect ${a.id} is given twice`, { context: { defect: a.id } })
  // Asked for together they act on one certificate, whatever their place in the gallery.
  for (const one of spoilings(a)) {
    for (const other of spoilings(b)) {
      const part = contradiction(one, other)
      if (part === undefined) continue
      throw new PkiError('usage.option', `defects ${a.id} and ${b.id} contradict each other: both change the ${part}`, {
        hint: 'make a certificate for each',
        context: { defect: a.id, other: b.id, part },
      })
    }
  }
}

function spoilings({ certificates = {} }: Defect): readonly Spoiling[] {
  return Object.values(certificates as Partial<Record<Place, Spoiling>>)
}
