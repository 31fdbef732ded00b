/** Removes what a hierarchy file once made and no longer names. */

import { join } from 'node:path'
import { APPLY_DRAFTS, placeFiles } from '../store/file-writer.ts'
import type { Store } from '../store/store.ts'
import type { PrunedName } from './apply-plan.ts'

/** @throws PkiError `refused.write`; what was removed before stays so */
export function prune(names: readonly PrunedName[], store: Store, now: Date): void {
  for (const { name, fingerprint, exports } of names) {
    const exported = exports.map((file) => join(store.exportFolder, file))
    // The certificate first: what is left behind by a crash is then no credential.
    const remove = [store.certificatePath(name), store.chainPath(name), store.keyPath(name), store.crlPath(name)]
    placeFiles(store.folder, [], { force: true, remove: [...remove, ...exported], drafts: APPLY_DRAFTS }).keep()
    store.note({ event: 'removed', name, fingerprint }, now)
  }
}
