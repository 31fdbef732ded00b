/** Requests that lie in the store and wait for their certificate. */

import { existsSync, readFileSync } from 'node:fs'
import { parsePem } from '../../der/pem.ts'
import { equalBytes } from '../../der/writer.ts'
import { PkiError } from '../../errors.ts'
import type { CredentialToStore, Store } from '../../store/store.ts'
import type { CertificationRequest } from '../../x509/request.ts'

/**
 * Whether the key that lies in the store under this name is the one of the request: then the certificate joins it.
 * @throws PkiError `refused.exists` if the key there waits for another certificate
 */
export function pendingKey(store: Store, name: string, request: CertificationRequest): CredentialToStore['key'] {
  if (!store.hasKey(name)) return 'none'
  const path = store.requestPath(name)
  const [pending] = existsSync(path) ? parsePem(readFileSync(path, 'latin1')) : []
  if (pending !== undefined && equalBytes(pending.bytes, request.encoded)) return 'keep'
  if (store.has(name)) return 'none'
  throw new PkiError('refused.exists', `${store.keyPath(name)}: a private key that is not that of the request`, {
    hint: 'choose another name with --name',
    context: { path: store.keyPath(name) },
  })
}
