/** `--json` of `pki list` and `pki tree`: the same list, whose `issuedBy` is the tree. */

import type { Inventory, ListedRevocation } from '../store/inventory.ts'
import type { Io } from './io.ts'
import { writeJson } from './json.ts'
import { instantJson } from './json-value.ts'
import { certificateJson, type ListedJson, type ListedRevocationJson } from './result-json.ts'

export function writeListJson({ entries }: Inventory, folder: string, io: Io): void {
  const now = io.now()
  const listed: ListedJson = {
    schema: 'pki.listed/1',
    folder,
    certificates: entries.map(({ name, certificate, issuedBy, revocation, hasKey }) => ({
      name,
      ...certificateJson(certificate, now),
      issuedBy: issuedBy ?? null,
      revoked: revocation !== undefined,
      revocation: revocation === undefined ? null : listedRevocationJson(revocation),
      hasPrivateKey: hasKey,
    })),
  }
  writeJson(io, listed)
}

function listedRevocationJson({ reason, revocationDate }: ListedRevocation): ListedRevocationJson {
  return { reason, revocationDate: instantJson(revocationDate) }
}
