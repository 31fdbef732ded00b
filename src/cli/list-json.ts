/** `--json` of `pki list` and `pki tree`: the same list, whose `issuedBy` is the tree. */

import type { Inventory } from '../store/inventory.ts'
import type { Io } from './io.ts'
import { writeJson } from './json.ts'
import { certificateJson, type ListedJson } from './result-json.ts'

export function writeListJson({ entries }: Inventory, folder: string, io: Io): void {
  const now = io.now()
  const listed: ListedJson = {
    schema: 'pki.listed/1',
    folder,
    certificates: entries.map(({ name, certificate, issuedBy, isRevoked, hasKey }) => ({
      name,
      ...certificateJson(certificate, now),
      issuedBy: issuedBy ?? null,
      revoked: isRevoked,
      hasPrivateKey: hasKey,
    })),
  }
  writeJson(io, listed)
}
