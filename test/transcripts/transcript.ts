/**
 * Sessions in Markdown that are run as they are written.
 *
 *     <!-- transcript -->
 *     ```console
 *     $ pki init root
 *     ✓ root …
 *     ```
 *
 * A `console` block behind that comment is a transcript. Lines that begin with `$ ` are commands, given to a shell one
 * after the other; `\` at the end of a line continues a command. What stands below a command is what it writes, to
 * standard output and standard error alike. A block behind `<!-- transcript continued -->` goes on in the folder of
 * the one before; every other begins in an empty folder.
 *
 * A line `…` stands for any number of lines. What cannot be the same twice is compared as a placeholder, see
 * {@link normalize}; everything else must be the same to the letter.
 */

import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

export interface Step {
  readonly command: string
  /** The lines below the command. */
  readonly output: readonly string[]
}

export interface Transcript {
  /** Line of the first block's fence in the Markdown, from 1. */
  readonly line: number
  readonly steps: readonly Step[]
}

const BLOCK = /^<!-- transcript( continued)? -->\s*\n+```console\n([\s\S]*?)^```$/gm

/**
 * All transcripts of a Markdown text, in order.
 * @throws Error for a comment that no console block follows, and for output before the first command
 */
export function parseTranscripts(markdown: string): readonly Transcript[] {
  const text = markdown.replaceAll('\r\n', '\n')
  const transcripts: { line: number; steps: Step[] }[] = []
  for (const { index, 1: continued, 2: body = '' } of text.matchAll(BLOCK)) {
    const line = text.slice(0, index).split('\n').length + 1
    const steps = parseSteps(body, line)
    const before = transcripts.at(-1)
    if (continued === undefined) transcripts.push({ line, steps })
    else if (before !== undefined) before.steps.push(...steps)
    else throw new Error(`line ${line}: there is no transcript to continue`)
  }
  const comments = text.match(/^<!-- transcript\b.*$/gm)?.length ?? 0
  const blocks = text.match(BLOCK)?.length ?? 0
  if (comments !== blocks) throw new Error(`${comments} transcript comments, ${blocks} console blocks behind one`)
  return transcripts
}

function parseSteps(body: string, line: number): Step[] {
  const steps: { command: string; output: string[] }[] = []
  let isContinued = false
  for (const text of body.replace(/\n$/, '').split('\n')) {
    const step = steps.at(-1)
    if (isContinued && step !== undefined) step.command += `\n${text}`
    else if (text.startsWith('$ ')) steps.push({ command: text.slice(2), output: [] })
    else if (step !== undefined) step.output.push(text)
    else throw new Error(`line ${line}: a transcript begins with a command`)
    isContinued = (isContinued || text.startsWith('$ ')) && text.endsWith('\\')
  }
  return steps
}

/** What varies from run to run, and what it is compared as; in this order. */
const PLACEHOLDERS: readonly (readonly [pattern: RegExp, placeholder: string])[] = [
  // An instant or a date, then what is left of a date in words or a time of day.
  [/\b\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?(\.\d+)?( ?Z| UTC)?/g, '<time>'],
  [/\b\d{4}-\d{2}-\d{2}\b/g, '<date>'],
  // Fingerprints, serial numbers, key identifiers: at least eight octets, also shortened.
  [/\b[0-9a-f]{2}(:[0-9a-f]{2}){7,}\b/gi, '<hex>'],
  [/\b(0x)?[0-9a-f]{16,}\b/gi, '<hex>'],
  [/\b[0-9a-f]{8,}…/gi, '<hex>'],
  // The body of a PEM block.
  [/^[A-Za-z0-9+/]{40,}={0,2}$|^[A-Za-z0-9+/]{2,}={1,2}$/g, '<base64>'],
  [/\b(127\.0\.0\.1|localhost|\[::1\]):\d{4,5}\b/g, '$1:<port>'],
  [/\b\d+(\.\d+)? ?(ms|s)\b/g, '<duration>'],
  [/\b\d+(\.\d+)? (bytes|octets|B|kB)\b/g, '<size>'],
]

/**
 * A line as it is compared: what varies replaced by placeholders, white space at the end dropped, and within the line
 * runs of spaces made one, because columns move with what stands in them.
 */
export function normalize(line: string): string {
  const replaced = PLACEHOLDERS.reduce((text, [pattern, placeholder]) => text.replace(pattern, placeholder), line)
  return replaced.trimEnd().replace(/(?<=\S) {2,}/g, ' ')
}

/** The two sides of a comparison, equal if the session went as it is written; made for a diff. */
export interface Comparison {
  readonly expected: string
  readonly actual: string
}

/** Compares a transcript with what its commands wrote. */
export function compare({ steps }: Transcript, outputs: readonly (readonly string[])[]): Comparison {
  const expected: string[] = []
  const actual: string[] = []
  steps.forEach(({ command, output }, i) => {
    const written = (outputs[i] ?? []).map(normalize)
    const wanted = output.map(normalize)
    expected.push(`$ ${command}`, ...wanted)
    actual.push(`$ ${command}`, ...(matches(wanted, written) ? wanted : written))
  })
  return { expected: `${expected.join('\n')}\n`, actual: `${actual.join('\n')}\n` }
}

/** Whether the lines are those, `…` standing for any number of them. */
function matches(pattern: readonly string[], lines: readonly string[]): boolean {
  const [first, ...rest] = pattern
  if (first === undefined) return lines.length === 0
  if (first !== '…') return lines[0] === first && matches(rest, lines.slice(1))
  return lines.some((_, i) => matches(rest, lines.slice(i))) || matches(rest, [])
}

/** Between the outputs of two commands; no program here writes it. */
const SEPARATOR = '\x1e'

export interface RunOptions {
  /** The folder with `bin/pki.js`. */
  readonly packageFolder: string
  /** For all commands together, in milliseconds. */
  readonly timeout: number
}

/**
 * Runs the commands in one shell, in an empty folder called `demo`, with an environment that is the same everywhere:
 * no colour, no `PKI_…`, English, UTC, nothing on standard input. `pki` is that of the package folder.
 * @returns the lines that each command wrote
 * @throws Error if the shell cannot be started or takes too long
 */
export function runTranscript({ steps }: Transcript, { packageFolder, timeout }: RunOptions): string[][] {
  const top = mkdtempSync(join(tmpdir(), 'pki-transcript-'))
  try {
    const [bin, home] = [join(top, 'bin'), join(top, 'demo')]
    for (const folder of [bin, home]) mkdirSync(folder)
    writeFileSync(
      join(bin, 'pki'),
      `#!/bin/sh\nexec '${process.execPath}' '${join(packageFolder, 'bin', 'pki.js')}' "$@"\n`,
    )
    chmodSync(join(bin, 'pki'), 0o755)
    const { stdout, error } = spawnSync('sh', ['-c', script(steps)], {
      cwd: home,
      encoding: 'utf8',
      input: '',
      timeout,
      env: {
        PATH: [bin, process.env.PATH ?? ''].join(delimiter),
        HOME: home,
        LC_ALL: 'C.UTF-8',
        TZ: 'UTC',
        NO_COLOR: '1',
        TERM: 'dumb',
      },
    })
    if (error !== undefined) throw new Error(`the shell: ${error.message}\n${stdout}`, { cause: error })
    const outputs = stdout.split(SEPARATOR).slice(0, steps.length)
    return outputs.map((output) => (output === '' ? [] : output.replace(/\n$/, '').split('\n')))
  } finally {
    rmSync(top, { recursive: true, force: true })
  }
}

/** After each command the separator, and its exit status once more, so that `echo $?` shows it. */
function script(steps: readonly Step[]): string {
  const commands = steps.map(({ command }) => `${command}\nstatus=$?; printf '\\036'; (exit $status)`)
  return ['exec 2>&1', ...commands].join('\n')
}

/**
 * The Markdown with the output of its transcripts written anew; output that is right as it stands stays, so that a
 * line `…` survives.
 * @param outputs of each command of each transcript
 */
export function rewriteTranscripts(markdown: string, outputs: readonly (readonly (readonly string[])[])[]): string {
  const pending = outputs.map((transcript) => [...transcript])
  let transcript = -1
  return markdown.replace(BLOCK, (block, continued: string | undefined, body: string) => {
    if (continued === undefined) transcript++
    const lines = parseSteps(body, 0).flatMap(({ command, output }) => {
      const written = pending[transcript]?.shift() ?? []
      const isRight = matches(output.map(normalize), written.map(normalize))
      return [`$ ${command}`, ...(isRight ? output : written)]
    })
    return block.replace(body, () => `${lines.join('\n')}\n`)
  })
}
