/**
 * Which certificates of an entry are to be revoked and are not yet, which are on hold and no longer to be, and which
 * are revoked for good although their entry no longer says so.
 *
 * Whose a revocation is, the journal tells. What `pki apply` revoked is the file's: where the entry stops saying it, a
 * hold is lifted, and what cannot be lifted is told about. What somebody revoked with `pki revoke` is not the file's
 * concern, unless the entry says `revoked: false`.
 */

import { PkiError } from '../errors.ts'
import type { FileRevocation } from '../hierarchy-file/hierarchy-file.ts'
import { instanceName, type ResolvedEntry } from '../hierarchy-file/resolve.ts'
import { parseMoment } from '../profile/duration.ts'
import type { Revocation, Revocations } from '../store/revocations.ts'
import type { Action, EntryPlan, HeldCertificate, RevokedForGood } from './apply-plan.ts'
import type { StoreRecords } from './records.ts'

/** What is known and decided about one entry. */
export interface EntryFacts {
  readonly records: StoreRecords
  readonly actions: ReadonlyMap<Action, readonly number[]>
  /** Names of this entry that other shards write. */
  readonly elsewhere: readonly string[]
  /** Of the issuer whose CRL this run writes; for nothing else is revoked what another shard writes. */
  readonly crlKeyHash: string | undefined
}

export type RevocationPlan = Pick<EntryPlan, 'revoke' | 'lift' | 'stillRevoked'>

/** Where neither the file nor the journal says anything about revocation. */
export const NO_REVOCATIONS: RevocationPlan = { revoke: [], lift: [], stillRevoked: [] }

/** @throws PkiError `refused.exists` for one that is revoked for another reason, or from another time on */
export function planRevocations(entry: ResolvedEntry, facts: EntryFacts, revocations: Revocations): RevocationPlan {
  const { revoked } = entry
  return typeof revoked === 'object'
    ? { ...NO_REVOCATIONS, revoke: planRevoke(entry, revoked, facts, revocations) }
    : planLift(entry, facts, revocations)
}

/** The actions that leave another certificate under the name: revoking begins anew. */
const REPLACING: readonly Action[] = ['make', 'change', 'renew', 'restore']

function planRevoke(
  entry: ResolvedEntry,
  revoked: FileRevocation,
  facts: EntryFacts,
  revocations: Revocations,
): readonly number[] {
  const revoke: number[] = []
  for (const [action, numbers] of facts.actions) {
    if (action === 'borrow' && facts.crlKeyHash === undefined) continue
    const begins = REPLACING.includes(action)
    const recordOf = action === 'borrow' ? borrowedRecord : ownRecord
    for (const n of numbers) {
      const name = instanceName(entry, n)
      const found = begins ? undefined : find(recordOf(entry, name, facts), revocations)
      if (found === undefined || !isWhatTheFileSays(name, found, revoked)) revoke.push(n)
    }
  }
  return revoke.sort((a, b) => a - b)
}

function planLift(entry: ResolvedEntry, facts: EntryFacts, revocations: Revocations): RevocationPlan {
  const lift: HeldCertificate[] = []
  const stillRevoked: RevokedForGood[] = []
  for (const [name, record] of recordsOfKept(entry, facts)) {
    const found = find(record, revocations)
    if (record === undefined || found === undefined || !(found.isDeclared || entry.revoked === false)) continue
    const { reason, serialNumber, isCa } = found
    if (reason === 'certificateHold') lift.push({ name, serialNumber, fingerprint: record.fingerprint, isCa })
    else stillRevoked.push({ name, reason })
  }
  return { revoke: [], lift, stillRevoked }
}

function* recordsOfKept(
  entry: ResolvedEntry,
  facts: EntryFacts,
): Generator<readonly [name: string, record: RevocableRecord | undefined]> {
  for (const [action, numbers] of facts.actions) {
    if (action === 'borrow' || REPLACING.includes(action)) continue
    for (const n of numbers) {
      const name = instanceName(entry, n)
      yield [name, ownRecord(entry, name, facts)]
    }
  }
  for (const name of facts.elsewhere) yield [name, borrowedRecord(entry, name, facts)]
}

/** By what a certificate is found among those that are revoked. */
interface RevocableRecord {
  readonly issuerKeyHash: string | undefined
  readonly serialNumber: string
  readonly fingerprint: string
}

function ownRecord(_: ResolvedEntry, name: string, { records }: EntryFacts): RevocableRecord | undefined {
  return records.names.get(name)
}

/** Of what another shard writes, nothing is known but what was noted when it was revoked. */
function borrowedRecord(
  { specification }: ResolvedEntry,
  name: string,
  { records, crlKeyHash }: EntryFacts,
): RevocableRecord | undefined {
  const record = records.borrowed.get(name)
  return record?.specification === specification && record.issuerKeyHash === crlKeyHash ? record : undefined
}

function find(record: RevocableRecord | undefined, revocations: Revocations): Revocation | undefined {
  if (record?.issuerKeyHash === undefined) return undefined
  return revocations.find(record.issuerKeyHash, BigInt(`0x${record.serialNumber}`))
}

/** False for one on hold that is to be revoked for good. */
function isWhatTheFileSays(name: string, found: Revocation, { reason, at, invalidityDate }: FileRevocation): boolean {
  if (found.reason !== reason) {
    if (found.reason === 'certificateHold') return false
    throw otherwiseRevoked(name, found, `${found.reason}, not ${reason}`)
  }
  requireSameTime(name, found, { key: 'at', text: at, noted: found.revocationDate })
  requireSameTime(name, found, { key: 'invalidityDate', text: invalidityDate, noted: found.invalidityDate })
  return true
}

interface RevocationTime {
  readonly key: 'at' | 'invalidityDate'
  /** As the file has it. */
  readonly text: string | undefined
  readonly noted: Date | undefined
}

/** A duration counts from the run that revoked; it says nothing that could be compared later. */
function requireSameTime(name: string, found: Revocation, { key, text, noted }: RevocationTime): void {
  const moment = text === undefined ? undefined : parseMoment(text)
  if (moment?.kind !== 'instant' || moment.date.getTime() === noted?.getTime()) return
  throw otherwiseRevoked(name, found, `with ${key} ${noted?.toISOString() ?? 'left out'}, not ${text}`)
}

function otherwiseRevoked(name: string, { reason }: Revocation, how: string): PkiError {
  return new PkiError('refused.exists', `revoked already: ${how}`, {
    hint: 'CRLs that are out say so: change the entry so that another certificate is made, or write what it was',
    context: { name, reason },
  })
}
