/** X509ChainStatusFlags: .NET's names, and what they say on Linux. */

/** Every flag, in the order of .NET. */
export const CHAIN_STATUS_FLAGS = [
  'NotTimeValid',
  'NotTimeNested',
  'Revoked',
  'NotSignatureValid',
  'NotValidForUsage',
  'UntrustedRoot',
  'RevocationStatusUnknown',
  'Cyclic',
  'InvalidExtension',
  'InvalidPolicyConstraints',
  'InvalidBasicConstraints',
  'InvalidNameConstraints',
  'HasNotSupportedNameConstraint',
  'HasNotDefinedNameConstraint',
  'HasNotPermittedNameConstraint',
  'HasExcludedNameConstraint',
  'PartialChain',
  'CtlNotTimeValid',
  'CtlNotSignatureValid',
  'CtlNotValidForUsage',
  'HasWeakSignature',
  'OfflineRevocation',
  'NoIssuanceChainPolicy',
  'ExplicitDistrust',
  'HasNotSupportedCriticalExtension',
] as const

/** A flag of .NET's `X509ChainStatusFlags`, by name. */
export type ChainStatusFlag = (typeof CHAIN_STATUS_FLAGS)[number]

/** X509ChainStatus */
export interface ChainStatus {
  readonly flag: ChainStatusFlag
  /** A sentence for people. .NET's own comes from OpenSSL and differs from version to version. */
  readonly information: string
}
