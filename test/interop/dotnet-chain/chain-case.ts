/** One case of the comparison with .NET: what both sides are asked, and the line in which .NET is asked it. */

import type { ChainPolicy } from '../../../src/path/x509chain/policy.ts'
import type { Certificate } from '../../../src/x509/certificate.ts'

export interface ChainCase {
  /** `area/what is special about it`; unique. */
  readonly id: string
  readonly certificate: Certificate
  readonly policy: ChainPolicy
}

/** The case as `Program.cs` reads it. Unlike ours, everything is said, so that no default can differ unnoticed. */
export function caseLine({ id, certificate, policy }: ChainCase, options: { readonly online?: boolean } = {}): string {
  const base64 = (certificates: readonly Certificate[] = []) => certificates.map(({ encoded }) => encode(encoded))
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
    disableDownloads: options.online !== true,
  })
}

function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}
