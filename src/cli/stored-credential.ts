/** A credential out of the store, with its private key unlocked if it has one. */

import { join } from 'node:path'
import type { Credential } from '../keys/credential.ts'
import type { Store } from '../store/store.ts'
import type { Io } from './io.ts'
import { requireKeyOf, unlockKey } from './issuer.ts'

/**
 * @throws PkiError `input.not-found`, `input.malformed`, `input.password`, `input.mismatch` if the key is not the
 *   certificate's
 */
export async function readCredential(
  store: Store,
  name: string,
  { keyPasswordFile }: { readonly keyPasswordFile?: string },
  io: Io,
): Promise<Credential> {
  const { certificate, chain, keyFile } = store.read(name)
  if (keyFile === undefined) return { certificate, chain, privateKey: undefined }
  const password = {
    what: `private key of ${name}`,
    flag: '--key-password-file',
    file: keyPasswordFile,
    variable: 'PKI_KEY_PASSWORD',
  } as const
  const privateKey = await unlockKey(keyFile.bytes, keyFile.path, password, io)
  requireKeyOf(certificate, privateKey, keyFile.path)
  return { certificate, chain, privateKey }
}

/** Where `quickstart` puts its exports. */
export function exportFolder(store: Store): string {
  return join(store.folder, 'exports')
}
