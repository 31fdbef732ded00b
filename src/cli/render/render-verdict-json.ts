/** `pki verify --json`: a promise like those in `result-json.ts`. */

import type { EvidenceRecord } from '../../online/evidence.ts'
import { type Certificate, fingerprint } from '../../x509/certificate.ts'
import { formatName } from '../../x509/name-text.ts'
import { formatSerialNumber } from '../../x509/serial-number.ts'
import { instantJson } from '../json-value.ts'
import type { CertificateVerdict, JudgedPath } from '../verify/certificate-verdict.ts'
import type { PlatformReport } from '../verify/platform-report.ts'
import { type FindingJson, findingJson } from './render-finding-json.ts'

/** `pki verify`. */
export interface VerifiedJson {
  readonly schema: 'pki.verified/1'
  /** Whether every certificate is valid. */
  readonly valid: boolean
  readonly certificates: readonly VerdictJson[]
}

export interface VerdictJson {
  readonly source: string
  readonly title: string
  readonly valid: boolean
  /** Name of the rule set. */
  readonly rules: string
  readonly at: string
  /** Whether the last certificate of the path is a trust anchor. */
  readonly anchored: boolean
  /** From the target upward; where there is no valid path, the one that came furthest. */
  readonly path: readonly PathCertificateJson[]
  readonly findings: readonly FindingJson[]
  /** The policies under which the path is valid (RFC 5280 §6.1.6). */
  readonly policies: { readonly authorityConstrained: readonly string[]; readonly userConstrained: readonly string[] }
  /** What the evidence said about certificates of the path, by index; empty if it was not asked. */
  readonly revocation: readonly {
    readonly certificate: number
    readonly state: string
    readonly sources: readonly string[]
  }[]
  /** Every place that was asked for what was missing, in order; empty if nobody was asked. */
  readonly evidence: readonly EvidenceJson[]
  /** What the platform says whose judgement was asked for; with `--as` only. */
  readonly platform?: PlatformReport
  /** Every path that was tried; with `--explain` only. */
  readonly attempts?: readonly AttemptJson[]
}

export interface EvidenceJson {
  readonly kind: 'crl' | 'ocsp' | 'issuer'
  readonly url: string
  /** The certificate it is about: its index in the path, null if it stands in another one. */
  readonly certificate: number | null
  readonly subject: string
  readonly origin: 'network' | 'cache' | 'none'
  /** HTTP status of the last answer, null if there was none. */
  readonly httpStatus: number | null
  /** In octets; 0 if nothing came. */
  readonly size: number
  /** Why nothing came from the net, null if something did or nobody was asked. */
  readonly failure: { readonly code: string; readonly message: string } | null
  /** What came, as the sources in `revocation` name it; null if nothing did. */
  readonly source: string | null
  /** Why it was not kept in the cache although it should have been, null mostly. */
  readonly notKept: string | null
  /** Whether the verdict rests on it. */
  readonly used: boolean
}

export interface AttemptJson {
  readonly valid: boolean
  readonly anchored: boolean
  readonly path: readonly PathCertificateJson[]
  readonly findings: readonly FindingJson[]
}

export interface PathCertificateJson {
  readonly subject: string
  readonly issuer: string
  readonly serialNumber: string
  readonly notBefore: string
  readonly notAfter: string
  /** SHA-256 of the certificate. */
  readonly fingerprint: string
}

export function verdictsJson(
  verdicts: readonly CertificateVerdict[],
  { explain }: { readonly explain: boolean },
): VerifiedJson {
  return {
    schema: 'pki.verified/1',
    valid: verdicts.every(({ accepted }) => accepted),
    certificates: verdicts.map((verdict) => ({
      ...verdictJson(verdict),
      ...(explain ? { attempts: verdict.attempts.map(attemptJson) } : {}),
    })),
  }
}

function verdictJson({
  source,
  title,
  accepted,
  rules,
  at,
  path,
  policies,
  evidence,
  platform,
}: CertificateVerdict): VerdictJson {
  return {
    source,
    title,
    valid: accepted,
    rules: rules.name,
    at: instantJson(at),
    anchored: path.anchored,
    path: path.certificates.map(certificateJson),
    findings: path.findings.map(findingJson),
    policies: { authorityConstrained: policies.authorityConstrained, userConstrained: policies.userConstrained },
    revocation: path.statuses.map(({ certificate, state, sources }) => ({ certificate, state, sources })),
    evidence: evidence.map((record) => evidenceJson(record, path)),
    ...(platform === undefined ? {} : { platform }),
  }
}

function evidenceJson(
  { certificate, status, failure, evidence, notKept, ...record }: EvidenceRecord,
  { certificates }: JudgedPath,
): EvidenceJson {
  const index = certificates.indexOf(certificate)
  return {
    kind: record.kind,
    url: record.url,
    certificate: index === -1 ? null : index,
    subject: formatName(certificate.subject),
    origin: record.origin,
    httpStatus: status ?? null,
    size: record.bytes,
    failure: failure === undefined ? null : { code: failure.reason, message: failure.detail },
    source: evidence || null,
    notKept: notKept ?? null,
    used: record.used,
  }
}

function attemptJson({ certificates, anchored, accepted, findings }: JudgedPath): AttemptJson {
  return { valid: accepted, anchored, path: certificates.map(certificateJson), findings: findings.map(findingJson) }
}

function certificateJson(certificate: Certificate): PathCertificateJson {
  return {
    subject: formatName(certificate.subject),
    issuer: formatName(certificate.issuer),
    serialNumber: formatSerialNumber(certificate.serialNumber),
    notBefore: instantJson(certificate.notBefore.date),
    notAfter: instantJson(certificate.notAfter.date),
    fingerprint: fingerprint(certificate),
  }
}
