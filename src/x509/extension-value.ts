/**
 * The values of the extensions of RFC 5280 §4.2, decoded; those that name distribution points are in
 * `distribution-point.ts`. Encoding them is `extension-encoding.ts`.
 */

import { contextTag, DerError, type DerReader, readWhole, Tag } from '../der/reader.ts'
import { bigintFromContent, integerContent, namedBits, readBoolean, readCount, readOid } from '../der/values.ts'
import { atLeastOne, parseSequence } from './extension-sequence.ts'
import { type GeneralName, generalNameFromElement, readGeneralName, readGeneralNames } from './general-name.ts'

/** Names of the keyUsage bits in the order of their numbers (§4.2.1.3). */
export const KEY_USAGES = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const

/** A bit of keyUsage (RFC 5280 §4.2.1.3), by name. */
export type KeyUsageName = (typeof KEY_USAGES)[number]

export interface BasicConstraints {
  readonly cA: boolean
  readonly pathLenConstraint: number | undefined
}

export interface AuthorityKeyIdentifier {
  readonly keyIdentifier: Uint8Array | undefined
  readonly authorityCertIssuer: readonly GeneralName[] | undefined
  readonly authorityCertSerialNumber: bigint | undefined
}

export interface PolicyQualifier {
  readonly oid: string
  /** The whole qualifier element. */
  readonly value: Uint8Array
}

export interface PolicyInformation {
  readonly policyIdentifier: string
  readonly qualifiers: readonly PolicyQualifier[]
}

export interface PolicyMapping {
  readonly issuerDomainPolicy: string
  readonly subjectDomainPolicy: string
}

export interface PolicyConstraints {
  readonly requireExplicitPolicy: number | undefined
  readonly inhibitPolicyMapping: number | undefined
}

export interface GeneralSubtree {
  readonly base: GeneralName
  /** §4.2.1.10: always 0 in the profile. */
  readonly minimum: number
  /** §4.2.1.10: always absent in the profile. */
  readonly maximum: number | undefined
}

export interface NameConstraints {
  readonly permittedSubtrees: readonly GeneralSubtree[]
  readonly excludedSubtrees: readonly GeneralSubtree[]
}

export interface AccessDescription {
  readonly accessMethod: string
  readonly accessLocation: GeneralName
}

/** BasicConstraints (§4.2.1.9). An encoded `cA FALSE` is tolerated: DER forbids it, old issuers write it. */
export function parseBasicConstraints(value: Uint8Array): BasicConstraints {
  return parseSequence(value, 'basicConstraints', (fields, what) => {
    const cA = fields.peek() === Tag.boolean && readBoolean(fields, what)
    const pathLen = fields.optional(Tag.integer, what)
    return { cA, pathLenConstraint: pathLen && readCount(pathLen, 'pathLenConstraint') }
  })
}

/** KeyUsage (§4.2.1.3). Bits beyond the nine named ones have no meaning and are dropped. */
export function parseKeyUsage(value: Uint8Array): readonly KeyUsageName[] {
  const bits = namedBits(readWhole(value, Tag.bitString, 'keyUsage'), 'keyUsage')
  const usages: KeyUsageName[] = []
  for (const bit of bits) {
    const usage = KEY_USAGES[bit]
    if (usage !== undefined) usages.push(usage)
  }
  return usages
}

/** ExtKeyUsage (§4.2.1.12): the purposes by their identifiers. */
export function parseExtKeyUsage(value: Uint8Array): readonly string[] {
  return parseSequence(value, 'extKeyUsage', (list, what) => atLeastOne(list, what, () => readOid(list, what)))
}

/**
 * Microsoft's application policies: purposes as in extKeyUsage, each in a PolicyInformation; the list may be empty, and
 * then allows nothing.
 */
export function parseApplicationPolicies(value: Uint8Array): readonly string[] {
  return parseSequence(value, 'applicationPolicies', (list, what) => {
    const policies: string[] = []
    while (!list.atEnd) policies.push(readPolicyInformation(list, what).policyIdentifier)
    return policies
  })
}

/** SubjectKeyIdentifier (§4.2.1.2): its octets. */
export function parseSubjectKeyIdentifier(value: Uint8Array): Uint8Array {
  return readWhole(value, Tag.octetString, 'subjectKeyIdentifier').content
}

/** AuthorityKeyIdentifier (§4.2.1.1): issuer and serial number come together or not at all. */
export function parseAuthorityKeyIdentifier(value: Uint8Array): AuthorityKeyIdentifier {
  return parseSequence(value, 'authorityKeyIdentifier', (fields, what) => {
    const keyIdentifier = fields.optional(contextTag(0, false), what)?.content
    const issuer = fields.optional(contextTag(1, true), what)
    const serial = fields.optional(contextTag(2, false), what)
    if ((issuer === undefined) !== (serial === undefined)) {
      throw new DerError(`${what}: issuer and serial number must come together`, fields.position)
    }
    return {
      keyIdentifier,
      authorityCertIssuer: issuer && readGeneralNames(issuer.reader(), what),
      authorityCertSerialNumber: serial && bigintFromContent(integerContent(serial, what)),
    }
  })
}

/** SubjectAltName, IssuerAltName (§4.2.1.6, §4.2.1.7) and CertificateIssuer (§5.3.3). */
export function parseGeneralNames(value: Uint8Array, what = 'subjectAltName'): readonly GeneralName[] {
  return parseSequence(value, what, readGeneralNames)
}

/** CertificatePolicies (§4.2.1.4). */
export function parseCertificatePolicies(value: Uint8Array): readonly PolicyInformation[] {
  return parseSequence(value, 'certificatePolicies', (list, what) =>
    atLeastOne(list, what, () => readPolicyInformation(list, what)),
  )
}

function readPolicyInformation(list: DerReader, what: string): PolicyInformation {
  const fields = list.sequence(what)
  const policyIdentifier = readOid(fields, what)
  const qualifiers: PolicyQualifier[] = []
  if (!fields.atEnd) {
    const inner = fields.sequence(what)
    fields.finish(what)
    if (inner.atEnd) throw new DerError(`${what}: an empty list of qualifiers must be left out`, inner.position)
    while (!inner.atEnd) {
      const pair = inner.sequence(what)
      const oid = readOid(pair, what)
      const qualifier = pair.element(what)
      pair.finish(what)
      qualifiers.push({ oid, value: qualifier.encoded })
    }
  }
  return { policyIdentifier, qualifiers }
}

/** PolicyMappings (§4.2.1.5). */
export function parsePolicyMappings(value: Uint8Array): readonly PolicyMapping[] {
  return parseSequence(value, 'policyMappings', (list, what) =>
    atLeastOne(list, what, () => {
      const pair = list.sequence(what)
      const mapping = { issuerDomainPolicy: readOid(pair, what), subjectDomainPolicy: readOid(pair, what) }
      pair.finish(what)
      return mapping
    }),
  )
}

/** PolicyConstraints (§4.2.1.11). An empty sequence parses; that it must not be issued is a matter of the profile. */
export function parsePolicyConstraints(value: Uint8Array): PolicyConstraints {
  return parseSequence(value, 'policyConstraints', (fields, what) => {
    const explicit = fields.optional(contextTag(0, false), what)
    const mapping = fields.optional(contextTag(1, false), what)
    return {
      requireExplicitPolicy: explicit && readCount(explicit, 'requireExplicitPolicy'),
      inhibitPolicyMapping: mapping && readCount(mapping, 'inhibitPolicyMapping'),
    }
  })
}

/** InhibitAnyPolicy (§4.2.1.14): SkipCerts. */
export function parseInhibitAnyPolicy(value: Uint8Array): number {
  return readCount(readWhole(value, Tag.integer, 'inhibitAnyPolicy'), 'inhibitAnyPolicy')
}

/** NameConstraints (§4.2.1.10). */
export function parseNameConstraints(value: Uint8Array): NameConstraints {
  return parseSequence(value, 'nameConstraints', (fields, what) => {
    const permitted = fields.optional(contextTag(0, true), what)
    const excluded = fields.optional(contextTag(1, true), what)
    return {
      permittedSubtrees: permitted ? readSubtrees(permitted.reader(), what) : [],
      excludedSubtrees: excluded ? readSubtrees(excluded.reader(), what) : [],
    }
  })
}

function readSubtrees(list: DerReader, what: string): readonly GeneralSubtree[] {
  return atLeastOne(list, what, () => {
    const fields = list.sequence(what)
    const base = readGeneralName(fields, what)
    const minimum = fields.optional(contextTag(0, false), what)
    const maximum = fields.optional(contextTag(1, false), what)
    fields.finish(what)
    return {
      base,
      minimum: minimum ? readCount(minimum, 'minimum') : 0,
      maximum: maximum && readCount(maximum, 'maximum'),
    }
  })
}

/** AuthorityInfoAccess and SubjectInfoAccess (§4.2.2). */
export function parseInfoAccess(value: Uint8Array, what = 'authorityInfoAccess'): readonly AccessDescription[] {
  return parseSequence(value, what, (list) =>
    atLeastOne(list, what, () => {
      const fields = list.sequence(what)
      const accessMethod = readOid(fields, what)
      const accessLocation = generalNameFromElement(fields.element(what), what)
      fields.finish(what)
      return { accessMethod, accessLocation }
    }),
  )
}
