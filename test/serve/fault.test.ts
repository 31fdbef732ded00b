import { describe, expect, it } from 'vitest'
import { faultsOf, parseFault } from '../../src/serve/fault.ts'

describe('parseFault', () => {
  it.each([
    ['http500', 'http500', 0],
    ['tryLater', 'tryLater', 0],
    ['trylater', 'tryLater', 0],
    ['delay=5s', 'delay', 5000],
    ['delay=300ms', 'delay', 300],
    ['/ocsp/*:delay=2m', 'delay', 120_000],
  ])('%s', (text, kind, delay) => {
    expect(parseFault(text)).toMatchObject({ text, kind, delay })
  })

  it.each([
    ['', 'usage.option'],
    ['slow', 'usage.option'],
    ['delay', 'usage.option'],
    ['http500=1', 'usage.option'],
    ['ocsp:http500', 'usage.option'],
    ['/ocsp/*', 'usage.option'],
    ['delay=', 'usage.time'],
    ['delay=soon', 'usage.time'],
    ['delay=0s', 'usage.time'],
    ['delay=0ms', 'usage.time'],
    ['delay=-5s', 'usage.time'],
    ['delay=90d', 'usage.time'],
  ])('refuses %j', (text, code) => {
    expect(() => parseFault(text)).toThrow(expect.objectContaining({ code }))
  })
})

describe('which paths a fault concerns', () => {
  it.each([
    ['http500', '/', true],
    ['/ocsp/*:http500', '/ocsp/ca1', true],
    ['/ocsp/*:http500', '/ocsp/ca1/MEIw', true],
    ['/ocsp/*:http500', '/crl/ca1.crl', false],
    ['/crl/ca1.crl:http500', '/crl/ca1.crl', true],
    // The dot is a dot.
    ['/crl/ca1.crl:http500', '/crl/ca1xcrl', false],
    ['/crl/ca1.crl:http500', '/crl/ca1.crl.crl', false],
    ['/crl/a:b.crl:http500', '/crl/a:b.crl', true],
  ])('%s concerns %s: %s', (text, path, expected) => {
    expect(parseFault(text).concerns(path)).toBe(expected)
  })

  it('delays add up, kinds come together', () => {
    const faults = ['delay=1s', '/crl/*:delay=2s', '/crl/*:stale', '/ocsp/*:garbage'].map(parseFault)
    const found = faultsOf(faults, '/crl/ca1.crl')
    expect(found.delay).toBe(3000)
    expect([found.has('stale'), found.has('garbage')]).toEqual([true, false])
    expect(faultsOf(faults, '/').delay).toBe(1000)
  })
})
