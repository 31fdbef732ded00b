/** Which certificates of an entry are to be revoked, and are not yet. */

import { PkiError } from '../errors.ts'
import { instanceName, type ResolvedEntry } from '../hierarchy-file/resolve.ts'
import type { Revocations } from '../store/revocations.ts'
import type { CrlReason } from '../x509/crl-extension.ts'
import type { Action } from './apply-plan.ts'
import type { StoreRecords } from './records.ts'

/** What is known and decided about one entry. */
export interface EntryFacts {
  readonly records: StoreRecords
  readonly actions: ReadonlyMap<Action, readonly number[]>
  /** Of the issuer whose CRL this run writes; for nothing else is revoked what another shard writes. */
  readonly crlKeyHash: string | undefined
}

/** The actions that leave another certificate under the name: revoking begins anew. */
const REPLACING: readonly Action[] = ['make', 'change', 'renew', 'restore']

/** @throws PkiError `refused.exists` for one that is revoked for good, and for another reason */
export function planRevocations(entry: ResolvedEntry, facts: EntryFacts, revocations: Revocations): readonly number[] {
  const revoke: number[] = []
  for (const [action, numbers] of facts.actions) {
    if (action === 'borrow' && facts.crlKeyHash === undefined) continue
    const begins = REPLACING.includes(action)
    const isKnown = action === 'borrow' ? isBorrowedRevoked : isRevoked
    for (const n of numbers) {
      if (begins || !isKnown(entry, instanceName(entry, n), facts, revocations)) revoke.push(n)
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
  return isRevokedFor(revoked?.reason, name, record.issuerKeyHash, record.serialNumber, revocations)
}

/** Of what another shard writes, nothing is known but what was noted when it was revoked. */
function isBorrowedRevoked(
  { revoked, specification }: ResolvedEntry,
  name: string,
  { records, crlKeyHash }: EntryFacts,
  revocations: Revocations,
): boolean {
  const record = records.borrowed.get(name)
  if (record === undefined || record.specification !== specification || record.issuerKeyHash !== crlKeyHash)
    return false
  return isRevokedFor(revoked?.reason, name, record.issuerKeyHash, record.serialNumber, revocations)
}

function isRevokedFor(
  reason: CrlReason | undefined,
  name: string,
  issuerKeyHash: string,
  serialNumber: string,
  revocations: Revocations,
): boolean {
  const found = revocations.find(issuerKeyHash, BigInt(`0x${serialNumber}`))
  if (found === undefined || found.reason === reason) return found !== undefined
  if (found.reason === 'certificateHold') return false
  throw new PkiError('refused.exists', `${name} is revoked already: ${found.reason}, not ${reason}`, {
    hint: 'CRLs that are out say the reason: change the entry so that another certificate is made, or its reason back',
    context: { name, reason: found.reason },
  })
}
