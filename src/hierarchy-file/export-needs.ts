/** Whether what an entry of a hierarchy file wants exported can be there: known before anything is made. */

import { PkiError } from '../errors.ts'
import { type ExportFormatName, needOf } from '../export/formats.ts'
import { atPlace, type ResolvedEntry } from './resolve.ts'

/**
 * @param byName the entries of the file; what issues from outside is not judged
 * @throws PkiError `usage.hierarchy` with the place of the entry
 */
export function requireExportable(
  entry: ResolvedEntry,
  byName: ReadonlyMap<string, ResolvedEntry>,
  file: string,
): void {
  for (const format of entry.exports.flatMap(({ formats }) => formats)) {
    const why = missingFor(format, entry, byName)
    if (why === undefined) continue
    throw atPlace(file, entry.place, entry.name, new PkiError('usage.hierarchy', `exports: ${format} ${why}`))
  }
}

function missingFor(
  format: ExportFormatName,
  { from, crossSigns }: ResolvedEntry,
  byName: ReadonlyMap<string, ResolvedEntry>,
): string | undefined {
  switch (needOf(format)) {
    case 'private-key':
    case 'plain-private-key':
      return crossSigns === undefined ? undefined : `needs a private key, and that is kept with ${crossSigns}`
    case 'intermediate': {
      const issuer = from === undefined ? undefined : byName.get(from)
      const isBelowRoot = from === undefined || (issuer !== undefined && issuer.from === undefined)
      return isBelowRoot ? 'holds the intermediates above it, and there are none' : undefined
    }
    case 'certificate':
    case 'authority':
      return undefined
  }
}
