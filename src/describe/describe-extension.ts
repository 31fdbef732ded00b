/**
 * Extensions of certificates, requests, CRLs and CRL entries (RFC 5280 §4.2, §5.2, §5.3) as descriptions.
 *
 * A value that does not decode is never hidden: it comes out as its octets, with the fault beside it. An extension
 * that no table here knows comes out as octets too, with its structure if it is DER.
 */

import { DerError, readWhole, Tag } from '../der/reader.ts'
import { readOid } from '../der/values.ts'
import { parseDistributionPoints } from '../x509/distribution-point.ts'
import type { Extension } from '../x509/extension.ts'
import {
  type AccessDescription,
  type GeneralSubtree,
  type PolicyInformation,
  parseAuthorityKeyIdentifier,
  parseBasicConstraints,
  parseCertificatePolicies,
  parseExtKeyUsage,
  parseGeneralNames,
  parseInfoAccess,
  parseInhibitAnyPolicy,
  parseKeyUsage,
  parseNameConstraints,
  parsePolicyConstraints,
  parsePolicyMappings,
  parseSubjectKeyIdentifier,
} from '../x509/extension-value.ts'
import type { GeneralName } from '../x509/general-name.ts'
import { EXTENSION, oidName } from '../x509/oids.ts'
import { formatSerialNumber } from '../x509/serial-number.ts'
import { CRL_EXTENSION_DESCRIBERS } from './describe-crl-extension.ts'
import { describeDistributionPoint } from './describe-distribution-point.ts'
import { describePolicyQualifier } from './describe-policy-qualifier.ts'
import { unknownOctets } from './describe-unknown.ts'
import { VENDOR_EXTENSION_DESCRIBERS } from './describe-vendor-extension.ts'
import {
  boolean,
  type ExtensionValue,
  fields,
  generalName,
  list,
  number,
  octets,
  oidValue,
  text,
  type Value,
} from './description.ts'

/** Describes an extension; one that is malformed or unknown too. */
export function describeExtension({ oid, critical, value }: Extension): ExtensionValue {
  const extension = { type: 'extension', oid, name: EXTENSION_NAME.get(oid), critical, octets: value } as const
  const describe = DESCRIBERS[oid]
  if (describe === undefined) return { ...extension, value: unknownOctets(value), malformed: undefined }
  try {
    return { ...extension, value: describe(value), malformed: undefined }
  } catch (error) {
    if (!(error instanceof DerError)) throw error
    const malformed = { message: error.message, offset: error.offset }
    return { ...extension, value: unknownOctets(value), malformed }
  }
}

const EXTENSION_NAME = new Map<string, string>(Object.entries(EXTENSION).map(([name, oid]) => [oid, name]))

const E = EXTENSION

const DESCRIBERS: Readonly<Record<string, (value: Uint8Array) => Value>> = {
  [E.basicConstraints]: (value) => {
    const { cA, pathLenConstraint } = parseBasicConstraints(value)
    return fields({ cA: boolean(cA), pathLenConstraint: count(pathLenConstraint) })
  },
  [E.keyUsage]: (value) => texts(parseKeyUsage(value)),
  [E.extKeyUsage]: (value) => list(parseExtKeyUsage(value).map(oid)),
  [E.subjectAltName]: (value) => generalNames(parseGeneralNames(value)),
  [E.issuerAltName]: (value) => generalNames(parseGeneralNames(value, 'issuerAltName')),
  [E.subjectKeyIdentifier]: (value) => octets(parseSubjectKeyIdentifier(value)),
  [E.authorityKeyIdentifier]: describeAuthorityKeyIdentifier,
  [E.nameConstraints]: describeNameConstraints,
  [E.certificatePolicies]: (value) => list(parseCertificatePolicies(value).map(describePolicy)),
  [E.policyMappings]: (value) =>
    list(
      parsePolicyMappings(value).map(({ issuerDomainPolicy, subjectDomainPolicy }) =>
        fields({ issuerDomainPolicy: oid(issuerDomainPolicy), subjectDomainPolicy: oid(subjectDomainPolicy) }),
      ),
    ),
  [E.policyConstraints]: (value) => {
    const { requireExplicitPolicy, inhibitPolicyMapping } = parsePolicyConstraints(value)
    return fields({
      requireExplicitPolicy: count(requireExplicitPolicy),
      inhibitPolicyMapping: count(inhibitPolicyMapping),
    })
  },
  [E.inhibitAnyPolicy]: (value) => number(parseInhibitAnyPolicy(value)),
  [E.cRLDistributionPoints]: (value) => list(parseDistributionPoints(value).map(describeDistributionPoint)),
  [E.freshestCRL]: (value) => list(parseDistributionPoints(value, 'freshestCRL').map(describeDistributionPoint)),
  [E.authorityInfoAccess]: (value) => list(parseInfoAccess(value).map(describeAccess)),
  [E.subjectInfoAccess]: (value) => list(parseInfoAccess(value, 'subjectInfoAccess').map(describeAccess)),
  [E.subjectDirectoryAttributes]: describeDirectoryAttributes,
  ...CRL_EXTENSION_DESCRIBERS,
  ...VENDOR_EXTENSION_DESCRIBERS,
}

const oid = (value: string): Value => oidValue(value, oidName(value))
const texts = (values: readonly string[]): Value => list(values.map(text))
const generalNames = (names: readonly GeneralName[]): Value => list(names.map(generalName))
const count = (value: number | undefined): Value | undefined => (value === undefined ? undefined : number(value))

function describeAuthorityKeyIdentifier(value: Uint8Array): Value {
  const { keyIdentifier, authorityCertIssuer, authorityCertSerialNumber } = parseAuthorityKeyIdentifier(value)
  return fields({
    keyIdentifier: keyIdentifier && octets(keyIdentifier),
    authorityCertIssuer: authorityCertIssuer && generalNames(authorityCertIssuer),
    authorityCertSerialNumber:
      authorityCertSerialNumber === undefined ? undefined : text(formatSerialNumber(authorityCertSerialNumber)),
  })
}

function describeNameConstraints(value: Uint8Array): Value {
  const { permittedSubtrees, excludedSubtrees } = parseNameConstraints(value)
  return fields({
    permittedSubtrees: permittedSubtrees.length === 0 ? undefined : list(permittedSubtrees.map(describeSubtree)),
    excludedSubtrees: excludedSubtrees.length === 0 ? undefined : list(excludedSubtrees.map(describeSubtree)),
  })
}

/** §4.2.1.10: minimum is 0 and maximum absent in the profile, so both are said only where they are not. */
function describeSubtree({ base, minimum, maximum }: GeneralSubtree): Value {
  if (minimum === 0 && maximum === undefined) return generalName(base)
  return fields({ base: generalName(base), minimum: number(minimum), maximum: count(maximum) })
}

function describePolicy({ policyIdentifier, qualifiers }: PolicyInformation): Value {
  return fields({
    policyIdentifier: oid(policyIdentifier),
    qualifiers: qualifiers.length === 0 ? undefined : list(qualifiers.map(describePolicyQualifier)),
  })
}

function describeAccess({ accessMethod, accessLocation }: AccessDescription): Value {
  return fields({ accessMethod: oid(accessMethod), accessLocation: generalName(accessLocation) })
}

/** SubjectDirectoryAttributes (§4.2.1.8): attribute types, each with a set of values. */
function describeDirectoryAttributes(value: Uint8Array): Value {
  const what = 'subjectDirectoryAttributes'
  const attributes = readWhole(value, Tag.sequence, what).reader()
  const described: Value[] = []
  while (!attributes.atEnd) {
    const pair = attributes.sequence(what)
    const type = readOid(pair, what)
    const values = pair.expect(Tag.set, what).reader()
    pair.finish(what)
    const items: Value[] = []
    while (!values.atEnd) items.push(unknownOctets(values.element(what).encoded))
    described.push(fields({ type: oid(type), values: list(items) }))
  }
  return list(described)
}
