/** What a CRL covers (RFC 5280 §5.2.5): which certificates, which reasons, and where it is found. */

import type { CrlReason, IssuingDistributionPoint } from '../x509/crl-extension.ts'
import type { ReasonFlag } from '../x509/distribution-point.ts'

/** Kinds of certificates that a CRL can be limited to. */
export const CRL_PARTITIONS = ['user', 'ca', 'attribute'] as const

export type CrlPartition = (typeof CRL_PARTITIONS)[number]

/** Whatever is left out does not limit anything. */
export interface CrlScope {
  readonly only?: CrlPartition | undefined
  readonly reasons?: readonly ReasonFlag[] | undefined
  /** URI of the distribution point that the CRL is for. */
  readonly distributionPoint?: string | undefined
  /** It lists certificates of other issuers than its own. */
  readonly indirect?: boolean | undefined
}

/** The issuingDistributionPoint extension that says so; undefined for a CRL that covers everything of its issuer. */
export function issuingDistributionPointOf(scope: CrlScope): Partial<IssuingDistributionPoint> | undefined {
  const { only, reasons, distributionPoint, indirect } = scope
  if (only === undefined && reasons === undefined && distributionPoint === undefined && indirect !== true) {
    return undefined
  }
  return {
    ...(distributionPoint !== undefined && {
      distributionPoint: { fullName: [{ type: 'uniformResourceIdentifier', value: distributionPoint }] },
    }),
    onlyContainsUserCerts: only === 'user',
    onlyContainsCACerts: only === 'ca',
    onlyContainsAttributeCerts: only === 'attribute',
    onlySomeReasons: reasons,
    indirectCRL: indirect === true,
  }
}

/**
 * Whether a revoked certificate belongs on a CRL of this scope. Attribute certificates are not issued here; and a
 * revocation without a reason is on no CRL that is limited to some reasons, because no flag stands for it.
 */
export function isInScope(
  { isCa, reason }: { readonly isCa: boolean; readonly reason: CrlReason },
  { only, reasons }: CrlScope,
): boolean {
  if (only === 'attribute') return false
  if (only !== undefined && isCa !== (only === 'ca')) return false
  return reasons === undefined || (reasons as readonly string[]).includes(reason)
}

/** A word for the scope that can stand in a file name: `user`, `ca-keyCompromise`; undefined if nothing is limited. */
export function scopeName({ only, reasons, indirect }: CrlScope): string | undefined {
  const words = [...(indirect === true ? ['indirect'] : []), ...(only === undefined ? [] : [only]), ...(reasons ?? [])]
  return words.length === 0 ? undefined : words.join('-')
}

/** Whether a text could be such a word, with more of them behind it. */
export function isScopeName(text: string): boolean {
  return /^[A-Za-z]+(?:-[A-Za-z]+)*$/.test(text)
}
