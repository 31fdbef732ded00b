/** `pki ocsp`: a question, its answer, the judgement; and what `pki show` makes of the files. */

import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ocspError } from '../../src/issue/ocsp.ts'
import { parseOcspResponse } from '../../src/x509/ocsp.ts'
import { parseOcspRequest } from '../../src/x509/ocsp-request.ts'
import { pictureOf } from '../temporary-folder.ts'
import { type Session, sessionWithStore } from './session.ts'

const bytesOf = ({ folder }: Session, file: string) => new Uint8Array(readFileSync(join(folder, file)))

/** Two certificates of `ca1`, and a responder. */
async function world(): Promise<Session> {
  const session = await sessionWithStore()
  await session.done('issue client alice --from ca1')
  await session.done('issue ocsp-responder responder --from ca1')
  return session
}

/** Asks about `names`, answers, and judges the answer. */
async function roundTrip(session: Session, names: string, respond = '', query = '') {
  await session.done(`ocsp query ${names} --issuer ca1 --nonce --request-out q --force`)
  await session.done(`ocsp respond q --issuer ca1 --out r --force ${respond}`.trim())
  const { exitCode, stdout } = await session.pki(
    `ocsp query ${names} --issuer ca1 --request q --response r --json ${query}`.trim(),
  )
  return { exitCode, ...JSON.parse(stdout) }
}

describe('pki ocsp', () => {
  it.each([
    ['the CA', ''],
    ['a delegate', '--signer responder'],
    ['a delegate by name', '--signer responder --responder-id name'],
  ])('asks, answers and judges: %s signs', async (_, respond) => {
    const session = await world()
    await session.done('revoke alice --reason superseded')
    expect(await roundTrip(session, 'web', respond)).toMatchObject({
      exitCode: 0,
      schema: 'pki.ocsp-query/1',
      responseStatus: 'successful',
      certificates: [{ source: 'web', status: 'good', reliable: true, findings: [] }],
    })
    expect(await roundTrip(session, 'web alice', respond)).toMatchObject({
      exitCode: 1,
      certificates: [
        { source: 'web', status: 'good', reliable: true },
        {
          source: 'alice',
          status: 'revoked',
          reliable: true,
          revocationReason: 'superseded',
          findings: [{ code: 'revocation.revoked' }],
        },
      ],
    })
  })

  it('writes a request with what was asked for', async () => {
    const session = await world()
    await session.done('ocsp query web --request-out plain')
    await session.done('ocsp query web --issuer ca1 --nonce --digest sha256 --request-out more')
    const [plain, more] = [parseOcspRequest(bytesOf(session, 'plain')), parseOcspRequest(bytesOf(session, 'more'))]
    expect([plain.nonce, more.nonce?.length]).toEqual([undefined, 32])
    expect([plain, more].map(({ requests }) => requests[0]?.certId.issuerKeyHash.length)).toEqual([20, 32])
  })

  it('answers unknown for what was never issued here', async () => {
    const session = await world()
    await session.done('init root --dir other --name ca1')
    await session.done('issue client eve --from ca1 --dir other')
    await session.done('ocsp query eve --dir other --request-out q')
    await session.done('ocsp respond q --issuer ca1 --out r')
    expect(parseOcspResponse(bytesOf(session, 'r')).basic?.responses[0]?.certStatus).toEqual({ type: 'unknown' })
  })

  it('answers a garbled request with an error response, which is an answer too', async () => {
    const session = await world()
    writeFileSync(join(session.folder, 'q'), 'garbage')
    const answered = JSON.parse(await session.done('ocsp respond q --issuer ca1 --out r --json'))
    expect(answered).toMatchObject({ responseStatus: 'malformedRequest', responses: [] })
    const { exitCode, stdout } = await session.pki('ocsp query web --issuer ca1 --response r --json')
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      responseStatus: 'malformedRequest',
      certificates: [{ status: null, reliable: false }],
    })
  })

  it.each<readonly [string, string, string, string]>([
    ['out of date', '--hours 1', '--at 2h', 'revocation.ocsp-expired'],
    ['of tomorrow', '--this-update 1d', '', 'revocation.ocsp-not-yet-valid'],
    ['by a signer without OCSPSigning', '--signer alice --unchecked', '', 'revocation.ocsp-responder-unauthorized'],
  ])('does not rely on a response %s', async (_, respond, query, code) => {
    const result = await roundTrip(await world(), 'web', respond, query)
    expect(result).toMatchObject({ exitCode: 1, certificates: [{ status: 'good', reliable: false }] })
    expect(result.certificates[0].findings.map((found: { code: string }) => found.code)).toContain(code)
  })

  it('does not rely on a response to another request', async () => {
    const session = await world()
    await roundTrip(session, 'web')
    await session.done('ocsp query web --issuer ca1 --nonce --request-out q --force')
    const { exitCode, stdout } = await session.pki('ocsp query web --issuer ca1 --request q --response r --json')
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout).certificates[0]).toMatchObject({ reliable: false, findings: [{ code: 'ocsp.nonce' }] })
  })

  it('does not rely on a response about another certificate', async () => {
    const session = await world()
    await roundTrip(session, 'web')
    const { exitCode, stdout } = await session.pki('ocsp query alice --issuer ca1 --response r')
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/alice {2}the response says nothing about it/)
  })

  it('shows requests and responses', async () => {
    const session = await world()
    await roundTrip(session, 'web', '--signer responder')
    writeFileSync(join(session.folder, 'e'), ocspError('tryLater'))
    const { items } = JSON.parse(await session.done('show q r e --json'))
    expect(items.map(({ kind, title }: { kind: string; title: string }) => [kind, title.length > 0])).toEqual([
      ['ocspRequest', true],
      ['ocspResponse', true],
      ['ocspResponse', true],
    ])
    const text = await session.done('show q r')
    expect(text).toMatch(/certStatus +good/)
    expect(text.match(/nonce +[0-9a-f]{64}/g)).toHaveLength(2)
  })

  describe('over HTTP', () => {
    /** A responder that answers everything with the answer to one request, and what it was asked. */
    async function responder(session: Session) {
      await session.done('revoke alice')
      await roundTrip(session, 'alice')
      const answer = bytesOf(session, 'r')
      const asked: { method: string | undefined; path: string; body: Uint8Array }[] = []
      const server = createServer((request, response) => {
        const chunks: Uint8Array[] = []
        request.on('data', (chunk: Uint8Array) => chunks.push(chunk))
        request.on('end', () => {
          asked.push({ method: request.method, path: request.url ?? '', body: Buffer.concat(chunks) })
          response.end(answer)
        })
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      onTestFinished(() => void server.close())
      return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ocsp/ca1`, asked }
    }

    it.each([
      ['GET, as it is short', '', 'GET'],
      ['POST, if told to', ' --post', 'POST'],
      ['POST, as the hashes make it long', ' --digest sha512', 'POST'],
      ['GET, if told to', ' --digest sha512 --get', 'GET'],
    ])('asks with %s', async (_, options, method) => {
      const session = await world()
      const { url, asked } = await responder(session)
      const { exitCode, stdout } = await session.pki(`ocsp query alice --url ${url} --out kept --json${options}`)
      expect(exitCode).toBe(1)
      expect(JSON.parse(stdout).certificates).toMatchObject([{ status: 'revoked', reliable: true }])
      expect(asked.map((one) => one.method)).toEqual([method])
      const [one] = asked
      const question =
        method === 'POST' ? one?.body : Buffer.from(decodeURIComponent(one?.path.split('/').at(-1) ?? ''), 'base64')
      expect(parseOcspRequest(new Uint8Array(question ?? [])).requests).toHaveLength(1)
      expect(bytesOf(session, 'kept')).toEqual(bytesOf(session, 'r'))
    })

    it('does not rely on an answer from before', async () => {
      const session = await world()
      const { url } = await responder(session)
      const { stdout } = await session.pki(`ocsp query alice --url ${url} --nonce --json`)
      expect(JSON.parse(stdout).certificates[0].findings[0]).toMatchObject({ code: 'ocsp.nonce' })
    })
  })

  const nothing = async () => undefined
  const request = ({ done }: Session) => done('ocsp query web --issuer ca1 --request-out q')
  const BAD: readonly (readonly [string, string, number, string, (session: Session) => Promise<unknown>])[] = [
    ['an unknown action', 'ocsp ask web', 2, 'usage.option', nothing],
    ['nobody to ask', 'ocsp query web --issuer ca1', 2, 'usage.option', nothing],
    ['two ways to ask', 'ocsp query web --get --post --url http://localhost:1', 2, 'usage.option', nothing],
    ['a responder that is not there', 'ocsp query web --url http://127.0.0.1:1', 3, 'input.network', nothing],
    ['a responder that is no URL', 'ocsp query web --url nowhere', 2, 'usage.option', nothing],
    ['no issuer to ask with', 'ocsp query pki/certs/web.crt --request-out q', 2, 'usage.option', nothing],
    ['an unknown digest', 'ocsp query web --digest md5 --request-out q', 2, 'usage.option', nothing],
    ['a response that is none', 'ocsp query web --response pki/certs/web.crt', 3, 'input.malformed', nothing],
    ['no issuer to answer for', 'ocsp respond q --out r', 2, 'usage.option', request],
    ['no place for the answer', 'ocsp respond q --issuer ca1', 2, 'usage.option', request],
    ['an answer and JSON in one', 'ocsp respond q --issuer ca1 --out -', 2, 'usage.option', request],
    ['a request and JSON in one', 'ocsp query web --request-out -', 2, 'usage.option', nothing],
    ['two requests', 'ocsp respond q q --issuer ca1 --out r', 2, 'usage.option', request],
    ['a place that is taken', 'ocsp respond q --issuer ca1 --out q', 4, 'refused.exists', request],
    ['a request that is not there', 'ocsp respond none --issuer ca1 --out r', 3, 'input.not-found', nothing],
    [
      'a signer without OCSPSigning',
      'ocsp respond q --issuer ca1 --signer alice --out r',
      4,
      'refused.issuer',
      request,
    ],
    [
      'a responder of another CA',
      'ocsp respond q --issuer root --signer responder --out r',
      4,
      'refused.issuer',
      request,
    ],
  ]
  it.each(BAD)('%s', async (_, line, exitCode, code, prepare) => {
    const session = await world()
    await prepare(session)
    const before = pictureOf(session.folder)
    const result = await session.pki(`${line} --json`)
    expect({ exitCode: result.exitCode, code: JSON.parse(result.stdout).code }).toEqual({ exitCode, code })
    expect(pictureOf(session.folder)).toEqual(before)
  })
})
