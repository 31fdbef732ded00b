/**
 * Where a certificate's CRLs lie: the values of cRLDistributionPoints and freshestCRL (RFC 5280 §4.2.1.13, §4.2.1.15),
 * whose parts issuingDistributionPoint (§5.2.5) has too. Encoding them is `extension-encoding.ts`.
 */

import { contextTag, type DerElement, DerError } from '../der/reader.ts'
import { namedBits } from '../der/values.ts'
import { atLeastOne, parseSequence } from './extension-sequence.ts'
import { type GeneralName, readGeneralNames } from './general-name.ts'

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

/** CRLDistributionPoints and FreshestCRL (§4.2.1.13, §4.2.1.15). */
export function parseDistributionPoints(
  value: Uint8Array,
  what = 'cRLDistributionPoints',
): readonly DistributionPoint[] {
  return parseSequence(value, what, (list) =>
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

/** ReasonFlags, by name. Bits without a name have no meaning and are dropped. */
export function readReasonFlags(element: DerElement, what: string): readonly ReasonFlag[] {
  return namedBits(element, what).flatMap((bit) => REASON_FLAGS[bit] ?? [])
}
