/** Folders that are gone after the test, and pictures of what lies in them. */

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A new empty folder, removed when the test has ended. */
export function folderOfTest(name = 'test'): string {
  const path = folderOfSuite(name)
  onTestFinished(() => removeFolder(path))
  return path
}

/** A new empty folder for several tests; whoever makes it removes it, see {@link removeFolder}. */
export function folderOfSuite(name: string): string {
  return mkdtempSync(join(tmpdir(), `pki-${name}-`))
}

export function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 3 })
}

/** Runs `use` with files in a folder of their own, which is gone afterwards. */
export function withFiles<T>(files: Readonly<Record<string, Uint8Array | string>>, use: (folder: string) => T): T {
  const folder = folderOfSuite('files')
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
    return use(folder)
  } finally {
    removeFolder(folder)
  }
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
