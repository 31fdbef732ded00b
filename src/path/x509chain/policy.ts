/**
 * X509ChainPolicy: what .NET's X509Chain is told before it builds, under .NET's names and with .NET's defaults.
 *
 * Two things differ. .NET asks the machine for the time, for its certificate stores and for evidence on revocation; here
 * all of that is handed in ({@link ChainSurroundings}), and what is not handed in is not there.
 */

import { PkiError } from '../../errors.ts'
import type { Certificate } from '../../x509/certificate.ts'
import type { CertificateList } from '../../x509/crl.ts'
import type { OcspResponse } from '../../x509/ocsp.ts'
import type { SignatureMemory } from '../signatures.ts'
import type { VerificationFlag } from './verification-flags.ts'

/** X509ChainTrustMode */
export const TRUST_MODES = ['System', 'CustomRootTrust'] as const
/** Which roots are trusted: .NET's `X509ChainTrustMode`. */
export type TrustMode = (typeof TRUST_MODES)[number]

/** X509RevocationMode */
export const REVOCATION_MODES = ['NoCheck', 'Online', 'Offline'] as const
/** Whether revocation is checked, and with what: .NET's `X509RevocationMode`. */
export type RevocationMode = (typeof REVOCATION_MODES)[number]

/** X509RevocationFlag */
export const REVOCATION_FLAGS = ['EndCertificateOnly', 'EntireChain', 'ExcludeRoot'] as const
/** Which elements are checked for revocation: .NET's `X509RevocationFlag`. */
export type RevocationFlag = (typeof REVOCATION_FLAGS)[number]

/** What .NET finds in the world around it. */
export interface ChainSurroundings {
  /** `VerificationTime`: the instant to build for. */
  readonly verificationTime: Date
  /** The certificates the machine trusts: .NET's Root stores. Without them nothing is trusted in `System` mode. */
  readonly systemTrustStore?: readonly Certificate[] | undefined
  /** Further certificates the machine knows, .NET's CA and My stores: they help to build and give no trust. */
  readonly systemIntermediates?: readonly Certificate[] | undefined
  /** Issuers fetched from authorityInfoAccess: used where the chain is incomplete without them, as .NET does. */
  readonly downloadedIssuers?: readonly Certificate[] | undefined
  /** CRLs as the distribution points gave them. In `Online` mode they are .NET's downloads, in `Offline` its cache. */
  readonly crls?: readonly CertificateList[] | undefined
  readonly ocspResponses?: readonly OcspResponse[] | undefined
  /** Remembers verified issuer signatures from one chain to the next. */
  readonly signatureMemory?: SignatureMemory | undefined
}

/** X509ChainPolicy; the comments give the defaults. */
export interface ChainPolicy extends ChainSurroundings {
  /** `System` */
  readonly trustMode?: TrustMode | undefined
  /** Empty. Its members whose subject is their issuer are trusted; the others only help to build. */
  readonly customTrustStore?: readonly Certificate[] | undefined
  /** Empty. Helps to build, and gives no trust. */
  readonly extraStore?: readonly Certificate[] | undefined
  /** Empty. Object identifiers of purposes: every element must allow each. */
  readonly applicationPolicy?: readonly string[] | undefined
  /** Empty. Object identifiers of certificate policies. */
  readonly certificatePolicy?: readonly string[] | undefined
  /** `Online` */
  readonly revocationMode?: RevocationMode | undefined
  /** `ExcludeRoot` */
  readonly revocationFlag?: RevocationFlag | undefined
  /** None. */
  readonly verificationFlags?: readonly VerificationFlag[] | undefined
}

/**
 * Refuses a policy for which .NET throws before it builds, and one that has no meaning here.
 * @throws PkiError `usage.option`, `usage.time`
 */
export function requireUsablePolicy(policy: ChainPolicy): void {
  if (Number.isNaN(policy.verificationTime.getTime())) {
    throw new PkiError('usage.time', 'the instant to build the chain for is not a date')
  }
  requireMember(policy.trustMode, TRUST_MODES, 'trust mode')
  requireMember(policy.revocationMode, REVOCATION_MODES, 'revocation mode')
  requireMember(policy.revocationFlag, REVOCATION_FLAGS, 'revocation flag')
  if ((policy.trustMode ?? 'System') === 'System' && (policy.customTrustStore ?? []).length > 0) {
    throw new PkiError('usage.option', 'a custom trust store was given, and the trust mode is System', {
      hint: 'set the trust mode to CustomRootTrust, or leave the custom trust store empty',
    })
  }
}

function requireMember(value: string | undefined, members: readonly string[], what: string): void {
  if (value === undefined || members.includes(value)) return
  throw new PkiError('usage.option', `${value} is no ${what}: ${members.join(', ')}`)
}
