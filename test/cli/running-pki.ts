/** A command that runs until it is stopped, inside this process. */

import { type CommandResult, runPki } from './memory-io.ts'

export interface RunningPki {
  /** The line that `--json` prints when it is ready. */
  readonly facts: { readonly url: string; readonly host: string; readonly port: number; readonly pid: number }
  /** What it has written to standard error so far. */
  said(): string
  /** Tells it to stop, as a signal would. */
  stop(): Promise<CommandResult>
}

/**
 * Runs `pki` with these arguments and `--json`.
 * @param now its clock, by default the real one
 * @throws Error if it ends before it is ready
 */
export async function startPki(
  argv: readonly string[],
  cwd: string,
  now: () => Date = () => new Date(),
): Promise<RunningPki> {
  let stop: () => void = () => undefined
  let said = ''
  const stopped = new Promise<void>((resolve) => {
    stop = resolve
  })
  const ended: { result?: Promise<CommandResult> } = {}
  const facts = await new Promise<RunningPki['facts']>((resolve, reject) => {
    ended.result = runPki([...argv, '--json'], {
      cwd,
      now,
      stopped,
      onWrite: (stream, text) => {
        if (stream === 'stderr') said += text
        else if (text.startsWith('{"schema":"pki.serving/1"')) resolve(JSON.parse(text))
      },
    })
    void ended.result.then(({ stderr }) => reject(new Error(`pki ${argv.join(' ')} did not come up:\n${stderr}`)))
  })
  return {
    facts,
    said: () => said,
    stop: () => {
      stop()
      return ended.result as Promise<CommandResult>
    },
  }
}
