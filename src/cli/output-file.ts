/** One file that a command was asked to write, or standard output. */

import { lstatSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { PkiError } from '../errors.ts'
import { writeArtifacts } from '../store/file-writer.ts'
import type { Io } from './io.ts'

/**
 * Whether a file can be written there, asked before work is done for it.
 * @param path undefined if nothing is to be written; `-` is standard output
 * @throws PkiError `refused.exists`
 */
export function requireWritable(path: string | undefined, force: boolean | undefined, io: Io): void {
  if (path === undefined || path === '-' || force === true) return
  if (lstatSync(resolve(io.cwd, path), { throwIfNoEntry: false }) === undefined) return
  throw new PkiError('refused.exists', `${path}: exists already`, {
    hint: 'pass --force to replace it',
    context: { path },
  })
}

/**
 * @returns the path, if it is a file that was written
 * @throws PkiError `refused.exists`, `refused.write`; `usage.option` for octets that would garble a terminal
 */
export function writeOutput(
  path: string | undefined,
  bytes: Uint8Array,
  force: boolean | undefined,
  io: Io,
): readonly string[] {
  if (path === undefined) return []
  if (path === '-') {
    if (io.stdout.isTTY && bytes.includes(0)) {
      throw new PkiError('usage.option', 'the output is binary and would garble the terminal', {
        hint: 'name a file, or redirect the output',
      })
    }
    io.stdout.write(bytes)
    return []
  }
  const absolute = resolve(io.cwd, path)
  const artifact = { fileName: basename(absolute), bytes, mode: 0o644 as const }
  return writeArtifacts(dirname(absolute), [artifact], { force })
}
