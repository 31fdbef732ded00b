/**
 * General names as text: `dns:a.test`, `ip:10.0.0.1`, `email:a@b.test`, `uri:…`, `upn:…`, `dirname:CN=x`, `rid:1.2.3`,
 * `othername:OID:hex`. What is read here goes into certificates, so it is checked; what is formatted may be anything.
 */

import { DerError, DerReader, Tag } from '../der/reader.ts'
import { stringFromElement } from '../der/values.ts'
import { isOid, utf8String } from '../der/writer.ts'
import { isAscii, parseDnsName } from './dns-name-text.ts'
import type { GeneralName } from './general-name.ts'
import { generalNameError } from './general-name-error.ts'
import { formatIpAddress, formatIpRange, ipAddressOctets } from './ip-address.ts'
import { parseIpAddress, parseIpRange } from './ip-address-text.ts'
import { parseName } from './name.ts'
import { parseMailbox } from './name-syntax.ts'
import { formatName, parseNameText } from './name-text.ts'
import { OTHER_NAME } from './oids.ts'
import { parseUriText } from './uri-text.ts'

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
    throw generalNameError(text, 'has no known prefix', `begin it with one of ${Object.keys(PARSERS).join(':, ')}:`)
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
      throw generalNameError(text, 'is no subtree that can be constrained', 'use dns:, email:, uri:, ip: or dirname:')
  }
}

/** A host name with or without a leading dot, or nothing. */
function parseDomain(value: string, text: string): string {
  if (value.startsWith('*')) {
    throw generalNameError(
      text,
      'has a wildcard, which constraints do not know',
      `write ${value.replace(/^\*+\.?/, '.')} instead`,
    )
  }
  if (value.includes('://')) throw generalNameError(text, 'is a whole URI', 'constraints on URIs name the host alone')
  if (value === '') return ''
  return value.startsWith('.') ? `.${parseDnsName(value.slice(1))}` : parseDnsName(value)
}

/**
 * `local@domain`. A local part beyond ASCII becomes the otherName SmtpUTF8Mailbox (RFC 9598 §3), whose domain stays in
 * A-labels.
 */
function parseEmail(text: string): GeneralName {
  const at = text.lastIndexOf('@')
  if (at <= 0) throw generalNameError(`email:${text}`, 'is not an e-mail address', 'as in alice@example.test')
  const localPart = text.slice(0, at)
  const mailbox = `${localPart}@${parseDnsName(text.slice(at + 1))}`
  if (!isAscii(localPart) && parseMailbox(mailbox.replace(/[^\0-\x7f]/gu, 'x')) !== undefined) {
    return { type: 'otherName', typeId: OTHER_NAME.smtpUtf8Mailbox, value: utf8String(mailbox) }
  }
  if (parseMailbox(mailbox) === undefined) throw generalNameError(`email:${text}`, 'is not an e-mail address')
  return { type: 'rfc822Name', value: mailbox }
}

/** Microsoft's user principal name: an otherName with a UTF8String. */
function parseUpn(text: string): GeneralName {
  if (!/^[^@\s]+@[^@\s]+$/.test(text)) {
    throw generalNameError(`upn:${text}`, 'is not a user principal name', 'as in alice@example.test')
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
    throw generalNameError(`othername:${text}`, 'has no DER value', 'as in othername:1.2.3.4:0c0161')
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
  if (!isOid(text)) throw generalNameError(text, 'is not an object identifier', 'as in 1.3.6.1.4.1.311.20.2.3')
  return text
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
