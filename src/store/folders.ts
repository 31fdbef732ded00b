/**
 * Makes folders, one after the other, and says which file is in their way. Node's own recursive `mkdir` tries for ever
 * where a folder is there and takes no other one, such as `/proc`: ENOENT is for it always a parent that is missing.
 */

import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { PkiError } from '../errors.ts'

/**
 * Makes a folder and what is missing above it.
 * @param mode of each that is made
 * @param onMade is told each that is made, outermost first
 * @throws PkiError `refused.write` if a file is in the way, or the system makes no folder there; and what the file
 *   system says otherwise
 */
export function makeFolder(folder: string, mode = 0o777, onMade: (folder: string) => void = () => undefined): void {
  makeBelow(resolve(folder), mode, onMade)
}

function makeBelow(folder: string, mode: number, onMade: (folder: string) => void): void {
  if (isFolder(folder)) return
  const parent = dirname(folder)
  if (parent !== folder) makeBelow(parent, mode, onMade)
  try {
    mkdirSync(folder, { mode })
  } catch (error) {
    if (!isFolder(folder)) throw refusal(folder, error) // somebody else may have made it meanwhile
    return
  }
  onMade(folder)
}

/** The file that stands where a folder is wanted, or above that; undefined if there is none. */
export function fileInTheWay(folder: string): string | undefined {
  const path = resolve(folder)
  if (existsSync(path)) return isFolder(path) ? undefined : path
  const parent = dirname(path)
  return parent === path ? undefined : fileInTheWay(parent)
}

/** What cannot be looked at counts as missing: whoever tries to make it hears why. */
function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

function refusal(folder: string, cause: unknown): unknown {
  const { code } = cause as NodeJS.ErrnoException
  const context = { path: folder, reason: code }
  if (code === 'EEXIST') {
    return new PkiError('refused.write', `${folder}: a file, not a folder`, {
      hint: 'nothing was changed',
      context,
      cause,
    })
  }
  if (code !== 'ENOENT') return cause
  const message = `${folder}: cannot write: the system makes no folder in ${dirname(folder)}`
  return new PkiError('refused.write', message, { hint: 'nothing was changed', context, cause })
}
