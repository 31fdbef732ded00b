/** Distribution points (RFC 5280 §4.2.1.13), as descriptions. */

import { DerReader } from '../der/reader.ts'
import { element } from '../der/writer.ts'
import type { DistributionPoint, DistributionPointName } from '../x509/distribution-point.ts'
import { readRdn } from '../x509/name.ts'
import { oidName } from '../x509/oids.ts'
import { unknownOctets } from './describe-unknown.ts'
import { fields, generalName, list, text, type Value } from './description.ts'

export function describeDistributionPoint({ distributionPoint, reasons, cRLIssuer }: DistributionPoint): Value {
  return fields({
    ...describeDistributionPointName(distributionPoint),
    reasons: reasons && list(reasons.map(text)),
    cRLIssuer: cRLIssuer && list(cRLIssuer.map(generalName)),
  })
}

/** The name's field, to be spread among others: `fullName`, `nameRelativeToCRLIssuer`, or none. */
export function describeDistributionPointName(name: DistributionPointName | undefined): Record<string, Value> {
  if (name === undefined) return {}
  if ('fullName' in name) return { fullName: list(name.fullName.map(generalName)) }
  return { nameRelativeToCRLIssuer: describeRelativeName(name.nameRelativeToCRLIssuer) }
}

function describeRelativeName(rdnContent: Uint8Array): Value {
  const set = new DerReader(element(0x31, rdnContent)).element('nameRelativeToCRLIssuer')
  const attributes: Record<string, Value> = {}
  for (const { oid, value, encoded } of readRdn(set, 'nameRelativeToCRLIssuer')) {
    attributes[oidName(oid) ?? oid] = value === undefined ? unknownOctets(encoded) : text(value)
  }
  return fields(attributes)
}
