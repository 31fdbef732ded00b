/** Which certificates of an entry are to be revoked, and are not yet. */

import { PkiError } from '../errors.ts'
import { instanceName, type ResolvedEntry } from '../hierarchy-file/resolve.ts'
import type { Revocations } from '../store/revocations.ts'
import type { Action } from './apply-plan.ts'
import type { StoreRecords } from './records.ts'

/** What is known and decided about one entry. */
export interface EntryFacts {
  readonly records: StoreRecords
  readonly actions: ReadonlyMap<Action, readonly number[]>
}

/** The actions that leave another certificate under the name: revoking begins anew. */
const REPLACING: readonly Action[] = ['make', 'change', 'renew', 'restore', 'borrow']

/** @throws PkiError `refused.exists` for one that is revoked for good, and for another reason */
export function planRevocations(entry: ResolvedEntry, facts: EntryFacts, revocations: Revocations): readonly number[] {
  const revoke: number[] = []
  for (const [action, numbers] of facts.actions) {
    const begins = REPLACING.includes(action)
    for (const n of numbers) {
      if (begins || !isRevoked(entry, instanceName(entry, n), facts, revocations)) revoke.push(n)
    }
  }
  return revoke.sort((a, b) => a - b)
}

function isRevoked(
  { revoked }: ResolvedEntry,
  name: string,
  { records }: EntryFacts,
  revocations: Revocations,
): boolean {
  const record = records.names.get(name)
  if (record?.issuerKeyHash === undefined) return false
  const found = revocations.find(record.issuerKeyHash, BigInt(`0x${record.serialNumber}`))
  if (found === undefined || found.reason === revoked?.reason) return found !== undefined
  if (found.reason === 'certificateHold') return false
  throw new PkiError('refused.exists', `${name} is revoked already: ${found.reason}, not ${revoked?.reason}`, {
    hint: 'CRLs that are out say the reason: change the entry so that another certificate is made, or its reason back',
    context: { name, reason: found.reason },
  })
}
