/** Removes what a hierarchy file once made and no longer names. */

import { join } from 'node:path'
import { APPLY_DRAFTS, placeFiles } from '../store/file-writer.ts'
import type { Store } from '../store/store.ts'
import type { ApplyPlan, PrunedName, UnnamedFile } from './apply-plan.ts'

/** @throws PkiError `refused.write`; what was removed before stays so */
export function prune({ unnamed, unnamedFiles }: ApplyPlan, store: Store, now: Date): void {
  for (const name of unnamed) pruneCertificate(name, store, now)
  for (const [name, files] of byName(unnamedFiles)) pruneFiles(name, files, store, now)
}

function pruneCertificate({ name, fingerprint, exports }: PrunedName, store: Store, now: Date): void {
  const exported = exports.map((file) => join(store.exportFolder, ...file.split('/')))
  // The certificate first: what is left behind by a crash is then no credential.
  const remove = [store.certificatePath(name), store.chainPath(name), store.keyPath(name), store.crlPath(name)]
  placeFiles(store.folder, [], { force: true, remove: [...remove, ...exported], drafts: APPLY_DRAFTS }).keep()
  store.note({ event: 'removed', name, fingerprint }, now)
  noteUnexported(name, exports, store, now)
}

function byName(files: readonly UnnamedFile[]): ReadonlyMap<string, readonly UnnamedFile[]> {
  const found = new Map<string, UnnamedFile[]>()
  for (const file of files) found.set(file.name, [...(found.get(file.name) ?? []), file])
  return found
}

function pruneFiles(name: string, files: readonly UnnamedFile[], store: Store, now: Date): void {
  const remove = files.map(({ path }) => path)
  placeFiles(store.folder, [], { force: true, remove, drafts: APPLY_DRAFTS }).keep()
  const exports = files.flatMap(({ kind, file }) => (kind === 'export' ? [file] : []))
  noteUnexported(name, exports, store, now)
}

/** What is written under these names from now on is somebody else's. */
function noteUnexported(name: string, files: readonly string[], store: Store, now: Date): void {
  if (files.length > 0) store.note({ event: 'unexported', name, files }, now)
}
