/** Folders that are gone after the test, and pictures of what lies in them. */

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A new empty folder, removed when the test has ended. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'devpki-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Every file below a folder with its mode and content, every folder with its mode: equal exactly if nothing changed. */
export function pictureOf(folder: string): Readonly<Record<string, string>> {
  const picture: Record<string, string> = {}
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const stat = statSync(join(folder, path))
    const content = stat.isFile() ? readFileSync(join(folder, path), 'latin1') : 'folder'
    picture[path.replaceAll('\\', '/')] = `${(stat.mode & 0o777).toString(8)} ${content}`
  }
  return picture
}
