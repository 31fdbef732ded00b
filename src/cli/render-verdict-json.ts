/** `pki verify --json`: the schema `pki.verified/1`. A promise like those in `json.ts`: fields may be added, none changes. */

import { type Certificate, fingerprint } from '../x509/certificate.ts'
import { formatName } from '../x509/name-text.ts'
import { formatSerialNumber } from '../x509/serial-number.ts'
import type { CertificateVerdict, JudgedPath } from './certificate-verdict.ts'
import { instantJson, type JsonObject } from './json-value.ts'
import { findingJson } from './render-finding-json.ts'

/** All verdicts. `valid` is true if every certificate is. */
export function verdictsJson(
  verdicts: readonly CertificateVerdict[],
  options: { readonly explain: boolean },
): JsonObject & { readonly schema: string } {
  return {
    schema: 'pki.verified/1',
    valid: verdicts.every(({ accepted }) => accepted),
    certificates: verdicts.map((verdict) => verdictJson(verdict, options)),
  }
}

function verdictJson(judged: CertificateVerdict, { explain }: { readonly explain: boolean }): JsonObject {
  const { source, title, accepted, rules, at, path, attempts, findings, policies } = judged
  return {
    source,
    title,
    valid: accepted,
    rules: rules.name,
    at: instantJson(at),
    anchored: path.anchored,
    path: path.certificates.map(certificateInPathJson),
    findings: findings.map(findingJson),
    policies: { authorityConstrained: policies.authorityConstrained, userConstrained: policies.userConstrained },
    revocation: path.statuses.map(({ certificate, state, sources }) => ({ certificate, state, sources })),
    ...(explain ? { attempts: attempts.map(attemptJson) } : {}),
  }
}

function attemptJson({ certificates, anchored, accepted, findings }: JudgedPath): JsonObject {
  return {
    valid: accepted,
    anchored,
    path: certificates.map(certificateInPathJson),
    findings: findings.map(findingJson),
  }
}

function certificateInPathJson(certificate: Certificate): JsonObject {
  return {
    subject: formatName(certificate.subject),
    issuer: formatName(certificate.issuer),
    serialNumber: formatSerialNumber(certificate.serialNumber),
    notBefore: instantJson(certificate.notBefore.date),
    notAfter: instantJson(certificate.notAfter.date),
    fingerprint: fingerprint(certificate),
  }
}
