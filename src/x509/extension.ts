/** The extensions envelope and the values of RFC 5280 §4.2, decoded. Encoding them is `extension-encoding.ts`. */

import { contextTag, type DerElement, DerError, type DerReader, readWhole, Tag } from '../der/reader.ts'
import {
  bigintFromContent,
  integerContent,
  namedBits,
  readBoolean,
  readBooleanDefaultFalse,
  readCount,
  readOid,
} from '../der/values.ts'
import { type GeneralName, generalNameFromElement, readGeneralName, readGeneralNames } from './general-name.ts'

/** One extension as it stands in the certificate; `value` is the content of extnValue. */
export interface Extension {
  readonly oid: string
  readonly critical: boolean
  readonly value: Uint8Array
  /** Offset of `value` from the start of the certificate. */
  readonly offset: number
}

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

/** Names of the ReasonFlags bits in the order of their numbers (§4.2.1.13). */
export const REASON_FLAGS = [
  'unused',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  'privilegeWithdrawn',
  'aACompromise',
] as const

export type ReasonFlag = (typeof REASON_FLAGS)[number]

export type DistributionPointName =
  | { readonly fullName: readonly GeneralName[] }
  /** Content octets of the RelativeDistinguishedName; see `appendRdn`. */
  | { readonly nameRelativeToCRLIssuer: Uint8Array }

export interface DistributionPoint {
  readonly distributionPoint: DistributionPointName | undefined
  readonly reasons: readonly ReasonFlag[] | undefined
  readonly cRLIssuer: readonly GeneralName[] | undefined
}

export interface AccessDescription {
  readonly accessMethod: string
  readonly accessLocation: GeneralName
}

/** Reads `Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension`. Duplicates are kept; judging them is not parsing. */
export function readExtensions(reader: DerReader, what: string): readonly Extension[] {
  const list = reader.sequence(what)
  if (list.atEnd) throw new DerError(`${what}: an empty list must be left out`, list.position)
  const extensions: Extension[] = []
  while (!list.atEnd) {
    const fields = list.sequence(what)
    const oid = readOid(fields, what)
    const critical = readBooleanDefaultFalse(fields, what)
    const value = fields.expect(Tag.octetString, what)
    fields.finish(what)
    extensions.push({ oid, critical, value: value.content, offset: value.contentStart })
  }
  return extensions
}

/** BasicConstraints (§4.2.1.9). An encoded `cA FALSE` is tolerated: DER forbids it, old issuers write it. */
export function parseBasicConstraints(value: Uint8Array): BasicConstraints {
  return parse(value, 'basicConstraints', (fields, what) => {
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

/** ExtKeyUsage and Microsoft's application policies carry lists of purposes; the latter as PolicyInformation. */
export function parseExtKeyUsage(value: Uint8Array): readonly string[] {
  return parse(value, 'extKeyUsage', (list, what) => atLeastOne(list, what, () => readOid(list, what)))
}

/** Application policies: like certificatePolicies, but the list may be empty, and then allows nothing. */
export function parseApplicationPolicies(value: Uint8Array): readonly string[] {
  return parse(value, 'applicationPolicies', (list, what) => {
    const policies: string[] = []
    while (!list.atEnd) policies.push(readPolicyInformation(list, what).policyIdentifier)
    return policies
  })
}

export function parseSubjectKeyIdentifier(value: Uint8Array): Uint8Array {
  return readWhole(value, Tag.octetString, 'subjectKeyIdentifier').content
}

/** AuthorityKeyIdentifier (§4.2.1.1): issuer and serial number come together or not at all. */
export function parseAuthorityKeyIdentifier(value: Uint8Array): AuthorityKeyIdentifier {
  return parse(value, 'authorityKeyIdentifier', (fields, what) => {
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
  return parse(value, what, readGeneralNames)
}

export function parseCertificatePolicies(value: Uint8Array): readonly PolicyInformation[] {
  return parse(value, 'certificatePolicies', (list, what) =>
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

export function parsePolicyMappings(value: Uint8Array): readonly PolicyMapping[] {
  return parse(value, 'policyMappings', (list, what) =>
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
  return parse(value, 'policyConstraints', (fields, what) => {
    const explicit = fields.optional(contextTag(0, false), what)
    const mapping = fields.optional(contextTag(1, false), what)
    return {
      requireExplicitPolicy: explicit && readCount(explicit, 'requireExplicitPolicy'),
      inhibitPolicyMapping: mapping && readCount(mapping, 'inhibitPolicyMapping'),
    }
  })
}

export function parseInhibitAnyPolicy(value: Uint8Array): number {
  return readCount(readWhole(value, Tag.integer, 'inhibitAnyPolicy'), 'inhibitAnyPolicy')
}

/** NameConstraints (§4.2.1.10). */
export function parseNameConstraints(value: Uint8Array): NameConstraints {
  return parse(value, 'nameConstraints', (fields, what) => {
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

/** CRLDistributionPoints and FreshestCRL (§4.2.1.13, §4.2.1.15). */
export function parseDistributionPoints(
  value: Uint8Array,
  what = 'cRLDistributionPoints',
): readonly DistributionPoint[] {
  return parse(value, what, (list) =>
    atLeastOne(list, what, () => {
      const fields = list.sequence(what)
      const name = fields.optional(contextTag(0, true), what)
      const reasons = fields.optional(contextTag(1, false), what)
      const issuer = fields.optional(contextTag(2, true), what)
      fields.finish(what)
      return {
        distributionPoint: name && readDistributionPointName(name, what),
        reasons: reasons && readReasonFlags(reasons, what),
        cRLIssuer: issuer && readGeneralNames(issuer.reader(), what),
      }
    }),
  )
}

/** DistributionPointName inside its `[0]`: a CHOICE, so one more tag stands within. */
export function readDistributionPointName(explicit: DerElement, what: string): DistributionPointName {
  const reader = explicit.reader()
  const choice = reader.element(what)
  reader.finish(what)
  if (choice.tag === contextTag(0, true)) return { fullName: readGeneralNames(choice.reader(), what) }
  if (choice.tag === contextTag(1, true)) return { nameRelativeToCRLIssuer: choice.content }
  throw new DerError(`${what}: not a distribution point name`, choice.start)
}

export function readReasonFlags(element: DerElement, what: string): readonly ReasonFlag[] {
  return namedBits(element, what).flatMap((bit) => REASON_FLAGS[bit] ?? [])
}

/** AuthorityInfoAccess and SubjectInfoAccess (§4.2.2). */
export function parseInfoAccess(value: Uint8Array, what = 'authorityInfoAccess'): readonly AccessDescription[] {
  return parse(value, what, (list) =>
    atLeastOne(list, what, () => {
      const fields = list.sequence(what)
      const accessMethod = readOid(fields, what)
      const accessLocation = generalNameFromElement(fields.element(what), what)
      fields.finish(what)
      return { accessMethod, accessLocation }
    }),
  )
}

/** Reads a SEQUENCE that must fill `value`, and lets `read` consume all of it. */
function parse<T>(value: Uint8Array, what: string, read: (reader: DerReader, what: string) => T): T {
  const reader = readWhole(value, Tag.sequence, what).reader()
  const result = read(reader, what)
  reader.finish(what)
  return result
}

function atLeastOne<T>(list: DerReader, what: string, read: () => T): readonly T[] {
  if (list.atEnd) throw new DerError(`${what}: an empty list`, list.position)
  const items: T[] = []
  while (!list.atEnd) items.push(read())
  return items
}
