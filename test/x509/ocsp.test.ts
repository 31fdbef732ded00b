import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { formatPem } from '../../src/der/pem.ts'
import {
  context,
  contextPrimitive,
  enumerated,
  generalizedTime,
  integer,
  octetString,
  sequence,
} from '../../src/der/writer.ts'
import { createSigner, generateKey } from '../../src/keys/keys.ts'
import { parseCertificate } from '../../src/x509/certificate.ts'
import { isCertIdOf, isResponder, parseOcspResponse } from '../../src/x509/ocsp.ts'
import { parseOcspRequest } from '../../src/x509/ocsp-request.ts'
import { OCSP } from '../../src/x509/oids.ts'
import { checkSignature } from '../../src/x509/signature.ts'
import { faultOffset, hex } from '../der/hex.ts'
import { needs, program, runWell } from '../foreign-program.ts'
import { folderOfSuite, removeFolder } from '../temporary-folder.ts'
import { certificateBytes, commonName, extension, P256_KEY } from './certificate-bytes.ts'
import {
  byKey,
  byName,
  certId,
  failedResponse,
  GOOD,
  ocspRequestBytes,
  ocspResponseBytes,
  type ResponseFields,
  revokedStatus,
  singleResponse,
  UNKNOWN,
  wrapped,
} from './ocsp-bytes.ts'

const T = new Date('2026-06-01T00:00:00Z')
const LATER = new Date('2026-06-02T00:00:00Z')
const signer = createSigner(P256_KEY)
const ISSUER = parseCertificate(certificateBytes({ subject: commonName('issuer') }))
const LEAF = parseCertificate(certificateBytes())
const nonce = (octets: Uint8Array) => extension(OCSP.nonce, octetString(octets))
const SINGLE = singleResponse({ certId: certId(ISSUER, 0x1234), thisUpdate: T, nextUpdate: LATER })

function responseBytes(fields: Partial<ResponseFields> = {}): Uint8Array {
  return ocspResponseBytes({ signer, responderId: byName(ISSUER), responses: [SINGLE], producedAt: T, ...fields })
}

describe('parseOcspResponse', () => {
  it('reads every field and keeps the signed bytes', () => {
    const bytes = responseBytes({ extensions: [nonce(hex('01 02'))], certificates: [ISSUER] })
    const { responseStatus, basic } = parseOcspResponse(bytes)
    expect(responseStatus).toBe('successful')
    expect(basic).toMatchObject({ producedAt: T, nonce: hex('01 02') })
    expect(basic?.responses).toMatchObject([
      { certStatus: { type: 'good' }, thisUpdate: T, nextUpdate: LATER, certId: { serialNumber: 0x1234n } },
    ])
    expect(basic?.certificates.map(({ encoded }) => encoded)).toEqual([ISSUER.encoded])
    expect(Buffer.from(bytes).indexOf(basic?.tbs ?? '?')).toBeGreaterThan(0)
  })

  it.each([
    ['good', GOOD, { type: 'good' }],
    ['unknown', UNKNOWN, { type: 'unknown' }],
    ['revoked', revokedStatus(T), { type: 'revoked', revocationTime: T, revocationReason: undefined }],
    [
      'revoked for a reason',
      revokedStatus(T, 'cACompromise'),
      { type: 'revoked', revocationTime: T, revocationReason: 'cACompromise' },
    ],
  ])('reads the status %s', (_, status, expected) => {
    const single = singleResponse({ certId: certId(ISSUER, 1), status, thisUpdate: T })
    const { basic } = parseOcspResponse(responseBytes({ responses: [single] }))
    expect(basic?.responses[0]?.certStatus).toEqual(expected)
    expect(basic?.responses[0]?.nextUpdate).toBeUndefined()
  })

  it.each([
    [1, 'malformedRequest'],
    [2, 'internalError'],
    [3, 'tryLater'],
    [5, 'sigRequired'],
    [6, 'unauthorized'],
  ])('reads the failure %i as %s', (status, expected) => {
    expect(parseOcspResponse(failedResponse(status))).toMatchObject({ responseStatus: expected, basic: undefined })
  })

  it('reads a response of another type as a success without a basic response', () => {
    expect(parseOcspResponse(wrapped('1.2.3', hex('05 00')))).toMatchObject({
      responseStatus: 'successful',
      basic: undefined,
    })
  })

  const single = (...fields: readonly Uint8Array[]) =>
    responseBytes({ responses: [sequence(certId(ISSUER, 1), ...fields)] })
  it.each([
    ['a status without a meaning', failedResponse(4)],
    ['a success without an answer', failedResponse(0)],
    ['a failure with an answer', sequence(enumerated(1), context(0, sequence(integer(1))))],
    ['a version written out', responseBytes({ version: [context(0, integer(0))] })],
    ['a responder that is neither name nor key', responseBytes({ responderId: context(3, commonName('x')) })],
    ['a certificate status that is none', single(contextPrimitive(3, new Uint8Array(0)), generalizedTime(T))],
    ['a NULL with content', single(contextPrimitive(0, hex('00')), generalizedTime(T))],
    ['a reason that is none', single(context(1, generalizedTime(T), context(0, enumerated(7))), generalizedTime(T))],
    ['a statement without thisUpdate', single(GOOD)],
    ['something after nextUpdate', single(GOOD, generalizedTime(T), context(0, generalizedTime(T), integer(1)))],
    ['a nonce of 0 octets', responseBytes({ extensions: [nonce(new Uint8Array(0))] })],
    ['a nonce of 129 octets', responseBytes({ extensions: [nonce(new Uint8Array(129))] })],
    ['a nonce that is no OCTET STRING', responseBytes({ extensions: [extension(OCSP.nonce, hex('01 02'))] })],
    ['something after the answer', wrapped(OCSP.basicResponse, hex('30 00 00'))],
  ])('refuses %s', (_, bytes) => {
    expect(faultOffset(() => parseOcspResponse(bytes))).toBeGreaterThanOrEqual(0)
  })

  it('takes a nonce of 1 and of 128 octets (RFC 9654)', () => {
    for (const length of [1, 128]) {
      const { basic } = parseOcspResponse(responseBytes({ extensions: [nonce(new Uint8Array(length))] }))
      expect(basic?.nonce).toHaveLength(length)
    }
  })

  it('refuses trailing octets, every truncation, and a certificate that is none, with its place', () => {
    const bytes = responseBytes({ certificates: [ISSUER] })
    expect(faultOffset(() => parseOcspResponse(Uint8Array.of(...bytes, 0)))).toBe(bytes.length)
    for (let length = 0; length < bytes.length; length++) {
      expect(faultOffset(() => parseOcspResponse(bytes.subarray(0, length)))).toBeLessThanOrEqual(length)
    }
    const start = Buffer.from(bytes).indexOf(ISSUER.encoded)
    const version = Buffer.from(bytes).indexOf(hex('a0 03 02 01 02'), start)
    const broken = Uint8Array.from(bytes).fill(9, version + 4, version + 5)
    expect(faultOffset(() => parseOcspResponse(broken))).toBe(version)
  })
})

describe('a CertID', () => {
  const otherKey = generateKey('ec-p256').publicKey
  const idOf = (bytes: Uint8Array) => {
    const response = parseOcspResponse(responseBytes({ responses: [singleResponse({ certId: bytes, thisUpdate: T })] }))
    const id = response.basic?.responses[0]?.certId
    if (id === undefined) throw new Error('no statement')
    return id
  }

  it.each(['sha1', 'sha256', 'sha384', 'sha512'])('names a certificate by %s', (digest) => {
    expect(isCertIdOf(idOf(certId(ISSUER, 0x1234, digest)), LEAF, ISSUER.publicKey)).toBe(true)
  })

  it('does not name another serial number, issuer or key, nor anything by an unknown digest', () => {
    const unknown = Uint8Array.from(certId(ISSUER, 0x1234))
    const digest = Buffer.from(unknown).indexOf(hex('06 05 2b 0e 03 02 1a'))
    unknown[digest + 6] = 0x1b
    const stranger = parseCertificate(certificateBytes({ subject: commonName('stranger') }))
    expect(isCertIdOf(idOf(certId(ISSUER, 0x1235)), LEAF, ISSUER.publicKey)).toBe(false)
    expect(isCertIdOf(idOf(certId(stranger, 0x1234)), LEAF, ISSUER.publicKey)).toBe(false)
    expect(isCertIdOf(idOf(unknown), LEAF, ISSUER.publicKey)).toBe(false)
    expect(isCertIdOf(idOf(certId(ISSUER, 0x1234)), LEAF, otherKey)).toBe(false)
  })
})

describe('a ResponderID', () => {
  it.each([
    ['by name', byName(ISSUER), true],
    ['by key', byKey(ISSUER), true],
    ['by another name', byName(LEAF), false],
    ['by another key', context(2, octetString(new Uint8Array(20))), false],
  ])('%s', (_, responderId, expected) => {
    const { basic } = parseOcspResponse(responseBytes({ responderId }))
    expect(basic !== undefined && isResponder(basic.responderId, ISSUER)).toBe(expected)
  })
})

describe('parseOcspRequest', () => {
  it('reads several certificates, nonce and requestor', () => {
    const request = parseOcspRequest(
      ocspRequestBytes({
        certIds: [certId(ISSUER, 1), certId(ISSUER, 2, 'sha256')],
        requestorName: context(4, commonName('client')),
        extensions: [nonce(hex('aa'))],
      }),
    )
    expect(request.requests.map(({ certId: { serialNumber } }) => serialNumber)).toEqual([1n, 2n])
    expect(request).toMatchObject({ nonce: hex('aa'), requestorName: { type: 'directoryName' }, signature: undefined })
  })

  it('reads a signed one', () => {
    const bytes = ocspRequestBytes({ certIds: [certId(ISSUER, 1)], signer, certificates: [ISSUER] })
    const { signature, nonce: none } = parseOcspRequest(bytes)
    expect(signature?.certificates).toHaveLength(1)
    expect(signature?.signatureAlgorithm.encoded).toEqual(signer.algorithm)
    expect(none).toBeUndefined()
  })

  it('refuses one that asks about nothing, trailing octets, and every truncation', () => {
    expect(faultOffset(() => parseOcspRequest(ocspRequestBytes({ certIds: [] })))).toBeGreaterThan(0)
    const bytes = ocspRequestBytes({ certIds: [certId(ISSUER, 1)], extensions: [nonce(hex('aa'))] })
    expect(faultOffset(() => parseOcspRequest(Uint8Array.of(...bytes, 0)))).toBe(bytes.length)
    for (let length = 0; length < bytes.length; length++) {
      expect(faultOffset(() => parseOcspRequest(bytes.subarray(0, length)))).toBeLessThanOrEqual(length)
    }
  })
})

needs('openssl')('openssl ocsp', () => {
  const folder = folderOfSuite('ocsp')
  afterAll(() => removeFolder(folder))
  const file = (name: string, content: string) => {
    writeFileSync(join(folder, name), content)
    return join(folder, name)
  }
  const ask = (...args: readonly string[]) => runWell(program('openssl'), ['ocsp', ...args], { cwd: folder })

  it('makes requests and responses that are read', () => {
    const self = parseCertificate(certificateBytes({ issuer: commonName('ca'), subject: commonName('ca') }))
    const leaf = parseCertificate(certificateBytes({ issuer: commonName('ca'), serialNumber: integer(0x77) }))
    const ca = file('ca.pem', formatPem('CERTIFICATE', self.encoded))
    const key = file('ca.key', formatPem('PRIVATE KEY', P256_KEY.pkcs8))
    const index = file('index.txt', 'R\t261231235959Z\t260501000000Z,keyCompromise\t77\tunknown\t/CN=subject\n')
    file('leaf.pem', formatPem('CERTIFICATE', leaf.encoded))

    ask('-issuer', ca, '-sha256', '-cert', 'leaf.pem', '-reqout', 'request.der')
    const request = parseOcspRequest(readFileSync(join(folder, 'request.der')))
    expect(request.requests.map(({ certId }) => isCertIdOf(certId, leaf, self.publicKey))).toEqual([true])
    expect(request.nonce?.length).toBeGreaterThan(0)

    const responder = ['-index', index, '-CA', ca, '-rsigner', ca, '-rkey', key]
    ask(...responder, '-reqin', 'request.der', '-respout', 'response.der')
    const { basic } = parseOcspResponse(readFileSync(join(folder, 'response.der')))
    if (basic === undefined) throw new Error('no basic response')
    expect(basic.nonce).toEqual(request.nonce)
    expect(isResponder(basic.responderId, self)).toBe(true)
    expect(checkSignature(basic.signatureAlgorithm, self.publicKey, basic.tbs, basic.signature)).toBe('valid')
    expect(basic.responses.map(({ certStatus }) => certStatus)).toEqual([
      { type: 'revoked', revocationTime: new Date('2026-05-01T00:00:00Z'), revocationReason: 'keyCompromise' },
    ])
  })
})
