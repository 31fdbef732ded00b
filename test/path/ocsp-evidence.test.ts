/** Revocation by OCSP responses, RFC 6960 §3.2 and §4.2.2: who may sign, what is current, and CRLs beside them. */

import { describe, expect, it } from 'vitest'
import type { CrlRequest } from '../../src/issue/crl.ts'
import { type Verdict, verifyCertificate } from '../../src/path/verify.ts'
import { encodeInfoAccess, encodeOcspNoCheck } from '../../src/x509/extension-encoding.ts'
import { type OcspResponse, parseOcspResponse } from '../../src/x509/ocsp.ts'
import { ACCESS_METHOD, KEY_PURPOSE, OCSP } from '../../src/x509/oids.ts'
import { extension } from '../x509/certificate-bytes.ts'
import {
  byKey,
  byName,
  certId,
  failedResponse,
  ocspResponseBytes,
  type ResponseFields,
  revokedStatus,
  type SingleFields,
  singleResponse,
  UNKNOWN,
} from '../x509/ocsp-bytes.ts'
import { AT, crl, days, type Holder, type HolderFields, holder, revoked, write } from './build-crl.ts'

const ROOT = holder({ name: 'root' })
const CA = holder({ name: 'ca', issuer: ROOT, serialNumber: 2 })
const LEAF = holder({ name: 'leaf', issuer: CA, serialNumber: 7, cA: false }).certificate
const STRANGER = holder({ name: 'stranger' })

interface Case extends Partial<SingleFields>, Partial<Pick<ResponseFields, 'certificates'>> {
  readonly by?: Holder
  readonly responderId?: Uint8Array
  readonly responseExtensions?: readonly Uint8Array[]
}

/** A response about the leaf that says `good` from yesterday to tomorrow and is signed by its CA, unless told otherwise. */
function response({ by = CA, responderId, certificates, responseExtensions, ...single }: Case = {}): OcspResponse {
  const fields = { certId: certId(CA.certificate, 7), thisUpdate: days(-1), nextUpdate: days(1), ...single }
  return parseOcspResponse(
    ocspResponseBytes({
      signer: by.signer,
      responderId: responderId ?? byName(by.certificate),
      responses: [singleResponse({ certId: certId(CA.certificate, 8), thisUpdate: AT }), singleResponse(fields)],
      producedAt: AT,
      ...(certificates === undefined ? {} : { certificates }),
      ...(responseExtensions === undefined ? {} : { extensions: responseExtensions }),
    }),
  )
}

function verify(
  ocspResponses: readonly OcspResponse[],
  leafCrl?: Partial<CrlRequest>,
  rootCrl?: Partial<CrlRequest>,
): Verdict {
  return verifyCertificate(LEAF, {
    trustAnchors: [ROOT.certificate],
    at: AT,
    untrusted: [CA.certificate],
    revocation: { crls: [crl(ROOT, rootCrl), ...(leafCrl === undefined ? [] : [crl(CA, leafCrl)])], ocspResponses },
  })
}

function codes({ findings }: Verdict): readonly string[] {
  return findings.map(({ code, certificate }) => `${code.replace('revocation.', '')}@${certificate}`)
}

function facts(verdict: Verdict, code: string): object | undefined {
  return verdict.findings.find((found) => found.code === code)
}

const MUTED = 'unknown@0'
const EXPIRED = { thisUpdate: days(-3), nextUpdate: days(-1) }
const DER_NULL = Uint8Array.of(5, 0)
const second = (number: number) => new Date(AT.getTime() + number * 1000)

describe('a response', () => {
  it('that says good clears, and is named as the source', () => {
    const verdict = verify([response()])
    expect(codes(verdict)).toEqual([])
    expect(verdict.statuses[1]).toEqual({
      certificate: 0,
      state: 'unrevoked',
      sources: ['OCSP response of CN=ca, 2026-05-31T00:00:00Z'],
    })
  })

  it('that says revoked condemns', () => {
    const verdict = verify([response({ status: revokedStatus(days(-10), 'keyCompromise') })])
    expect(codes(verdict)).toEqual(['revoked@0'])
    expect(facts(verdict, 'revocation.revoked')).toMatchObject({
      reason: 'keyCompromise',
      revocationDate: days(-10),
      source: 'OCSP response of CN=ca, 2026-05-31T00:00:00Z',
      stale: false,
    })
  })

  it.each([
    ['at its thisUpdate', { thisUpdate: AT }, []],
    ['a second before its thisUpdate', { thisUpdate: second(1) }, [MUTED, 'ocsp-not-yet-valid@0']],
    ['at its nextUpdate', { nextUpdate: AT }, []],
    ['a second after its nextUpdate', { nextUpdate: second(-1) }, [MUTED, 'ocsp-expired@0']],
    ['a day old, without nextUpdate', { nextUpdate: undefined, thisUpdate: days(-1) }, []],
    ['older, without nextUpdate', { nextUpdate: undefined, thisUpdate: days(-1.001) }, [MUTED, 'ocsp-expired@0']],
    ['that does not know the certificate', { status: UNKNOWN }, [MUTED, 'ocsp-status-unknown@0']],
    ['about another certificate', { certId: certId(CA.certificate, 9) }, [MUTED]],
    ['about a certificate of another issuer', { certId: certId(STRANGER.certificate, 7) }, [MUTED]],
    ['with a SHA-256 CertID', { certId: certId(CA.certificate, 7, 'sha256') }, []],
    ['of a responder named by its key', { responderId: byKey(CA.certificate) }, []],
    ['with an unknown extension', { extensions: [extension('1.2.3', DER_NULL)] }, []],
    [
      'with an unknown critical extension',
      { extensions: [extension('1.2.3', DER_NULL, true)] },
      [MUTED, 'ocsp-critical-extension@0'],
    ],
    [
      'with an unknown critical extension of the whole',
      { responseExtensions: [extension('1.2.3', DER_NULL, true)] },
      [MUTED, 'ocsp-critical-extension@0'],
    ],
    ['with a critical nonce', { responseExtensions: [extension(OCSP.nonce, Uint8Array.of(4, 1, 1), true)] }, []],
    ['signed with another key', { by: { ...CA, signer: STRANGER.signer } }, [MUTED, 'ocsp-signature@0']],
    ['of somebody unknown', { by: STRANGER }, [MUTED, 'ocsp-responder-not-found@0']],
  ] as const)('%s', (_, fields, expected) => {
    expect(codes(verify([response(fields)]))).toEqual(expected)
  })

  it('that is none is told of', () => {
    const verdict = verify([parseOcspResponse(failedResponse(3))])
    expect(codes(verdict)).toEqual([MUTED, 'ocsp-not-successful@0'])
    expect(facts(verdict, 'revocation.ocsp-not-successful')).toMatchObject({ status: 'tryLater' })
  })

  it('of the future does not condemn', () => {
    const verdict = verify([response({ thisUpdate: second(1), status: revokedStatus(AT) })])
    expect(codes(verdict)).toEqual([MUTED, 'ocsp-not-yet-valid@0'])
  })

  it('out of date condemns all the same, but for a hold', () => {
    const old = { thisUpdate: days(-9), nextUpdate: days(-8) }
    const gone = verify([response({ ...old, status: revokedStatus(days(-10), 'superseded') })])
    expect(facts(gone, 'revocation.revoked')).toMatchObject({ stale: true })
    const held = verify([response({ ...old, status: revokedStatus(days(-10), 'certificateHold') })])
    expect(codes(held)).toEqual([MUTED, 'ocsp-expired@0'])
  })
})

describe('of several responses', () => {
  const says = (thisUpdate: Date, status?: Uint8Array) => response({ thisUpdate, ...(status && { status }) })
  const hold = (thisUpdate: Date, nextUpdate = days(1)) =>
    response({ thisUpdate, nextUpdate, status: revokedStatus(days(-10), 'certificateHold') })
  it.each([
    ['a newer one lifts a hold', [hold(days(-2)), says(days(-1))], []],
    ['in whichever order they come', [says(days(-1)), hold(days(-2))], []],
    ['one a second newer is newer', [hold(days(-1)), says(new Date(days(-1).getTime() + 1000))], []],
    ['one of the same second is not', [hold(days(-1)), says(days(-1))], ['revoked@0']],
    ['a newer hold condemns', [says(days(-2)), hold(days(-1))], ['revoked@0']],
    ['every hold must be lifted', [hold(days(-3)), says(days(-2)), hold(days(-1))], ['revoked@0']],
    ['one that is signed by nobody known lifts nothing', [hold(days(-2)), response({ by: STRANGER })], ['revoked@0']],
    ['one of the future lifts nothing', [hold(days(-2)), says(second(1))], ['revoked@0']],
    [
      'one that is out of date lifts nothing',
      [hold(days(-3)), response({ thisUpdate: days(-2), nextUpdate: days(-1) })],
      ['revoked@0'],
    ],
    [
      'a revocation is for good',
      [says(days(-2), revokedStatus(days(-10), 'superseded')), says(days(-1))],
      ['revoked@0'],
    ],
    ['also one without a reason', [says(days(-2), revokedStatus(days(-10))), says(days(-1))], ['revoked@0']],
  ] as const)('%s', (_, responses, expected) => {
    expect(codes(verify(responses))).toEqual(expected)
  })

  it('a copy costs nothing, nor does a second statement in one response', () => {
    const { encoded } = response()
    const copies = Array.from({ length: 150 }, () => parseOcspResponse(encoded))
    expect(codes(verify(copies))).toEqual([])
    const single = singleResponse({ certId: certId(CA.certificate, 7), thisUpdate: days(-1), nextUpdate: days(1) })
    const wordy = ocspResponseBytes({
      signer: CA.signer,
      responderId: byName(CA.certificate),
      responses: Array.from({ length: 150 }, () => single),
      producedAt: AT,
    })
    expect(codes(verify([parseOcspResponse(wordy)]))).toEqual([])
  })
})

describe('a delegated responder', () => {
  const noCheck = [write('ocspNoCheck', encodeOcspNoCheck())]
  const fields: HolderFields = {
    name: 'responder',
    issuer: CA,
    serialNumber: 20,
    cA: false,
    extKeyUsage: [KEY_PURPOSE.OCSPSigning],
    extensions: noCheck,
  }
  const judge = (changes: Partial<HolderFields>, leafCrl?: Partial<CrlRequest>) => {
    const by = holder({ ...fields, ...changes })
    return verify([response({ by, certificates: [by.certificate] })], leafCrl)
  }
  const unauthorized = (verdict: Verdict) => facts(verdict, 'revocation.ocsp-responder-unauthorized')

  it('that the CA certified for the purpose clears', () => {
    expect(codes(judge({}))).toEqual([])
    const by = holder(fields)
    const named = response({
      by,
      responderId: byKey(by.certificate),
      certificates: [STRANGER.certificate, by.certificate],
    })
    expect(codes(verify([named]))).toEqual([])
  })

  it.each([
    ['without OCSPSigning', { extKeyUsage: [KEY_PURPOSE.serverAuth] }, 'no-ocsp-signing'],
    ['with anyExtendedKeyUsage', { extKeyUsage: [KEY_PURPOSE.anyExtendedKeyUsage] }, 'no-ocsp-signing'],
    ['whose key may not sign', { keyUsage: ['keyEncipherment'] }, 'key-usage'],
    ['of another CA', { issuer: ROOT }, 'not-issued-by-ca'],
    ['of another CA of that name', { issuer: holder({ name: 'ca' }) }, 'not-issued-by-ca'],
    ['out of date', { notAfter: second(-1) }, 'not-issued-by-ca'],
    [
      'with an unknown critical extension',
      { extensions: [{ oid: '1.2.3', critical: true, value: DER_NULL }] },
      'not-issued-by-ca',
    ],
  ] as const)('%s is not authorized', (_, changes, mismatch) => {
    const verdict = judge(changes)
    expect(codes(verdict)).toEqual([MUTED, 'ocsp-responder-unauthorized@0'])
    expect(unauthorized(verdict)).toMatchObject({ mismatch, responder: 'CN=responder' })
  })

  it('must send its certificate along, or have it among the others', () => {
    const by = holder(fields)
    expect(codes(verify([response({ by })]))).toEqual([MUTED, 'ocsp-responder-not-found@0'])
    const verdict = verifyCertificate(LEAF, {
      trustAnchors: [ROOT.certificate],
      at: AT,
      untrusted: [CA.certificate, by.certificate],
      revocation: { crls: [crl(ROOT)], ocspResponses: [response({ by })] },
    })
    expect(codes(verdict)).toEqual([])
  })

  // Covers the leaf for one reason only, and lists the responder.
  const revokesResponder = {
    issuingDistributionPoint: { onlySomeReasons: ['keyCompromise'] as const },
    entries: [revoked(20)],
  }

  it('with nocheck is believed whatever is said of it', () => {
    expect(codes(judge({}, revokesResponder))).toEqual([])
  })

  describe('without nocheck', () => {
    const value = encodeInfoAccess([
      {
        accessMethod: ACCESS_METHOD.ocsp,
        accessLocation: { type: 'uniformResourceIdentifier', value: 'http://a.test/' },
      },
    ])
    const somewhereToAsk = { extensions: [write('authorityInfoAccess', value)] }
    // Covers the responder and, by its scope, not the leaf.
    const otherScope = { issuingDistributionPoint: { onlyContainsCACerts: true } }

    it('is believed unless it is known to be revoked, where its certificate names nowhere to ask', () => {
      expect(codes(judge({ extensions: [] }, otherScope))).toEqual([])
      const verdict = judge({ extensions: [] }, revokesResponder)
      expect(codes(verdict)).toEqual([MUTED, 'ocsp-responder-status@0'])
      expect(facts(verdict, 'revocation.ocsp-responder-status')).toMatchObject({ status: 'revoked' })
    })

    it('needs a known status where its certificate names somewhere to ask', () => {
      const verdict = judge(somewhereToAsk, otherScope)
      expect(codes(verdict)).toEqual([MUTED, 'ocsp-responder-status@0', 'crl-scope@0'])
      expect(facts(verdict, 'revocation.ocsp-responder-status')).toMatchObject({ status: 'unknown' })
    })

    it('is not believed about itself, nor are two about each other', () => {
      const a = holder({ ...fields, ...somewhereToAsk, name: 'a', serialNumber: 20 })
      const b = holder({ ...fields, ...somewhereToAsk, name: 'b', serialNumber: 21 })
      const says = (by: Holder, serialNumber: number) =>
        response({ by, certificates: [by.certificate], certId: certId(CA.certificate, serialNumber) })
      expect(codes(verify([says(a, 7), says(CA, 20)]))).toEqual([])
      expect(codes(verify([says(a, 7), says(b, 20), says(CA, 21)]))).toEqual([])
      expect(codes(verify([says(a, 7), says(a, 20)]))).toEqual([MUTED, 'ocsp-responder-status@0'])
      const both = verify([says(a, 7), says(b, 20), says(a, 21)])
      expect(both.valid).toBe(false)
      expect(new Set(codes(both))).toEqual(new Set([MUTED, 'ocsp-responder-status@0']))
    })
  })
})

describe('CRL and OCSP together', () => {
  const bad = response({ status: revokedStatus(days(-10)) })
  const gone = response({ status: revokedStatus(days(-10)), thisUpdate: days(-9), nextUpdate: days(-8) })
  it.each([
    ['either clears', [response()], undefined, []],
    ['both clear', [response()], {}, []],
    ['the CRL condemns', [response()], { entries: [revoked(7)] }, ['revoked@0']],
    ['the response condemns', [bad], {}, ['revoked@0']],
    ['one response condemns', [response(), bad], undefined, ['revoked@0']],
    ['a response out of date condemns', [gone], EXPIRED, ['revoked@0']],
    ['a response out of date does not condemn what a CRL clears', [gone], {}, []],
    ['nor what another response clears', [gone, response()], undefined, []],
    ['a response clears what an expired CRL lists', [response()], { ...EXPIRED, entries: [revoked(7)] }, []],
    ['a response makes up for an expired CRL', [response()], EXPIRED, []],
  ] as const)('%s', (_, responses, leafCrl, expected) => {
    expect(codes(verify(responses, leafCrl))).toEqual(expected)
  })

  it('nothing is believed of a revoked CA', () => {
    expect(codes(verify([response()], undefined, { entries: [revoked(2)] }))).toEqual(['issuer-revoked@0', 'revoked@1'])
  })
})
