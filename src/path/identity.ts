/**
 * Whether a certificate is for the name that was asked for: RFC 9525 for DNS names and IP addresses, RFC 5280 §7 for
 * mailboxes and URIs. Only the subjectAltName counts; a common name is never compared.
 */

import { equalBytes } from '../der/writer.ts'
import { PkiError } from '../errors.ts'
import type { Certificate } from '../x509/certificate.ts'
import { parseDnsName } from '../x509/dns-name-text.ts'
import type { GeneralName } from '../x509/general-name.ts'
import { formatGeneralName, parseGeneralNameText } from '../x509/general-name-text.ts'
import { parseIpAddress } from '../x509/ip-address-text.ts'
import { parseMailbox, parseUri } from '../x509/name-syntax.ts'
import { ATTRIBUTE } from '../x509/oids.ts'
import { isUtf8Mailbox, type OtherName, parseUtf8Mailbox } from '../x509/utf8-mailbox.ts'
import { LISTED } from './findings/names.ts'
import { type Finding, finding } from './findings.ts'

/** The reference identifier: what the caller wants to talk to. */
export interface Identity {
  readonly type: 'dns' | 'ip' | 'email' | 'uri'
  readonly value: string
}

export interface IdentityOptions {
  /**
   * Whether everything below a domain belongs to somebody else, such as `co.uk`: from a public suffix list. A domain of
   * one label counts as such without being asked for.
   */
  readonly isPublicSuffix?: (domain: string) => boolean
}

/**
 * Checks the target certificate of a path, index 0, against one identity.
 *
 * Findings: `identity.mismatch`, with what it presents instead, and `identity.public-suffix-wildcard`.
 * @throws PkiError `usage.general-name` if the identity is not a name of its type
 */
export function checkIdentity(
  certificate: Certificate,
  identity: Identity,
  options: IdentityOptions = {},
): readonly Finding[] {
  const reference = referenceName(identity)
  const presented = certificate.decoded.subjectAltName ?? []
  const matching = presented.filter((name) => matches(name, reference))
  const expected = formatGeneralName(reference)
  if (matching.length === 0) {
    return [
      finding('identity.mismatch', 0, {
        expected,
        presented: presented.slice(0, LISTED).map(formatGeneralName),
        presentedCount: presented.length,
        commonName: certificate.subject.attributes(ATTRIBUTE.commonName).at(-1)?.value,
      }),
    ]
  }
  return checkWildcardBreadth(matching, expected, options)
}

/**
 * The identity as the GeneralName it would be in a certificate.
 * @throws PkiError `usage.general-name` if it is not a name of its type
 */
export function referenceName({ type, value }: Identity): GeneralName {
  switch (type) {
    case 'dns': {
      const name = parseDnsName(value.replace(/\.$/, ''))
      if (name.startsWith('*')) {
        throw new PkiError('usage.general-name', `dns:${value} is a pattern, not the name of one host`)
      }
      return { type: 'dNSName', value: name.toLowerCase() }
    }
    case 'ip':
      return { type: 'iPAddress', value: parseIpAddress(value) }
    case 'email':
    case 'uri':
      return parseGeneralNameText(`${type}:${value}`)
  }
}

function matches(presented: GeneralName, reference: GeneralName): boolean {
  switch (reference.type) {
    case 'dNSName':
      return presented.type === reference.type && matchesDnsName(presented.value, reference.value)
    case 'iPAddress':
      return presented.type === reference.type && equalBytes(presented.value, reference.value)
    case 'rfc822Name':
      return presented.type === reference.type && isSame(mailboxKey(presented.value), mailboxKey(reference.value))
    case 'uniformResourceIdentifier':
      return presented.type === reference.type && isSame(uriKey(presented.value), uriKey(reference.value))
    case 'otherName':
      return presented.type === reference.type && isSame(utf8MailboxKey(presented), utf8MailboxKey(reference))
    default:
      return false
  }
}

/**
 * RFC 9525 §6.3: label by label without regard to case; an asterisk as the whole leftmost label stands for exactly one
 * label. A malformed presented name, one with a final dot or a partial wildcard included, equals no well-formed
 * reference, and so needs no check of its own.
 */
function matchesDnsName(presented: string, reference: string): boolean {
  const pattern = presented.toLowerCase()
  if (!pattern.startsWith('*.')) return pattern === reference
  const firstDot = reference.indexOf('.')
  return firstDot > 0 && pattern.slice(1) === reference.slice(firstDot)
}

/** A key that equal names share; undefined for a malformed name, which equals nothing. */
type Key = string | undefined

function isSame(presented: Key, reference: Key): boolean {
  return presented !== undefined && presented === reference
}

/** RFC 5280 §7.5: the local part exactly, the host without regard to case. */
function mailboxKey(mailbox: string): Key {
  const parts = parseMailbox(mailbox)
  return parts && `${parts.localPart}@${parts.domain.toLowerCase()}`
}

/** RFC 9598 §5: like mailboxes, local parts compared as UTF-8. */
function utf8MailboxKey(name: OtherName): Key {
  const parts = isUtf8Mailbox(name) ? parseUtf8Mailbox(name) : undefined
  return parts && `${parts.localPart}@${parts.domain.toLowerCase()}`
}

/** RFC 5280 §7.4: scheme, host and percent-encodings without regard to case, everything else exactly. */
function uriKey(uri: string): Key {
  const parts = parseUri(uri)
  if (parts === undefined) return undefined
  const { scheme, authority } = parts
  const behind = scheme.length + 1 + (authority === undefined ? 0 : 2 + authority.length)
  const at = (authority?.lastIndexOf('@') ?? -1) + 1
  const normalAuthority = authority && authority.slice(0, at) + authority.slice(at).toLowerCase()
  const path = uri.slice(behind)
  return `${scheme}:${normalAuthority === undefined ? '' : `//${normalAuthority}`}${path}`.replace(
    /%[0-9A-Fa-f]{2}/g,
    (triplet) => triplet.toUpperCase(),
  )
}

/** A wildcard that spans a whole public suffix is no proof of any one name below it (CA/B BR §3.2.2.6). */
function checkWildcardBreadth(
  matching: readonly GeneralName[],
  expected: string,
  { isPublicSuffix }: IdentityOptions,
): readonly Finding[] {
  const spans = matching.map((name) => {
    const domain = name.type === 'dNSName' && name.value.startsWith('*.') ? name.value.slice(2).toLowerCase() : ''
    return domain !== '' && (!domain.includes('.') || isPublicSuffix?.(domain) === true) ? domain : undefined
  })
  const [name] = matching
  const [publicSuffix] = spans
  if (name === undefined || publicSuffix === undefined || spans.includes(undefined)) return []
  return [finding('identity.public-suffix-wildcard', 0, { expected, wildcard: formatGeneralName(name), publicSuffix })]
}
