/**
 * The store's lock: for what must not happen twice at once, such as counting up a CRL number or replacing files.
 * Making a new certificate needs none, because its files take their places in one step and only if the name is free.
 *
 * The lock is a file that holds the number of its process. It appears with its content in one step, so that nobody
 * mistakes one that is being written for one that a crash has torn; and the lock of a process that is gone is removed
 * under a lock of its own, so that two who find it do not remove each other's new one.
 */

import { closeSync, linkSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { PkiError } from '../errors.ts'
import { asRefusal, WITHOUT_LINKS } from './file-writer.ts'

/** Who is asking, and whether another process still runs. */
export interface ProcessTable {
  readonly pid: number
  isRunning(pid: number): boolean
}

export interface LockOptions {
  /** How long to wait for another process, in seconds. Default 10: the CRL of a large store takes one or two. */
  readonly patience?: number | undefined
}

/** Milliseconds between two attempts. */
const INTERVAL = 20

/**
 * Runs `work` while no other process holds the lock. The lock of a process that is gone is taken over.
 * @throws PkiError `refused.locked` if another process holds it for too long, `refused.write` if it cannot be written
 */
export function withLock<T>(
  path: string,
  processes: ProcessTable,
  work: () => T,
  { patience = 10 }: LockOptions = {},
): T {
  take(path, processes, Math.ceil((patience * 1000) / INTERVAL))
  try {
    return work()
  } finally {
    rmSync(path, { force: true })
  }
}

/** A lock that is held until it is released, for work that waits for other threads. */
export interface HeldLock {
  release(): void
}

/** As {@link withLock}; by default it does not wait. @throws PkiError `refused.locked`, `refused.write` */
export function holdLock(path: string, processes: ProcessTable, { patience = 0 }: LockOptions = {}): HeldLock {
  take(path, processes, Math.ceil((patience * 1000) / INTERVAL))
  return { release: () => rmSync(path, { force: true }) }
}

function take(path: string, processes: ProcessTable, retries: number): void {
  for (let left = retries; ; left--) {
    if (tryToCreate(path, processes.pid)) return
    const holder = readHolder(path)
    if (isGone(holder, processes) && removeStale(path, processes) && tryToCreate(path, processes.pid)) return
    if (left <= 0) throw locked(path, holder)
    sleep(INTERVAL)
  }
}

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}

type Holder = number | 'nobody' | 'torn'

/** A process does not wait for itself: a lock with its number was left by an earlier process that had the same. */
function isGone(holder: Holder, processes: ProcessTable): boolean {
  return holder === 'torn' || (holder !== 'nobody' && (holder === processes.pid || !processes.isRunning(holder)))
}

/**
 * Removes a lock whose process is gone.
 * @returns false if somebody else is about to
 */
function removeStale(path: string, processes: ProcessTable): boolean {
  const guard = `${path}.stale`
  if (!tryToCreate(guard, processes.pid)) {
    // Held for an instant; one that outlives its process was left by a crash within that instant.
    if (isGone(readHolder(guard), processes)) rmSync(guard, { force: true })
    return false
  }
  try {
    if (isGone(readHolder(path), processes)) rmSync(path, { force: true })
    return true
  } finally {
    rmSync(guard, { force: true })
  }
}

/** Makes the file with the number in it, in one step, and only if there is none. */
function tryToCreate(path: string, pid: number): boolean {
  const draft = `${path}.${pid}`
  try {
    writeFileSync(draft, `${pid}\n`, { mode: 0o600 })
    linkSync(draft, path)
    return true
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    if (WITHOUT_LINKS.includes(code)) return tryToCreateWithoutLink(path, pid)
    throw asRefusal(error, path)
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Not quite one step. */
function tryToCreateWithoutLink(path: string, pid: number): boolean {
  let file: number
  try {
    file = openSync(path, 'wx', 0o600)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw asRefusal(error, path)
  }
  try {
    writeSync(file, `${pid}\n`)
  } catch (error) {
    rmSync(path, { force: true })
    throw asRefusal(error, path)
  } finally {
    closeSync(file)
  }
  return true
}

/** The process in the lock file. */
function readHolder(path: string): Holder {
  try {
    const pid = Number.parseInt(readFileSync(path, 'utf8'), 10)
    return Number.isNaN(pid) ? 'torn' : pid
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'nobody'
    throw error
  }
}

function locked(path: string, holder: Holder): PkiError {
  const by = typeof holder === 'number' ? `process ${holder}` : 'another process'
  return new PkiError('refused.locked', `the store is locked by ${by}`, {
    hint: `wait for it to end; if it is not a pki process, remove ${path}`,
    context: { path, pid: typeof holder === 'number' ? holder : undefined },
  })
}
