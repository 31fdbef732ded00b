import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { formatPem } from '../../src/der/pem.ts'
import { type CrlRequest, encodeIssuingDistributionPoint } from '../../src/issue/crl.ts'
import { createSigner, generateKey, type KeyAlgorithmName } from '../../src/keys/keys.ts'
import { verifyCertificate } from '../../src/path/verify.ts'
import { parseCrl } from '../../src/x509/crl.ts'
import { CRL_REASONS, type CrlReason } from '../../src/x509/crl-extension.ts'
import { EXTENSION } from '../../src/x509/oids.ts'
import { checkSignature } from '../../src/x509/signature.ts'
import { toHex } from '../der/hex.ts'
import { needs, program, run } from '../foreign-program.ts'
import { AT, at, crlBytes, days, directoryName, holder, point, revoked } from '../path/build-crl.ts'
import { folderOfSuite, removeFolder } from '../temporary-folder.ts'

const ROOT = holder({ name: 'root' })
const CA = holder({ name: 'ca', issuer: ROOT, serialNumber: 2 })
const LEAF = holder({ name: 'leaf', issuer: CA, serialNumber: 7, cA: false }).certificate

const REASONS = CRL_REASONS.filter((reason): reason is CrlReason => reason !== undefined)

describe('issueCrl', () => {
  it('writes issuer, times, number, key identifier and a signature that verifies', () => {
    const crl = parseCrl(crlBytes(CA, { number: 2n ** 159n }))
    expect(crl).toMatchObject({
      version: 2,
      thisUpdate: { date: days(-1), type: 'utcTime' },
      nextUpdate: { date: days(2) },
      decoded: {
        cRLNumber: 2n ** 159n,
        authorityKeyIdentifier: { keyIdentifier: CA.certificate.decoded.subjectKeyIdentifier },
      },
      malformedExtensions: [],
    })
    expect(crl.issuer.encoded).toEqual(CA.certificate.subject.encoded)
    expect(checkSignature(crl.signatureAlgorithm, CA.certificate.publicKey, crl.tbs, crl.signature)).toBe('valid')
  })

  it.each(['ec-p256', 'ec-p521', 'rsa-pss-2048', 'ed25519', 'ed448'] satisfies KeyAlgorithmName[])(
    'signs with %s',
    (algorithm) => {
      const key = generateKey(algorithm)
      const signer = createSigner(key, { pss: algorithm.startsWith('rsa-pss') })
      const crl = parseCrl(crlBytes({ ...CA, signer }))
      expect(checkSignature(crl.signatureAlgorithm, key.publicKey, crl.tbs, crl.signature)).toBe('valid')
    },
  )

  it('leaves out what is absent: list, nextUpdate', () => {
    const crl = parseCrl(crlBytes(CA, { nextUpdate: undefined }))
    expect(crl.nextUpdate).toBeUndefined()
    expect(crl.entries.count).toBe(0)
    // A SEQUENCE without elements would have stood before the extensions.
    expect(toHex(crl.tbs)).not.toContain('3000a0')
  })

  it('writes times from 2050 on as GeneralizedTime', () => {
    const crl = parseCrl(crlBytes(CA, { nextUpdate: new Date('2050-01-01T00:00:00Z') }))
    expect(crl.nextUpdate).toEqual({ date: new Date('2050-01-01T00:00:00Z'), type: 'generalizedTime' })
  })

  it.each(REASONS)('writes the reason %s', (reason) => {
    const [entry] = [
      ...parseCrl(crlBytes(CA, { entries: [revoked(7, { reason, invalidityDate: days(-30) })] })).entries,
    ]
    // §5.3.1: unspecified "SHOULD be absent instead".
    expect(entry?.reasonCode).toBe(reason === 'unspecified' ? undefined : reason)
    expect(entry).toMatchObject({ serialNumber: 7n, revocationDate: days(-10), invalidityDate: days(-30) })
  })

  it('names a certificate issuer where it changes, and only there', () => {
    const other = { certificateIssuer: ROOT.certificate.subject }
    const entries = [revoked(1), revoked(2, other), revoked(3, other), revoked(4), revoked(5)]
    const crl = parseCrl(crlBytes(CA, { entries, issuingDistributionPoint: { indirectCRL: true } }))
    const named = [...crl.entries].map(({ extensions }) => extensions.map(({ oid, critical }) => [oid, critical]))
    const certificateIssuer = [[EXTENSION.certificateIssuer, true]]
    expect(named).toEqual([[], certificateIssuer, [], certificateIssuer, []])
    const issuerOf = (serial: number, issuer: typeof ROOT) =>
      crl.entries.find(Uint8Array.of(serial), issuer.certificate.subject, crl.issuer) !== undefined
    expect([1, 2, 3, 4, 5].map((serial) => issuerOf(serial, CA))).toEqual([true, false, false, true, true])
    expect([1, 2, 3, 4, 5].map((serial) => issuerOf(serial, ROOT))).toEqual([false, true, true, false, false])
  })

  it('marks critical what §5.2 wants critical', () => {
    const freshestCRL = [point({ distributionPoint: at('http://a.test/delta.crl') })]
    const crl = parseCrl(crlBytes(CA, { deltaBase: 4n, issuingDistributionPoint: { indirectCRL: true }, freshestCRL }))
    expect(Object.fromEntries(crl.extensions.map(({ oid, critical }) => [oid, critical]))).toEqual({
      [EXTENSION.authorityKeyIdentifier]: false,
      [EXTENSION.cRLNumber]: false,
      [EXTENSION.deltaCRLIndicator]: true,
      [EXTENSION.issuingDistributionPoint]: true,
      [EXTENSION.freshestCRL]: false,
    })
    expect(crl.decoded.deltaCRLIndicator).toBe(4n)
  })

  it('writes 100,000 entries', () => {
    const entries = Array.from({ length: 100_000 }, (_, i) => revoked(i, { reason: 'superseded' }))
    const crl = parseCrl(crlBytes(CA, { entries }))
    expect(crl.entries.count).toBe(100_000)
    expect(crl.entries.find(Uint8Array.of(0x01, 0x86, 0x9f), crl.issuer, crl.issuer)?.reasonCode).toBe('superseded')
  })
})

describe('encodeIssuingDistributionPoint', () => {
  it.each([
    ['nothing', {}, '3000'],
    ['a name', { distributionPoint: at('x') }, '3007a005a003860178'],
    [
      'every flag',
      { onlyContainsUserCerts: true, onlyContainsCACerts: true, indirectCRL: true, onlyContainsAttributeCerts: true },
      '300c8101ff8201ff8401ff8501ff',
    ],
    ['a flag that is false', { indirectCRL: false }, '3000'],
    ['reasons', { onlySomeReasons: ['keyCompromise', 'cACompromise'] as const }, '300483020560'],
  ])('%s', (_, scope, expected) => {
    expect(toHex(encodeIssuingDistributionPoint(scope))).toBe(expected)
  })
})

/** OpenSSL looks for deltas only where freshestCRL promises some; ours takes any that fits. */
const FRESHEST = { freshestCRL: [point({ distributionPoint: at('http://a.test/') })] }

/** What is asked of `openssl verify` beside ours: the leaf, with the CRL of the root and these of its CA. */
const SECOND_OPINIONS: readonly [string, readonly Partial<CrlRequest>[], boolean][] = [
  ['an empty CRL', [{}], true],
  ['another certificate listed', [{ entries: [revoked(8)] }], true],
  ['the certificate listed', [{ entries: [revoked(6), revoked(7, { reason: 'keyCompromise' })] }], false],
  ['no CRL', [], false],
  ['an expired CRL', [{ thisUpdate: days(-3), nextUpdate: days(-1) }], false],
  ['a CRL of the future', [{ thisUpdate: days(1), nextUpdate: days(2) }], false],
  ['a CRL for end entities', [{ issuingDistributionPoint: { onlyContainsUserCerts: true } }], true],
  ['a CRL for CAs', [{ issuingDistributionPoint: { onlyContainsCACerts: true } }], false],
  [
    'a CRL for another distribution point',
    [{ issuingDistributionPoint: { distributionPoint: at('http://a.test/') } }],
    false,
  ],
  ['a delta that revokes', [FRESHEST, { number: 2n, deltaBase: 1n, entries: [revoked(7)] }], false],
  [
    'a delta that lifts a hold',
    [
      { ...FRESHEST, entries: [revoked(7, { reason: 'certificateHold' })] },
      { number: 2n, deltaBase: 1n, entries: [revoked(7, { reason: 'removeFromCRL' })] },
    ],
    true,
  ],
  ['a delta without a base', [{ number: 2n, deltaBase: 1n }], false],
  [
    'a critical extension that is unknown',
    [{ extensions: [{ oid: '1.2.3.4', critical: true, value: Uint8Array.of(5, 0) }] }],
    false,
  ],
]

needs('openssl')('openssl', () => {
  const folder = folderOfSuite('crl')
  afterAll(() => removeFolder(folder))
  const file = (name: string, ...blocks: readonly [string, Uint8Array][]) => {
    const path = join(folder, name)
    writeFileSync(path, blocks.map(([label, bytes]) => formatPem(label, bytes)).join(''))
    return path
  }
  const root = file('root.pem', ['CERTIFICATE', ROOT.certificate.encoded])
  const ca = file('ca.pem', ['CERTIFICATE', CA.certificate.encoded])
  const leaf = file('leaf.pem', ['CERTIFICATE', LEAF.encoded])

  it('crl reads every kind, and its signature verifies', () => {
    const every = revoked(7, { reason: 'keyCompromise', invalidityDate: days(-30) })
    const indirect = revoked(8, { certificateIssuer: ROOT.certificate.subject })
    const bytes = crlBytes(CA, {
      number: 77n,
      deltaBase: 76n,
      entries: [every, indirect],
      issuingDistributionPoint: { indirectCRL: true, distributionPoint: { fullName: [directoryName('point')] } },
    })
    const input = file('every.pem', ['X509 CRL', bytes])
    const { output } = run(program('openssl'), ['crl', '-in', input, '-noout', '-text', '-CAfile', ca])
    expect(output).toContain('verify OK')
    for (const text of [
      'Key Compromise',
      'Invalidity Date',
      'Certificate Issuer: critical',
      'Delta CRL Indicator: critical',
    ]) {
      expect(output).toContain(text)
    }
  })

  it.each(SECOND_OPINIONS)('verify agrees on %s', (_, requests, valid) => {
    const crls = [crlBytes(ROOT), ...requests.map((request) => crlBytes(CA, request))]
    const verdict = verifyCertificate(LEAF, {
      trustAnchors: [ROOT.certificate],
      at: AT,
      untrusted: [CA.certificate],
      revocation: { crls: crls.map(parseCrl) },
    })
    expect(verdict.valid).toBe(valid)
    const list = file('crls.pem', ...crls.map((bytes) => ['X509 CRL', bytes] as [string, Uint8Array]))
    const time = String(AT.getTime() / 1000)
    const options = ['-crl_check_all', '-extended_crl', '-use_deltas', '-CRLfile', list, '-attime', time]
    const { status, output } = run(program('openssl'), ['verify', ...options, '-CAfile', root, '-untrusted', ca, leaf])
    expect(status === 0, output).toBe(valid)
  })
})
