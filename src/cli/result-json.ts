/**
 * The shapes of `--json`. They are a promise: within one number behind the slash, fields may be added, and none is
 * removed, renamed or changed in meaning. Dates are ISO 8601 in UTC, serial numbers and fingerprints lower-case hex,
 * names RFC 4514 text; a path is as the command was given it, or absolute.
 */

import type { Certificate } from '../x509/certificate.ts'
import { fingerprint } from '../x509/certificate.ts'
import { formatGeneralName } from '../x509/general-name-text.ts'
import { formatName } from '../x509/name-text.ts'
import { formatSerialNumber } from '../x509/serial-number.ts'
import { type CertificateKind, certificateKind, type ValidityState, validityState } from './certificate-kind.ts'
import { instantJson } from './json-value.ts'

/** One certificate in short; `pki show --json` has it in full. */
export interface CertificateJson {
  readonly kind: CertificateKind
  readonly subject: string
  readonly issuer: string
  readonly serialNumber: string
  readonly notBefore: string
  readonly notAfter: string
  readonly state: ValidityState
  /** `DNS:localhost`, `IP:127.0.0.1`, … */
  readonly subjectAltName: readonly string[]
  /** SHA-256 of the certificate. */
  readonly fingerprint: string
}

/** `pki init`, `issue`, `sign`, `import` and, several times, `quickstart`. */
export interface MadeJson {
  readonly schema: 'pki.made/1'
  readonly name: string
  /** `kept`: it was there already, and `--if-missing` or `--if-expiring` said that this is enough. */
  readonly outcome: 'issued' | 'imported' | 'kept' | 'planned'
  /** Name of the issuer in the store, null for a self-signed or an imported certificate. */
  readonly issuedBy: string | null
  readonly certificate: CertificateJson
  /** Null while nothing was written. */
  readonly files: { readonly certificate: string; readonly privateKey: string | null } | null
  readonly warnings: readonly WarningJson[]
}

export interface WarningJson {
  readonly kind: string
  readonly message: string
}

/** `pki request`. */
export interface RequestedJson {
  readonly schema: 'pki.requested/1'
  readonly name: string
  readonly subject: string
  readonly files: { readonly request: string; readonly privateKey: string | null } | null
}

/** `pki export`. */
export interface ExportedJson {
  readonly schema: 'pki.exported/1'
  /** Null for a layout. */
  readonly name: string | null
  readonly files: readonly { readonly path: string; readonly mode: string; readonly size: number }[]
  readonly warnings: readonly WarningJson[]
}

/** `pki list` and `pki tree`. */
export interface ListedJson {
  readonly schema: 'pki.listed/1'
  readonly folder: string
  readonly certificates: readonly ListedCertificateJson[]
}

export interface ListedCertificateJson extends CertificateJson {
  readonly name: string
  /** Name in the store of the issuer, null if it is self-signed or not here. */
  readonly issuedBy: string | null
  readonly revoked: boolean
  readonly hasPrivateKey: boolean
}

/** `pki quickstart`. */
export interface QuickstartJson {
  readonly schema: 'pki.quickstart/1'
  readonly folder: string
  readonly outcome: 'made' | 'kept'
  readonly certificates: readonly MadeJson[]
  readonly exports: readonly string[]
  /** Null if `--no-handshake` was given. */
  readonly handshake: { readonly protocol: string; readonly cipher: string; readonly proven: readonly string[] } | null
}

export function certificateJson(certificate: Certificate, now: Date): CertificateJson {
  return {
    kind: certificateKind(certificate),
    subject: formatName(certificate.subject),
    issuer: formatName(certificate.issuer),
    serialNumber: formatSerialNumber(certificate.serialNumber),
    notBefore: instantJson(certificate.notBefore.date),
    notAfter: instantJson(certificate.notAfter.date),
    state: validityState(certificate, now),
    subjectAltName: (certificate.decoded.subjectAltName ?? []).map(formatGeneralName),
    fingerprint: fingerprint(certificate),
  }
}
