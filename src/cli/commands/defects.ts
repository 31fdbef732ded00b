/** `pki defects`: what can be wrong on purpose, what must be found, and a gallery of all of it. */

import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { onlySpoiling } from '../../defect/apply.ts'
import { listDefects, requireDefect, requireDefectGroup } from '../../defect/catalogue.ts'
import { DEFECT_GROUPS, type Defect, RULE_SET_NAMES } from '../../defect/defect.ts'
import { findingsOf } from '../../defect/expectation.ts'
import { makeGallery } from '../../defect/gallery.ts'
import { type Measurement, type Measurements, PROGRAMS, parseMeasurements } from '../../defect/measurements.ts'
import { PkiError } from '../../errors.ts'
import { findProfile } from '../../profile/find.ts'
import { writeArtifacts } from '../../store/file-writer.ts'
import type { FlagCondition } from '../flag-condition.ts'
import type { Io } from '../io.ts'
import { displayPath } from '../issuing/made-report.ts'
import { addSeedOptions, circumstances, SEED_CONDITION, type SeedFlags } from '../issuing/seed-options.ts'
import { writeJson } from '../json.ts'
import { addJsonOption, type JsonOption, list, parseFlag } from '../options.ts'
import { paint } from '../render/paint.ts'

type Options = JsonOption &
  SeedFlags & {
    readonly group?: string
    readonly only?: readonly string[]
    readonly out?: string
    readonly force?: boolean
  }

export function define(command: Command): void {
  command
    .argument('[action]', 'list (default), show or generate')
    .argument('[id]', 'the defect to show')
    .option('--group <group>', `only those of a group: ${DEFECT_GROUPS.join(', ')}`)
    .optionsGroup('generate:')
    .option('--out <dir>', 'the folder for the gallery: a folder for each defect, good/, expected.json')
    .option('--only <ids>', 'only these defects', list)
    .option('--force', 'replace what is there')
  addSeedOptions(command, 'certificates')
  command.addHelpText(
    'after',
    '\nOne certificate with defects: pki issue server bad --from ca1 --defect expired,no-san\n',
  )
  addJsonOption(command)
}

export const conditions: readonly FlagCondition[] = [
  {
    flags: ['--out', '--force', '--seed', '--now', '--unmarked'],
    goesWith: 'pki defects generate',
    holds: (_, [action]) => action === 'generate',
  },
  {
    flags: ['--group', '--only'],
    goesWith: 'pki defects list or generate',
    holds: (_, [action]) => action !== 'show',
  },
  SEED_CONDITION,
]

export async function run(
  [action = 'list', id]: readonly [action?: string, id?: string],
  options: Options,
  io: Io,
): Promise<number> {
  switch (action) {
    case 'list':
      return showList(options, io)
    case 'show':
      return showOne(id, options, io)
    case 'generate':
      return generate(options, io)
    default:
      throw new PkiError('usage.option', `unknown action: ${action}`, {
        hint: 'pki defects list, show <id>, or generate --out <dir>',
      })
  }
}

function chosen({ group, only }: Options): readonly Defect[] {
  const defects = listDefects(group === undefined ? undefined : parseFlag(group, '--group', requireDefectGroup))
  if (only === undefined) return defects
  const wanted = new Set(only.map((one) => parseFlag(one, '--only', requireDefect)))
  return defects.filter((defect) => wanted.has(defect))
}

function showList(options: Options, io: Io): number {
  const defects = chosen(options)
  if (options.json === true) {
    writeJson(io, { schema: 'pki.defects/1', defects: defects.map(defectJson) })
    return 0
  }
  const colors = paint(io.stdout)
  const width = Math.max(0, ...defects.map(({ id }) => id.length)) + 2
  for (const group of DEFECT_GROUPS) {
    const ofGroup = defects.filter((defect) => defect.group === group)
    if (ofGroup.length === 0) continue
    io.stdout.write(`${colors.strong(group)}\n`)
    for (const { id, wrong } of ofGroup) io.stdout.write(`  ${colors.accent(id.padEnd(width))}${wrong}\n`)
  }
  return 0
}

/** Expectations as `expected.json` has them. */
function defectJson(defect: Defect): object {
  const { id, group, wrong, rule, expected } = defect
  return {
    id,
    group,
    wrong,
    rule,
    // Which certificate of a path `--defect` can make so; null for what takes more than one.
    place: onlySpoiling(defect)?.place ?? null,
    readable: expected.findings !== 'unreadable',
    rules: Object.fromEntries(
      RULE_SET_NAMES.map((rules) => [
        rules,
        { valid: !expected.rejectedBy.includes(rules), findings: findingsOf(expected, rules) },
      ]),
    ),
  }
}

function showOne(id: string | undefined, options: Options, io: Io): number {
  if (id === undefined) {
    throw new PkiError('usage.option', 'missing argument: id', { hint: 'pki defects list shows the ids' })
  }
  const defect = requireDefect(id)
  const measurements = readMeasurements(io)
  const measured = measurements.verdicts[id] ?? {}
  if (options.json === true) {
    const { programs } = measurements
    writeJson(io, { schema: 'pki.defect/1', ...defectJson(defect), programs, measured })
    return 0
  }
  const colors = paint(io.stdout)
  const row = (label: string, value: string) => `  ${colors.quiet(label.padEnd(16))}${value}`
  const programs = PROGRAMS.flatMap((name) => {
    const verdict = measured[name]
    return verdict === undefined
      ? []
      : [row(`${name} ${measurements.programs[name] ?? ''}`, verdictText(verdict, colors))]
  })
  const lines = [
    `${colors.strong(id)}  ${defect.group}`,
    row('wrong', defect.wrong),
    row('rule', defect.rule),
    ...RULE_SET_NAMES.map((rules) => row(rules, ruleSetText(defect, rules, colors))),
    ...programs,
    row('make', colors.accent(makingOf(defect))),
  ]
  io.stdout.write(`${lines.join('\n')}\n`)
  return 0
}

function ruleSetText({ expected }: Defect, rules: (typeof RULE_SET_NAMES)[number], colors: ReturnType<typeof paint>) {
  if (expected.findings === 'unreadable') return `${colors.bad('rejects')}: not a certificate`
  const said = findingsOf(expected, rules).join(', ')
  return verdictText({ valid: !expected.rejectedBy.includes(rules), said }, colors)
}

function verdictText({ valid, said }: Measurement, colors: ReturnType<typeof paint>): string {
  return `${valid ? colors.good('accepts') : colors.bad('rejects')}${said === '' ? '' : `: ${said}`}`
}

/** The command that makes it. */
function makingOf(defect: Defect): string {
  const { id, expected } = defect
  const only = onlySpoiling(defect)
  if (only === undefined || expected.findings === 'unreadable') return `pki defects generate --only ${id} --out <dir>`
  switch (only.place) {
    case 'root':
      return `pki init root --defect ${id}`
    case 'target':
      return `pki issue server bad --from <issuer> --defect ${id}`
    default:
      return `pki issue intermediate bad-ca --from <issuer> --defect ${id}`
  }
}

async function generate(options: Options, io: Io): Promise<number> {
  if (options.out === undefined) {
    throw new PkiError('usage.option', 'missing option: --out <dir>', {
      hint: 'as in: pki defects generate --out test/fixtures/defects',
    })
  }
  const defects = chosen(options)
  const { io: world, seeded, mark } = await circumstances(options, io)
  const profile = async (name: string) => mark(await findProfile(name))
  const artifacts = makeGallery(
    defects,
    {
      profiles: {
        root: await profile('root'),
        intermediate: await profile('intermediate'),
        server: await profile('server'),
      },
      now: world.now(),
      random: world.random,
      seeded,
    },
    readMeasurements(io),
  )
  const folder = resolve(io.cwd, options.out)
  const files = writeArtifacts(folder, artifacts, { force: options.force })
  if (options.json === true) {
    writeJson(io, { schema: 'pki.defects-generated/1', folder, defects: defects.map(({ id }) => id), files })
    return 0
  }
  const place = displayPath(folder, io)
  const wrong = defects.length === 1 ? '1 defect and its' : `${defects.length} defects and their`
  io.stdout.write(`${wrong} good twin in ${place}, ${files.length} files\n`)
  io.stdout.write(`  what must be found in each: ${paint(io.stdout).accent(join(place, 'expected.json'))}\n`)
  return 0
}

function readMeasurements(io: Io): Measurements {
  const file = join(io.packageFolder, 'templates', 'defects', 'measured.json')
  try {
    return parseMeasurements(readFileSync(file, 'utf8'), file)
  } catch (cause) {
    if (!(cause instanceof Error && 'syscall' in cause)) throw cause
    throw new PkiError('input.unreadable', `${file}: cannot be read`, { cause, hint: 'install this program again' })
  }
}
