/** A store in a temporary folder, with what revocation tests need in it: a root, a CA, and certificates below it. */

import type { Credential } from '../../src/keys/credential.ts'
import { formatPrivateKey } from '../../src/keys/key-file.ts'
import type { PrivateKey } from '../../src/keys/keys.ts'
import { issuedEvent } from '../../src/store/issued-event.ts'
import type { RevocableCertificate } from '../../src/store/record-revocation.ts'
import { Store } from '../../src/store/store.ts'
import { type Certificate, fingerprint } from '../../src/x509/certificate.ts'
import { issue, NOW } from '../issue/authority.ts'
import { folderOfTest } from '../temporary-folder.ts'

/** No other process runs. */
export const ALONE = { pid: 4711, isRunning: () => false }

export const CONTEXT = { now: NOW, processes: ALONE }

export interface TestStore {
  readonly store: Store
  readonly root: Credential
  readonly ca: Credential
  /** Issues and stores a client certificate. */
  add(name: string): Credential
  /** What revoking takes. */
  revocable(name: string, certificate: Certificate): RevocableCertificate
}

/** `root` and below it `ca1`, in a folder that is gone after the test. */
export function testStore(): TestStore {
  const store = new Store(folderOfTest('store'))
  const put = (
    name: string,
    credential: Credential,
    issuer: { name: string; certificate: Certificate } | undefined,
  ) => {
    const { certificate, chain, privateKey } = credential
    const key = { pem: formatPrivateKey(privateKey as PrivateKey, { format: 'pkcs8' }) }
    store.put({ name, certificate, chain, key }, issuedEvent({ name, certificate }, issuer, 'test'), { now: NOW })
    return credential
  }
  const root = put('root', issue({ profile: 'root', name: 'root' }), undefined)
  const rootIssuer = { name: 'root', certificate: root.certificate }
  const ca = put('ca1', issue({ profile: 'intermediate', name: 'ca1', from: root }), rootIssuer)
  const issuer = { name: 'ca1', certificate: ca.certificate }
  return {
    store,
    root,
    ca,
    add: (name) => put(name, issue({ profile: 'client', name, from: ca }), issuer),
    revocable: (name, certificate) => ({
      name,
      serialNumber: certificate.serialNumber,
      fingerprint: fingerprint(certificate),
      isCa: false,
      issuer,
    }),
  }
}
