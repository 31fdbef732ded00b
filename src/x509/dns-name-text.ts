/** DNS names as people type them, internationalised ones included, made fit for a certificate. */

import { domainToASCII } from 'node:url'
import { generalNameError } from './general-name-error.ts'
import { type DnsNameProblem, dnsNameProblem } from './name-syntax.ts'

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
  throw generalNameError(`dns:${text}`, what, hint)
}

/** The full stops of other scripts, which IDNA takes for dots (UTS #46 §4). */
const IDNA_DOTS = /[.\u3002\uff0e\uff61]/

function toALabel(label: string): string {
  // Not for ASCII: domainToASCII takes 010 for an IPv4 address and decodes percent signs.
  if (isAscii(label)) return label
  const aLabel = domainToASCII(label)
  if (aLabel === '') throw generalNameError(`dns:${label}`, 'is a label that IDNA does not allow')
  return aLabel
}

export function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text)
}
