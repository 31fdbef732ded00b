/** `pki verify` with the net: the flags, what is asked of whom, and the log that a person and a script can read. */

import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { formatPem } from '../../src/der/pem.ts'
import { parseOcspRequest } from '../../src/x509/ocsp-request.ts'
import { type Answer, evidenceServer, rawServer, witness } from '../online/evidence-server.ts'
import { crl, hierarchy, ocsp, type Pointers } from '../online/online-hierarchy.ts'
import { AT, days, revoked } from '../path/build-crl.ts'
import { folderOfTest } from '../temporary-folder.ts'
import { revokedStatus } from '../x509/ocsp-bytes.ts'
import { type MemoryIoOptions, runPki } from './memory-io.ts'

/** A folder with `leaf.pem`, `chain.pem` (leaf and CA) and `root.pem`, and a server behind their pointers. */
async function world(ofLeaf: (url: string) => Pointers, ofCa: (url: string) => Pointers = () => ({})) {
  const answers: Record<string, Answer> = {}
  const server = await evidenceServer(({ path }) => answers[`/${path.split('/')[1]}`])
  const made = hierarchy(ofLeaf(server.url), ofCa(server.url))
  const { root, ca, leaf } = made
  const folder = folderOfTest()
  const pem = (...encodings: readonly Uint8Array[]) => encodings.map((one) => formatPem('CERTIFICATE', one)).join('')
  writeFileSync(join(folder, 'root.pem'), pem(root.certificate.encoded))
  writeFileSync(join(folder, 'leaf.pem'), pem(leaf.certificate.encoded))
  writeFileSync(join(folder, 'chain.pem'), pem(leaf.certificate.encoded, ca.certificate.encoded))
  const verify = (line: string, options: Partial<MemoryIoOptions> = {}) =>
    runPki(['verify', '--trust', 'root.pem', ...line.split(' ')], { cwd: folder, now: AT, ...options })
  const judged = async (line: string, options: Partial<MemoryIoOptions> = {}) => {
    const { exitCode, stdout, stderr } = await verify(`${line} --json`, options)
    const [report] = exitCode < 2 ? JSON.parse(stdout).certificates : [undefined]
    const codes: string[] = (report?.findings ?? []).map(
      ({ code, facts }: { code: string; facts: { reason?: string } }) =>
        code.endsWith('not-fetched') ? `${code} ${facts.reason}` : code,
    )
    return { exitCode, stderr, report, codes }
  }
  return { ...server, ...made, answers, folder, verify, judged }
}

const withCrl = () => world((url) => ({ crl: [`${url}/ca.crl`] }))
const ONLINE = '--revocation online --revocation-scope end-entity'

describe('--revocation online', () => {
  it('fetches what certificates point to', async () => {
    const made = await world(
      (url) => ({ ocsp: [`${url}/ocsp`] }),
      (url) => ({ crl: [`${url}/root.crl`] }),
    )
    made.answers['/ocsp'] = ocsp(made.ca, 7)
    made.answers['/root.crl'] = crl(made.root)
    expect(await made.judged('chain.pem --revocation online')).toMatchObject({ exitCode: 0, codes: [] })
    made.answers['/ocsp'] = ocsp(made.ca, 7, { status: revokedStatus(days(-2), 'superseded') })
    expect(await made.judged('chain.pem --revocation online')).toMatchObject({
      exitCode: 1,
      codes: ['revocation.revoked'],
    })
  })

  it('shows in --json where the evidence is from', async () => {
    const made = await withCrl()
    const sent = crl(made.ca)
    made.answers['/ca.crl'] = sent
    const { report } = await made.judged(`chain.pem ${ONLINE}`)
    expect(report.evidence).toEqual([
      {
        kind: 'crl',
        url: `${made.url}/ca.crl`,
        certificate: 0,
        subject: 'CN=leaf',
        origin: 'network',
        httpStatus: 200,
        size: sent.length,
        failure: null,
        source: 'CRL 1 of CN=ca, 2026-05-31T00:00:00Z',
        notKept: null,
        used: true,
      },
    ])
    delete made.answers['/ca.crl']
    const failed = await made.judged(`chain.pem ${ONLINE}`)
    expect(failed.codes).toEqual(['revocation.unknown', 'revocation.not-fetched http-status'])
    expect(failed.report.evidence).toMatchObject([
      {
        origin: 'none',
        httpStatus: 404,
        size: 0,
        failure: { code: 'http-status', message: '404' },
        source: null,
        used: false,
      },
    ])
  })

  it('shows it to people with --explain', async () => {
    const made = await withCrl()
    made.answers['/ca.crl'] = crl(made.ca)
    const { stdout } = await made.verify(`chain.pem ${ONLINE} --explain`)
    const text = stdout.replaceAll(/\s+/g, ' ')
    expect(text).toContain(`${made.url}/ca.crl for CN=leaf: CRL 1 of CN=ca, 2026-05-31T00:00:00Z; `)
    expect(text).toContain('octets, fetched, HTTP 200')
    expect(text).toContain('revocation online, end-entity')
    delete made.answers['/ca.crl']
    const failed = (await made.verify(`chain.pem ${ONLINE} --explain`)).stdout.replaceAll(/\s+/g, ' ')
    expect(failed).toContain(`not fetched ${made.url}/ca.crl for CN=leaf: the server answered with HTTP status 404`)
  })

  it('with --soft-fail passes what stays unknown, and nothing that is revoked', async () => {
    const made = await withCrl()
    expect((await made.judged(`chain.pem ${ONLINE} --soft-fail`)).exitCode).toBe(0)
    made.answers['/ca.crl'] = crl(made.ca, { entries: [revoked(7)] })
    expect((await made.judged(`chain.pem ${ONLINE} --soft-fail`)).exitCode).toBe(1)
  })

  it('fetches once for several certificates, unless told otherwise', async () => {
    const made = await withCrl()
    made.answers['/ca.crl'] = crl(made.ca)
    const again = 'chain.pem chain.pem chain.pem'
    expect((await made.judged(`${again} ${ONLINE}`)).exitCode).toBe(0)
    expect(made.asked).toHaveLength(1)
    expect((await made.judged(`${again} ${ONLINE} --no-cache`)).exitCode).toBe(0)
    expect(made.asked).toHaveLength(4)
  })

  it('--fetch-timeout ends waiting', async () => {
    const silent = await rawServer(() => undefined)
    const made = await world(() => ({ crl: [`${silent.url}/ca.crl`] }))
    const { codes } = await made.judged(`chain.pem ${ONLINE} --fetch-timeout 1s`)
    expect(codes).toEqual(['revocation.unknown', 'revocation.not-fetched timed-out'])
  })

  it('--ocsp-nonce sends one that must come back', async () => {
    const made = await world((url) => ({ ocsp: [`${url}/ocsp`] }))
    made.answers['/ocsp'] = ocsp(made.ca, 7)
    expect((await made.judged(`chain.pem ${ONLINE} --ocsp-nonce`)).codes).toContain('revocation.not-fetched nonce')
    const [{ path, body } = { path: '', body: new Uint8Array() }] = made.asked
    const inPath = Buffer.from(decodeURIComponent(path.replace('/ocsp/', '')), 'base64')
    expect(parseOcspRequest(body.length === 0 ? new Uint8Array(inPath) : body).nonce).toHaveLength(32)
  })
})

describe('--allow-hosts', () => {
  const elsewhere = () => world(() => ({ crl: ['http://192.0.2.1/a.crl'] }))

  it('names who may be asked; nobody else is contacted', async () => {
    const contacted = witness()
    const made = await elsewhere()
    const { codes, exitCode } = await made.judged(
      `chain.pem ${ONLINE} --allow-hosts a.test,b.test --allow-hosts c.test`,
    )
    expect({ codes, exitCode }).toEqual({
      codes: ['revocation.unknown', 'revocation.not-fetched host-not-allowed'],
      exitCode: 1,
    })
    expect(contacted).toEqual([])
  })

  it('comes from the environment too', async () => {
    const made = await withCrl()
    const { exitCode, stderr } = await made.judged(`chain.pem ${ONLINE}`, { env: { PKI_ALLOW_HOSTS: 'http://a.test' } })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('not a host: http://a.test')
  })
})

describe('--cache-dir', () => {
  it('keeps what was fetched for the next run, and for --revocation offline', async () => {
    const made = await withCrl()
    made.answers['/ca.crl'] = crl(made.ca)
    expect((await made.judged(`chain.pem ${ONLINE} --cache-dir cache`)).exitCode).toBe(0)
    expect(readdirSync(join(made.folder, 'cache'))).toHaveLength(1)
    const second = await made.judged(`chain.pem ${ONLINE} --cache-dir cache`)
    expect(second.report.evidence).toMatchObject([{ origin: 'cache', httpStatus: null, used: true }])
    const offline = '--revocation offline --revocation-scope end-entity'
    expect((await made.judged(`chain.pem ${offline} --cache-dir cache`)).exitCode).toBe(0)
    expect((await made.judged(`chain.pem ${offline}`)).exitCode).toBe(1)
    expect(made.asked).toHaveLength(1)
    const anew = await made.judged(`chain.pem ${ONLINE} --no-cache`, { env: { PKI_CACHE_DIR: 'cache' } })
    expect(anew.report.evidence).toMatchObject([{ origin: 'network' }])
  })

  it('that cannot be written is told of, and is no reason to reject', async () => {
    const made = await withCrl()
    made.answers['/ca.crl'] = crl(made.ca)
    const { exitCode, report } = await made.judged(`chain.pem ${ONLINE} --cache-dir root.pem`)
    expect(exitCode).toBe(0)
    expect(report.evidence[0].notKept).toContain('root.pem')
  })

  it('without it, nothing is written', async () => {
    const made = await withCrl()
    made.answers['/ca.crl'] = crl(made.ca)
    await made.judged(`chain.pem ${ONLINE}`)
    expect(readdirSync(made.folder).sort()).toEqual(['chain.pem', 'leaf.pem', 'root.pem'])
  })
})

describe('--aia', () => {
  const withIssuer = async () => {
    const made = await world((url) => ({ issuer: [`${url}/ca.cer`] }))
    made.answers['/ca.cer'] = made.ca.certificate.encoded
    return made
  }

  it('fetches missing issuers', async () => {
    const made = await withIssuer()
    expect(await made.judged('leaf.pem')).toMatchObject({ exitCode: 1, codes: ['path.issuer-not-found'] })
    expect(made.asked).toEqual([])
    const { exitCode, report } = await made.judged('leaf.pem --aia')
    expect(exitCode).toBe(0)
    expect(report.evidence).toMatchObject([{ kind: 'issuer', certificate: 0, source: 'CN=ca', used: true }])
  })

  it('asks about no revocation that was not asked for', async () => {
    const made = await world((url) => ({ issuer: [`${url}/ca.cer`], crl: [`${url}/ca.crl`] }))
    made.answers['/ca.cer'] = made.ca.certificate.encoded
    expect((await made.judged('leaf.pem --aia')).exitCode).toBe(0)
    expect((await made.judged('leaf.pem --aia --revocation offline')).codes).toEqual([
      'revocation.unknown',
      'revocation.unknown',
    ])
    expect(made.asked.map(({ path }) => path)).toEqual(['/ca.cer', '/ca.cer'])
  })

  it('says what came of it', async () => {
    const made = await world((url) => ({ issuer: [`${url}/ca.cer`] }))
    expect((await made.judged('leaf.pem --aia')).codes).toEqual([
      'path.issuer-not-found',
      'path.issuer-not-fetched http-status',
    ])
  })
})

describe('--ocsp-response', () => {
  it('is evidence at hand: by itself it means offline, and saves asking', async () => {
    const made = await world((url) => ({ ocsp: [`${url}/ocsp`] }))
    writeFileSync(join(made.folder, 'good.ocsp'), ocsp(made.ca, 7))
    writeFileSync(join(made.folder, 'ca.ocsp'), ocsp(made.root, 2))
    const files = '--ocsp-response good.ocsp --ocsp-response ca.ocsp'
    expect((await made.judged(`chain.pem ${files}`)).exitCode).toBe(0)
    expect((await made.judged(`chain.pem ${files} --revocation online`)).report.evidence).toEqual([])
    expect((await made.judged('chain.pem --ocsp-response good.ocsp')).codes).toEqual(['revocation.unknown'])
    expect(made.asked).toEqual([])
  })

  it('that condemns rejects', async () => {
    const made = await world(() => ({}))
    writeFileSync(join(made.folder, 'bad.ocsp'), ocsp(made.ca, 7, { status: revokedStatus(days(-2)) }))
    expect((await made.judged('chain.pem --ocsp-response bad.ocsp --revocation-scope end-entity')).codes).toEqual([
      'revocation.revoked',
    ])
  })
})

describe('wrong use', () => {
  const cases: readonly { line: string; exitCode: number; code: string }[] = [
    { line: 'chain.pem --revocation sometimes', exitCode: 2, code: 'usage.option' },
    { line: 'chain.pem --ocsp-response root.pem', exitCode: 3, code: 'input.malformed' },
    { line: 'chain.pem --ocsp-response root.pem --revocation none', exitCode: 2, code: 'usage.option' },
    { line: 'chain.pem --ocsp-response missing', exitCode: 3, code: 'input.not-found' },
    { line: 'chain.pem --revocation online --allow-hosts *', exitCode: 2, code: 'usage.general-name' },
    { line: 'chain.pem --revocation online --fetch-timeout 0s', exitCode: 2, code: 'usage.time' },
    { line: 'chain.pem --revocation online --fetch-timeout 11m', exitCode: 2, code: 'usage.time' },
    { line: 'chain.pem --revocation online --fetch-timeout 1mo', exitCode: 2, code: 'usage.time' },
    { line: 'chain.pem --revocation online --fetch-timeout soon', exitCode: 2, code: 'usage.time' },
  ]
  it.each(cases)('$line', async ({ line, exitCode, code }) => {
    const made = await withCrl()
    const result = await made.verify(`${line} --json`)
    expect(result.exitCode).toBe(exitCode)
    expect(JSON.parse(result.stdout || result.stderr)).toMatchObject({ code })
  })
})
