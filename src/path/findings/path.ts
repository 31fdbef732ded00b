/** Findings of path building and path validation (RFC 4158, RFC 5280 §6.1), purposes included. */

import { oidName } from '../../x509/oids.ts'
import type { BudgetKind } from '../budget.ts'
import { type NotFetchedFacts, notFetchedCure, notFetchedSentence } from './fetch-failure.ts'
import { count, type FindingTable, instant, type NoFacts } from './table.ts'

export interface PathFacts {
  /** `issuer` in the form of RFC 4514. `candidates` are certificates of that name that led nowhere. */
  'path.issuer-not-found': { readonly issuer: string; readonly candidates: number }
  /** Its authorityInfoAccess was followed, or could not be, and nothing came of it. */
  'path.issuer-not-fetched': NotFetchedFacts
  'path.untrusted-root': { readonly subject: string }
  /** By its names alone; `allowed` is the other kind. */
  'path.kind-not-allowed': { readonly kind: 'self-signed' | 'chained'; readonly allowed: 'self-signed' | 'chained' }
  'path.too-long': { readonly limit: number }
  'path.budget-exhausted': { readonly budget: BudgetKind; readonly limit: number }
  'path.name-chaining': { readonly issuer: string; readonly expected: string }
  'path.key-identifier-mismatch': { readonly authorityKeyIdentifier: string; readonly subjectKeyIdentifier: string }
  'path.malformed-candidate': { readonly source: string; readonly offset: number; readonly reason: string }

  /** Algorithms and types of keys are object identifiers. */
  'signature.invalid': { readonly algorithm: string; readonly issuer: string }
  'signature.unknown-algorithm': { readonly algorithm: string }
  'signature.wrong-parameters': { readonly algorithm: string }
  'signature.key-mismatch': { readonly algorithm: string; readonly keyType: string }
  'signature.unusable-key': { readonly algorithm: string; readonly keyType: string }
  'signature.algorithm-mismatch': { readonly inner: string; readonly outer: string }
  /** It verified, but with a digest whose collisions can be made. */
  'signature.weak-digest': { readonly algorithm: string; readonly digest: 'md5' | 'sha1' }
  'key.too-short': { readonly keyType: string; readonly bits: number; readonly minimum: number }

  'validity.expired': { readonly at: Date; readonly notAfter: Date }
  'validity.not-yet-valid': { readonly at: Date; readonly notBefore: Date }
  /** The instant is notAfter itself: inside the period for RFC 5280, outside for some platforms. */
  'validity.at-not-after': { readonly notAfter: Date }

  'basic-constraints.missing': { readonly version: number }
  'basic-constraints.not-ca': NoFacts
  'path-length.exceeded': { readonly limit: number; readonly actual: number }
  'path-length.max-depth': { readonly limit: number; readonly actual: number }
  'key-usage.no-cert-sign': { readonly keyUsage: readonly string[] }

  'extension.unknown-critical': { readonly oid: string }
  'extension.malformed': { readonly oid: string; readonly offset: number; readonly reason: string }
  'extension.duplicate': { readonly oid: string }
  'extension.proxy-certificate': NoFacts
  'extension.precertificate': NoFacts

  'purpose.not-allowed': { readonly purpose: string; readonly allowed: readonly string[] }
  'purpose.only-any': { readonly purpose: string }
  'purpose.not-allowed-by-issuer': { readonly purpose: string; readonly allowed: readonly string[] }
  'purpose.key-usage': {
    readonly purpose: string
    readonly keyUsage: readonly string[]
    readonly needed: readonly string[]
  }
}

const named = (oid: string): string => oidName(oid) ?? oid
const list = (oids: readonly string[]): string => (oids.length === 0 ? 'nothing' : oids.map(named).join(', '))

export const PATH_FINDINGS: FindingTable<PathFacts> = {
  'path.issuer-not-found': {
    section: 'RFC 5280 §6.1',
    sentence: ({ issuer, candidates }) =>
      candidates === 0
        ? `no certificate of its issuer was given: ${issuer || 'an empty name'}`
        : `${count(candidates, 'certificate')} of its issuer ${issuer || '(empty name)'} led to no trust anchor`,
    cure: () => 'give the missing CA certificate as an untrusted certificate, or its root as a trust anchor',
  },
  'path.issuer-not-fetched': {
    section: 'RFC 5280 §4.2.2.1',
    sentence: (facts) => notFetchedSentence('the certificate of its issuer', facts),
    cure: notFetchedCure,
  },
  'path.untrusted-root': {
    section: 'RFC 5280 §6.1.1 (d)',
    sentence: ({ subject }) => `the path ends in a self-issued certificate that is no trust anchor: ${subject}`,
    cure: () => 'if this root is to be trusted, give it as a trust anchor',
  },
  'path.kind-not-allowed': {
    section: 'RFC 5280 §3.2',
    sentence: ({ kind, allowed }) =>
      `it is ${kind}, going by subject and issuer, and only ${allowed} certificates are allowed`,
    cure: ({ kind, allowed }) => `use a certificate that is ${allowed}, or allow ${kind} ones`,
  },
  'path.too-long': {
    section: 'RFC 4158 §2.4.2',
    sentence: ({ limit }) => `the path is longer than ${count(limit, 'certificate')}`,
    cure: () => 'give only the certificates that belong to the path',
  },
  'path.budget-exhausted': {
    section: 'RFC 5280 §8',
    sentence: ({ budget, limit }) => `the search was given up after ${limit} ${BUDGET_WORDS[budget]}`,
    cure: () => 'give fewer certificates: those of the path, and no others of the same names',
  },
  'path.name-chaining': {
    section: 'RFC 5280 §6.1.3 (a)(4)',
    sentence: ({ issuer, expected }) => `its issuer is ${issuer}, but the certificate above it is ${expected}`,
    cure: () => 'put the issuing certificate above it',
  },
  'path.key-identifier-mismatch': {
    section: 'RFC 5280 §4.2.1.1',
    sentence: ({ authorityKeyIdentifier, subjectKeyIdentifier }) =>
      `its authority key identifier ${authorityKeyIdentifier} is not the subject key identifier ${subjectKeyIdentifier} of its issuer`,
    cure: () => 'issue it again with the key identifier of the issuing certificate',
  },
  'path.malformed-candidate': {
    section: 'RFC 5280 §4.1, §5.1',
    sentence: ({ source, offset, reason }) => `${source} cannot be read and was left out: ${reason} (octet ${offset})`,
    cure: () => 'replace the file, or leave it away',
  },
  'signature.invalid': {
    section: 'RFC 5280 §6.1.3 (a)(1)',
    sentence: ({ algorithm, issuer }) => `its ${named(algorithm)} signature does not verify with the key of ${issuer}`,
    cure: () =>
      'it was changed after signing, or signed by another key of that name: give the right issuer certificate',
  },
  'signature.unknown-algorithm': {
    section: 'RFC 5280 §4.1.1.2',
    sentence: ({ algorithm }) => `its signature algorithm ${named(algorithm)} is not supported`,
    cure: () => 'issue it again with ECDSA, RSA or EdDSA',
  },
  'signature.wrong-parameters': {
    section: 'RFC 4055 §5',
    sentence: ({ algorithm }) => `the parameters of its signature algorithm ${named(algorithm)} are not the right ones`,
    cure: () => 'issue it again with a program that encodes the algorithm correctly',
  },
  'signature.key-mismatch': {
    section: 'RFC 5280 §6.1.3 (a)(1)',
    sentence: ({ algorithm, keyType }) =>
      `an issuer key of type ${named(keyType)} cannot have made its ${named(algorithm)} signature`,
    cure: () => 'give the certificate of the issuer that signed it',
  },
  'signature.unusable-key': {
    section: 'RFC 5280 §4.1.2.7',
    sentence: ({ keyType }) => `the ${named(keyType)} key of its issuer cannot be used to check signatures`,
    cure: () => 'use an issuer whose key is well-formed and, if it is an EC key, on a named curve',
  },
  'signature.algorithm-mismatch': {
    section: 'RFC 5280 §4.1.1.2',
    sentence: ({ inner, outer }) =>
      inner === outer
        ? `its two statements of the signature algorithm ${named(outer)} differ in their parameters`
        : `it states two signature algorithms: ${named(inner)} inside, ${named(outer)} outside the signed part`,
    cure: () => 'issue it again: both must be the same',
  },
  'signature.weak-digest': {
    section: 'RFC 9325 §4.5',
    sentence: ({ algorithm, digest }) =>
      `it is signed with ${named(algorithm)}, and ${DIGEST_WORDS[digest]} is broken: another certificate can be made that this signature fits`,
    cure: () => 'issue it again, signed with SHA-256 or better',
  },
  'key.too-short': {
    section: 'RFC 9325 §4.5',
    sentence: ({ keyType, bits, minimum }) =>
      `its ${named(keyType)} key has ${bits} bits, ${minimum} are the least that is safe`,
    cure: ({ minimum }) => `issue it for an RSA key of at least ${minimum} bits, or for an EC key`,
  },
  'validity.expired': {
    section: 'RFC 5280 §6.1.3 (a)(2)',
    sentence: ({ at, notAfter }) => `expired: notAfter ${instant(notAfter)}, checked at ${instant(at)}`,
    cure: () => 'renew it',
  },
  'validity.not-yet-valid': {
    section: 'RFC 5280 §6.1.3 (a)(2)',
    sentence: ({ at, notBefore }) => `not yet valid: notBefore ${instant(notBefore)}, checked at ${instant(at)}`,
    cure: () => 'wait, or set the clock right, or issue it with an earlier notBefore',
  },
  'validity.at-not-after': {
    section: 'RFC 5280 §4.1.2.5',
    sentence: ({ notAfter }) => `checked in its last second, ${instant(notAfter)}`,
    cure: () => 'renew it',
  },
  'basic-constraints.missing': {
    section: 'RFC 5280 §6.1.4 (k)',
    sentence: ({ version }) =>
      version === 3
        ? 'it issued a certificate but has no basicConstraints extension'
        : `it issued a certificate but is of version ${version}, which cannot say that it is a CA`,
    cure: () => 'issue the CA certificate with basicConstraints cA TRUE',
  },
  'basic-constraints.not-ca': {
    section: 'RFC 5280 §6.1.4 (k)',
    sentence: () => 'it issued a certificate but is not a CA: basicConstraints says cA FALSE',
    cure: () => 'issue from a CA certificate, or issue this one as an intermediate',
  },
  'path-length.exceeded': {
    section: 'RFC 5280 §6.1.4 (l)',
    sentence: ({ limit, actual }) =>
      `its pathLenConstraint allows ${count(limit, 'intermediate certificate')} below it, the path has ${actual}`,
    cure: () => 'issue the CA with a greater path length, or issue the target from a CA nearer to it',
  },
  'path-length.max-depth': {
    section: 'RFC 5280 §6.1.2 (k)',
    sentence: ({ limit, actual }) =>
      `the path has ${count(actual, 'intermediate certificate')}, the caller allows ${limit}`,
    cure: () => 'allow a greater depth, or use a shorter path',
  },
  'key-usage.no-cert-sign': {
    section: 'RFC 5280 §6.1.4 (n)',
    sentence: ({ keyUsage }) =>
      `it issued a certificate but its keyUsage lacks keyCertSign: ${keyUsage.join(', ') || 'no usage at all'}`,
    cure: () => 'issue the CA certificate with keyCertSign',
  },
  'extension.unknown-critical': {
    section: 'RFC 5280 §6.1.4 (o), §6.1.5 (f)',
    sentence: ({ oid }) => `its critical extension ${named(oid)} is not understood`,
    cure: () => 'issue it without that extension, or with the extension not critical',
  },
  'extension.malformed': {
    section: 'RFC 5280 §4.2',
    sentence: ({ oid, offset, reason }) => `its extension ${named(oid)} cannot be read: ${reason} (octet ${offset})`,
    cure: () => 'issue it again with a program that encodes the extension correctly',
  },
  'extension.duplicate': {
    section: 'RFC 5280 §4.2',
    sentence: ({ oid }) => `it has more than one extension ${named(oid)}`,
    cure: () => 'issue it again with one',
  },
  'extension.proxy-certificate': {
    section: 'RFC 3820 §3.8',
    sentence: () => 'it is a proxy certificate, which RFC 5280 does not know',
    cure: () => 'use the certificate of the proxied user',
  },
  'extension.precertificate': {
    section: 'RFC 6962 §3.1',
    sentence: () => 'it is a precertificate, made for a log and not for use',
    cure: () => 'use the certificate that was issued after it',
  },
  'purpose.not-allowed': {
    section: 'RFC 5280 §4.2.1.12',
    sentence: ({ purpose, allowed }) => `its extKeyUsage does not allow ${named(purpose)}: it allows ${list(allowed)}`,
    cure: ({ purpose }) => `issue it with the extended key usage ${named(purpose)}`,
  },
  'purpose.only-any': {
    section: 'RFC 5280 §4.2.1.12',
    sentence: ({ purpose }) => `its extKeyUsage allows ${named(purpose)} only by anyExtendedKeyUsage`,
    cure: ({ purpose }) => `issue it with the extended key usage ${named(purpose)}`,
  },
  'purpose.not-allowed-by-issuer': {
    section: 'RFC 5280 §4.2.1.12; CA/B BR §7.1.2.10.6',
    sentence: ({ purpose, allowed }) =>
      `its extKeyUsage forbids ${named(purpose)} to what it issues: it allows ${list(allowed)}`,
    cure: ({ purpose }) => `issue the CA without extKeyUsage, or with ${named(purpose)} in it`,
  },
  'purpose.key-usage': {
    section: 'RFC 5280 §4.2.1.12',
    sentence: ({ purpose, keyUsage, needed }) =>
      `its keyUsage (${keyUsage.join(', ') || 'none'}) does not go with ${named(purpose)}, which needs ${needed.join(' or ')}`,
    cure: ({ needed }) => `issue it with ${needed[0] ?? 'the right key usage'}`,
  },
}

const DIGEST_WORDS = { md5: 'MD5', sha1: 'SHA-1' } as const

const BUDGET_WORDS: Readonly<Record<BudgetKind, string>> = {
  signatures: 'signatures',
  steps: 'steps of path building',
  nameConstraintComparisons: 'comparisons with name constraints',
}
