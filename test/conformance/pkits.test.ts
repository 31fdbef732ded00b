/** NIST PKITS 1.0.1: path validation as RFC 5280 §6 has it, revocation by CRLs included. */

import { expect } from 'vitest'
import { RFC5280, weightOf } from '../../src/path/rule-set.ts'
import { verifyCertificate } from '../../src/path/verify.ts'
import { type Certificate, parseCertificate } from '../../src/x509/certificate.ts'
import { type CertificateList, parseCrl } from '../../src/x509/crl.ts'
import { type ConformanceCase, conformanceSuite, type KnownDivergence, readData } from './data.ts'

const DIVERGENCES: readonly KnownDivergence[] = []

/** One test, as `tests.json` describes it. */
interface PkitsCase {
  readonly id: string
  readonly title: string
  readonly trust: string
  readonly intermediates: readonly string[]
  readonly target: string
  readonly crls: readonly string[]
  readonly at: string
  readonly initialPolicySet: readonly string[]
  readonly initialExplicitPolicy: boolean
  readonly initialPolicyMappingInhibit: boolean
  readonly initialInhibitAnyPolicy: boolean
  readonly userConstrainedPolicySet: readonly string[]
  readonly valid: boolean
}

function judge(test: PkitsCase): ReturnType<ConformanceCase['judge']> {
  const verdict = verifyCertificate(certificate(test.target), {
    trustAnchors: [certificate(test.trust)],
    untrusted: test.intermediates.map(certificate),
    at: new Date(test.at),
    rules: RFC5280,
    policies: {
      initialPolicySet: test.initialPolicySet,
      explicitPolicy: test.initialExplicitPolicy,
      inhibitPolicyMapping: test.initialPolicyMappingInhibit,
      inhibitAnyPolicy: test.initialInhibitAnyPolicy,
    },
    revocation: { crls: test.crls.map(crl) },
  })
  const errors = verdict.findings.filter(({ code }) => weightOf(RFC5280, code) === 'error')
  if (verdict.valid) {
    expect([...verdict.policies.userConstrained].sort()).toEqual([...test.userConstrainedPolicySet].sort())
  }
  return {
    outcome: verdict.valid ? 'valid' : 'invalid',
    findings: errors.map(({ code, certificate }) => `${code}@${certificate}`),
  }
}

const certificates = new Map<string, Certificate>()

function certificate(file: string): Certificate {
  return remember(certificates, file, parseCertificate)
}

const crls = new Map<string, CertificateList>()

function crl(file: string): CertificateList {
  return remember(crls, file, parseCrl)
}

function remember<T>(known: Map<string, T>, file: string, parse: (bytes: Uint8Array) => T): T {
  let value = known.get(file)
  if (value === undefined) {
    const bytes = readData('pkits', file)
    if (bytes === undefined) throw new Error(`${file} is missing from the data`)
    value = parse(bytes)
    known.set(file, value)
  }
  return value
}

function readCases(): readonly ConformanceCase[] | undefined {
  const text = readData('pkits', 'tests.json')
  if (text === undefined) return undefined
  const { tests } = JSON.parse(text.toString()) as { readonly tests: readonly PkitsCase[] }
  return tests.map((test) => ({
    id: test.id,
    title: test.title,
    expected: test.valid ? 'valid' : 'invalid',
    judge: () => judge(test),
  }))
}

conformanceSuite('PKITS', 249, readCases(), DIVERGENCES)
