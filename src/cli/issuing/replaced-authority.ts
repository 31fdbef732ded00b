/** What becomes of the certificates of an authority that is replaced by one with another key. */

import { equalBytes } from '../../der/writer.ts'
import type { PrivateKey } from '../../keys/keys.ts'
import { takeInventory } from '../../store/inventory.ts'
import type { Store } from '../../store/store.ts'
import type { MadeCertificate } from './made-report.ts'

/**
 * A warning that names the certificates in the store which the new one will not have issued.
 * @param key that of the new certificate
 */
export function leftBehind(store: Store, name: string, key: PrivateKey): MadeCertificate['problems'] {
  if (!store.has(name)) return []
  const { publicKey, decoded } = store.readCertificate(name)
  if (decoded.basicConstraints?.cA !== true || equalBytes(publicKey.encoded, key.publicKey.encoded)) return []
  const names = takeInventory(store)
    .entries.filter(({ issuedBy }) => issuedBy === name)
    .map((entry) => entry.name)
  if (names.length === 0) return []
  const shown = names.length > SHOWN ? [...names.slice(0, SHOWN), `${names.length - SHOWN} more`] : names
  const message = `${shown.join(', ')} ${names.length === 1 ? 'was' : 'were'} issued by the ${name} that is replaced, and will not verify with the new one; pki renew ${name} keeps the key`
  return [{ kind: 'replaced.left-behind', message }]
}

const SHOWN = 8
