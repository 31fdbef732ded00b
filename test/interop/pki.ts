/** The product, as its users call it: one command line, in a folder of its own. */

import { runPki } from '../cli/memory-io.ts'

/**
 * Runs `pki` with these arguments in `folder`, inside this process: without a terminal, with an empty environment and
 * the real clock, because foreign programs judge by it.
 * @returns what it wrote to standard output
 * @throws Error with what it wrote to standard error if it does not end with 0
 */
export async function pki(folder: string, ...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runPki(args, { cwd: folder, now: new Date() })
  if (exitCode === 0) return stdout
  throw new Error(`pki ${args.join(' ')} ended with ${exitCode}:\n${stderr}`)
}
