/** `pki revoke`: a certificate is no longer to be trusted. Only the journal is written; `pki crl` and OCSP say it. */

import type { Command } from 'commander'
import { type RevocableCertificate, recordRevocation, undoRevocation } from '../../store/record-revocation.ts'
import type { Revocation } from '../../store/revocations.ts'
import { CRL_REASONS, type CrlReason } from '../../x509/crl-extension.ts'
import { formatSerialNumber } from '../../x509/serial-number.ts'
import type { Io } from '../io.ts'
import { circumstances } from '../issuing/seed-options.ts'
import { writeJson } from '../json.ts'
import {
  addJsonOption,
  addStoreOption,
  type JsonOption,
  parseChoice,
  parseFlagInstant,
  refuseTogether,
  type StoreOptions,
  storeFlag,
  storeFrom,
} from '../options.ts'
import { glyphs } from '../render/glyphs.ts'
import { paint } from '../render/paint.ts'
import { formatInstant } from '../render/relative-time.ts'
import { harmless } from '../render/styled-text.ts'
import type { RevokedJson } from '../result-json.ts'
import { findTarget, type TargetOptions } from '../revocation/revocation-target.ts'

type RevokeOptions = TargetOptions &
  StoreOptions &
  JsonOption & {
    readonly reason?: string
    readonly at?: string
    readonly now?: string
    readonly invalidityDate?: string
    readonly undo?: boolean
  }

/** What can be asked for; removeFromCRL is what a delta CRL says after `--undo`. */
const REASONS = CRL_REASONS.filter((reason) => reason !== undefined && reason !== 'removeFromCRL') as CrlReason[]

export function define(command: Command): void {
  command
    .argument('<certificate>', 'its name in the store, a file that holds it, or its serial number')
    .option('--reason <reason>', `why: ${REASONS.join(', ')}`)
    .option('--at <instant>', 'from when on (default: now): 2030-01-31T12:00:00Z, -1h')
    .option('--invalidity-date <instant>', 'since when it was not trustworthy, if that was earlier')
    .option('--undo', 'take back a certificateHold')
    .option('--issuer <name>', 'who issued it, if its serial number does not say enough')
    .option('--password-file <file>', 'the password of a PFX (or PKI_PASSWORD)')
    .option('--now <time>', 'what time it is: 2026-01-31T12:00:00Z')
  addStoreOption(command)
  addJsonOption(command)
}

export async function run(args: readonly unknown[], options: RevokeOptions, world: Io): Promise<number> {
  const { reason, at, invalidityDate, undo } = options
  for (const [flag, value] of Object.entries({ '--reason': reason, '--at': at, '--invalidity-date': invalidityDate })) {
    refuseTogether({ '--undo': undo, [flag]: value })
  }
  const { io } = await circumstances(options.now === undefined ? {} : { now: options.now }, world)
  const now = io.now()
  const order = {
    reason: reason === undefined ? undefined : parseChoice(reason, REASONS, '--reason'),
    revocationDate: at === undefined ? now : parseFlagInstant(at, '--at', now),
    invalidityDate:
      invalidityDate === undefined ? undefined : parseFlagInstant(invalidityDate, '--invalidity-date', now),
  }
  const store = storeFrom(options, io)
  const target = await findTarget(args[0] as string, store, options, io)
  const context = { now, processes: io.process }
  const result: Result =
    undo === true
      ? { outcome: 'unrevoked', revocation: undoRevocation(store, target, context) }
      : recordRevocation(store, target, order, context)
  if (options.json === true) writeJson(io, revokedJson(target, result))
  else io.stdout.write(revokedText(target, result, storeFlag(options, io), io))
  return 0
}

interface Result {
  readonly outcome: RevokedJson['outcome']
  readonly revocation: Revocation
}

function revokedJson(target: RevocableCertificate, { outcome, revocation }: Result): RevokedJson {
  return {
    schema: 'pki.revoked/1',
    outcome,
    name: target.name ?? null,
    serialNumber: formatSerialNumber(target.serialNumber),
    fingerprint: target.fingerprint,
    issuedBy: target.issuer.name,
    revocation: {
      reason: revocation.reason,
      revocationDate: revocation.revocationDate.toISOString(),
      invalidityDate: revocation.invalidityDate?.toISOString() ?? null,
    },
  }
}

const WORDS: Readonly<Record<Result['outcome'], string>> = {
  revoked: 'revoked',
  kept: 'was revoked already, nothing changed',
  unrevoked: 'is no longer on hold',
}

function revokedText(target: RevocableCertificate, { outcome, revocation }: Result, storeFlag: string, io: Io): string {
  const colors = paint(io.stdout)
  const serial = formatSerialNumber(target.serialNumber)
  const { reason, revocationDate, invalidityDate } = revocation
  const rows: (readonly [label: string, value: string])[] = [
    ['serial number', serial],
    ['issued by', target.issuer.name],
    ['reason', reason],
    [outcome === 'unrevoked' ? 'was revoked' : 'revoked since', formatInstant(revocationDate)],
  ]
  if (invalidityDate !== undefined) rows.push(['not trustworthy since', formatInstant(invalidityDate)])
  if (outcome !== 'kept') rows.push(['next', colors.accent(`pki crl ${target.issuer.name}${storeFlag}`)])
  const width = Math.max(...rows.map(([label]) => label.length)) + 2
  const title = harmless(target.name ?? `certificate ${serial}`)
  const head = `${outcome === 'kept' ? colors.warn('–') : colors.good(glyphs(io).good)} ${colors.strong(title)}  ${WORDS[outcome]}`
  const lines = rows.map(([label, value]) => `  ${colors.quiet(label.padEnd(width))}${value}`)
  return `${[head, ...lines].join('\n')}\n`
}
