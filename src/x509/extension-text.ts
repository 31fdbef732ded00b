/**
 * Extensions as text: PowerShell's `-TextExtension` and this program's `--extension`.
 *
 * PowerShell's grammar, as the reference of New-SelfSignedCertificate gives it:
 *
 *     OID={text}String      OID={hex}3003…      OID=BASE64      and {critical} right behind the `=` of any of them
 *
 * What a text says depends on the OID; the forms are in {@link TEXT_FORMS}. Tokens are read whatever their case. There
 * is no way to write a `&` inside a value. Base64 must hold DER, as the reference asks, which catches text that only
 * looks like base64; hex may be any bytes here, for whoever wants to make what Windows would refuse.
 */

import { DerError, DerReader } from '../der/reader.ts'
import { isOid, octetString, utf8String } from '../der/writer.ts'
import { PkiError } from '../errors.ts'
import {
  cpsQualifier,
  type ExtensionToWrite,
  encodeBasicConstraints,
  encodeCertificatePolicies,
  encodeExtKeyUsage,
  encodeNameConstraints,
  encodePolicyMappings,
  userNoticeQualifier,
} from './extension-encoding.ts'
import type { BasicConstraints, GeneralSubtree, PolicyInformation, PolicyMapping } from './extension-value.ts'
import { encodeGeneralNames, type GeneralName } from './general-name.ts'
import { parseGeneralNameText, parseSubtreeText } from './general-name-text.ts'
import { parseIpAddress } from './ip-address-text.ts'
import { EXTENSION, OTHER_NAME } from './oids.ts'
import { parseKeyPurpose } from './usage-text.ts'

/**
 * An extension in PowerShell's form: `2.5.29.19={critical}{text}CA=1&pathlength=0`.
 * @throws PkiError `usage.extension`, or `usage.general-name` and `usage.subject` for the names inside
 */
export function parseTextExtension(text: string): ExtensionToWrite {
  const [identifier, payload] = splitAtEquals(text)
  const critical = /^\{critical\}/i.test(payload)
  const body = critical ? payload.slice('{critical}'.length) : payload
  const [, form = '', content = ''] = /^(?:\{(text|hex|base64)\})?(.*)$/is.exec(body) as RegExpExecArray
  const oid = extensionOid(identifier, text)
  switch (form.toLowerCase()) {
    case 'text':
      return { oid, critical, value: encodeText(oid, content, text) }
    case 'hex':
      return { oid, critical, value: bytesFromHex(content, text) }
    default:
      return { oid, critical, value: requireDer(bytesFromBase64(content, text), text) }
  }
}

/**
 * An extension of any bytes: `[critical,]OID=hex:…`, `[critical,]OID=base64:…`. Without `hex:` or `base64:`, text of
 * hex digits in pairs (which colons or spaces may separate) is hex, and all other text is base64: `OID=0500` is hex.
 * The bytes become the content of extnValue as they are; they need not be DER.
 * @throws PkiError `usage.extension`
 */
export function parseRawExtension(text: string): ExtensionToWrite {
  const trimmed = text.trim()
  const critical = /^critical\s*,/i.test(trimmed)
  const [identifier, payload] = splitAtEquals(critical ? trimmed.slice(trimmed.indexOf(',') + 1) : trimmed)
  const [, form, content = ''] = /^(?:(hex|base64):)?(.*)$/is.exec(payload) as RegExpExecArray
  const isHex = form === undefined ? HEX.test(content.trim()) : form.toLowerCase() === 'hex'
  const value = isHex ? bytesFromHex(content, text) : bytesFromBase64(content, text)
  return { oid: extensionOid(identifier, text), critical, value }
}

function splitAtEquals(text: string): [string, string] {
  const equals = text.indexOf('=')
  if (equals > 0) return [text.slice(0, equals).trim(), text.slice(equals + 1).trim()]
  throw new PkiError('usage.extension', `extension without a value: ${text}`, { hint: 'write OID=value' })
}

/** An extension by object identifier, or by the RFC's name for it. */
function extensionOid(identifier: string, text: string): string {
  if (isOid(identifier)) return identifier
  const named = Object.entries(EXTENSION).find(([name]) => name.toLowerCase() === identifier.toLowerCase())
  if (named !== undefined) return named[1]
  throw new PkiError(
    'usage.extension',
    `${text}: ${identifier} is neither an object identifier nor the name of an extension`,
  )
}

const HEX = /^[0-9a-f]{2}([:\s]*[0-9a-f]{2})*$/i

function bytesFromHex(content: string, text: string): Uint8Array {
  const digits = content.trim()
  if (digits !== '' && !HEX.test(digits)) throw new PkiError('usage.extension', `${text}: not hex digits in pairs`)
  return Uint8Array.from(Buffer.from(digits.replace(/[:\s]/g, ''), 'hex'))
}

function bytesFromBase64(content: string, text: string): Uint8Array {
  const packed = content.replace(/\s/g, '')
  if (packed.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(packed)) {
    throw new PkiError('usage.extension', `${text}: not base64`, {
      hint: 'write OID=hex:0500 or OID=base64:BQA=; in the form of PowerShell, text begins with {text} and hex with {hex}',
    })
  }
  return Uint8Array.from(Buffer.from(packed, 'base64'))
}

function requireDer(value: Uint8Array, text: string): Uint8Array {
  const reader = new DerReader(value)
  try {
    reader.element('value')
    reader.finish('value')
  } catch (cause) {
    if (!(cause instanceof DerError)) throw cause
    throw new PkiError('usage.extension', `${text}: the bytes are not one DER element`, { cause })
  }
  return value
}

/** How a text is read, by extension; each gives the content of extnValue. */
type TextForm = (content: string, text: string) => Uint8Array

const TEXT_FORMS: Readonly<Record<string, TextForm>> = {
  // CA=1&pathlength=3
  [EXTENSION.basicConstraints]: (content, text) => encodeBasicConstraints(readBasicConstraints(content, text)),
  // 1.3.6.1.5.5.7.3.1,clientAuth
  [EXTENSION.extKeyUsage]: (content, text) => encodeExtKeyUsage(readPurposes(content, text)),
  // DNS=a.test&Email=a@a.test&UPN=a@a.test&IPAddress=10.0.0.1&URL=…&DirectoryName=…&RegisteredID=…&GUID=…
  [EXTENSION.subjectAltName]: (content, text) =>
    encodeGeneralNames(readTokens(content, text, ALT_NAME_TOKENS).map(({ token, value }) => altName(token, value))),
  // subtree=include&DNS=a.test&subtree=exclude&IPAddress=10.0.0.0,255.0.0.0
  [EXTENSION.nameConstraints]: (content, text) => encodeNameConstraints(readNameConstraints(content, text)),
  // oid=1.2.3&notice=…&url=…&oid=1.2.4
  [EXTENSION.certificatePolicies]: (content, text) => encodeCertificatePolicies(readPolicies(content, text)),
  [EXTENSION.applicationPolicies]: (content, text) => encodeCertificatePolicies(readPolicies(content, text)),
  // oid=ISSUER&oid=SUBJECT&…
  [EXTENSION.policyMappings]: (content, text) => encodePolicyMappings(readMappings(content, text)),
  [EXTENSION.applicationPolicyMappings]: (content, text) => encodePolicyMappings(readMappings(content, text)),
}

function encodeText(oid: string, content: string, text: string): Uint8Array {
  const form = TEXT_FORMS[oid]
  if (form !== undefined) return form(content.trim(), text)
  throw new PkiError('usage.extension', `${text}: there is no text form of extension ${oid}`, {
    hint: `{text} is for ${Object.keys(TEXT_FORMS).join(', ')}; use {hex} for others`,
  })
}

interface TokenValue<T extends string> {
  readonly token: T
  readonly value: string
}

/** `token=value&token=value…`; tokens come back in lower case. */
function readTokens<T extends string>(content: string, text: string, allowed: readonly T[]): readonly TokenValue<T>[] {
  return content.split('&').map((part) => {
    const [, name = '', value = ''] = /^\s*([^=]*?)\s*=\s*(.*?)\s*$/s.exec(part) ?? []
    const token = allowed.find((known) => known === name.toLowerCase())
    if (token !== undefined && value !== '') return { token, value }
    const problem =
      token === undefined ? `${part.trim() || 'nothing'} is not one of the tokens` : `${token} has no value`
    throw new PkiError('usage.extension', `${text}: ${problem}`, {
      hint: `tokens are ${allowed.join(', ')}, each with =value, joined by &`,
    })
  })
}

function readBasicConstraints(content: string, text: string): BasicConstraints {
  let cA: boolean | undefined
  let pathLenConstraint: number | undefined
  for (const { token, value } of readTokens(content, text, ['ca', 'pathlength'])) {
    if (token === 'ca' && cA === undefined && /^[01]$/.test(value)) cA = value === '1'
    else if (token === 'pathlength' && pathLenConstraint === undefined && /^\d{1,9}$/.test(value)) {
      pathLenConstraint = Number(value)
    } else
      throw new PkiError('usage.extension', `${text}: ${token}=${value}`, { hint: 'write CA=1&pathlength=0 or CA=0' })
  }
  return { cA: cA ?? false, pathLenConstraint }
}

function readPurposes(content: string, text: string): readonly string[] {
  if (content === '') throw new PkiError('usage.extension', `${text}: no key purpose in it`)
  return content.split(',').map(parseKeyPurpose)
}

const NAME_TOKENS = ['dns', 'email', 'upn', 'ipaddress', 'url', 'directoryname', 'registeredid'] as const
const ALT_NAME_TOKENS = [...NAME_TOKENS, 'guid'] as const

/** What our own text form of a name calls the token; UPN and GUID have forms of their own. */
const PREFIX = {
  dns: 'dns',
  email: 'email',
  ipaddress: 'ip',
  url: 'uri',
  directoryname: 'dirname',
  registeredid: 'rid',
}

function altName(token: (typeof ALT_NAME_TOKENS)[number], value: string): GeneralName {
  if (token === 'guid')
    return { type: 'otherName', typeId: OTHER_NAME.ntdsReplication, value: octetString(guidOctets(value)) }
  return token === 'upn' ? userPrincipalName(value) : parseGeneralNameText(`${PREFIX[token]}:${value}`)
}

function userPrincipalName(value: string): GeneralName {
  return { type: 'otherName', typeId: OTHER_NAME.userPrincipalName, value: utf8String(value) }
}

/** A GUID as Windows lays it out: its first three fields little-endian ([MS-DTYP] §2.3.4). */
function guidOctets(text: string): Uint8Array {
  const match = /^\{?([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})\}?$/i.exec(text)
  if (match === null) throw new PkiError('usage.extension', `not a GUID: ${text}`)
  const [first, second, third, ...rest] = match.slice(1).map((hex) => Buffer.from(hex, 'hex')) as [
    Buffer,
    Buffer,
    Buffer,
  ]
  return Uint8Array.from(Buffer.concat([first.reverse(), second.reverse(), third.reverse(), ...rest]))
}

function readNameConstraints(content: string, text: string) {
  const subtrees: Record<'include' | 'exclude', GeneralSubtree[]> = { include: [], exclude: [] }
  let side: GeneralSubtree[] | undefined
  for (const { token, value } of readTokens(content, text, ['subtree', ...NAME_TOKENS])) {
    if (token === 'subtree') {
      const which = value.toLowerCase()
      if (which !== 'include' && which !== 'exclude') {
        throw new PkiError('usage.extension', `${text}: subtree=${value}`, {
          hint: 'write subtree=include or subtree=exclude',
        })
      }
      side = subtrees[which]
    } else if (side === undefined) {
      throw new PkiError('usage.extension', `${text}: ${token} before subtree=include or subtree=exclude`)
    } else side.push({ base: constraintName(token, value), minimum: 0, maximum: undefined })
  }
  return { permittedSubtrees: subtrees.include, excludedSubtrees: subtrees.exclude }
}

function constraintName(token: (typeof NAME_TOKENS)[number], value: string): GeneralName {
  switch (token) {
    case 'upn':
      return userPrincipalName(value)
    case 'registeredid':
      // Nobody constrains these, so the readers of subtrees do not know them; the reference does.
      return parseGeneralNameText(`rid:${value}`)
    case 'ipaddress':
      return addressAndMask(value)
    case 'url':
      // The reference shows whole URLs; what constrains URIs is their host (RFC 5280 §4.2.1.10).
      return parseSubtreeText(`uri:${/^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#]*@)?([^/?#:]*)/i.exec(value)?.[1] ?? value}`)
    default:
      return parseSubtreeText(`${PREFIX[token]}:${value}`)
  }
}

/** `10.0.0.0,255.0.0.0`, or a range as everywhere else: `10.0.0.0/8`. */
function addressAndMask(value: string): GeneralName {
  const [address = '', mask] = value.split(',').map((part) => part.trim())
  if (mask === undefined) return parseSubtreeText(`ip:${address}`)
  const parts = [parseIpAddress(address), parseIpAddress(mask)] as const
  if (parts[0].length !== parts[1].length) {
    throw new PkiError('usage.general-name', `address and mask are of different families: ${value}`)
  }
  return { type: 'iPAddress', value: Uint8Array.from([...parts[0], ...parts[1]]) }
}

function readPolicies(content: string, text: string): readonly PolicyInformation[] {
  const policies: { policyIdentifier: string; qualifiers: PolicyInformation['qualifiers'][number][] }[] = []
  for (const { token, value } of readTokens(content, text, ['oid', 'notice', 'url', 'flags', 'guid'])) {
    if (token === 'oid') {
      policies.push({ policyIdentifier: requireOid(value, text), qualifiers: [] })
      continue
    }
    const policy = policies.at(-1)
    if (policy === undefined) throw new PkiError('usage.extension', `${text}: ${token} before the oid it belongs to`)
    if (token === 'notice') policy.qualifiers.push(userNoticeQualifier(value))
    else if (token === 'url') policy.qualifiers.push(cpsQualifier(value))
    else {
      throw new PkiError('usage.extension', `${text}: ${token} has no published encoding`, {
        hint: 'give the whole extension with {hex}',
      })
    }
  }
  return policies
}

function readMappings(content: string, text: string): readonly PolicyMapping[] {
  const oids = readTokens(content, text, ['oid']).map(({ value }) => requireOid(value, text))
  if (oids.length % 2 !== 0) {
    throw new PkiError('usage.extension', `${text}: ${oids.length} object identifiers do not make pairs`, {
      hint: 'write oid=ISSUER&oid=SUBJECT for each mapping',
    })
  }
  const mappings: PolicyMapping[] = []
  for (let i = 0; i < oids.length; i += 2) {
    mappings.push({ issuerDomainPolicy: oids[i] as string, subjectDomainPolicy: oids[i + 1] as string })
  }
  return mappings
}

function requireOid(value: string, text: string): string {
  if (isOid(value)) return value
  throw new PkiError('usage.extension', `${text}: not an object identifier: ${value}`)
}
