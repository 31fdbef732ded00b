/** URIs as people type them, SPIFFE IDs among them, made fit for a certificate. */

import { isAscii, parseDnsName } from './dns-name-text.ts'
import { generalNameError } from './general-name-error.ts'
import { ipAddressOctets } from './ip-address.ts'
import { isHostName, parseUri } from './name-syntax.ts'

/** Schemes whose authority may be empty: `ldap:///CN=…` asks the client's own directory, `file:///…` its own disk. */
const HOSTLESS_SCHEMES: readonly string[] = ['ldap', 'ldaps', 'file']

/**
 * An absolute URI with a scheme and, behind `//`, a host. Beyond ASCII, the host becomes A-labels and everything else
 * percent-encoded UTF-8 (RFC 5280 §7.4).
 * @throws PkiError `usage.general-name`
 */
export function parseUriText(text: string): string {
  const uri = isAscii(text) ? text : asciiUri(text)
  const parts = parseUri(uri)
  if (parts === undefined)
    throw generalNameError(`uri:${text}`, 'is not an absolute URI', 'as in https://example.test/path')
  if (parts.scheme === 'spiffe') return requireSpiffeId(uri)
  const { host, authority, scheme } = parts
  const hasHost = isHostName(host) || ipAddressOctets(host) !== undefined
  if (authority !== undefined && !hasHost && !(authority === '' && HOSTLESS_SCHEMES.includes(scheme))) {
    throw generalNameError(`uri:${text}`, 'has no host that is a DNS name or an IP address')
  }
  return uri
}

function asciiUri(text: string): string {
  const match = /^([^:/?#]+:\/\/(?:[^/?#@]*@)?)([^/?#:]*)(.*)$/su.exec(text)
  const [, before = '', host = '', after = ''] = match ?? ['', '', '', text]
  return percentEncode(before) + (host === '' ? '' : parseDnsName(host)) + percentEncode(after)
}

function percentEncode(text: string): string {
  return text.replace(/[^\0-\x7f]+/gu, (characters) =>
    [...Buffer.from(characters)].map((octet) => `%${octet.toString(16).toUpperCase()}`).join(''),
  )
}

const TRUST_DOMAIN = /^[a-z0-9._-]{1,255}$/
const PATH_SEGMENT = /^[A-Za-z0-9._-]+$/

/**
 * The text, if it is a SPIFFE ID (SPIFFE-ID §2): `spiffe://trust-domain/path`, neither port, user, query nor fragment,
 * no empty or dotted path segment, at most 2048 octets.
 * @throws PkiError `usage.general-name`
 */
export function requireSpiffeId(text: string): string {
  const match = /^spiffe:\/\/([^/]*)(?:\/(.*))?$/s.exec(text)
  if (match === null) throw generalNameError(text, 'is not a SPIFFE ID', 'as in spiffe://example.test/service')
  const [, trustDomain = '', path] = match
  if (!TRUST_DOMAIN.test(trustDomain)) {
    throw generalNameError(
      text,
      'has no SPIFFE trust domain',
      'lower-case letters, digits, dots, hyphens and underscores, no port',
    )
  }
  const segments = path?.split('/') ?? []
  if (segments.some((segment) => !PATH_SEGMENT.test(segment) || segment === '.' || segment === '..')) {
    throw generalNameError(
      text,
      'has a path that SPIFFE IDs do not have',
      'segments of letters, digits, dots, hyphens, underscores',
    )
  }
  if (text.length > 2048) throw generalNameError(`${text.slice(0, 40)}…`, 'is longer than 2048 octets')
  return text
}
