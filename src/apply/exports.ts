/** Hands out what entries of a hierarchy file want exported, below `exports/` in the store. */

import { join } from 'node:path'
import type { ExportOptions } from '../export/export-options.ts'
import { type ExportFormatName, exportCredential } from '../export/formats.ts'
import type { PfxConsumer } from '../export/pfx-profile.ts'
import { atPlace, instanceName, type ResolvedEntry } from '../hierarchy-file/resolve.ts'
import type { Credential } from '../keys/credential.ts'
import type { PrivateKey } from '../keys/keys.ts'
import { APPLY_DRAFTS, type FileToWrite, placeFiles } from '../store/file-writer.ts'
import type { Store } from '../store/store.ts'
import { fingerprint } from '../x509/certificate.ts'
import type { ApplyPlan } from './apply-plan.ts'
import { type GoesOn, requireGoingOn } from './interruption.ts'
import { exportSpecification } from './plan-exports.ts'

export interface ExportMeans {
  readonly store: Store
  readonly file: string
  readonly now: Date
  readonly unlockKey: (name: string) => Promise<PrivateKey>
  readonly goesOn: GoesOn
  /** Passwords and randomness of one export. */
  readonly exportOptions: (format: ExportFormatName, name: string, consumer: PfxConsumer | undefined) => ExportOptions
}

/**
 * @returns the paths of what was written
 * @throws PkiError with the place of the entry, as `exportCredential`; `refused.write`, `stopped.interrupted`
 */
export async function writeExports({ entries }: ApplyPlan, means: ExportMeans): Promise<readonly string[]> {
  const written: string[] = []
  for (const { entry, exports } of entries) {
    for (const n of exports) {
      await requireGoingOn(means.goesOn)
      try {
        written.push(...(await exportInstance(entry, instanceName(entry, n), means)))
      } catch (cause) {
        throw atPlace(means.file, entry.place, entry.name, cause)
      }
    }
  }
  return written
}

async function exportInstance(entry: ResolvedEntry, name: string, means: ExportMeans): Promise<readonly string[]> {
  const { store, now, unlockKey, exportOptions } = means
  const { certificate, chain, keyFile } = store.read(name)
  const privateKey = keyFile === undefined ? undefined : await unlockKey(name)
  const credential: Credential = { certificate, chain, privateKey }
  const files = new Map<string, Omit<FileToWrite, 'path'>>()
  for (const { formats, out, for: consumer } of entry.exports) {
    for (const format of formats) {
      const options = { ...exportOptions(format, name, consumer), format }
      for (const { fileName, bytes, mode } of await exportCredential(credential, name, options)) {
        files.set(out === '' ? fileName : `${out}/${fileName}`, { bytes, mode })
      }
    }
  }
  const toWrite = [...files].map(([file, rest]) => ({ path: join(store.exportFolder, ...file.split('/')), ...rest }))
  placeFiles(store.folder, toWrite, { force: true, drafts: APPLY_DRAFTS }).keep()
  const [issuer] = chain
  const facts = { fingerprint: fingerprint(certificate), issuerFingerprint: issuer && fingerprint(issuer) }
  const specification = exportSpecification(entry.exports, facts)
  const exports = entry.exports.map(({ formats, out, for: consumer }) => ({
    formats,
    out,
    ...(consumer && { for: consumer }),
  }))
  store.note({ event: 'exported', name, specification, exports, files: [...files.keys()] }, now)
  return toWrite.map(({ path }) => path)
}
