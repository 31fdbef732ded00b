/**
 * What processes leave behind that are killed while they write: temporary folders and drafts of locks. Each carries the
 * number of its process, so that whoever writes next can tell what nobody will finish from what somebody is about to.
 */

import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isSetAside } from './file-writer.ts'
import type { ProcessTable } from './lock.ts'

/** How the names of a process's temporary folders begin. */
export function draftsOf({ pid }: Pick<ProcessTable, 'pid'>): string {
  return `.pki-${pid}-`
}

/** As {@link draftsOf}, of files that hold no key and can be made anew, such as CRLs and chains. */
export function publicDraftsOf({ pid }: Pick<ProcessTable, 'pid'>): string {
  return `${PUBLIC_DRAFTS}${pid}-`
}

const PUBLIC_DRAFTS = '.pki-public-'

const ABANDONED = [/^\.pki-(?:public-)?(\d+)-/, /^\.(?:apply\.)?lock(?:\.stale)?\.(\d+)$/]

/**
 * Removes from the folder of a store what belongs to processes that are gone. A temporary folder with files that were
 * set aside stays: its process was killed between two of several replacements, and it may hold the one key that fits.
 */
export function sweepAbandoned(folder: string, processes: ProcessTable): void {
  for (const name of readdirSync(folder)) {
    const pid = ABANDONED.map((pattern) => pattern.exec(name)?.[1]).find((found) => found !== undefined)
    if (pid === undefined || Number(pid) === processes.pid || processes.isRunning(Number(pid))) continue
    const path = join(folder, name)
    const mayHoldKeys = name.startsWith('.pki-') && !name.startsWith(PUBLIC_DRAFTS)
    if (mayHoldKeys && readdirSync(path).some(isSetAside)) continue
    rmSync(path, { recursive: true, force: true })
  }
}
