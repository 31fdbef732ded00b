/** X509VerificationFlags: which statuses a chain may have and still be valid. */

import type { ChainStatusFlag } from './chain-status.ts'

/** Every flag in the order of .NET, and the statuses it masks wherever they stand; revocation goes by position. */
const MASKS = {
  IgnoreNotTimeValid: ['NotTimeValid'],
  IgnoreCtlNotTimeValid: ['CtlNotTimeValid'],
  IgnoreNotTimeNested: ['NotTimeNested'],
  IgnoreInvalidBasicConstraints: ['InvalidBasicConstraints'],
  AllowUnknownCertificateAuthority: ['UntrustedRoot', 'PartialChain'],
  IgnoreWrongUsage: ['NotValidForUsage', 'CtlNotValidForUsage'],
  IgnoreInvalidName: [
    'InvalidNameConstraints',
    'HasNotSupportedNameConstraint',
    'HasNotDefinedNameConstraint',
    'HasNotPermittedNameConstraint',
    'HasExcludedNameConstraint',
  ],
  IgnoreInvalidPolicy: ['InvalidPolicyConstraints', 'NoIssuanceChainPolicy'],
  IgnoreEndRevocationUnknown: [],
  IgnoreCtlSignerRevocationUnknown: [],
  IgnoreCertificateAuthorityRevocationUnknown: [],
  IgnoreRootRevocationUnknown: [],
} as const satisfies Readonly<Record<string, readonly ChainStatusFlag[]>>

/** What may be wrong with a chain that is valid all the same: a flag of .NET's `X509VerificationFlags`, by name. */
export type VerificationFlag = keyof typeof MASKS

/** All flags: .NET's `AllFlags`. */
export const VERIFICATION_FLAGS = Object.keys(MASKS) as readonly VerificationFlag[]

/** Where an element stands, which decides who masks its unknown revocation status. */
export type ElementPosition = 'end' | 'authority' | 'root'

const MASKS_UNKNOWN: Readonly<Record<ElementPosition, VerificationFlag>> = {
  end: 'IgnoreEndRevocationUnknown',
  authority: 'IgnoreCertificateAuthorityRevocationUnknown',
  root: 'IgnoreRootRevocationUnknown',
}

/** Whether a status at this position leaves a chain valid. `OfflineRevocation` always does: it only informs. */
export function isMasked(
  status: ChainStatusFlag,
  position: ElementPosition,
  flags: readonly VerificationFlag[],
): boolean {
  if (status === 'OfflineRevocation') return true
  if (status === 'RevocationStatusUnknown') return flags.includes(MASKS_UNKNOWN[position])
  return flags.some((flag) => (MASKS[flag] as readonly ChainStatusFlag[]).includes(status))
}
