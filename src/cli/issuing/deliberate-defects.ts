/** `--defect`: certificates that are wrong on purpose, out of `pki init` and `pki issue`. */

import { keyForDefects, requireStorable, withDefects } from '../../defect/apply.ts'
import { requireDefect, requireDefects } from '../../defect/catalogue.ts'
import { type Defect, RULE_SET_NAMES } from '../../defect/defect.ts'
import { allFindings, expectTogether } from '../../defect/expectation.ts'
import type { PrivateKey } from '../../keys/keys.ts'
import type { SeededSource } from '../../seed/seeded-source.ts'
import { checkFlag, refuseTogether } from '../options.ts'
import type { Deliberate } from './make-certificate.ts'

/** What the options say, and the key that the defects want instead of a usual one. */
export interface DeliberateDefects extends Deliberate {
  readonly key: PrivateKey | undefined
}

/**
 * @param ids of `--defect`
 * @param name of the certificate, for a key that follows from a seed
 * @throws PkiError `usage.option` for ids that are unknown, contradict each other, or make something that cannot be
 *   kept in a store
 */
export function deliberateDefects(
  ids: readonly string[],
  name: string,
  { key: algorithm, keyFile }: { readonly key?: string; readonly keyFile?: string },
  seeded: SeededSource | undefined,
): DeliberateDefects {
  for (const id of ids) checkFlag(id, '--defect', requireDefect)
  const defects = requireDefects(ids)
  requireStorable(defects)
  const key = keyForDefects(defects, name, seeded)
  if (key !== undefined) refuseTogether({ 'a defect of the key': true, '--key-file': keyFile, '--key': algorithm })
  return {
    key,
    defects: ids,
    spoil: (order) => ({ ...withDefects(order, defects), key: order.key }),
    notes: [...defects.map(noteOn), expectationNote(defects)],
  }
}

function noteOn({ id, wrong, rule }: Defect): Deliberate['notes'][number] {
  return { kind: `defect.${id}`, message: `${id}, on purpose: ${wrong} (${rule})` }
}

function expectationNote(defects: readonly Defect[]): Deliberate['notes'][number] {
  const expected = expectTogether(defects)
  const findings = allFindings(expected).join(', ')
  const { rejectedBy } = expected
  const rejected =
    rejectedBy.length === RULE_SET_NAMES.length
      ? 'every rule set rejects it'
      : rejectedBy.length === 0
        ? 'no rule set rejects it'
        : `rejected by ${rejectedBy.join(', ')} only`
  return { kind: 'defect.expected', message: `expect ${findings === '' ? 'no finding' : findings}; ${rejected}` }
}
