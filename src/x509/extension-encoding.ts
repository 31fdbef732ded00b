/**
 * Encodes the extension values that `extension-value.ts` and `distribution-point.ts` decode (RFC 5280 §4.2): the same
 * types, the other direction.
 *
 * What equals a default is left out, as DER wants (X.690 §11.5). Nothing is judged: a pathLenConstraint without cA or
 * an empty list of purposes is written as asked for, because test certificates need such things too.
 */

import { contextTag } from '../der/reader.ts'
import {
  boolean,
  concatBytes,
  context,
  contextPrimitive,
  element,
  ia5String,
  integer,
  namedBitString,
  nullValue,
  octetString,
  oid,
  retag,
  sequence,
  utf8String,
} from '../der/writer.ts'
import { PkiError } from '../errors.ts'
import {
  type DistributionPoint,
  type DistributionPointName,
  REASON_FLAGS,
  type ReasonFlag,
} from './distribution-point.ts'
import { isAscii } from './dns-name-text.ts'
import {
  type AccessDescription,
  type AuthorityKeyIdentifier,
  type BasicConstraints,
  type GeneralSubtree,
  KEY_USAGES,
  type KeyUsageName,
  type NameConstraints,
  type PolicyConstraints,
  type PolicyInformation,
  type PolicyMapping,
  type PolicyQualifier,
} from './extension-value.ts'
import { encodeGeneralName, type GeneralName } from './general-name.ts'
import { POLICY_QUALIFIER } from './oids.ts'

/** An extension that is still to be written; `value` is the content of extnValue. */
export interface ExtensionToWrite {
  readonly oid: string
  readonly critical: boolean
  readonly value: Uint8Array
}

/** `Extension ::= SEQUENCE { extnID, critical BOOLEAN DEFAULT FALSE, extnValue }` (§4.1). */
export function encodeExtension(identifier: string, critical: boolean, value: Uint8Array): Uint8Array {
  return critical
    ? sequence(oid(identifier), boolean(true), octetString(value))
    : sequence(oid(identifier), octetString(value))
}

/** `Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension`, in the order given. */
export function encodeExtensions(extensions: readonly ExtensionToWrite[]): Uint8Array {
  return sequence(
    ...extensions.map(({ oid: identifier, critical, value }) => encodeExtension(identifier, critical, value)),
  )
}

/** BasicConstraints (§4.2.1.9): for an end entity an empty SEQUENCE. */
export function encodeBasicConstraints({ cA, pathLenConstraint }: BasicConstraints): Uint8Array {
  const fields: Uint8Array[] = []
  if (cA) fields.push(boolean(true))
  if (pathLenConstraint !== undefined) fields.push(integer(pathLenConstraint))
  return sequence(...fields)
}

/** KeyUsage (§4.2.1.3). */
export function encodeKeyUsage(usages: readonly KeyUsageName[]): Uint8Array {
  return namedBitString(usages.map((usage) => KEY_USAGES.indexOf(usage)))
}

/** ExtKeyUsage (§4.2.1.12): object identifiers in the order given. */
export function encodeExtKeyUsage(purposes: readonly string[]): Uint8Array {
  return sequence(...purposes.map(oid))
}

export function encodeSubjectKeyIdentifier(keyIdentifier: Uint8Array): Uint8Array {
  return octetString(keyIdentifier)
}

/** AuthorityKeyIdentifier (§4.2.1.1). */
export function encodeAuthorityKeyIdentifier(identifier: AuthorityKeyIdentifier): Uint8Array {
  const { keyIdentifier, authorityCertIssuer, authorityCertSerialNumber } = identifier
  const fields: Uint8Array[] = []
  if (keyIdentifier !== undefined) fields.push(contextPrimitive(0, keyIdentifier))
  if (authorityCertIssuer !== undefined) fields.push(taggedNames(1, authorityCertIssuer))
  if (authorityCertSerialNumber !== undefined) fields.push(taggedInteger(2, authorityCertSerialNumber))
  return sequence(...fields)
}

/** CertificatePolicies (§4.2.1.4). */
export function encodeCertificatePolicies(policies: readonly PolicyInformation[]): Uint8Array {
  return sequence(...policies.map(encodePolicyInformation))
}

function encodePolicyInformation({ policyIdentifier, qualifiers }: PolicyInformation): Uint8Array {
  if (qualifiers.length === 0) return sequence(oid(policyIdentifier))
  return sequence(oid(policyIdentifier), sequence(...qualifiers.map((q) => sequence(oid(q.oid), q.value))))
}

/**
 * The qualifier that points to a certification practice statement.
 * @throws PkiError `usage.extension` if it is not ASCII, which IA5String is
 */
export function cpsQualifier(uri: string): PolicyQualifier {
  if (!isAscii(uri)) {
    throw new PkiError('usage.extension', `the URI of a certification practice statement is ASCII: ${uri}`, {
      hint: 'other characters are percent-encoded in a path, and Punycode in a host',
    })
  }
  return { oid: POLICY_QUALIFIER.cps, value: ia5String(uri) }
}

/** The qualifier whose explicitText a program may show; UTF8String, as §4.2.1.4 recommends. */
export function userNoticeQualifier(explicitText: string): PolicyQualifier {
  return { oid: POLICY_QUALIFIER.userNotice, value: sequence(utf8String(explicitText)) }
}

/** PolicyMappings (§4.2.1.5). */
export function encodePolicyMappings(mappings: readonly PolicyMapping[]): Uint8Array {
  return sequence(...mappings.map((m) => sequence(oid(m.issuerDomainPolicy), oid(m.subjectDomainPolicy))))
}

/** PolicyConstraints (§4.2.1.11). */
export function encodePolicyConstraints(constraints: PolicyConstraints): Uint8Array {
  const { requireExplicitPolicy, inhibitPolicyMapping } = constraints
  const fields: Uint8Array[] = []
  if (requireExplicitPolicy !== undefined) fields.push(taggedInteger(0, requireExplicitPolicy))
  if (inhibitPolicyMapping !== undefined) fields.push(taggedInteger(1, inhibitPolicyMapping))
  return sequence(...fields)
}

/** InhibitAnyPolicy (§4.2.1.14). */
export function encodeInhibitAnyPolicy(skipCerts: number): Uint8Array {
  return integer(skipCerts)
}

/** NameConstraints (§4.2.1.10): an empty list is left out. */
export function encodeNameConstraints({ permittedSubtrees, excludedSubtrees }: NameConstraints): Uint8Array {
  const fields: Uint8Array[] = []
  if (permittedSubtrees.length > 0) fields.push(context(0, ...permittedSubtrees.map(encodeSubtree)))
  if (excludedSubtrees.length > 0) fields.push(context(1, ...excludedSubtrees.map(encodeSubtree)))
  return sequence(...fields)
}

function encodeSubtree({ base, minimum, maximum }: GeneralSubtree): Uint8Array {
  const fields = [encodeGeneralName(base)]
  if (minimum !== 0) fields.push(taggedInteger(0, minimum))
  if (maximum !== undefined) fields.push(taggedInteger(1, maximum))
  return sequence(...fields)
}

/** CRLDistributionPoints and FreshestCRL (§4.2.1.13, §4.2.1.15). */
export function encodeDistributionPoints(points: readonly DistributionPoint[]): Uint8Array {
  return sequence(...points.map(encodeDistributionPoint))
}

function encodeDistributionPoint({ distributionPoint, reasons, cRLIssuer }: DistributionPoint): Uint8Array {
  const fields: Uint8Array[] = []
  if (distributionPoint !== undefined) fields.push(context(0, encodeDistributionPointName(distributionPoint)))
  if (reasons !== undefined) fields.push(encodeReasonFlags(1, reasons))
  if (cRLIssuer !== undefined) fields.push(taggedNames(2, cRLIssuer))
  return sequence(...fields)
}

/** DistributionPointName (§4.2.1.13): the CHOICE itself, without the tag around it. */
export function encodeDistributionPointName(name: DistributionPointName): Uint8Array {
  return 'fullName' in name ? taggedNames(0, name.fullName) : context(1, name.nameRelativeToCRLIssuer)
}

/** ReasonFlags under an IMPLICIT context tag. */
export function encodeReasonFlags(tagNumber: number, reasons: readonly ReasonFlag[]): Uint8Array {
  return retag(contextTag(tagNumber, false), namedBitString(reasons.map((reason) => REASON_FLAGS.indexOf(reason))))
}

/** AuthorityInfoAccess and SubjectInfoAccess (§4.2.2). */
export function encodeInfoAccess(descriptions: readonly AccessDescription[]): Uint8Array {
  return sequence(...descriptions.map((d) => sequence(oid(d.accessMethod), encodeGeneralName(d.accessLocation))))
}

/** id-pkix-ocsp-nocheck (RFC 6960 §4.2.2.2.1): its presence says everything. */
export function encodeOcspNoCheck(): Uint8Array {
  return nullValue()
}

function taggedNames(tagNumber: number, names: readonly GeneralName[]): Uint8Array {
  return element(contextTag(tagNumber, true), concatBytes(names.map(encodeGeneralName)))
}

function taggedInteger(tagNumber: number, value: number | bigint): Uint8Array {
  return retag(contextTag(tagNumber, false), integer(value))
}
