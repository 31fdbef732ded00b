/** What is said beside X509Chain's flags: why an issuer that was given is not taken, and what was not asked. */

import { expect, it } from 'vitest'
import { bitString, nullValue, oid, sequence } from '../../src/der/writer.ts'
import { weightOf } from '../../src/path/rule-set.ts'
import { buildX509Chain } from '../../src/path/x509chain/chain.ts'
import type { ChainPolicy } from '../../src/path/x509chain/policy.ts'
import type { Certificate } from '../../src/x509/certificate.ts'
import { EXTENSION, KEY_ALGORITHM } from '../../src/x509/oids.ts'
import { type ChainFields, makeChain, trusting } from '../interop/dotnet-chain/chain-case.ts'
import { root } from './build-certificate.ts'
import { AT, crl, days, holder, point, at as pointAt } from './build-crl.ts'
import { codesOf } from './judge.ts'

const MALFORMED = nullValue()

function build({ policy, ...fields }: ChainFields, store?: readonly Certificate[]) {
  const { root: top, intermediates, leaf } = makeChain(fields)
  const all = [top, ...intermediates].map(({ certificate }) => certificate)
  return buildX509Chain(leaf, trusting(store ?? all, policy))
}

it.each<[string, ChainFields, string, string | undefined]>([
  ['its own extension', { leaf: { extensions: { keyUsage: MALFORMED } } }, 'malformed', EXTENSION.keyUsage],
  [
    'an extension of the issuer',
    { intermediates: [{ extensions: { keyUsage: MALFORMED } }] },
    'malformed-candidate',
    EXTENSION.keyUsage,
  ],
  [
    'key identifiers',
    { intermediates: [{ extensions: { subjectKeyIdentifier: Uint8Array.of(4, 1, 7) } }] },
    'key-identifier',
    undefined,
  ],
  [
    'the kind of key',
    {
      intermediates: [
        { unchecked: { parts: { subjectPublicKeyInfo: key(KEY_ALGORITHM.ed25519, new Uint8Array(32)) } } },
      ],
    },
    'key-type',
    undefined,
  ],
  [
    'a key that is none',
    {
      intermediates: [
        { unchecked: { parts: { subjectPublicKeyInfo: key(KEY_ALGORITHM.ecPublicKey, Uint8Array.of(4)) } } },
      ],
    },
    'unusable-key',
    undefined,
  ],
])('the issuer is there, and is not taken: %s', (_, fields, because, oidOfExtension) => {
  const result = build(fields)
  expect(codesOf(result)).toEqual(['path.issuer-not-found@0', 'path.candidate-refused@0'])
  expect(result.findings[0]).toMatchObject({ issuer: 'CN=intermediate 1', candidates: 1 })
  const { rules, findings } = result
  expect(findings[1]).toMatchObject({ candidate: 'CN=intermediate 1', because })
  expect(findings[1]).toMatchObject(oidOfExtension === undefined ? {} : { oid: oidOfExtension })
  expect(weightOf(rules, 'path.candidate-refused')).toBe('warning')
})

function key(algorithm: string, octets: Uint8Array): Uint8Array {
  const curve = algorithm === KEY_ALGORITHM.ecPublicKey ? [oid('1.2.840.10045.3.1.7')] : []
  return sequence(sequence(oid(algorithm), ...curve), bitString(octets))
}

it('nobody of the name is there: nothing to explain', () => {
  const result = build({}, [root().certificate])
  expect(codesOf(result)).toEqual(['path.issuer-not-found@0'])
  expect(result.findings[0]).toMatchObject({ candidates: 0 })
})

it('what is trusted and not self-signed anchors nothing, and is told so', () => {
  const { intermediates, leaf } = makeChain({})
  const result = buildX509Chain(leaf, trusting(intermediates.map(({ certificate }) => certificate)))
  expect(codesOf(result)).toEqual(['path.issuer-not-found@1', 'path.anchor-not-self-signed@1'])
  expect(weightOf(result.rules, 'path.anchor-not-self-signed')).toBe('warning')
})

it('an issuer that may not sign is told of once', () => {
  const result = build({ intermediates: [{ keyUsage: ['cRLSign'] }], root: { keyUsage: ['cRLSign'] } })
  expect(codesOf(result)).toEqual(['key-usage.no-cert-sign@1', 'key-usage.no-cert-sign@2'])
})

const top = holder({ name: 'root' })
const middle = holder({ name: 'intermediate', issuer: top, serialNumber: 2 })
const silent = holder({ name: 'intermediate', issuer: top, serialNumber: 4, keyUsage: ['keyCertSign'] })
const unknown = [{ oid: '1.2.3.4', critical: true, value: nullValue() }]

function ask(
  issuer: typeof middle,
  crls: ChainPolicy['crls'],
  more: Partial<ChainPolicy> = {},
  extensions = [] as typeof unknown,
) {
  const cRLDistributionPoints = [point({ distributionPoint: pointAt('http://a.test/crl') })]
  const fields = { name: 'leaf', issuer, serialNumber: 3, cA: false, cRLDistributionPoints, extensions }
  return buildX509Chain(holder(fields).certificate, {
    ...trusting([top.certificate, issuer.certificate]),
    verificationTime: AT,
    revocationMode: 'Offline',
    revocationFlag: 'EndCertificateOnly',
    crls,
    ...more,
  })
}

it.each([
  ['out of date', middle, crl(middle, { nextUpdate: days(-0.5) }), 'crl-expired'],
  ['of another key', middle, crl({ ...middle, signer: top.signer }), 'crl-signature'],
  ['of an issuer that may not', silent, crl(silent), 'crl-issuer-no-crl-sign'],
  ['for CAs', middle, crl(middle, { issuingDistributionPoint: { onlyContainsCACerts: true } }), 'crl-scope'],
  ['with a critical extension', middle, crl(middle, { extensions: unknown }), 'crl-critical-extension'],
])('a CRL %s: why it says nothing', (_, issuer, evidence, code) => {
  const result = ask(issuer, [evidence])
  expect(codesOf(result)).toEqual(['revocation.unknown@0', `revocation.${code}@0`])
  expect(weightOf(result.rules, `revocation.${code}` as 'revocation.crl-expired')).toBe('warning')
})

it('a chain that is bad for another reason: not asked, whatever is there', () => {
  const result = ask(middle, [crl(middle)], {}, unknown)
  expect(codesOf(result)).toEqual(['extension.unknown-critical@0', 'revocation.not-asked@0'])
  expect(weightOf(result.rules, 'revocation.not-asked')).toBe('error')
  const masked = ask(middle, [crl(middle)], { verificationFlags: ['IgnoreEndRevocationUnknown'] }, unknown)
  expect(codesOf(masked)).toEqual(['extension.unknown-critical@0', 'revocation.unknown-tolerated@0'])
})

it('the end alone, out of date: .NET takes that for a fault of the CRL', () => {
  const result = ask(middle, [crl(middle, { nextUpdate: days(400) })], { verificationTime: days(300) })
  expect(codesOf(result)).toContain('revocation.not-asked@0')
})
