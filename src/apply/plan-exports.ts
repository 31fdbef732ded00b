/** Which exports of an entry are missing, or of a certificate that is no longer there. */

import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { FileExport } from '../hierarchy-file/hierarchy-file.ts'
import { canonicalJson, instanceName, type ResolvedEntry } from '../hierarchy-file/resolve.ts'
import type { Store } from '../store/store.ts'
import type { Action } from './apply-plan.ts'
import type { StoreRecords } from './records.ts'

/** What leaves certificate and chain as they are. */
const UNTOUCHED: readonly Action[] = ['keep', 'adopt']

export function planExports(entry: ResolvedEntry, { store, records, actions }: ExportFacts): readonly number[] {
  if (entry.exports.length === 0) return []
  const planned: number[] = []
  for (const [action, numbers] of actions) {
    if (action === 'borrow') continue
    const isTouched = !UNTOUCHED.includes(action)
    for (const n of numbers) {
      if (isTouched || !isExported(entry, instanceName(entry, n), store, records)) planned.push(n)
    }
  }
  return planned.sort((a, b) => a - b)
}

export interface ExportFacts {
  readonly store: Store
  readonly records: StoreRecords
  readonly actions: ReadonlyMap<Action, readonly number[]>
}

function isExported({ exports }: ResolvedEntry, name: string, store: Store, records: StoreRecords): boolean {
  const certificate = records.names.get(name)
  const exported = records.exports.get(name)
  if (certificate === undefined || exported === undefined) return false
  if (exported.specification !== exportSpecification(exports, certificate)) return false
  return exported.files.every((file) => existsSync(join(store.exportFolder, file)))
}

/** Fingerprint of what is exported: which formats, and of which certificate below which issuer. */
export function exportSpecification(
  exports: readonly FileExport[],
  { fingerprint, issuerFingerprint }: { readonly fingerprint: string; readonly issuerFingerprint: string | undefined },
): string {
  const facts = canonicalJson({ exports, fingerprint, issuerFingerprint })
  return createHash('sha256').update(facts).digest('hex').slice(0, 32)
}
