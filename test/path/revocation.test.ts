/** Revocation by CRLs, RFC 5280 §6.3.3: per step one CRL that is used, one that is not, and the boundary. */

import { describe, expect, it } from 'vitest'
import { nullValue, oid, printableString, sequence } from '../../src/der/writer.ts'
import type { CrlRequest, RevokedCertificate } from '../../src/issue/crl.ts'
import type { RevocationOptions } from '../../src/path/revocation.ts'
import { RevocationEvidence } from '../../src/path/revocation-evidence.ts'
import { type Verdict, type VerifyOptions, verifyCertificate } from '../../src/path/verify.ts'
import type { Certificate } from '../../src/x509/certificate.ts'
import { type CertificateList, parseCrl } from '../../src/x509/crl.ts'
import type { IssuingDistributionPoint } from '../../src/x509/crl-extension.ts'
import type { DistributionPoint } from '../../src/x509/distribution-point.ts'
import { appendRdn } from '../../src/x509/name.ts'
import { errorOf } from '../thrown.ts'
import { AT, at, crl, crlBytes, days, directoryName, type Holder, holder, point, revoked, write } from './build-crl.ts'

const ROOT = holder({ name: 'root' })
const CA = holder({ name: 'ca', issuer: ROOT, serialNumber: 2 })
const LEAF = leafOf(CA)
const ROOT_CRL = crl(ROOT)

function leafOf(issuer: Holder, ...cRLDistributionPoints: DistributionPoint[]): Certificate {
  const points = cRLDistributionPoints.length === 0 ? {} : { cRLDistributionPoints }
  return holder({ name: 'leaf', issuer, serialNumber: 7, cA: false, ...points }).certificate
}

interface Case {
  readonly target?: Certificate
  readonly crls: readonly CertificateList[]
  readonly untrusted?: readonly Certificate[]
  readonly options?: Partial<VerifyOptions>
  readonly revocation?: Partial<RevocationOptions>
}

function verify({ target = LEAF, crls, untrusted = [CA.certificate], options, revocation }: Case): Verdict {
  return verifyCertificate(target, {
    trustAnchors: [ROOT.certificate],
    at: AT,
    untrusted,
    revocation: { crls: [ROOT_CRL, ...crls], ...revocation },
    ...options,
  })
}

/** The findings as `code@certificate`, in order. */
function codes({ findings }: Verdict): readonly string[] {
  return findings.map(({ code, certificate }) => `${code.replace('revocation.', '')}@${certificate}`)
}

const MUTED = 'unknown@0'

function facts(verdict: Verdict, code: string): object | undefined {
  return verdict.findings.find((found) => found.code === code)
}

describe('prepared evidence', () => {
  const evidence = (...more: readonly CertificateList[]) => new RevocationEvidence([ROOT_CRL, ...more])

  it('counts as the CRLs in it do', () => {
    const both = [[], [revoked(7)]].map((entries) =>
      verify({ crls: [], revocation: { crls: evidence(crl(CA, { entries })) } }),
    )
    expect(both.map(codes)).toEqual([[], ['revoked@0']])
  })

  it('is the place for OCSP responses, none of which is passed over', () => {
    const call = () => verify({ crls: [], revocation: { crls: evidence(crl(CA)), ocspResponses: [] } })
    expect(errorOf(call).code).toBe('usage.option')
  })
})

describe('a complete CRL', () => {
  it('clears a certificate that it does not list, and is named as the source', () => {
    const verdict = verify({ crls: [crl(CA, { number: 5n, entries: [revoked(8)] })] })
    expect(codes(verdict)).toEqual([])
    expect(verdict.valid).toBe(true)
    expect(verdict.statuses).toEqual([
      { certificate: 1, state: 'unrevoked', sources: ['CRL 1 of CN=root, 2026-05-31T00:00:00Z'] },
      { certificate: 0, state: 'unrevoked', sources: ['CRL 5 of CN=ca, 2026-05-31T00:00:00Z'] },
    ])
  })

  it('condemns one that it lists', () => {
    const verdict = verify({ crls: [crl(CA, { entries: [revoked(6), revoked(7, { reason: 'keyCompromise' })] })] })
    expect(verdict.valid).toBe(false)
    expect(verdict.findings).toEqual([
      {
        code: 'revocation.revoked',
        certificate: 0,
        serialNumber: '07',
        reason: 'keyCompromise',
        revocationDate: days(-10),
        source: 'CRL 1 of CN=ca, 2026-05-31T00:00:00Z',
        stale: false,
      },
    ])
  })

  it('without a reason condemns as unspecified', () => {
    expect(facts(verify({ crls: [crl(CA, { entries: [revoked(7)] })] }), 'revocation.revoked')).toMatchObject({
      reason: 'unspecified',
    })
  })

  it('of a CA that is revoked itself tells nothing', () => {
    const verdict = verify({ crls: [crl(CA)], revocation: { crls: [crl(ROOT, { entries: [revoked(2)] }), crl(CA)] } })
    expect(codes(verdict)).toEqual(['issuer-revoked@0', 'revoked@1'])
  })

  it('is needed: nobody is cleared by silence', () => {
    const verdict = verify({ crls: [] })
    expect(codes(verdict)).toEqual([MUTED])
    expect(facts(verdict, 'revocation.unknown')).toMatchObject({
      considered: 0,
      uncoveredReasons: [],
      serialNumber: '07',
    })
  })
})

const UNKNOWN_EXTENSION = { oid: '1.2.3.4', critical: true, value: Uint8Array.of(5, 0) }
const OTHER_KEY = holder({ name: 'ca' })
const MALFORMED_SCOPE = write('issuingDistributionPoint', Uint8Array.of(0x30, 1, 0), true)

/** `[title, CRL of the CA, findings]`. */
const USABLE: readonly [string, () => CertificateList, readonly string[]][] = [
  ['at its thisUpdate', () => crl(CA, { thisUpdate: AT }), []],
  ['a second before its thisUpdate', () => crl(CA, { thisUpdate: seconds(1) }), [MUTED, 'crl-not-yet-valid@0']],
  ['at its nextUpdate', () => crl(CA, { nextUpdate: AT }), []],
  ['a second after its nextUpdate', () => crl(CA, { nextUpdate: seconds(-1) }), [MUTED, 'crl-expired@0']],
  ['without nextUpdate', () => crl(CA, { nextUpdate: undefined }), []],
  ['signed with another key', () => crl({ ...CA, signer: OTHER_KEY.signer }), [MUTED, 'crl-signature@0']],
  ['of another issuer', () => crl(ROOT), [MUTED]],
  ['with an unknown extension', () => crl(CA, { extensions: [{ ...UNKNOWN_EXTENSION, critical: false }] }), []],
  [
    'with an unknown critical extension',
    () => crl(CA, { extensions: [UNKNOWN_EXTENSION] }),
    [MUTED, 'crl-critical-extension@0'],
  ],
  [
    'with a malformed extension',
    () => crl(CA, { extensions: [MALFORMED_SCOPE] }),
    [MUTED, 'crl-malformed-extension@0'],
  ],
  [
    'with an extension twice',
    () => crl(CA, { extensions: [write('cRLNumber', Uint8Array.of(2, 1, 9))] }),
    [MUTED, 'crl-duplicate-extension@0'],
  ],
  ['that states two algorithms', () => algorithmChanged(crlBytes(CA)), [MUTED, 'crl-algorithm-mismatch@0']],
]

describe('a CRL of the issuer', () => {
  it.each(USABLE)('%s', (_, make, expected) => {
    const verdict = verify({ crls: [make()] })
    expect(codes(verdict)).toEqual(expected)
    expect(verdict.valid).toBe(expected.length === 0)
  })

  it.each([
    // certificateIssuer, which is critical, becomes 2.5.29.126; invalidityDate becomes an INTEGER.
    ['a critical one that is unknown', '0603551d1d', 0x7e, 'crl-critical-entry-extension@0'],
    ['one that is malformed', '0603551d180411180f', 0x10, 'crl-malformed-extension@0'],
  ])('with an entry extension too many: %s, whatever certificate it is about', (_, octets, last, expected) => {
    const entry = revoked(9, { invalidityDate: days(-20), certificateIssuer: ROOT.certificate.subject })
    const verdict = verify({ crls: [parseCrl(lastOctetChanged(crlBytes(CA, { entries: [entry] }), octets, last))] })
    expect(codes(verdict)).toEqual([MUTED, expected])
  })

  it('needs cRLSign where its issuer has a keyUsage', () => {
    const without = holder({ name: 'ca', issuer: ROOT, serialNumber: 2, keyUsage: ['keyCertSign'] })
    const silent = holder({ name: 'ca', issuer: ROOT, serialNumber: 2, keyUsage: 'none' })
    const judge = (ca: Holder) => codes(verify({ target: leafOf(ca), crls: [crl(ca)], untrusted: [ca.certificate] }))
    expect(judge(without)).toContain('crl-issuer-no-crl-sign@0')
    expect(judge(silent)).not.toContain('unknown@0')
  })
})

function seconds(number: number): Date {
  return new Date(AT.getTime() + number * 1000)
}

/** ecdsa-with-SHA256 outside becomes ecdsa-with-SHA384. */
function algorithmChanged(bytes: Uint8Array): CertificateList {
  const changed = Uint8Array.from(bytes)
  const outer = Buffer.from(changed).lastIndexOf(Buffer.from('06082a8648ce3d040302', 'hex'))
  changed[outer + 9] = 3
  return parseCrl(changed)
}

/** The bytes with the last octet of the first occurrence of `octets` replaced. */
function lastOctetChanged(bytes: Uint8Array, octets: string, last: number): Uint8Array {
  const searched = Buffer.from(octets, 'hex')
  const found = Buffer.from(bytes).indexOf(searched)
  if (found === -1) throw new Error('not found')
  return Uint8Array.from(bytes).fill(last, found + searched.length - 1, found + searched.length)
}

describe('several CRLs of one scope', () => {
  const held = [revoked(7, { reason: 'certificateHold' })]
  const older = { thisUpdate: days(-5), number: 1n }
  const newer = { thisUpdate: days(-1), number: 2n }

  it('the newest is believed, in whatever order they come', () => {
    const released = [crl(CA, { ...older, entries: held }), crl(CA, newer)]
    expect(codes(verify({ crls: released }))).toEqual([])
    expect(codes(verify({ crls: released.toReversed() }))).toEqual([])
    expect(codes(verify({ crls: [crl(CA, older), crl(CA, { ...newer, entries: held })] }))).toEqual(['revoked@0'])
  })

  it('one that cannot be used leaves the word to the next', () => {
    const forged = crl({ ...CA, signer: OTHER_KEY.signer }, { ...newer, entries: held })
    expect(codes(verify({ crls: [forged, crl(CA, older)] }))).toEqual([])
  })
})

describe('an expired CRL', () => {
  const expired = { thisUpdate: days(-9), nextUpdate: days(-2) }
  const listing = (reason: RevokedCertificate['reason']) => crl(CA, { ...expired, entries: [revoked(7, { reason })] })

  it('condemns what it lists for good, while nothing newer tells', () => {
    const verdict = verify({ crls: [listing('superseded')] })
    expect(codes(verdict)).toEqual(['revoked@0'])
    expect(facts(verdict, 'revocation.revoked')).toMatchObject({ stale: true, reason: 'superseded' })
  })

  it.each([
    ['what it holds', () => [listing('certificateHold')], [MUTED, 'crl-expired@0']],
    ['what a current one clears', () => [listing('superseded'), crl(CA)], []],
    [
      'what a current one clears, be it the older',
      () => [crl(CA, { thisUpdate: days(-0.5), nextUpdate: days(-0.1), entries: [revoked(7)] }), crl(CA)],
      [],
    ],
    [
      'with a signature that is not good',
      () => [crl({ ...CA, signer: OTHER_KEY.signer }, { ...expired, entries: [revoked(7)] })],
      [MUTED, 'crl-expired@0', 'crl-signature@0'],
    ],
  ])('does not condemn %s', (_, make, expected) => {
    expect(codes(verify({ crls: make() }))).toEqual(expected)
  })
})

const POINT = point({ distributionPoint: at('http://a.test/1.crl') })
const RDN = sequence(oid('2.5.4.3'), printableString('part 1'))
const RELATIVE = { nameRelativeToCRLIssuer: RDN }
const ABSOLUTE = { fullName: [{ type: 'directoryName', value: appendRdn(CA.certificate.subject, RDN) }] } as const

type Scope = Partial<IssuingDistributionPoint>

/** §6.3.3 (b): `[title, distribution point of the certificate, IDP of the CRL, mismatch]`. */
const SCOPES: readonly [string, DistributionPoint | undefined, Scope | undefined, string | undefined][] = [
  ['nothing said on either side', undefined, undefined, undefined],
  ['an IDP that says nothing', undefined, {}, undefined],
  ['a point without IDP', POINT, undefined, undefined],
  ['the same URI', POINT, { distributionPoint: at('http://a.test/1.crl') }, undefined],
  ['another URI', POINT, { distributionPoint: at('http://a.test/2.crl') }, 'distribution-point'],
  ['an IDP with a name, no point', undefined, { distributionPoint: at('http://a.test/1.crl') }, 'distribution-point'],
  [
    'an IDP with the name of the issuer, no point',
    undefined,
    { distributionPoint: { fullName: [directoryName('CA')] } },
    undefined,
  ],
  ['a relative name on both sides', point({ distributionPoint: RELATIVE }), { distributionPoint: RELATIVE }, undefined],
  [
    'a relative name, absolute in the IDP',
    point({ distributionPoint: RELATIVE }),
    { distributionPoint: ABSOLUTE },
    undefined,
  ],
  [
    'an absolute name, relative in the IDP',
    point({ distributionPoint: ABSOLUTE }),
    { distributionPoint: RELATIVE },
    undefined,
  ],
  [
    'a relative name that is none',
    point({ distributionPoint: { nameRelativeToCRLIssuer: Uint8Array.of(0x30, 0) } }),
    { distributionPoint: RELATIVE },
    'distribution-point',
  ],
  [
    'a relative name and one cRLIssuer',
    point({ distributionPoint: RELATIVE, cRLIssuer: [directoryName('ca')] }),
    { distributionPoint: ABSOLUTE, indirectCRL: true },
    undefined,
  ],
  [
    'a relative name and two cRLIssuers',
    point({ distributionPoint: RELATIVE, cRLIssuer: [directoryName('ca'), directoryName('other')] }),
    { distributionPoint: ABSOLUTE, indirectCRL: true },
    'distribution-point',
  ],
  ['onlyContainsUserCerts', undefined, { onlyContainsUserCerts: true }, undefined],
  ['onlyContainsCACerts', undefined, { onlyContainsCACerts: true }, 'ca-certificates-only'],
  ['onlyContainsAttributeCerts', undefined, { onlyContainsAttributeCerts: true }, 'attribute-certificates-only'],
  ['indirectCRL of the issuer itself', undefined, { indirectCRL: true }, undefined],
  ['cRLIssuer, indirectCRL', point({ cRLIssuer: [directoryName('ca')] }), { indirectCRL: true }, undefined],
  [
    'cRLIssuer, no indirectCRL',
    point({ cRLIssuer: [directoryName('ca')] }),
    { distributionPoint: at('x') },
    'not-indirect',
  ],
]

describe('the scope of a CRL (b)', () => {
  it.each(SCOPES)('%s', (_, cdp, issuingDistributionPoint, mismatch) => {
    const target = cdp === undefined ? LEAF : leafOf(CA, cdp)
    const verdict = verify({ target, crls: [crl(CA, { issuingDistributionPoint })] })
    expect(verdict.valid).toBe(mismatch === undefined)
    if (mismatch !== undefined) expect(facts(verdict, 'revocation.crl-scope')).toMatchObject({ mismatch })
  })

  it.each([
    ['onlyContainsUserCerts', { onlyContainsUserCerts: true }, [`unknown@1`, 'crl-scope@1']],
    ['onlyContainsCACerts', { onlyContainsCACerts: true }, []],
  ])('%s for a CA certificate', (_, issuingDistributionPoint, expected) => {
    const crls = [crl(ROOT, { issuingDistributionPoint }), crl(CA)]
    expect(codes(verify({ crls: [], revocation: { crls } }))).toEqual(expected)
  })
})

describe('reasons (d), (e), (l)', () => {
  const compromise = ['keyCompromise', 'cACompromise'] as const
  const others = [
    'affiliationChanged',
    'superseded',
    'cessationOfOperation',
    'certificateHold',
    'privilegeWithdrawn',
    'aACompromise',
  ] as const
  const partition = (
    onlySomeReasons: IssuingDistributionPoint['onlySomeReasons'],
    entries: RevokedCertificate[] = [],
  ) => crl(CA, { issuingDistributionPoint: { onlySomeReasons }, entries })

  it('two CRLs that cover all of them clear, one does not', () => {
    expect(codes(verify({ crls: [partition(compromise), partition(others)] }))).toEqual([])
    const verdict = verify({ crls: [partition(others)] })
    expect(codes(verdict)).toEqual([MUTED])
    expect(facts(verdict, 'revocation.unknown')).toMatchObject({ considered: 1, uncoveredReasons: compromise })
  })

  it('either CRL condemns', () => {
    const listed = [revoked(7, { reason: 'superseded' })]
    expect(codes(verify({ crls: [partition(compromise), partition(others, listed)] }))).toEqual(['revoked@0'])
  })

  it('a CRL without a reason that is still open is not asked', () => {
    const older = crl(CA, {
      issuingDistributionPoint: { onlySomeReasons: compromise },
      thisUpdate: days(-5),
      entries: [revoked(7)],
    })
    expect(codes(verify({ crls: [partition(compromise), older] }))).toEqual([MUTED])
  })

  it('reasons of the distribution point narrow those of the CRL', () => {
    const target = leafOf(CA, point({ distributionPoint: at('http://a.test/1.crl'), reasons: compromise }))
    const named = { distributionPoint: at('http://a.test/1.crl') }
    const verdict = verify({ target, crls: [crl(CA, { issuingDistributionPoint: named })] })
    expect(facts(verdict, 'revocation.unknown')).toMatchObject({ uncoveredReasons: others })
    const both = leafOf(
      CA,
      point({ distributionPoint: at('http://a.test/1.crl'), reasons: compromise }),
      point({ distributionPoint: at('http://a.test/1.crl'), reasons: others }),
    )
    expect(codes(verify({ target: both, crls: [crl(CA, { issuingDistributionPoint: named })] }))).toEqual([])
  })
})

describe('delta CRLs (c), (h), (i), (k)', () => {
  const complete = { number: 5n, thisUpdate: days(-3) }
  const delta = { number: 6n, deltaBase: 5n }
  const hold = [revoked(7, { reason: 'certificateHold' })]
  const removed = [revoked(7, { reason: 'removeFromCRL' })]
  const part = { issuingDistributionPoint: { onlyContainsUserCerts: true } }

  it.each([
    ['it adds a revocation', [crl(CA, complete), crl(CA, { ...delta, entries: [revoked(7)] })], ['revoked@0']],
    ['it lifts a hold', [crl(CA, { ...complete, entries: hold }), crl(CA, { ...delta, entries: removed })], []],
    ['it says nothing new', [crl(CA, { ...complete, entries: hold }), crl(CA, delta)], ['revoked@0']],
    ['it brings an expired CRL up to date', [crl(CA, { ...complete, nextUpdate: days(-1) }), crl(CA, delta)], []],
    [
      'to a later CRL cannot update this one',
      [crl(CA, { ...complete, nextUpdate: days(-1) }), crl(CA, { ...delta, deltaBase: 6n, number: 7n })],
      [MUTED, 'delta-unusable@0', 'crl-expired@0'],
    ],
    ['no newer than the CRL is not used', [crl(CA, complete), crl(CA, { ...delta, number: 5n, entries: hold })], []],
    ['of another scope is not used', [crl(CA, complete), crl(CA, { ...delta, ...part, entries: hold })], []],
    [
      'of the same scope is used',
      [crl(CA, { ...complete, ...part }), crl(CA, { ...delta, ...part, entries: hold })],
      ['revoked@0'],
    ],
    [
      'that names another key is not used',
      [crl(CA, complete), crl({ ...OTHER_KEY, signer: CA.signer }, { ...delta, entries: hold })],
      [],
    ],
    [
      'with a bad signature is not used',
      [crl(CA, complete), crl({ ...CA, signer: OTHER_KEY.signer }, { ...delta, entries: hold })],
      [],
    ],
    [
      'out of date is not used',
      [crl(CA, complete), crl(CA, { ...delta, thisUpdate: days(-2), nextUpdate: days(-1), entries: hold })],
      [],
    ],
    ['it alone tells nothing', [crl(CA, delta)], [MUTED, 'delta-without-base@0']],
  ])('a delta: %s', (_, crls, expected) => {
    expect(codes(verify({ crls }))).toEqual(expected)
  })
})

describe('the issuer of a CRL (f)', () => {
  /** A second certificate with the name of the CA, for CRLs alone (PKITS 4.4.19). */
  const crlSigner = holder({ name: 'ca', issuer: ROOT, serialNumber: 3, cA: false, keyUsage: ['cRLSign'] })
  const untrusted = [CA.certificate, crlSigner.certificate]

  it('may be another certificate of that name, below the same anchor', () => {
    expect(codes(verify({ crls: [crl(crlSigner)], untrusted }))).toEqual([])
    expect(codes(verify({ crls: [crl(crlSigner, { entries: [revoked(7)] })], untrusted }))).toEqual(['revoked@0'])
  })

  it('must be at hand', () => {
    expect(codes(verify({ crls: [crl(crlSigner)] }))).toEqual([MUTED, 'crl-signature@0'])
  })

  it('must not be revoked (PKITS 4.4.21)', () => {
    const crls = [crl(ROOT, { entries: [revoked(3)] }), crl(crlSigner)]
    const verdict = verify({ crls: [], untrusted, revocation: { crls } })
    expect(codes(verdict)).toEqual([MUTED, 'crl-issuer-status@0'])
    expect(facts(verdict, 'revocation.crl-issuer-status')).toMatchObject({ status: 'revoked' })
  })

  it('must not stand below the certificate in question: a revoked CA would clear itself', () => {
    const below = holder({ name: 'root', issuer: CA, serialNumber: 9 })
    const forged = crl(below, { thisUpdate: days(-0.5) })
    const crls = [crl(ROOT, { entries: [revoked(2)] }), forged, crl(CA)]
    const certificates = [CA.certificate, below.certificate]
    const verdict = verify({ crls: [], untrusted: certificates, revocation: { crls } })
    expect(codes(verdict)).toEqual(['issuer-revoked@0', 'revoked@1'])
    // Without the CRL of the root nobody speaks for the CA, and it is told why.
    const alone = verify({ crls: [], untrusted: certificates, revocation: { crls: [forged, crl(CA)] } })
    expect(codes(alone)).toContain('unknown@1')
    expect(codes(alone)).toContain('crl-issuer-below@1')
    // The same where it is the target that signs, or that is in question.
    const asTarget = verify({ target: below.certificate, crls: [], revocation: { crls } })
    expect(codes(asTarget)).toEqual(['issuer-revoked@0', 'revoked@1'])
    const scope = 'end-entity'
    const caAlone = verify({ target: CA.certificate, crls: [], untrusted: certificates, revocation: { crls, scope } })
    expect(codes(caAlone)).toEqual(['revoked@0'])
  })

  it('is not believed about itself where another speaks of it: a stolen key would clear itself', () => {
    const stolen = holder({ name: 'ca', issuer: CA, serialNumber: 9, cA: false, keyUsage: ['cRLSign'] })
    const second = holder({ name: 'ca', issuer: CA, serialNumber: 10, cA: false, keyUsage: ['cRLSign'] })
    const genuine = (of: CrlRequest['entries']) => crl(CA, { entries: of })
    const [forged, later] = [crl(stolen, { thisUpdate: days(-0.5) }), crl(second, { thisUpdate: days(-0.25) })]
    const judged = (target: Certificate, ...crls: readonly CertificateList[]) =>
      codes(verify({ target, crls, untrusted: [CA.certificate, stolen.certificate, second.certificate] }))
    expect(judged(stolen.certificate, genuine([revoked(9)]), forged)).toEqual(['revoked@0'])
    expect(judged(LEAF, genuine([revoked(7), revoked(9)]), forged)).toEqual(['revoked@0'])
    // Nor are two about each other.
    const both = genuine([revoked(7), revoked(9), revoked(10)])
    expect(judged(stolen.certificate, both, forged, later)).toEqual(['revoked@0'])
    expect(judged(LEAF, both, forged, later)).toEqual(['revoked@0'])
    // What nobody else clears it may clear itself (PKITS 4.14.30), unless it was revoked for good before.
    expect(judged(stolen.certificate, forged)).toEqual([])
    const expired = crl(CA, { thisUpdate: days(-3), nextUpdate: days(-1), entries: [revoked(9)] })
    expect(judged(stolen.certificate, expired, forged)).toEqual(['revoked@0'])
  })

  it('needs keyUsage unless it is a CA (RFC 10007)', () => {
    const other = holder({ name: 'other', issuer: ROOT, serialNumber: 4 })
    const namesake = holder({ name: 'ca', issuer: other, serialNumber: 1, cA: false, keyUsage: 'none' })
    const crls = [crl(CA, { entries: [revoked(7)] }), crl(other), crl(namesake, { thisUpdate: days(-0.5) })]
    const certificates = [CA.certificate, other.certificate, namesake.certificate]
    expect(codes(verify({ crls, untrusted: certificates }))).toEqual(['revoked@0'])
    expect(codes(verify({ crls: crls.slice(1), untrusted: certificates }))).toContain('crl-issuer-no-crl-sign@0')
  })

  it('may have the name of the CA that issued it, if that is not in question', () => {
    const beside = holder({ name: 'root', issuer: ROOT, serialNumber: 9, cA: false, keyUsage: ['cRLSign'] })
    const crls = [crl(beside), crl(CA)]
    const certificates = [CA.certificate, beside.certificate]
    expect(codes(verify({ crls: [], untrusted: certificates, revocation: { crls } }))).toEqual([])
  })

  it('must have a status that is known', () => {
    const crls = [crl(ROOT, { issuingDistributionPoint: { onlyContainsCACerts: true } }), crl(crlSigner)]
    const verdict = verify({ crls: [], untrusted, revocation: { crls } })
    expect(codes(verdict)).toEqual([MUTED, 'crl-issuer-status@0', 'crl-scope@0'])
    expect(facts(verdict, 'revocation.crl-issuer-status')).toMatchObject({ status: 'unknown' })
    // Whoever asks about the target alone does not ask about signers either.
    expect(codes(verify({ crls: [], untrusted, revocation: { crls, scope: 'end-entity' } }))).toEqual([])
  })

  it('must lead to the trust anchor of the certificate', () => {
    const otherRoot = holder({ name: 'other root' })
    const foreign = holder({ name: 'ca', issuer: otherRoot, cA: false, keyUsage: ['cRLSign'] })
    const verdict = verify({
      crls: [crl(foreign), crl(otherRoot)],
      untrusted: [CA.certificate, foreign.certificate],
      options: { trustAnchors: [ROOT.certificate, otherRoot.certificate] },
    })
    expect(codes(verdict)).toEqual([MUTED, 'crl-issuer-untrusted@0'])
  })

  it('must be valid at the time', () => {
    const lapsed = holder({
      name: 'ca',
      issuer: ROOT,
      serialNumber: 3,
      cA: false,
      keyUsage: ['cRLSign'],
      notAfter: days(-1),
    })
    const verdict = verify({ crls: [crl(lapsed)], untrusted: [CA.certificate, lapsed.certificate] })
    expect(codes(verdict)).toEqual([MUTED, 'crl-issuer-untrusted@0'])
  })

  describe('indirect', () => {
    const indirect = { issuingDistributionPoint: { indirectCRL: true } }
    const crlIssuer = holder({ name: 'crl issuer', issuer: ROOT, serialNumber: 4, cA: false, keyUsage: ['cRLSign'] })
    const target = leafOf(CA, point({ cRLIssuer: [directoryName('crl issuer')] }))
    const judge = (entries: RevokedCertificate[], scope: { issuingDistributionPoint: Scope } = indirect) =>
      codes(
        verify({
          target,
          crls: [crl(crlIssuer, { ...scope, entries })],
          untrusted: [CA.certificate, crlIssuer.certificate],
        }),
      )
    const ofCa = { certificateIssuer: CA.certificate.subject }

    it('entries count for the certificate issuer they name, or the last one named', () => {
      expect(judge([])).toEqual([])
      expect(judge([revoked(7)])).toEqual([])
      expect(judge([revoked(7, ofCa)])).toEqual(['revoked@0'])
      expect(judge([revoked(6, ofCa), revoked(7, ofCa)])).toEqual(['revoked@0'])
      expect(judge([revoked(6, ofCa), revoked(7)])).toEqual([])
      expect(judge([revoked(7, { certificateIssuer: ROOT.certificate.subject })])).toEqual([])
    })

    it.each([
      ['crl issuer', []],
      ['other', [MUTED, 'crl-scope@0']],
    ])('where the point names nothing but its cRLIssuer, an IDP that names %s', (name, expected) => {
      const distributionPoint = { fullName: [directoryName(name)] }
      expect(judge([], { issuingDistributionPoint: { indirectCRL: true, distributionPoint } })).toEqual(expected)
    })

    it('a CRL whose issuer nobody knows cannot be checked', () => {
      const verdict = verify({ target, crls: [crl(crlIssuer, indirect)], untrusted: [CA.certificate] })
      expect(codes(verdict)).toEqual([MUTED, 'crl-issuer-not-found@0'])
    })

    it('a CRL that is not indirect does not do', () => {
      expect(judge([], { issuingDistributionPoint: { indirectCRL: false } })).toEqual([MUTED, 'crl-scope@0'])
    })

    it('two issuers that cover each other are taken at their word', () => {
      const pointTo = (name: string) => [point({ cRLIssuer: [directoryName(name)] })]
      const signs = { issuer: CA, cA: false, keyUsage: ['cRLSign'] } as const
      const a = holder({ ...signs, name: 'a', serialNumber: 10, cRLDistributionPoints: pointTo('b') })
      const b = holder({ ...signs, name: 'b', serialNumber: 11, cRLDistributionPoints: pointTo('a') })
      const of = (byA: RevokedCertificate[], byB: RevokedCertificate[]) => {
        const crls = [crl(a, { ...indirect, entries: byA }), crl(b, { ...indirect, entries: byB })]
        const certificates = [CA.certificate, a.certificate, b.certificate]
        return codes(verify({ target: leafOf(CA, ...pointTo('a')), crls, untrusted: certificates }))
      }
      expect(of([], [])).toEqual([])
      expect(of([], [revoked(10, ofCa)])).toEqual([MUTED, 'crl-issuer-status@0'])
      // a says that b is revoked, so nobody who can be believed speaks for a.
      expect(of([revoked(11, ofCa)], [])).toEqual([MUTED, 'crl-issuer-status@0', 'crl-issuer-status@0'])
    })

    it('an issuer whose own status is in its own CRL is taken at its word (PKITS 4.14.30)', () => {
      const cRLDistributionPoints = [point({ cRLIssuer: [directoryName('self')] })]
      const self = holder({
        name: 'self',
        issuer: CA,
        serialNumber: 9,
        cA: false,
        keyUsage: ['cRLSign'],
        cRLDistributionPoints,
      })
      const selfTarget = leafOf(CA, ...cRLDistributionPoints)
      const untrustedSelf = [CA.certificate, self.certificate]
      const of = (entries: RevokedCertificate[]) =>
        codes(verify({ target: selfTarget, crls: [crl(self, { ...indirect, entries })], untrusted: untrustedSelf }))
      expect(of([])).toEqual([])
      expect(of([revoked(7, ofCa)])).toEqual(['revoked@0'])
      expect(of([revoked(9, ofCa)])).toEqual([MUTED, 'crl-issuer-status@0'])
    })
  })
})

describe('options', () => {
  const rootRevoked = crl(ROOT, { entries: [revoked(1)] })
  const caRevoked = crl(ROOT, { entries: [revoked(2)] })

  it.each([
    ['end-entity', [crl(CA)], []],
    ['end-entity', [crl(CA), caRevoked], []],
    ['exclude-root', [crl(CA)], ['unknown@1']],
    ['exclude-root', [crl(CA), caRevoked], ['issuer-revoked@0', 'revoked@1']],
    ['exclude-root', [crl(CA), rootRevoked], []],
    ['entire-chain', [crl(CA), ROOT_CRL], []],
    ['entire-chain', [crl(CA), rootRevoked], ['issuer-revoked@0', 'issuer-revoked@1', 'revoked@2']],
  ] as const)('scope %s', (scope, crls, expected) => {
    expect(codes(verify({ crls: [], revocation: { crls, scope } }))).toEqual(expected)
  })

  it('silence is not held against a certificate with noRevAvail, a revocation is (RFC 9608)', () => {
    const fields = { name: 'leaf', issuer: CA, serialNumber: 7, extensions: [write('noRevAvail', nullValue())] }
    const judged = (target: Holder, ...crls: readonly CertificateList[]) =>
      codes(verify({ target: target.certificate, crls }))
    const target = holder({ ...fields, cA: false })
    expect(judged(target)).toEqual([])
    expect(judged(target, crl(CA, { entries: [revoked(7)] }))).toEqual(['revoked@0'])
    // It must not stand in the certificate of a CA, nor beside a place to ask.
    expect(judged(holder({ ...fields, cA: true }))).toEqual([MUTED])
    expect(judged(holder({ ...fields, cA: false, cRLDistributionPoints: [POINT] }))).toEqual([MUTED])
  })

  it('nothing is held against a root of which no CRL speaks, only its certificates', () => {
    const anchor = verifyCertificate(ROOT.certificate, {
      trustAnchors: [ROOT.certificate],
      at: AT,
      revocation: { crls: [], scope: 'entire-chain' },
    })
    expect(codes(anchor)).toEqual([])
  })

  it('softFail tolerates what is unknown and nothing else', () => {
    const unknown = verify({ crls: [], revocation: { softFail: true } })
    expect(codes(unknown)).toEqual(['unknown-tolerated@0'])
    expect(unknown.valid).toBe(true)
    expect(verify({ crls: [crl(CA, { entries: [revoked(7)] })], revocation: { softFail: true } }).valid).toBe(false)
  })
})

describe('hostile evidence', () => {
  const forged = Array.from({ length: 200 }, (_, i) =>
    crl({ ...CA, signer: OTHER_KEY.signer }, { number: BigInt(i), thisUpdate: days(-1 - i) }),
  )

  it('ends with the budget, which softFail does not tolerate', () => {
    const verdict = verify({ crls: forged, revocation: { softFail: true } })
    expect(verdict.valid).toBe(false)
    expect(facts(verdict, 'path.budget-exhausted')).toMatchObject({ budget: 'signatures', limit: 100 })
  })

  it('is reported in readable amounts', () => {
    const partitions = Array.from({ length: 2000 }, (_, i) =>
      crl(CA, { issuingDistributionPoint: { distributionPoint: at(`http://a.test/${i}`) } }),
    )
    const verdict = verify({ target: leafOf(CA, POINT), crls: partitions })
    expect(facts(verdict, 'revocation.unknown')).toMatchObject({ considered: 2000 })
    expect(verdict.findings.length).toBeLessThan(40)
    const forgedPart = crl(
      { ...CA, signer: OTHER_KEY.signer },
      { issuingDistributionPoint: { distributionPoint: at('http://a.test/1.crl') } },
    )
    expect(codes(verify({ target: leafOf(CA, POINT), crls: [...partitions, forgedPart] }))).toContain('crl-signature@0')
    const wanted = crl(CA, { issuingDistributionPoint: { distributionPoint: at('http://a.test/1.crl') } })
    expect(codes(verify({ target: leafOf(CA, POINT), crls: [...partitions, wanted] }))).toEqual([])
  })
})
