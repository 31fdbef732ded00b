import { describe, expect, it } from 'vitest'
import { methodsOf, ocspRequestIn, parseRoute, pathOf, type Route } from '../../src/serve/route.ts'

describe('parseRoute', () => {
  it.each<[path: string, route: Route]>([
    ['/', { kind: 'status' }],
    ['/crl/ca1.crl', { kind: 'crl', name: 'ca1' }],
    ['/crl/ca1~user.crl', { kind: 'crl', name: 'ca1~user' }],
    ['/crl/a%20b.crl', { kind: 'crl', name: 'a b' }],
    ['/aia/ca1.cer', { kind: 'certificate', name: 'ca1' }],
    ['/aia/ca1.p7c', { kind: 'bundle', name: 'ca1' }],
    ['/ocsp/ca1', { kind: 'ocsp', name: 'ca1', encoded: '' }],
    ['/ocsp/ca1/', { kind: 'ocsp', name: 'ca1', encoded: '' }],
    ['/ocsp/ca1/MEIw/x%3D', { kind: 'ocsp', name: 'ca1', encoded: 'MEIw/x%3D' }],
  ])('%s', (path, route) => expect(parseRoute(path)).toEqual(route))

  it.each(['', '/crl', '/crl/ca1.cer', '/aia/ca1.crl', '/crl/a/b.crl', '/ocsp', '/ocsp/', '/crl/%zz.crl', '/ocsp/%zz'])(
    '%j leads nowhere',
    (path) => expect(parseRoute(path)).toBeUndefined(),
  )
})

it.each([
  ['/crl/ca1.crl?a=b', '/crl/ca1.crl'],
  ['/ocsp/ca1#x', '/ocsp/ca1'],
  ['/?', '/'],
  ['http://pki.test:8785/crl/ca1.crl?a=b', '/crl/ca1.crl'],
  ['HTTPS://[::1]/ocsp/ca1/http://x', '/ocsp/ca1/http://x'],
  ['http://pki.test', '/'],
  ['/ocsp/ca1/http://x', '/ocsp/ca1/http://x'],
])('the path of %s is %s', (target, path) => expect(pathOf(target)).toBe(path))

it('only OCSP takes POST', () => {
  expect(methodsOf({ kind: 'ocsp', name: 'ca1', encoded: '' })).toContain('POST')
  expect(methodsOf({ kind: 'crl', name: 'ca1' })).toEqual(['GET', 'HEAD'])
})

describe('ocspRequestIn', () => {
  it.each([
    ['as it should be', '-%2F%2B%2F', 'fbffbf'],
    ['with what should have been encoded', '+/+/', 'fbffbf'],
    ['with a space where a plus was', '%20/+/', 'fbffbf'],
    ['padded', 'AA%3D%3D', '00'],
    ['not base64', 'a*b', ''],
    ['not an encoding of text', '%zz', ''],
  ])('%s', (_, encoded, expected) => expect(Buffer.from(ocspRequestIn(encoded)).toString('hex')).toBe(expected))
})
