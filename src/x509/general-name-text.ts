/**
 * General names as text: `dns:a.test`, `ip:10.0.0.1`, `email:a@b.test`, `uri:…`, `upn:…`, `dirname:CN=x`, `rid:1.2.3`,
 * `othername:OID:hex`. What is read here goes into certificates, so it is checked; what is formatted may be anything.
 */

import { domainToASCII } from 'node:url'
import { DerError, DerReader, Tag } from '../der/reader.ts'
import { stringFromElement } from '../der/values.ts'
import { isOid, utf8String } from '../der/writer.ts'
import { PkiError } from '../errors.ts'
import type { GeneralName } from './general-name.ts'
import { formatIpAddress, formatIpRange, ipAddressOctets, isContiguousMask, prefixMask } from './ip-address.ts'
import { parseName } from './name.ts'
import { type DnsNameProblem, dnsNameProblem, isHostName, parseMailbox, parseUri } from './name-syntax.ts'
import { formatName, parseNameText } from './name-text.ts'
import { OTHER_NAME } from './oids.ts'

const PARSERS: Readonly<Record<string, (value: string) => GeneralName>> = {
  dns: (value) => ({ type: 'dNSName', value: parseDnsName(value) }),
  ip: (value) => ({ type: 'iPAddress', value: parseIpAddress(value) }),
  email: parseEmail,
  uri: (value) => ({ type: 'uniformResourceIdentifier', value: parseUriText(value) }),
  upn: parseUpn,
  dirname: parseDirectoryName,
  rid: (value) => ({ type: 'registeredID', value: requireOid(value) }),
  othername: parseOtherName,
}

const PREFIXED = /^\s*(dns|ip|email|uri|upn|dirname|rid|othername):\s*(.*?)\s*$/is

/**
 * The name that a text with a prefix means; prefixes in any case.
 * @throws PkiError `usage.general-name` naming the text; `usage.subject` for the name behind `dirname:`
 */
export function parseGeneralNameText(text: string): GeneralName {
  const match = PREFIXED.exec(text)
  const parser = match && PARSERS[(match[1] as string).toLowerCase()]
  if (!parser) {
    throw bad(text, 'has no known prefix', `begin it with one of ${Object.keys(PARSERS).join(':, ')}:`)
  }
  return parser(match[2] as string)
}

/**
 * The name that a bare value means: an IP address if it is one, an e-mail address if it has an `@`, a URI if it has
 * `://`, else a DNS name. A prefix decides where there is one.
 * @throws PkiError like {@link parseGeneralNameText}
 */
export function guessGeneralName(text: string): GeneralName {
  const value = text.trim()
  const address = ipAddressOctets(value)
  if (address !== undefined) return { type: 'iPAddress', value: address }
  if (PREFIXED.test(value)) return parseGeneralNameText(value)
  if (value.includes('://')) return { type: 'uniformResourceIdentifier', value: parseUriText(value) }
  if (value.includes('@')) return parseEmail(value)
  return { type: 'dNSName', value: parseDnsName(value) }
}

/**
 * The base of a subtree for name constraints (RFC 5280 §4.2.1.10): `dns:example.test` with all below it, `dns:.test`
 * without test itself, `dns:` for every name; `email:` a mailbox, a host, or `.domain`; `uri:` a host or `.domain`;
 * `ip:10.0.0.0/8`; `dirname:`.
 * @throws PkiError `usage.general-name`; `usage.subject` for the name behind `dirname:`
 */
export function parseSubtreeText(text: string): GeneralName {
  const match = PREFIXED.exec(text)
  const value = match?.[2] ?? ''
  switch (match?.[1]?.toLowerCase()) {
    case 'dns':
      return { type: 'dNSName', value: parseDomain(value, text) }
    case 'email':
      return value.includes('@') ? parseEmail(value) : { type: 'rfc822Name', value: parseDomain(value, text) }
    case 'uri':
      return { type: 'uniformResourceIdentifier', value: parseDomain(value, text) }
    case 'ip':
      return { type: 'iPAddress', value: parseIpRange(value) }
    case 'dirname':
      return parseDirectoryName(value)
    default:
      throw bad(text, 'is no subtree that can be constrained', 'use dns:, email:, uri:, ip: or dirname:')
  }
}

/** A host name with or without a leading dot, or nothing. */
function parseDomain(value: string, text: string): string {
  if (value.startsWith('*')) {
    throw bad(text, 'has a wildcard, which constraints do not know', `write ${value.replace(/^\*+\.?/, '.')} instead`)
  }
  if (value.includes('://')) throw bad(text, 'is a whole URI', 'constraints on URIs name the host alone')
  if (value === '') return ''
  return value.startsWith('.') ? `.${parseDnsName(value.slice(1))}` : parseDnsName(value)
}

const DNS_NAME_PROBLEM: Readonly<Record<Exclude<DnsNameProblem, 'underscore'>, readonly [string, string?]>> = {
  empty: ['is empty'],
  'too-long': ['is longer than 253 characters'],
  'trailing-dot': ['ends in a dot', 'certificates hold names without the final dot'],
  'empty-label': ['has an empty label'],
  'label-too-long': ['has a label of more than 63 characters'],
  character: ['has a character that DNS names do not have', 'letters, digits, hyphens, and dots between the labels'],
  hyphen: ['has a label that begins or ends with a hyphen'],
  numeric: ['ends in a label of digits', 'an IP address is given as ip:'],
  wildcard: ['has a wildcard that is not the first of several labels', 'as in *.example.test'],
}

/**
 * A DNS name fit for a certificate, as typed; internationalised labels become A-labels (RFC 5280 §7.2). `localhost`,
 * a wildcard as first label, and underscores, which container and Windows names have, are taken.
 * @throws PkiError `usage.general-name`
 */
export function parseDnsName(text: string): string {
  const name = text
    .split(isAscii(text) ? '.' : IDNA_DOTS)
    .map(toALabel)
    .join('.')
  const problem = dnsNameProblem(name)
  if (problem === undefined || problem === 'underscore') return name
  const [what, hint] = DNS_NAME_PROBLEM[problem]
  throw bad(`dns:${text}`, what, hint)
}

/** The full stops of other scripts, which IDNA takes for dots (UTS #46 §4). */
const IDNA_DOTS = /[.\u3002\uff0e\uff61]/

function toALabel(label: string): string {
  // Not for ASCII: domainToASCII takes 010 for an IPv4 address and decodes percent signs.
  if (isAscii(label)) return label
  const aLabel = domainToASCII(label)
  if (aLabel === '') throw bad(`dns:${label}`, 'is a label that IDNA does not allow')
  return aLabel
}

/**
 * The 4 or 16 octets of an IP address; brackets around IPv6 are taken off.
 * @throws PkiError `usage.general-name`
 */
export function parseIpAddress(text: string): Uint8Array {
  const octets = ipAddressOctets(text.replace(/^\[(.*)\]$/, '$1'))
  if (octets === undefined) {
    const hint = text.includes('/') ? 'a range belongs in a name constraint' : undefined
    throw bad(`ip:${text}`, 'is not an IP address', hint)
  }
  return octets
}

/**
 * Address and mask, 8 or 32 octets, of `10.0.0.0/8`, `10.0.0.0/255.0.0.0` or a single address. Bits behind the mask
 * must be zero.
 * @throws PkiError `usage.general-name`
 */
export function parseIpRange(text: string): Uint8Array {
  const [addressText = '', maskText, ...rest] = text.split('/')
  const address = ipAddressOctets(addressText)
  const mask =
    address &&
    (maskText === undefined ? prefixMask(address.length * 8, address.length) : parseMask(maskText, address.length))
  if (address === undefined || mask === undefined || rest.length > 0) {
    throw bad(`ip:${text}`, 'is not a range of IP addresses', 'as in 10.0.0.0/8, 10.0.0.0/255.0.0.0 or 2001:db8::/32')
  }
  const network = address.map((octet, i) => octet & (mask[i] as number))
  if (network.some((octet, i) => octet !== address[i])) {
    const range = formatIpRange(Uint8Array.of(...network, ...mask))
    throw bad(`ip:${text}`, 'has address bits behind the mask', `the network is ${range}`)
  }
  return Uint8Array.of(...address, ...mask)
}

function parseMask(text: string, length: number): Uint8Array | undefined {
  if (/^\d{1,3}$/.test(text)) return Number(text) <= length * 8 ? prefixMask(Number(text), length) : undefined
  const mask = ipAddressOctets(text)
  return mask !== undefined && mask.length === length && isContiguousMask(mask) ? mask : undefined
}

/**
 * `local@domain`. A local part beyond ASCII becomes the otherName SmtpUTF8Mailbox (RFC 9598 §3), whose domain stays in
 * A-labels.
 */
function parseEmail(text: string): GeneralName {
  const at = text.lastIndexOf('@')
  if (at <= 0) throw bad(`email:${text}`, 'is not an e-mail address', 'as in alice@example.test')
  const localPart = text.slice(0, at)
  const mailbox = `${localPart}@${parseDnsName(text.slice(at + 1))}`
  if (!isAscii(localPart) && parseMailbox(mailbox.replace(/[^\0-\x7f]/gu, 'x')) !== undefined) {
    return { type: 'otherName', typeId: OTHER_NAME.smtpUtf8Mailbox, value: utf8String(mailbox) }
  }
  if (parseMailbox(mailbox) === undefined) throw bad(`email:${text}`, 'is not an e-mail address')
  return { type: 'rfc822Name', value: mailbox }
}

/** Schemes whose authority may be empty: `ldap:///CN=…` asks the client's own directory, `file:///…` its own disk. */
const HOSTLESS_SCHEMES: readonly string[] = ['ldap', 'ldaps', 'file']

/**
 * An absolute URI with a scheme and, behind `//`, a host. Beyond ASCII, the host becomes A-labels and everything else
 * percent-encoded UTF-8 (RFC 5280 §7.4).
 */
function parseUriText(text: string): string {
  const uri = isAscii(text) ? text : asciiUri(text)
  const parts = parseUri(uri)
  if (parts === undefined) throw bad(`uri:${text}`, 'is not an absolute URI', 'as in https://example.test/path')
  if (parts.scheme === 'spiffe') return requireSpiffeId(uri)
  const { host, authority, scheme } = parts
  const hasHost = isHostName(host) || ipAddressOctets(host) !== undefined
  if (authority !== undefined && !hasHost && !(authority === '' && HOSTLESS_SCHEMES.includes(scheme))) {
    throw bad(`uri:${text}`, 'has no host that is a DNS name or an IP address')
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
  if (match === null) throw bad(text, 'is not a SPIFFE ID', 'as in spiffe://example.test/service')
  const [, trustDomain = '', path] = match
  if (!TRUST_DOMAIN.test(trustDomain)) {
    throw bad(text, 'has no SPIFFE trust domain', 'lower-case letters, digits, dots, hyphens and underscores, no port')
  }
  const segments = path?.split('/') ?? []
  if (segments.some((segment) => !PATH_SEGMENT.test(segment) || segment === '.' || segment === '..')) {
    throw bad(text, 'has a path that SPIFFE IDs do not have', 'segments of letters, digits, dots, hyphens, underscores')
  }
  if (text.length > 2048) throw bad(`${text.slice(0, 40)}…`, 'is longer than 2048 octets')
  return text
}

/** Microsoft's user principal name: an otherName with a UTF8String. */
function parseUpn(text: string): GeneralName {
  if (!/^[^@\s]+@[^@\s]+$/.test(text)) {
    throw bad(`upn:${text}`, 'is not a user principal name', 'as in alice@example.test')
  }
  return { type: 'otherName', typeId: OTHER_NAME.userPrincipalName, value: utf8String(text) }
}

function parseDirectoryName(text: string): GeneralName {
  return { type: 'directoryName', value: parseName(parseNameText(text)) }
}

function parseOtherName(text: string): GeneralName {
  const [oidText = '', hex = ''] = text.split(':')
  const typeId = requireOid(oidText)
  const value = new Uint8Array(Buffer.from(hex, 'hex'))
  if (!/^(?:[0-9A-Fa-f]{2})+$/.test(hex) || !isElement(value)) {
    throw bad(`othername:${text}`, 'has no DER value', 'as in othername:1.2.3.4:0c0161')
  }
  return { type: 'otherName', typeId, value }
}

function isElement(encoded: Uint8Array): boolean {
  const reader = new DerReader(encoded)
  try {
    reader.element('value')
    return reader.atEnd
  } catch (error) {
    if (error instanceof DerError) return false
    throw error
  }
}

function requireOid(text: string): string {
  if (!isOid(text)) throw bad(text, 'is not an object identifier', 'as in 1.3.6.1.4.1.311.20.2.3')
  return text
}

function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text)
}

function bad(text: string, problem: string, hint?: string): PkiError {
  return new PkiError('usage.general-name', `${text} ${problem}`, {
    context: { text },
    ...(hint === undefined ? {} : { hint }),
  })
}

/**
 * The text of any GeneralName, for people: `DNS:a.test`. One line, and safe to print or to join with commas: a value
 * with spaces, quotes or control characters, which no good name has, is quoted as JSON. Good names are read back by
 * {@link parseGeneralNameText}.
 */
export function formatGeneralName(name: GeneralName): string {
  switch (name.type) {
    case 'dNSName':
      return `DNS:${quoted(name.value)}`
    case 'rfc822Name':
      return `email:${quoted(name.value)}`
    case 'uniformResourceIdentifier':
      return `URI:${quoted(name.value)}`
    case 'iPAddress':
      return `IP:${formatIpAddress(name.value) ?? formatIpRange(name.value) ?? `#${hexOf(name.value)}`}`
    case 'directoryName':
      return `DirName:${formatName(name.value)}`
    case 'registeredID':
      return `RID:${name.value}`
    case 'otherName':
      return formatOtherName(name.typeId, name.value)
    case 'x400Address':
    case 'ediPartyName':
      return `${name.type}:#${hexOf(name.value)}`
  }
}

function formatOtherName(typeId: string, value: Uint8Array): string {
  const prefix = typeId === OTHER_NAME.userPrincipalName ? 'UPN' : typeId === OTHER_NAME.smtpUtf8Mailbox ? 'email' : ''
  const text = prefix !== '' && value[0] === Tag.utf8String ? utf8Text(value) : undefined
  return text === undefined ? `othername:${typeId}:${hexOf(value)}` : `${prefix}:${quoted(text)}`
}

function utf8Text(encoded: Uint8Array): string | undefined {
  try {
    return stringFromElement(new DerReader(encoded).element('otherName'), 'otherName')
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}

function quoted(text: string): string {
  if (!/[\s"\\\p{Cc}\p{Cf}\p{Cs}]/u.test(text)) return text
  return JSON.stringify(text).replace(/[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    [...character].map((c) => `\\u{${(c.codePointAt(0) as number).toString(16)}}`).join(''),
  )
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
