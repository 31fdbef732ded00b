/** X509VerificationFlags: which statuses a chain may have and still be valid. */

import type { ChainStatusFlag } from './chain-status.ts'

/** Every flag, its value in .NET, and the statuses it masks wherever they stand; revocation goes by position. */
const FLAGS = {
  IgnoreNotTimeValid: { value: 0x1, masks: ['NotTimeValid'] },
  IgnoreCtlNotTimeValid: { value: 0x2, masks: ['CtlNotTimeValid'] },
  IgnoreNotTimeNested: { value: 0x4, masks: ['NotTimeNested'] },
  IgnoreInvalidBasicConstraints: { value: 0x8, masks: ['InvalidBasicConstraints'] },
  AllowUnknownCertificateAuthority: { value: 0x10, masks: ['UntrustedRoot', 'PartialChain'] },
  IgnoreWrongUsage: { value: 0x20, masks: ['NotValidForUsage', 'CtlNotValidForUsage'] },
  IgnoreInvalidName: {
    value: 0x40,
    masks: [
      'InvalidNameConstraints',
      'HasNotSupportedNameConstraint',
      'HasNotDefinedNameConstraint',
      'HasNotPermittedNameConstraint',
      'HasExcludedNameConstraint',
    ],
  },
  IgnoreInvalidPolicy: { value: 0x80, masks: ['InvalidPolicyConstraints', 'NoIssuanceChainPolicy'] },
  IgnoreEndRevocationUnknown: { value: 0x100, masks: [] },
  IgnoreCtlSignerRevocationUnknown: { value: 0x200, masks: [] },
  IgnoreCertificateAuthorityRevocationUnknown: { value: 0x400, masks: [] },
  IgnoreRootRevocationUnknown: { value: 0x800, masks: [] },
} as const satisfies Readonly<Record<string, { value: number; masks: readonly ChainStatusFlag[] }>>

/** What may be wrong with a chain that is valid all the same: a value of .NET's `X509VerificationFlags`, by name. */
export type VerificationFlag = keyof typeof FLAGS

/** All flags in the order of their values: .NET's `AllFlags`. */
export const VERIFICATION_FLAGS = Object.keys(FLAGS) as readonly VerificationFlag[]

/** The value of a flag in .NET. */
export function verificationFlagValue(flag: VerificationFlag): number {
  return FLAGS[flag].value
}

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
  return flags.some((flag) => (FLAGS[flag].masks as readonly ChainStatusFlag[]).includes(status))
}
