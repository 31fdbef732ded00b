/** The ways in which proxies write certificates into headers. */

import { expect, test } from 'vitest'
import { decodeCertificateHeader, type HeaderEncoding } from '../../src/authentication/header-certificate.ts'
import { base64Of, CLIENT, pemText, SS_NONE } from './certificates.ts'

const der = Buffer.from(SS_NONE.certificate.encoded)
const pem = pemText(SS_NONE)
const base64 = base64Of(SS_NONE)
const hex = der.toString('hex')

/** nginx escapes everything but letters, digits and `-_.~`; WebUtility's kin leave some more. */
const escaped = encodeURIComponent(pem)

const WRITTEN: readonly (readonly [name: string, encoding: HeaderEncoding, value: string])[] = [
  ['base64 of DER', 'base64-der', base64],
  ['base64 in lines', 'base64-der', base64.replace(/.{64}/g, '$& ')],
  ['hexadecimal, lower case', 'hex-der', hex],
  ['hexadecimal, upper case', 'hex-der', hex.toUpperCase()],
  ['PEM, percent-encoded', 'url-encoded-pem', escaped],
  ['PEM, percent-encoded, the + left', 'url-encoded-pem', escaped.replaceAll('%2B', '+')],
  ['PEM, percent-encoded, spaces as +', 'url-encoded-pem', escaped.replaceAll('%20', '+')],
  ['PEM, percent-encoded, the hyphens too', 'url-encoded-pem', escaped.replaceAll('-', '%2D')],
  ['PEM folded with tabs, as nginx has it', 'folded-pem', pem.trim().replaceAll('\n', '\n\t').replaceAll('\n', '')],
  ['PEM folded with spaces', 'folded-pem', pem.trim().replaceAll('\n', ' ')],
  ['PEM with its line breaks', 'folded-pem', pem],
  ['PEM, all in one', 'folded-pem', pem.replaceAll('\n', '')],
  ['PEM of a chain: the first', 'folded-pem', (pem + pemText(CLIENT)).replaceAll('\n', ' ')],
]

test.each(WRITTEN)('%s', (_, encoding, value) => {
  expect(decodeCertificateHeader(value, encoding)).toEqual(der)
  expect(decodeCertificateHeader(value, 'auto')).toEqual(der)
})

const ONE_OF_EACH = [0, 2, 4, 8].map((index) => WRITTEN[index] as (typeof WRITTEN)[number])

test.each(ONE_OF_EACH)('%s is not taken for anything else', (_, encoding, value) => {
  const others = ONE_OF_EACH.map(([, other]) => other).filter((other) => other !== encoding)
  expect(others).toHaveLength(3)
  for (const other of others) {
    // Hexadecimal digits are base64 digits too: what comes out is no certificate, and the parser says so.
    if (encoding === 'hex-der' && other === 'base64-der') continue
    // A text without percent signs decodes to itself.
    if (encoding === 'folded-pem' && other === 'url-encoded-pem') continue
    expect(() => decodeCertificateHeader(value, other), other).toThrow(expect.objectContaining({ name: 'DerError' }))
  }
})

test.each([
  ['nothing', ''],
  ['base64 that is short of a digit', base64.slice(0, -5)],
  ['base64url', base64.replaceAll('+', '-').replaceAll('/', '_').concat('-_-_')],
  ['an odd number of hexadecimal digits', hex.slice(1)],
  ['two values', `${base64},${base64}`],
  ['two values in PEM', `${pem}, ${pem}`.replaceAll('\n', ' ')],
  ['PEM of something else', pem.replaceAll('CERTIFICATE', 'PUBLIC KEY').replaceAll('\n', ' ')],
  ['PEM without an end', pem.replace(/-----END.*/s, '').replaceAll('\n', ' ')],
  ['PEM behind something', `x ${pem}`.replaceAll('\n', ' ')],
  ['a percent sign too many', escaped.replace('%0A', '%')],
])('%s is refused', (_, value) => {
  expect(() => decodeCertificateHeader(value, 'auto')).toThrow(expect.objectContaining({ name: 'DerError' }))
})
