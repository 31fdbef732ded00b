/**
 * When the text of a GeneralName is well-formed: DNS names, mailboxes, URIs (RFC 5280 §4.2.1.6, §7.2).
 *
 * Both lines need the answers: who makes a certificate refuses bad names, who judges one reports them.
 */

/** What is wrong with a DNS name; `underscore` only where nothing else is. */
export type DnsNameProblem =
  | 'empty'
  | 'too-long'
  | 'trailing-dot'
  | 'empty-label'
  | 'label-too-long'
  | 'character'
  | 'hyphen'
  /** The last label is all digits: the name is an IP address, or looks like one. */
  | 'numeric'
  /** An asterisk that is not the whole leftmost label of at least two. */
  | 'wildcard'
  /** Forbidden in host names, deployed all the same: those who are lenient let this one pass. */
  | 'underscore'

/** What nearly all are: letters, digits and hyphens in order, and a last label that begins with a letter. */
const PLAIN_DNS_NAME = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/i

const LABEL = /^[A-Za-z0-9_-]+$/

/**
 * What keeps a text from being a DNS name in the preferred name syntax of RFC 1034 §3.5 as RFC 1123 §2.1 modifies it,
 * with a wildcard as its leftmost label allowed; undefined if nothing does.
 */
export function dnsNameProblem(name: string): DnsNameProblem | undefined {
  if (name === '') return 'empty'
  // 255 octets on the wire (RFC 1035 §2.3.4) are 253 characters of text.
  if (name.length > 253) return 'too-long'
  if (PLAIN_DNS_NAME.test(name)) return undefined
  if (name.endsWith('.')) return 'trailing-dot'
  const labels = name.split('.')
  const hostLabels = labels[0] === '*' && labels.length > 1 ? labels.slice(1) : labels
  for (const label of hostLabels) {
    if (label === '') return 'empty-label'
    if (label.includes('*')) return 'wildcard'
    if (label.length > 63) return 'label-too-long'
    if (!LABEL.test(label)) return 'character'
    if (label.startsWith('-') || label.endsWith('-')) return 'hyphen'
  }
  if (/^\d+$/.test(labels.at(-1) as string)) return 'numeric'
  return name.includes('_') ? 'underscore' : undefined
}

/** Whether the text names one host: a DNS name without wildcard. Underscores pass. */
export function isHostName(text: string): boolean {
  const problem = dnsNameProblem(text)
  return (problem === undefined || problem === 'underscore') && !text.startsWith('*')
}

/** A mailbox in its two parts, exactly as written. */
export interface Mailbox {
  readonly localPart: string
  readonly domain: string
}

// Dot-string and Quoted-string of RFC 5321 §4.1.2.
const LOCAL_PART =
  /^(?:[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+(?:\.[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+)*|"(?:[ !#-[\]-~]|\\[ -~])*")$/

/**
 * The parts of an RFC 5321 Mailbox; undefined if the text is not one. Domains are host names: address literals such
 * as `a@[192.0.2.1]`, which no software compares, are not taken.
 */
export function parseMailbox(text: string): Mailbox | undefined {
  const at = text.lastIndexOf('@')
  if (at === -1) return undefined
  const localPart = text.slice(0, at)
  const domain = text.slice(at + 1)
  // RFC 5321 §4.5.3.1.1
  if (localPart.length > 64 || !LOCAL_PART.test(localPart) || !isHostName(domain)) return undefined
  return { localPart, domain }
}

/** The parts of an absolute URI that certificates care about. */
export interface UriParts {
  /** Lower case. */
  readonly scheme: string
  /** Everything between `//` and the path; undefined if there is no `//`. */
  readonly authority: string | undefined
  /** The authority's host in lower case, without brackets; `''` if there is none. */
  readonly host: string
}

const URI_CHARACTERS = String.raw`(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*`
const URI = new RegExp(`^([A-Za-z][A-Za-z0-9+.-]*):(?=${URI_CHARACTERS}$)(?://([^/?#]*))?(.*)$`)
const AUTHORITY = /^(?:[^@]*@)?(?:\[([0-9A-Fa-f:.]+)\]|([^:@[\]]*))(?::\d*)?$/

/** The parts of an absolute URI (RFC 3986); undefined if the text is not one. */
export function parseUri(text: string): UriParts | undefined {
  const match = URI.exec(text)
  if (match === null) return undefined
  const [, scheme, authority, rest] = match as unknown as [string, string, string | undefined, string]
  if (authority === undefined && rest === '') return undefined
  const host = authority === undefined ? undefined : AUTHORITY.exec(authority)
  if (host === null) return undefined
  return { scheme: scheme.toLowerCase(), authority, host: (host?.[1] ?? host?.[2] ?? '').toLowerCase() }
}
