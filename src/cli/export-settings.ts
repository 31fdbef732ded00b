/** The options of exports, shared by `export` and `quickstart`. */

import type { Command } from 'commander'
import type { ExportOptions } from '../export/export-options.ts'
import type { ExportFormatName } from '../export/formats.ts'
import {
  PFX_CONSUMERS,
  PFX_PROFILES,
  type PfxProfileName,
  profileForConsumer,
  requirePfxProfile,
} from '../export/pfx-profile.ts'
import type { KeyFileFormat } from '../keys/key-file.ts'
import type { FlagCondition } from './flag-condition.ts'
import type { Io } from './io.ts'
import { parseChoice, parseFlag, refuseTogether } from './options.ts'
import { givenPassword, requireNewPassword } from './password.ts'

/** What a PFX is protected with if nobody says: the word that Java people know, and no secret at all. */
export const DEFAULT_PASSWORD = 'changeit'

export type ExportFlags = {
  readonly passwordFile?: string
  readonly pfxProfile?: string
  readonly for?: string
  readonly friendlyName?: string
  readonly includeRoot?: boolean
  readonly keyFormat?: string
  readonly keyMode?: string
  readonly encryptKey?: boolean
  readonly keyPasswordFile?: string
  readonly namespace?: string
}

export function addExportFlags(command: Command): void {
  command
    .optionsGroup('PFX:')
    .option('--password-file <file>', `password of the PFX (or PKI_PASSWORD; default: ${DEFAULT_PASSWORD})`)
    .option('--for <program>', `who reads it: ${Object.keys(PFX_CONSUMERS).join(', ')}`)
    .option('--pfx-profile <name>', `or its algorithms: ${Object.keys(PFX_PROFILES).join(', ')}`)
    .option('--friendly-name <name>', 'name of the entry (default: that of the certificate)')
    .optionsGroup('Contents:')
    .option('--include-root', 'put the root into PFX, chain and fullchain too')
    .option('--namespace <name>', 'Kubernetes namespace')
    .optionsGroup('Private key:')
    .option('--key-format <form>', 'pkcs8, or traditional: SEC1 and PKCS#1')
    .option('--encrypt-key', 'encrypt private keys in PEM files with the key password')
    .option('--key-password-file <file>', 'password of the private key (or PKI_KEY_PASSWORD)')
    .option('--key-mode <mode>', 'file mode of what holds a private key: 600, 640 or 644')
}

const HOLD_KEYS: readonly ExportFormatName[] = ['pem', 'key', 'pfx', 'k8s', 'env', 'zip']
const HOLD_PEM_KEYS: readonly ExportFormatName[] = ['pem', 'key', 'env', 'zip']
const IN_NAMESPACES: readonly ExportFormatName[] = ['k8s', 'zip']

export const EXPORT_CONDITIONS: readonly FlagCondition[] = [
  onlyInFormats(['--for', '--pfx-profile', '--password-file'], ['pfx', 'truststore', 'zip']),
  onlyInFormats(['--friendly-name'], ['pfx', 'zip']),
  onlyInFormats(['--include-root'], ['pem', 'chain', 'fullchain', 'pfx', 'k8s', 'env', 'zip']),
  onlyInFormats(['--key-format'], HOLD_PEM_KEYS),
  // Kubernetes would take an encrypted key for a plain one: that format says so itself.
  onlyInFormats(['--encrypt-key'], [...HOLD_PEM_KEYS, 'k8s']),
  onlyInFormats(['--key-mode'], HOLD_KEYS),
  { ...onlyInFormats(['--namespace'], IN_NAMESPACES), holds: ({ format }) => isAmong(format, IN_NAMESPACES) },
]

/** Flags that some formats alone heed, and layouts, which are made of them. */
function onlyInFormats(flags: readonly string[], formats: readonly ExportFormatName[]): FlagCondition {
  return {
    flags,
    goesWith: `--format ${formats.slice(0, -1).join(', ')} or ${formats.at(-1)}`,
    // Without either the command has more to say.
    holds: ({ format, layout, asYaml }) =>
      layout !== undefined || (format === undefined && asYaml !== true) || isAmong(format, formats),
  }
}

function isAmong(given: unknown, formats: readonly string[]): boolean {
  return Array.isArray(given) && given.some((format) => formats.includes(String(format).toLowerCase()))
}

const KEY_FORMATS: readonly KeyFileFormat[] = ['pkcs8', 'traditional']
const KEY_MODES = { '600': 0o600, '640': 0o640, '644': 0o644 } as const

/**
 * What the exporters want to know.
 * @throws PkiError `usage.option`, `input.password`
 */
export async function exportOptionsFrom(name: string, flags: ExportFlags, io: Io): Promise<ExportOptions> {
  refuseTogether({ '--for': flags.for, '--pfx-profile': flags.pfxProfile })
  const mode = flags.keyMode?.replace(/^0o?(?=\d{3})/, '')
  return {
    random: io.random,
    password: pfxPassword(flags, io) ?? DEFAULT_PASSWORD,
    pfxProfile: pfxProfileFrom(flags),
    friendlyName: flags.friendlyName,
    includeRoot: flags.includeRoot,
    keyFormat: flags.keyFormat === undefined ? undefined : parseChoice(flags.keyFormat, KEY_FORMATS, '--key-format'),
    keyMode: mode === undefined ? undefined : KEY_MODES[parseChoice(mode, ['600', '640', '644'], '--key-mode')],
    keyPassword: flags.encryptKey === true ? await keyPassword(name, flags, io) : undefined,
    namespace: flags.namespace,
  }
}

function pfxProfileFrom({ for: program, pfxProfile }: ExportFlags): PfxProfileName | undefined {
  if (program !== undefined) return parseFlag(program, '--for', profileForConsumer)
  return pfxProfile === undefined ? undefined : parseFlag(pfxProfile, '--pfx-profile', requirePfxProfile)
}

/** The password that was given for PFX files; undefined means that {@link DEFAULT_PASSWORD} will be taken. */
export function pfxPassword({ passwordFile }: ExportFlags, io: Io): string | undefined {
  return givenPassword({ what: 'PFX', flag: '--password-file', file: passwordFile, variable: 'PKI_PASSWORD' }, io)
}

/** What is to be said about the password of PFX files: that everybody knows it, or that there is none. */
export function passwordWarning(
  flags: Pick<ExportFlags, 'passwordFile'>,
  io: Io,
): { readonly code: string; readonly message: string } | undefined {
  switch (pfxPassword(flags, io)) {
    case undefined:
      return {
        code: 'password.default',
        message: `the password of the PFX files is ${DEFAULT_PASSWORD}; --password-file or PKI_PASSWORD sets another`,
      }
    case '':
      return {
        code: 'password.empty',
        message: 'the password of the PFX files is empty; --password-file or PKI_PASSWORD sets another',
      }
    default:
      return undefined
  }
}

function keyPassword(name: string, { keyPasswordFile }: ExportFlags, io: Io): Promise<string> {
  const what = `exported private key of ${name}`
  const source = { what, flag: '--key-password-file', file: keyPasswordFile, variable: 'PKI_KEY_PASSWORD' } as const
  return requireNewPassword(source, io)
}
