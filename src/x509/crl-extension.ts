/** Values of the CRL extensions (RFC 5280 §5.2) and CRL entry extensions (§5.3). Encoding them is `issue/crl.ts`. */

import { contextTag, DerError, type DerReader, readWhole, Tag } from '../der/reader.ts'
import { bigintFromContent, integerContent, readCount, timeFromElement } from '../der/values.ts'
import {
  type DistributionPoint,
  type DistributionPointName,
  parseDistributionPoints,
  type ReasonFlag,
  readDistributionPointName,
  readReasonFlags,
} from './distribution-point.ts'
import type { Extension } from './extension.ts'
import { type Decoding, ExtensionDecoder } from './extension-decoder.ts'
import { parseSequence } from './extension-sequence.ts'
import {
  type AccessDescription,
  type AuthorityKeyIdentifier,
  parseAuthorityKeyIdentifier,
  parseGeneralNames,
  parseInfoAccess,
} from './extension-value.ts'
import type { GeneralName } from './general-name.ts'

/** The values of CRLReason by their numbers (§5.3.1). 7 is not used. */
export const CRL_REASONS = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  undefined,
  'removeFromCRL',
  'privilegeWithdrawn',
  'aACompromise',
] as const

/** A value of reasonCode (RFC 5280 §5.3.1), by name. */
export type CrlReason = Exclude<(typeof CRL_REASONS)[number], undefined>

/** What a CRL covers (§5.2.5). Every field that is absent widens the scope. */
export interface IssuingDistributionPoint {
  readonly distributionPoint: DistributionPointName | undefined
  readonly onlyContainsUserCerts: boolean
  readonly onlyContainsCACerts: boolean
  readonly onlySomeReasons: readonly ReasonFlag[] | undefined
  readonly indirectCRL: boolean
  readonly onlyContainsAttributeCerts: boolean
}

/** The CRL extensions by RFC 5280's names; a field is undefined if the extension is absent or malformed. */
export interface DecodedCrlExtensions {
  readonly authorityKeyIdentifier?: AuthorityKeyIdentifier
  readonly issuerAltName?: readonly GeneralName[]
  readonly cRLNumber?: bigint
  /** BaseCRLNumber: the CRL is a delta to any complete CRL with this number or a later one. */
  readonly deltaCRLIndicator?: bigint
  readonly issuingDistributionPoint?: IssuingDistributionPoint
  readonly freshestCRL?: readonly DistributionPoint[]
  readonly authorityInfoAccess?: readonly AccessDescription[]
}

/** The CRL entry extensions, likewise. */
export interface DecodedCrlEntryExtensions {
  readonly reasonCode?: CrlReason
  readonly invalidityDate?: Date
  readonly certificateIssuer?: readonly GeneralName[]
}

const CRL_DECODER = new ExtensionDecoder<DecodedCrlExtensions>({
  authorityKeyIdentifier: parseAuthorityKeyIdentifier,
  issuerAltName: (value) => parseGeneralNames(value, 'issuerAltName'),
  cRLNumber: (value) => parseCrlNumber(value, 'cRLNumber'),
  deltaCRLIndicator: (value) => parseCrlNumber(value, 'deltaCRLIndicator'),
  issuingDistributionPoint: parseIssuingDistributionPoint,
  freshestCRL: (value) => parseDistributionPoints(value, 'freshestCRL'),
  authorityInfoAccess: (value) => parseInfoAccess(value),
})

const ENTRY_DECODER = new ExtensionDecoder<DecodedCrlEntryExtensions>({
  reasonCode: parseReasonCode,
  invalidityDate: parseInvalidityDate,
  certificateIssuer: (value) => parseGeneralNames(value, 'certificateIssuer'),
})

/** Whether `decodeCrlExtensions` understands this extension of a CRL. */
export function isKnownCrlExtension(oid: string): boolean {
  return CRL_DECODER.knows(oid)
}

/** Whether `decodeCrlEntryExtensions` understands this extension of a CRL entry. */
export function isKnownCrlEntryExtension(oid: string): boolean {
  return ENTRY_DECODER.knows(oid)
}

/** Decodes the extensions of a CRL; a value that does not decode is kept as a fault, as with certificates. */
export function decodeCrlExtensions(extensions: readonly Extension[]): Decoding<DecodedCrlExtensions> {
  return CRL_DECODER.decode(extensions)
}

/** Decodes the extensions of one CRL entry. */
export function decodeCrlEntryExtensions(extensions: readonly Extension[]): Decoding<DecodedCrlEntryExtensions> {
  return ENTRY_DECODER.decode(extensions)
}

/** §5.2.3: "CRLNumber values up to 20 octets", and one more for the sign of those that fill them. */
const MAX_NUMBER_OCTETS = 21

/** CRLNumber and BaseCRLNumber (§5.2.3, §5.2.4): `INTEGER (0..MAX)`, as far as MAX must go. */
function parseCrlNumber(value: Uint8Array, what: string): bigint {
  const element = readWhole(value, Tag.integer, what)
  const content = integerContent(element, what)
  if (content.length > MAX_NUMBER_OCTETS) throw new DerError(`${what}: longer than 20 octets`, element.start)
  const number = bigintFromContent(content)
  if (number < 0n) throw new DerError(`${what}: must not be negative`, element.start)
  return number
}

/** IssuingDistributionPoint (§5.2.5). That at most one of the three `onlyContains…` may be true is not parsing. */
function parseIssuingDistributionPoint(value: Uint8Array): IssuingDistributionPoint {
  return parseSequence(value, 'issuingDistributionPoint', (fields, what) => {
    const name = fields.optional(contextTag(0, true), what)
    const onlyContainsUserCerts = readFlag(fields, 1, what)
    const onlyContainsCACerts = readFlag(fields, 2, what)
    const reasons = fields.optional(contextTag(3, false), what)
    return {
      distributionPoint: name && readDistributionPointName(name, what),
      onlyContainsUserCerts,
      onlyContainsCACerts,
      onlySomeReasons: reasons && readReasonFlags(reasons, what),
      indirectCRL: readFlag(fields, 4, what),
      onlyContainsAttributeCerts: readFlag(fields, 5, what),
    }
  })
}

/** `[number] IMPLICIT BOOLEAN DEFAULT FALSE`: present means TRUE, and TRUE is ff. */
function readFlag(fields: DerReader, number: number, what: string): boolean {
  const element = fields.optional(contextTag(number, false), what)
  if (element === undefined) return false
  if (element.content.length !== 1 || element.content[0] !== 0xff) {
    throw new DerError(`${what}: a BOOLEAN that defaults to FALSE is absent or one octet ff`, element.start)
  }
  return true
}

/** CRLReason (§5.3.1): ENUMERATED, one of the ten values there are. */
function parseReasonCode(value: Uint8Array): CrlReason {
  const element = readWhole(value, Tag.enumerated, 'reasonCode')
  return crlReason(readCount(element, 'reasonCode'), element.start)
}

/**
 * The name of a CRLReason.
 * @throws DerError at `offset` for a number without a meaning
 */
export function crlReason(number: number, offset: number): CrlReason {
  const reason = CRL_REASONS[number]
  if (reason === undefined) throw new DerError(`reasonCode: ${number} is no reason`, offset)
  return reason
}

/** InvalidityDate (§5.3.2): GeneralizedTime, whatever the year. */
function parseInvalidityDate(value: Uint8Array): Date {
  return timeFromElement(readWhole(value, Tag.generalizedTime, 'invalidityDate'), 'invalidityDate')
}
