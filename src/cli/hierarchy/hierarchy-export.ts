/** The hierarchy file of a store: what `pki export --as-yaml` writes. */

import { type ExportRecord, readRecords } from '../../apply/records.ts'
import type { Artifact } from '../../export/artifact.ts'
import { formatHierarchyFile, type WrittenHierarchy } from '../../hierarchy-file/from-store.ts'
import type { StoredDefect, StoredEntry } from '../../hierarchy-file/stored-entry.ts'
import { listProfiles } from '../../profile/find.ts'
import { type InventoryEntry, takeInventory } from '../../store/inventory.ts'
import { readStoredCrl } from '../../store/publish-crl.ts'
import type { Store } from '../../store/store.ts'
import type { Io } from '../io.ts'
import type { WarningJson } from '../result-json.ts'

/** The file, not yet written, and what it cannot say. */
export interface HierarchyExport {
  readonly artifact: Artifact
  readonly warnings: readonly WarningJson[]
}

/** `pki.yaml`. @throws PkiError `input.malformed`, `input.unreadable` */
export async function exportHierarchy(store: Store, io: Io): Promise<HierarchyExport> {
  const profiles = new Map((await listProfiles({ projectDir: io.cwd })).map(({ name, profile }) => [name, profile]))
  const { names: records, exports } = readRecords(store)
  const groupOf = await defectGroups([...records.values()].some(({ defects }) => defects.length > 0))
  const entries = takeInventory(store).entries.map((entry): StoredEntry => {
    const { profile, defects = [] } = records.get(entry.name) ?? {}
    return {
      ...storedFacts(entry, store),
      profile: profile !== undefined && profiles.has(profile) ? profile : undefined,
      defects: defects.map(groupOf),
      exports: exportsOf(exports.get(entry.name)),
    }
  })
  const written = formatHierarchyFile(entries, profiles)
  const artifact = { fileName: 'pki.yaml', bytes: new TextEncoder().encode(written.text), mode: 0o644 as const }
  return { artifact, warnings: warningsAbout(written) }
}

function storedFacts(
  { name, certificate, issuedBy, hasKey, issuedAt, revocation }: InventoryEntry,
  store: Store,
): Omit<StoredEntry, 'profile' | 'defects' | 'exports'> {
  const crl = readStoredCrl(store.crlPath(name))
  const crlPeriod = crl?.nextUpdate && crl.nextUpdate.date.getTime() - crl.thisUpdate.date.getTime()
  return { name, certificate, issuer: issuedBy, hasKey, issuedAt, crlPeriod, revocation }
}

/** The catalogue is large; few stores hold what is wrong on purpose. */
async function defectGroups(isNeeded: boolean): Promise<(id: string) => StoredDefect> {
  if (!isNeeded) return (id) => ({ id, group: '' })
  const { listDefects } = await import('../../defect/catalogue.ts')
  const groups = new Map(listDefects().map(({ id, group }) => [id, group]))
  return (id) => ({ id, group: groups.get(id) ?? '' })
}

function exportsOf(record: ExportRecord | undefined): StoredEntry['exports'] {
  if (record === undefined || record.written.length === 0) return []
  return record.exports ?? { files: record.files }
}

function warningsAbout({ leftOut, unsaid, isSeeded }: WrittenHierarchy): readonly WarningJson[] {
  const says = `left out, because their issuers are not here: ${leftOut.join(', ')}`
  const seeded = 'made from a seed, which the file does not say: applied elsewhere it makes other keys'
  return [
    ...(leftOut.length > 0 ? [{ code: 'hierarchy.left-out', message: says }] : []),
    ...unsaid.map(({ name, what }) => ({ code: 'hierarchy.unsaid', message: `${name}: the file cannot say ${what}` })),
    ...(isSeeded ? [{ code: 'hierarchy.seeded', message: seeded }] : []),
  ]
}
