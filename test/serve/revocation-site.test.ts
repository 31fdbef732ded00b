import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parsePkcs7 } from '../../src/container/pkcs7.ts'
import { createSigner, type PrivateKey } from '../../src/keys/keys.ts'
import type { HttpAnswer } from '../../src/serve/http-answer.ts'
import { publishCrl } from '../../src/store/publish-crl.ts'
import { parseCertificate } from '../../src/x509/certificate.ts'
import { type CertificateList, parseCrl } from '../../src/x509/crl.ts'
import { type BasicOcspResponse, parseOcspResponse } from '../../src/x509/ocsp.ts'
import { encodeCertId, encodeOcspRequest } from '../../src/x509/ocsp-request-encoding.ts'
import { checkSignature } from '../../src/x509/signature.ts'
import { issue, NOW } from '../issue/authority.ts'
import { ALONE } from '../store/test-store.ts'
import { CRL_LIFETIME, later, OCSP_LIFETIME, putCredential, requestFor, type TestSite, testSite } from './test-site.ts'

const HOUR = 3600 * 1000

/** Serial numbers on a CRL. */
function listed({ body }: HttpAnswer): readonly bigint[] {
  return [...parseCrl(body).entries].map(({ serialNumber }) => serialNumber)
}

function statusOf(answer: HttpAnswer): string | undefined {
  return basicOf(answer).responses[0]?.certStatus.type
}

function basicOf({ body }: HttpAnswer): BasicOcspResponse {
  return parseOcspResponse(body).basic as BasicOcspResponse
}

describe('routes', () => {
  it.each([
    ['/crl/ca1.crl', 'application/pkix-crl'],
    ['/crl/root.crl?again', 'application/pkix-crl'],
    ['/aia/ca1.cer', 'application/pkix-cert'],
    ['/aia/ca1.p7c', 'application/pkcs7-mime; smime-type=certs-only'],
    ['/', 'text/html; charset=utf-8'],
  ])('GET %s: %s', async (target, type) => {
    const { status, headers } = await testSite().ask(target)
    expect({ status, type: headers['Content-Type'] }).toEqual({ status: 200, type })
  })

  it.each([
    '/crl/',
    '/crl/nobody.crl',
    '/crl/ca1.crt',
    '/crl/ca1-delta.crl',
    '/crl/ca1~user.crl',
    '/crl/../ca1.crl',
    '/crl/..%2fprivate%2fca1.crl',
    '/crl/ca1~..%2F..%2Fcrl%2Fca1.crl',
    '/crl/ca1~%00.crl',
    '/crl/ca1~.crl',
    '/crl/%zz.crl',
    '/aia/nobody.cer',
    '/ocsp',
    '/ocsp/',
    '/private/ca1.key',
    '/index.html',
    '*',
  ])('GET %s: 404', async (target) => {
    expect((await testSite().ask(target)).status).toBe(404)
  })

  it('nothing outside the folder of CRLs is read, whatever stands behind the tilde', async () => {
    const site = testSite()
    await site.ask('/crl/ca1.crl')
    copyFileSync(site.store.crlPath('ca1'), join(site.store.folder, 'elsewhere.crl'))
    mkdirSync(join(site.store.folder, 'crl', 'ca1~x'))
    expect((await site.ask('/crl/ca1~x%2F..%2F..%2Felsewhere.crl')).status).toBe(404)
    expect(() => site.store.crlPath('ca1', 'x/../../elsewhere')).toThrow(
      expect.objectContaining({ code: 'usage.name' }),
    )
    expect(site.problems).toEqual([])
  })

  it('a certificate that is no CA has neither a CRL nor a place', async () => {
    const site = testSite()
    site.add('alice')
    expect((await site.ask('/crl/alice.crl')).status).toBe(404)
    expect((await site.ask('/aia/alice.cer')).status).toBe(404)
  })

  it.each([
    ['POST', '/crl/ca1.crl', 'GET, HEAD'],
    ['PUT', '/ocsp/ca1', 'GET, HEAD, POST'],
    ['DELETE', '/', 'GET, HEAD'],
    ['OPTIONS', '/aia/ca1.cer', 'GET, HEAD'],
  ])('%s %s: 405', async (method, target, allow) => {
    const { status, headers } = await testSite().ask(target, { method })
    expect({ status, allow: headers.Allow }).toEqual({ status: 405, allow })
  })

  it('hands out the certificate, and with it those above', async () => {
    const { ask, ca, root } = testSite()
    expect(parseCertificate((await ask('/aia/ca1.cer')).body).encoded).toEqual(ca.certificate.encoded)
    const { certificates } = parsePkcs7((await ask('/aia/ca1.p7c')).body)
    const expected = [ca.certificate.encoded, root.certificate.encoded]
    expect(new Set(certificates.map(String))).toEqual(new Set(expected.map(String)))
  })
})

describe('CRL', () => {
  it('is made when asked for, signed by the CA, and put into the store', async () => {
    const { ask, ca, store } = testSite()
    const { body, headers } = await ask('/crl/ca1.crl')
    const crl = parseCrl(body)
    expect(checkSignature(crl.signatureAlgorithm, ca.certificate.publicKey, crl.tbs, crl.signature)).toBe('valid')
    expect(crl.thisUpdate.date).toEqual(NOW)
    expect(crl.nextUpdate?.date).toEqual(later(CRL_LIFETIME))
    expect(headers).toMatchObject({ 'Last-Modified': NOW.toUTCString(), Expires: later(CRL_LIFETIME).toUTCString() })
    expect(new Uint8Array(readFileSync(store.crlPath('ca1')))).toEqual(body)
    expect(store.journal().entries.at(-1)).toMatchObject({ event: 'crl-issued', crlNumber: '1' })
  })

  it('stays the same until something is revoked: the asker has it already', async () => {
    const { ask, add, revoke, setNow } = testSite()
    const alice = add('alice').certificate
    const first = await ask('/crl/ca1.crl')
    setNow(later(HOUR))
    add('bob')
    const again = await ask('/crl/ca1.crl', { headers: { 'if-none-match': first.headers.ETag as string } })
    expect(again.status).toBe(304)
    revoke(alice)
    const news = await ask('/crl/ca1.crl', { headers: { 'if-none-match': first.headers.ETag as string } })
    expect(news.status).toBe(200)
    expect(listed(news)).toEqual([alice.serialNumber])
    expect(parseCrl(news.body).decoded.cRLNumber).toBe(2n)
  })

  it('forgets a certificate that is no longer on hold', async () => {
    const { ask, add, revoke, undo } = testSite()
    const alice = add('alice').certificate
    revoke(alice, 'certificateHold')
    expect(listed(await ask('/crl/ca1.crl'))).toHaveLength(1)
    undo(alice)
    expect(listed(await ask('/crl/ca1.crl'))).toHaveLength(0)
  })

  it('is renewed when half its life is over, and not before', async () => {
    const { ask, setNow } = testSite()
    const number = async () => parseCrl((await ask('/crl/ca1.crl')).body).decoded.cRLNumber
    expect(await number()).toBe(1n)
    setNow(later(CRL_LIFETIME / 2 - 1))
    expect(await number()).toBe(1n)
    setNow(later(CRL_LIFETIME / 2))
    expect(await number()).toBe(2n)
  })

  it('is renewed when a revocation comes into force that was recorded before', async () => {
    const { ask, add, revoke, setNow } = testSite()
    revoke(add('alice').certificate, 'superseded', later(HOUR))
    expect(listed(await ask('/crl/ca1.crl'))).toHaveLength(0)
    setNow(later(HOUR - 1))
    expect(listed(await ask('/crl/ca1.crl'))).toHaveLength(0)
    setNow(later(HOUR))
    expect(listed(await ask('/crl/ca1.crl'))).toHaveLength(1)
  })

  it('is the one that pki crl made, while that knows everything; and its delta', async () => {
    const site = testSite()
    const { ask, store, ca, add, revoke } = site
    const issuer = { name: 'ca1', certificate: ca.certificate, signer: createSigner(ca.privateKey as PrivateKey) }
    const order = { issuer, scope: {}, thisUpdate: NOW, nextUpdate: later(40 * 24 * HOUR) }
    const made = publishCrl(store, order, { now: NOW, processes: ALONE })
    expect((await ask('/crl/ca1.crl')).body).toEqual(made.encoded)
    revoke(add('alice').certificate)
    const delta = publishCrl(store, { ...order, delta: true }, { now: NOW, processes: ALONE })
    expect((await ask('/crl/ca1-delta.crl')).body).toEqual(delta.encoded)
    expect((await ask('/crl/ca1~delta.crl')).body).toEqual(delta.encoded)
    // The delta has the higher number, and the complete one still knows nothing of alice.
    expect(listed(await ask('/crl/ca1.crl'))).toHaveLength(1)
  })

  it('a CRL of another key under the name of the CA is not handed out', async () => {
    const { ask, store, ca } = testSite()
    await ask('/crl/ca1.crl')
    const other = testSite()
    writeFileSync(store.crlPath('ca1'), (await other.ask('/crl/ca1.crl')).body)
    const crl = parseCrl((await ask('/crl/ca1.crl')).body)
    expect(checkSignature(crl.signatureAlgorithm, ca.certificate.publicKey, crl.tbs, crl.signature)).toBe('valid')
  })

  it('a file that is no CRL is reported and replaced', async () => {
    const { ask, store, problems } = testSite()
    await ask('/crl/ca1.crl')
    writeFileSync(store.crlPath('ca1'), 'rubbish')
    // publishCrl reads it for its number only where the journal knows none.
    expect((await ask('/crl/ca1.crl')).status).toBe(200)
    expect(problems).toEqual([expect.stringContaining('ca1.crl')])
  })

  it('where the store is locked it is handed out all the same, with a number that rises', async () => {
    const site = testSite({ processes: { pid: 4711, isRunning: () => true } })
    const { ask, store, problems, add, revoke } = site
    const alice = add('alice').certificate
    revoke(alice)
    writeFileSync(`${store.folder}/.lock`, '1\n')
    const first = parseCrl((await ask('/crl/ca1.crl')).body)
    expect(problems).toEqual([expect.stringContaining('without being stored')])
    expect((await ask('/crl/ca1.crl')).body).toEqual(first.encoded)
    expect(first.decoded.cRLNumber).toBe(1n)
  })
})

describe('OCSP', () => {
  it.each(['sha1', 'sha256'] as const)('good, then revoked: the store changes while it serves (%s)', async (digest) => {
    const { askOcsp, add, ca, revoke } = testSite()
    const alice = add('alice').certificate
    const request = requestFor(alice, ca.certificate, { digest })
    expect(statusOf(await askOcsp(request))).toBe('good')
    revoke(alice)
    const answer = await askOcsp(request)
    expect(basicOf(answer).responses[0]?.certStatus).toMatchObject({
      type: 'revoked',
      revocationTime: NOW,
      revocationReason: 'keyCompromise',
    })
    expect(basicOf(answer).responses[0]).toMatchObject({ thisUpdate: NOW, nextUpdate: later(OCSP_LIFETIME) })
  })

  it('a certificate that was never issued is unknown', async () => {
    const { askOcsp, ca } = testSite()
    const stranger = issue({ profile: 'client', from: ca }).certificate
    expect(statusOf(await askOcsp(requestFor(stranger, ca.certificate)))).toBe('unknown')
  })

  it.each<[string, (base64: string) => string]>([
    ['percent-encoded', encodeURIComponent],
    ['as it is', (base64) => base64],
    ['with base64url', (base64) => base64.replaceAll('+', '-').replaceAll('/', '_')],
    ['without padding', (base64) => base64.replace(/=+$/, '')],
    ['with a plus that became a space', (base64) => base64.replaceAll('+', '%20')],
  ])('GET, %s', async (_, encode) => {
    const { ask, add, ca } = testSite()
    const base64 = Buffer.from(requestFor(add('alice').certificate, ca.certificate)).toString('base64')
    const answer = await ask(`/ocsp/ca1/${encode(base64)}`)
    expect(answer.headers['Content-Type']).toBe('application/ocsp-response')
    expect(statusOf(answer)).toBe('good')
  })

  it('GET is for caches, POST and a nonce are not', async () => {
    const { ask, askOcsp, add, ca, setNow } = testSite()
    const alice = add('alice').certificate
    const path = (request: Uint8Array) => `/ocsp/ca1/${encodeURIComponent(Buffer.from(request).toString('base64'))}`
    const plain = requestFor(alice, ca.certificate)
    const first = await ask(path(plain))
    expect(first.headers).toMatchObject({
      'Cache-Control': 'max-age=60, public, no-transform, must-revalidate',
      'Last-Modified': NOW.toUTCString(),
      Expires: later(OCSP_LIFETIME).toUTCString(),
    })
    setNow(later(59_000))
    expect((await ask(path(plain), { headers: { 'if-none-match': first.headers.ETag as string } })).status).toBe(304)
    setNow(later(60_000))
    expect((await ask(path(plain), { headers: { 'if-none-match': first.headers.ETag as string } })).status).toBe(200)

    const nonce = new Uint8Array(32).fill(7)
    const answer = await ask(path(requestFor(alice, ca.certificate, { nonce })))
    expect(answer.headers['Cache-Control']).toBe('no-store')
    expect(basicOf(answer).nonce).toEqual(nonce)
    expect((await askOcsp(plain)).headers['Cache-Control']).toBe('no-store')
  })

  it('the answer to a small request is kept, that to a large one is made each time', async () => {
    const { askOcsp, add, ca, setNow } = testSite()
    const one = encodeCertId(add('alice').certificate, ca.certificate)
    const madeAt = async (times: number) => {
      const request = encodeOcspRequest({ certIds: new Array<Uint8Array>(times).fill(one) })
      return basicOf(await askOcsp(request)).producedAt
    }
    for (const times of [1, 100]) expect(await madeAt(times)).toEqual(NOW)
    setNow(later(1000))
    expect(await madeAt(1)).toEqual(NOW)
    expect(await madeAt(100)).toEqual(later(1000))
  })

  it.each<[string, (site: TestSite) => Promise<HttpAnswer>, string]>([
    ['octets that are no request', (site) => site.askOcsp(Buffer.from('hello')), 'malformedRequest'],
    ['nothing', (site) => site.askOcsp(new Uint8Array(0)), 'malformedRequest'],
    ['a GET without a request', (site) => site.ask('/ocsp/ca1'), 'malformedRequest'],
    ['a GET with text that is no base64', (site) => site.ask('/ocsp/ca1/M%C3%A9'), 'malformedRequest'],
    [
      'a request about another CA',
      ({ askOcsp, ca, root }) => askOcsp(requestFor(ca.certificate, root.certificate)),
      'unauthorized',
    ],
    [
      'an issuer that is not here',
      ({ askOcsp, ca, root }) => askOcsp(requestFor(ca.certificate, root.certificate), '/ocsp/nobody'),
      'unauthorized',
    ],
  ])('%s', async (_, ask, status) => {
    const answer = await ask(testSite())
    expect(answer).toMatchObject({ status: 200, headers: { 'Content-Type': 'application/ocsp-response' } })
    expect(parseOcspResponse(answer.body).responseStatus).toBe(status)
  })

  it('415 for another media type, whatever its parameters', async () => {
    const { ask, add, ca } = testSite()
    const body = requestFor(add('alice').certificate, ca.certificate)
    const post = (type: string) => ask('/ocsp/ca1', { method: 'POST', body, headers: { 'content-type': type } })
    expect((await post('application/x-www-form-urlencoded')).status).toBe(415)
    expect((await post('Application/OCSP-Request; x=y')).status).toBe(200)
  })

  it('is signed by the responder that the CA certified last, while it is valid and its key is here', async () => {
    const { askOcsp, store, ca, add, setNow, removeKey } = testSite()
    const request = requestFor(add('alice').certificate, ca.certificate)
    const signer = async () => basicOf(await askOcsp(request)).certificates[0]?.subject.key
    expect(await signer()).toBeUndefined() // the CA itself
    const put = (name: string, notBefore: string, from = ca) => {
      const overrides = { notBefore, notAfter: '10d' }
      const credential = issue({ profile: 'ocsp-responder', name, from, overrides })
      putCredential(store, name, credential, 'ocsp-responder')
      return credential.certificate.subject.key
    }
    const older = put('older', '2026-11-20')
    expect(await signer()).toBe(older)
    const newer = put('newer', '2026-11-21')
    expect(await signer()).toBe(newer)
    // Of another CA of the same name, and so not for us.
    put('stranger', '2026-11-21', issue({ profile: 'intermediate', name: 'ca1' }))
    expect(await signer()).toBe(newer)
    removeKey('newer')
    expect(await signer()).toBe(older)
    setNow(later(30 * 24 * HOUR))
    expect(await signer()).toBeUndefined()
  })
})

describe('keys', () => {
  it('without the key: the CRL in the store, internalError, and a line for the operator', async () => {
    const { ask, askOcsp, add, ca, removeKey, problems, revoke } = testSite()
    const alice = add('alice').certificate
    const { body } = await ask('/crl/ca1.crl')
    revoke(alice)
    removeKey('ca1')
    // It does not know of alice; but nobody can sign another one.
    expect((await ask('/crl/ca1.crl')).body).toEqual(body)
    const answer = await askOcsp(requestFor(alice, ca.certificate))
    expect(parseOcspResponse(answer.body).responseStatus).toBe('internalError')
    expect(problems).toEqual([expect.stringContaining('private key of ca1')])
  })

  it('without key and CRL: 503, and everything else goes on', async () => {
    const { ask, removeKey, problems } = testSite()
    removeKey('ca1')
    expect((await ask('/crl/ca1.crl')).status).toBe(503)
    expect((await ask('/crl/ca1.crl')).status).toBe(503)
    expect(problems).toHaveLength(1)
    expect((await ask('/crl/root.crl')).status).toBe(200)
    expect((await ask('/aia/ca1.cer')).status).toBe(200)
    expect((await ask('/')).status).toBe(200)
  })

  it.each([
    ['the password', 'open sesame', 200],
    ['another password', 'open', 503],
    ['no password', undefined, 503],
  ])('an encrypted key with %s', async (_, keyPassword, status) => {
    const { ask, encryptKey, ca } = testSite({ keyPassword })
    encryptKey('ca1', ca.privateKey as PrivateKey, 'open sesame')
    expect((await ask('/crl/ca1.crl')).status).toBe(status)
  })

  it('a key of somebody else does not sign', async () => {
    const { ask, encryptKey, root, problems } = testSite({ keyPassword: 'p' })
    encryptKey('ca1', root.privateKey as PrivateKey, 'p')
    expect((await ask('/crl/ca1.crl')).status).toBe(503)
    expect(problems).toEqual([expect.stringContaining("another certificate's")])
  })

  it('a CA that is made while it serves is served', async () => {
    const { ask, store, root } = testSite()
    expect((await ask('/crl/ca2.crl')).status).toBe(404)
    putCredential(store, 'ca2', issue({ profile: 'intermediate', name: 'ca2', from: root }), 'intermediate')
    expect((await ask('/crl/ca2.crl')).status).toBe(200)
  })

  it('a journal that says something unreadable about a revocation: nothing is signed, nothing falls over', async () => {
    const { ask, askOcsp, store, problems, add, ca } = testSite()
    const alice = add('alice').certificate
    const line = { v: 1, at: NOW.toISOString(), event: 'revoked', issuerKeyHash: 'x', serialNumber: '' }
    writeFileSync(store.journalPath, `${readFileSync(store.journalPath, 'utf8')}${JSON.stringify(line)}\n`)
    expect((await ask('/crl/ca1.crl')).status).toBe(503)
    const answer = await askOcsp(requestFor(alice, ca.certificate))
    expect(parseOcspResponse(answer.body).responseStatus).toBe('internalError')
    expect(problems.length).toBeGreaterThan(0)
  })
})

describe('time', () => {
  it('at a borrowed time nothing goes into the store', async () => {
    const site = testSite({ isBorrowedTime: true })
    site.setNow(later(1000 * 24 * HOUR))
    const answer = await site.ask('/crl/ca1.crl')
    expect(parseCrl(answer.body).thisUpdate.date).toEqual(later(1000 * 24 * HOUR))
    expect(answer.headers.Date).toBe(later(1000 * 24 * HOUR).toUTCString())
    expect(existsSync(site.store.crlPath('ca1'))).toBe(false)
    expect((await site.ask('/crl/ca1.crl')).body).toEqual(answer.body)
    const alice = site.add('alice').certificate
    site.revoke(alice)
    const news = await site.ask('/crl/ca1.crl')
    expect(listed(news)).toEqual([alice.serialNumber])
    expect(parseCrl(news.body).decoded.cRLNumber).toBe(2n)
  })

  it('Pki-Time is for one request, in the past as in the future', async () => {
    const { ask, add, ca, revoke, setNow } = testSite({ allowTimeHeader: true })
    const alice = add('alice').certificate
    setNow(later(HOUR))
    revoke(alice)
    const path = `/ocsp/ca1/${encodeURIComponent(Buffer.from(requestFor(alice, ca.certificate)).toString('base64'))}`
    expect(statusOf(await ask(path))).toBe('revoked')
    expect(statusOf(await ask(path, { headers: { 'pki-time': NOW.toISOString().replace('.000', '') } }))).toBe('good')
    expect(statusOf(await ask(path, { headers: { 'pki-time': '2030-01-01T00:00:00Z' } }))).toBe('revoked')
    expect(statusOf(await ask(path))).toBe('revoked')
    const crl = async (time: string) => parseCrl((await ask('/crl/ca1.crl', { headers: { 'pki-time': time } })).body)
    expect([...(await crl('-1h')).entries]).toHaveLength(0)
    expect((await crl('+1h')).thisUpdate.date).toEqual(later(2 * HOUR))
  })

  it('where Pki-Time is allowed, caches keep answers to it apart', async () => {
    const { ask } = testSite({ allowTimeHeader: true })
    for (const headers of [{}, { 'pki-time': '+1h' }]) {
      expect((await ask('/crl/ca1.crl', { headers })).headers.Vary).toBe('Pki-Time')
    }
    expect((await testSite().ask('/crl/ca1.crl')).headers.Vary).toBeUndefined()
  })

  it.each([
    ['not allowed', false, '2030-01-01'],
    ['no time', true, 'tomorrow'],
  ])('Pki-Time %s: 400', async (_, allowTimeHeader, text) => {
    const { ask } = testSite({ allowTimeHeader })
    expect((await ask('/crl/ca1.crl', { headers: { 'pki-time': text } })).status).toBe(400)
  })
})

describe('faults', () => {
  const crlOf = async (site: TestSite): Promise<CertificateList> => parseCrl((await site.ask('/crl/ca1.crl')).body)

  it('http500', async () => {
    const { ask } = testSite({ faults: ['/crl/*:http500'] })
    expect((await ask('/crl/ca1.crl')).status).toBe(500)
    expect((await ask('/aia/ca1.cer')).status).toBe(200)
  })

  it('garbage has the right type and is nothing', async () => {
    const { ask, askOcsp, add, ca } = testSite({ faults: ['garbage'] })
    const answer = await ask('/crl/ca1.crl')
    expect(answer).toMatchObject({ status: 200, headers: { 'Content-Type': 'application/pkix-crl' } })
    expect(() => parseCrl(answer.body)).toThrow()
    const ocsp = await askOcsp(requestFor(add('alice').certificate, ca.certificate))
    expect(() => parseOcspResponse(ocsp.body)).toThrow()
  })

  it('stale: rightly signed, and over', async () => {
    const site = testSite({ faults: ['stale'] })
    const crl = await crlOf(site)
    expect(crl.nextUpdate?.date).toEqual(later(-CRL_LIFETIME))
    const { certificate } = site.ca
    expect(checkSignature(crl.signatureAlgorithm, certificate.publicKey, crl.tbs, crl.signature)).toBe('valid')
    const answer = await site.askOcsp(requestFor(site.add('alice').certificate, certificate))
    expect(basicOf(answer).responses[0]?.nextUpdate).toEqual(later(-OCSP_LIFETIME))
    expect(existsSync(site.store.crlPath('ca1'))).toBe(false)
  })

  it('unsigned: everything right but the signature', async () => {
    const site = testSite({ faults: ['unsigned'] })
    const { certificate } = site.ca
    const crl = await crlOf(site)
    expect(crl.thisUpdate.date).toEqual(NOW)
    expect(checkSignature(crl.signatureAlgorithm, certificate.publicKey, crl.tbs, crl.signature)).toBe('invalid')
    const basic = basicOf(await site.askOcsp(requestFor(site.add('alice').certificate, certificate)))
    expect(checkSignature(basic.signatureAlgorithm, certificate.publicKey, basic.tbs, basic.signature)).toBe('invalid')
  })

  it('tryLater: of OCSP by its own error, of the rest by status 503', async () => {
    const { ask, askOcsp, add, ca } = testSite({ faults: ['tryLater'] })
    const ocsp = await askOcsp(requestFor(add('alice').certificate, ca.certificate))
    expect(parseOcspResponse(ocsp.body).responseStatus).toBe('tryLater')
    expect(await ask('/crl/ca1.crl')).toMatchObject({ status: 503, headers: { 'Retry-After': '30' } })
    expect((await ask('/aia/ca1.cer')).status).toBe(503)
  })

  it('delay', async () => {
    const { ask } = testSite({ faults: ['/crl/*:delay=80ms'] })
    const begin = performance.now()
    expect((await ask('/crl/ca1.crl')).status).toBe(200)
    expect(performance.now() - begin).toBeGreaterThan(70)
  })
})

describe('status page', () => {
  it('is HTML without scripts; what it shows is escaped', async () => {
    const { ask, store, root } = testSite({ faults: ['/<b>:http500'] })
    const overrides = { subject: 'CN=\\<script\\>alert(1)\\</script\\>' }
    putCredential(store, 'x', issue({ profile: 'intermediate', name: 'x', from: root, overrides }), 'intermediate')
    const { headers, body } = await ask('/')
    const html = Buffer.from(body).toString('utf8')
    expect(headers['Content-Security-Policy']).toContain("default-src 'none'")
    expect(html).not.toMatch(/<script|<b>/)
    expect(html).toContain('&lt;script')
    expect(html).toContain('/crl/ca1.crl')
  })

  it('is JSON for who accepts that', async () => {
    const { ask, add, revoke, removeKey } = testSite()
    revoke(add('alice').certificate)
    await ask('/crl/ca1.crl')
    removeKey('root')
    const { headers, body } = await ask('/', { headers: { accept: 'application/json' } })
    expect(headers).toMatchObject({ 'Content-Type': 'application/json', Vary: 'Accept' })
    expect(JSON.parse(Buffer.from(body).toString('utf8'))).toMatchObject({
      schema: 'pki.status/1',
      authorities: [
        { name: 'root', revoked: 0, crlNumber: null, keyProblem: expect.stringContaining('root'), ocspResponder: null },
        { name: 'ca1', revoked: 1, crlNumber: '1', keyProblem: null, paths: { crl: '/crl/ca1.crl' } },
      ],
    })
  })
})
