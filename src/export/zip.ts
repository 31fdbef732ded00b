/** One ZIP archive of many artifacts: the only importer of fflate; load it with `import()`. */

import { type Zippable, zipSync } from 'fflate'
import type { Artifact } from './artifact.ts'

/**
 * The first moment that ZIP can tell, the same in every archive: equal content gives equal bytes. ZIP has local time
 * without a zone, and fflate reads the date as such, so the zone of the machine leaves no trace either.
 */
const MODIFIED = new Date(1980, 0, 1)

/** Unix as the system that made it, so that `unzip` gives the files their modes. */
const UNIX = 3

export function zipArtifacts(artifacts: readonly Artifact[]): Uint8Array {
  const files: Zippable = {}
  for (const { fileName, bytes, mode } of artifacts) {
    files[fileName] = [bytes, { mtime: MODIFIED, os: UNIX, attrs: ((0o100000 | mode) << 16) >>> 0 }]
  }
  return zipSync(files)
}
