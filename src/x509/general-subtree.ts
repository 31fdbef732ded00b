/**
 * Whether a name lies within a subtree of a name constraint: RFC 5280 §4.2.1.10, name form by name form.
 *
 * Where the RFC is silent, deployed practice decides, and is named beside the rule. The engine's name constraints and
 * the issuer's check before issuing both stand on this one function.
 */

import type { GeneralName } from './general-name.ts'
import { isContiguousMask } from './ip-address.ts'
import { isHostName, type Mailbox, parseMailbox, parseUri } from './name-syntax.ts'
import { isUtf8Mailbox, type OtherName, parseUtf8Mailbox } from './utf8-mailbox.ts'

export type SubtreeMatch =
  | 'within'
  /** Of the same form, and not in the subtree. */
  | 'outside'
  /** Of different forms: the constraint says nothing about the name. */
  | 'not-comparable'
  /** Of the same form, but name or base is not well-formed; see {@link isWellFormedBase}. Must be rejected. */
  | 'malformed'
  /** Of the same form, one that nobody defined constraints for. Must be rejected (§4.2.1.10, fourth paragraph). */
  | 'unsupported'

/** The forms that are text in a certificate. */
type TextName = Extract<GeneralName, { readonly type: 'dNSName' | 'rfc822Name' | 'uniformResourceIdentifier' }>

/** Where `name` lies, seen from the subtree of `base`. */
export function isWithinSubtree(name: GeneralName, base: GeneralName): SubtreeMatch {
  switch (base.type) {
    case 'rfc822Name':
      // RFC 9598 §6: constraints on mailboxes hold for those beyond ASCII too, or a new form would escape old CAs'.
      return name.type === base.type || isUtf8Mailbox(name) ? matchText(name, base) : 'not-comparable'
    case 'dNSName':
    case 'uniformResourceIdentifier':
      return name.type === base.type ? matchText(name, base) : 'not-comparable'
    case 'iPAddress':
      return name.type === base.type ? matchIpAddress(name.value, base.value) : 'not-comparable'
    case 'directoryName':
      if (name.type !== base.type) return 'not-comparable'
      return name.value.isWithin(base.value) ? 'within' : 'outside'
    case 'otherName':
      // Each type-id is a form of its own, as in OpenSSL's nc_match.
      return name.type === base.type && name.typeId === base.typeId ? 'unsupported' : 'not-comparable'
    case 'registeredID':
    case 'x400Address':
    case 'ediPartyName':
      return name.type === base.type ? 'unsupported' : 'not-comparable'
  }
}

/**
 * Whether some name that `name` stands for lies within the subtree: what an *excluded* subtree asks. It differs from
 * {@link isWithinSubtree} for wildcards alone: `*.a.test` stands for `b.a.test` too, so a certificate with the former
 * must not slip past the exclusion of the latter (Go's CVE-2025-61727).
 */
export function overlapsSubtree(name: GeneralName, base: GeneralName): SubtreeMatch {
  const match = isWithinSubtree(name, base)
  if (match !== 'outside' || name.type !== 'dNSName' || base.type !== 'dNSName') return match
  const parent = base.value.slice(base.value.indexOf('.') + 1)
  const covers = base.value.indexOf('.') > 0 && name.value.toLowerCase() === `*.${parent.toLowerCase()}`
  return covers ? 'within' : 'outside'
}

/** Whether `base` can be the base of a subtree. The leading dot of a DNS name passes: see {@link hasLeadingDot}. */
export function isWellFormedBase(base: GeneralName): boolean {
  switch (base.type) {
    case 'dNSName':
    case 'rfc822Name':
    case 'uniformResourceIdentifier':
      return comparableBase(base) !== undefined
    case 'iPAddress':
      return isRange(base.value)
    default:
      return true
  }
}

/**
 * Whether a DNS constraint begins with a dot. RFC 5280 gives that a meaning for URIs and mailboxes only (erratum 5997),
 * yet CAs issue it and NSS, SChannel, OpenSSL, Go and webpki agree what it means: everything below the domain, and not
 * the domain itself. {@link isWithinSubtree} reads it so; whoever wants the letter of the RFC asks here.
 */
export function hasLeadingDot(base: GeneralName): boolean {
  return base.type === 'dNSName' && base.value.startsWith('.')
}

function matchText(name: TextName | OtherName, base: TextName): SubtreeMatch {
  const presented = comparableName(name)
  const subtree = comparableBase(base)
  if (presented === undefined || subtree === undefined) return 'malformed'
  if (subtree.localPart !== undefined && subtree.localPart !== presented.localPart) return 'outside'
  const within = base.type === 'dNSName' ? isAtOrBelow(presented, subtree) : isHostOrBelowDot(presented, subtree)
  return within ? 'within' : 'outside'
}

/** "Any DNS name that can be constructed by simply adding zero or more labels to the left-hand side." */
function isAtOrBelow({ host }: Comparable, { host: domain, suffix }: Comparable): boolean {
  return domain === '' || host === domain || host.endsWith(suffix)
}

/** URIs and mailboxes: one host exactly, or with a leading dot one label or more before it. Empty is all, as in Go. */
function isHostOrBelowDot({ host }: Comparable, { host: domain, suffix }: Comparable): boolean {
  return domain === '' || (domain === suffix ? host.endsWith(suffix) : host === domain)
}

/** What is compared of a name that is text: its host in lower case, and a mailbox's local part, which has case. */
interface Comparable {
  readonly host: string
  /** The host with exactly one leading dot: what the names below it end with. */
  readonly suffix: string
  readonly localPart: string | undefined
}

// Thousands of names may meet thousands of bases: the syntax of each is decided once.
const names = new WeakMap<TextName | OtherName, { readonly comparable: Comparable | undefined }>()
const bases = new WeakMap<TextName, { readonly comparable: Comparable | undefined }>()

/** Undefined if the name is not well-formed. */
function comparableName(name: TextName | OtherName): Comparable | undefined {
  let known = names.get(name)
  if (known === undefined) {
    known = { comparable: readName(name) }
    names.set(name, known)
  }
  return known.comparable
}

function readName(name: TextName | OtherName): Comparable | undefined {
  if (name.type === 'otherName') return ofMailbox(parseUtf8Mailbox(name))
  const { type, value } = name
  if (type === 'rfc822Name') return ofMailbox(parseMailbox(value))
  // A URI without an authority, or whose host is an IP address, must be rejected where URIs are constrained.
  const host = type === 'dNSName' ? value : parseUri(value)?.host
  const bare = type === 'dNSName' ? value.replace(/^\*\./, '') : host
  return host !== undefined && bare !== undefined && isHostName(bare) ? comparable(host) : undefined
}

/** Undefined if the base is not well-formed. */
function comparableBase(base: TextName): Comparable | undefined {
  let known = bases.get(base)
  if (known === undefined) {
    known = { comparable: readBase(base) }
    bases.set(base, known)
  }
  return known.comparable
}

function readBase({ type, value }: TextName): Comparable | undefined {
  if (type === 'rfc822Name' && value.includes('@')) return ofMailbox(parseMailbox(value))
  return value === '' || isHostName(value.replace(/^\./, '')) ? comparable(value) : undefined
}

/** Quoted or not, a local part is the same (RFC 5321 §4.1.2), and an exclusion must not be slipped past by quotes. */
function ofMailbox(mailbox: Mailbox | undefined): Comparable | undefined {
  const localPart = mailbox?.localPart.startsWith('"')
    ? mailbox.localPart.slice(1, -1).replace(/\\(.)/g, '$1')
    : mailbox?.localPart
  return mailbox && comparable(mailbox.domain, localPart)
}

function comparable(text: string, localPart?: string): Comparable {
  const host = text.toLowerCase()
  return { host, suffix: host.startsWith('.') ? host : `.${host}`, localPart }
}

/**
 * The address under the base's mask. An IPv4 address is outside every IPv6 range and the other way round, as in
 * OpenSSL, Go and webpki: both are one name form, so a CA that may issue for 10.0.0.0/8 alone may not for IPv6.
 */
function matchIpAddress(address: Uint8Array, base: Uint8Array): SubtreeMatch {
  if ((address.length !== 4 && address.length !== 16) || !isRange(base)) return 'malformed'
  if (base.length !== 2 * address.length) return 'outside'
  const within = address.every((octet, i) => {
    const mask = base[address.length + i] as number
    return (octet & mask) === ((base[i] as number) & mask)
  })
  return within ? 'within' : 'outside'
}

function isRange(base: Uint8Array): boolean {
  return (base.length === 8 || base.length === 32) && isContiguousMask(base.subarray(base.length / 2))
}
