/** Text that names a TLS server. */

import { expect, it } from 'vitest'
import { parsePeerAddress, parsePeerOrHost } from '../../src/cli/peer/peer-address.ts'

it.each([
  ['localhost:8443', 'localhost', 8443],
  ['127.0.0.1:1', '127.0.0.1', 1],
  ['[::1]:65535', '::1', 65_535],
  ['https://a.test', 'a.test', 443],
  ['HTTPS://[::1]:8443/x?y#z', '::1', 8443],
])('%s', (text, host, port) => {
  expect(parsePeerAddress(text)).toEqual({ host, port })
  expect(parsePeerOrHost(text)).toEqual({ host, port })
})

it.each(['a.test', '127.0.0.1', '[::1]'])('%s: port 443, where no name in the store can be meant', (text) => {
  expect(parsePeerAddress(text)).toBeUndefined()
  expect(parsePeerOrHost(text)).toEqual({ host: text.replace(/[[\]]/g, ''), port: 443 })
})

it.each([
  ...['', ':443', 'a.test:', 'a.test:0', 'a.test:65536', 'a.test:http', 'a b', 'a/b', 'certs/web.crt', '::1'],
  ...['http://a.test', 'https://', 'https://a.test:0', 'C:\\web.crt', 'a.test:443/x'],
])('%s is none', (text) => {
  expect(parsePeerAddress(text)).toBeUndefined()
  expect(parsePeerOrHost(text)).toBeUndefined()
})
