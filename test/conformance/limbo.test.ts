/** C2SP x509-limbo: chains that are right or wrong in one respect, judged by the rule set that each id calls for. */

import { getDomain } from 'tldts'
import { parsePem } from '../../src/der/pem.ts'
import { DerError } from '../../src/der/reader.ts'
import type { Identity } from '../../src/path/identity.ts'
import { RFC5280_STRICT, type RuleSet, WEBPKI, weightOf } from '../../src/path/rule-set.ts'
import { type MalformedInput, verifyCertificate } from '../../src/path/verify.ts'
import { type Certificate, parseCertificate } from '../../src/x509/certificate.ts'
import { KEY_PURPOSE } from '../../src/x509/oids.ts'
import { type ConformanceCase, conformanceSuite, type KnownDivergence, type Outcome, readData } from './data.ts'

const DIVERGENCES: readonly KnownDivergence[] = []

/** What is used of limbo's schema. */
interface LimboCase {
  readonly id: string
  readonly validation_kind: 'SERVER' | 'CLIENT'
  readonly trusted_certs: readonly string[]
  readonly untrusted_intermediates: readonly string[]
  readonly peer_certificate: string
  readonly validation_time: string | null
  readonly expected_result: 'SUCCESS' | 'FAILURE'
  readonly expected_peer_name: { readonly kind: 'DNS' | 'IP' | 'RFC822'; readonly value: string } | null
  readonly max_chain_depth: number | null
}

/** Limbo's "now", fixed: the certificates without a validation_time are valid for centuries. */
const NOW = new Date('2026-11-21T00:00:00Z')

function judge(test: LimboCase): ReturnType<ConformanceCase['judge']> {
  const [target] = parseOne(test.peer_certificate)
  // A leaf that cannot be parsed is no certificate: the command line ends with exit code 3.
  if (target === undefined) return { outcome: 'invalid', findings: ['malformed target'] }
  const trusted = test.trusted_certs.map(parseOne)
  const untrusted = test.untrusted_intermediates.map(parseOne)
  const name = test.expected_peer_name
  const rules = rulesOf(test.id)
  const verdict = verifyCertificate(target, {
    trustAnchors: trusted.flatMap(([certificate]) => certificate ?? []),
    untrusted: untrusted.flatMap(([certificate]) => certificate ?? []),
    malformed: untrusted.flatMap(([, malformed]) => malformed ?? []),
    at: test.validation_time === null ? NOW : new Date(test.validation_time),
    rules,
    purpose: test.validation_kind === 'SERVER' ? KEY_PURPOSE.serverAuth : KEY_PURPOSE.clientAuth,
    identity: name === null ? undefined : identityOf(name),
    isPublicSuffix: (domain) => getDomain(domain, { allowPrivateDomains: true }) === null,
    maxDepth: test.max_chain_depth ?? undefined,
  })
  const errors = verdict.findings.filter(({ code }) => weightOf(rules, code) === 'error')
  return {
    outcome: verdict.valid ? 'valid' : 'invalid',
    findings: errors.map(({ code, certificate }) => `${code}@${certificate}`),
  }
}

function parseOne(pem: string): readonly [Certificate | undefined, MalformedInput?] {
  const [block] = parsePem(pem)
  if (block === undefined) throw new Error('no PEM block')
  try {
    return [parseCertificate(block.bytes)]
  } catch (error) {
    if (!(error instanceof DerError)) throw error
    return [undefined, { source: 'limbo', error }]
  }
}

function identityOf({ kind, value }: { readonly kind: 'DNS' | 'IP' | 'RFC822'; readonly value: string }): Identity {
  const types = { DNS: 'dns', IP: 'ip', RFC822: 'email' } as const
  return { type: types[kind], value }
}

function rulesOf(id: string): RuleSet {
  return id.startsWith('webpki::') ? WEBPKI : RFC5280_STRICT
}

function readCases(): readonly ConformanceCase[] | undefined {
  const text = readData('limbo', 'limbo.json')
  if (text === undefined) return undefined
  const { testcases } = JSON.parse(text.toString()) as { readonly testcases: readonly LimboCase[] }
  return testcases.map((test) => ({
    id: test.id,
    title: '',
    expected: (test.expected_result === 'SUCCESS' ? 'valid' : 'invalid') satisfies Outcome,
    judge: () => judge(test),
  }))
}

conformanceSuite('x509-limbo', 115, readCases(), DIVERGENCES)
