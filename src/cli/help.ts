/** `pki --help`: every command on one screen, from the table alone. */

import { COMMANDS, type CommandEntry, type CommandGroup } from './command-table.ts'
import type { Output } from './io.ts'
import { type Paint, paint } from './render/paint.ts'

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

const EXIT_CODES = '0 done · 1 certificate rejected · 2 wrong use · 3 unusable input · 4 refused · 70 our fault'

/** The overview, coloured as `output` wants it. */
export function overview(output: Output): string {
  const colors = paint(output)
  const lines = [
    `${colors.strong('pki')} makes test certificate hierarchies, hands them to every program that takes certificates,`,
    'and says what is right or wrong with a certificate, and why.',
    '',
    `${colors.strong('Usage')}  pki <command> [options]        ${colors.quiet('pki <command> --help shows its options')}`,
  ]
  for (const { group, title } of GROUPS) {
    const entries = COMMANDS.filter((entry) => entry.group === group)
    if (entries.length > 0) lines.push('', colors.strong(title), ...commandLines(entries, colors))
  }
  lines.push('', colors.strong('Examples'), ...exampleLines(colors))
  lines.push('', colors.strong('Common to all commands'), ...COMMON)
  lines.push('', `${colors.strong('Exit codes')}  ${EXIT_CODES}`)
  return `${lines.join('\n')}\n`
}

const COMMON = [
  '  --dir <dir>   the folder that holds everything (./pki; or PKI_DIR)',
  '  --json        the result as JSON, with a documented schema',
  '  Every --some-option can be given as PKI_SOME_OPTION in the environment. Passwords: --password-file,',
  '  --key-password-file, PKI_PASSWORD, PKI_KEY_PASSWORD or a prompt, never an argument. NO_COLOR is honoured.',
]

/** Column where the summaries begin, wide enough for the longest synopsis. */
function commandLines(entries: readonly CommandEntry[], colors: Paint): string[] {
  const width = Math.max(...COMMANDS.map((entry) => headOf(entry).length)) + 2
  return entries.map((entry) => {
    const padding = ' '.repeat(width - headOf(entry).length)
    return `  ${colors.accent(entry.name)}${headOf(entry).slice(entry.name.length)}${padding}${entry.summary}`
  })
}

function headOf({ name, synopsis }: CommandEntry): string {
  return synopsis === '' ? name : `${name} ${synopsis}`
}

function exampleLines(colors: Paint): string[] {
  const width = Math.max(...EXAMPLES.map(({ command }) => command.length)) + 2
  return EXAMPLES.map(({ command, says }) => `  ${command.padEnd(width)}${colors.quiet(says)}`)
}
