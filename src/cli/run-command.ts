/**
 * From arguments to the `run` of one command: parsing with commander, values from the environment for flags that were
 * not given, and mistakes turned into {@link PkiError}s.
 */

import { Command, CommanderError, type Option } from 'commander'
import { PkiError } from '../errors.ts'
import { nearest } from '../spelling/nearest.ts'
import type { CommandEntry, CommandModule } from './command-table.ts'
import { refuseIdleFlags } from './flag-condition.ts'
import type { Io } from './io.ts'
import { paint } from './render/paint.ts'

/**
 * Parses `argv` (what stands behind the command's name) and runs the command.
 * @throws PkiError `usage.option` for an unknown or incomplete option or argument, and whatever the command throws
 */
export async function runCommand(
  entry: CommandEntry,
  module: CommandModule,
  argv: readonly string[],
  io: Io,
): Promise<number> {
  const command = createCommand(entry, io)
  module.define(command)
  for (const option of command.options) {
    option.env(environmentName(option))
    if (COMMON_OPTIONS.includes(option.long)) option.helpGroup('Common to all commands:')
  }
  let positional: readonly unknown[] = []
  command.action((...args) => {
    positional = args.slice(0, command.registeredArguments.length)
  })
  let typed: readonly string[] = []
  try {
    command.parse(argv, { from: 'user' })
    typed = typedFlags(command)
    const fromEnvironment = argumentsFromEnvironment(command, io.env)
    if (fromEnvironment.length > 0) command.parse([...fromEnvironment, ...argv], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return 0 // --help has been written
    throw usageError(error, command, entry)
  }
  refuseIdleFlags(typed, module.conditions ?? [], command.opts(), positional)
  return module.run(positional, command.opts(), io)
}

/** Of a flag and its opposite, both: they have one value. */
function typedFlags(command: Command): readonly string[] {
  const typed = command.options.filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
  return typed.flatMap(({ long }) => long ?? [])
}

function createCommand(entry: CommandEntry, io: Io): Command {
  const output = io.stdout
  const colors = paint(output)
  return new Command(`pki ${entry.name}`)
    .description(entry.summary)
    .exitOverride()
    .showSuggestionAfterError(false)
    .helpOption('-h, --help', 'this help')
    .configureOutput({
      writeOut: (text) => output.write(text),
      writeErr: () => undefined, // errors are written once, by reportError
      // Where it is not a terminal, it is a pager, a file or a README.
      getOutHelpWidth: () => (output.isTTY ? Math.min(output.columns, 120) : 100),
      getOutHasColors: () => output.color,
    })
    .configureHelp({
      minWidthToWrap: 20, // commander's own 40 leaves the second column of a terminal of 70 unwrapped
      styleTitle: (text) => colors.strong(text),
      styleOptionTerm: (text) => colors.accent(text),
      styleArgumentTerm: (text) => colors.accent(text),
      optionDescription: (option) => option.description,
      visibleOptions: ({ options }) => {
        const visible = options.filter(({ hidden }) => !hidden)
        const common = COMMON_OPTIONS.flatMap((flag) => visible.filter(({ long }) => long === flag))
        return [...visible.filter((option) => !common.includes(option)), ...common]
      },
      groupItems: (_, visible, groupOf) => groupedInOrder(visible, groupOf),
    })
}

/** What nearly every command takes. It comes last, whatever group of options it was declared in. */
const COMMON_OPTIONS: readonly Option['long'][] = ['--dir', '--json']

/** Groups in the order in which their items are shown; commander has them in the order of declaration. */
function groupedInOrder<T>(items: readonly T[], groupOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(groupOf(item))
    if (group === undefined) groups.set(groupOf(item), [item])
    else group.push(item)
  }
  return groups
}

/** The environment variable of a flag: PKI_ and its long name, `--key-password-file` → PKI_KEY_PASSWORD_FILE. */
function environmentName(option: Option): string {
  return `PKI_${(option.long ?? option.short ?? '').replace(/^-+/, '').replaceAll('-', '_').toUpperCase()}`
}

/**
 * Arguments for the options that were not on the command line and have a value in the environment. commander would
 * read `process.env`; tests and embedders have their own. Flags without a value are on for 1, true, yes and on.
 */
function argumentsFromEnvironment(command: Command, env: Io['env']): string[] {
  return command.options.flatMap((option) => {
    const value = option.envVar === undefined ? undefined : env[option.envVar]
    const source = command.getOptionValueSource(option.attributeName())
    if (value === undefined || value === '' || (source !== undefined && source !== 'default')) return []
    if (option.required || option.optional) return [`${option.long}=${value}`]
    return isOn(value, option) ? [option.long ?? ''] : []
  })
}

function isOn(value: string, option: Option): boolean {
  if (['1', 'true', 'yes', 'on'].includes(value.toLowerCase())) return true
  if (['0', 'false', 'no', 'off'].includes(value.toLowerCase())) return false
  throw new PkiError('usage.option', `${option.envVar}: neither 1 nor 0: ${value}`)
}

/** What commander has to say, in our words, with the nearest flag as a hint. */
function usageError(error: CommanderError, command: Command, entry: CommandEntry): PkiError {
  const hint = suggestion(error, command) ?? `pki ${entry.name} --help shows what it takes`
  return new PkiError('usage.option', usageMessage(error, command), { hint, cause: error })
}

function usageMessage({ code, message }: CommanderError, { args, registeredArguments }: Command): string {
  const subject = /'([^']*)'/.exec(message)?.[1]
  switch (code) {
    case 'commander.unknownOption':
      return `unknown option: ${subject}`
    case 'commander.missingArgument':
      return `missing argument: ${subject}`
    case 'commander.optionMissingArgument':
      return `missing value: ${subject}`
    case 'commander.excessArguments':
      return `unexpected argument: ${args[registeredArguments.length]}`
    default:
      return message.replace(/^error: /, '')
  }
}

function suggestion(error: CommanderError, command: Command): string | undefined {
  if (error.code !== 'commander.unknownOption') return undefined
  const flag = /--?[^\s'=]+/.exec(error.message)?.[0] ?? ''
  const flags = command.options.flatMap(({ long }) => (long === undefined ? [] : [long]))
  const near = nearest(flag, [...flags, '--help'])
  return near === undefined ? undefined : `did you mean ${near}?`
}
