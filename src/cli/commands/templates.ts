/** `pki templates`: the profiles there are, and what one says. */

import { join } from 'node:path'
import type { Command } from 'commander'
import { PkiError } from '../../errors.ts'
import { findProfile, listProfiles, readProfileText } from '../../profile/find.ts'
import type { Io } from '../io.ts'
import { displayPath } from '../issuing/made-report.ts'
import { writeJson } from '../json.ts'
import { addJsonOption, type JsonOption } from '../options.ts'
import { paint } from '../render/paint.ts'

export function define(command: Command): void {
  command
    .argument('[action]', 'list (default), or show')
    .argument('[name]', 'the profile to show, with its comments')
    .addHelpText('after', "\nA project's own profiles lie in pki-templates/<name>.yaml and come first.\n")
  addJsonOption(command)
}

export async function run(
  [action = 'list', name]: readonly [action?: string, name?: string],
  options: JsonOption,
  io: Io,
): Promise<number> {
  if (action === 'list') return showList(options, io)
  if (action !== 'show') {
    throw new PkiError('usage.option', `unknown action: ${action}`, { hint: 'pki templates list, or show <name>' })
  }
  if (name === undefined) {
    throw new PkiError('usage.option', 'missing argument: name', { hint: 'pki templates list shows the names' })
  }
  return showOne(name, options, io)
}

async function showList({ json }: JsonOption, io: Io): Promise<number> {
  const entries = await listProfiles({ projectDir: io.cwd })
  if (json === true) {
    const profiles = entries.map(({ name, file = join(builtInFolder(io), `${name}.yaml`), profile }) => {
      return { name, file, profile }
    })
    writeJson(io, { schema: 'pki.templates/1', profiles })
    return 0
  }
  const colors = paint(io.stdout)
  const width = Math.max(...entries.map(({ name }) => name.length)) + 2
  for (const { name, file, profile } of entries) {
    const own = file === undefined ? '' : colors.quiet(`  (${displayPath(file, io)})`)
    io.stdout.write(`${colors.strong(name)}${' '.repeat(width - name.length)}${profile.description}${own}\n`)
  }
  return 0
}

async function showOne(name: string, { json }: JsonOption, io: Io): Promise<number> {
  const { file, text } = await readProfileText(name, { projectDir: io.cwd, builtInDir: builtInFolder(io) })
  if (json === true) {
    const profile = await findProfile(name, { projectDir: io.cwd })
    writeJson(io, { schema: 'pki.template/1', name, file, profile })
  } else io.stdout.write(text)
  return 0
}

/** Where the profiles lie that come with the program. */
function builtInFolder(io: Io): string {
  return join(io.packageFolder, 'templates', 'profiles')
}
