/** Purposes: what extKeyUsage and keyUsage allow (RFC 5280 §4.2.1.3, §4.2.1.12), and what CAs pass on. */

import type { Certificate } from '../x509/certificate.ts'
import type { KeyUsageName } from '../x509/extension-value.ts'
import { KEY_PURPOSE } from '../x509/oids.ts'
import { type Finding, finding } from './findings.ts'

/** "Key usage bits that may be consistent" with each purpose: one of them is needed where both extensions are present. */
const CONSISTENT_KEY_USAGES: Readonly<Record<string, readonly KeyUsageName[]>> = {
  [KEY_PURPOSE.serverAuth]: ['digitalSignature', 'keyEncipherment', 'keyAgreement'],
  [KEY_PURPOSE.clientAuth]: ['digitalSignature', 'keyAgreement'],
  [KEY_PURPOSE.codeSigning]: ['digitalSignature'],
  [KEY_PURPOSE.emailProtection]: ['digitalSignature', 'nonRepudiation', 'keyEncipherment', 'keyAgreement'],
  [KEY_PURPOSE.timeStamping]: ['digitalSignature', 'nonRepudiation'],
  [KEY_PURPOSE.OCSPSigning]: ['digitalSignature', 'nonRepudiation'],
}

/** Whether the target may be used for `purpose`. Without extKeyUsage it may be used for any. */
export function checkTargetPurpose({ decoded }: Certificate, purpose: string, findings: Finding[]): void {
  const { extKeyUsage, keyUsage } = decoded
  if (extKeyUsage !== undefined && !extKeyUsage.includes(purpose)) {
    const any = extKeyUsage.includes(KEY_PURPOSE.anyExtendedKeyUsage)
    findings.push(
      any
        ? finding('purpose.only-any', 0, { purpose })
        : finding('purpose.not-allowed', 0, { purpose, allowed: extKeyUsage }),
    )
  }
  // "If a certificate contains both a key usage extension and an extended key usage extension": only then.
  const needed = extKeyUsage && CONSISTENT_KEY_USAGES[purpose]
  if (keyUsage !== undefined && needed !== undefined && !needed.some((usage) => keyUsage.includes(usage))) {
    findings.push(finding('purpose.key-usage', 0, { purpose, keyUsage, needed }))
  }
}

/** Whether a CA's extKeyUsage leaves `purpose` to what it issues. */
export function checkIssuerPurpose(
  { decoded }: Certificate,
  purpose: string,
  index: number,
  findings: Finding[],
): void {
  const { extKeyUsage } = decoded
  if (extKeyUsage === undefined || extKeyUsage.includes(purpose)) return
  if (extKeyUsage.includes(KEY_PURPOSE.anyExtendedKeyUsage)) return
  findings.push(finding('purpose.not-allowed-by-issuer', index, { purpose, allowed: extKeyUsage }))
}
