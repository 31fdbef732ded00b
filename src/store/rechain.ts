/** Writes the chains of certificates anew after an authority above them was renewed. */

import { type Certificate, fingerprint } from '../x509/certificate.ts'
import { placeFiles } from './file-writer.ts'
import type { Store } from './store.ts'

/**
 * Replaces the certificates above one, and notes it.
 * @param drafts how the name of the temporary folder begins
 * @throws PkiError `refused.write`
 */
export function rechain(store: Store, name: string, chain: readonly Certificate[], now: Date, drafts: string): void {
  const [issuer] = chain
  if (issuer === undefined) return
  const certificate = store.readCertificate(name)
  const path = store.chainPath(name)
  const files = store.filesOf({ name, certificate, chain, key: 'keep' }).filter((file) => file.path === path)
  placeFiles(store.folder, files, { force: true, drafts }).keep()
  const facts = { name, fingerprint: fingerprint(certificate), issuerFingerprint: fingerprint(issuer) }
  store.note({ event: 'rechained', ...facts }, now)
}

/**
 * Replaces the chains of everything below an authority that was renewed with its key.
 * @returns how many
 */
export function rechainBelow(
  store: Store,
  authority: string,
  issuerOf: ReadonlyMap<string, string>,
  now: Date,
  drafts: string,
): number {
  const certificate = store.readCertificate(authority)
  const chain = [certificate, ...store.readChain(authority)]
  let count = 0
  for (const [name, issuer] of issuerOf) {
    if (issuer !== authority || name === authority || !store.has(name)) continue
    rechain(store, name, chain, now, drafts)
    count += 1 + rechainBelow(store, name, issuerOf, now, drafts)
  }
  return count
}
