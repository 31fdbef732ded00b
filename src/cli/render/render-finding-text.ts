/** Findings as text: what is the matter, what to do, and where the rule is written. */

import type { FindingCode } from '../../path/findings.ts'
import type { WeighedFinding } from '../verify/judgement.ts'
import type { PlatformReport } from '../verify/platform-report.ts'
import type { Glyphs } from './glyphs.ts'
import { hang, harmless, type Line, span, wrap } from './styled-text.ts'

export interface FindingTextOptions {
  readonly glyphs: Glyphs
  readonly width: number
  /** Show the facts as well. */
  readonly explain: boolean
  /** The platform that judged: its flags are others. */
  readonly platform?: PlatformReport['name'] | undefined
}

type CureFlags = Partial<Readonly<Record<FindingCode, string>>>

/** The flags with which a cure is put into effect, where it is one of the call and not of the certificate. */
const CURE_FLAGS: CureFlags = {
  'path.issuer-not-found': '--untrusted, --trust',
  'path.untrusted-root': '--trust',
  'path-length.max-depth': '--max-depth',
  'path.issuer-not-fetched': '--allow-hosts, --untrusted',
  'revocation.unknown': '--revocation online, --crl, --soft-fail',
  'revocation.unknown-tolerated': '--revocation online, --crl',
  'revocation.not-fetched': '--allow-hosts, --crl, --ocsp-response',
}

/** The same with `--as`. */
const PLATFORM_CURE_FLAGS: CureFlags = {
  'path.issuer-not-found': '--additional, --trust',
  'path.anchor-not-self-signed': '--trust',
  'path.untrusted-root': '--trust',
  'path.kind-not-allowed': '--allowed-types',
  'path.issuer-not-fetched': '--allow-hosts, --additional',
  'revocation.unknown': '--crl, --ocsp-response, --revocation-mode no-check',
  'revocation.unknown-tolerated': '--crl, --ocsp-response',
  'revocation.not-fetched': '--allow-hosts, --crl, --ocsp-response',
}

/** Several findings, with an empty line between them. */
export function findingsLines(findings: readonly WeighedFinding[], options: FindingTextOptions): readonly Line[] {
  return findings.flatMap((finding, i) => [...(i === 0 ? [] : [[]]), ...findingLines(finding, options)])
}

function findingLines(
  finding: WeighedFinding,
  { glyphs, width, explain, platform }: FindingTextOptions,
): readonly Line[] {
  const { level, sentence, cure, section, code, platformName } = finding
  const problem: Line =
    level === 'error' ? [span(harmless(sentence), 'bad')] : [span('warning: ', 'warn'), span(harmless(sentence))]
  const names = [section, code, ...(platformName === undefined ? [] : [platformName])]
  const lines: Line[] = [
    ...wrap(problem, width),
    ...hang([span(`${glyphs.cure} `, 'good')], wrap([span(harmless(cure)), ...flagsFor(code, platform)], width - 2)),
    [span(names.join(` ${glyphs.separator} `), 'quiet')],
  ]
  if (explain) lines.push(...factLines(finding, width))
  return lines
}

function flagsFor(code: FindingCode, platform: FindingTextOptions['platform']): Line {
  const flags = (platform === undefined ? CURE_FLAGS : PLATFORM_CURE_FLAGS)[code]
  return flags === undefined ? [] : [span(' '), span(`(${flags})`, 'accent')]
}

function factLines({ facts }: WeighedFinding, width: number): readonly Line[] {
  const entries = Object.entries(facts).filter(([, value]) => value !== undefined)
  if (entries.length === 0) return []
  return wrap([span(entries.map(([name, value]) => `${name} = ${factText(value)}`).join(', '), 'quiet')], width)
}

function factText(value: unknown): string {
  if (value instanceof Date) return value.toISOString()
  return harmless(Array.isArray(value) ? `[${value.map(factText).join(', ')}]` : String(value))
}

/** `1 error`, `2 errors`. */
export function counted(items: readonly unknown[], noun: string): string {
  return `${items.length} ${noun}${items.length === 1 ? '' : 's'}`
}
