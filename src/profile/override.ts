/** What one call wants different from its profile. */

import { PkiError } from '../errors.ts'
import type { DigestName, KeyAlgorithmName } from '../keys/keys.ts'
import type { KeyUsageName } from '../x509/extension-value.ts'
import { EXTENSION } from '../x509/oids.ts'
import {
  type CertificateProfile,
  type ExtensionName,
  type PolicyProfile,
  pointersOf,
  type RequestRules,
} from './profile.ts'

/** Every field replaces the profile's, unless it says that it adds. Nothing is checked here: what uses a value reads it. */
export interface ProfileOverrides {
  readonly key?: KeyAlgorithmName | undefined
  readonly digest?: DigestName | undefined
  /** RFC 4514 text; may hold `{name}`. */
  readonly subject?: string | undefined
  /**
   * A duration or an instant. One that outlives the issuer is then refused rather than shortened; but a duration no
   * longer than the issuer's own is not: `20y` for a root, and the same for what it issues a minute later.
   */
  readonly notAfter?: string | undefined
  readonly notBefore?: string | undefined
  /** Makes it a CA, or says that it is none. Its keyUsage stays what it was. */
  readonly cA?: boolean | undefined
  /** `none` removes the constraint. */
  readonly pathLenConstraint?: number | 'none' | undefined
  readonly keyUsage?: readonly KeyUsageName[] | undefined
  readonly extKeyUsage?: readonly string[] | undefined
  readonly certificatePolicies?: readonly (string | PolicyProfile)[] | undefined
  /** Adds to permittedSubtrees. */
  readonly permit?: readonly string[] | undefined
  /** Adds to excludedSubtrees. */
  readonly exclude?: readonly string[] | undefined
  readonly baseUrl?: string | undefined
  readonly subjectKeyIdentifier?: CertificateProfile['subjectKeyIdentifier'] | undefined
  readonly authorityKeyIdentifier?: CertificateProfile['authorityKeyIdentifier'] | undefined
  readonly ocspNoCheck?: boolean | undefined
  /** Adds to the critical extensions. */
  readonly critical?: readonly ExtensionName[] | undefined
  /** Takes extensions from the critical ones. */
  readonly notCritical?: readonly ExtensionName[] | undefined
  /** Adds extensions in PowerShell's text form. */
  readonly extensions?: readonly string[] | undefined
  /** Leaves extensions out, by name or object identifier. */
  readonly omit?: readonly string[] | undefined
  /** What a request may bring, instead of the profile's rules. */
  readonly request?: RequestRules | undefined
}

/**
 * The profile with the overrides merged in; the profile itself stays as it is.
 * @throws PkiError `usage.option` for a path length on what is not a CA, `usage.extension` for an `omit` that is unknown
 */
export function overrideProfile(profile: CertificateProfile, overrides: ProfileOverrides): CertificateProfile {
  const { key, digest, subject, keyUsage, extKeyUsage, certificatePolicies, baseUrl, ocspNoCheck, request } = overrides
  const { subjectKeyIdentifier, authorityKeyIdentifier } = overrides
  const merged: CertificateProfile = {
    ...profile,
    ...defined({ key, digest, subject, extKeyUsage, certificatePolicies, baseUrl, ocspNoCheck, request }),
    ...defined({ subjectKeyIdentifier, authorityKeyIdentifier }),
    // Usages that were asked for are the usages it gets, whatever the key.
    ...(keyUsage && { keyUsage, keyUsageForRsa: [], keyUsageForEc: [] }),
    ...mergedValidity(profile, overrides),
    ...mergedBasicConstraints(profile, overrides),
    ...mergedNameConstraints(profile, overrides),
    ...mergedCriticality(profile, overrides),
    ...(overrides.extensions && { extensions: [...(profile.extensions ?? []), ...overrides.extensions] }),
  }
  return overrides.omit === undefined ? merged : withoutExtensions(merged, overrides.omit)
}

/** The fields that are not undefined. */
function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> }
}

function mergedValidity({ validity }: CertificateProfile, { notBefore, notAfter }: ProfileOverrides) {
  const explicit = notAfter === undefined ? {} : { notAfter, beyondIssuer: 'refuse-longer' as const }
  return { validity: { ...validity, ...defined({ notBefore }), ...explicit } }
}

function mergedBasicConstraints(
  { basicConstraints }: CertificateProfile,
  { cA, pathLenConstraint }: ProfileOverrides,
): Pick<CertificateProfile, 'basicConstraints'> {
  const isCa = cA ?? basicConstraints?.cA ?? false
  if (typeof pathLenConstraint === 'number' && !isCa) {
    throw new PkiError('usage.option', 'a path length is for certification authorities, and this profile makes none')
  }
  if (!isCa) return cA === undefined ? {} : { basicConstraints: { cA } }
  const length = pathLenConstraint ?? basicConstraints?.pathLenConstraint ?? 'none'
  return { basicConstraints: length === 'none' ? { cA: true } : { cA: true, pathLenConstraint: length } }
}

function mergedNameConstraints({ nameConstraints }: CertificateProfile, { permit, exclude }: ProfileOverrides) {
  if (permit === undefined && exclude === undefined) return {}
  return {
    nameConstraints: {
      permittedSubtrees: [...(nameConstraints?.permittedSubtrees ?? []), ...(permit ?? [])],
      excludedSubtrees: [...(nameConstraints?.excludedSubtrees ?? []), ...(exclude ?? [])],
    },
  }
}

function mergedCriticality(profile: CertificateProfile, overrides: ProfileOverrides) {
  const critical = new Set([...(profile.critical ?? []), ...(overrides.critical ?? [])])
  // What the profile could not know of: both must be critical (§4.2.1.9, §4.2.1.10).
  if (overrides.permit !== undefined || overrides.exclude !== undefined) critical.add('nameConstraints')
  if (overrides.cA === true) critical.add('basicConstraints')
  for (const name of overrides.notCritical ?? []) critical.delete(name)
  return { critical: [...critical] }
}

/** The profile fields that an extension comes from. */
const FIELDS: Partial<Record<ExtensionName, readonly (keyof CertificateProfile)[]>> = {
  basicConstraints: ['basicConstraints'],
  keyUsage: ['keyUsage', 'keyUsageForRsa', 'keyUsageForEc'],
  extKeyUsage: ['extKeyUsage'],
  subjectAltName: ['subjectAltName'],
  certificatePolicies: ['certificatePolicies'],
  policyMappings: ['policyMappings'],
  policyConstraints: ['policyConstraints'],
  inhibitAnyPolicy: ['inhibitAnyPolicy'],
  nameConstraints: ['nameConstraints'],
  ocspNoCheck: ['ocspNoCheck'],
}

function withoutExtensions(profile: CertificateProfile, omit: readonly string[]): CertificateProfile {
  const result: { -readonly [K in keyof CertificateProfile]: CertificateProfile[K] } = { ...profile }
  for (const text of omit) {
    const name = requireOmittable(text)
    for (const field of FIELDS[name] ?? []) delete result[field as 'keyUsage']
    if (name === 'subjectKeyIdentifier') result.subjectKeyIdentifier = 'none'
    if (name === 'authorityKeyIdentifier') result.authorityKeyIdentifier = 'none'
    // Empty rather than absent: absent would let a base URL bring it back. The other one stays.
    if (name === 'cRLDistributionPoints') Object.assign(result, pointersOf(result), { cRLDistributionPoints: [] })
    if (name === 'authorityInfoAccess') Object.assign(result, pointersOf(result), { authorityInfoAccess: {} })
  }
  return result
}

/** An extension that a profile can do without, by name or object identifier. @throws PkiError `usage.extension` */
export function requireOmittable(text: string): ExtensionName {
  const found = (Object.entries(EXTENSION) as [ExtensionName, string][]).find(
    ([name, oid]) => oid === text || name.toLowerCase() === text.toLowerCase(),
  )
  if (found !== undefined) return found[0]
  throw new PkiError('usage.extension', `no extension of that name or identifier can be left out: ${text}`)
}
