import { isIPv6 } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  formatIpAddress,
  formatIpRange,
  ipAddressOctets,
  isContiguousMask,
  prefixMask,
} from '../../src/x509/ip-address.ts'
import { hex } from '../der/hex.ts'

describe('addresses', () => {
  test.each([
    ['192.0.2.1', 'c0000201', '192.0.2.1'],
    ['::', '00'.repeat(16), '::'],
    ['::1', `${'00'.repeat(15)}01`, '::1'],
    ['1::', `0001${'00'.repeat(14)}`, '1::'],
    ['2001:0DB8:0000:0000:0001:0000:0000:0001', '20010db8000000000001000000000001', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '20010db8000000010001000100010001', '2001:db8:0:1:1:1:1:1'],
    ['1:0:0:2:0:0:0:3', '00010000000000020000000000000003', '1:0:0:2::3'],
    ['::ffff:192.0.2.1', '00000000000000000000ffffc0000201', '::ffff:c000:201'],
  ])('%s', (text, octets, canonical) => {
    expect(ipAddressOctets(text)).toEqual(hex(octets))
    expect(formatIpAddress(hex(octets))).toBe(canonical)
  })

  test.each([
    '',
    '1.2.3',
    '01.2.3.4',
    '1.2.3.4.5',
    '256.1.1.1',
    '0xC0A80101',
    ':::',
    'fe80::1%eth0',
    '::1/128',
    ' ::1',
  ])('%j is none', (text) => {
    expect(ipAddressOctets(text)).toBeUndefined()
  })

  test('any 16 octets survive the way to text and back', () => {
    const octets = fc.uint8Array({ minLength: 16, maxLength: 16, max: 3 })
    fc.assert(
      fc.property(octets, (address) => {
        const text = formatIpAddress(address) as string
        expect(isIPv6(text)).toBe(true)
        expect(ipAddressOctets(text)).toEqual(address)
      }),
      { seed: 5952, numRuns: 200 },
    )
  })

  test('other lengths have no text', () => {
    expect(formatIpAddress(new Uint8Array(8))).toBeUndefined()
    expect(formatIpRange(new Uint8Array(4))).toBeUndefined()
  })
})

describe('ranges', () => {
  test.each([
    ['0a000000 ff000000', '10.0.0.0/8'],
    ['c0000201 ffffffff', '192.0.2.1/32'],
    ['00000000 00000000', '0.0.0.0/0'],
    ['0a000000 ff00ff00', '10.0.0.0/255.0.255.0'],
    [`20010db8${'00'.repeat(12)} ffffffff${'00'.repeat(12)}`, '2001:db8::/32'],
  ])('%s', (octets, text) => {
    expect(formatIpRange(hex(octets))).toBe(text)
  })

  test.each([
    ['00000000', true],
    ['fffe0000', true],
    ['ffffffff', true],
    ['ff00ff00', false],
    ['7fffffff', false],
    ['fffffffd', false],
  ])('mask %s', (mask, contiguous) => {
    expect(isContiguousMask(hex(mask))).toBe(contiguous)
  })

  test.each([
    [0, '00000000'],
    [1, '80000000'],
    [9, 'ff800000'],
    [32, 'ffffffff'],
  ])('prefix of %i bits', (bits, mask) => {
    expect(prefixMask(bits, 4)).toEqual(hex(mask))
  })
})
