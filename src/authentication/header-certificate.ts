/** Certificates as proxies write them into headers, and back to DER. */

import { DerError } from '../der/reader.ts'

/**
 * The ways of writing: base64 of DER (ASP.NET Core's own, Azure App Service); hexadecimal digits of DER; PEM
 * percent-encoded (nginx `$ssl_client_escaped_cert`, ingress-nginx); PEM in one line, the line breaks become tabs or
 * spaces (nginx `$ssl_client_cert`); `auto` tells them apart.
 */
export const HEADER_ENCODINGS = ['auto', 'base64-der', 'hex-der', 'url-encoded-pem', 'folded-pem'] as const
/** How a proxy writes a certificate into a header. */
export type HeaderEncoding = (typeof HEADER_ENCODINGS)[number]

/**
 * DER of the certificate in a header; of several in one PEM text, the first.
 * @throws DerError if the header is not written so; also if it was sent more than once: the values then stand with
 *   commas between them, and who wrote which is anybody's guess
 */
export function decodeCertificateHeader(value: string, encoding: HeaderEncoding): Uint8Array {
  const text = value.trim()
  if (text.includes(',')) throw notWritten('one certificate: there are several values')
  switch (encoding === 'auto' ? detectEncoding(text) : encoding) {
    case 'base64-der':
      return base64(text, 'base64')
    case 'hex-der':
      return hexadecimal(text)
    case 'url-encoded-pem':
      return pem(percentDecoded(text))
    case 'folded-pem':
      return pem(text)
  }
}

/** DER begins with 30, which in base64 is an M. */
function detectEncoding(text: string): Exclude<HeaderEncoding, 'auto'> {
  if (/^-----BEGIN(?:%20|\+)/.test(text) || /^%2D%2D/i.test(text)) return 'url-encoded-pem'
  if (text.startsWith('-----BEGIN')) return /%[0-9a-f]{2}/i.test(text) ? 'url-encoded-pem' : 'folded-pem'
  return /^30[0-9a-f]+$/i.test(text) ? 'hex-der' : 'base64-der'
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** Strict but for white space: what `Buffer` passes over is not passed over here. */
function base64(text: string, what: string): Uint8Array {
  const digits = text.replace(/\s+/g, '')
  if (digits === '' || !BASE64.test(digits)) throw notWritten(what)
  return Buffer.from(digits, 'base64')
}

function hexadecimal(text: string): Uint8Array {
  if (!/^(?:[0-9a-f]{2})+$/i.test(text)) throw notWritten('pairs of hexadecimal digits')
  return Buffer.from(text, 'hex')
}

/**
 * A `+` that was left as it is stands for itself inside the base64: to read it as a space, as .NET does, would break
 * the certificate. Between the words of the BEGIN and END lines it is a space.
 */
function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text).replace(/(BEGIN|END)\+/g, '$1 ')
  } catch {
    throw notWritten('percent-encoded')
  }
}

function pem(text: string): Uint8Array {
  const match = /^\s*-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/.exec(text)
  if (match === null) throw notWritten('a PEM certificate')
  return base64(match[1] as string, 'PEM')
}

function notWritten(what: string): DerError {
  return new DerError(`certificate header: expected ${what}`, 0)
}
