/** Which extensions of certificates this program decodes, and into what. */

import { type DistributionPoint, parseDistributionPoints } from './distribution-point.ts'
import type { Extension } from './extension.ts'
import { type Decoding, ExtensionDecoder } from './extension-decoder.ts'
import {
  type AccessDescription,
  type AuthorityKeyIdentifier,
  type BasicConstraints,
  type KeyUsageName,
  type NameConstraints,
  type PolicyConstraints,
  type PolicyInformation,
  type PolicyMapping,
  parseApplicationPolicies,
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
} from './extension-value.ts'
import type { GeneralName } from './general-name.ts'

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

const DECODER = new ExtensionDecoder<DecodedExtensions>({
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
})

/** Decodes every extension of a certificate or request that has a decoder. */
export function decodeExtensions(extensions: readonly Extension[]): Decoding<DecodedExtensions> {
  return DECODER.decode(extensions)
}
