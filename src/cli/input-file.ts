/** Files that a command is pointed at; `-` is standard input. */

import { readFileSync } from 'node:fs'
import { basename, extname, resolve } from 'node:path'
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

/**
 * The name that a file suggests for what is in it: its own, without the ending.
 * @throws PkiError `usage.option` for standard input
 */
export function nameOfFile(path: string): string {
  if (path !== '-') return basename(path, extname(path))
  throw new PkiError('usage.option', 'missing option: --name <name>', { hint: 'standard input has no name of its own' })
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
