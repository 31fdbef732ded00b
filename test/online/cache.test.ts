/** What was fetched before: how long it serves, when it does not, and that no damage to it does harm. */

import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type CacheEntry, EvidenceCache } from '../../src/online/cache.ts'
import { AT, days, holder, revoked } from '../path/build-crl.ts'
import { folderOfTest, pictureOf } from '../temporary-folder.ts'
import { UNKNOWN } from '../x509/ocsp-bytes.ts'
import { type Answer, evidenceServer } from './evidence-server.ts'
import { crl, hierarchy, ocsp, type ResponseCase, verifyLeaf } from './online-hierarchy.ts'

const URL = 'http://127.0.0.1/ca.crl'

function entry(text: string, fields: Partial<CacheEntry> = {}): CacheEntry {
  return { url: URL, fetchedAt: AT, maxAge: undefined, body: new Uint8Array(Buffer.from(text)), ...fields }
}

const QUESTION = Uint8Array.of(1, 2)

describe('the cache', () => {
  it('gives back what it took, in memory and in another process', () => {
    const folder = join(folderOfTest(), 'new', 'cache')
    const cache = new EvidenceCache(folder)
    const kept = entry('a', { maxAge: 60 })
    expect(cache.keep(kept, undefined)).toBeUndefined()
    expect(cache.find(URL, undefined)).toEqual(kept)
    expect(new EvidenceCache(folder).find(URL, undefined)).toEqual(kept)
    expect(new EvidenceCache().find(URL, undefined)).toBeUndefined()
  })

  it('tells URLs and questions apart', () => {
    const cache = new EvidenceCache(folderOfTest())
    cache.keep(entry('a'), QUESTION)
    expect(cache.find(URL, Uint8Array.of(1, 3))).toBeUndefined()
    expect(cache.find(URL, undefined)).toBeUndefined()
    expect(cache.find(`${URL}x`, QUESTION)).toBeUndefined()
    expect(cache.find(URL, QUESTION)).toBeDefined()
  })

  it('keeps the newest of one question, in one file without a trace of how it was written', () => {
    const folder = folderOfTest()
    const cache = new EvidenceCache(folder)
    cache.keep(entry('old'), undefined)
    cache.keep(entry('new'), undefined)
    expect(readdirSync(folder)).toHaveLength(1)
    expect(new EvidenceCache(folder).find(URL, undefined)).toEqual(entry('new'))
  })

  const damages: readonly [what: string, damage: (bytes: Buffer) => Buffer][] = [
    ['cut off', (bytes) => bytes.subarray(0, -1)],
    ['empty', () => Buffer.alloc(0)],
    ['without its head', (bytes) => bytes.subarray(bytes.indexOf('\n') + 1)],
    [
      'with a changed octet',
      (bytes) => Buffer.concat([bytes.subarray(0, -1), Buffer.from([(bytes.at(-1) as number) ^ 1])]),
    ],
    ['of another URL', (bytes) => Buffer.from(bytes.toString('latin1').replace('127.0.0.1', '127.0.0.2'), 'latin1')],
    ['without a date', (bytes) => Buffer.from(bytes.toString('latin1').replace('2026', 'then'), 'latin1')],
    [
      'with a head that is no object',
      (bytes) => Buffer.concat([Buffer.from('null'), bytes.subarray(bytes.indexOf('\n'))]),
    ],
    ['of noise', () => Buffer.from('\0\xff{\n}', 'latin1')],
  ]
  it.each(damages)('has nothing where a file is %s', (_, damage) => {
    const folder = folderOfTest()
    new EvidenceCache(folder).keep(entry('octets'), undefined)
    const path = join(folder, readdirSync(folder)[0] as string)
    writeFileSync(path, damage(readFileSync(path)))
    const cache = new EvidenceCache(folder)
    expect(cache.find(URL, undefined)).toBeUndefined()
    cache.keep(entry('again'), undefined)
    expect(new EvidenceCache(folder).find(URL, undefined)).toEqual(entry('again'))
  })

  it('has nothing where a folder stands in the place of a file', () => {
    const folder = folderOfTest()
    new EvidenceCache(folder).keep(entry('octets'), undefined)
    const name = readdirSync(folder)[0] as string
    const other = folderOfTest()
    mkdirSync(join(other, name))
    expect(new EvidenceCache(other).find(URL, undefined)).toBeUndefined()
  })

  it('says why it could not write, and has the entry all the same', () => {
    const folder = join(folderOfTest(), 'file')
    writeFileSync(folder, 'no folder')
    const cache = new EvidenceCache(folder)
    expect(cache.keep(entry('a'), undefined)).toMatchObject({ code: 'refused.write' })
    expect(cache.find(URL, undefined)).toEqual(entry('a'))
  })

  it.each([
    ['entries', { entries: 2, bytes: 1_000_000 }, 2],
    ['octets', { entries: 100, bytes: 700 }, 2],
  ])('is bounded in %s: the oldest goes first', (_, limits, left) => {
    const folder = folderOfTest()
    const cache = new EvidenceCache(folder, limits)
    const url = (i: number) => `${URL}${i}`
    for (let i = 0; i < 4; i++) {
      const before = new Set(readdirSync(folder))
      cache.keep(entry('x'.repeat(100), { url: url(i) }), undefined)
      const name = readdirSync(folder).find((file) => !before.has(file)) as string
      utimesSync(join(folder, name), i, i)
    }
    expect(readdirSync(folder)).toHaveLength(left)
    const found = [0, 1, 2, 3].filter((i) => new EvidenceCache(folder).find(url(i), undefined) !== undefined)
    expect(found).toEqual([2, 3])
  })

  it('forgets the oldest in memory too, and what is too large at once', () => {
    const cache = new EvidenceCache(undefined, { entries: 2, bytes: 10 })
    for (const i of [0, 1, 2]) cache.keep(entry('x', { url: `${i}` }), undefined)
    expect([0, 1, 2].map((i) => cache.find(`${i}`, undefined) !== undefined)).toEqual([false, true, true])
    cache.keep(entry('x'.repeat(11), { url: 'large' }), undefined)
    expect(cache.find('large', undefined)).toBeUndefined()
  })

  it('leaves files of others alone', () => {
    const folder = folderOfTest()
    writeFileSync(join(folder, 'notes.txt'), 'mine')
    const cache = new EvidenceCache(folder, { entries: 1, bytes: 1000 })
    for (const url of ['a', 'b', 'c']) cache.keep(entry('x', { url }), undefined)
    expect(readdirSync(folder)).toHaveLength(2)
    expect(pictureOf(folder)['notes.txt']).toContain('mine')
  })
})

const minutes = (number: number) => new Date(AT.getTime() + number * 60_000)

/** A leaf with a CRL, served with some Cache-Control, and how to verify it with a cache at some time. */
async function cached(kind: 'crl' | 'ocsp' = 'crl') {
  const state: { answer: Answer | undefined } = { answer: undefined }
  const server = await evidenceServer(() => state.answer)
  const made = hierarchy({ [kind]: [`${server.url}/x`] })
  const cache = new EvidenceCache(folderOfTest())
  const verify = async (now: Date, at = AT, from: 'online' | 'cached' = 'online') => {
    const revocation = { scope: 'end-entity', from } as const
    const { told, log } = await verifyLeaf(made, { at, revocation, fetch: { now: () => now, cache } })
    return [...told, ...log.map((line) => line.replace(' /x', ''))].join(', ')
  }
  return { ...server, ...made, state, cache, verify }
}

describe('a CRL in the cache', () => {
  it('serves until its nextUpdate, and not a moment longer', async () => {
    const made = await cached()
    made.state.answer = crl(made.ca)
    expect(await made.verify(AT)).toBe('crl network used')
    expect(await made.verify(new Date(days(2).getTime() - 1))).toBe('crl cache used')
    expect(made.asked).toHaveLength(1)
    expect(await made.verify(days(2))).toBe('crl network used')
  })

  it('without nextUpdate serves for three days', async () => {
    const made = await cached()
    made.state.answer = crl(made.ca, { nextUpdate: undefined })
    await made.verify(AT)
    expect(await made.verify(new Date(days(3).getTime() - 1))).toBe('crl cache used')
    expect(await made.verify(days(3))).toBe('crl network used')
  })

  it('serves no longer than the server said, unless nobody answers', async () => {
    const made = await cached()
    made.state.answer = { headers: { 'Cache-Control': 'max-age=60' }, body: crl(made.ca) }
    await made.verify(AT)
    expect(await made.verify(minutes(0.99))).toBe('crl cache used')
    made.state.answer = { headers: { 'Cache-Control': 'max-age=60' }, body: crl(made.ca, { entries: [revoked(7)] }) }
    expect(await made.verify(minutes(1))).toBe('revoked@0, crl network used')
    made.state.answer = { status: 503 }
    expect(await made.verify(minutes(3))).toBe('revoked@0, crl cache used')
  })

  it('is not kept if the server says so, or if it is out of date', async () => {
    const made = await cached()
    made.state.answer = { headers: { 'Cache-Control': 'no-store' }, body: crl(made.ca) }
    await made.verify(AT)
    expect(await made.verify(AT)).toBe('crl network used')
    made.state.answer = crl(made.ca, { thisUpdate: days(-3), nextUpdate: days(-2) })
    await made.verify(AT)
    made.state.answer = undefined
    expect(await made.verify(AT)).toContain('unknown@0')
  })

  it('that does not reach to the time in question is passed over', async () => {
    const made = await cached()
    made.state.answer = crl(made.ca)
    await made.verify(AT)
    made.state.answer = crl(made.ca, { thisUpdate: days(9), nextUpdate: days(12) })
    expect(await made.verify(AT, days(10))).toBe('crl network used')
  })

  it('that is forged is found out, and fetched anew', async () => {
    const made = await cached()
    const forger = { ...made.ca, signer: holder({ name: 'ca' }).signer }
    made.state.answer = crl(forger)
    expect(await made.verify(AT)).toBe('unknown@0, crl-signature@0, crl network')
    made.state.answer = crl(made.ca)
    expect(await made.verify(AT)).toBe('crl cache used, crl network used')
  })

  it('serves offline, however old; what is not there is said', async () => {
    const made = await cached()
    expect(await made.verify(AT, AT, 'cached')).toBe('unknown@0, not-fetched@0 not-cached, crl none')
    made.state.answer = crl(made.ca, { entries: [revoked(7)] })
    await made.verify(AT)
    await made.close()
    expect(await made.verify(days(9), AT, 'cached')).toBe('revoked@0, crl cache used')
    expect(await made.verify(days(9), days(9), 'cached')).toBe('revoked@0, crl cache used')
    expect(made.asked).toHaveLength(1)
  })
})

describe('an OCSP response in the cache', () => {
  const cases: readonly [string, ResponseCase, string][] = [
    ['serves until its nextUpdate', {}, 'ocsp cache used'],
    ['without nextUpdate does not serve', { nextUpdate: undefined }, 'ocsp network used'],
    [
      'that settles nothing is asked for anew',
      { status: UNKNOWN },
      'unknown@0, ocsp-status-unknown@0, ocsp cache, ocsp network',
    ],
  ]
  it.each(cases)('%s', async (_, fields, expected) => {
    const made = await cached('ocsp')
    made.state.answer = ocsp(made.ca, 7, fields)
    await made.verify(AT)
    expect(await made.verify(new Date(AT.getTime() + 1000))).toBe(expected)
  })

  it('to a request with a nonce is neither kept nor looked for', async () => {
    const made = await cached('ocsp')
    made.state.answer = ocsp(made.ca, 7)
    const revocation = { scope: 'end-entity', nonce: () => new Uint8Array(32) } as const
    await verifyLeaf(made, { fetch: { now: () => AT, cache: made.cache } })
    const { log } = await verifyLeaf(made, { revocation, fetch: { now: () => AT, cache: made.cache } })
    expect(log).toEqual(['ocsp /x none'])
    expect(made.asked).toHaveLength(2)
  })
})
