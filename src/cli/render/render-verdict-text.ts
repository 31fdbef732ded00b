/** Verdicts as text that a person understands at a glance: the path drawn from leaf to anchor, the fault, the cure. */

import type { EvidenceRecord } from '../../online/evidence.ts'
import { fetchFailureText } from '../../path/findings/fetch-failure.ts'
import type { Certificate } from '../../x509/certificate.ts'
import { formatName } from '../../x509/name-text.ts'
import { oidName } from '../../x509/oids.ts'
import type { CertificateVerdict, JudgedPath } from '../verify/certificate-verdict.ts'
import { errorsOf, type WeighedFinding, warningsOf } from '../verify/judgement.ts'
import type { Glyphs } from './glyphs.ts'
import { formatInstant, relativeTime } from './relative-time.ts'
import { counted, type FindingTextOptions, findingsLines } from './render-finding-text.ts'
import { platformLines } from './render-platform-text.ts'
import { hang, harmless, indent, type Line, type Span, span, widthOf, wrap } from './styled-text.ts'

/** One verdict in full; with `explain` the other paths that were tried, too. */
export function verdictLines(judged: CertificateVerdict, asked: FindingTextOptions): readonly Line[] {
  const options = { ...asked, platform: judged.platform?.name }
  const inner = { ...options, width: options.width - 2 }
  const lines: Line[] = [headline(judged, options.glyphs), [], ...indent(pathLines(judged.path, judged.at, inner), 2)]
  lines.push([], ...indent(wrap([span(circumstances(judged, options.glyphs), 'quiet')], inner.width), 2))
  lines.push(...indent(platformLines(judged, inner.width), 2))
  if (options.explain) lines.push(...indent(evidenceLines(judged, inner.width), 2), ...otherAttempts(judged, options))
  return lines
}

/** Several verdicts: a line each with the first reason, and the sum. */
export function verdictTable(verdicts: readonly CertificateVerdict[], { glyphs }: FindingTextOptions): readonly Line[] {
  const width = Math.max(...verdicts.map(({ source }) => widthOf([span(source)])))
  return [...verdicts.map((judged) => tableLine(judged, width, glyphs)), summaryLine(verdicts)]
}

function tableLine(judged: CertificateVerdict, width: number, glyphs: Glyphs): Line {
  const [first, ...others] = errorsOf(judged)
  const padding = span(' '.repeat(width - widthOf([span(judged.source)]) + 2))
  const name = [mark(judged, glyphs), span(' '), span(judged.source, 'strong'), padding]
  if (first === undefined) {
    const expiry = span(`valid, expires ${relativeTime(judged.target.notAfter.date, judged.at)}`)
    return [...name, expiry, ...warningCount(judged)]
  }
  const more = others.length === 0 ? [] : [span(` (and ${others.length} more)`, 'quiet')]
  return [...name, ...where(first, judged), span(harmless(first.sentence), 'bad'), ...more]
}

/** A finding about another certificate than the one the line is about says whose it is. */
function where({ certificate }: WeighedFinding, { path }: CertificateVerdict): Line {
  const other = certificate === null || certificate === 0 ? undefined : path.certificates[certificate]
  return other === undefined ? [] : [span(`${nameOf(other)}: `)]
}

function summaryLine(verdicts: readonly CertificateVerdict[]): Line {
  const rejected = verdicts.filter(({ accepted }) => !accepted).length
  const parts = [span(`${counted(verdicts, 'certificate')}: `), span(`${verdicts.length - rejected} valid`, 'good')]
  return rejected === 0 ? parts : [...parts, span(', '), span(`${rejected} rejected`, 'bad')]
}

function headline(judged: CertificateVerdict, glyphs: Glyphs): Line {
  const source = [mark(judged, glyphs), span(' '), span(judged.source, 'strong')]
  if (judged.accepted) return [...source, span(' is valid', 'good'), ...warningCount(judged)]
  const errors = span(`: ${counted(errorsOf(judged), 'error')}`)
  return [...source, span(' is rejected', 'bad'), errors, ...warningCount(judged)]
}

function mark({ accepted }: CertificateVerdict, glyphs: Glyphs): Span {
  return accepted ? span(glyphs.good, 'good') : span(glyphs.bad, 'bad')
}

function warningCount(judged: CertificateVerdict): Line {
  const warnings = warningsOf(judged)
  return warnings.length === 0 ? [] : [span(', '), span(counted(warnings, 'warning'), 'warn')]
}

/** What concerns no certificate of the path, and the path below it. */
function pathLines(path: JudgedPath, at: Date, options: FindingTextOptions): readonly Line[] {
  const general = path.findings.filter(({ certificate }) => certificate === null)
  const drawn = drawFrom(0, path, at, options)
  return general.length === 0 ? drawn : [...findingsLines(general, options), [], ...drawn]
}

/** A certificate, below it what is wrong with it, and from it hangs its issuer. */
function drawFrom(index: number, path: JudgedPath, at: Date, options: FindingTextOptions): readonly Line[] {
  const { glyphs, width } = options
  const certificate = path.certificates[index]
  if (certificate === undefined) return missingIssuer(path, glyphs)
  const findings = path.findings.filter((finding) => finding.certificate === index)
  const isTop = index === path.certificates.length - 1
  const above = isTop && !missesIssuer(path) ? [] : drawFrom(index + 1, path, at, { ...options, width: width - 3 })
  const bar = above.length === 0 ? span('   ') : span(glyphs.bar, 'quiet')
  const notes =
    isTop && path.anchored ? [span('trust anchor', 'quiet')] : [expiry(certificate, at), ...revocationNote(index, path)]
  const name = span(` ${nameOf(certificate)}  `, 'strong')
  return [
    [certificateMark(findings, glyphs), name, ...notes],
    ...findingsLines(findings, { ...options, width: width - 3 }).map((line) => [bar, ...line]),
    ...hang([span(glyphs.corner, 'quiet')], above),
  ]
}

function missesIssuer({ anchored, certificates }: JudgedPath): boolean {
  return !anchored && certificates.at(-1)?.isSelfIssued === false
}

function missingIssuer({ certificates }: JudgedPath, glyphs: Glyphs): readonly Line[] {
  const issuer = certificates.at(-1)?.issuer
  const name = issuer === undefined || issuer.isEmpty ? '(empty name)' : formatName(issuer)
  return [[span(glyphs.unknown, 'warn'), span(` ${name}`, 'quiet'), span('  missing', 'warn')]]
}

/** That a certificate is revoked, or that nobody knows, is a finding. */
function revocationNote(index: number, { statuses }: JudgedPath): Line {
  const isClear = statuses.some(({ certificate, state }) => certificate === index && state === 'unrevoked')
  return isClear ? [span(', not revoked', 'quiet')] : []
}

function nameOf({ subject }: Certificate): string {
  return subject.isEmpty ? '(empty subject)' : formatName(subject)
}

function certificateMark(findings: readonly WeighedFinding[], glyphs: Glyphs): Span {
  if (findings.some(({ level }) => level === 'error')) return span(glyphs.bad, 'bad')
  return findings.length > 0 ? span(glyphs.warning, 'warn') : span(glyphs.good, 'good')
}

function expiry({ notAfter }: Certificate, at: Date): Span {
  const day = notAfter.date.toISOString().slice(0, 10)
  const distance = relativeTime(notAfter.date, at)
  return notAfter.date < at ? span(`expired ${day}, ${distance}`, 'bad') : span(`expires ${day}, ${distance}`, 'quiet')
}

function circumstances({ rules, at, asked }: CertificateVerdict, { separator }: Glyphs): string {
  return [`rules ${rules.name}`, `at ${formatInstant(at)}`, ...asked.map(harmless)].join(` ${separator} `)
}

/** What speaks for the path: its policies, the evidence that its certificates are not revoked, and where that is from. */
function evidenceLines({ policies, path, evidence }: CertificateVerdict, width: number): readonly Line[] {
  const named = policies.userConstrained.map((oid) => oidName(oid) ?? oid)
  const lines: string[] = named.length === 0 ? [] : [`valid for the policies ${named.join(', ')}`]
  for (const { certificate, state, sources } of path.statuses) {
    const subject = path.certificates[certificate]
    if (subject !== undefined) lines.push(`${nameOf(subject)} is ${state}: ${sources.join('; ') || 'no evidence'}`)
  }
  lines.push(...evidence.map(recordText))
  return lines.flatMap((text) => wrap([span(harmless(text), 'quiet')], width))
}

function recordText(record: EvidenceRecord): string {
  const { url, certificate, origin, status, bytes, failure, evidence, notKept, used } = record
  const answer = status === undefined ? '' : `, HTTP ${status}`
  const why = failure === undefined ? '' : `: ${fetchFailureText(failure)}`
  const about = `${url} for ${nameOf(certificate)}`
  if (origin === 'none') return `not fetched ${about}${why}`
  const from = origin === 'cache' ? `from the cache${why}` : `fetched${answer}`
  return `${about}: ${evidence}; ${bytes} octets, ${from}${used ? '' : '; not relied on'}${notKept === undefined ? '' : `; not kept: ${notKept}`}`
}

/** The attempts that are not the path drawn above: which ways there were, and why each failed. */
function otherAttempts(judged: CertificateVerdict, options: FindingTextOptions): readonly Line[] {
  const others = judged.attempts.filter(({ certificates }) => certificates !== judged.path.certificates)
  const lines: Line[] = [[], [span('  '), span(othersTried(others.length), 'accent')]]
  for (const [i, attempt] of others.entries()) {
    const number = span(`  ${i + 1}. `, 'quiet')
    lines.push([], ...hang([number], pathLines(attempt, judged.at, { ...options, width: options.width - 5 })))
  }
  return lines
}

function othersTried(count: number): string {
  if (count === 0) return 'no other path was tried'
  return count === 1 ? 'one other path was tried' : `${count} other paths were tried`
}
