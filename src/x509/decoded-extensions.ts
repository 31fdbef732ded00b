/** Which extension values this program decodes, and into what. A value that does not decode is kept as a fault. */

import { DerError } from '../der/reader.ts'
import {
  type AccessDescription,
  type AuthorityKeyIdentifier,
  type BasicConstraints,
  type DistributionPoint,
  type Extension,
  type KeyUsageName,
  type NameConstraints,
  type PolicyConstraints,
  type PolicyInformation,
  type PolicyMapping,
  parseApplicationPolicies,
  parseAuthorityKeyIdentifier,
  parseBasicConstraints,
  parseCertificatePolicies,
  parseDistributionPoints,
  parseExtKeyUsage,
  parseGeneralNames,
  parseInfoAccess,
  parseInhibitAnyPolicy,
  parseKeyUsage,
  parseNameConstraints,
  parsePolicyConstraints,
  parsePolicyMappings,
  parseSubjectKeyIdentifier,
} from './extension.ts'
import type { GeneralName } from './general-name.ts'
import { EXTENSION } from './oids.ts'

/** The decoded values by RFC 5280's names; a field is undefined if the extension is absent or malformed. */
export interface DecodedExtensions {
  readonly authorityKeyIdentifier?: AuthorityKeyIdentifier
  readonly subjectKeyIdentifier?: Uint8Array
  readonly keyUsage?: readonly KeyUsageName[]
  readonly certificatePolicies?: readonly PolicyInformation[]
  readonly policyMappings?: readonly PolicyMapping[]
  readonly subjectAltName?: readonly GeneralName[]
  readonly issuerAltName?: readonly GeneralName[]
  readonly basicConstraints?: BasicConstraints
  readonly nameConstraints?: NameConstraints
  readonly policyConstraints?: PolicyConstraints
  readonly extKeyUsage?: readonly string[]
  readonly cRLDistributionPoints?: readonly DistributionPoint[]
  readonly inhibitAnyPolicy?: number
  readonly freshestCRL?: readonly DistributionPoint[]
  readonly authorityInfoAccess?: readonly AccessDescription[]
  readonly subjectInfoAccess?: readonly AccessDescription[]
  /** Microsoft's twin of extKeyUsage; an empty list allows nothing. */
  readonly applicationPolicies?: readonly string[]
}

/** An extension whose value does not decode, and where it goes wrong. */
export interface MalformedExtension {
  readonly oid: string
  readonly error: DerError
}

type Decoder = { readonly [K in keyof DecodedExtensions]-?: (value: Uint8Array) => DecodedExtensions[K] }

const DECODERS: Decoder = {
  authorityKeyIdentifier: parseAuthorityKeyIdentifier,
  subjectKeyIdentifier: parseSubjectKeyIdentifier,
  keyUsage: parseKeyUsage,
  certificatePolicies: parseCertificatePolicies,
  policyMappings: parsePolicyMappings,
  subjectAltName: (value) => parseGeneralNames(value),
  issuerAltName: (value) => parseGeneralNames(value, 'issuerAltName'),
  basicConstraints: parseBasicConstraints,
  nameConstraints: parseNameConstraints,
  policyConstraints: parsePolicyConstraints,
  extKeyUsage: parseExtKeyUsage,
  cRLDistributionPoints: (value) => parseDistributionPoints(value),
  inhibitAnyPolicy: parseInhibitAnyPolicy,
  freshestCRL: (value) => parseDistributionPoints(value, 'freshestCRL'),
  authorityInfoAccess: (value) => parseInfoAccess(value),
  subjectInfoAccess: (value) => parseInfoAccess(value, 'subjectInfoAccess'),
  applicationPolicies: parseApplicationPolicies,
}

const FIELD_BY_OID = new Map(
  (Object.keys(DECODERS) as (keyof DecodedExtensions)[]).map((field) => [EXTENSION[field] as string, field]),
)

/** Decodes every extension that has a decoder. */
export function decodeExtensions(extensions: readonly Extension[]): {
  readonly decoded: DecodedExtensions
  readonly malformed: readonly MalformedExtension[]
} {
  const decoded: Record<string, unknown> = {}
  const malformed: MalformedExtension[] = []
  for (const { oid, value, offset } of extensions) {
    const field = FIELD_BY_OID.get(oid)
    // Of several with one identifier the first counts, also if it does not decode: thousands may follow it.
    if (field === undefined || field in decoded || malformed.some((known) => known.oid === oid)) continue
    try {
      decoded[field] = DECODERS[field](value)
    } catch (error) {
      if (!(error instanceof DerError)) throw error
      malformed.push({ oid, error: new DerError(error.message, offset + error.offset) })
    }
  }
  return { decoded, malformed }
}
