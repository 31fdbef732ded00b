/** `pki --help`: every command on one screen, from the table alone. */

import { COMMANDS, type CommandEntry, type CommandGroup } from './command-table.ts'
import type { Output } from './io.ts'
import { paint } from './render/paint.ts'
import { formatLines, hang, type Line, span, widthOf, wrap } from './render/styled-text.ts'

const GROUPS: readonly { readonly group: CommandGroup; readonly title: string }[] = [
  { group: 'make', title: 'Make certificates' },
  { group: 'hand out', title: 'Hand them out' },
  { group: 'keep', title: 'Keep them valid' },
  { group: 'revoke', title: 'Take them back' },
  { group: 'look', title: 'Look' },
  { group: 'judge', title: 'Judge' },
]

const EXAMPLES: readonly { readonly command: string; readonly says: string }[] = [
  { command: 'pki quickstart', says: 'root, CA, server and client, exported and proven' },
  { command: 'pki init root --subject "CN=Test Root,O=Example"', says: 'a root of your own' },
  { command: 'pki issue intermediate ca1 --from root', says: 'below it, a CA' },
  { command: 'pki issue server web --from ca1 --dns localhost', says: 'below that, a server' },
  { command: 'pki export web --format pfx', says: 'web.pfx for .NET, Java, Windows' },
  { command: 'pki verify web.crt --trust root.crt --host localhost', says: 'right or wrong, and why' },
]

const EXIT_CODES =
  '0 done · 1 certificate rejected · 2 wrong use · 3 unusable input · 4 refused · 70 our fault · 130 Ctrl-C'

const INTRODUCTION =
  'makes test certificate hierarchies, hands them to every program that takes certificates, and says what is right or wrong with a certificate, and why.'

/** What people read with ease, and a terminal or a page is expected to have. */
const PROSE_WIDTH = 108
const FULL_WIDTH = 120

/** The overview, coloured and laid out as `output` wants it. */
export function overview(output: Output): string {
  const width = output.isTTY ? Math.min(output.columns, FULL_WIDTH) : FULL_WIDTH
  const proseWidth = Math.min(width, PROSE_WIDTH)
  const lines: Line[] = [...wrap([span('pki', 'strong'), span(` ${INTRODUCTION}`)], proseWidth), []]
  lines.push(...usageLines(width))
  for (const { group, title } of GROUPS) {
    const entries = COMMANDS.filter((entry) => entry.group === group)
    if (entries.length > 0) lines.push([], [span(title, 'strong')], ...commandLines(entries, width))
  }
  lines.push([], [span('Examples', 'strong')], ...exampleLines(width))
  lines.push([], [span('Common to all commands', 'strong')], ...commonLines(proseWidth))
  lines.push([], ...hang([span('Exit codes', 'strong'), span('  ')], wrap([span(EXIT_CODES)], width - 12)))
  return formatLines(lines, paint(output))
}

function usageLines(width: number): readonly Line[] {
  const head = [span('Usage', 'strong'), span('  ')]
  const usage = [span('pki <command> [options]')]
  const more = [span('pki <command> --help shows its options', 'quiet')]
  const line: Line = [...head, ...usage, span(' '.repeat(8)), ...more]
  return widthOf(line) <= width ? [line] : hang(head, [usage, more])
}

/** In two columns; where the terminal is narrow, without the arguments, which each command's own help has. */
function commandLines(entries: readonly CommandEntry[], width: number): readonly Line[] {
  const full = columnWidth(headOf)
  const isNarrow = COMMANDS.some(({ summary }) => full + summary.length > width)
  const headWidth = isNarrow ? columnWidth(({ name }) => name) : full
  return entries.flatMap((entry) => {
    const rest = isNarrow ? '' : headOf(entry).slice(entry.name.length)
    const padding = ' '.repeat(headWidth - 2 - entry.name.length - rest.length)
    return hang(
      [span('  '), span(entry.name, 'accent'), span(rest + padding)],
      wrap([span(entry.summary)], width - headWidth),
    )
  })
}

/** Of the first column, with the white space around it. */
function columnWidth(head: (entry: CommandEntry) => string): number {
  return Math.max(...COMMANDS.map((entry) => head(entry).length)) + 4
}

function headOf({ name, synopsis }: CommandEntry): string {
  return synopsis === '' ? name : `${name} ${synopsis}`
}

function exampleLines(width: number): readonly Line[] {
  const commandWidth = Math.max(...EXAMPLES.map(({ command }) => command.length)) + 2
  const isNarrow = EXAMPLES.some(({ says }) => 2 + commandWidth + says.length > width)
  return EXAMPLES.flatMap(({ command, says }): Line[] =>
    isNarrow
      ? [[span(`  ${command}`)], [span(`      ${says}`, 'quiet')]]
      : [[span(`  ${command.padEnd(commandWidth)}`), span(says, 'quiet')]],
  )
}

const COMMON = [
  { option: '--dir <dir>', says: 'the folder that holds everything (./pki; or PKI_DIR)' },
  { option: '--json', says: 'the result as JSON, see docs/json.md' },
] as const

const COMMON_NOTE =
  'Every --some-option can be given as PKI_SOME_OPTION in the environment. Passwords: --password-file, --key-password-file, PKI_PASSWORD, PKI_KEY_PASSWORD or a prompt, never an argument. NO_COLOR is honoured.'

function commonLines(width: number): readonly Line[] {
  const options = COMMON.map(({ option, says }) =>
    hang([span(`  ${option.padEnd(14)}`)], wrap([span(says)], width - 16)),
  )
  return [...options.flat(), ...hang([span('  ')], wrap([span(COMMON_NOTE)], width - 2))]
}
