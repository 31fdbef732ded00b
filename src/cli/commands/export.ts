/** `pki export`: a credential in the formats of other people's programs. */

import { statSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import type { Command } from 'commander'
import { PkiError } from '../../errors.ts'
import type { Artifact } from '../../export/artifact.ts'
import type { ExportOptions } from '../../export/export-options.ts'
import {
  EXPORT_FORMATS,
  type ExportFormatName,
  exportCredential,
  holdsPrivateKey,
  requireExportFormat,
} from '../../export/formats.ts'
import { exportMtlsLayout } from '../../export/layout.ts'
import { writeArtifacts } from '../../store/file-writer.ts'
import type { Store } from '../../store/store.ts'
import { writeWarning } from '../error-report.ts'
import {
  addExportFlags,
  EXPORT_CONDITIONS,
  type ExportFlags,
  exportOptionsFrom,
  passwordWarning,
} from '../export-settings.ts'
import { onlyBeside } from '../flag-condition.ts'
import type { Io } from '../io.ts'
import { displayPath } from '../issuing/made-report.ts'
import { addSeedOptions, type Circumstances, circumstances, type SeedFlags } from '../issuing/seed-options.ts'
import { namingOption, readCredential, readPublicCredential } from '../issuing/stored-credential.ts'
import { writeJson } from '../json.ts'
import {
  addJsonOption,
  addStoreOption,
  type JsonOption,
  list,
  parseChoice,
  parseFlag,
  refuseTogether,
  type StoreOptions,
  storeFrom,
} from '../options.ts'
import { glyphs } from '../render/glyphs.ts'
import { paint } from '../render/paint.ts'
import type { ExportedJson, WarningJson } from '../result-json.ts'

type Options = ExportFlags &
  StoreOptions &
  JsonOption &
  SeedFlags & {
    readonly format?: readonly string[]
    readonly layout?: string
    readonly asYaml?: boolean
    readonly server?: string
    readonly client?: string
    readonly out?: string
    readonly force?: boolean
  }

export function define(command: Command): void {
  command
    .argument('[name]', 'name of the certificate in the store')
    .option('--format <formats>', EXPORT_FORMATS.map(({ name }) => name).join(', '), list)
    .option('--layout <name>', 'instead of a format, a set of files: mtls (server.pfx, root-ca.crt, client.crt.pem, …)')
    .option('--as-yaml', 'instead of a certificate, the hierarchy file (pki.yaml) of the whole store')
    .option('--server <name>', 'the server of the layout (default: server)')
    .option('--client <name>', 'the client of the layout (default: client)')
    .option('--out <path>', 'file or folder to write to, - for standard output (default: the current folder)')
    .option('--force', 'replace files that are there')
  addStoreOption(command)
  addExportFlags(command)
  addSeedOptions(command, 'nothing to mark')
  addJsonOption(command)
  command.addHelpText('after', ['', 'Formats:', ...formatLines(), ''].join('\n'))
}

export const conditions = [...EXPORT_CONDITIONS, onlyBeside(['--server', '--client'], { layout: '--layout' })]

function formatLines(): readonly string[] {
  const width = Math.max(...EXPORT_FORMATS.map(({ name }) => name.length)) + 2
  return EXPORT_FORMATS.map(({ name, description }) => `  ${name.padEnd(width)}${description}`)
}

export async function run([name]: readonly [name?: string], options: Options, world: Io): Promise<number> {
  if (options.out === '-') refuseTogether({ '--json': options.json, '--out -': true })
  const { io, exportRandom } = await circumstances(options, world)
  const store = storeFrom(options, io)
  const settings = await exportOptionsFrom(name ?? 'client', options, io)
  const { artifacts, warnings } = await exportedBy({ name, store, options, settings, exportRandom, io })
  for (const { message } of warnings) writeWarning(io, message)

  if (options.out === '-') return writeToStdout(artifacts, io)
  const { folder, files } = destination(artifacts, options.out, io)
  const paths = writeArtifacts(folder, files, { force: options.force })
  if (options.json === true) {
    const written = files.map(({ bytes, mode }, i) => ({
      path: paths[i] ?? '',
      mode: mode.toString(8).padStart(4, '0'),
      size: bytes.length,
    }))
    const exported: ExportedJson = { schema: 'pki.exported/1', name: name ?? null, files: written, warnings }
    writeJson(io, exported)
  } else {
    const colors = paint(io.stdout)
    for (const path of paths) io.stdout.write(`${colors.good(glyphs(io).good)} ${displayPath(path, io)}\n`)
    if (options.asYaml === true) io.stdout.write(`  ${colors.quiet('next')}  ${colors.accent('pki apply --adopt')}\n`)
  }
  return 0
}

interface Order {
  readonly name: string | undefined
  readonly store: Store
  readonly options: Options
  readonly settings: ExportOptions
  readonly exportRandom: Circumstances['exportRandom']
  readonly io: Io
}

interface Exported {
  readonly artifacts: readonly Artifact[]
  readonly warnings: readonly WarningJson[]
}

async function exportedBy(order: Order): Promise<Exported> {
  const { name, store, options, io } = order
  const { format, layout, asYaml } = options
  refuseTogether({ '--format': format, '--layout': layout, '--as-yaml': asYaml })
  if (layout !== undefined) parseChoice(layout, ['mtls'], '--layout')
  if (name !== undefined && (layout !== undefined || asYaml === true)) throw superfluous(name, layout)
  if (asYaml === true) {
    const { exportHierarchy } = await import('../hierarchy/hierarchy-export.ts')
    const { artifact, warnings } = await exportHierarchy(store, io)
    return { artifacts: [artifact], warnings }
  }
  const artifacts = await artifactsOf(order)
  return { artifacts, warnings: warningsAbout(artifacts, options, io) }
}

async function artifactsOf(order: Order): Promise<readonly Artifact[]> {
  const { name, store, options, settings, exportRandom, io } = order
  const { format, layout } = options
  if (layout !== undefined) {
    return exportMtlsLayout(await layoutCredentials(store, options, io), {
      ...settings,
      random: exportRandom('mtls', 'mtls'),
    })
  }
  if (name !== undefined && format !== undefined)
    return inFormats(
      name,
      format.map((text) => parseFlag(text, '--format', requireExportFormat)),
      order,
    )
  const missing = name === undefined ? 'missing argument: name' : 'missing option: --format <format>'
  throw new PkiError('usage.option', missing, {
    hint: 'pki export <name> --format pfx; pki export --help lists the formats',
  })
}

async function inFormats(
  name: string,
  formats: readonly ExportFormatName[],
  { store, options, settings, exportRandom, io }: Order,
): Promise<readonly Artifact[]> {
  const credential = formats.some(holdsPrivateKey)
    ? await readCredential(store, name, options, io)
    : readPublicCredential(store, name)
  const artifacts: Artifact[] = []
  for (const format of formats) {
    const random = exportRandom(format, name)
    artifacts.push(...(await exportCredential(credential, name, { ...settings, random, format })))
  }
  return artifacts
}

function superfluous(name: string, layout: string | undefined): PkiError {
  return new PkiError('usage.option', `unexpected argument: ${name}`, {
    hint: layout === undefined ? '--as-yaml writes down the whole store' : WHOSE_LAYOUT,
  })
}

const WHOSE_LAYOUT = '--server <name> and --client <name> say whose files a layout has'

/** @throws PkiError as `readCredential` */
async function layoutCredentials(store: Store, options: Options, io: Io) {
  const { server = 'server', client = 'client' } = options
  try {
    return {
      server: await readCredential(store, server, options, io),
      client: await readCredential(store, client, options, io),
    }
  } catch (cause) {
    throw namingOption(cause, WHOSE_LAYOUT)
  }
}

function warningsAbout(artifacts: readonly Artifact[], options: Options, io: Io) {
  const hasPfx = artifacts.some(({ fileName }) => /\.(pfx|p12|zip)$/.test(fileName))
  const warning = hasPfx ? passwordWarning(options, io) : undefined
  return [...(warning === undefined ? [] : [warning]), ...openKeyWarning(artifacts, options)]
}

/** The password that opened the key in the store looks as if it encrypted the exported one. */
function openKeyWarning(artifacts: readonly Artifact[], { keyPasswordFile, encryptKey }: Options) {
  if (keyPasswordFile === undefined || encryptKey === true) return []
  const open = artifacts.filter(({ bytes }) => Buffer.from(bytes).includes(' PRIVATE KEY-----'))
  return open.map(({ fileName }) => ({
    code: 'key.not-encrypted',
    message: `the private key in ${fileName} has no password: that takes --encrypt-key beside --key-password-file`,
  }))
}

/** A folder that is there, or ends like one, takes the files under their own names; otherwise it names the one file. */
function destination(artifacts: readonly Artifact[], out: string | undefined, io: Io) {
  const [first, ...others] = artifacts
  if (out === undefined) return { folder: io.cwd, files: artifacts }
  const path = resolve(io.cwd, out)
  const isFolder = /[/\\]$/.test(out) || statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
  if (isFolder || first === undefined || others.length > 0) return { folder: path, files: artifacts }
  return { folder: dirname(path), files: [{ ...first, fileName: basename(path) }] }
}

/** @throws PkiError `usage.option` for more than one file, and for octets that would garble a terminal */
function writeToStdout(artifacts: readonly Artifact[], io: Io): number {
  const [artifact, ...others] = artifacts
  if (artifact === undefined || others.length > 0) {
    throw new PkiError('usage.option', `--out -: one file can go to standard output, not ${artifacts.length}`)
  }
  if (io.stdout.isTTY && artifact.bytes.includes(0)) {
    throw new PkiError('usage.option', `${artifact.fileName} is binary and would garble the terminal`, {
      hint: 'pass --out <file>, or redirect the output',
    })
  }
  io.stdout.write(artifact.bytes)
  return 0
}
