/** What the file system forbids, it does not forbid root: such a thing is tried as somebody else. */

import { chownSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** "nobody", as Linux and macOS agree on it closely enough: nothing here belongs to this user. */
const NOBODY = 65_534

/**
 * Does some work in a folder as somebody who is not root; root hands the folder over first. Load what the work needs
 * before: the sources themselves may lie where only root can read.
 */
export async function asOrdinaryUser<T>(folder: string, work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work()
  for (const path of ['', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })]) {
    chownSync(join(folder, path), NOBODY, NOBODY)
  }
  process.seteuid?.(NOBODY)
  try {
    return await work()
  } finally {
    process.seteuid?.(0)
  }
}
