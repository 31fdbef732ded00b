/** The loop around the engine: what is fetched, when, from whom, and what is said where nothing came of it. */

import { describe, expect, it } from 'vitest'
import { formatPem } from '../../src/der/pem.ts'
import { context, integer, octetString, oid, sequence, setOf } from '../../src/der/writer.ts'
import { MAX_URLS_PER_CERTIFICATE, MAX_URLS_PER_VERIFICATION } from '../../src/online/source.ts'
import { verifyOnline } from '../../src/online/verify-online.ts'
import { parseCrl } from '../../src/x509/crl.ts'
import { encodeDistributionPoints } from '../../src/x509/extension-encoding.ts'
import { parseOcspResponse } from '../../src/x509/ocsp.ts'
import { parseOcspRequest } from '../../src/x509/ocsp-request.ts'
import { CONTENT_TYPE, KEY_PURPOSE, OCSP } from '../../src/x509/oids.ts'
import { AT, at, days, holder, point, revoked, write } from '../path/build-crl.ts'
import { extension } from '../x509/certificate-bytes.ts'
import { failedResponse, revokedStatus, UNKNOWN } from '../x509/ocsp-bytes.ts'
import { type Answer, type Asked, evidenceServer, witness } from './evidence-server.ts'
import {
  crl,
  GARBAGE,
  type Hierarchy,
  hierarchy,
  ocsp,
  type Pointers,
  pointing,
  verifyLeaf,
} from './online-hierarchy.ts'

/** A server that gets its answers after the hierarchy is made, which needs its port. */
async function world(pointers: (url: string) => Pointers, ofCa: (url: string) => Pointers = () => ({})) {
  const answers: Record<string, Answer | ((request: Asked) => Answer)> = {}
  const server = await evidenceServer((request) => {
    const path = Object.keys(answers).find((prefix) => request.path.startsWith(prefix))
    const answer = path === undefined ? undefined : answers[path]
    return typeof answer === 'function' ? answer(request) : answer
  })
  const made: Hierarchy = hierarchy(pointers(server.url), ofCa(server.url))
  return { ...server, ...made, answers }
}

const nothingListens = 'http://127.0.0.1:1'

describe('CRLs', () => {
  const withCrl = () => world((url) => ({ crl: [`${url}/ca.crl`] }))

  it('are fetched from the distribution point, and named in the log', async () => {
    const made = await withCrl()
    const sent = crl(made.ca)
    made.answers['/ca.crl'] = sent
    const verdict = await verifyLeaf(made)
    expect(verdict).toMatchObject({ valid: true, told: [], log: ['crl /ca.crl network used'] })
    expect(verdict.evidence).toMatchObject([
      {
        certificate: made.leaf.certificate,
        status: 200,
        bytes: sent.length,
        evidence: 'CRL 1 of CN=ca, 2026-05-31T00:00:00Z',
        failure: undefined,
      },
    ])
  })

  it('condemn', async () => {
    const made = await withCrl()
    made.answers['/ca.crl'] = crl(made.ca, { entries: [revoked(7)] })
    expect(await verifyLeaf(made)).toMatchObject({
      valid: false,
      told: ['revoked@0'],
      log: ['crl /ca.crl network used'],
    })
  })

  it('may be PEM', async () => {
    const made = await withCrl()
    made.answers['/ca.crl'] = { body: formatPem('X509 CRL', crl(made.ca)) }
    expect(await verifyLeaf(made)).toMatchObject({ valid: true })
    made.answers['/ca.crl'] = { body: formatPem('CERTIFICATE', crl(made.ca)) }
    expect((await verifyLeaf(made)).told).toEqual(['unknown@0', 'not-fetched@0 malformed'])
  })

  it('made while they are fetched are not of the future, if the present was meant', async () => {
    const made = await withCrl()
    made.answers['/ca.crl'] = crl(made.ca, { thisUpdate: days(1) })
    const dayByDay = [AT, days(1)]
    const now = () => (dayByDay.length > 1 ? dayByDay.shift() : dayByDay[0]) as Date
    expect(await verifyLeaf(made, { at: 'now', fetch: { now } })).toMatchObject({ valid: true })
    expect((await verifyLeaf(made)).told).toEqual(['unknown@0', 'crl-not-yet-valid@0'])
  })

  it('that settle nothing are told of as evidence', async () => {
    const made = await withCrl()
    made.answers['/ca.crl'] = crl(made.ca, { thisUpdate: days(-9), nextUpdate: days(-8) })
    expect(await verifyLeaf(made)).toMatchObject({
      valid: false,
      told: ['unknown@0', 'crl-expired@0'],
      log: ['crl /ca.crl network'],
    })
  })

  it('are not fetched where the evidence given suffices', async () => {
    const made = await withCrl()
    const given = parseCrl(crl(made.ca))
    const verdict = await verifyLeaf(made, { revocation: { scope: 'end-entity', crls: [given] } })
    expect(verdict).toMatchObject({ valid: true, evidence: [] })
    const stapled = parseOcspResponse(ocsp(made.ca, 7))
    expect(await verifyLeaf(made, { revocation: { scope: 'end-entity', ocspResponses: [stapled] } })).toMatchObject({
      valid: true,
      evidence: [],
    })
    expect(made.asked).toEqual([])
  })

  it('of both levels are fetched, each once, though two certificates name one', async () => {
    const made = await world(
      (url) => ({ crl: [`${url}/all.crl`] }),
      (url) => ({ crl: [`${url}/all.crl`] }),
    )
    made.answers['/all.crl'] = crl(made.root)
    const verdict = await verifyLeaf(made, { revocation: {} })
    expect(verdict.told).toEqual(['unknown@0'])
    expect(verdict.log).toEqual(['crl /all.crl network used', 'crl /all.crl network used'])
    expect(made.asked).toHaveLength(1)
  })

  it('of each distribution point are fetched, and the next name of a point where one fails', async () => {
    const made = await world(() => ({}))
    const half = (reasons: readonly ['keyCompromise'] | readonly ['superseded']) => ({
      issuingDistributionPoint: { onlySomeReasons: reasons },
    })
    made.answers['/a.crl'] = crl(made.ca, half(['keyCompromise']))
    made.answers['/b.crl'] = crl(made.ca, { ...half(['superseded']), number: 2n, entries: [revoked(7)] })
    const names = [`${nothingListens}/`, 'ldap://127.0.0.1/cn=a', `${made.url}/a.crl`]
    const fullName = names.map((value) => ({ type: 'uniformResourceIdentifier', value }) as const)
    const points = [
      point({ distributionPoint: { fullName }, reasons: ['keyCompromise'] }),
      point({ distributionPoint: at(`${made.url}/b.crl`), reasons: ['superseded'] }),
    ]
    const leaf = holder({ name: 'l', issuer: made.ca, serialNumber: 7, cA: false, cRLDistributionPoints: points })
    const verdict = await verifyLeaf({ ...made, leaf })
    expect(verdict.told).toEqual(['revoked@0'])
    expect([...verdict.log].sort()).toEqual([
      'crl / none',
      'crl /a.crl network',
      'crl /b.crl network used',
      'crl ldap://127.0.0.1/cn=a none',
    ])
  })

  it('come with the delta that they point to', async () => {
    const made = await withCrl()
    const freshestCRL = encodeDistributionPoints([point({ distributionPoint: at(`${made.url}/delta.crl`) })])
    made.answers['/ca.crl'] = crl(made.ca, { extensions: [write('freshestCRL', freshestCRL)] })
    made.answers['/delta.crl'] = crl(made.ca, { number: 2n, deltaBase: 1n, entries: [revoked(7)] })
    expect((await verifyLeaf(made)).told).toEqual(['revoked@0'])
  })
})

describe('OCSP', () => {
  const withOcsp = () => world((url) => ({ ocsp: [`${url}/ocsp`] }))

  it('is asked with GET where the request is short', async () => {
    const made = await withOcsp()
    made.answers['/ocsp'] = ocsp(made.ca, 7)
    expect(await verifyLeaf(made)).toMatchObject({ valid: true, told: [], log: ['ocsp /ocsp network used'] })
    const [{ method, path } = { method: '', path: '' }] = made.asked
    expect(method).toBe('GET')
    const request = parseOcspRequest(Buffer.from(decodeURIComponent(path.replace('/ocsp/', '')), 'base64'))
    expect(request.requests.map(({ certId }) => certId.serialNumber)).toEqual([7n])
    expect(request.nonce).toBeUndefined()
  })

  it('is asked with POST where the URL would reach 255 octets', async () => {
    const made = await world((url) => ({ ocsp: [`${url}/ocsp/${'x'.repeat(200)}`] }))
    made.answers['/ocsp'] = ocsp(made.ca, 7)
    expect(await verifyLeaf(made)).toMatchObject({ valid: true })
    const [{ method, body } = { method: '', body: new Uint8Array() }] = made.asked
    expect(method).toBe('POST')
    expect(parseOcspRequest(body).requests).toHaveLength(1)
  })

  it('comes before CRLs, which are fetched only if it does not tell', async () => {
    const made = await world((url) => ({ ocsp: [`${url}/ocsp`], crl: [`${url}/ca.crl`] }))
    made.answers['/ca.crl'] = crl(made.ca)
    made.answers['/ocsp'] = ocsp(made.ca, 7)
    expect((await verifyLeaf(made)).log).toEqual(['ocsp /ocsp network used'])
    made.answers['/ocsp'] = ocsp(made.ca, 7, { status: UNKNOWN })
    expect(await verifyLeaf(made)).toMatchObject({
      valid: true,
      log: ['ocsp /ocsp network', 'crl /ca.crl network used'],
    })
  })

  it.each([
    ['condemns', { status: revokedStatus(days(-10)) }, ['revoked@0']],
    ['may not know', { status: UNKNOWN }, ['unknown@0', 'ocsp-status-unknown@0']],
    ['may be out of date', { thisUpdate: days(-9), nextUpdate: days(-8) }, ['unknown@0', 'ocsp-expired@0']],
  ])('%s', async (_, fields, told) => {
    const made = await withOcsp()
    made.answers['/ocsp'] = ocsp(made.ca, 7, fields)
    expect((await verifyLeaf(made)).told).toEqual(told)
  })

  it('is asked of the next responder where one does not answer', async () => {
    const made = await world((url) => ({ ocsp: [nothingListens, `${url}/busy`, `${url}/ocsp`] }))
    made.answers['/busy'] = failedResponse(3)
    made.answers['/ocsp'] = ocsp(made.ca, 7)
    const verdict = await verifyLeaf(made)
    expect(verdict.log).toEqual(['ocsp  none', 'ocsp /busy none', 'ocsp /ocsp network used'])
    expect(verdict.told).toEqual([])
    expect(verdict.evidence[1]?.failure).toEqual({ reason: 'not-successful', detail: 'tryLater' })
  })

  it('checks the responder that is not exempt', async () => {
    const made = await withOcsp()
    const responder = holder({
      name: 'responder',
      issuer: made.ca,
      serialNumber: 20,
      cA: false,
      extKeyUsage: [KEY_PURPOSE.OCSPSigning],
      ...pointing({ crl: [`${made.url}/responders.crl`] }),
    })
    made.answers['/ocsp'] = ocsp(made.ca, 7, { by: responder, certificates: [responder.certificate] })
    // Tells about responders, and nothing about the leaf.
    const issuingDistributionPoint = {
      distributionPoint: at(`${made.url}/responders.crl`),
      onlyContainsUserCerts: true,
    }
    const revocation = { scope: 'exclude-root', crls: [parseCrl(crl(made.root))] } as const
    made.answers['/responders.crl'] = crl(made.ca, { issuingDistributionPoint })
    expect(await verifyLeaf(made, { revocation })).toMatchObject({ valid: true })
    made.answers['/responders.crl'] = crl(made.ca, { issuingDistributionPoint, entries: [revoked(20)] })
    expect((await verifyLeaf(made, { revocation })).told).toEqual([
      'unknown@0',
      'ocsp-responder-status@0',
      'crl-scope@0',
    ])
  })

  describe('with a nonce', () => {
    const nonce = () => new Uint8Array(32).fill(7)
    const repeated = (octet: number) => [extension(OCSP.nonce, octetString(new Uint8Array(32).fill(octet)))]

    it.each([
      ['that is repeated', repeated(7), []],
      ['that is another', repeated(8), ['unknown@0', 'not-fetched@0 nonce']],
      ['that is missing', undefined, ['unknown@0', 'not-fetched@0 nonce']],
    ] as const)('%s', async (_, responseExtensions, told) => {
      const made = await withOcsp()
      made.answers['/ocsp'] = ocsp(made.ca, 7, responseExtensions === undefined ? {} : { responseExtensions })
      expect((await verifyLeaf(made, { revocation: { scope: 'end-entity', nonce } })).told).toEqual(told)
    })
  })
})

describe('what cannot be fetched', () => {
  it('is told of with the URL and the reason, by whoever lacks it', async () => {
    const made = await world((url) => ({ crl: [`${url}/gone.crl`] }))
    const { findings } = await verifyLeaf(made)
    expect(findings).toContainEqual({
      code: 'revocation.not-fetched',
      certificate: 0,
      url: `${made.url}/gone.crl`,
      reason: 'http-status',
      detail: '404',
    })
  })

  const cases: readonly [what: string, pointers: (url: string) => Pointers, answer: Answer, reason: string][] = [
    ['nowhere', () => ({}), GARBAGE, 'nothing-named'],
    ['https', () => ({ crl: ['https://127.0.0.1/a.crl'] }), GARBAGE, 'not-http'],
    ['ldap', () => ({ crl: ['ldap://127.0.0.1/cn=a'] }), GARBAGE, 'not-http'],
    ['file', () => ({ ocsp: ['file:///etc/passwd'] }), GARBAGE, 'not-http'],
    ['no URL', () => ({ crl: ['a.crl'] }), GARBAGE, 'malformed-url'],
    ['elsewhere', () => ({ crl: ['http://192.0.2.1/a.crl'] }), GARBAGE, 'host-not-allowed'],
    ['elsewhere by name', () => ({ ocsp: ['http://ocsp.example.com'] }), GARBAGE, 'host-not-allowed'],
    ['no CRL', (url) => ({ crl: [`${url}/`] }), GARBAGE, 'malformed'],
    ['no OCSP response', (url) => ({ ocsp: [`${url}/`] }), GARBAGE, 'malformed'],
    ['an error', (url) => ({ crl: [`${url}/`] }), { status: 500 }, 'http-status'],
    ['an excuse', (url) => ({ ocsp: [`${url}/`] }), failedResponse(6), 'not-successful'],
    ['somebody else’s response', (url) => ({ ocsp: [`${url}/`] }), ocsp(holder({ name: 'x' }), 7), 'about-others'],
    ['something huge', (url) => ({ ocsp: [`${url}/`] }), new Uint8Array(70_000), 'too-large'],
    ['nobody', () => ({ crl: [`${nothingListens}/a.crl`] }), GARBAGE, 'unreachable'],
  ]
  it.each(cases)('pointing to %s', async (_, pointers, answer, reason) => {
    const contacted = witness()
    const made = await world(pointers)
    made.answers['/'] = answer
    expect(await verifyLeaf(made)).toMatchObject({ valid: false, told: ['unknown@0', `not-fetched@0 ${reason}`] })
    expect(contacted.filter((peer) => !peer.startsWith('127.0.0.1:'))).toEqual([])
  })

  it('is tolerated where that was asked for, but not before it was tried', async () => {
    const made = await world((url) => ({ crl: [`${url}/ca.crl`] }))
    const revocation = { scope: 'end-entity', softFail: true } as const
    const tolerated = await verifyLeaf(made, { revocation })
    expect(tolerated).toMatchObject({ valid: true, told: ['unknown-tolerated@0', 'not-fetched@0 http-status'] })
    made.answers['/ca.crl'] = crl(made.ca, { entries: [revoked(7)] })
    expect(await verifyLeaf(made, { revocation })).toMatchObject({ valid: false, told: ['revoked@0'] })
  })

  it('of an anchor is no fault', async () => {
    const made = await world(
      (url) => ({ crl: [`${url}/ca.crl`] }),
      (url) => ({ crl: [`${url}/root.crl`] }),
    )
    made.answers['/ca.crl'] = crl(made.ca)
    made.answers['/root.crl'] = crl(made.root)
    const revocation = { scope: 'entire-chain' } as const
    expect(await verifyLeaf(made, { revocation })).toMatchObject({ valid: true, told: [] })
  })

  it('below a revoked CA is not even tried', async () => {
    const made = await world(
      (url) => ({ crl: [`${url}/ca.crl`] }),
      (url) => ({ crl: [`${url}/root.crl`] }),
    )
    made.answers['/root.crl'] = crl(made.root, { entries: [revoked(2)] })
    made.answers['/ca.crl'] = crl(made.ca)
    const given = [parseCrl(crl(made.root, { entries: [revoked(2)] }))]
    const verdict = await verifyLeaf(made, { revocation: { crls: given } })
    expect(verdict).toMatchObject({ told: ['issuer-revoked@0', 'revoked@1'], evidence: [] })
  })
})

describe('nobody else is contacted', () => {
  it('whatever certificates name, redirects included; nor is a name looked up', async () => {
    const contacted = witness()
    const lookedUp: string[] = []
    const bystander = await evidenceServer(() => GARBAGE, '127.0.0.2')
    const made = await world(
      (url) => ({
        crl: [
          'http://crl.example.com/a.crl',
          'http://192.0.2.1/a.crl',
          `${url}/away`,
          'ftp://127.0.0.2/',
          'http://[2001:db8::1]/',
        ],
        ocsp: ['http://ocsp.example.com/', 'https://127.0.0.2/', 'http://0.0.0.0/', `${url}/away`],
        issuer: ['http://ca.example.com/a.cer'],
      }),
      () => ({ issuer: ['http://ca.example.com/b.cer'], crl: ['http://10.0.0.1/'] }),
    )
    made.answers['/away'] = { status: 302, headers: { Location: 'http://www.example.com/' } }
    const lookup = async (name: string) => {
      lookedUp.push(name)
      return [{ address: '127.0.0.2', family: 4 }]
    }
    const verdict = await verifyLeaf(made, {
      revocation: {},
      aia: true,
      untrusted: [],
      fetch: { now: () => AT, lookup },
    })
    expect(verdict.valid).toBe(false)
    const checked = await verifyLeaf(made, { revocation: {}, fetch: { now: () => AT, lookup } })
    expect(checked.valid).toBe(false)
    expect(new Set(contacted)).toEqual(new Set([`127.0.0.1:${made.port}`]))
    expect(lookedUp).toEqual([])
    expect(bystander.asked).toEqual([])
  })

  it('and who is allowed is, at the address that the name resolved to', async () => {
    const contacted = witness()
    const made = await world(() => ({}))
    made.answers['/a.crl'] = crl(made.ca)
    const leaf = holder({
      name: 'l',
      issuer: made.ca,
      serialNumber: 7,
      cA: false,
      ...pointing({ crl: [`http://crl.example.com:${made.port}/a.crl`] }),
    })
    const lookup = async () => [{ address: '127.0.0.1', family: 4 }]
    const fetch = { now: () => AT, lookup, allowedHosts: ['crl.example.com'] }
    expect(await verifyLeaf({ ...made, leaf }, { fetch })).toMatchObject({ valid: true })
    expect(contacted).toEqual([`127.0.0.1:${made.port}`])
    expect(made.asked).toMatchObject([{ host: `crl.example.com:${made.port}` }])
  })
})

describe('limits', () => {
  it(`${MAX_URLS_PER_CERTIFICATE} places of a certificate are asked`, async () => {
    const urls = (url: string, count: number) => Array.from({ length: count }, (_, i) => `${url}/${i}`)
    const fits = await world((url) => ({ ocsp: urls(url, MAX_URLS_PER_CERTIFICATE) }))
    expect((await verifyLeaf(fits)).told).not.toContain('not-fetched@0 too-many-urls')
    const made = await world((url) => ({ ocsp: urls(url, MAX_URLS_PER_CERTIFICATE + 1) }))
    expect((await verifyLeaf(made)).told).toContain('not-fetched@0 too-many-urls')
    expect(made.asked).toHaveLength(MAX_URLS_PER_CERTIFICATE)
  })

  it(`${MAX_URLS_PER_VERIFICATION} places are asked for one verification`, async () => {
    const server = await evidenceServer(() => ({ status: 500 }))
    const ofLevel = (level: number) => pointing({ ocsp: [0, 1, 2, 3, 4].map((i) => `${server.url}/${level}/${i}`) })
    const root = holder({ name: 'root' })
    const cas = [root]
    for (let level = 1; level <= 6; level++) {
      const issuer = cas.at(-1) as typeof root
      cas.push(holder({ name: `ca${level}`, issuer, serialNumber: level, ...ofLevel(level) }))
    }
    const verdict = await verifyOnline((cas.at(-1) as typeof root).certificate, {
      trustAnchors: [root.certificate],
      untrusted: cas.map(({ certificate }) => certificate),
      at: AT,
      revocation: {},
      fetch: { now: () => AT },
    })
    expect(server.asked).toHaveLength(MAX_URLS_PER_VERIFICATION)
    expect(verdict.evidence.filter(({ failure }) => failure?.reason === 'too-many-urls').length).toBeGreaterThan(0)
  })
})

describe('AIA', () => {
  /** Two CAs between leaf and root, each certificate pointing to its issuer's. */
  async function chase(answerOf: (name: 'ca1' | 'ca2', der: Uint8Array) => Answer | undefined) {
    const certificates = new Map<string, Uint8Array>()
    const server = await evidenceServer(({ path }) => {
      const name = path.slice(1) as 'ca1' | 'ca2'
      const der = certificates.get(name)
      return der && answerOf(name, der)
    })
    const to = (...names: string[]) => pointing({ issuer: names.map((name) => `${server.url}/${name}`) })
    const root = holder({ name: 'root' })
    const ca1 = holder({ name: 'ca1', issuer: root, serialNumber: 2, ...to('root') })
    const ca2 = holder({ name: 'ca2', issuer: ca1, serialNumber: 3, ...to('ca1') })
    const leaf = holder({ name: 'leaf', issuer: ca2, serialNumber: 7, cA: false, ...to('missing', 'ca2') })
    certificates.set('ca1', ca1.certificate.encoded).set('ca2', ca2.certificate.encoded)
    const options = { untrusted: [], revocation: undefined, aia: true }
    return {
      ...server,
      verdict: await verifyLeaf({ root, ca: ca1, leaf }, options),
      hierarchy: { root, ca: ca1, leaf },
    }
  }

  const certsOnly = (...certificates: readonly Uint8Array[]) =>
    sequence(
      oid(CONTENT_TYPE.signedData),
      context(0, sequence(integer(1), setOf(), sequence(oid(CONTENT_TYPE.data)), context(0, ...certificates), setOf())),
    )

  it.each([
    ['DER', (_: string, der: Uint8Array) => der],
    ['PEM', (_: string, der: Uint8Array) => ({ body: formatPem('CERTIFICATE', der) })],
    ['p7c', (_: string, der: Uint8Array) => certsOnly(der)],
    ['p7c in PEM', (_: string, der: Uint8Array) => ({ body: formatPem('PKCS7', certsOnly(der)) })],
  ])('finds missing issuers, one after the other, in %s', async (_, answerOf) => {
    const { verdict, asked } = await chase(answerOf)
    expect(verdict).toMatchObject({ valid: true, told: [] })
    expect(verdict.log).toEqual(['issuer /missing none', 'issuer /ca2 network used', 'issuer /ca1 network used'])
    expect(asked.map(({ path }) => path)).toEqual(['/missing', '/ca2', '/ca1'])
  })

  it('only if asked for, and only if one is missing', async () => {
    const { hierarchy: made, asked } = await chase((_, der) => der)
    const before = asked.length
    expect(await verifyLeaf(made, { untrusted: [], revocation: undefined })).toMatchObject({
      valid: false,
      told: ['path.issuer-not-found@0'],
      evidence: [],
    })
    expect(asked).toHaveLength(before)
  })

  it('tells what came of it where the path stays incomplete', async () => {
    const { verdict } = await chase((name) => (name === 'ca2' ? GARBAGE : undefined))
    expect(verdict.told).toEqual([
      'path.issuer-not-found@0',
      'path.issuer-not-fetched@0 http-status',
      'path.issuer-not-fetched@0 malformed',
    ])
    const orphan = hierarchy({})
    const alone = await verifyLeaf(orphan, { untrusted: [], revocation: undefined, aia: true })
    expect(alone.told).toEqual(['path.issuer-not-found@0', 'path.issuer-not-fetched@0 nothing-named'])
  })

  it('trusts nothing that came', async () => {
    const stranger = holder({ name: 'root' })
    const made = await world(
      (url) => ({ issuer: [`${url}/ca`] }),
      (url) => ({ issuer: [`${url}/root`] }),
    )
    made.answers['/ca'] = made.ca.certificate.encoded
    made.answers['/root'] = made.root.certificate.encoded
    const options = { untrusted: [], revocation: undefined, aia: true, trustAnchors: [stranger.certificate] }
    expect((await verifyLeaf(made, options)).valid).toBe(false)
  })

  it('asks nobody for the issuer of a root', async () => {
    const made = await world((url) => ({ issuer: [`${url}/`] }))
    const root = holder({ name: 'other', ...pointing({ issuer: [`${made.url}/`] }) })
    const leaf = holder({ name: 'leaf', issuer: root, serialNumber: 7, cA: false })
    const options = { untrusted: [root.certificate], revocation: undefined, aia: true }
    expect((await verifyLeaf({ ...made, leaf }, options)).told).toEqual(['path.untrusted-root@1'])
    expect(made.asked).toEqual([])
  })

  it('ends with issuers that point in a circle, and with ever new ones', async () => {
    const made = await world((url) => ({ issuer: [`${url}/a`] }))
    const circle = (name: string, issuer: string, next: string) =>
      holder({
        name,
        issuer: holder({ name: issuer }),
        serialNumber: 9,
        ...pointing({ issuer: [`${made.url}/${next}`] }),
      })
    made.answers['/a'] = circle('ca', 'x', 'b').certificate.encoded
    made.answers['/b'] = circle('x', 'ca', 'a').certificate.encoded
    const options = { untrusted: [], revocation: undefined, aia: true }
    expect((await verifyLeaf(made, options)).valid).toBe(false)
    expect(made.asked.length).toBeLessThanOrEqual(3)

    let count = 0
    delete made.answers['/a']
    const next = () => circle(count === 0 ? 'ca' : `ca${count}`, `ca${++count}`, `a${count}`).certificate.encoded
    made.answers['/a'] = next
    expect((await verifyLeaf(made, options)).valid).toBe(false)
    expect(count).toBe(MAX_URLS_PER_VERIFICATION)
  })

  it('takes ten certificates of one answer', async () => {
    const others = (count: number) =>
      Array.from({ length: count }, (_, i) => holder({ name: `o${i}` }).certificate.encoded)
    const made = await world((url) => ({ issuer: [`${url}/many`] }))
    const options = { untrusted: [], revocation: undefined, aia: true }
    made.answers['/many'] = certsOnly(...others(9), made.ca.certificate.encoded)
    expect((await verifyLeaf(made, options)).valid).toBe(true)
    made.answers['/many'] = certsOnly(...others(10), made.ca.certificate.encoded)
    expect((await verifyLeaf(made, options)).valid).toBe(false)
  })
})
