/** What can be wrong with a certificate that is about to be issued: the facts of each kind, and the words for it. */

/** How bad: a refused one would not be valid, or not of use; a warning names who will not take it. */
export type ProblemLevel = 'refused' | 'warning'

/** The facts that each kind of problem carries; names are RFC 4514 text, purposes and extensions names or OIDs. */
export interface ProblemFacts {
  'issuer.key-mismatch': { readonly issuer: string }
  'issuer.not-ca': { readonly issuer: string }
  'issuer.no-key-cert-sign': { readonly issuer: string }
  'issuer.no-basic-constraints': { readonly issuer: string }
  'issuer.expired': { readonly issuer: string; readonly notAfter: Date }
  'issuer.not-yet-valid': { readonly issuer: string; readonly notBefore: Date }
  'path-length.exceeded': { readonly authority: string; readonly limit: number; readonly actual: number }
  'path-length.beyond-issuer': { readonly wanted: number; readonly left: number }
  'name-constraints.without-ca': Record<never, never>
  'path-length.without-ca': { readonly pathLenConstraint: number }
  'name.excluded': { readonly authority: string; readonly name: string; readonly subtree: string }
  'name.not-permitted': { readonly authority: string; readonly name: string; readonly permitted: readonly string[] }
  'purpose.not-nested': { readonly authority: string; readonly purpose: string; readonly allowed: readonly string[] }
  'purpose.limits-leaves': { readonly purposes: readonly string[] }
  'validity.empty': { readonly notBefore: Date; readonly notAfter: Date }
  'validity.after-issuer': { readonly notAfter: Date; readonly issuerNotAfter: Date }
  'validity.before-issuer': { readonly notBefore: Date; readonly issuerNotBefore: Date }
  'validity.expired': { readonly notAfter: Date }
  'validity.shortened': { readonly wanted: Date; readonly notAfter: Date }
  'subject.empty-ca': Record<never, never>
  'subject.nameless': Record<never, never>
  'usage.cert-sign-without-ca': Record<never, never>
  'usage.ca-without-cert-sign': Record<never, never>
  'server.no-alternative-name': Record<never, never>
  'server.longer-than-825-days': { readonly days: number }
  'signature.weak': { readonly digest: string }
  'key.weak': { readonly bits: number }
  'extension.malformed': { readonly extension: string; readonly fault: string }
}

export type ProblemKind = keyof ProblemFacts

/** Something wrong with a certificate that is to be issued, and how serious it is. */
export interface IssuanceProblem<K extends ProblemKind = ProblemKind> {
  readonly kind: K
  readonly level: ProblemLevel
  /** One sentence in lower case, without a final period. */
  readonly message: string
  readonly facts: ProblemFacts[K]
}

interface ProblemEntry<K extends ProblemKind> {
  readonly level: ProblemLevel
  readonly message: (facts: ProblemFacts[K]) => string
}

/** The one place with words in it. Sections are those of RFC 5280. */
const PROBLEMS: { readonly [K in ProblemKind]: ProblemEntry<K> } = {
  'issuer.key-mismatch': {
    level: 'refused',
    message: ({ issuer }) => `the key that is to sign is not that of ${issuer}`,
  },
  'issuer.not-ca': {
    level: 'refused',
    message: ({ issuer }) => `${issuer} is no certification authority: its basicConstraints do not say so (§4.2.1.9)`,
  },
  'issuer.no-key-cert-sign': {
    level: 'refused',
    message: ({ issuer }) => `the keyUsage of ${issuer} lacks keyCertSign (§4.2.1.3)`,
  },
  'issuer.no-basic-constraints': {
    level: 'warning',
    message: ({ issuer }) =>
      `the root ${issuer} has no basicConstraints: .NET and OpenSSL take it as a root, Go and GnuTLS do not`,
  },
  'issuer.expired': {
    level: 'warning',
    message: ({ issuer, notAfter }) => `${issuer} expired on ${day(notAfter)}`,
  },
  'issuer.not-yet-valid': {
    level: 'warning',
    message: ({ issuer, notBefore }) => `${issuer} is not valid before ${day(notBefore)}`,
  },
  'path-length.exceeded': {
    level: 'refused',
    message: ({ authority, limit, actual }) =>
      `${authority} allows ${authorities(limit)} below it, and this makes ${actual} (pathLenConstraint, §4.2.1.9)`,
  },
  'path-length.beyond-issuer': {
    level: 'warning',
    message: ({ wanted, left }) => `path length ${wanted} is of no use: the authorities above leave ${left}`,
  },
  'path-length.without-ca': {
    level: 'warning',
    message: ({ pathLenConstraint }) => `pathLenConstraint ${pathLenConstraint} without cA must not be (§4.2.1.9)`,
  },
  'name-constraints.without-ca': {
    level: 'warning',
    message: () => 'nameConstraints without cA must not be (§4.2.1.10)',
  },
  'name.excluded': {
    level: 'refused',
    message: ({ authority, name, subtree }) =>
      `${authority} excludes ${subtree}, and so ${name} (nameConstraints, §4.2.1.10)`,
  },
  'name.not-permitted': {
    level: 'refused',
    message: ({ authority, name, permitted }) =>
      `${authority} permits ${permitted.join(', ')}, and so not ${name} (nameConstraints, §4.2.1.10)`,
  },
  'purpose.not-nested': {
    level: 'refused',
    message: ({ authority, purpose, allowed }) =>
      `${authority} is for ${allowed.join(', ')}: OpenSSL, Windows and .NET refuse ${purpose} below it`,
  },
  'purpose.limits-leaves': {
    level: 'warning',
    message: ({ purposes }) =>
      `with extKeyUsage ${purposes.join(', ')} on an authority, OpenSSL, Windows and .NET refuse its certificates for anything else`,
  },
  'validity.empty': {
    level: 'refused',
    message: ({ notBefore, notAfter }) => `it would end (${second(notAfter)}) before it begins (${second(notBefore)})`,
  },
  'validity.after-issuer': {
    level: 'refused',
    message: ({ notAfter, issuerNotAfter }) =>
      `it would be valid until ${second(notAfter)}, its issuer only until ${second(issuerNotAfter)}`,
  },
  'validity.before-issuer': {
    level: 'warning',
    message: ({ notBefore, issuerNotBefore }) =>
      `it begins on ${second(notBefore)}, before its issuer on ${second(issuerNotBefore)}`,
  },
  'validity.expired': {
    level: 'warning',
    message: ({ notAfter }) => `it has expired already, on ${second(notAfter)}`,
  },
  'validity.shortened': {
    level: 'warning',
    message: ({ wanted, notAfter }) => {
      const shown = day(wanted) === day(notAfter) ? second : day
      return `valid until ${shown(notAfter)} as its issuer is, not until ${shown(wanted)}`
    },
  },
  'subject.empty-ca': { level: 'refused', message: () => 'a certification authority must have a subject (§4.1.2.6)' },
  'subject.nameless': { level: 'refused', message: () => 'neither a subject nor an alternative name (§4.1.2.6)' },
  'usage.cert-sign-without-ca': {
    level: 'warning',
    message: () => 'keyCertSign without cA must not be (§4.2.1.9): OpenSSL and Go refuse what such a key signs',
  },
  'usage.ca-without-cert-sign': {
    level: 'warning',
    message: () => 'an authority whose keyUsage lacks keyCertSign cannot issue anything',
  },
  'server.no-alternative-name': {
    level: 'warning',
    message: () => 'no DNS name or IP address in subjectAltName: Chrome, Firefox, Apple and Go find no host in it',
  },
  'server.longer-than-825-days': {
    level: 'warning',
    message: ({ days }) => `valid for ${days} days: Apple refuses TLS servers above 825`,
  },
  'signature.weak': {
    level: 'warning',
    message: ({ digest }) => `signed with ${digest}: OpenSSL 3, Go, .NET and every browser refuse it by default`,
  },
  'key.weak': {
    level: 'warning',
    message: ({ bits }) => `an RSA key of ${bits} bits: Apple and every browser ask for 2048`,
  },
  'extension.malformed': {
    level: 'warning',
    message: ({ extension, fault }) => `the value of ${extension} is malformed: ${fault}`,
  },
}

/** A problem with its level and words. */
export function problem<K extends ProblemKind>(kind: K, facts: ProblemFacts[K]): IssuanceProblem<K> {
  const { level, message } = PROBLEMS[kind]
  return { kind, level, message: message(facts), facts }
}

function authorities(count: number): string {
  return count === 0 ? 'no authority' : count === 1 ? '1 authority' : `${count} authorities`
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10)
}

function second(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`
}
