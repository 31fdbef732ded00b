/**
 * .NET's X509Chain: one accept, one reject and the boundary of every rule. That these are .NET's answers,
 * `test/interop/dotnet-parity.test.ts` shows where a .NET is at hand; here they stand without one.
 */

import { describe, expect, it } from 'vitest'
import { bitString, nullValue, oid, sequence } from '../../src/der/writer.ts'
import { PkiError } from '../../src/errors.ts'
import { weightOf } from '../../src/path/rule-set.ts'
import { buildX509Chain, type X509ChainResult } from '../../src/path/x509chain/chain.ts'
import { CHAIN_STATUS_FLAGS } from '../../src/path/x509chain/chain-status.ts'
import type { ChainPolicy, RevocationFlag } from '../../src/path/x509chain/policy.ts'
import { X509CHAIN } from '../../src/path/x509chain/rules.ts'
import { chainVerdict } from '../../src/path/x509chain/verdict.ts'
import { VERIFICATION_FLAGS, type VerificationFlag } from '../../src/path/x509chain/verification-flags.ts'
import type { Certificate } from '../../src/x509/certificate.ts'
import { encodeNameConstraints } from '../../src/x509/extension-encoding.ts'
import { encodeGeneralNames, type GeneralName } from '../../src/x509/general-name.ts'
import { parseOcspResponse } from '../../src/x509/ocsp.ts'
import { ANY_POLICY, EXTENSION, KEY_PURPOSE } from '../../src/x509/oids.ts'
import { type ChainFields, makeChain, trusting } from '../interop/dotnet-chain/chain-case.ts'
import { randomCases } from '../interop/dotnet-chain/random-cases.ts'
import { byName, certId, ocspResponseBytes, singleResponse } from '../x509/ocsp-bytes.ts'
import { AT, crossCertificate, type Fields, intermediate, leaf, root } from './build-certificate.ts'
import { crl, days, type Holder, holder, point, at as pointAt, AT as REVOCATION_AT, revoked } from './build-crl.ts'

/** The chain under CustomRootTrust without revocation, intermediates and root in the store. */
function build({ policy, ...fields }: ChainFields): X509ChainResult {
  const { root, intermediates, leaf } = makeChain(fields)
  return buildX509Chain(leaf, trusting(list(root, ...intermediates), policy))
}

function list(...entities: readonly { readonly certificate: Certificate }[]): readonly Certificate[] {
  return entities.map(({ certificate }) => certificate)
}

/** `NotTimeValid | - | -`: the flags of each element from the target up; `threw` where .NET throws. */
function told({ elements, threw }: X509ChainResult): string {
  if (threw !== undefined) return 'threw'
  return elements.map(({ status }) => status.map(({ flag }) => flag).join('+') || '-').join(' | ')
}

const BAD_SIGNATURE: Fields = { unchecked: { parts: { signatureValue: bitString(new Uint8Array(70)) } } }
const { clientAuth, serverAuth, anyExtendedKeyUsage, timeStamping } = KEY_PURPOSE

describe('the period', () => {
  const later = (seconds: number) => new Date(AT.getTime() + 1000 * seconds)
  it.each<[string, ChainFields, string]>([
    ['a second before notAfter', { leaf: { notAfter: later(1) } }, '- | - | -'],
    ['notAfter itself', { leaf: { notAfter: AT } }, 'NotTimeValid | - | -'],
    ['a second behind notAfter', { leaf: { notAfter: later(-1) } }, 'NotTimeValid | - | -'],
    ['notBefore itself', { leaf: { notBefore: AT } }, '- | - | -'],
    ['a second before notBefore', { leaf: { notBefore: later(1) } }, 'NotTimeValid | - | -'],
    ['notAfter of the root', { root: { notAfter: AT } }, '- | - | NotTimeValid'],
    [
      'the rest of a second',
      { leaf: { notAfter: later(1) }, policy: { verificationTime: new Date(AT.getTime() + 999) } },
      '- | - | -',
    ],
  ])('%s', (_, fields, expected) => {
    expect(told(build(fields))).toBe(expected)
  })
})

describe('authorities', () => {
  const bare: Fields['without'] = ['basicConstraints', 'keyUsage']
  const netscape = { without: bare, extensions: { netscapeCertType: new Uint8Array([3, 2, 0, 7]) } } satisfies Fields
  it.each<[string, Fields, string, string]>([
    ['no basicConstraints, keyCertSign', { without: ['basicConstraints'] }, 'InvalidBasicConstraints', '-'],
    ['no basicConstraints, no keyUsage', { without: bare }, 'InvalidBasicConstraints', 'InvalidBasicConstraints'],
    ['no basicConstraints, Netscape CA', netscape, 'InvalidBasicConstraints', '-'],
    ['version 1', { unchecked: { parts: { version: undefined, rest: [] } } }, 'InvalidBasicConstraints', '-'],
    ['cA FALSE', { ca: false, without: ['keyUsage'] }, 'InvalidBasicConstraints', 'InvalidBasicConstraints'],
    ['cA TRUE, no keyUsage', { without: ['keyUsage'] }, '-', '-'],
    [
      'cA TRUE, keyUsage without keyCertSign',
      { keyUsage: ['cRLSign'] },
      'InvalidBasicConstraints',
      'InvalidBasicConstraints',
    ],
  ])('%s', (_, fields, intermediate, top) => {
    expect(told(build({ intermediates: [fields] }))).toBe(`- | ${intermediate} | -`)
    expect(told(build({ root: fields }))).toBe(`- | - | ${top}`)
  })

  it.each<[string, ChainFields, string]>([
    ['as many as allowed', { root: { pathLength: 1 }, intermediates: [{}] }, '- | - | -'],
    ['one too many', { root: { pathLength: 0 }, intermediates: [{}] }, '- | - | InvalidBasicConstraints'],
    [
      'self-issued ones do not count',
      { root: { pathLength: 0 }, intermediates: [{ subject: 'CN=root' }] },
      '- | - | -',
    ],
    ['nor does the target, CA or not', { intermediates: [{ pathLength: 0 }], leaf: { ca: true } }, '- | - | -'],
    [
      'every limit is held to',
      { root: { pathLength: 0 }, intermediates: [{ pathLength: 0 }, {}] },
      '- | - | InvalidBasicConstraints | InvalidBasicConstraints',
    ],
  ])('path length: %s', (_, fields, expected) => {
    expect(told(build(fields))).toBe(expected)
  })

  it('keyUsage of the target plays no part, unless it is a CA that signed itself', () => {
    expect(told(build({ leaf: { keyUsage: ['keyEncipherment'] } }))).toBe('- | - | -')
    const alone = root({ keyUsage: ['digitalSignature'] }).certificate
    expect(told(buildX509Chain(alone, trusting([alone])))).toBe('InvalidBasicConstraints')
    const endEntity = root({ ca: false, keyUsage: ['digitalSignature'] }).certificate
    expect(told(buildX509Chain(endEntity, trusting([endEntity])))).toBe('-')
  })
})

describe('application policy', () => {
  const application = (...oids: readonly string[]) => ({
    extensions: { applicationPolicies: sequence(...oids.map((one) => sequence(oid(one)))) },
  })
  const everywhere = 'NotValidForUsage | NotValidForUsage | NotValidForUsage'
  const good = '- | - | -'
  it.each<[string, Fields, readonly string[], string]>([
    ['no extension', {}, [serverAuth], good],
    ['the purpose itself', { extKeyUsage: [serverAuth] }, [serverAuth], good],
    ['another purpose', { extKeyUsage: [serverAuth] }, [clientAuth], everywhere],
    ['one of two is missing', { extKeyUsage: [clientAuth] }, [clientAuth, serverAuth], everywhere],
    ['nothing asked for', { extKeyUsage: [clientAuth] }, [], good],
    ['anyExtendedKeyUsage is no wildcard', { extKeyUsage: [anyExtendedKeyUsage] }, [clientAuth], everywhere],
    ['nor beside another', { extKeyUsage: [anyExtendedKeyUsage, timeStamping] }, [clientAuth], everywhere],
    ['anyPolicy is', { extKeyUsage: [ANY_POLICY] }, [serverAuth], good],
    [
      'application policies hide extKeyUsage',
      { ...application(clientAuth), extKeyUsage: [serverAuth] },
      [clientAuth],
      good,
    ],
    [
      'also where that would allow it',
      { ...application(clientAuth), extKeyUsage: [serverAuth] },
      [serverAuth],
      everywhere,
    ],
    ['an empty list allows nothing', application(), [serverAuth], everywhere],
    ['an empty list, nothing asked for', application(), [], good],
    ['a malformed one throws', { extensions: { applicationPolicies: nullValue() } }, [clientAuth], 'threw'],
    ['a malformed one, nothing asked for', { extensions: { applicationPolicies: nullValue() } }, [], good],
  ])('%s', (_, leaf, applicationPolicy, expected) => {
    expect(told(build({ leaf, policy: { applicationPolicy } }))).toBe(expected)
  })

  it.each<[string, ChainFields]>([
    ['the intermediate', { intermediates: [{ extKeyUsage: [serverAuth] }] }],
    ['the root', { root: { extKeyUsage: [serverAuth] } }],
    ['a required explicit policy', { intermediates: [{ policyConstraints: { requireExplicitPolicy: 0 } }] }],
  ])('%s forbids it to all', (_, fields) => {
    expect(told(build({ ...fields, policy: { applicationPolicy: [clientAuth] } }))).toBe(everywhere)
  })
})

describe('certificate policy', () => {
  const asked = { policy: { certificatePolicy: ['1.2.3.1'] } }
  const another: Fields = {
    unchecked: { extensions: [{ oid: EXTENSION.certificatePolicies, critical: false, value: sequence() }] },
  }
  const mapping: Fields = { policies: ['1.2.3.1'], mappings: [['1.2.3.1', '1.2.3.2']] }
  it.each<[string, ChainFields, boolean]>([
    ['declared by all', { intermediates: [{ policies: ['1.2.3.1'] }], leaf: { policies: ['1.2.3.1'] } }, true],
    ['declared by the leaf alone', { leaf: { policies: ['1.2.3.1'] } }, true],
    // .NET 10 counts inhibitAnyPolicy down twice for each element: only those next to the root may stand for any.
    ['declared by nobody', {}, false],
    ['any in the leaf', { leaf: { policies: [ANY_POLICY] } }, false],
    ['any in the intermediate', { intermediates: [{ policies: [ANY_POLICY] }], leaf: { policies: ['1.2.3.1'] } }, true],
    ['another one in the leaf', { leaf: { policies: ['1.2.3.2'] } }, false],
    [
      'any, inhibited',
      {
        root: { inhibitAnyPolicy: 0 },
        intermediates: [{ policies: [ANY_POLICY] }],
        leaf: { policies: ['1.2.3.1'] },
      },
      false,
    ],
    ['of two extensions the last one counts', { leaf: { policies: ['1.2.3.1'], ...another } }, false],
    ['mapped', { intermediates: [mapping], leaf: { policies: ['1.2.3.2'] } }, true],
    ['mapped, and the old one kept', { intermediates: [mapping], leaf: { policies: ['1.2.3.1'] } }, false],
    ['explicit, and none', { root: { policyConstraints: { requireExplicitPolicy: 0 } } }, false],
  ])('%s', (_, fields, valid) => {
    expect(build({ ...fields, ...asked }).valid).toBe(valid)
  })
})

describe('name constraints', () => {
  const dns = (value: string): GeneralName => ({ type: 'dNSName', value })
  const email = (value: string): GeneralName => ({ type: 'rfc822Name', value })
  const named = (name: GeneralName): Fields => ({
    subject: 'CN=x',
    extensions: { subjectAltName: encodeGeneralNames([name]) },
  })
  const constrained = (key: 'permittedSubtrees' | 'excludedSubtrees', base: GeneralName, minimum = 0): Fields => ({
    extensions: {
      nameConstraints: encodeNameConstraints({
        permittedSubtrees: [],
        excludedSubtrees: [],
        [key]: [{ base, minimum, maximum: undefined }],
      }),
    },
  })
  it.each<[string, Fields, Fields, string]>([
    [
      'permitted and outside',
      constrained('permittedSubtrees', dns('.example.com')),
      named(dns('microsoft.com')),
      'HasNotPermittedNameConstraint',
    ],
    ['permitted and inside', constrained('permittedSubtrees', dns('.example.com')), named(dns('www.example.com')), '-'],
    [
      'a leading dot leaves the domain out',
      constrained('permittedSubtrees', dns('.example.com')),
      named(dns('example.com')),
      'HasNotPermittedNameConstraint',
    ],
    [
      'excluded',
      constrained('excludedSubtrees', dns('.example.com')),
      named(dns('www.example.com')),
      'HasExcludedNameConstraint',
    ],
    [
      'excluded at the boundary of a label',
      constrained('excludedSubtrees', dns('example.com')),
      named(dns('badexample.com')),
      '-',
    ],
    [
      'a minimum',
      constrained('permittedSubtrees', dns('.example.com'), 9),
      named(dns('example.com')),
      'HasNotSupportedNameConstraint',
    ],
    ['no mailbox', constrained('permittedSubtrees', email('///')), named(email('///')), 'InvalidNameConstraints'],
    ['another form', constrained('permittedSubtrees', email('a.test')), named(dns('b.test')), '-'],
    [
      'a common name that is a host',
      constrained('permittedSubtrees', dns('a.test')),
      { subject: 'CN=b.test', without: ['subjectAltName'] },
      'HasNotPermittedNameConstraint',
    ],
    [
      'a common name of one label',
      constrained('permittedSubtrees', dns('a.test')),
      { subject: 'CN=b', without: ['subjectAltName'] },
      '-',
    ],
  ])('%s', (_, intermediate, leaf, expected) => {
    expect(told(build({ intermediates: [intermediate], leaf }))).toBe(`${expected} | - | -`)
  })

  it('those of the root hold too, and self-issued intermediates are exempt', () => {
    const top = constrained('permittedSubtrees', dns('a.test'))
    expect(told(build({ root: top, intermediates: [{ names: ['dns:b.test'] }] }))).toBe(
      '- | HasNotPermittedNameConstraint | -',
    )
    expect(told(build({ root: top, intermediates: [{ subject: 'CN=root', names: ['dns:b.test'] }] }))).toBe('- | - | -')
  })
})

describe('extensions', () => {
  const unknown = (critical: boolean): Fields => ({
    unchecked: { extensions: [{ oid: '1.2.3.4', critical, value: nullValue() }] },
  })
  it.each<[string, Fields, string]>([
    ['unknown and critical', unknown(true), 'HasNotSupportedCriticalExtension | - | -'],
    ['unknown', unknown(false), '- | - | -'],
    [
      'a critical subject key identifier',
      { critical: { subjectKeyIdentifier: true } },
      'HasNotSupportedCriticalExtension | - | -',
    ],
    ['a malformed extKeyUsage', { extensions: { extKeyUsage: nullValue() } }, 'PartialChain'],
    [
      'keyUsage twice',
      { unchecked: { extensions: [{ oid: '2.5.29.15', critical: true, value: Uint8Array.of(3, 2, 7, 0x80) }] } },
      'PartialChain',
    ],
  ])('%s', (_, leaf, expected) => {
    expect(told(build({ leaf }))).toBe(expected)
  })
})

describe('where trust comes from', () => {
  const chain = makeChain({})
  const [top, middle] = [chain.root.certificate, chain.intermediates[0]?.certificate as Certificate]
  const custom = (customTrustStore: readonly Certificate[], more: Partial<ChainPolicy> = {}) =>
    told(buildX509Chain(chain.leaf, trusting(customTrustStore, more)))
  const system = (more: Partial<ChainPolicy>) =>
    told(buildX509Chain(chain.leaf, { verificationTime: AT, revocationMode: 'NoCheck', ...more }))

  it.each<[string, () => string, string]>([
    ['root and intermediate in the custom store', () => custom([top, middle]), '- | - | -'],
    ['an intermediate anchors nothing', () => custom([middle]), '- | PartialChain'],
    ['the intermediate in the extra store', () => custom([top], { extraStore: [middle] }), '- | - | -'],
    ['the extra store gives no trust', () => custom([], { extraStore: [top, middle] }), '- | - | UntrustedRoot'],
    ['nothing at all', () => custom([]), 'PartialChain'],
    ['the system', () => system({ systemTrustStore: [top], systemIntermediates: [middle] }), '- | - | -'],
    [
      'the system does not count in custom mode',
      () => custom([middle], { systemTrustStore: [top] }),
      '- | PartialChain',
    ],
    ['without a system nothing is trusted', () => system({ extraStore: [top, middle] }), '- | - | UntrustedRoot'],
    ['a downloaded issuer', () => custom([top], { downloadedIssuers: [middle] }), '- | - | -'],
  ])('%s', (_, answer, expected) => {
    expect(answer()).toBe(expected)
  })

  it('the extra store is not looked at where the chain is complete without it', () => {
    const expired = makeChain({ intermediates: [{ notAfter: AT }] })
    const trusted = list(expired.root, ...expired.intermediates)
    const renewed = makeChain({})
    const policy = trusting(trusted, { extraStore: list(...renewed.intermediates) })
    expect(told(buildX509Chain(expired.leaf, policy))).toBe('- | NotTimeValid | -')
  })

  it('of issuers that are all out of date the one that ended last is taken', () => {
    const ended = (hours: number) => new Date(AT.getTime() - 3600_000 * hours)
    const issuer = intermediate(chain.root, { notAfter: ended(1) })
    const others = [2, 3].map((hours) => crossCertificate(chain.root, issuer, { notAfter: ended(hours) }))
    const target = leaf(issuer)
    for (const extraStore of [list(issuer, ...others), list(...others, issuer)]) {
      expect(buildX509Chain(target, trusting([top], { extraStore })).path[1]).toBe(issuer.certificate)
    }
  })

  describe('a root has a new key, which the old one certified, and nobody trusts either', () => {
    const old = root()
    const fresh = intermediate(old, { subject: 'CN=root' })
    const stores = { extraStore: list(fresh, old) }
    const hintless: Fields = { without: ['authorityKeyIdentifier'] }
    const answer = (certificate: Certificate, more: Partial<ChainPolicy> = {}) =>
      told(buildX509Chain(certificate, trusting([], { ...stores, ...more })))

    it('a chain that is gone over once more goes the shorter way', () => {
      expect(answer(leaf(old, hintless))).toBe('- | UntrustedRoot')
      expect(answer(leaf(fresh, hintless))).toBe('NotSignatureValid | UntrustedRoot')
      expect(answer(leaf(fresh))).toBe('- | - | UntrustedRoot')
    })

    it('and the root of one that was longer counts as an authority', () => {
      const UNKNOWN = 'RevocationStatusUnknown+OfflineRevocation'
      const asked = { revocationMode: 'Offline' } as const
      expect(answer(leaf(old, hintless), asked)).toBe(
        `${UNKNOWN} | RevocationStatusUnknown+UntrustedRoot+OfflineRevocation`,
      )
      expect(answer(leaf(fresh), asked)).toBe(`${UNKNOWN} | ${UNKNOWN} | UntrustedRoot`)
    })

    it('one without fault, whose revocation nobody asks about, is not', () => {
      const above = intermediate(old, { subject: 'CN=between' })
      const policy = { customTrustStore: list(old), extraStore: list(above) }
      expect(answer(leaf(above), policy)).toBe('- | - | -')
    })
  })

  it('an issuer whose key identifier is another is none', () => {
    const result = build({ intermediates: [{ extensions: { subjectKeyIdentifier: Uint8Array.of(4, 1, 1) } }] })
    expect(told(result)).toBe('PartialChain')
  })

  it.each<[string, ChainPolicy, string]>([
    ['a custom store in System mode', { verificationTime: AT, customTrustStore: [top] }, 'usage.option'],
    ['a mode that is none', { verificationTime: AT, trustMode: 'Other' as 'System' }, 'usage.option'],
    ['no date', { verificationTime: new Date(Number.NaN) }, 'usage.time'],
  ])('%s is refused', (_, policy, code) => {
    expect(() => buildX509Chain(chain.leaf, policy)).toThrow(expect.objectContaining({ name: PkiError.name, code }))
  })
})

describe('signatures', () => {
  it.each<[string, ChainFields, string]>([
    ['of the leaf', { leaf: BAD_SIGNATURE }, 'NotSignatureValid | - | -'],
    ['of the intermediate', { intermediates: [BAD_SIGNATURE] }, '- | NotSignatureValid | -'],
    ['of a trusted root is forgiven', { root: BAD_SIGNATURE }, '- | - | -'],
    [
      'of a trusted root above a bad leaf is not',
      { root: BAD_SIGNATURE, leaf: BAD_SIGNATURE },
      'NotSignatureValid | - | NotSignatureValid',
    ],
  ])('%s', (_, fields, expected) => {
    expect(told(build(fields))).toBe(expected)
  })

  it('of an untrusted root', () => {
    const { certificate } = root(BAD_SIGNATURE)
    expect(told(buildX509Chain(certificate, trusting([])))).toBe('NotSignatureValid+UntrustedRoot')
  })
})

describe('verification flags', () => {
  const wrong: Readonly<Record<string, readonly [ChainFields, readonly VerificationFlag[]]>> = {
    NotTimeValid: [{ leaf: { notAfter: AT } }, ['IgnoreNotTimeValid']],
    NotSignatureValid: [{ leaf: BAD_SIGNATURE }, []],
    NotValidForUsage: [
      { leaf: { extKeyUsage: [serverAuth] }, policy: { applicationPolicy: [clientAuth] } },
      ['IgnoreWrongUsage'],
    ],
    InvalidBasicConstraints: [{ intermediates: [{ ca: false }] }, ['IgnoreInvalidBasicConstraints']],
    HasNotPermittedNameConstraint: [{ intermediates: [{ permitted: ['dns:b.test'] }] }, ['IgnoreInvalidName']],
    HasExcludedNameConstraint: [{ intermediates: [{ excluded: ['dns:a.test'] }] }, ['IgnoreInvalidName']],
    HasNotSupportedCriticalExtension: [{ leaf: { critical: { subjectKeyIdentifier: true } } }, []],
    'RevocationStatusUnknown of the end': [
      { policy: { revocationMode: 'Offline', revocationFlag: 'EndCertificateOnly' } },
      ['IgnoreEndRevocationUnknown'],
    ],
    PartialChain: [{ policy: { customTrustStore: [] } }, ['AllowUnknownCertificateAuthority']],
  }
  it.each(Object.entries(wrong))('%s is masked by its own flag and by no other', (name, [fields, masking]) => {
    for (const flag of VERIFICATION_FLAGS) {
      const result = build({ ...fields, policy: { ...fields.policy, verificationFlags: [flag] } })
      expect(result.valid, flag).toBe(masking.includes(flag))
      // What is masked stays to be seen.
      expect(told(result)).toContain(name.split(' ')[0])
    }
    expect(build(fields).valid).toBe(false)
  })

  it('unknown revocation goes by the place: end, authority, root', () => {
    const policy = { revocationMode: 'Offline', revocationFlag: 'EntireChain' } as const
    const both = ['IgnoreEndRevocationUnknown', 'IgnoreCertificateAuthorityRevocationUnknown'] as const
    for (const flag of both) expect(build({ policy: { ...policy, verificationFlags: [flag] } }).valid).toBe(false)
    expect(build({ policy: { ...policy, verificationFlags: both } }).valid).toBe(true)
  })

  it('all of them mask neither a bad signature nor an unknown critical extension', () => {
    const policy = { verificationFlags: VERIFICATION_FLAGS }
    expect(build({ leaf: { notAfter: AT }, policy }).valid).toBe(true)
    expect(build({ leaf: BAD_SIGNATURE, policy }).valid).toBe(false)
    expect(build({ leaf: { critical: { subjectKeyIdentifier: true } }, policy }).valid).toBe(false)
  })
})

describe('revocation by CRLs', () => {
  const UNKNOWN = 'RevocationStatusUnknown+OfflineRevocation'
  const top = holder({ name: 'root' })
  const middle = holder({ name: 'intermediate', issuer: top, serialNumber: 2 })
  const { certificate } = holder({
    name: 'leaf',
    issuer: middle,
    serialNumber: 3,
    cA: false,
    cRLDistributionPoints: [point({ distributionPoint: pointAt('http://a.test/crl') })],
  })
  const listing = (issuer: Holder, ...serials: readonly number[]) =>
    crl(issuer, { entries: serials.map((one) => revoked(one)) })
  const answer = (crls: ChainPolicy['crls'], revocationFlag: RevocationFlag, more: Partial<ChainPolicy> = {}) =>
    told(
      buildX509Chain(certificate, {
        ...trusting(list(top, middle)),
        verificationTime: REVOCATION_AT,
        revocationMode: 'Online',
        revocationFlag,
        crls,
        ...more,
      }),
    )
  const good = [crl(top), crl(middle)]

  it.each<[string, ChainPolicy['crls'], RevocationFlag, string]>([
    ['nothing revoked', good, 'ExcludeRoot', '- | - | -'],
    ['nothing known', [], 'ExcludeRoot', `${UNKNOWN} | ${UNKNOWN} | -`],
    ['nothing known of the end', [], 'EndCertificateOnly', `${UNKNOWN} | - | -`],
    ['the leaf revoked', [crl(top), listing(middle, 3)], 'ExcludeRoot', 'Revoked | - | -'],
    ['the intermediate revoked', [listing(top, 2), crl(middle)], 'ExcludeRoot', `${UNKNOWN} | Revoked | -`],
    ['both revoked', [listing(top, 2), listing(middle, 3)], 'ExcludeRoot', `${UNKNOWN} | Revoked | -`],
    ['both revoked, the end alone', [listing(top, 2), listing(middle, 3)], 'EndCertificateOnly', 'Revoked | - | -'],
    ['the root revoked', [listing(top, 1), crl(middle)], 'EntireChain', `${UNKNOWN} | ${UNKNOWN} | Revoked`],
    ['the root revoked, and left out', [listing(top, 1), crl(middle)], 'ExcludeRoot', '- | - | -'],
    [
      'out of date and listed',
      [crl(top), crl(middle, { entries: [revoked(3)], nextUpdate: days(-0.5) })],
      'ExcludeRoot',
      'Revoked | - | -',
    ],
    ['out of date', [crl(top), crl(middle, { nextUpdate: days(-0.5) })], 'ExcludeRoot', `${UNKNOWN} | - | -`],
    ['from the future', [crl(top), crl(middle, { thisUpdate: days(1) })], 'ExcludeRoot', '- | - | -'],
    [
      'of a stranger, listed',
      [crl(top), listing({ ...middle, signer: top.signer }, 3)],
      'ExcludeRoot',
      `${UNKNOWN} | - | -`,
    ],
    [
      'for CAs',
      [crl(top), crl(middle, { issuingDistributionPoint: { onlyContainsCACerts: true } })],
      'ExcludeRoot',
      `${UNKNOWN} | - | -`,
    ],
  ])('%s', (_, crls, flag, expected) => {
    expect(answer(crls, flag)).toBe(expected)
  })

  it('is not looked at in NoCheck mode, nor for a chain without root', () => {
    expect(answer([listing(middle, 3)], 'ExcludeRoot', { revocationMode: 'NoCheck' })).toBe('- | - | -')
    expect(answer([listing(middle, 3)], 'ExcludeRoot', { customTrustStore: list(middle) })).toBe('- | PartialChain')
  })

  it('no evidence is used for a chain that is bad for another reason than time', () => {
    const untrusted = { customTrustStore: list(middle), extraStore: list(top) }
    expect(answer(good, 'ExcludeRoot', untrusted)).toBe(`${UNKNOWN} | ${UNKNOWN} | UntrustedRoot`)
    expect(answer(good, 'ExcludeRoot', { verificationTime: days(0.5) })).toBe('- | - | -')
  })

  it('an OCSP response that says a thing often is checked once', () => {
    const single = singleResponse({ certId: certId(middle.certificate, 3), thisUpdate: days(-1), nextUpdate: days(1) })
    const responses = Array.from({ length: 1500 }, () => single)
    const fields = { signer: middle.signer, responderId: byName(middle.certificate), responses, producedAt: days(-1) }
    const response = parseOcspResponse(ocspResponseBytes(fields))
    const chain = buildX509Chain(certificate, {
      ...trusting(list(top, middle)),
      verificationTime: REVOCATION_AT,
      revocationMode: 'Online',
      crls: [crl(top)],
      ocspResponses: [response],
    })
    expect(chain.revocation.find((one) => one.certificate === 0)?.sources).toHaveLength(1500)
  })
})

describe('as a verdict of the engine', () => {
  it.each(randomCases(7, 60).map((one) => [one.id, one] as const))(
    '%s: valid exactly if no finding is an error',
    (_, one) => {
      const result = buildX509Chain(one.certificate, one.policy)
      const { valid, findings, rules } = chainVerdict(result)
      expect(valid).toBe(!findings.some(({ code }) => weightOf(rules, code) === 'error'))
    },
  )

  it('every name is a flag of .NET, or that it throws', () => {
    const flags = new Set<string>(CHAIN_STATUS_FLAGS)
    const names = new Set(Object.values(X509CHAIN.platformNames ?? {}))
    names.delete('CryptographicException')
    expect([...names].filter((name) => !flags.has(name))).toEqual([])
  })
})
