/** Puts what the gallery makes before the engine. */

import { randomBytes } from 'node:crypto'
import type { Expectation, RuleSetName } from '../../src/defect/defect.ts'
import type { Exhibit } from '../../src/defect/hierarchy.ts'
import { DerError } from '../../src/der/reader.ts'
import { RFC5280, RFC5280_STRICT, type RuleSet, WEBPKI } from '../../src/path/rule-set.ts'
import { verifyCertificate } from '../../src/path/verify.ts'
import { BUILT_IN_PROFILES } from '../../src/profile/built-in.ts'
import type { CertificateProfile } from '../../src/profile/profile.ts'
import { type Certificate, parseCertificate } from '../../src/x509/certificate.ts'
import { parseCrl } from '../../src/x509/crl.ts'
import { KEY_PURPOSE } from '../../src/x509/oids.ts'

/** The fixed instant of these tests. */
export const AT = new Date('2026-06-15T12:00:00Z')

const profile = (name: string) => BUILT_IN_PROFILES[name] as CertificateProfile

export const MEANS = {
  profiles: { root: profile('root'), intermediate: profile('intermediate'), server: profile('server') },
  now: AT,
  random: (size: number) => new Uint8Array(randomBytes(size)),
}

export const RULES: Readonly<Record<RuleSetName, RuleSet>> = {
  rfc5280: RFC5280,
  'rfc5280-strict': RFC5280_STRICT,
  webpki: WEBPKI,
}

/** Codes sorted, each once; `unreadable` for a target that is no certificate. */
export interface Judgement {
  readonly valid: boolean
  readonly findings: readonly string[] | 'unreadable'
}

/** What the engine says of the bytes of an exhibit. */
export function judge({ target, presented, crls, question }: Exhibit, rules: RuleSet, at = AT): Judgement {
  const certificate = readTarget(target.certificate.encoded)
  if (certificate === undefined) return { valid: false, findings: 'unreadable' }
  const { host, policies } = question
  const { valid, findings } = verifyCertificate(certificate, {
    trustAnchors: presented.trustAnchors,
    untrusted: presented.chain,
    at,
    rules,
    purpose: KEY_PURPOSE.serverAuth,
    identity: { type: /^[\d.]+$/.test(host) ? 'ip' : 'dns', value: host },
    policies: policies.length === 0 ? {} : { initialPolicySet: policies, explicitPolicy: true },
    revocation: question.revocation ? { crls: crls().map(parseCrl) } : undefined,
  })
  return { valid, findings: [...new Set(findings.map(({ code }) => code))].sort() }
}

/** What an expectation says of one rule set, in the form of a judgement. */
export function announced({ findings, rejectedBy }: Expectation, rules: RuleSetName): Judgement {
  return {
    valid: !rejectedBy.includes(rules),
    findings: findings === 'unreadable' ? findings : [...findings[rules]].sort(),
  }
}

function readTarget(encoded: Uint8Array): Certificate | undefined {
  try {
    return parseCertificate(encoded)
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}
