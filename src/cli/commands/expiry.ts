/**
 * `pki expiry`: every certificate in a folder tree that ends within a time. Exit 1 if there is one; 3 if there is none,
 * but a file could not be read, because what nobody could look at may have ended.
 */

import type { Command } from 'commander'
import { addDuration, parseDuration } from '../../profile/duration.ts'
import { fingerprint } from '../../x509/certificate.ts'
import { formatName } from '../../x509/name-text.ts'
import { formatSerialNumber } from '../../x509/serial-number.ts'
import { type FoundCertificate, type SearchResult, searchCertificates } from '../certificate-search.ts'
import { writeWarning } from '../error-report.ts'
import { DEFAULT_PASSWORD } from '../export-settings.ts'
import type { Io } from '../io.ts'
import type { ValidityState } from '../issuing/certificate-kind.ts'
import { writeJson } from '../json.ts'
import { addJsonOption, type JsonOption, parseChoice, parseFlag, refuseTogether, repeatable } from '../options.ts'
import { givenPassword } from '../password.ts'
import { junitDocument } from '../render/junit-document.ts'
import { paint } from '../render/paint.ts'
import { formatInstant, relativeTime } from '../render/relative-time.ts'
import { harmless } from '../render/styled-text.ts'
import type { ExpiryJson } from '../result-json.ts'

type Options = JsonOption & {
  readonly within?: string
  readonly all?: boolean
  readonly format?: string
  readonly passwordFile?: readonly string[]
}

const DEFAULT_WITHIN = '30d'

const FORMATS = ['text', 'json', 'junit'] as const

export function define(command: Command): void {
  command
    .argument('[paths...]', 'folders and files to search (default: the current folder)')
    .option('--within <duration>', `what ends within this time counts as ending (default: ${DEFAULT_WITHIN})`)
    .option('--all', 'list also what does not end')
    .option('--format <format>', `${FORMATS.join(', ')} (default: text)`)
    .option(
      '--password-file <file>',
      `password to try on PFX files (repeatable; also PKI_PASSWORD, ${DEFAULT_PASSWORD} and none)`,
      repeatable,
    )
  addJsonOption(command)
}

export async function run(
  [given = []]: readonly [paths?: readonly string[]],
  options: Options,
  io: Io,
): Promise<number> {
  refuseTogether({ '--format': options.format, '--json': options.json })
  const format = options.json === true ? 'json' : parseChoice(options.format ?? 'text', FORMATS, '--format')
  const within = parseFlag(options.within ?? DEFAULT_WITHIN, '--within', parseDuration)
  const limit = addDuration(io.now(), within)
  const paths = given.length === 0 ? ['.'] : given
  const result = await searchCertificates(paths, passwords(options, io), io)
  const ending = result.certificates.filter(({ certificate }) => certificate.notAfter.date <= limit)
  switch (format) {
    case 'json':
      writeJson(io, expiryJson(result, ending, options.within ?? DEFAULT_WITHIN, io))
      break
    case 'junit':
      io.stdout.write(expiryJunit(result, ending, io.now()))
      break
    case 'text':
      io.stdout.write(expiryText(result, ending, options, io))
      for (const { error } of result.unreadable) writeWarning(io, harmless(error.message))
  }
  if (ending.length > 0) return 1
  return result.unreadable.length > 0 ? 3 : 0
}

/** What may open a PFX, the likely one first. */
function passwords({ passwordFile = [] }: Options, io: Io): readonly string[] {
  const source = { what: 'PFX', flag: '--password-file', variable: 'PKI_PASSWORD' } as const
  const files = passwordFile.map((file) => givenPassword({ ...source, file }, io))
  const given = [...files, givenPassword({ ...source, file: undefined }, io)]
  return [...new Set([...given.filter((password) => password !== undefined), DEFAULT_PASSWORD, ''])]
}

function expiryJson(result: SearchResult, ending: readonly FoundCertificate[], within: string, io: Io): ExpiryJson {
  const now = io.now()
  const isEnding = new Set(ending)
  return {
    schema: 'pki.expiry/1',
    at: now.toISOString(),
    within,
    fileCount: result.files,
    certificates: result.certificates.map((found) => ({
      source: found.source,
      block: found.block,
      subject: formatName(found.certificate.subject),
      issuer: formatName(found.certificate.issuer),
      serialNumber: formatSerialNumber(found.certificate.serialNumber),
      fingerprint: fingerprint(found.certificate),
      notBefore: found.certificate.notBefore.date.toISOString(),
      notAfter: found.certificate.notAfter.date.toISOString(),
      state: stateOf(found, isEnding.has(found), now),
    })),
    unreadable: result.unreadable.map(({ source, error }) => ({ source, code: error.code, message: error.message })),
  }
}

/** What has an exit code of its own comes first: that it ends within the time asked for. */
function stateOf({ certificate }: FoundCertificate, isEnding: boolean, now: Date): ValidityState {
  const { notBefore, notAfter } = certificate
  if (isEnding) return notAfter.date < now ? 'expired' : 'expiring'
  return now < notBefore.date ? 'not-yet-valid' : 'valid'
}

function expiryJunit(result: SearchResult, ending: readonly FoundCertificate[], now: Date): string {
  const isEnding = new Set(ending)
  const cases = result.certificates.map((found) => {
    const message = endsText(found, now)
    const type = found.certificate.notAfter.date < now ? 'expired' : 'expiring'
    return {
      name: titleOf(found),
      classname: found.source,
      failure: isEnding.has(found) ? { message, type, text: message } : undefined,
    }
  })
  const errors = result.unreadable.map(({ source, error }) => {
    return { name: source, classname: source, error: { message: error.message, type: error.code } }
  })
  return junitDocument([...cases, ...errors], 'pki expiry', now)
}

function expiryText(
  result: SearchResult,
  ending: readonly FoundCertificate[],
  { all, within = DEFAULT_WITHIN }: Options,
  io: Io,
): string {
  const now = io.now()
  const colors = paint(io.stdout)
  const isEnding = new Set(ending)
  const shown = [...(all === true ? result.certificates : ending)].sort(
    (a, b) => a.certificate.notAfter.date.getTime() - b.certificate.notAfter.date.getTime(),
  )
  const width = Math.max(0, ...shown.map((found) => endsText(found, now).length))
  const lines = shown.map((found) => {
    const brush = found.certificate.notAfter.date < now ? colors.bad : isEnding.has(found) ? colors.warn : colors.good
    return `${brush(endsText(found, now).padEnd(width))}  ${colors.strong(harmless(titleOf(found)))}  ${colors.quiet(harmless(placeOf(found)))}`
  })
  lines.push(summaryText(result, ending, within, now))
  return `${lines.join('\n')}\n`
}

/** `2 of 49 certificates in 47 files end within 30d, 1 of them has ended already`. */
function summaryText(
  { certificates, files }: SearchResult,
  ending: readonly FoundCertificate[],
  within: string,
  now: Date,
): string {
  const many = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`
  if (certificates.length === 0) return `no certificates in ${many(files, 'file')}`
  const count = `${ending.length === 0 ? 'none' : ending.length} of ${many(certificates.length, 'certificate')}`
  const ended = ending.filter(({ certificate }) => certificate.notAfter.date < now).length
  const over = ended === 0 ? '' : `, ${ended} of them ${ended === 1 ? 'has' : 'have'} ended already`
  return `${count} in ${many(files, 'file')} ${ending.length > 1 ? 'end' : 'ends'} within ${within}${over}`
}

function titleOf({ certificate }: FoundCertificate): string {
  return formatName(certificate.subject) || `serial number ${formatSerialNumber(certificate.serialNumber)}`
}

function placeOf({ source, block }: FoundCertificate): string {
  return block === 1 ? source : `${source} (certificate ${block})`
}

function endsText({ certificate }: FoundCertificate, now: Date): string {
  const { date } = certificate.notAfter
  return `${date < now ? 'ended' : 'ends'} ${relativeTime(date, now)}, ${formatInstant(date)}`
}
