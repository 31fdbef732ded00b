/** What a platform says, as text below ours. */

import type { CertificateVerdict } from '../verify/certificate-verdict.ts'
import { claimNotes, type PlatformReport } from '../verify/platform-report.ts'
import { hang, harmless, type Line, span, wrap } from './styled-text.ts'

/** The platform's verdict by its own names; for authentication the outcome, the HTTP status, and the claims. */
export function platformLines({ platform }: CertificateVerdict, width: number): readonly Line[] {
  if (platform === undefined) return []
  return [[], ...chainLines(platform, width), ...authenticationLines(platform, width)]
}

function chainLines({ chain }: PlatformReport, width: number): readonly Line[] {
  if (chain === null) return []
  const head = [span('X509Chain.Build ', 'accent')]
  if (chain.threw !== null) return hang(head, wrap([span(`throws: ${harmless(chain.threw)}`, 'bad')], width - 16))
  const verdict = chain.valid ? span('true', 'good') : span('false', 'bad')
  const flags = chain.status.length === 0 ? [] : [span(`  ${chain.status.join(', ')}`)]
  return hang(head, wrap([verdict, ...flags], width - 16))
}

function authenticationLines({ authentication }: PlatformReport, width: number): readonly Line[] {
  if (authentication === null) return []
  const { outcome, failure, httpStatus, claims } = authentication
  const style = outcome === 'Success' ? 'good' : 'bad'
  const reason = failure === null ? [] : [span(`: ${harmless(failure)}`)]
  const head: Line = [span('ASP.NET Core    ', 'accent')]
  const lines = hang(head, wrap([span(`${outcome}, HTTP ${httpStatus}`, style), ...reason], width - 16))
  const names = claims.map((claim) => [claim, claim.type.replace(/^.*\//, '')] as const)
  const column = Math.max(0, ...names.map(([, name]) => name.length))
  const rows = names.map(([claim, name]): Line => {
    const notes = claimNotes(claim)
    const note = notes.length === 0 ? [] : [span(` (${notes.map(harmless).join(', ')})`, 'quiet')]
    return [span(`${name.padEnd(column)}  `, 'quiet'), span(harmless(claim.value)), ...note]
  })
  return [...lines, ...hang([span('claims          ', 'accent')], rows)]
}
