/**
 * Finds templates by name: every file of a folder is one, under its name without the ending. A project's own, in
 * `pki-templates/consumers/`, come before those of the program.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PkiError } from '../errors.ts'
import { hintOf } from '../spelling/nearest.ts'
import { parseTemplate, type SnippetTemplate } from './template.ts'

export interface FoundTemplate {
  readonly template: SnippetTemplate
  /** Its path. */
  readonly file: string
}

/**
 * The template of that name.
 * @param folders where to look, the first wins; one that does not exist holds nothing
 * @throws PkiError `usage.option` if there is none; `input.malformed`, `input.unreadable`
 */
export function findTemplate(name: string, folders: readonly string[]): FoundTemplate {
  const files = templateFiles(folders)
  const file = files.get(name)
  if (file !== undefined) return readTemplate(name, file)
  throw new PkiError('usage.option', `unknown snippet: ${name}`, {
    hint: hintOf(name, [...files.keys()], 'snippets are'),
  })
}

/** All templates, by name. @throws PkiError `input.malformed`, `input.unreadable` for the first that is not one */
export function listTemplates(folders: readonly string[]): readonly FoundTemplate[] {
  return [...templateFiles(folders)].map(([name, file]) => readTemplate(name, file))
}

const TEMPLATE_FILE = /^([a-z0-9]+(?:-[a-z0-9]+)*)\.[A-Za-z0-9]+$/

function templateFiles(folders: readonly string[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  for (const folder of folders) {
    for (const entry of filesIn(folder)) {
      const name = TEMPLATE_FILE.exec(entry)?.[1]
      if (name !== undefined && !files.has(name)) files.set(name, join(folder, entry))
    }
  }
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function readTemplate(name: string, file: string): FoundTemplate {
  try {
    return { template: parseTemplate(name, readFileSync(file, 'utf8'), file), file }
  } catch (cause) {
    if (cause instanceof PkiError) throw cause
    throw new PkiError('input.unreadable', `${file}: cannot be read`, { cause, context: { file } })
  }
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort()
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR')) return []
    throw new PkiError('input.unreadable', `${folder}: cannot be read`, { cause, context: { file: folder } })
  }
}
