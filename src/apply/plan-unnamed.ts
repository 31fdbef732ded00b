/**
 * What hierarchy files made once and this one does not name: certificates, exports, CRLs. Whether it was a file that
 * made them, the journal tells, and not what they look like: what lies under the name is removed, also if somebody has
 * changed it since. A CRL that was replaced, by `pki crl` or by `pki serve`, is not the file's any more.
 */

import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { PkiError } from '../errors.ts'
import { exportFileNames } from '../export/formats.ts'
import type { ResolvedEntry } from '../hierarchy-file/resolve.ts'
import { readStoredCrl } from '../store/publish-crl.ts'
import type { Store } from '../store/store.ts'
import type { ApplyPlan, PrunedName, UnnamedFile } from './apply-plan.ts'
import type { StoreRecords } from './records.ts'

export interface UnnamedFacts {
  readonly store: Store
  readonly records: StoreRecords
  /** Names of those that are there. */
  readonly certificates: ReadonlySet<string>
  /** What the file names, by the names of the certificates. */
  readonly named: ReadonlyMap<string, ResolvedEntry>
  /** Whether the file needs a certificate that it does not name. */
  readonly isUsed: (name: string) => boolean
  /** Of several shards, each looks after what it writes. */
  readonly owns: (name: string) => boolean
}

export function planUnnamed(facts: UnnamedFacts): Pick<ApplyPlan, 'unnamed' | 'unnamedFiles'> {
  const exports = unnamedExports(facts)
  const unnamed = unnamedCertificates(facts, exports)
  const gone = new Set(unnamed.map(({ name }) => name))
  const unnamedFiles = [...exports.values()].flat().concat(unnamedCrls(facts))
  return { unnamed, unnamedFiles: unnamedFiles.filter(({ name }) => !gone.has(name)) }
}

function unnamedCertificates(
  { records, certificates, named, isUsed }: UnnamedFacts,
  exports: ReadonlyMap<string, readonly UnnamedFile[]>,
): readonly PrunedName[] {
  const pruned: PrunedName[] = []
  for (const [name, { fingerprint, specification, isAdopted }] of records.names) {
    if (named.has(name) || isUsed(name) || specification === undefined || isAdopted) continue
    if (!certificates.has(name)) continue
    pruned.push({ name, fingerprint, exports: (exports.get(name) ?? []).map(({ file }) => file) })
  }
  return pruned
}

/** Those that are still there, by the name of the certificate. */
function unnamedExports({ store, records, named, owns }: UnnamedFacts): ReadonlyMap<string, readonly UnnamedFile[]> {
  if (records.exports.size === 0) return new Map()
  const wanted = new Set([...named].flatMap(([name, entry]) => wantedExports(name, entry)))
  const found = new Map<string, readonly UnnamedFile[]>()
  for (const [name, { written }] of records.exports) {
    if (named.has(name) && !owns(name)) continue
    const files = written
      .filter((file) => !wanted.has(file))
      .map((file) => ({ name, kind: 'export' as const, file, path: join(store.exportFolder, ...file.split('/')) }))
      .filter(({ path }) => existsSync(path))
    if (files.length > 0) found.set(name, files)
  }
  return found
}

function wantedExports(name: string, { exports }: ResolvedEntry): readonly string[] {
  return exports.flatMap(({ formats, out }) => {
    const files = formats.flatMap((format) => exportFileNames(format, name))
    return out === '' ? files : files.map((file) => `${out}/${file}`)
  })
}

function unnamedCrls({ store, records, named, owns }: UnnamedFacts): readonly UnnamedFile[] {
  return [...records.crls].flatMap(([name, { crlNumber }]): readonly UnnamedFile[] => {
    const entry = named.get(name)
    if (entry !== undefined && (entry.crl !== undefined || !owns(name))) return []
    const path = store.crlPath(name)
    return numberOfCrl(path) === crlNumber ? [{ name, kind: 'crl', file: basename(path), path }] : []
  })
}

/** Decimal; undefined where there is no CRL, or none that can be read: then somebody else has put it there. */
function numberOfCrl(path: string): string | undefined {
  try {
    return readStoredCrl(path)?.decoded.cRLNumber?.toString()
  } catch (cause) {
    if (cause instanceof PkiError && cause.code === 'input.malformed') return undefined
    throw cause
  }
}
