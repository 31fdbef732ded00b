/** Whose address is on the list. */

import { expect, test } from 'vitest'
import { TrustedProxies } from '../../src/authentication/trusted-proxies.ts'

test.each([
  ['10.0.0.0/8', '10.255.255.255', true],
  ['10.0.0.0/8', '11.0.0.0', false],
  ['10.0.0.0/8', '::ffff:10.1.2.3', true],
  ['10.0.0.0/8', '::ffff:11.1.2.3', false],
  ['192.0.2.1', '192.0.2.1', true],
  ['192.0.2.1', '192.0.2.2', false],
  ['0.0.0.0/0', '203.0.113.9', true],
  ['0.0.0.0/0', '2001:db8::1', false],
  ['::ffff:10.0.0.0/104', '10.1.2.3', true],
  ['::ffff:10.0.0.0/104', '11.0.0.0', false],
  ['::ffff:192.0.2.1', '::ffff:192.0.2.1', true],
  ['fd00::/8', 'fdff::1', true],
  ['fd00::/8', 'fe00::1', false],
  ['fe80::/10', 'fe80::1%eth0', true],
  ['loopback', '127.0.0.2', true],
  ['loopback', '::1', true],
  ['loopback', '128.0.0.1', false],
  ['loopback', undefined, false],
  ['loopback', '', false],
  ['loopback', 'localhost', false],
])('%s, %s: %s', (range, address, included) => {
  expect(new TrustedProxies([range]).includes(address)).toBe(included)
})
