/** Whom evidence may be fetched from, without any socket: the rule is on addresses, and on names that may be resolved. */

import { describe, expect, it } from 'vitest'
import { PkiError } from '../../src/errors.ts'
import { Destinations, isLoopback, type Lookup } from '../../src/online/destination.ts'
import { FetchError } from '../../src/online/fetch-error.ts'

function reasonOf(error: unknown): string {
  if (error instanceof FetchError) return error.reason
  throw error
}

/** Resolves by a table and takes down what was asked. */
function names(table: Readonly<Record<string, readonly string[]>> = {}) {
  const asked: string[] = []
  const lookup: Lookup = async (name) => {
    asked.push(name)
    if (table[name] === undefined) throw Object.assign(new Error(name), { code: 'ENOTFOUND' })
    return table[name].map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  }
  return { asked, lookup }
}

async function outcome(url: string, allowed: readonly string[] = [], table = {}): Promise<string | readonly string[]> {
  const { lookup } = names(table)
  const destinations = new Destinations(allowed, lookup)
  try {
    return (await destinations.addressesOf(destinations.requireAllowed(url))).map(({ address }) => address)
  } catch (error) {
    return reasonOf(error)
  }
}

describe('the loopback', () => {
  it.each([
    ['127.0.0.1', true],
    ['127.255.255.254', true],
    ['126.255.255.255', false],
    ['128.0.0.0', false],
    ['0.0.0.0', false],
    ['::1', true],
    ['::2', false],
    ['::', false],
    ['::ffff:127.0.0.1', true],
    ['::ffff:128.0.0.1', false],
    ['localhost', false],
  ])('%s: %s', (address, expected) => expect(isLoopback(address)).toBe(expected))
})

describe('without permission', () => {
  const cases: readonly [url: string, expected: string | readonly string[]][] = [
    ['http://127.0.0.1/a.crl', ['127.0.0.1']],
    ['http://127.9.9.9:8080/a.crl', ['127.9.9.9']],
    ['http://[::1]/a.crl', ['::1']],
    ['http://[::ffff:7f00:1]/', ['::ffff:7f00:1']],
    ['http://2130706433/', ['127.0.0.1']],
    ['http://0x7f.1/', ['127.0.0.1']],
    ['http://192.0.2.1/', 'host-not-allowed'],
    ['http://[2001:db8::1]/', 'host-not-allowed'],
    ['http://0.0.0.0/', 'host-not-allowed'],
    ['http://169.254.169.254/latest/meta-data', 'host-not-allowed'],
    ['http://crl.example.com/a.crl', 'host-not-allowed'],
    ['http://localhost.example.com/', 'host-not-allowed'],
    ['http://127.0.0.1@192.0.2.1/', 'host-not-allowed'],
    ['https://127.0.0.1/a.crl', 'not-http'],
    ['ldap://127.0.0.1/cn=a?certificateRevocationList', 'not-http'],
    ['file:///etc/passwd', 'not-http'],
    ['data:,a', 'not-http'],
    ['/a.crl', 'malformed-url'],
    ['', 'malformed-url'],
    ['http://', 'malformed-url'],
  ]
  it.each(cases)('%s', async (url, expected) => expect(await outcome(url)).toEqual(expected))

  it('localhost is what it resolves to, as long as that is the loopback', async () => {
    const both = { localhost: ['::1', '127.0.0.1'], 'ca.localhost': ['127.0.0.1', '192.0.2.1'] }
    expect(await outcome('http://localhost/', [], both)).toEqual(['::1', '127.0.0.1'])
    expect(await outcome('http://LOCALHOST./', [], both)).toEqual(['::1', '127.0.0.1'])
    expect(await outcome('http://ca.localhost/', [], both)).toEqual(['127.0.0.1'])
    expect(await outcome('http://localhost/', [], { localhost: ['192.0.2.1'] })).toBe('host-not-allowed')
    expect(await outcome('http://localhost/', [], { localhost: [] })).toBe('unresolved')
    expect(await outcome('http://localhost/', [])).toBe('unresolved')
  })

  it('the name of another host is not even looked up', async () => {
    const { asked, lookup } = names({ 'crl.example.com': ['127.0.0.1'] })
    const destinations = new Destinations([], lookup)
    const refused = await destinations.addressesOf(new URL('http://crl.example.com/')).catch(reasonOf)
    expect(refused).toBe('host-not-allowed')
    expect(asked).toEqual([])
  })
})

describe('with permission', () => {
  const table = {
    'crl.example.com': ['192.0.2.7'],
    'a.crl.example.com': ['192.0.2.8'],
    'xn--bcher-kva.test': ['192.0.2.9'],
  }
  const cases: readonly [allowed: string, url: string, expected: string | readonly string[]][] = [
    ['crl.example.com', 'http://crl.example.com/', ['192.0.2.7']],
    ['CRL.Example.com.', 'http://crl.example.com:8080/', ['192.0.2.7']],
    ['crl.example.com:8080', 'http://crl.example.com:8080/', ['192.0.2.7']],
    ['crl.example.com:8080', 'http://crl.example.com/', 'host-not-allowed'],
    ['crl.example.com:80', 'http://crl.example.com/', ['192.0.2.7']],
    ['crl.example.com:80', 'http://crl.example.com:81/', 'host-not-allowed'],
    ['crl.example.com', 'http://a.crl.example.com/', 'host-not-allowed'],
    ['crl.example.com', 'https://crl.example.com/', 'not-http'],
    ['bücher.test', 'http://xn--bcher-kva.test/', ['192.0.2.9']],
    ['192.0.2.1', 'http://192.0.2.1/', ['192.0.2.1']],
    ['2001:db8::1', 'http://[2001:DB8:0::1]/', ['2001:db8::1']],
    ['[2001:db8::1]:8080', 'http://[2001:db8::1]:8080/', ['2001:db8::1']],
    ['[2001:db8::1]:8080', 'http://[2001:db8::1]/', 'host-not-allowed'],
  ]
  it.each(cases)('%s: %s', async (allowed, url, expected) =>
    expect(await outcome(url, [allowed], table)).toEqual(expected),
  )

  it.each(['', '*', '*.example.com', 'http://a.test', 'a.test/path', 'a b', 'a.test:x', 'user@a.test'])(
    'not for %j, which is no host',
    (text) => {
      expect(() => new Destinations([text])).toThrow(PkiError)
      expect(() => new Destinations([text])).toThrow(expect.objectContaining({ code: 'usage.general-name' }))
    },
  )
})
