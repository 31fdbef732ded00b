/** Whether an authority's CRL has to be made. */

import type { ResolvedEntry } from '../hierarchy-file/resolve.ts'
import { addDuration, type Duration, parseDuration } from '../profile/duration.ts'
import { issuerKeyHash } from '../store/journal.ts'
import { readStoredCrl } from '../store/publish-crl.ts'
import type { Revocations } from '../store/revocations.ts'
import type { Store } from '../store/store.ts'
import type { Action, EntryPlan } from './apply-plan.ts'

export interface CrlFacts {
  readonly store: Store
  readonly revocations: Revocations
  /** Make one that ends within this time. */
  readonly ifExpiring: Duration | undefined
  readonly now: Date
}

const REPLACING: readonly Action[] = ['make', 'change', 'renew', 'restore']

/** @param plans of all entries, with what they revoke */
export function planCrl(plan: EntryPlan, plans: readonly EntryPlan[], facts: CrlFacts): EntryPlan['crl'] {
  const { entry, actions } = plan
  if (entry.crl === undefined) return undefined
  const isReplaced = REPLACING.some((action) => (actions.get(action)?.length ?? 0) > 0)
  const revokes = plans.some(
    ({ entry: below, revoke, lift }) => below.from === entry.name && revoke.length + lift.length > 0,
  )
  return isReplaced || revokes || isOutdated(entry, entry.crl, facts) ? 'make' : 'keep'
}

function isOutdated({ name }: ResolvedEntry, validFor: string, facts: CrlFacts): boolean {
  const { store, revocations, ifExpiring, now } = facts
  const crl = readStoredCrl(store.crlPath(name))
  const number = crl?.decoded.cRLNumber
  if (crl?.nextUpdate === undefined || number === undefined) return true
  const nextUpdate = crl.nextUpdate.date
  const wanted = addDuration(crl.thisUpdate.date, parseDuration(validFor))
  if (wanted.getTime() !== nextUpdate.getTime()) return true
  if (ifExpiring !== undefined && isEnding(crl.thisUpdate.date, nextUpdate, now, ifExpiring)) return true
  const key = issuerKeyHash(store.readCertificate(name))
  return revocations.lastCrlNumber(key) !== number || number <= revocations.outdatedCrlNumber(key)
}

/** A CRL lasts days where certificates last years: one that has most of its time before it is not ending. */
function isEnding(thisUpdate: Date, nextUpdate: Date, now: Date, within: Duration): boolean {
  const middle = (thisUpdate.getTime() + nextUpdate.getTime()) / 2
  return nextUpdate <= addDuration(now, within) && now.getTime() >= middle
}
