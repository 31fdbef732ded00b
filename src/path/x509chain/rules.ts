/**
 * Which of the engine's findings X509Chain calls what: a rule set whose platform names are .NET's status flags.
 *
 * On Linux a status flag stands for one or more of OpenSSL's verification errors. Where OpenSSL has an error for which
 * .NET has no flag, `Build` throws; the findings that stand for those have the name {@link THROWS}.
 */

import { EVIDENCE_FINDINGS } from '../findings/revocation.ts'
import type { FindingCode } from '../findings.ts'
import type { RuleSet, Weight } from '../rule-set.ts'
import type { ChainStatusFlag } from './chain-status.ts'
import type { VerificationFlag } from './verification-flags.ts'
import { isMasked } from './verification-flags.ts'

/** What findings are called for which `Build` throws. */
export const THROWS = 'CryptographicException'

/**
 * The codes in the order of OpenSSL's error numbers, which is the order of an element's statuses in .NET. What is not
 * here has no flag: it explains something, and rejects nothing.
 */
const NAMES = {
  'revocation.unknown': 'RevocationStatusUnknown', // 3: what is left of all errors of CRLs and OCSP
  'revocation.not-asked': 'RevocationStatusUnknown',
  'revocation.issuer-revoked': 'RevocationStatusUnknown',
  'revocation.unknown-tolerated': 'RevocationStatusUnknown',
  'signature.invalid': 'NotSignatureValid', // 7
  'signature.unknown-algorithm': 'NotSignatureValid',
  'signature.wrong-parameters': 'NotSignatureValid',
  'signature.key-mismatch': 'NotSignatureValid',
  'signature.unusable-key': 'NotSignatureValid',
  'signature.algorithm-mismatch': 'NotSignatureValid',
  'validity.not-yet-valid': 'NotTimeValid', // 9
  'validity.expired': 'NotTimeValid', // 10
  'validity.at-not-after': 'NotTimeValid',
  'path.untrusted-root': 'UntrustedRoot', // 18, 19
  'path.issuer-not-found': 'PartialChain', // 20
  'path.too-long': THROWS, // 22
  'revocation.revoked': 'Revoked', // 23
  'path-length.exceeded': 'InvalidBasicConstraints', // 25
  'key-usage.no-cert-sign': 'InvalidBasicConstraints', // 32
  'extension.unknown-critical': 'HasNotSupportedCriticalExtension', // 34
  'extension.proxy-certificate': THROWS, // 40
  'name-constraints.not-permitted': 'HasNotPermittedNameConstraint', // 47
  'name-constraints.excluded': 'HasExcludedNameConstraint', // 48
  'name-constraints.unsupported-distance': 'HasNotSupportedNameConstraint', // 49
  'name-constraints.unsupported-form': 'HasNotSupportedNameConstraint', // 51
  'name-constraints.not-comparable': 'InvalidNameConstraints', // 53
  'basic-constraints.missing': 'InvalidBasicConstraints', // 79
  'basic-constraints.not-ca': 'InvalidBasicConstraints',
  'key.explicit-curve': THROWS, // 94
  'key.malformed': THROWS, // of the target alone: OpenSSL stops without an error of its own
  'path.budget-exhausted': THROWS, // ours alone
  'purpose.not-allowed': 'NotValidForUsage',
  'purpose.not-allowed-by-issuer': 'NotValidForUsage',
  'policy.not-accepted': 'NotValidForUsage',
  'policy.required': 'NotValidForUsage',
  'extension.malformed': THROWS,
} as const satisfies Partial<Record<FindingCode, ChainStatusFlag | typeof THROWS>>

const CODES = Object.keys(NAMES) as readonly FindingCode[]

/** What .NET calls a finding; undefined if it does not speak of it. */
export function platformName(code: FindingCode): ChainStatusFlag | typeof THROWS | undefined {
  return (NAMES as Partial<Record<FindingCode, ChainStatusFlag | typeof THROWS>>)[code]
}

/** Where a code stands among the statuses of one element. */
export function platformOrder(code: FindingCode): number {
  return CODES.indexOf(code)
}

/** X509Chain without verification flags. Its findings come from `buildX509Chain`, not from `verifyCertificate`. */
export const X509CHAIN: RuleSet = {
  name: 'x509chain',
  weights: {
    ...(Object.fromEntries(Object.keys(EVIDENCE_FINDINGS).map((code) => [code, 'warning'])) as Weights),
    'revocation.unknown-tolerated': 'warning',
    'path.key-identifier-mismatch': 'warning',
    'path.malformed-candidate': 'warning',
    'path.issuer-not-fetched': 'warning',
    'path.candidate-refused': 'warning',
    'path.anchor-not-self-signed': 'warning',
  },
  platformNames: NAMES,
  reportsUnauthenticated: true,
}

type Weights = Partial<Record<FindingCode, Weight>>

const derived = new Map<string, RuleSet>()

/** The same with verification flags: what they mask is a warning. Unknown revocation, masked by position, is told so. */
export function x509ChainRules(flags: readonly VerificationFlag[]): RuleSet {
  if (flags.length === 0) return X509CHAIN
  const key = [...flags].sort().join()
  const known = derived.get(key)
  if (known !== undefined) return known
  const masked = CODES.filter((code) => {
    const name = platformName(code)
    return name !== undefined && name !== THROWS && name !== 'RevocationStatusUnknown' && isMasked(name, 'end', flags)
  })
  const weights = Object.fromEntries(masked.map((code) => [code, 'warning'])) as Weights
  const rules: RuleSet = { ...X509CHAIN, weights: { ...X509CHAIN.weights, ...weights } }
  derived.set(key, rules)
  return rules
}
