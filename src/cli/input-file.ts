/** Files that a command is pointed at; `-` is standard input. */

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { PkiError } from '../errors.ts'
import type { Io } from './io.ts'

/**
 * The whole of a file.
 * @throws PkiError `input.not-found`, `input.unreadable`
 */
export function readInputFile(path: string, io: Io): Uint8Array {
  if (path === '-') return io.stdin.read()
  try {
    return new Uint8Array(readFileSync(resolve(io.cwd, path)))
  } catch (error) {
    throw unreadable(path, error)
  }
}

const WHY: Readonly<Record<string, string>> = {
  EACCES: 'no permission to read it',
  EPERM: 'no permission to read it',
  EISDIR: 'it is a folder',
}

function unreadable(path: string, error: unknown): PkiError {
  const { code = '', message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new PkiError('input.not-found', `${path}: no such file`, { context: { path }, cause: error })
  }
  return new PkiError('input.unreadable', `${path}: ${WHY[code] ?? message}`, { context: { path }, cause: error })
}
