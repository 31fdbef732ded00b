/**
 * Steps 4 to 7 of ASP.NET Core's certificate authentication: from a client's certificate and the options to a chain
 * policy, and from the chain to success or failure. A pure function; requests, events and caching stand around it.
 */

import { equalBytes } from '../der/writer.ts'
import { buildX509Chain, type X509ChainResult } from '../path/x509chain/chain.ts'
import type { ChainPolicy, ChainSurroundings } from '../path/x509chain/policy.ts'
import type { VerificationFlag } from '../path/x509chain/verification-flags.ts'
import type { Certificate } from '../x509/certificate.ts'
import { KEY_PURPOSE } from '../x509/oids.ts'
import type { CertificateValidationOptions } from './options.ts'

/** The three reasons there are for a failure before any event is raised. */
export type ValidationFailure = 'self-signed-not-allowed' | 'chained-not-allowed' | 'invalid-client-certificate'

/** What came of the certificate itself; events may still decide otherwise. */
export type ClientCertificateJudgement =
  | { readonly outcome: 'success'; readonly chain: X509ChainResult }
  /** `chain` is missing where the kind of certificate is not allowed: then none is built. */
  | { readonly outcome: 'fail'; readonly failure: ValidationFailure; readonly chain?: X509ChainResult }
  /** There is no certificate. */
  | { readonly outcome: 'no-result' }

/** ASP.NET Core's words for the failures. */
export const FAILURE_WORDS: Readonly<Record<ValidationFailure, string>> = {
  'self-signed-not-allowed': 'Options do not allow self signed certificates.',
  'chained-not-allowed': 'Options do not allow chained certificates.',
  'invalid-client-certificate': 'Client certificate failed validation.',
}

/**
 * Judges the certificate that a client presented.
 * @param surroundings the time, and what .NET would find on its machine and in the network
 * @returns `fail` with `chain.threw` where .NET's chain building throws, which the handler is to treat as an exception
 * @throws PkiError for options that contradict themselves, as .NET does
 */
export function judgeClientCertificate(
  certificate: Certificate | undefined,
  options: CertificateValidationOptions,
  surroundings: ChainSurroundings,
): ClientCertificateJudgement {
  if (certificate === undefined) return { outcome: 'no-result' }
  const types = options.allowedCertificateTypes ?? 'Chained'
  const selfSigned = isSelfSigned(certificate)
  if (selfSigned && types === 'Chained') return { outcome: 'fail', failure: 'self-signed-not-allowed' }
  if (!selfSigned && types === 'SelfSigned') return { outcome: 'fail', failure: 'chained-not-allowed' }

  const chain = buildX509Chain(certificate, clientChainPolicy(certificate, options, surroundings))
  return chain.valid ? { outcome: 'success', chain } : { outcome: 'fail', failure: 'invalid-client-certificate', chain }
}

/**
 * Whether ASP.NET Core takes a certificate for self-signed: subject and issuer are the same bytes. Neither is a
 * signature looked at, nor are names compared as RFC 5280 §7.1 compares them.
 */
export function isSelfSigned({ subject, issuer }: Certificate): boolean {
  return equalBytes(subject.encoded, issuer.encoded)
}

/** The policy of the chain. That of a self-signed certificate asks about everything but trust and revocation. */
export function clientChainPolicy(
  certificate: Certificate,
  options: CertificateValidationOptions,
  surroundings: ChainSurroundings,
): ChainPolicy {
  const { validateCertificateUse = true, validateValidityPeriod = true, additionalChainCertificates = [] } = options
  const applicationPolicy = validateCertificateUse ? [KEY_PURPOSE.clientAuth] : []
  const ignored: readonly VerificationFlag[] = validateValidityPeriod ? [] : ['IgnoreNotTimeValid']
  if (isSelfSigned(certificate)) {
    return {
      ...surroundings,
      applicationPolicy,
      trustMode: 'System',
      extraStore: [certificate, ...additionalChainCertificates],
      revocationMode: 'NoCheck',
      revocationFlag: 'EntireChain',
      verificationFlags: ['AllowUnknownCertificateAuthority', 'IgnoreEndRevocationUnknown', ...ignored],
    }
  }
  return {
    ...surroundings,
    applicationPolicy,
    trustMode: options.chainTrustValidationMode ?? 'System',
    customTrustStore: options.customTrustStore ?? [],
    extraStore: additionalChainCertificates,
    revocationMode: options.revocationMode ?? 'Online',
    revocationFlag: options.revocationFlag ?? 'ExcludeRoot',
    verificationFlags: ignored,
  }
}
