import { X509Certificate } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DerError } from '../../src/der/reader.ts'
import {
  bitString,
  context,
  generalizedTime,
  integer,
  nullValue,
  octetString,
  oid,
  sequence,
  setOf,
  time,
} from '../../src/der/writer.ts'
import { fingerprint, parseCertificate } from '../../src/x509/certificate.ts'
import { checkSignature } from '../../src/x509/signature.ts'
import { faultOffset, hex, toHex } from '../der/hex.ts'
import { type CertificateParts, certificateBytes, commonName, extension, P256_KEY } from './certificate-bytes.ts'

const parse = (parts: Partial<CertificateParts> = {}) => parseCertificate(certificateBytes(parts))
const extensions = (...list: readonly Uint8Array[]) => ({ rest: [context(3, sequence(...list))] })
const CA = extension('2.5.29.19', hex('30 03 01 01 ff'), true)

describe('fields', () => {
  test('every field of an ordinary certificate', () => {
    const bytes = certificateBytes()
    const certificate = parseCertificate(bytes)
    expect(certificate.encoded).toBe(bytes)
    expect(certificate.version).toBe(3)
    expect(certificate.serialNumber).toBe(0x1234n)
    expect(toHex(certificate.serialOctets)).toBe('1234')
    expect(certificate.signatureAlgorithm.oid).toBe('1.2.840.10045.4.3.2')
    expect(certificate.tbsSignatureAlgorithm).toEqual(certificate.signatureAlgorithm)
    expect(certificate.issuer.encoded).toEqual(commonName('issuer'))
    expect(certificate.subject.encoded).toEqual(commonName('subject'))
    expect(certificate.notBefore).toEqual({ date: new Date('2026-01-01T00:00:00Z'), type: 'utcTime' })
    expect(certificate.notAfter).toEqual({ date: new Date('2026-12-31T23:59:59Z'), type: 'utcTime' })
    expect(certificate.publicKey.encoded).toEqual(P256_KEY.publicKey.encoded)
    expect(certificate.issuerUniqueID).toBeUndefined()
    expect(certificate.isSelfIssued).toBe(false)
    expect(certificate.malformedExtensions).toEqual([])
    expect(certificate.decoded).toEqual({ basicConstraints: { cA: false, pathLenConstraint: undefined } })
  })

  test('node:crypto reads the same', () => {
    const bytes = certificateBytes()
    const certificate = parseCertificate(bytes)
    const peer = new X509Certificate(bytes)
    expect(peer.serialNumber).toBe('1234')
    expect(peer.fingerprint256.replaceAll(':', '').toLowerCase()).toBe(fingerprint(certificate))
    expect(peer.fingerprint.replaceAll(':', '').toLowerCase()).toBe(fingerprint(certificate, 'sha1'))
    expect(peer.publicKey.export({ type: 'spki', format: 'der' })).toEqual(Buffer.from(certificate.publicKey.encoded))
  })

  test('the signed bytes are the ones that stand there', () => {
    const { signatureAlgorithm, tbs, signature, publicKey } = parse()
    expect(checkSignature(signatureAlgorithm, publicKey, tbs, signature)).toBe('valid')
  })

  test.each<[string, Uint8Array | undefined, number]>([
    ['left out', undefined, 1],
    ['2', context(0, integer(1)), 2],
    ['3', context(0, integer(2)), 3],
  ])('version %s', (_name, version, expected) => {
    expect(parse({ version, rest: [] }).version).toBe(expected)
  })

  test.each<[string, bigint, string]>([
    ['zero', 0n, '00'],
    ['negative', -1n, 'ff'],
    ['of 20 octets', 2n ** 159n - 1n, `7f${'ff'.repeat(19)}`],
    ['of 21 octets', 2n ** 160n, `01${'00'.repeat(20)}`],
  ])('a serial number that is %s is read: judging it is not parsing', (_name, value, octets) => {
    const certificate = parse({ serialNumber: integer(value) })
    expect(certificate.serialNumber).toBe(value)
    expect(toHex(certificate.serialOctets)).toBe(octets)
  })

  test('the type of each time is kept', () => {
    const validity = sequence(generalizedTime(new Date('2026-01-01T00:00:00Z')), time(new Date('2050-01-01T00:00:00Z')))
    const { notBefore, notAfter } = parse({ validity })
    expect([notBefore.type, notAfter.type]).toEqual(['generalizedTime', 'generalizedTime'])
    expect(notBefore.date.toISOString()).toBe('2026-01-01T00:00:00.000Z')
  })

  test('unique identifiers', () => {
    const certificate = parse({ rest: [hex('81 02 00 aa'), hex('82 02 04 f0')] })
    expect(certificate.issuerUniqueID).toEqual({ bytes: hex('aa'), unusedBits: 0 })
    expect(certificate.subjectUniqueID).toEqual({ bytes: hex('f0'), unusedBits: 4 })
    expect(certificate.extensions).toEqual([])
  })

  test('self-issued is a matter of names alone', () => {
    expect(parse({ issuer: commonName('same'), subject: commonName('SAME ') }).isSelfIssued).toBe(true)
  })

  test('an algorithm that differs inside and outside is read: judging it is not parsing', () => {
    const certificate = parse({ signature: sequence(oid('1.2.840.10045.4.3.3')) })
    expect(certificate.tbsSignatureAlgorithm.oid).toBe('1.2.840.10045.4.3.3')
    expect(certificate.signatureAlgorithm.oid).toBe('1.2.840.10045.4.3.2')
  })
})

describe('extensions', () => {
  test('offset, value and criticality; unknown ones are kept', () => {
    const unknown = extension('1.2.3.4', hex('de ad'), true)
    const bytes = certificateBytes(extensions(CA, unknown))
    const certificate = parseCertificate(bytes)
    expect(certificate.extensions.map(({ oid: type, critical }) => [type, critical])).toEqual([
      ['2.5.29.19', true],
      ['1.2.3.4', true],
    ])
    for (const { value, offset } of certificate.extensions) {
      expect(bytes.subarray(offset, offset + value.length)).toEqual(value)
    }
    expect(certificate.decoded.basicConstraints?.cA).toBe(true)
  })

  test('a value that does not decode is kept as a fault with its place in the certificate', () => {
    const bytes = certificateBytes(extensions(extension('2.5.29.15', hex('03 02 00 80')), CA))
    const certificate = parseCertificate(bytes)
    expect(certificate.malformedExtensions.map(({ oid: type }) => type)).toEqual(['2.5.29.15'])
    expect(certificate.malformedExtensions[0]?.error.offset).toBe(certificate.extensions[0]?.offset)
    expect(certificate.decoded).toEqual({ basicConstraints: { cA: true, pathLenConstraint: undefined } })
  })

  test('of two with one identifier both are kept, and the first counts', () => {
    const certificate = parse(extensions(CA, extension('2.5.29.19', hex('30 00'))))
    expect(certificate.extensions).toHaveLength(2)
    expect(certificate.decoded.basicConstraints?.cA).toBe(true)
  })

  test.each<[string, Uint8Array[]]>([
    ['an empty list', [context(3, sequence())]],
    ['nothing in the tag', [context(3)]],
    ['two lists', [context(3, sequence(CA), sequence(CA))]],
    ['the tag twice', [context(3, sequence(CA)), context(3, sequence(CA))]],
    ['before the unique identifiers', [context(3, sequence(CA)), hex('82 02 00 aa')]],
    ['an encoded FALSE', [context(3, sequence(sequence(oid('1.2.3'), hex('01 01 00'), octetString(hex('00')))))]],
    ['a value that is no OCTET STRING', [context(3, sequence(sequence(oid('1.2.3'), hex('03 01 00'))))]],
    ['no value', [context(3, sequence(sequence(oid('1.2.3'))))]],
    ['something behind the value', [context(3, sequence(sequence(oid('1.2.3'), octetString(hex('')), nullValue())))]],
    ['an unknown tag', [context(4, sequence(CA))]],
  ])('%s is refused', (_name, rest) => {
    expect(() => parse({ rest })).toThrow(DerError)
  })
})

describe('malformed certificates', () => {
  const pair = (...times: readonly Uint8Array[]) => sequence(...times)
  const y2026 = time(new Date('2026-01-01T00:00:00Z'))
  const utc = (text: string) => Uint8Array.of(0x17, text.length, ...Buffer.from(text))

  test.each<[string, Partial<CertificateParts>]>([
    ['version 1 encoded', { version: context(0, integer(0)) }],
    ['version 4', { version: context(0, integer(3)) }],
    ['version -1', { version: context(0, integer(-1)) }],
    ['version 3 in two octets', { version: context(0, hex('02 02 00 02')) }],
    ['two versions in one tag', { version: context(0, integer(2), integer(2)) }],
    ['an empty version', { version: context(0) }],
    ['no serial number', { serialNumber: hex('') }],
    ['an empty serial number', { serialNumber: hex('02 00') }],
    ['a padded serial number', { serialNumber: hex('02 02 00 01') }],
    ['a serial number that is a string', { serialNumber: octetString(hex('01')) }],
    ['an algorithm that is not a sequence', { signature: oid('1.2.3') }],
    ['an algorithm without an identifier', { signature: sequence() }],
    ['an algorithm with two parameters', { signature: sequence(oid('1.2.3'), nullValue(), nullValue()) }],
    ['an issuer that is a set', { issuer: setOf() }],
    ['an issuer with an empty RDN', { issuer: sequence(setOf()) }],
    ['an attribute without a value', { issuer: sequence(setOf(sequence(oid('2.5.4.3')))) }],
    ['an attribute with two values', { issuer: sequence(setOf(sequence(oid('2.5.4.3'), nullValue(), nullValue()))) }],
    ['a name in broken UTF-8', { subject: sequence(setOf(sequence(oid('2.5.4.3'), hex('0c 01 ff')))) }],
    ['one time', { validity: pair(y2026) }],
    ['three times', { validity: pair(y2026, y2026, y2026) }],
    ['a time without seconds', { validity: pair(utc('2601010000Z'), y2026) }],
    ['a time with an offset', { validity: pair(y2026, utc('260101000000+0000')) }],
    ['a date as a string', { validity: pair(octetString(hex('00')), y2026) }],
    ['a key with unused bits', { subjectPublicKeyInfo: sequence(sequence(oid('1.2.3')), bitString(hex('80'), 7)) }],
    ['a key without bits', { subjectPublicKeyInfo: sequence(sequence(oid('1.2.3'))) }],
    [
      'something behind the key',
      { subjectPublicKeyInfo: sequence(sequence(oid('1.2.3')), hex('03 01 00'), hex('05 00')) },
    ],
    ['a signature that is an octet string', { signatureValue: octetString(hex('00')) }],
    ['a signature with padding bits set', { signatureValue: hex('03 02 01 ff') }],
    ['a signature followed by something', { signatureValue: hex('03 01 00 05 00') }],
    ['a constructed unique identifier', { rest: [hex('a1 04 03 02 00 aa')] }],
  ])('%s', (_name, parts) => {
    expect(() => parse(parts)).toThrow(DerError)
  })

  test('a signature with unused bits is read: it cannot be valid, and says so when it is checked', () => {
    expect(parse({ signatureValue: hex('03 02 01 fe') }).signature.unusedBits).toBe(1)
  })

  test('trailing octets are refused at their place', () => {
    const bytes = certificateBytes()
    const longer = Uint8Array.of(...bytes, 0)
    expect(faultOffset(() => parseCertificate(longer))).toBe(bytes.length)
  })

  test('no prefix is a certificate', () => {
    const bytes = certificateBytes()
    for (let length = 0; length < bytes.length; length++) {
      expect(() => parseCertificate(bytes.subarray(0, length))).toThrow(DerError)
    }
  })

  test('no octet can be left out', () => {
    const bytes = certificateBytes()
    for (let at = 0; at < bytes.length; at++) {
      expect(() => parseCertificate(Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]))).toThrow(DerError)
    }
  })

  test('a window of a larger buffer is read as if it stood alone', () => {
    const bytes = certificateBytes()
    const around = Uint8Array.of(0xff, ...bytes, 0xff)
    const certificate = parseCertificate(around.subarray(1, 1 + bytes.length))
    expect(certificate.encoded).toEqual(bytes)
    expect(fingerprint(certificate)).toBe(fingerprint(parseCertificate(bytes)))
  })

  test('changed octets either parse or are a DerError, and never keep a valid signature over changed bytes', () => {
    const original = certificateBytes(extensions(CA, extension('2.5.29.17', hex('30 06 82 04 74 65 73 74'))))
    const { tbs } = parseCertificate(original)
    const change = fc.record({ at: fc.nat(original.length - 1), to: fc.nat(255) })
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const bytes = original.slice()
        for (const { at, to } of changes) bytes[at] = to
        let certificate: ReturnType<typeof parseCertificate>
        try {
          certificate = parseCertificate(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(DerError)
          return
        }
        const { signatureAlgorithm, signature } = certificate
        const check = checkSignature(signatureAlgorithm, P256_KEY.publicKey, certificate.tbs, signature)
        if (check === 'valid') expect(certificate.tbs).toEqual(tbs)
      }),
      { seed: 5, numRuns: 2000 },
    )
  })
})
