/** One case of the comparison with .NET: what both sides are asked, and the line in which .NET is asked it. */

import type { CertificateValidationOptions } from '../../../src/authentication/options.ts'
import type { ChainPolicy } from '../../../src/path/x509chain/policy.ts'
import type { Certificate } from '../../../src/x509/certificate.ts'
import { AT, type Entity, type Fields, intermediate, leaf, root } from '../../path/build-certificate.ts'

export interface ChainCase {
  /** `area: what is special about it`; unique. */
  readonly id: string
  readonly certificate: Certificate
  readonly policy: ChainPolicy
}

/** What is special about a chain: fields of its certificates, and of the policy. Everything else is good. */
export interface ChainFields {
  readonly root?: Fields
  /** From the root down; one without a word said, if left out. */
  readonly intermediates?: readonly Fields[]
  readonly leaf?: Fields
  readonly policy?: Partial<ChainPolicy>
}

/** The certificates of a chain, and a policy that trusts its root and knows its intermediates. */
export interface MadeChain {
  readonly root: Entity
  readonly intermediates: readonly Entity[]
  readonly leaf: Certificate
}

export function makeChain(fields: ChainFields): MadeChain {
  const top = root(fields.root)
  const intermediates: Entity[] = []
  for (const [i, one] of (fields.intermediates ?? [{}]).entries()) {
    intermediates.push(intermediate(intermediates.at(-1) ?? top, { subject: `CN=intermediate ${i + 1}`, ...one }))
  }
  return { root: top, intermediates, leaf: leaf(intermediates.at(-1) ?? top, fields.leaf) }
}

export function chainCase(id: string, fields: ChainFields): ChainCase {
  const { root, intermediates, leaf } = makeChain(fields)
  const customTrustStore = [root, ...intermediates].map(({ certificate }) => certificate)
  return { id, certificate: leaf, policy: trusting(customTrustStore, fields.policy) }
}

/** A policy of CustomRootTrust without revocation. */
export function trusting(customTrustStore: readonly Certificate[], more: Partial<ChainPolicy> = {}): ChainPolicy {
  return { verificationTime: AT, trustMode: 'CustomRootTrust', customTrustStore, revocationMode: 'NoCheck', ...more }
}

/** The case as `Program.cs` reads it. Unlike ours, everything is said, so that no default can differ unnoticed. */
export function caseLine({ id, certificate, policy }: ChainCase): string {
  return JSON.stringify({
    id,
    certificate: encode(certificate.encoded),
    trustMode: policy.trustMode ?? 'System',
    customTrustStore: base64(policy.customTrustStore),
    extraStore: base64(policy.extraStore),
    applicationPolicy: policy.applicationPolicy ?? [],
    certificatePolicy: policy.certificatePolicy ?? [],
    verificationFlags: policy.verificationFlags ?? [],
    revocationMode: policy.revocationMode ?? 'Online',
    revocationFlag: policy.revocationFlag ?? 'ExcludeRoot',
    verificationTime: policy.verificationTime.toISOString(),
    disableDownloads: policy.downloadedIssuers === undefined,
  })
}

/** One case of the comparison with the handler of ASP.NET Core. */
export interface HandlerCase {
  readonly id: string
  readonly certificate: Certificate
  readonly options: CertificateValidationOptions
  readonly verificationTime: Date
}

/** The case as `Program.cs` reads it, every option said. */
export function handlerLine({ id, certificate, options, verificationTime }: HandlerCase): string {
  return JSON.stringify({
    id,
    certificate: encode(certificate.encoded),
    handler: {
      allowedCertificateTypes: options.allowedCertificateTypes ?? 'Chained',
      chainTrustValidationMode: options.chainTrustValidationMode ?? 'System',
      customTrustStore: base64(options.customTrustStore),
      additionalChainCertificates: base64(options.additionalChainCertificates),
      validateCertificateUse: options.validateCertificateUse ?? true,
      validateValidityPeriod: options.validateValidityPeriod ?? true,
      revocationMode: options.revocationMode ?? 'Online',
      revocationFlag: options.revocationFlag ?? 'ExcludeRoot',
    },
    verificationTime: verificationTime.toISOString(),
  })
}

function base64(certificates: readonly Certificate[] = []): readonly string[] {
  return certificates.map(({ encoded }) => encode(encoded))
}

function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}
