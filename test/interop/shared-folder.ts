/**
 * Vitest's global set-up: one empty folder for the whole run, in which `hierarchy.ts` keeps what it made, so that a
 * hierarchy is made once and not once for each program. Removed at the end.
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Absolute path of a folder that all test files of a run share. */
    readonly sharedFolder: string
  }
}

export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'pki-test-run-'))
  project.provide('sharedFolder', folder)
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}
