/** Finds a hierarchy file: a path, or the name of one that comes with the program. */

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { PkiError } from '../errors.ts'
import type { HierarchyFile } from './hierarchy-file.ts'

/** What is taken if nobody names a file. */
const DEFAULT_FILE = 'pki.yaml'

export interface HierarchyPlaces {
  /** The current folder. */
  readonly cwd: string
  /** The `templates/hierarchies` folder of the installed package. */
  readonly readyMade: string
}

/**
 * Reads a hierarchy file. What exists as a file is one; a bare word that does not is a ready-made hierarchy.
 * @param text undefined for `pki.yaml`
 * @throws PkiError `input.not-found`, `input.unreadable`, `usage.hierarchy`
 */
export async function readHierarchyFile(text: string | undefined, places: HierarchyPlaces): Promise<HierarchyFile> {
  const { path, shown } = locate(text ?? DEFAULT_FILE, places)
  const { parseHierarchyFile } = await import('./parse.ts')
  return parseHierarchyFile(read(path, shown), shown)
}

/** Names of the hierarchies that come with the program. */
function readyMadeNames({ readyMade }: Pick<HierarchyPlaces, 'readyMade'>): readonly string[] {
  if (!existsSync(readyMade)) return []
  const files = readdirSync(readyMade).filter((file) => file.endsWith('.yaml'))
  return files.map((file) => basename(file, '.yaml')).sort()
}

function locate(text: string, places: HierarchyPlaces): { readonly path: string; readonly shown: string } {
  const path = resolve(places.cwd, text)
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) return { path, shown: text }
  if (/^[a-z0-9-]+$/.test(text)) {
    const ready = join(places.readyMade, `${text}.yaml`)
    if (existsSync(ready)) return { path: ready, shown: `${text}.yaml` }
  }
  const names = readyMadeNames(places)
  throw new PkiError('input.not-found', `${text}: no such file, and no hierarchy of that name`, {
    hint: `write a pki.yaml, or take one that comes with pki: ${names.join(', ')}`,
    context: { file: text },
  })
}

function read(path: string, shown: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new PkiError('input.unreadable', `${shown}: cannot be read`, { cause, context: { file: shown } })
  }
}
