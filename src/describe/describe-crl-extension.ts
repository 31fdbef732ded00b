/** The extensions that only CRLs and their entries carry (RFC 5280 §5.2, §5.3), as descriptions. */

import {
  type DecodedCrlEntryExtensions,
  type DecodedCrlExtensions,
  decodeCrlEntryExtensions,
  decodeCrlExtensions,
  type IssuingDistributionPoint,
} from '../x509/crl-extension.ts'
import type { MalformedExtension } from '../x509/extension-decoder.ts'
import { EXTENSION } from '../x509/oids.ts'
import { describeDistributionPointName } from './describe-distribution-point.ts'
import { boolean, fields, generalName, list, number, text, time, type Value } from './description.ts'

/** By identifier: extension value → description. @throws DerError for a value that does not decode */
export const CRL_EXTENSION_DESCRIBERS: Readonly<Record<string, (value: Uint8Array) => Value>> = {
  [EXTENSION.cRLNumber]: (value) => number(ofCrl('cRLNumber', value)),
  [EXTENSION.deltaCRLIndicator]: (value) => fields({ baseCRLNumber: number(ofCrl('deltaCRLIndicator', value)) }),
  [EXTENSION.issuingDistributionPoint]: (value) =>
    describeIssuingDistributionPoint(ofCrl('issuingDistributionPoint', value)),
  [EXTENSION.reasonCode]: (value) => text(ofEntry('reasonCode', value)),
  [EXTENSION.invalidityDate]: (value) => time(ofEntry('invalidityDate', value)),
  [EXTENSION.certificateIssuer]: (value) => list(ofEntry('certificateIssuer', value).map(generalName)),
}

type Present<T, K extends keyof T> = Exclude<T[K], undefined>

function ofCrl<K extends keyof DecodedCrlExtensions>(field: K, value: Uint8Array): Present<DecodedCrlExtensions, K> {
  return requireDecoded(decodeCrlExtensions([extension(EXTENSION[field], value)]), field)
}

function ofEntry<K extends keyof DecodedCrlEntryExtensions>(
  field: K,
  value: Uint8Array,
): Present<DecodedCrlEntryExtensions, K> {
  return requireDecoded(decodeCrlEntryExtensions([extension(EXTENSION[field], value)]), field)
}

const extension = (oid: string, value: Uint8Array) => ({ oid, critical: false, value, offset: 0 })

interface Decoding<T> {
  readonly decoded: T
  readonly malformed: readonly MalformedExtension[]
}

/** The one value that was decoded. @throws DerError if it is malformed */
function requireDecoded<T, K extends keyof T>({ decoded, malformed }: Decoding<T>, field: K): Present<T, K> {
  if (malformed[0] !== undefined) throw malformed[0].error
  return decoded[field] as Present<T, K>
}

/** §5.2.5. Flags that are false are absent, and so left out. */
function describeIssuingDistributionPoint(point: IssuingDistributionPoint): Value {
  const flag = (value: boolean) => (value ? boolean(true) : undefined)
  return fields({
    ...describeDistributionPointName(point.distributionPoint),
    onlyContainsUserCerts: flag(point.onlyContainsUserCerts),
    onlyContainsCACerts: flag(point.onlyContainsCACerts),
    onlySomeReasons: point.onlySomeReasons && list(point.onlySomeReasons.map(text)),
    indirectCRL: flag(point.indirectCRL),
    onlyContainsAttributeCerts: flag(point.onlyContainsAttributeCerts),
  })
}
