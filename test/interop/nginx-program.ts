/** nginx with one of the configurations that lie here. */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { program } from '../foreign-program.ts'
import { type Server, startServer } from './server-program.ts'

/**
 * Starts nginx in a folder of its own and waits until it takes connections.
 * @param configuration file name here, such as `nginx.conf`
 * @param values by name, what takes the place of each `{{name}}` in it; `folder` need not be said
 * @throws Error as {@link startServer}, or for a `{{name}}` without a value
 */
export async function startNginx(
  folder: string,
  configuration: string,
  values: Readonly<Record<string, string>>,
  port: number,
): Promise<Server> {
  const template = readFileSync(join(import.meta.dirname, configuration), 'utf8')
  const path = join(folder, 'nginx.conf')
  const text = template.replace(/\{\{([a-z-]+)\}\}/g, (_, name: string) => {
    const value = { folder, ...values }[name]
    if (value === undefined) throw new Error(`${configuration}: no value for ${name}`)
    return value
  })
  writeFileSync(path, text)
  return startServer(program('nginx'), ['-p', folder, '-c', path, '-e', 'stderr'], port)
}
