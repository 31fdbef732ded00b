/** What the cache remembers, and for how long. */

import { beforeEach, expect, test } from 'vitest'
import { MemoryValidationCache } from '../../src/authentication/cache.ts'
import { defaultPrincipal } from '../../src/authentication/claims.ts'
import { ClientCertificate } from '../../src/authentication/client-certificate.ts'
import type { AuthenticateResult } from '../../src/authentication/result.ts'
import { Random } from '../random.ts'
import { AT, CLIENT, endEntity, SS_CLIENT, SS_EXPIRED, SS_NONE, SUB } from './certificates.ts'

let now = AT
const clock = () => now
beforeEach(() => {
  now = AT
})
const wait = (milliseconds: number) => {
  now = new Date(now.getTime() + milliseconds)
}

const certificate = new ClientCertificate(SS_CLIENT.certificate)
const other = new ClientCertificate(SS_NONE.certificate)
const scheme = 'Certificate'

function success(of: ClientCertificate): AuthenticateResult {
  const principal = defaultPrincipal(of)
  return { outcome: 'success', principal, scheme, properties: { note: 'a' }, certificate: of, chain: undefined }
}
const failure: AuthenticateResult = {
  ...{ outcome: 'failure', failure: new Error('no'), scheme, properties: {}, certificate: other, chain: undefined },
}
const noResult: AuthenticateResult = { outcome: 'no-result', scheme }

test.each([
  ['success', success(certificate)],
  ['failure', failure],
  ['no result', noResult],
])('%s is remembered', (_, result) => {
  const cache = new MemoryValidationCache({ clock })
  cache.put(certificate, scheme, result)
  expect(cache.get(certificate, scheme)).toEqual(result)
  expect(cache.get(new ClientCertificate(SS_CLIENT.certificate), scheme)).toEqual(result)
  expect(cache.get(other, scheme)).toBeUndefined()
})

test('schemes do not share', () => {
  const cache = new MemoryValidationCache({ clock })
  cache.put(certificate, 'A', noResult)
  expect(cache.get(certificate, 'B')).toBeUndefined()
})

test('who changes what came in or out changes nothing for others', () => {
  const cache = new MemoryValidationCache({ clock })
  const put = success(certificate)
  cache.put(certificate, scheme, put)
  Object.assign(put.outcome === 'success' ? put.properties : {}, { note: 'changed' })
  const first = cache.get(certificate, scheme)
  if (first?.outcome !== 'success' || put.outcome !== 'success') throw new Error('no success')
  expect(first.principal).not.toBe(put.principal)
  Object.assign(first.principal, { note: 'mine' })
  Object.assign(first.properties, { note: 'mine' })
  expect(cache.get(certificate, scheme)).toEqual(success(certificate))
})

test.each([
  ['two minutes after its last use', 2 * 60_000, undefined],
  ['a minute', 60_000, 60_000],
])('an entry ends %s', (_, milliseconds, expiration) => {
  const cache = new MemoryValidationCache({ clock, expiration })
  cache.put(certificate, scheme, noResult)
  for (let used = 0; used < 3; used++) {
    wait(milliseconds - 1)
    expect(cache.get(certificate, scheme)).toBeDefined()
  }
  wait(milliseconds)
  expect(cache.get(certificate, scheme)).toBeUndefined()
  expect(cache.count).toBe(0)
})

test('an entry ends after half an hour however often it is used', () => {
  const cache = new MemoryValidationCache({ clock })
  cache.put(certificate, scheme, noResult)
  for (let minutes = 1; minutes < 30; minutes++) {
    wait(60_000)
    expect(cache.get(certificate, scheme)).toBeDefined()
  }
  wait(60_000)
  expect(cache.get(certificate, scheme)).toBeUndefined()
})

test('an entry ends with its certificate', () => {
  const short = new ClientCertificate(endEntity(SUB, { notAfter: new Date(AT.getTime() + 60_000) }).certificate)
  const cache = new MemoryValidationCache({ clock })
  cache.put(short, scheme, noResult)
  wait(59_999)
  expect(cache.get(short, scheme)).toBeDefined()
  wait(1)
  expect(cache.get(short, scheme)).toBeUndefined()
})

test('nothing is kept of a certificate that has ended', () => {
  const cache = new MemoryValidationCache({ clock })
  cache.put(new ClientCertificate(SS_EXPIRED.certificate), scheme, noResult)
  expect(cache.count).toBe(0)
})

test('it holds as many as it was told, and forgets the least recently used', () => {
  const cache = new MemoryValidationCache({ clock, size: 2 })
  const third = new ClientCertificate(CLIENT.certificate)
  cache.put(certificate, scheme, noResult)
  cache.put(other, scheme, noResult)
  cache.get(certificate, scheme)
  cache.put(third, scheme, noResult)
  expect(cache.count).toBe(2)
  expect([certificate, other, third].map((one) => cache.get(one, scheme) !== undefined)).toEqual([true, false, true])
})

test('whatever is asked for and put in, it has what a plain list of the last used has', () => {
  const random = new Random(20260601)
  const [size, schemes] = [3, ['a', 'b', 'c', 'd', 'e']]
  const cache = new MemoryValidationCache({ clock, size })
  let lastUsed: readonly string[] = []
  for (let step = 0; step < 2000; step++) {
    const name = random.pick(schemes)
    const isKnown = lastUsed.includes(name)
    if (random.below(2) === 0) cache.put(certificate, name, noResult)
    else {
      expect(cache.get(certificate, name) !== undefined).toBe(isKnown)
      if (!isKnown) continue
    }
    lastUsed = [name, ...lastUsed.filter((one) => one !== name)].slice(0, size)
  }
  expect(cache.count).toBe(size)
})

test('1024 entries by default; none with a size of 0', () => {
  const cache = new MemoryValidationCache({ clock })
  const empty = new MemoryValidationCache({ clock, size: 0 })
  for (let i = 0; i < 1100; i++) {
    cache.put(certificate, `scheme ${i}`, noResult)
    empty.put(certificate, `scheme ${i}`, noResult)
  }
  expect([cache.count, empty.count]).toEqual([1024, 0])
})

test.each([{ size: -1 }, { size: Number.NaN }, { expiration: -1 }])('%j is refused', (options) => {
  expect(() => new MemoryValidationCache({ clock, ...options })).toThrow(
    expect.objectContaining({ code: 'usage.option' }),
  )
})
