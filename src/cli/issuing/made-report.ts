/** What a person, or a script, gets to see once a certificate is made. */

import { relative } from 'node:path'
import type { Store, StoredPaths } from '../../store/store.ts'
import type { Certificate } from '../../x509/certificate.ts'
import { formatGeneralName } from '../../x509/general-name-text.ts'
import { formatName } from '../../x509/name-text.ts'
import type { Io } from '../io.ts'
import { type StoreOptions, storeFlag } from '../options.ts'
import { glyphs } from '../render/glyphs.ts'
import { paint } from '../render/paint.ts'
import { relativeTime } from '../render/relative-time.ts'
import { harmless } from '../render/styled-text.ts'
import { certificateJson, type MadeJson } from '../result-json.ts'
import { certificateKind } from './certificate-kind.ts'

/** A certificate that was made, or would be. */
export interface MadeCertificate {
  readonly name: string
  /** Name of the issuer in the store. */
  readonly issuedBy: string | undefined
  readonly certificate: Certificate
  readonly outcome: MadeJson['outcome']
  /** What was done, where it is not simply made. */
  readonly verdict?: string
  readonly problems: readonly { readonly kind: string; readonly message: string }[]
  /** Undefined if nothing was written. */
  readonly paths: StoredPaths | undefined
}

/** One that is there already and stays. */
export function keptCertificate(store: Store, name: string, certificate: Certificate): MadeCertificate {
  const paths = { certificate: store.certificatePath(name), key: store.hasKey(name) ? store.keyPath(name) : undefined }
  return { name, issuedBy: undefined, certificate, outcome: 'kept', problems: [], paths }
}

export function madeJson(
  { name, issuedBy, certificate, outcome, problems, paths }: MadeCertificate,
  now: Date,
): MadeJson {
  return {
    schema: 'pki.made/1',
    name,
    outcome,
    issuedBy: issuedBy ?? null,
    certificate: certificateJson(certificate, now),
    files: paths === undefined ? null : { certificate: paths.certificate, privateKey: paths.key ?? null },
    warnings: problems.map(({ kind, message }) => ({ code: kind, message })),
  }
}

/** A few aligned lines: what, for whom, until when, where, and what to do with it. */
export function madeText(made: MadeCertificate, options: StoreOptions, io: Io): string {
  const { certificate, name } = made
  const colors = paint(io.stdout)
  const mark = made.outcome === 'planned' ? colors.warn(glyphs(io).separator) : colors.good(glyphs(io).good)
  const rows = rowsOf(made, storeFlag(options, io), io)
  const width = Math.max(...rows.map(([label]) => label.length)) + 2
  const lines = rows.map(([label, value]) => `  ${colors.quiet(label.padEnd(width))}${value}`)
  const kind = `${certificateKind(certificate)} certificate, ${made.verdict ?? VERDICT[made.outcome]}`
  return `${[`${mark} ${colors.strong(name)}  ${kind}`, ...lines].join('\n')}\n`
}

const VERDICT: Readonly<Record<MadeCertificate['outcome'], string>> = {
  issued: 'made',
  imported: 'imported',
  kept: 'there already, left as it is',
  planned: 'would be made; nothing was written',
}

function rowsOf(
  made: MadeCertificate,
  storeFlag: string,
  io: Io,
): readonly (readonly [label: string, value: string])[] {
  const { certificate, issuedBy, paths } = made
  const names = (certificate.decoded.subjectAltName ?? []).map(formatGeneralName)
  const rows: (readonly [string, string])[] = [
    ['subject', certificate.subject.isEmpty ? '(empty)' : harmless(formatName(certificate.subject))],
  ]
  if (names.length > 0) rows.push(['names', harmless(names.join(', '))])
  rows.push(['issued by', issuedBy ?? (certificate.isSelfIssued ? 'itself' : harmless(formatName(certificate.issuer)))])
  rows.push(['valid', validityText(certificate, io.now())])
  if (paths !== undefined) {
    rows.push(['certificate', displayPath(paths.certificate, io)])
    if (paths.key !== undefined) rows.push(['private key', displayPath(paths.key, io)])
    rows.push(['next', paint(io.stdout).accent(`${nextStep(made)}${storeFlag}`)])
  }
  return rows
}

function validityText({ notBefore, notAfter }: Certificate, now: Date): string {
  const day = (date: Date) => date.toISOString().slice(0, 16).replace('T', ' ')
  return `${day(notBefore.date)} to ${day(notAfter.date)} UTC (${notAfter.date < now ? 'ended' : 'ends'} ${relativeTime(notAfter.date, now)})`
}

/** The command that most people want next. */
function nextStep({ name, certificate, paths }: MadeCertificate): string {
  const kind = certificateKind(certificate)
  if (paths?.key === undefined) {
    return kind === 'root' ? `pki verify <certificate> --trust ${name}` : `pki export ${name} --format crt`
  }
  switch (kind) {
    case 'root':
      return `pki issue intermediate ca1 --from ${name}`
    case 'intermediate':
      return `pki issue server web --from ${name} --dns localhost --ip 127.0.0.1`
    default:
      return `pki export ${name} --format pfx`
  }
}

/** Relative if it lies below the current folder, as people would type it. */
export function displayPath(path: string, io: Io): string {
  const below = relative(io.cwd, path)
  return below === '' || below.startsWith('..') ? path : below
}
