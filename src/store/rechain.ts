/** Writes the chains of certificates anew after an authority above them was renewed. */

import { equalBytes } from '../der/writer.ts'
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

/** Who issued the certificates of a store, as far as the journal knows: name → name of the issuer. */
export type Issuers = ReadonlyMap<string, string | undefined>

/**
 * Names of the certificates in the store that were issued with the key, and under the subject, of an authority's
 * certificate: those that the journal says are below it and those it knows nothing about, if their chain agrees.
 */
export function issuedBelow(
  store: Store,
  authority: string,
  { subject, publicKey }: Certificate,
  issuers: Issuers,
): string[] {
  const isBelow = (name: string): boolean => {
    const [issuer] = store.readChain(name)
    return (
      issuer !== undefined &&
      equalBytes(issuer.publicKey.encoded, publicKey.encoded) &&
      equalBytes(issuer.subject.encoded, subject.encoded)
    )
  }
  return [...issuers]
    .filter(([name, issuer]) => name !== authority && (issuer === undefined || issuer === authority))
    .map(([name]) => name)
    .filter((name) => store.has(name) && isBelow(name))
}

/**
 * Replaces the chains of everything below an authority whose certificate has given way to another with the same key and
 * subject.
 * @throws PkiError `refused.write`
 */
export function rechainBelow(store: Store, authority: string, issuers: Issuers, now: Date, drafts: string): void {
  const certificate = store.readCertificate(authority)
  const chain = [certificate, ...store.readChain(authority)]
  for (const name of issuedBelow(store, authority, certificate, issuers)) {
    rechain(store, name, chain, now, drafts)
    rechainBelow(store, name, issuers, now, drafts)
  }
}
