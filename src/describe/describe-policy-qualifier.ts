/** Policy qualifiers (RFC 5280 §4.2.1.4): where a policy's practice statement lies, and the notice to show. */

import { DerReader, Tag } from '../der/reader.ts'
import { asciiFromElement, readCount, stringFromElement } from '../der/values.ts'
import type { PolicyQualifier } from '../x509/extension-value.ts'
import { oidName, POLICY_QUALIFIER } from '../x509/oids.ts'
import { unknownOctets } from './describe-unknown.ts'
import { fields, list, number, oidValue, text, type Value } from './description.ts'

const WHAT = 'policyQualifier'

/** @throws DerError if the qualifier is of a known kind and malformed */
export function describePolicyQualifier({ oid, value }: PolicyQualifier): Value {
  const reader = new DerReader(value)
  if (oid === POLICY_QUALIFIER.cps) {
    return fields({ cPSuri: text(asciiFromElement(reader.expect(Tag.ia5String, WHAT), WHAT)) })
  }
  if (oid === POLICY_QUALIFIER.userNotice) return fields({ userNotice: describeUserNotice(reader.sequence(WHAT)) })
  return fields({ policyQualifierId: oidValue(oid, oidName(oid)), qualifier: unknownOctets(value) })
}

function describeUserNotice(notice: DerReader): Value {
  const reference = notice.optional(Tag.sequence, WHAT)?.reader()
  const explicitText = notice.atEnd ? undefined : readDisplayText(notice)
  notice.finish(WHAT)
  if (reference === undefined) return fields({ explicitText })
  const organization = readDisplayText(reference)
  const numbers = reference.sequence(WHAT)
  const noticeNumbers: Value[] = []
  while (!numbers.atEnd) noticeNumbers.push(number(readCount(numbers.expect(Tag.integer, WHAT), WHAT)))
  return fields({ organization, noticeNumbers: list(noticeNumbers), explicitText })
}

function readDisplayText(reader: DerReader): Value {
  const element = reader.element(WHAT)
  const value = stringFromElement(element, WHAT)
  return value === undefined ? unknownOctets(element.encoded) : text(value)
}
