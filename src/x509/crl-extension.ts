/** Values of the CRL extensions (RFC 5280 §5.2) and CRL entry extensions (§5.3). Encoding them is `issue/crl.ts`. */

import { contextTag, DerError, type DerReader, readWhole, Tag } from '../der/reader.ts'
import { bigintFromContent, integerContent, readCount, timeFromElement } from '../der/values.ts'
import type { MalformedExtension } from './decoded-extensions.ts'
import {
  type AccessDescription,
  type AuthorityKeyIdentifier,
  type DistributionPoint,
  type DistributionPointName,
  type Extension,
  parseAuthorityKeyIdentifier,
  parseDistributionPoints,
  parseGeneralNames,
  parseInfoAccess,
  type ReasonFlag,
  readDistributionPointName,
  readReasonFlags,
} from './extension.ts'
import type { GeneralName } from './general-name.ts'
import { EXTENSION } from './oids.ts'

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

type Decoders<T> = { readonly [K in keyof T]-?: (value: Uint8Array) => T[K] }

const CRL_DECODERS: Decoders<DecodedCrlExtensions> = {
  authorityKeyIdentifier: parseAuthorityKeyIdentifier,
  issuerAltName: (value) => parseGeneralNames(value, 'issuerAltName'),
  cRLNumber: (value) => parseCrlNumber(value, 'cRLNumber'),
  deltaCRLIndicator: (value) => parseCrlNumber(value, 'deltaCRLIndicator'),
  issuingDistributionPoint: parseIssuingDistributionPoint,
  freshestCRL: (value) => parseDistributionPoints(value, 'freshestCRL'),
  authorityInfoAccess: (value) => parseInfoAccess(value),
}

const ENTRY_DECODERS: Decoders<DecodedCrlEntryExtensions> = {
  reasonCode: parseReasonCode,
  invalidityDate: parseInvalidityDate,
  certificateIssuer: (value) => parseGeneralNames(value, 'certificateIssuer'),
}

/** Whether `decodeCrlExtensions` understands this extension of a CRL. */
export function isKnownCrlExtension(oid: string): boolean {
  return fieldOf(CRL_DECODERS, oid) !== undefined
}

/** Whether `decodeCrlEntryExtensions` understands this extension of a CRL entry. */
export function isKnownCrlEntryExtension(oid: string): boolean {
  return fieldOf(ENTRY_DECODERS, oid) !== undefined
}

interface Decoding<T> {
  readonly decoded: T
  readonly malformed: readonly MalformedExtension[]
}

/** Decodes the extensions of a CRL; a value that does not decode is kept as a fault, as with certificates. */
export function decodeCrlExtensions(extensions: readonly Extension[]): Decoding<DecodedCrlExtensions> {
  return decodeWith(CRL_DECODERS, extensions)
}

/** Decodes the extensions of one CRL entry. */
export function decodeCrlEntryExtensions(extensions: readonly Extension[]): Decoding<DecodedCrlEntryExtensions> {
  return decodeWith(ENTRY_DECODERS, extensions)
}

function fieldOf<T>(decoders: Decoders<T>, oid: string): keyof T | undefined {
  for (const field in decoders) if (EXTENSION[field as keyof typeof EXTENSION] === oid) return field
  return undefined
}

function decodeWith<T>(decoders: Decoders<T>, extensions: readonly Extension[]): Decoding<T> {
  const decoded: Partial<Record<keyof T, T[keyof T]>> = {}
  const malformed: MalformedExtension[] = []
  for (const { oid, value, offset } of extensions) {
    const field = fieldOf(decoders, oid)
    // Of several with one identifier the first counts, also if it does not decode: thousands may follow it.
    if (field === undefined || field in decoded || malformed.some((known) => known.oid === oid)) continue
    try {
      decoded[field] = decoders[field](value)
    } catch (error) {
      if (!(error instanceof DerError)) throw error
      malformed.push({ oid, error: new DerError(error.message, offset + error.offset) })
    }
  }
  return { decoded: decoded as T, malformed }
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
  const what = 'issuingDistributionPoint'
  const fields = readWhole(value, Tag.sequence, what).reader()
  const name = fields.optional(contextTag(0, true), what)
  const onlyContainsUserCerts = readFlag(fields, 1, what)
  const onlyContainsCACerts = readFlag(fields, 2, what)
  const reasons = fields.optional(contextTag(3, false), what)
  const indirectCRL = readFlag(fields, 4, what)
  const onlyContainsAttributeCerts = readFlag(fields, 5, what)
  fields.finish(what)
  return {
    distributionPoint: name && readDistributionPointName(name, what),
    onlyContainsUserCerts,
    onlyContainsCACerts,
    onlySomeReasons: reasons && readReasonFlags(reasons, what),
    indirectCRL,
    onlyContainsAttributeCerts,
  }
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
