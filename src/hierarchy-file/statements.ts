/**
 * The words that a hierarchy file has for extensions: for each, what an entry could say to get that of a certificate.
 * Whether it does is for others to try.
 */

import { DerError, DerReader } from '../der/reader.ts'
import { stringFromElement } from '../der/values.ts'
import { PkiError } from '../errors.ts'
import type { ProfileOverrides } from '../profile/override.ts'
import { type CertificateProfile, type ExtensionName, type PolicyProfile, pointersOf } from '../profile/profile.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { GeneralSubtree, PolicyInformation, PolicyQualifier } from '../x509/extension-value.ts'
import { encodeGeneralName, type GeneralName } from '../x509/general-name.ts'
import { formatGeneralName, guessGeneralName, parseSubtreeText } from '../x509/general-name-text.ts'
import { EXTENSION, KEY_PURPOSE, POLICY_QUALIFIER } from '../x509/oids.ts'

/** A certificate that is there, and what its entry says without saying anything. */
export interface Described {
  readonly name: string
  readonly certificate: Certificate
  /** Undefined if it is self-signed. */
  readonly issuer: { readonly name: string; readonly certificate: Certificate } | undefined
  readonly profile: CertificateProfile
  /** Of the entry whose key it certifies: they hold for this one, unless it says otherwise. */
  readonly inherited: ProfileOverrides
}

type Statements = (described: Described) => readonly ProfileOverrides[]

/** In the order in which they are tried: what says more than one thing first. */
export const STATEMENTS: readonly (readonly [ExtensionName, Statements])[] = [
  ['basicConstraints', basicConstraints],
  ['keyUsage', ({ certificate: { decoded } }) => wordsFor(decoded.keyUsage, (keyUsage) => ({ keyUsage }))],
  ['extKeyUsage', ({ certificate }) => wordsFor(certificate.decoded.extKeyUsage, extKeyUsage)],
  ['nameConstraints', nameConstraints],
  ['certificatePolicies', ({ certificate }) => wordsFor(certificate.decoded.certificatePolicies, certificatePolicies)],
  ['cRLDistributionPoints', baseUrls],
  ['authorityInfoAccess', baseUrls],
  ['subjectKeyIdentifier', () => METHODS.map((subjectKeyIdentifier) => ({ subjectKeyIdentifier }))],
  ['authorityKeyIdentifier', () => FORMS.map((authorityKeyIdentifier) => ({ authorityKeyIdentifier }))],
  ['ocspNoCheck', ({ certificate }) => [{ ocspNoCheck: hasExtension(certificate, EXTENSION.ocspNoCheck) }]],
]

function hasExtension({ extensions }: Certificate, oid: string): boolean {
  return extensions.some((extension) => extension.oid === oid)
}

const METHODS = ['rfc7093', 'sha1', 'none'] as const
const FORMS = ['keyIdentifier', 'issuerAndSerial', 'none'] as const

function wordsFor<T>(value: T | undefined, words: (value: T) => ProfileOverrides | undefined): ProfileOverrides[] {
  const found = value === undefined ? undefined : words(value)
  return found === undefined ? [] : [found]
}

function basicConstraints({ certificate, profile, inherited }: Described): readonly ProfileOverrides[] {
  return wordsFor(certificate.decoded.basicConstraints, ({ cA, pathLenConstraint }) => {
    const usual = inherited.cA ?? profile.basicConstraints?.cA
    return { ...(cA !== usual && { cA }), ...(cA && { pathLenConstraint: pathLenConstraint ?? 'none' }) }
  })
}

const PURPOSE_NAMES = new Map(Object.entries(KEY_PURPOSE).map(([name, oid]) => [oid as string, name]))

function extKeyUsage(purposes: readonly string[]): ProfileOverrides {
  return { extKeyUsage: purposes.map((oid) => PURPOSE_NAMES.get(oid) ?? oid) }
}

/** Those that the profile does not have: an entry adds to them. */
function nameConstraints({ certificate, profile }: Described): readonly ProfileOverrides[] {
  return wordsFor(certificate.decoded.nameConstraints, (constraints) => {
    const { permittedSubtrees, excludedSubtrees } = profile.nameConstraints ?? {}
    const permit = newSubtrees(constraints.permittedSubtrees, permittedSubtrees)
    const exclude = newSubtrees(constraints.excludedSubtrees, excludedSubtrees)
    return { ...(permit.length > 0 && { permit }), ...(exclude.length > 0 && { exclude }) }
  })
}

function newSubtrees(subtrees: readonly GeneralSubtree[], known: readonly string[] = []): readonly string[] {
  const usual = new Set(known.map((text) => formatGeneralName(parseSubtreeText(text))))
  return subtrees.flatMap(({ base }) => {
    const text = textOf(base)
    return usual.has(formatGeneralName(base)) || !isReadBack(base, text, parseSubtreeText) ? [] : [text]
  })
}

function certificatePolicies(policies: readonly PolicyInformation[]): ProfileOverrides | undefined {
  const words = policies.map(policyWords)
  return words.includes(undefined) ? undefined : { certificatePolicies: words.filter((word) => word !== undefined) }
}

function policyWords({ policyIdentifier, qualifiers }: PolicyInformation): string | PolicyProfile | undefined {
  if (qualifiers.length === 0) return policyIdentifier
  const words = Object.assign({ policyIdentifier }, ...qualifiers.map(qualifierWords))
  return Object.keys(words).length === qualifiers.length + 1 ? words : undefined
}

function qualifierWords({ oid, value }: PolicyQualifier): Partial<PolicyProfile> {
  try {
    const element = new DerReader(value).element('qualifier')
    const isNotice = oid === POLICY_QUALIFIER.userNotice
    const text = stringFromElement(isNotice ? element.reader().element('userNotice') : element, 'qualifier')
    if (text === undefined) return {}
    return isNotice ? { userNotice: text } : { cps: text }
  } catch (cause) {
    // Somebody else's qualifier, which need not be DER.
    if (cause instanceof DerError) return {}
    throw cause
  }
}

/** What the pointers of the profile, or all that there are, make of the URLs of this certificate. */
function baseUrls({ certificate, profile, name, issuer }: Described): readonly ProfileOverrides[] {
  const { cRLDistributionPoints = [], authorityInfoAccess = {} } = pointersOf({ ...profile, baseUrl: 'http://x' })
  const patterns = [
    ...cRLDistributionPoints,
    ...(authorityInfoAccess.ocsp ?? []),
    ...(authorityInfoAccess.caIssuers ?? []),
  ]
  const issuerName = encodeURIComponent(issuer?.name ?? name)
  const endings = patterns.map((pattern) => pattern.replace('{base-url}', '').replaceAll('{issuer}', () => issuerName))
  const bases = urlsIn(certificate).flatMap((url) => {
    return endings.filter((ending) => url.endsWith(ending)).map((ending) => url.slice(0, url.length - ending.length))
  })
  return [...new Set(bases)].filter((base) => /^https?:\/\/./.test(base)).map((baseUrl) => ({ baseUrl }))
}

function urlsIn({ decoded }: Certificate): readonly string[] {
  const points = (decoded.cRLDistributionPoints ?? []).flatMap(({ distributionPoint }) => {
    return distributionPoint !== undefined && 'fullName' in distributionPoint ? distributionPoint.fullName : []
  })
  const locations = (decoded.authorityInfoAccess ?? []).map(({ accessLocation }) => accessLocation)
  return [...points, ...locations].flatMap((name) => (name.type === 'uniformResourceIdentifier' ? [name.value] : []))
}

/** As text, if the text form can say all of them; otherwise none. */
export function alternativeNames({ decoded: { subjectAltName = [] } }: Certificate): readonly string[] {
  const texts = subjectAltName.map((name) => [name, textOf(name)] as const)
  const isReadable = texts.every(([name, text]) => isReadBack(name, text, guessGeneralName) && !text.includes('{'))
  return isReadable ? texts.map(([, text]) => text) : []
}

function textOf(name: GeneralName): string {
  return formatGeneralName(name).replace(/^[A-Za-z]+(?=:)/, (kind) => kind.toLowerCase())
}

function isReadBack(name: GeneralName, text: string, read: (text: string) => GeneralName): boolean {
  try {
    return Buffer.compare(encodeGeneralName(read(text)), encodeGeneralName(name)) === 0
  } catch (cause) {
    if (cause instanceof PkiError) return false
    throw cause
  }
}
