/** The hierarchy file of a store: what `pki export --as-yaml` writes. */

import { existsSync } from 'node:fs'
import { readRecords } from '../../apply/records.ts'
import type { Artifact } from '../../export/artifact.ts'
import { formatHierarchyFile, type StoredEntry } from '../../hierarchy-file/from-store.ts'
import { listProfiles } from '../../profile/find.ts'
import { takeInventory } from '../../store/inventory.ts'
import type { Store } from '../../store/store.ts'
import { writeWarning } from '../error-report.ts'
import type { Io } from '../io.ts'

/** `pki.yaml`, not yet written. @throws PkiError `input.malformed`, `input.unreadable` */
export async function hierarchyArtifact(store: Store, io: Io): Promise<Artifact> {
  const profiles = new Map((await listProfiles({ projectDir: io.cwd })).map(({ name, profile }) => [name, profile]))
  const { names: records } = readRecords(store)
  const entries = takeInventory(store).entries.map((entry): StoredEntry => {
    const profile = records.get(entry.name)?.profile
    const known = profile === undefined ? undefined : profiles.get(profile)
    return {
      name: entry.name,
      certificate: entry.certificate,
      issuer: entry.issuedBy,
      profile: known === undefined ? undefined : profile,
      profileKey: known?.key,
      defects: records.get(entry.name)?.defects ?? [],
      hasKey: entry.hasKey,
      hasCrl: existsSync(store.crlPath(entry.name)),
      revokedFor: entry.revocation?.reason,
    }
  })
  const { text, leftOut } = formatHierarchyFile(entries)
  if (leftOut.length > 0) writeWarning(io, `left out, because their issuers are not here: ${leftOut.join(', ')}`)
  return { fileName: 'pki.yaml', bytes: new TextEncoder().encode(text), mode: 0o644 }
}
