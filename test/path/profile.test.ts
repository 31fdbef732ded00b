/** The certificate profile of RFC 5280 §4: per rule one certificate that breaks it and one that comes close. */

import { describe, expect, it } from 'vitest'
import { Tag } from '../../src/der/reader.ts'
import { bitString, context, contextPrimitive, element, integer, oid, sequence } from '../../src/der/writer.ts'
import { CERTIFICATE_FINDINGS } from '../../src/path/findings/certificate.ts'
import type { FindingCode } from '../../src/path/findings.ts'
import { checkProfile } from '../../src/path/profile.ts'
import { RFC5280, RFC5280_STRICT, weightOf } from '../../src/path/rule-set.ts'
import { encodeBasicConstraints } from '../../src/x509/extension-encoding.ts'
import { encodeGeneralNames, type GeneralName } from '../../src/x509/general-name.ts'
import { parseName } from '../../src/x509/name.ts'
import { EXTENSION } from '../../src/x509/oids.ts'
import { hex } from '../der/hex.ts'
import { extension } from '../x509/certificate-bytes.ts'
import { authorityKeyIdentifier, certificates, type Fields, intermediate, leaf, root } from './build-certificate.ts'
import { codesOf, errorsOf, judge } from './judge.ts'

const ROOT = root()

const EMPTY_NAME = sequence()
const AUTHORITY_KEY_IDENTIFIER = extension(EXTENSION.authorityKeyIdentifier, authorityKeyIdentifier(ROOT.signer))
const generalizedTime = (text: string) => element(Tag.generalizedTime, new TextEncoder().encode(text))
const utcTime = (text: string) => element(Tag.utcTime, new TextEncoder().encode(text))
const name = (...names: GeneralName[]) => ({ extensions: { subjectAltName: encodeGeneralNames(names) } })
const dns = (value: string) => name({ type: 'dNSName', value })
const parts = (unchecked: NonNullable<Fields['unchecked']>['parts']) => ({ unchecked: { parts: unchecked ?? {} } })
const ca: Fields = { ca: true, names: [] }
const basicConstraints = (cA: boolean, pathLenConstraint: number) => ({
  basicConstraints: encodeBasicConstraints({ cA, pathLenConstraint }),
})

/** What the certificate contains → the breach, or none. */
const CASES: readonly [string, Fields, FindingCode | undefined][] = [
  ['extensions in version 2', parts({ version: context(0, integer(1)) }), 'version.extensions'],
  [
    'a unique identifier',
    parts({ rest: [contextPrimitive(2, hex('00 01')), context(3, sequence(AUTHORITY_KEY_IDENTIFIER))] }),
    'version.unique-id',
  ],
  ['serial number 0', { serialNumber: 0 }, 'serial.zero'],
  ['serial number 1', { serialNumber: 1 }, undefined],
  ['serial number -1', { serialNumber: -1 }, 'serial.negative'],
  ['a serial number of 20 octets', { serialNumber: 2n ** 159n - 1n }, undefined],
  ['a serial number of 21 octets', { serialNumber: 2n ** 159n }, 'serial.too-long'],
  ['an empty issuer', parts({ issuer: EMPTY_NAME }), 'issuer.empty'],
  ['a CA with an empty subject', { ...ca, subject: '' }, 'subject.empty'],
  ['an empty subject and no subjectAltName', { subject: '', without: ['subjectAltName'] }, 'subject.empty'],
  ['an empty subject', { subject: '' }, 'subject.empty-san-not-critical'],
  ['an empty subject, names critical', { subject: '', critical: { subjectAltName: true } }, undefined],
  [
    'GeneralizedTime in 2049',
    parts({ validity: sequence(utcTime('260101000000Z'), generalizedTime('20491231235959Z')) }),
    'validity.encoding',
  ],
  [
    'GeneralizedTime in 2050',
    parts({ validity: sequence(utcTime('260101000000Z'), generalizedTime('20500101000000Z')) }),
    undefined,
  ],
  [
    'notAfter before notBefore',
    parts({ validity: sequence(utcTime('260102000000Z'), utcTime('260101000000Z')) }),
    'validity.inverted',
  ],
  [
    'notAfter equal to notBefore',
    parts({ validity: sequence(utcTime('260102000000Z'), utcTime('260102000000Z')) }),
    undefined,
  ],
  [
    'an RSA key that is none',
    parts({
      subjectPublicKeyInfo: sequence(sequence(oid('1.2.840.113549.1.1.1'), hex('05 00')), bitString(hex('30 00'))),
    }),
    'key.malformed',
  ],
  [
    'a curve spelled out',
    parts({
      subjectPublicKeyInfo: sequence(sequence(oid('1.2.840.10045.2.1'), sequence()), bitString(hex('04'))),
    }),
    'key.explicit-curve',
  ],
  [
    'basicConstraints of a CA not critical',
    { ...ca, critical: { basicConstraints: false } },
    'extension.must-be-critical',
  ],
  ['basicConstraints of no CA not critical', { critical: { basicConstraints: false } }, undefined],
  [
    'basicConstraints not critical in a CA that signs CRLs only',
    { ...ca, keyUsage: ['cRLSign'], critical: { basicConstraints: false } },
    undefined,
  ],
  [
    'inhibitAnyPolicy not critical',
    { ...ca, inhibitAnyPolicy: 0, critical: { inhibitAnyPolicy: false } },
    'extension.must-be-critical',
  ],
  ['authorityKeyIdentifier critical', { critical: { authorityKeyIdentifier: true } }, 'extension.must-not-be-critical'],
  ['no authorityKeyIdentifier', { without: ['authorityKeyIdentifier'] }, 'authority-key-identifier.missing'],
  [
    'authorityKeyIdentifier without key identifier',
    { extensions: { authorityKeyIdentifier: hex('30 00') } },
    'authority-key-identifier.no-key-identifier',
  ],
  ['a CA without subjectKeyIdentifier', { ...ca, without: ['subjectKeyIdentifier'] }, 'subject-key-identifier.missing'],
  ['no CA, no subjectKeyIdentifier', { without: ['subjectKeyIdentifier'] }, undefined],
  ['a path length without cA', { extensions: basicConstraints(false, 0) }, 'basic-constraints.path-length-not-ca'],
  [
    'a path length without keyCertSign',
    { ...ca, keyUsage: ['cRLSign'], extensions: basicConstraints(true, 0) },
    'basic-constraints.path-length-no-cert-sign',
  ],
  ['a path length', { ...ca, pathLength: 0 }, undefined],
  ['a CA without keyUsage', { ...ca, without: ['keyUsage'] }, 'key-usage.missing'],
  ['no CA, no keyUsage', { without: ['keyUsage'] }, undefined],
  ['keyUsage without a usage', { keyUsage: [] }, 'key-usage.empty'],
  ['keyCertSign without cA', { keyUsage: ['keyCertSign'] }, 'key-usage.cert-sign-not-ca'],
  ['name constraints without cA', { permitted: ['dns:a.test'] }, 'name-constraints.not-ca'],
  [
    'name constraints not critical',
    { ...ca, permitted: ['dns:a.test'], critical: { nameConstraints: false } },
    'name-constraints.not-critical',
  ],
  [
    'name constraints without any',
    { ...ca, extensions: { nameConstraints: hex('30 00') }, critical: { nameConstraints: true } },
    'name-constraints.empty',
  ],
  [
    'name constraints with a maximum',
    {
      ...ca,
      extensions: { nameConstraints: hex('30 0a a0 08 30 06 82 01 61 81 01 01') },
      critical: { nameConstraints: true },
    },
    'name-constraints.minimum-maximum',
  ],
  ['name constraints', { ...ca, permitted: ['dns:a.test'] }, undefined],
  [
    'a distribution point with nothing in it',
    { extensions: { cRLDistributionPoints: hex('30 02 30 00') } },
    'crl-distribution-point.empty',
  ],
  ['a host name', dns('a-1.test'), undefined],
  ['a wildcard', dns('*.a.test'), undefined],
  ['a name with a space', dns('a b.test'), 'san.malformed'],
  ['an underscore', dns('a_b.test'), 'san.malformed'],
  ['an IPv4 address as a DNS name', dns('192.0.2.1'), 'san.malformed'],
  ['an IP address of 8 octets', name({ type: 'iPAddress', value: hex('c0000200ffffff00') }), 'san.malformed'],
  ['an IPv6 address', name({ type: 'iPAddress', value: new Uint8Array(16) }), undefined],
  ['a mailbox', name({ type: 'rfc822Name', value: 'a@b.test' }), undefined],
  ['a mailbox without host', name({ type: 'rfc822Name', value: 'a' }), 'san.malformed'],
  ['a URI', name({ type: 'uniformResourceIdentifier', value: 'spiffe://a.test/b' }), undefined],
  ['a URI without scheme', name({ type: 'uniformResourceIdentifier', value: '//a.test/b' }), 'san.malformed'],
  ['an empty directory name', name({ type: 'directoryName', value: parseName(EMPTY_NAME) }), 'san.malformed'],
  ['an odd name that nobody compares', name({ type: 'registeredID', value: '1.2.3' }), undefined],
  ['a policy twice', { policies: ['1.2.3', '1.2.3'] }, 'policy.duplicate'],
  ['two policies', { policies: ['1.2.3', '1.2.4'] }, undefined],
  ['policy mappings without cA', { mappings: [['1.2.3', '1.2.4']] }, 'policy.mappings-not-ca'],
  ['policy constraints without one', { ...ca, policyConstraints: {} }, 'policy.constraints-empty'],
  ['policy constraints without cA', { policyConstraints: { requireExplicitPolicy: 0 } }, 'policy.constraints-not-ca'],
  ['policy constraints', { ...ca, policyConstraints: { requireExplicitPolicy: 0 } }, undefined],
]

describe('the certificate profile', () => {
  it.each(CASES)('%s → %s', (_, { names, ...fields }, code) => {
    const target = leaf(
      ROOT,
      names === undefined ? fields : { ...fields, without: [...(fields.without ?? []), 'subjectAltName'] },
    )
    const findings = checkProfile(target)
    expect(findings.map((found) => found.code)).toEqual(code === undefined ? [] : [code])
  })

  it('has a case for every code', () => {
    const covered = new Set(CASES.map(([, , code]) => code))
    expect(Object.keys(CERTIFICATE_FINDINGS).filter((code) => !covered.has(code as FindingCode))).toEqual([])
  })

  it('is a warning under rfc5280 and an error under rfc5280-strict, in every place', () => {
    const old = root({ serialNumber: 0 })
    const middle = intermediate(old, { serialNumber: 0 })
    const target = leaf(middle, { serialNumber: 0 })
    const [anchor, ...rest] = certificates(old, middle)
    const expected = ['serial.zero@0', 'serial.zero@1', 'serial.zero@2']
    const lenient = judge(target, anchor ? [anchor] : [], rest, { rules: RFC5280 })
    expect(lenient.valid).toBe(true)
    expect(codesOf(lenient)).toEqual(expected)
    expect(errorsOf(judge(target, anchor ? [anchor] : [], rest, { rules: RFC5280_STRICT }))).toEqual(expected)
  })

  it('rejects under every rule set what makes a key unusable', () => {
    for (const code of ['key.malformed', 'key.explicit-curve'] as const) expect(weightOf(RFC5280, code)).toBe('error')
  })

  it('a self-issued certificate needs no authorityKeyIdentifier', () => {
    expect(checkProfile(root().certificate)).toEqual([])
  })
})
