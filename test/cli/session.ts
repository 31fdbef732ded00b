/** A folder with a store in it, and the program run there: what most tests of commands need. */

import { expect } from 'vitest'
import { folderOfTest } from '../temporary-folder.ts'
import { type CommandResult, type MemoryIoOptions, runPki } from './memory-io.ts'

export const NOW = new Date('2026-11-21T12:00:00Z')

export interface Session {
  readonly folder: string
  /** Runs one command line; words are separated by single spaces. */
  pki(line: string | readonly string[], options?: Partial<MemoryIoOptions>): Promise<CommandResult>
  /** As {@link pki}, for commands that are expected to end with 0; gives what they print on standard output. */
  done(line: string | readonly string[], options?: Partial<MemoryIoOptions>): Promise<string>
}

/** An empty folder. */
export function session(): Session {
  const folder = folderOfTest()
  const pki: Session['pki'] = (line, options = {}) =>
    runPki(typeof line === 'string' ? line.split(' ') : line, { cwd: folder, now: NOW, ...options })
  return {
    folder,
    pki,
    done: async (line, options) => {
      const { exitCode, stdout, stderr } = await pki(line, options)
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
      return stdout
    },
  }
}

/** A folder with `root`, `ca1` below it with path length 0, and a server `web` below that. */
export async function sessionWithStore(): Promise<Session> {
  const made = session()
  await made.done('init root')
  await made.done('issue intermediate ca1 --from root')
  await made.done('issue server web --from ca1 --dns localhost')
  return made
}
