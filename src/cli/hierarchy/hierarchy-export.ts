/** The hierarchy file of a store: what `pki export --as-yaml` writes. */

import { readRecords } from '../../apply/records.ts'
import type { Artifact } from '../../export/artifact.ts'
import { formatHierarchyFile, type StoredEntry } from '../../hierarchy-file/from-store.ts'
import { listProfiles } from '../../profile/find.ts'
import { takeInventory } from '../../store/inventory.ts'
import { readStoredCrl } from '../../store/publish-crl.ts'
import type { Store } from '../../store/store.ts'
import { writeWarning } from '../error-report.ts'
import type { Io } from '../io.ts'

/** `pki.yaml`, not yet written. @throws PkiError `input.malformed`, `input.unreadable` */
export async function hierarchyArtifact(store: Store, io: Io): Promise<Artifact> {
  const profiles = new Map((await listProfiles({ projectDir: io.cwd })).map(({ name, profile }) => [name, profile]))
  const { names: records } = readRecords(store)
  const entries = takeInventory(store).entries.map((entry): StoredEntry => {
    const profile = records.get(entry.name)?.profile
    const crl = readStoredCrl(store.crlPath(entry.name))
    return {
      name: entry.name,
      certificate: entry.certificate,
      issuer: entry.issuedBy,
      profile: profile !== undefined && profiles.has(profile) ? profile : undefined,
      defects: records.get(entry.name)?.defects ?? [],
      hasKey: entry.hasKey,
      crlPeriod: crl?.nextUpdate && crl.nextUpdate.date.getTime() - crl.thisUpdate.date.getTime(),
      revokedFor: entry.revocation?.reason,
    }
  })
  const { text, leftOut } = formatHierarchyFile(entries, profiles)
  if (leftOut.length > 0) writeWarning(io, `left out, because their issuers are not here: ${leftOut.join(', ')}`)
  return { fileName: 'pki.yaml', bytes: new TextEncoder().encode(text), mode: 0o644 }
}
