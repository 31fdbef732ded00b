/** A file that says that a server is ready, and where: there for as long as the server runs. */

import { readFileSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { placeFiles } from './file-writer.ts'

export interface ReadyFile {
  /** Removes it, unless somebody else has put another one in its place. */
  remove(): void
}

/**
 * Writes it in one step, over one that a server before has left behind.
 * @param path absolute
 * @throws PkiError `refused.write`
 */
export function placeReadyFile(path: string, facts: object): ReadyFile {
  const text = `${JSON.stringify(facts)}\n`
  placeFiles(dirname(path), [{ path, bytes: text, mode: 0o644 }], { force: true }).keep()
  return {
    remove: () => {
      if (readIfPresent(path) === text) rmSync(path, { force: true })
    },
  }
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
