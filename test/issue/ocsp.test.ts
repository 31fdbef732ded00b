/** OCSP responses: what they say, who signs, how they name themselves, and the errors that take their place. */

import { describe, expect, it } from 'vitest'
import { readInput } from '../../src/container/read-input.ts'
import { nullValue } from '../../src/der/writer.ts'
import { type OcspAnswer, type OcspResponseRequest, ocspError, respond } from '../../src/issue/ocsp.ts'
import { createSigner, generateKey, type PrivateKey } from '../../src/keys/keys.ts'
import { parseCertificate } from '../../src/x509/certificate.ts'
import { encodeExtension } from '../../src/x509/extension-encoding.ts'
import { isResponder, OCSP_RESPONSE_STATUSES, type OcspResponseStatus, parseOcspResponse } from '../../src/x509/ocsp.ts'
import { parseOcspRequest } from '../../src/x509/ocsp-request.ts'
import { type CertIdDigest, encodeCertId, encodeOcspRequest } from '../../src/x509/ocsp-request-encoding.ts'
import { EXTENSION } from '../../src/x509/oids.ts'
import { checkSignature } from '../../src/x509/signature.ts'
import { certId, ocspRequestBytes } from '../x509/ocsp-bytes.ts'
import { issue, NOW } from './authority.ts'

const root = issue({ profile: 'root', name: 'root' })
const ca = issue({ profile: 'intermediate', name: 'ca', from: root })
const alice = issue({ profile: 'client', name: 'alice', from: ca }).certificate
const bob = issue({ profile: 'client', name: 'bob', from: ca }).certificate
const delegate = issue({ profile: 'ocsp-responder', name: 'responder', from: ca })
const signerOf = ({ privateKey }: typeof ca) => createSigner(privateKey as PrivateKey)
const CA = { certificate: ca.certificate, signer: signerOf(ca) }
const DELEGATE = { certificate: delegate.certificate, signer: signerOf(delegate) }

const GOOD: OcspAnswer = { type: 'good' }
const LATER = new Date(NOW.getTime() + 3600_000)
const NONCE = new Uint8Array(32).fill(7)

const about = (...certificates: readonly (typeof alice)[]) =>
  encodeOcspRequest({ certIds: certificates.map((one) => encodeCertId(one, ca.certificate)) })

function answer(fields: Partial<OcspResponseRequest> = {}) {
  const encoded = respond({
    request: about(alice),
    issuers: [ca.certificate],
    responder: CA,
    lookup: () => GOOD,
    producedAt: NOW,
    ...fields,
  })
  return parseOcspResponse(encoded)
}

/** The answer, which must be a successful one. */
function basic(fields: Partial<OcspResponseRequest> = {}) {
  const response = answer(fields)
  if (response.basic === undefined) throw new Error(`the response is ${response.responseStatus}`)
  return response.basic
}

describe('respond', () => {
  it.each<readonly [string, OcspAnswer, object]>([
    ['good', GOOD, { type: 'good' }],
    ['unknown', { type: 'unknown' }, { type: 'unknown' }],
    [
      'revoked',
      { type: 'revoked', revocationTime: LATER, revocationReason: 'keyCompromise' },
      { type: 'revoked', revocationTime: LATER, revocationReason: 'keyCompromise' },
    ],
    [
      'revoked without a reason',
      { type: 'revoked', revocationTime: LATER, revocationReason: 'unspecified' },
      { type: 'revoked', revocationTime: LATER, revocationReason: undefined },
    ],
  ])('says %s', (_, found, said) => {
    expect(basic({ lookup: () => found }).responses[0]?.certStatus).toEqual(said)
  })

  it('says since when the certificate was not trustworthy', () => {
    const lookup = (): OcspAnswer => ({
      type: 'revoked',
      revocationTime: NOW,
      revocationReason: 'keyCompromise',
      invalidityDate: NOW,
    })
    expect(basic({ lookup }).responses[0]?.extensions.map(({ oid }) => oid)).toEqual([EXTENSION.invalidityDate])
    expect(basic().responses[0]?.extensions).toEqual([])
  })

  it('answers for each certificate, in the order of the request', () => {
    const asked: bigint[] = []
    const lookup = (_: unknown, serialNumber: bigint): OcspAnswer => {
      asked.push(serialNumber)
      return serialNumber === bob.serialNumber ? { type: 'unknown' } : GOOD
    }
    const { responses } = basic({ request: about(alice, bob, alice), lookup })
    expect(responses.map(({ certStatus }) => certStatus.type)).toEqual(['good', 'unknown', 'good'])
    expect(asked).toEqual([alice.serialNumber, bob.serialNumber, alice.serialNumber])
  })

  it.each(['sha1', 'sha256', 'sha384', 'sha512'] as const)('understands a CertID of %s, and repeats it', (digest) => {
    const certId = encodeCertId(alice, ca.certificate, digest)
    const { responses } = basic({ request: encodeOcspRequest({ certIds: [certId] }) })
    expect(responses[0]?.certStatus.type).toBe('good')
    expect(responses[0]?.certId.encoded).toEqual(certId)
  })

  it('looks up below the CA that was asked for', () => {
    const rootId = encodeCertId(ca.certificate, root.certificate)
    const certIds = [rootId, encodeCertId(alice, ca.certificate)]
    const seen: string[] = []
    const lookup = ({ subject }: typeof alice): OcspAnswer => {
      seen.push(subject.key)
      return GOOD
    }
    basic({ request: encodeOcspRequest({ certIds }), issuers: [ca.certificate, root.certificate], lookup })
    expect(seen).toEqual([root.certificate.subject.key, ca.certificate.subject.key])
  })

  describe('a CA that it does not answer for', () => {
    const otherKey = issue({ profile: 'intermediate', name: 'ca', from: root }).certificate
    const lookup = () => {
      throw new Error('looked up')
    }
    const foreign = encodeOcspRequest({ certIds: [encodeCertId(alice, otherKey)] })
    const mixed = encodeOcspRequest({ certIds: [encodeCertId(alice, otherKey), encodeCertId(alice, ca.certificate)] })

    it('is unknown (RFC 6960 §2.2), also under the same name', () => {
      expect(basic({ request: foreign, lookup }).responses[0]?.certStatus.type).toBe('unknown')
    })

    it('is unauthorized (RFC 5019 §2.2.3) where that is wanted, unless another one is asked for too', () => {
      expect(answer({ request: foreign, lookup, otherIssuers: 'unauthorized' }).responseStatus).toBe('unauthorized')
      const { responses } = basic({ request: mixed, otherIssuers: 'unauthorized' })
      expect(responses.map(({ certStatus }) => certStatus.type)).toEqual(['unknown', 'good'])
    })

    it('is unknown with a digest that nobody knows', () => {
      const certId = encodeCertId(alice, ca.certificate, 'sha256').slice()
      certId[certId.indexOf(0x60) + 8] = 0x70 // 2.16.840.1.101.3.4.2.112
      const request = encodeOcspRequest({ certIds: [certId] })
      expect(basic({ request, lookup }).responses[0]?.certStatus.type).toBe('unknown')
    })
  })

  it('says when, and drops fractions of seconds', () => {
    const nextUpdate = new Date(LATER.getTime() + 1)
    const thisUpdate = new Date(NOW.getTime() - 1000)
    const { producedAt, responses } = basic({ producedAt: new Date(NOW.getTime() + 999), thisUpdate, nextUpdate })
    expect({ producedAt, ...responses[0] }).toMatchObject({ producedAt: NOW, thisUpdate, nextUpdate: LATER })
    expect(basic().responses[0]).toMatchObject({ thisUpdate: NOW, nextUpdate: undefined })
  })

  describe('the signer', () => {
    it.each([
      ['the CA', CA, 0],
      ['the CA, read a second time', { ...CA, certificate: parseCertificate(ca.certificate.encoded.slice()) }, 0],
      ['a delegate, whose certificate comes along', DELEGATE, 1],
    ] as const)('is %s', (_, responder, certificates) => {
      const response = basic({ responder })
      const { signatureAlgorithm, tbs, signature } = response
      expect(checkSignature(signatureAlgorithm, responder.certificate.publicKey, tbs, signature)).toBe('valid')
      expect(response.certificates.map(({ encoded }) => encoded)).toEqual(
        [responder.certificate.encoded].slice(0, certificates),
      )
    })

    it.each(['byKey', 'byName'] as const)('names itself %s', (responderId) => {
      const response = basic({ responder: DELEGATE, responderId })
      expect(Object.keys(response.responderId)).toEqual([responderId])
      expect(isResponder(response.responderId, delegate.certificate)).toBe(true)
      expect(isResponder(response.responderId, ca.certificate)).toBe(false)
    })

    it('sends along what it is told to', () => {
      expect(basic({ responder: DELEGATE, certificates: [] }).certificates).toEqual([])
    })

    it('can have an RSA key', () => {
      const key = generateKey('rsa-2048')
      const rsa = issue({ profile: 'intermediate', name: 'ca', from: root, key })
      const request = encodeOcspRequest({ certIds: [encodeCertId(alice, rsa.certificate)] })
      const responder = { certificate: rsa.certificate, signer: createSigner(key) }
      const response = basic({ request, issuers: [rsa.certificate], responder })
      expect(checkSignature(response.signatureAlgorithm, key.publicKey, response.tbs, response.signature)).toBe('valid')
    })
  })

  describe('the nonce', () => {
    const withNonce = (nonce: Uint8Array | undefined) =>
      encodeOcspRequest({ certIds: [encodeCertId(alice, ca.certificate)], nonce })

    it.each([1, 16, 32, 128])('of %i octets is repeated', (length) => {
      const nonce = new Uint8Array(length).fill(7)
      expect(basic({ request: withNonce(nonce) }).nonce).toEqual(nonce)
    })

    it('is not invented, and can be left out', () => {
      expect(basic({ request: withNonce(undefined) }).nonce).toBeUndefined()
      expect(basic({ request: withNonce(NONCE), nonce: false }).nonce).toBeUndefined()
    })

    it.each([0, 129])('of %i octets is malformed (RFC 9654 §2.1)', (length) => {
      expect(answer({ request: withNonce(new Uint8Array(length)) }).responseStatus).toBe('malformedRequest')
    })
  })

  describe('what is no request', () => {
    const request = about(alice)
    it.each([
      ['empty', new Uint8Array()],
      ['cut short', request.subarray(0, -1)],
      ['trailing octets', Uint8Array.of(...request, 0)],
      ['a response', ocspError('tryLater')],
      ['no certificate', encodeOcspRequest({ certIds: [] })],
    ])('%s', (_, bytes) => {
      expect(answer({ request: bytes }).responseStatus).toBe('malformedRequest')
    })

    it.each([
      ['critical', true, 'malformedRequest'],
      ['not critical', false, 'successful'],
    ] as const)('an unknown extension that is %s', (_, critical, expected) => {
      const certIds = [encodeCertId(alice, ca.certificate)]
      const extension = encodeExtension('2.999.1', critical, nullValue())
      expect(answer({ request: ocspRequestBytes({ certIds, extensions: [extension] }) }).responseStatus).toBe(expected)
    })
  })

  describe('with signatures required', () => {
    const certIds = [encodeCertId(alice, ca.certificate)]
    const key = generateKey('ec-p256')
    const requestor = {
      certificate: issue({ profile: 'client', from: ca, key }).certificate,
      signer: createSigner(key),
    }
    const signed = encodeOcspRequest({ certIds, requestor })
    const forged = signed.slice()
    // Inside the name of who asks, which is signed.
    const at = Buffer.from(forged).indexOf('test')
    forged[at] = 'T'.charCodeAt(0)

    it.each<readonly [string, Uint8Array, OcspResponseStatus]>([
      ['an unsigned request', about(alice), 'sigRequired'],
      ['a signed one', signed, 'successful'],
      ['one with a wrong signature', forged, 'unauthorized'],
    ])('%s', (_, request, expected) => {
      expect(answer({ request, requireSignature: true }).responseStatus).toBe(expected)
    })

    it('nothing else asks for them', () => {
      expect(answer({ request: signed }).responseStatus).toBe('successful')
    })
  })
})

describe('ocspError', () => {
  const errors = OCSP_RESPONSE_STATUSES.filter((status) => status !== undefined && status !== 'successful')
  it.each(errors)('%s', (status) => {
    const encoded = ocspError(status as Exclude<OcspResponseStatus, 'successful'>)
    expect(encoded.length).toBe(5)
    expect(parseOcspResponse(encoded)).toMatchObject({ responseStatus: status, basic: undefined })
  })
})

describe('encodeCertId', () => {
  it.each<CertIdDigest>(['sha1', 'sha256', 'sha384', 'sha512'])('names a certificate with %s', (digest) => {
    expect(encodeCertId(alice, ca.certificate, digest)).toEqual(certId(ca.certificate, alice.serialNumber, digest))
  })
})

describe('encodeOcspRequest', () => {
  const certIds = [encodeCertId(alice, ca.certificate), encodeCertId(bob, ca.certificate)]

  it('is read back, and recognised by its content', async () => {
    const encoded = encodeOcspRequest({ certIds, nonce: NONCE })
    const request = parseOcspRequest(encoded)
    expect(request.requests.map((one) => one.certId.encoded)).toEqual(certIds)
    expect(request).toMatchObject({ nonce: NONCE, requestorName: undefined, signature: undefined })
    expect((await readInput(encoded, { source: '-' })).kind).toBe('ocsp-request')
  })

  it('is signed in the name of who asks', async () => {
    const encoded = encodeOcspRequest({ certIds, requestor: DELEGATE })
    const { tbs, signature, requestorName } = parseOcspRequest(encoded)
    expect(requestorName).toMatchObject({ type: 'directoryName' })
    if (signature === undefined) throw new Error('the request is not signed')
    const { signatureAlgorithm, signature: bits } = signature
    expect(checkSignature(signatureAlgorithm, DELEGATE.certificate.publicKey, tbs, bits)).toBe('valid')
    expect((await readInput(encoded, { source: '-' })).kind).toBe('ocsp-request')
  })
})
