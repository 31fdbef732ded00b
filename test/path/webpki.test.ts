/** The CA/Browser Forum's rules: per rule one certificate that breaks it and one that comes close. */

import { describe, expect, it } from 'vitest'
import { bitString, contextPrimitive, integer, nullValue, oid, sequence } from '../../src/der/writer.ts'
import { WEBPKI_FINDINGS } from '../../src/path/findings/webpki.ts'
import type { Finding, FindingCode } from '../../src/path/findings.ts'
import { WEBPKI } from '../../src/path/rule-set.ts'
import { checkWebPki, type PathRole } from '../../src/path/webpki.ts'
import type { Certificate } from '../../src/x509/certificate.ts'
import { KEY_PURPOSE, SIGNATURE_ALGORITHM } from '../../src/x509/oids.ts'
import { hex } from '../der/hex.ts'
import { processorTime } from '../processor-time.ts'
import { certificates, type Fields, intermediate, leaf, root } from './build-certificate.ts'
import { errorsOf, judge } from './judge.ts'

const { serverAuth, anyExtendedKeyUsage } = KEY_PURPOSE
const ROOT = root()
const SERVER: Fields = { extKeyUsage: [serverAuth] }

function findingsOn(certificate: Certificate, role: PathRole): readonly Finding[] {
  const findings: Finding[] = []
  checkWebPki(certificate, role, 0, findings)
  return findings
}

/** An RSA key of so many bits, which nobody could use. */
function rsaKey(bits: number, exponent = 65537): Uint8Array {
  const key = sequence(integer(2n ** BigInt(bits - 1) + 1n), integer(exponent))
  return sequence(sequence(oid('1.2.840.113549.1.1.1'), nullValue()), bitString(key))
}

function ecKey(curve: string): Uint8Array {
  return sequence(sequence(oid('1.2.840.10045.2.1'), oid(curve)), bitString(hex('04')))
}

const key = (subjectPublicKeyInfo: Uint8Array): Fields => ({ unchecked: { parts: { subjectPublicKeyInfo } } })
const signed = (name: keyof typeof SIGNATURE_ALGORITHM): Fields => {
  const algorithm = sequence(oid(SIGNATURE_ALGORITHM[name]))
  return { unchecked: { parts: { signature: algorithm, signatureAlgorithm: algorithm } } }
}
const validFor = (days: number, seconds: number): Fields => {
  const notBefore = new Date('2026-01-01T00:00:00Z')
  return { notBefore, notAfter: new Date(notBefore.getTime() + days * 86_400_000 + seconds * 1000) }
}
const named = (commonName: string, ...names: string[]): Fields => ({ subject: `CN=${commonName}`, names })

const TARGETS: readonly [string, Fields, FindingCode | undefined][] = [
  ['a server', {}, undefined],
  ['version 1', { unchecked: { parts: { version: undefined } } }, 'webpki.version'],
  ['a CA', { ca: true }, 'webpki.ca-as-leaf'],
  ['no subjectAltName', { without: ['subjectAltName'] }, 'webpki.san-missing'],
  ['a critical subjectAltName', { critical: { subjectAltName: true } }, 'webpki.san-critical'],
  ['a critical subjectAltName and no subject', { subject: '', critical: { subjectAltName: true } }, undefined],
  ['a common name in other case', named('A.test', 'dns:a.test'), 'webpki.common-name-not-in-san'],
  ['a common name that is no name of it', named('b.test', 'dns:a.test'), 'webpki.common-name-not-in-san'],
  ['a common name that is text', named('My Server', 'dns:a.test'), 'webpki.common-name-not-in-san'],
  ['an address as common name', named('192.0.2.1', 'ip:192.0.2.1'), undefined],
  ['an address in another form', named('2001:db8:0:0::1', 'ip:2001:db8::1'), 'webpki.common-name-not-in-san'],
  ['the domain of a wildcard', named('a.test', 'dns:*.a.test'), undefined],
  ['a domain beside addresses only', named('a.test', 'ip:192.0.2.1'), undefined],
  ['no common name', { subject: 'O=a' }, undefined],
  ['no extKeyUsage', { without: ['extKeyUsage'] }, 'webpki.purpose-missing'],
  ['anyExtendedKeyUsage', { extKeyUsage: [serverAuth, anyExtendedKeyUsage] }, 'webpki.purpose-any'],
  ['extKeyUsage critical', { critical: { extKeyUsage: true } }, 'webpki.purpose-critical'],
  ['398 days', validFor(398, -1), undefined],
  ['398 days and a second', validFor(398, 0), 'webpki.validity-too-long'],
  [
    'an authorityKeyIdentifier with issuer and serial number',
    { extensions: { authorityKeyIdentifier: hex('30 0b 80 01 01 a1 03 82 01 61 82 01 01') } },
    'webpki.authority-key-identifier-issuer',
  ],
  [
    'an authorityKeyIdentifier without key identifier',
    { extensions: { authorityKeyIdentifier: hex('30 00') } },
    'webpki.authority-key-identifier-no-key-identifier',
  ],
  ['P-256', key(ecKey('1.2.840.10045.3.1.7')), undefined],
  ['P-192', key(ecKey('1.2.840.10045.3.1.1')), 'webpki.key-type'],
  ['secp256k1', key(ecKey('1.3.132.0.10')), 'webpki.key-type'],
  ['Ed25519', { key: 'ed25519' }, 'webpki.key-type'],
  ['RSA of 2048 bits', key(rsaKey(2048)), undefined],
  ['RSA of 2040 bits', key(rsaKey(2040)), 'webpki.key-size'],
  ['RSA of 2052 bits', key(rsaKey(2052)), 'webpki.key-size-not-octets'],
  ['exponent 3', key(rsaKey(2048, 3)), 'webpki.key-exponent-small'],
  ['exponent 65535', key(rsaKey(2048, 65535)), 'webpki.key-exponent-small'],
  ['exponent 65537', key(rsaKey(2048, 65537)), undefined],
  ['exponent 1', key(rsaKey(2048, 1)), 'webpki.key-exponent'],
  ['an even exponent', key(rsaKey(2048, 65538)), 'webpki.key-exponent'],
  ['ECDSA with SHA-384', signed('ecdsa-with-SHA384'), undefined],
  ['ECDSA with SHA-1', signed('ecdsa-with-SHA1'), 'webpki.signature-algorithm'],
  ['RSA with MD5', signed('md5WithRSAEncryption'), 'webpki.signature-algorithm'],
  ['EdDSA', signed('Ed25519'), 'webpki.signature-algorithm'],
]

const ANCHORS: readonly [string, Fields, FindingCode | undefined][] = [
  ['a root', {}, undefined],
  ['a root with extKeyUsage', { extKeyUsage: [serverAuth] }, 'webpki.purpose-in-root'],
  ['a root signed with SHA-1', signed('ecdsa-with-SHA1'), undefined],
  [
    'a root whose key identifiers differ',
    { extensions: { authorityKeyIdentifier: sequence(contextPrimitive(0, hex('01'))) } },
    'webpki.root-authority-key-identifier',
  ],
  [
    'a root with a DSA key',
    key(sequence(sequence(oid('1.2.840.10040.4.1')), bitString(hex('02 01 01')))),
    'webpki.key-type',
  ],
]

describe('webpki', () => {
  it.each(TARGETS)('%s → %s', (_, fields, code) => {
    const target = leaf(ROOT, { ...SERVER, ...fields })
    expect(findingsOn(target, 'target').map((found) => found.code)).toEqual(code === undefined ? [] : [code])
  })

  it.each(ANCHORS)('%s → %s', (_, fields, code) => {
    const findings = findingsOn(root(fields).certificate, 'anchor')
    expect(findings.map((found) => found.code)).toEqual(code === undefined ? [] : [code])
  })

  it('has a case for every code', () => {
    const covered = new Set([...TARGETS, ...ANCHORS].map(([, , code]) => code))
    expect(Object.keys(WEBPKI_FINDINGS).filter((code) => !covered.has(code as FindingCode))).toEqual([])
  })

  it('thousands of common names beside thousands of addresses end soon', () => {
    const numbers = Array.from({ length: 10_000 }, (_, i) => i)
    const subject = numbers.map((number) => `CN=h${number}.test`).join()
    const names = numbers.map((number) => `ip:10.0.${number >> 8}.${number & 255}`)
    const target = leaf(ROOT, { ...SERVER, subject, names })
    const spent = processorTime()
    expect(findingsOn(target, 'target')).toEqual([])
    expect(spent()).toBeLessThan(3000)
  })

  it('judges each certificate by its place in the path', () => {
    const issuer = intermediate(ROOT)
    const target = leaf(issuer, SERVER)
    const [anchor, ca] = certificates(ROOT, issuer)
    const verdict = judge(target, anchor ? [anchor] : [], ca ? [ca] : [], { rules: WEBPKI, purpose: serverAuth })
    expect(errorsOf(verdict)).toEqual([])
    expect(verdict.valid).toBe(true)
    if (ca !== undefined) {
      expect(errorsOf(judge(ca, anchor ? [anchor] : [], [], { rules: WEBPKI }))).toContain('webpki.ca-as-leaf@0')
    }
  })
})
