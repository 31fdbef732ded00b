/** Path validation, RFC 5280 §6.1, from outside: per rule one path that passes, one that does not, the boundary. */

import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { DerError } from '../../src/der/reader.ts'
import { bitString, context, contextPrimitive, integer, nullValue, oid, sequence } from '../../src/der/writer.ts'
import { PkiError } from '../../src/errors.ts'
import type { Signer } from '../../src/keys/keys.ts'
import { lintCertificate } from '../../src/path/lint.ts'
import { RFC5280, RFC5280_STRICT, WEBPKI } from '../../src/path/rule-set.ts'
import { SignatureMemory } from '../../src/path/signatures.ts'
import { IssuerPool, TrustStore } from '../../src/path/trust-store.ts'
import type { VerifyOptions } from '../../src/path/verify.ts'
import { type Certificate, parseCertificate } from '../../src/x509/certificate.ts'
import { EXTENSION, KEY_PURPOSE, SIGNATURE_ALGORITHM } from '../../src/x509/oids.ts'
import { parseSubjectPublicKeyInfo } from '../../src/x509/public-key.ts'
import { hex } from '../der/hex.ts'
import { AT, certificates, type Entity, type Fields, intermediate, leaf, root } from './build-certificate.ts'
import { codesOf, errorsOf, judge, theFinding } from './judge.ts'

const ROOT = root()
const CA = intermediate(ROOT)
const [anchor, ca] = certificates(ROOT, CA) as [Certificate, Certificate]

function second(date: Date, seconds: number): Date {
  return new Date(date.getTime() + seconds * 1000)
}

describe('a path that is right', () => {
  const target = leaf(CA)

  it('is valid under both RFC 5280 rule sets, without a finding', () => {
    for (const rules of [RFC5280, RFC5280_STRICT]) {
      const verdict = judge(target, [anchor], [ca], { rules })
      expect(verdict).toMatchObject({ valid: true, anchored: true, findings: [], rules })
      expect(verdict.path).toEqual([target, ca, anchor])
      expect(verdict.attempts).toHaveLength(1)
    }
  })

  it('is valid with prepared pools and remembered signatures, as often as asked', () => {
    const options = {
      trustAnchors: new TrustStore([anchor]),
      untrusted: new IssuerPool([ca]),
      signatureMemory: new SignatureMemory(),
    }
    for (let i = 0; i < 3; i++) expect(judge(target, [], [], options).valid).toBe(true)
  })

  it('may consist of a target that is an anchor itself', () => {
    expect(judge(target, [target])).toMatchObject({ valid: true, path: [target] })
    expect(judge(anchor, [anchor])).toMatchObject({ valid: true, path: [anchor] })
  })
})

describe('options', () => {
  it('without an anchor nothing is valid', () => {
    expect(errorsOf(judge(leaf(CA), [], [ca, anchor]))).toEqual(['path.untrusted-root@2'])
  })

  it.each([
    ['an instant that is none', { at: new Date(Number.NaN) }, 'usage.time'],
    ['a negative depth', { maxDepth: -1 }, 'usage.option'],
    ['a depth that is no number', { maxDepth: Number.NaN }, 'usage.option'],
  ])('%s throws', (_, options, code) => {
    const call = () => judge(leaf(CA), [anchor], [ca], options)
    expect(call).toThrow(PkiError)
    expect(call).toThrow(expect.objectContaining({ code }))
  })

  it('a malformed input is reported and does no harm', () => {
    const malformed = [{ source: 'b.pem', error: new DerError('certificate is missing', 3) }]
    const verdict = judge(leaf(CA), [anchor], [ca], { malformed })
    expect(verdict.valid).toBe(true)
    expect(theFinding(verdict, 'path.malformed-candidate')).toEqual({
      code: 'path.malformed-candidate',
      certificate: null,
      source: 'b.pem',
      offset: 3,
      reason: 'certificate is missing',
    })
  })
})

describe('§6.1.3 (a)(1) signatures', () => {
  const changed = (certificate: Certificate, offsetFromEnd: number): Certificate => {
    const bytes = certificate.encoded.slice()
    const at = bytes.length - offsetFromEnd
    bytes[at] = (bytes[at] as number) ^ 1
    return parseCertificate(bytes)
  }

  it('a changed target is rejected, and nothing else is read from it', () => {
    const expired = leaf(CA, { notAfter: second(AT, -1) })
    expect(errorsOf(judge(changed(expired, 1), [anchor], [ca]))).toEqual(['signature.invalid@0'])
  })

  it('a changed intermediate is rejected, and nothing is read below it', () => {
    const expired = leaf(CA, { notAfter: second(AT, -1) })
    expect(errorsOf(judge(expired, [anchor], [changed(ca, 1)]))).toEqual(['signature.invalid@1'])
  })

  it('bytes signed by another key of the same name are rejected', () => {
    const other = root()
    expect(errorsOf(judge(leaf(other), [anchor]))).toEqual(['signature.invalid@0'])
  })

  it('a bad signature is not remembered as a good one', () => {
    const signatureMemory = new SignatureMemory()
    const foul = changed(ca, 1)
    for (let i = 0; i < 2; i++) {
      expect(judge(leaf(CA), [anchor], [foul], { signatureMemory }).valid).toBe(false)
    }
    expect(judge(leaf(CA), [anchor], [ca], { signatureMemory }).valid).toBe(true)
  })

  const ecdsa = (name: keyof typeof SIGNATURE_ALGORITHM, ...parameters: Uint8Array[]) =>
    sequence(oid(SIGNATURE_ALGORITHM[name]), ...parameters)

  it.each<[string, Uint8Array, Uint8Array, readonly string[]]>([
    ['stated in two ways', ecdsa('ecdsa-with-SHA384'), ecdsa('ecdsa-with-SHA256'), ['signature.algorithm-mismatch@0']],
    ['unknown', ecdsa('md2WithRSAEncryption'), ecdsa('md2WithRSAEncryption'), ['signature.unknown-algorithm@0']],
    [
      'with parameters it must not have',
      ecdsa('ecdsa-with-SHA256', nullValue()),
      ecdsa('ecdsa-with-SHA256', nullValue()),
      ['signature.wrong-parameters@0'],
    ],
    [
      'of another kind of key',
      ecdsa('sha256WithRSAEncryption', nullValue()),
      ecdsa('sha256WithRSAEncryption', nullValue()),
      ['signature.key-mismatch@0'],
    ],
  ])('an algorithm %s is rejected', (_, signature, signatureAlgorithm, expected) => {
    const target = leaf(CA, { unchecked: { parts: { signature, signatureAlgorithm } } })
    expect(errorsOf(judge(target, [anchor], [ca]))).toEqual(expected)
  })

  it('an issuer with a curve spelled out is rejected', () => {
    const explicit = sequence(
      sequence(oid('1.2.840.10045.2.1'), sequence(integer(1))),
      bitString(CA.signer.publicKey.publicKey),
    )
    const foul = intermediate(ROOT, { key: CA.signer, unchecked: { parts: { subjectPublicKeyInfo: explicit } } })
    const verdict = judge(leaf(foul), [anchor], certificates(foul))
    expect(errorsOf(verdict)).toEqual(['signature.unusable-key@0', 'key.explicit-curve@1'])
  })
})

describe('§6.1.3 (a)(2) validity: both ends belong to the period', () => {
  const notBefore = new Date('2026-03-01T00:00:00Z')
  const notAfter = new Date('2026-09-01T00:00:00Z')

  it.each<[string, Date, readonly string[]]>([
    ['a second before', second(notBefore, -1), ['validity.not-yet-valid']],
    ['the first second', notBefore, []],
    ['the last second', notAfter, []],
    ['within the last second', new Date(notAfter.getTime() + 999), []],
    ['a second after', second(notAfter, 1), ['validity.expired']],
  ])('%s', (_, at, expected) => {
    const limited = { notBefore, notAfter }
    const target = leaf(CA, limited)
    expect(errorsOf(judge(target, [anchor], [ca], { at }))).toEqual(expected.map((code) => `${code}@0`))

    const limitedCa = intermediate(ROOT, limited)
    expect(errorsOf(judge(leaf(limitedCa), [anchor], certificates(limitedCa), { at }))).toEqual(
      expected.map((code) => `${code}@1`),
    )
    const limitedRoot = root(limited)
    expect(errorsOf(judge(leaf(limitedRoot), certificates(limitedRoot), [], { at }))).toEqual(
      expected.map((code) => `${code}@1`),
    )
  })

  it('the last second is another matter where a rule set says so', () => {
    const rules = { ...RFC5280, weights: { ...RFC5280.weights, 'validity.at-not-after': 'error' as const } }
    const errorsAt = (at: Date) => errorsOf(judge(leaf(CA, { notAfter }), [anchor], [ca], { rules, at }))
    expect(errorsAt(second(notAfter, -1))).toEqual([])
    expect(errorsAt(notAfter)).toEqual(['validity.at-not-after@0'])
  })

  it('says when it was checked and when it expired', () => {
    const verdict = judge(leaf(CA, { notAfter }), [anchor], [ca], { at: new Date(notAfter.getTime() + 1500) })
    expect(theFinding(verdict, 'validity.expired')).toMatchObject({ at: second(notAfter, 1), notAfter })
  })

  it('an anchor taken as name and key alone may be expired', () => {
    const old = root({ notAfter })
    const options = { at: second(notAfter, 1), anchorConstraints: false }
    expect(judge(leaf(old), certificates(old), [], options).valid).toBe(true)
  })
})

describe('§6.1.4 (k), (n) who may issue', () => {
  const cases: readonly [string, Fields, readonly string[]][] = [
    ['a CA', {}, []],
    ['a CA without keyUsage', { without: ['keyUsage'] }, []],
    ['a CA whose basicConstraints are not critical', { critical: { basicConstraints: false } }, []],
    ['cA FALSE', { ca: false, keyUsage: ['keyCertSign'] }, ['basic-constraints.not-ca']],
    ['no basicConstraints', { without: ['basicConstraints'] }, ['basic-constraints.missing']],
    ['no keyCertSign', { keyUsage: ['cRLSign'] }, ['key-usage.no-cert-sign']],
    ['an unreadable basicConstraints', { extensions: { basicConstraints: hex('30 01') } }, ['extension.malformed']],
  ]

  it.each(cases)('an intermediate: %s', (_, fields, expected) => {
    const issuer = intermediate(ROOT, fields)
    const verdict = judge(leaf(issuer), [anchor], certificates(issuer))
    expect(errorsOf(verdict)).toEqual(expected.map((code) => `${code}@1`))
  })

  it.each(cases)('an anchor: %s', (_, fields, expected) => {
    const issuer = root(fields)
    expect(errorsOf(judge(leaf(issuer), certificates(issuer)))).toEqual(expected.map((code) => `${code}@1`))
    expect(judge(leaf(issuer), certificates(issuer), [], { anchorConstraints: false }).valid).toBe(true)
  })

  it('an anchor of version 1 is a CA because the caller says so', () => {
    const old = root({ unchecked: { parts: { version: undefined, rest: [] } } })
    expect(errorsOf(judge(leaf(old), certificates(old)))).toEqual([])
  })

  it('an intermediate of version 1 is none', () => {
    const old = intermediate(ROOT, { unchecked: { parts: { version: undefined, rest: [] } } })
    expect(errorsOf(judge(leaf(old), [anchor], certificates(old)))).toEqual(['basic-constraints.missing@1'])
  })

  it.each([
    ['1', undefined],
    ['2', context(0, integer(1))],
  ])(
    'an intermediate of version %s is none although it says so in an extension, which it cannot have',
    (_, version) => {
      const old = intermediate(ROOT, { unchecked: { parts: { version } } })
      expect(errorsOf(judge(leaf(old), [anchor], certificates(old)))).toEqual(['basic-constraints.missing@1'])
    },
  )

  it('a target is not asked', () => {
    expect(judge(leaf(CA, { ca: true, keyUsage: ['digitalSignature'] }), [anchor], [ca]).valid).toBe(true)
  })
})

describe('§6.1.4 (d)–(f) the parameters of a key', () => {
  const { publicKey, privateKey } = generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256 })
  const whole = parseSubjectPublicKeyInfo(new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })))
  const signs = (parameters: Uint8Array): Signer => ({
    publicKey: whole.withParameters(parameters),
    algorithm: sequence(oid(SIGNATURE_ALGORITHM['dsa-with-SHA256'])),
    sign: (data) => new Uint8Array(sign('sha256', data, privateKey)),
  })
  const dsaRoot = root({ key: signs(whole.algorithm.parameters as Uint8Array) })

  it.each([
    ['inherited', nullValue(), []],
    ['malformed', sequence(nullValue()), ['signature.unusable-key@0', 'key.malformed@1']],
    ['of another type', integer(1), ['signature.unusable-key@0', 'key.malformed@1']],
  ])('%s', (_, parameters, expected) => {
    const issuer = intermediate(dsaRoot, { key: signs(parameters) })
    expect(errorsOf(judge(leaf(issuer), certificates(dsaRoot), certificates(issuer)))).toEqual(expected)
  })
})

describe('algorithms that are too weak are told, and reject nothing (RFC 9325 §4.5)', () => {
  const weak = { algorithm: SIGNATURE_ALGORITHM.sha1WithRSAEncryption, digest: 'sha1' } as const
  const rsa = (bits: number, digest: 'md5' | 'sha1' | 'sha256'): Signer => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: bits })
    return {
      publicKey: parseSubjectPublicKeyInfo(new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }))),
      algorithm: sequence(oid(SIGNATURE_ALGORITHM[`${digest}WithRSAEncryption`]), nullValue()),
      sign: (data) => new Uint8Array(sign(digest, data, privateKey)),
    }
  }
  const [old, older] = [root({ key: rsa(2048, 'sha1') }), root({ key: rsa(2048, 'md5') })]
  const short = root({ key: rsa(1024, 'sha256') })

  it('SHA-1, MD5, and RSA below 2048 bits', () => {
    for (const rules of [RFC5280, RFC5280_STRICT]) {
      const verdict = judge(leaf(old), certificates(old), [], { rules })
      expect(verdict.valid).toBe(true)
      // The signature of the anchor on itself convinces nobody.
      expect(verdict.findings).toEqual([{ code: 'signature.weak-digest', certificate: 0, ...weak }])
      expect(theFinding(judge(leaf(older), certificates(older), [], { rules }), 'signature.weak-digest').digest).toBe(
        'md5',
      )
      const rsaEncryption = short.certificate.publicKey.algorithm.oid
      const facts = { keyType: rsaEncryption, bits: 1024, minimum: 2048 }
      expect(judge(leaf(short), certificates(short), [], { rules })).toMatchObject({
        valid: true,
        findings: [{ code: 'key.too-short', certificate: 1, ...facts }],
      })
    }
  })

  it('a key is told of in every place', () => {
    const issuer = intermediate(short, { key: short.signer })
    const target = leaf(issuer, { key: short.signer })
    expect(codesOf(judge(target, certificates(short), certificates(issuer)))).toEqual(
      [0, 1, 2].map((index) => `key.too-short@${index}`),
    )
  })

  it('under webpki errors of its own say it', () => {
    const codes = codesOf(judge(leaf(short, { key: rsa(1024, 'sha1') }), certificates(short), [], { rules: WEBPKI }))
    expect(codes).toEqual(expect.arrayContaining(['webpki.key-size@0', 'webpki.key-size@1']))
    expect(codes.filter((code) => /^(?:signature|key)\./.test(code))).toEqual([])
    expect(codesOf(judge(leaf(old), certificates(old), [], { rules: WEBPKI }))).toContain(
      'webpki.signature-algorithm@0',
    )
  })

  it('lint tells of both, and not of the signature that a root makes on itself', () => {
    const lint = (certificate: Certificate) => lintCertificate(certificate, RFC5280).map(({ code }) => code)
    expect(lint(leaf(old))).toEqual(['signature.weak-digest'])
    expect(lint(old.certificate)).toEqual([])
    expect(lint(short.certificate)).toEqual(['key.too-short'])
  })
})

describe('§6.1.4 (l), (m) path length', () => {
  /** A root with a path length, and so many intermediates below it, named in turn. */
  function chain(
    pathLength: number | undefined,
    subjects: readonly string[],
    fields: Fields = {},
  ): readonly [Certificate, Entity[]] {
    const top = root(pathLength === undefined ? {} : { pathLength })
    const entities: Entity[] = [top]
    for (const subject of subjects) entities.push(intermediate(entities.at(-1) as Entity, { subject, ...fields }))
    return [leaf(entities.at(-1) as Entity), entities]
  }

  it.each<[number | undefined, readonly string[], boolean]>([
    [undefined, ['CN=1', 'CN=2', 'CN=3'], true],
    [0, [], true],
    [0, ['CN=1'], false],
    [1, ['CN=1'], true],
    [1, ['CN=1', 'CN=2'], false],
    // Told once, however much too long the path is.
    [0, ['CN=1', 'CN=2', 'CN=3'], false],
    // A self-issued certificate is not counted: the root's name again, with another key.
    [0, ['CN=root'], true],
    [1, ['CN=1', 'CN=1', 'CN=1'], true],
    [0, ['CN=1', 'CN=1'], false],
  ])('pathLenConstraint %s above %j: %s', (pathLength, subjects, valid) => {
    const [target, entities] = chain(pathLength, subjects)
    const verdict = judge(target, certificates(...entities).slice(0, 1), certificates(...entities).slice(1))
    expect(verdict.valid).toBe(valid)
    if (!valid) {
      const counted = subjects.filter((subject, i) => subject !== (subjects[i - 1] ?? 'CN=root')).length
      expect(theFinding(verdict, 'path-length.exceeded')).toMatchObject({
        certificate: subjects.length + 1,
        limit: pathLength,
        actual: counted,
      })
    }
  })

  it('a lower CA cannot widen the limit of a higher one', () => {
    const top = root({ pathLength: 1 })
    const wide = intermediate(top, { subject: 'CN=1', pathLength: 5 })
    expect(judge(leaf(wide), certificates(top), certificates(wide)).valid).toBe(true)
    const below = intermediate(wide, { subject: 'CN=2' })
    const verdict = judge(leaf(below), certificates(top), certificates(wide, below))
    expect(errorsOf(verdict)).toEqual(['path-length.exceeded@3'])
  })

  it('the limit of the anchor does not count where it is name and key alone', () => {
    const [target, entities] = chain(0, ['CN=1'])
    const [top, ...rest] = certificates(...entities)
    expect(judge(target, [top as Certificate], rest, { anchorConstraints: false }).valid).toBe(true)
  })

  it.each<[number, number, boolean]>([
    [0, 0, true],
    [0, 1, false],
    [2, 2, true],
    [2, 3, false],
  ])('maxDepth %i, %i intermediates: %s', (maxDepth, count, valid) => {
    const [target, entities] = chain(
      undefined,
      Array.from({ length: count }, (_, i) => `CN=${i}`),
    )
    const [top, ...rest] = certificates(...entities)
    const verdict = judge(target, [top as Certificate], rest, { maxDepth })
    expect(verdict.valid).toBe(valid)
    if (!valid) expect(theFinding(verdict, 'path-length.max-depth')).toMatchObject({ limit: maxDepth, actual: count })
  })
})

describe('§6.1.4 (o), §6.1.5 (f) extensions', () => {
  const unknown = { oid: '1.3.6.1.4.1.99999.1', value: hex('05 00') }

  it.each<[string, Fields, readonly string[]]>([
    ['unknown, not critical', { unchecked: { extensions: [{ ...unknown, critical: false }] } }, []],
    [
      'unknown, critical',
      { unchecked: { extensions: [{ ...unknown, critical: true }] } },
      ['extension.unknown-critical'],
    ],
    ['critical and known', { names: ['dns:a.test'], critical: { subjectAltName: true } }, []],
    [
      'critical and known, but not processed',
      { extensions: { certificateTemplate: hex('30 00') }, critical: { certificateTemplate: true } },
      ['extension.unknown-critical'],
    ],
    ['malformed', { extensions: { authorityInfoAccess: hex('30 00') } }, ['extension.malformed']],
    [
      'twice',
      { unchecked: { extensions: [{ oid: EXTENSION.basicConstraints, critical: true, value: hex('30 00') }] } },
      ['extension.duplicate'],
    ],
    ['of a proxy certificate', { extensions: { proxyCertInfo: hex('30 00') } }, ['extension.proxy-certificate']],
    [
      'of a precertificate',
      { extensions: { precertificatePoison: nullValue() }, critical: { precertificatePoison: true } },
      ['extension.precertificate'],
    ],
  ])('%s', (_, fields, expected) => {
    const onTarget = judge(leaf(CA, fields), [anchor], [ca])
    expect(errorsOf(onTarget)).toEqual(expected.map((code) => `${code}@0`))

    const issuer = intermediate(ROOT, fields)
    const onIssuer = judge(leaf(issuer), [anchor], certificates(issuer))
    expect(errorsOf(onIssuer)).toEqual(expected.map((code) => `${code}@1`))
  })

  it('a malformed extension says where', () => {
    const target = leaf(CA, { extensions: { authorityInfoAccess: hex('30 00') } })
    const found = theFinding(judge(target, [anchor], [ca]), 'extension.malformed')
    expect(found).toMatchObject({ certificate: 0, oid: EXTENSION.authorityInfoAccess })
    expect([...target.encoded.subarray(found.offset - 2, found.offset)]).toEqual([0x30, 0x00])
  })

  it('one of hundreds that comes twice is found', () => {
    const many = Array.from({ length: 300 }, (_, i) => ({
      ...unknown,
      oid: `1.3.6.1.4.1.99999.${i % 299}`,
      critical: false,
    }))
    expect(errorsOf(judge(leaf(CA, { unchecked: { extensions: many } }), [anchor], [ca]))).toEqual([
      'extension.duplicate@0',
    ])
  })
})

describe('purposes', () => {
  const { serverAuth, clientAuth, anyExtendedKeyUsage } = KEY_PURPOSE

  it.each<[string, Fields, string, readonly string[]]>([
    ['no extKeyUsage allows all', {}, serverAuth, []],
    ['the purpose is listed', { extKeyUsage: [clientAuth, serverAuth] }, serverAuth, []],
    ['it is not', { extKeyUsage: [clientAuth] }, serverAuth, ['purpose.not-allowed@0']],
    ['an unknown purpose is compared as well', { extKeyUsage: ['1.2.3'] }, '1.2.3', []],
    ['anyExtendedKeyUsage allows all', { extKeyUsage: [anyExtendedKeyUsage] }, serverAuth, []],
    ['keyUsage goes with it', { extKeyUsage: [serverAuth], keyUsage: ['keyEncipherment'] }, serverAuth, []],
    [
      'keyUsage does not go with it',
      { extKeyUsage: [serverAuth], keyUsage: ['nonRepudiation'] },
      serverAuth,
      ['purpose.key-usage@0'],
    ],
    ['keyUsage alone says nothing about purposes', { keyUsage: ['nonRepudiation'] }, serverAuth, []],
  ])('%s', (_, fields, purpose, expected) => {
    expect(errorsOf(judge(leaf(CA, fields), [anchor], [ca], { purpose }))).toEqual(expected)
  })

  it('a CA that forbids the purpose is a matter of the rule set', () => {
    const narrow = intermediate(ROOT, { extKeyUsage: [clientAuth] })
    const target = leaf(narrow, { extKeyUsage: [serverAuth] })
    const verdictOf = (rules: VerifyOptions['rules']) =>
      judge(target, [anchor], certificates(narrow), { rules, purpose: serverAuth })
    expect(codesOf(verdictOf(RFC5280))).toEqual(['purpose.not-allowed-by-issuer@1'])
    expect(verdictOf(RFC5280).valid).toBe(true)
    expect(errorsOf(verdictOf(RFC5280_STRICT))).toEqual(['purpose.not-allowed-by-issuer@1'])
  })

  it('a root is asked like any CA, unless it is name and key alone', () => {
    const narrow = root({ extKeyUsage: [clientAuth] })
    const target = leaf(narrow, { extKeyUsage: [serverAuth] })
    const verdictWith = (anchorConstraints: boolean) =>
      judge(target, certificates(narrow), [], { purpose: serverAuth, anchorConstraints })
    expect(codesOf(verdictWith(true))).toEqual(['purpose.not-allowed-by-issuer@1'])
    expect(codesOf(verdictWith(false))).toEqual([])
  })

  it('only anyExtendedKeyUsage is not enough under webpki', () => {
    const target = leaf(CA, { extKeyUsage: [anyExtendedKeyUsage] })
    const verdict = judge(target, [anchor], [ca], { rules: WEBPKI, purpose: serverAuth })
    expect(errorsOf(verdict)).toEqual(['webpki.purpose-any@0', 'purpose.only-any@0'])
  })
})

describe('names', () => {
  it('constraints of an intermediate and of the anchor hold below them', () => {
    const narrow = intermediate(ROOT, { permitted: ['dns:b.test'] })
    expect(errorsOf(judge(leaf(narrow), [anchor], certificates(narrow)))).toEqual(['name-constraints.not-permitted@0'])
    const narrowRoot = root({ excluded: ['dns:a.test'] })
    expect(errorsOf(judge(leaf(narrowRoot), certificates(narrowRoot)))).toEqual(['name-constraints.excluded@0'])
    expect(judge(leaf(narrowRoot), certificates(narrowRoot), [], { anchorConstraints: false }).valid).toBe(true)
  })

  it('the identity is that of the target', () => {
    const verdict = judge(leaf(CA), [anchor], [ca], { identity: { type: 'dns', value: 'b.test' } })
    expect(errorsOf(verdict)).toEqual(['identity.mismatch@0'])
    expect(judge(leaf(CA), [anchor], [ca], { identity: { type: 'dns', value: 'a.test' } }).valid).toBe(true)
  })

  it('a key identifier that does not fit is reported, and the path is still found', () => {
    const target = leaf(CA, { extensions: { authorityKeyIdentifier: sequence(contextPrimitive(0, hex('01 02'))) } })
    const verdict = judge(target, [anchor], [ca])
    expect(verdict.valid).toBe(true)
    expect(theFinding(verdict, 'path.key-identifier-mismatch').authorityKeyIdentifier).toBe('0102')
  })
})

describe('a rule set that reports what nobody vouches for', () => {
  const rules = { ...RFC5280, reportsUnauthenticated: true }
  const expired: Fields = { notAfter: second(AT, -1) }

  it('reads on below a bad signature', () => {
    const stranger = root()
    const target = leaf(stranger, expired)
    expect(errorsOf(judge(target, [anchor]))).toEqual(['signature.invalid@0'])
    const verdict = judge(target, [anchor], [], { rules, identity: { type: 'dns', value: 'b.test' } })
    expect(errorsOf(verdict)).toEqual(['signature.invalid@0', 'validity.expired@0', 'identity.mismatch@0'])
  })

  it('reads a path that reaches no anchor, and still rejects it', () => {
    const old = intermediate(ROOT, expired)
    const verdict = judge(leaf(old), [], [...certificates(old), anchor], { rules })
    expect(errorsOf(verdict)).toEqual(['validity.expired@1', 'path.untrusted-root@2'])
    const weightless = { ...rules, weights: { ...rules.weights, 'path.untrusted-root': 'warning' as const } }
    // A set that weighs the one reason as nothing contradicts itself: that is a fault of ours, not a verdict.
    expect(() => judge(leaf(CA), [], [ca, anchor], { rules: weightless })).toThrow('rejected without')
  })
})

describe('keys', () => {
  it.each<[string, Fields['key']]>([
    ['P-384', 'ec-p384'],
    ['P-521', 'ec-p521'],
    ['secp256k1', 'ec-secp256k1'],
    ['brainpool', 'ec-brainpool-p256r1'],
    ['Ed25519', 'ed25519'],
    ['Ed448', 'ed448'],
    ['RSA', 'rsa-2048'],
  ])('%s signs and is verified', (_, key) => {
    const issuer = root(key === undefined ? {} : { key })
    expect(judge(leaf(issuer), certificates(issuer)).valid).toBe(true)
  })
})
