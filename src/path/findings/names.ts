/** Findings about names: name constraints (RFC 5280 §4.2.1.10) and the identity that was asked for (RFC 9525). */

import type { FindingTable } from './table.ts'

/** A name of the certificate as text, and where it stands. */
interface ConstrainedName {
  readonly name: string
  readonly field: 'subject' | 'subjectAltName'
}

/** Facts hold the first names or subtrees of a list, and how many there are: both may be thousands. */
export const LISTED = 8

export interface NameFacts {
  /** `permitted` are the subtrees of the name's form that one CA permits, the first {@link LISTED} of them. */
  'name-constraints.not-permitted': ConstrainedName & {
    readonly permitted: readonly string[]
    readonly permittedCount: number
  }
  'name-constraints.excluded': ConstrainedName & { readonly subtree: string }
  /** A name and a subtree of one form, of which one is not well-formed. */
  'name-constraints.not-comparable': ConstrainedName & {
    readonly subtree: string
    readonly malformed: 'name' | 'subtree'
  }
  /** A form of name for which nobody defined what a subtree is. */
  'name-constraints.unsupported-form': ConstrainedName & { readonly subtree: string }
  'name-constraints.unsupported-distance': ConstrainedName & {
    readonly subtree: string
    readonly minimum: number
    readonly maximum: number | undefined
  }
  'name-constraints.malformed-subtree': { readonly subtree: string }
  'name-constraints.leading-dot': { readonly subtree: string }

  /** `presented` are the first {@link LISTED} names of its subjectAltName; `commonName` is never compared. */
  'identity.mismatch': {
    readonly expected: string
    readonly presented: readonly string[]
    readonly presentedCount: number
    readonly commonName: string | undefined
  }
  /** `wildcard` is the only name that matches, and `publicSuffix` all that it fixes. */
  'identity.public-suffix-wildcard': {
    readonly expected: string
    readonly wildcard: string
    readonly publicSuffix: string
  }
}

export const NAME_FINDINGS: FindingTable<NameFacts> = {
  'name-constraints.not-permitted': {
    section: 'RFC 5280 §6.1.3 (b)',
    sentence: ({ name, field, permitted, permittedCount }) =>
      `its ${field} ${name} lies outside what a CA above it permits: ${listed(permitted, permittedCount)}`,
    cure: () => 'issue it with a name that is permitted, or from a CA without that constraint',
  },
  'name-constraints.excluded': {
    section: 'RFC 5280 §6.1.3 (c)',
    sentence: ({ name, field, subtree }) => `its ${field} ${name} lies in what a CA above it excludes: ${subtree}`,
    cure: () => 'issue it without that name, or from a CA without that constraint',
  },
  'name-constraints.not-comparable': {
    section: 'RFC 5280 §4.2.1.10',
    sentence: ({ name, field, subtree, malformed }) =>
      malformed === 'name'
        ? `its ${field} ${name} is not well-formed, and a CA above it constrains such names with ${subtree}`
        : `its ${field} ${name} is constrained by a CA above it with ${subtree}, which is not well-formed`,
    cure: ({ malformed }) =>
      malformed === 'name' ? 'issue it with a well-formed name' : 'issue the CA again with a well-formed constraint',
  },
  'name-constraints.unsupported-form': {
    section: 'RFC 5280 §4.2.1.10',
    sentence: ({ name, field, subtree }) =>
      `its ${field} ${name} is of a form that a CA above it constrains with ${subtree}, which nobody can compare`,
    cure: () => 'issue it without that name, or from a CA without that constraint',
  },
  'name-constraints.unsupported-distance': {
    section: 'RFC 5280 §4.2.1.10',
    sentence: ({ name, field, subtree, minimum, maximum }) =>
      `its ${field} ${name} is constrained by a CA above it with ${subtree} from level ${minimum}${maximum === undefined ? '' : ` to ${maximum}`}, which is not supported`,
    cure: () => 'issue the CA again with minimum 0 and without maximum',
  },
  'name-constraints.malformed-subtree': {
    section: 'RFC 5280 §4.2.1.10',
    sentence: ({ subtree }) => `its nameConstraints have ${subtree}, which is not well-formed`,
    cure: () => 'issue it with a host, a domain, a mailbox, or an address with a contiguous mask',
  },
  'name-constraints.leading-dot': {
    section: 'RFC 5280 §4.2.1.10, erratum 5997',
    sentence: ({ subtree }) => `its nameConstraints have ${subtree}: a DNS constraint has no leading dot`,
    cure: () => 'issue it without the dot: that covers the domain and all below it',
  },
  'identity.mismatch': {
    section: 'RFC 9525 §6',
    sentence: ({ expected, presented, presentedCount, commonName }) =>
      presentedCount > 0
        ? `it is not for ${expected}: it has ${listed(presented, presentedCount)}`
        : `it is not for ${expected}: it has no subjectAltName${commonName === undefined ? '' : `, and its common name “${commonName}” does not count`}`,
    cure: ({ expected }) => `issue it with ${expected} in the subjectAltName, or ask for a name that it has`,
  },
  'identity.public-suffix-wildcard': {
    section: 'CA/B BR §3.2.2.6',
    sentence: ({ expected, wildcard, publicSuffix }) =>
      `it matches ${expected} only by ${wildcard}, which spans all of the public suffix “${publicSuffix}”`,
    cure: ({ expected }) => `issue it with ${expected} itself`,
  },
}

function listed(names: readonly string[], count: number): string {
  const rest = count - names.length
  return `${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
}
