/**
 * `pki needs-renewal`: whether it is time to renew, as an exit code for scripts and timers.
 *
 * The codes are those of `step certificate needs-renewal`, so that scripts can be taken over, and not those of the other
 * commands: 0 it needs renewal, 1 it does not, 2 there is no such certificate, 255 anything else that went wrong.
 */

import type { Command } from 'commander'
import { requireCertificates } from '../../container/input.ts'
import { PkiError } from '../../errors.ts'
import { addDuration, parseDuration } from '../../profile/duration.ts'
import { type Certificate, fingerprint } from '../../x509/certificate.ts'
import { reportPkiError } from '../error-report.ts'
import type { FlagCondition } from '../flag-condition.ts'
import { openInput, readSource } from '../input-source.ts'
import type { Io } from '../io.ts'
import { writeJson } from '../json.ts'
import { addJsonOption, addStoreOption, type JsonOption, parseFlag, type StoreOptions, storeFrom } from '../options.ts'
import { formatInstant, relativeTime } from '../render/relative-time.ts'
import type { NeedsRenewalJson } from '../result-json.ts'

type Options = StoreOptions &
  JsonOption & {
    readonly expiresIn?: string
    readonly bundle?: boolean
    readonly passwordFile?: string
    readonly quiet?: boolean
  }

const EXIT = { needed: 0, notNeeded: 1, missing: 2, failed: 255 } as const

/** What step takes when nobody says: two thirds of its life are over. */
const DEFAULT_EXPIRES_IN = '66%'

export function define(command: Command): void {
  command
    .argument('<certificate>', 'its name in the store, or a file')
    .option('--expires-in <time>', 'it ends within this time: 30d; or so much of its life is over: 75% (default: 66%)')
    .option('--bundle', 'look at every certificate of a file, not at the first alone')
    .option('--password-file <file>', 'the password of a PFX (or PKI_PASSWORD)')
    .option('--quiet', 'say nothing')
  addStoreOption(command)
  addJsonOption(command)
  command.addHelpText(
    'after',
    '\nExit codes, as those of step: 0 it needs renewal, 1 it does not, 2 no such certificate, 255 other errors\n',
  )
}

export const conditions: readonly FlagCondition[] = [
  { flags: ['--quiet'], goesWith: 'text, not with --json', holds: ({ json }) => json !== true },
]

export async function run([text]: readonly [text: string], options: Options, io: Io): Promise<number> {
  const isDue = threshold(options.expiresIn ?? DEFAULT_EXPIRES_IN)
  try {
    const source = openInput(text, { store: storeFrom(options, io) }, io)
    const input = await readSource(source, { passwordFile: options.passwordFile, privateKeys: 'skip' }, io)
    const certificates = requireCertificates(input)
    const looked = options.bundle === true ? certificates : certificates.slice(0, 1)
    const due = looked.filter((certificate) => isDue(certificate, io.now()))
    report(text, looked, due, options, io)
    return due.length > 0 ? EXIT.needed : EXIT.notNeeded
  } catch (error) {
    if (!(error instanceof PkiError)) throw error
    const exitCode = error.code === 'input.not-found' ? EXIT.missing : EXIT.failed
    return reportPkiError(error, { json: options.json === true, exitCode }, io)
  }
}

/** @throws PkiError `usage.option`, `usage.time` */
function threshold(text: string): (certificate: Certificate, now: Date) => boolean {
  const percent = /^(\d{1,3})%$/.exec(text)
  if (percent === null) {
    const within = parseFlag(text, '--expires-in', parseDuration)
    return ({ notAfter }, now) => notAfter.date <= addDuration(now, within)
  }
  const share = Number(percent[1]) / 100
  if (share > 1) throw new PkiError('usage.option', `--expires-in: more than all of its life: ${text}`)
  return ({ notBefore, notAfter }, now) => {
    const life = notAfter.date.getTime() - notBefore.date.getTime()
    return now.getTime() >= notBefore.date.getTime() + life * share
  }
}

function report(
  text: string,
  certificates: readonly Certificate[],
  due: readonly Certificate[],
  { json, quiet }: Options,
  io: Io,
): void {
  if (json === true) {
    const result: NeedsRenewalJson = {
      schema: 'pki.needs-renewal/1',
      source: text,
      needsRenewal: due.length > 0,
      certificates: certificates.map((certificate) => ({
        fingerprint: fingerprint(certificate),
        notAfter: certificate.notAfter.date.toISOString(),
        needsRenewal: due.includes(certificate),
      })),
    }
    writeJson(io, result)
  } else if (quiet !== true) {
    const [first] = due.length > 0 ? due : certificates
    if (first === undefined) return
    const { date } = first.notAfter
    const says = due.length > 0 ? 'needs renewal' : 'needs no renewal'
    const ends = date < io.now() ? 'ended' : 'ends'
    io.stdout.write(`${text} ${says}: it ${ends} ${relativeTime(date, io.now())}, ${formatInstant(date)}\n`)
  }
}
