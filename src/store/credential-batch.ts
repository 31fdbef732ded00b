/**
 * Puts many credentials into a store at once, so that a process that is killed leaves nothing that looks whole and is
 * not.
 *
 * The journal comes first and the certificate last: a certificate that is the one noted last under its name has its key
 * and its chain beside it. What was noted and never came is made again by whoever looks (see `apply/`).
 */

import { APPLY_DRAFTS, placeFiles } from './file-writer.ts'
import { appendEvents, type JournalEvent } from './journal.ts'
import type { CredentialToStore, Store } from './store.ts'

export interface BatchItem {
  readonly credential: CredentialToStore
  readonly event: JournalEvent
}

export interface BatchOptions {
  /** Replace what is there. Nobody else may write to the store meanwhile. */
  readonly replace: boolean
  readonly now: Date
}

/**
 * Puts credentials in. Whoever calls holds the lock of `pki apply`, and has looked what is there.
 * @throws PkiError `refused.exists`, `refused.write`; then no file has changed, and the journal notes what is not there
 */
export function putBatch(store: Store, items: readonly BatchItem[], { replace, now }: BatchOptions): void {
  if (items.length === 0) return
  const files = items.flatMap(({ credential }) => store.filesOf(credential))
  const remove = replace ? items.flatMap(({ credential }) => store.leftoversOf(credential)) : []
  store.prepare()
  appendEvents(
    store.journalPath,
    items.map(({ event }) => event),
    now,
  )
  placeFiles(store.folder, files, { force: replace, looked: true, remove, drafts: APPLY_DRAFTS }).keep()
}
