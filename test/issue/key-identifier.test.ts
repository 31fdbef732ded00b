import { expect, it } from 'vitest'
import { keyIdentifier } from '../../src/issue/key-identifier.ts'
import { parseSubjectPublicKeyInfo } from '../../src/x509/public-key.ts'
import { hex, toHex } from '../der/hex.ts'

/** The P-256 key of RFC 7093 §3, whose example for method 1 is the first value below. */
const KEY = parseSubjectPublicKeyInfo(
  hex(`3059301306072a8648ce3d020106082a8648ce3d03010703420004
       7f7f35a79794c950060b8029fc8f363a28f11159692d9d34e6ac948190434735
       f833b1a66652dc514337aff7f5c9c75d670c019d95a5d639b72744c64a9128bb`),
)

it.each([
  [undefined, 'bf37b3e5808fd46d54b28e846311bcce1cad2e1a'],
  ['rfc7093', 'bf37b3e5808fd46d54b28e846311bcce1cad2e1a'],
  ['sha1', '6fef9162c0a3f2e7608956d41c37da0c8e87f0ae'],
] as const)('by method %s', (method, expected) => {
  expect(toHex(keyIdentifier(KEY, method))).toBe(expected)
})
