/**
 * The shapes of `--json`. `docs/json.md` describes them for those who read them, and a test keeps the two together.
 * They are a promise: within one number behind the slash, fields may be added, and none is removed, renamed or changed
 * in meaning. Dates are ISO 8601 in UTC, serial numbers and fingerprints lower-case hex, names RFC 4514 text; a path is
 * as the command was given it, or absolute.
 */

import type { Certificate } from '../x509/certificate.ts'
import { fingerprint } from '../x509/certificate.ts'
import { formatGeneralName } from '../x509/general-name-text.ts'
import { formatName } from '../x509/name-text.ts'
import { formatSerialNumber } from '../x509/serial-number.ts'
import { type CertificateKind, certificateKind, type ValidityState, validityState } from './issuing/certificate-kind.ts'
import { instantJson } from './json-value.ts'
import type { FindingJson } from './render/render-finding-json.ts'
import type { PlanJson } from './render/render-plan.ts'

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
  readonly code: string
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
  /** Null if it is not revoked. */
  readonly revocation: ListedRevocationJson | null
  readonly hasPrivateKey: boolean
}

export interface ListedRevocationJson {
  readonly reason: string
  readonly revocationDate: string
}

/** `pki revoke`. */
export interface RevokedJson {
  readonly schema: 'pki.revoked/1'
  /** `kept`: it was revoked already; `unrevoked`: it was on hold, and no longer is. */
  readonly outcome: 'revoked' | 'kept' | 'unrevoked'
  /** Null for a certificate that is not in the store. */
  readonly name: string | null
  readonly serialNumber: string
  readonly fingerprint: string
  /** Name in the store. */
  readonly issuedBy: string
  /** With `unrevoked`, the revocation that has ended. */
  readonly revocation: RevocationJson
}

export interface RevocationJson extends ListedRevocationJson {
  readonly invalidityDate: string | null
}

/** `pki crl`. */
export interface CrlJson {
  readonly schema: 'pki.crl/1'
  /** Name in the store of the certificate that signed it. */
  readonly issuedBy: string
  /** Decimal, as numbers of JSON lose digits. */
  readonly crlNumber: string
  /** Number of the complete CRL that it is a delta to; null for a complete one. */
  readonly baseCrlNumber: string | null
  readonly thisUpdate: string
  readonly nextUpdate: string | null
  readonly entryCount: number
  /** What is wrong with it on purpose. */
  readonly fault: string | null
  /** The places it was written to: in the store, and the one of `--out`. */
  readonly files: readonly string[]
}

/** `pki ocsp query`. */
export interface OcspQueryJson {
  readonly schema: 'pki.ocsp-query/1'
  /** Null while there is no response. */
  readonly responseStatus: string | null
  readonly certificates: readonly {
    readonly source: string
    readonly serialNumber: string
    /** What the response says; null if it says nothing about this certificate. */
    readonly status: 'good' | 'revoked' | 'unknown' | null
    /** Whether it can be relied on: signed by who may, current, and an answer to this request. */
    readonly reliable: boolean
    readonly revocationTime: string | null
    readonly revocationReason: string | null
    readonly thisUpdate: string | null
    readonly nextUpdate: string | null
    /** Why it cannot be relied on, or why the certificate is rejected. */
    readonly findings: readonly FindingJson[]
  }[]
  readonly files: readonly string[]
}

/** `pki ocsp respond`. */
export interface OcspRespondJson {
  readonly schema: 'pki.ocsp-respond/1'
  readonly responseStatus: string
  readonly responses: readonly { readonly serialNumber: string; readonly status: 'good' | 'revoked' | 'unknown' }[]
  readonly files: readonly string[]
}

/** `pki plan`: what would be done. */
export interface PlannedJson extends PlanJson {
  readonly schema: 'pki.plan/1'
  /** As it was given, or that of a hierarchy that comes with the program. */
  readonly file: string
  readonly folder: string
}

/** `pki apply`: what was done. */
export interface AppliedJson extends PlanJson {
  readonly schema: 'pki.applied/1'
  readonly file: string
  readonly folder: string
  /** Paths. */
  readonly exported: readonly string[]
  readonly warnings: readonly (WarningJson & { readonly name: string })[]
}

/** `pki needs-renewal`. */
export interface NeedsRenewalJson {
  readonly schema: 'pki.needs-renewal/1'
  readonly source: string
  readonly needsRenewal: boolean
  readonly certificates: readonly {
    readonly fingerprint: string
    readonly notAfter: string
    readonly needsRenewal: boolean
  }[]
}

/** `pki expiry`. */
export interface ExpiryJson {
  readonly schema: 'pki.expiry/1'
  readonly at: string
  readonly within: string
  /** How many files were looked at. */
  readonly fileCount: number
  readonly certificates: readonly {
    readonly source: string
    /** Counted from 1 inside the file. */
    readonly block: number
    readonly subject: string
    readonly issuer: string
    readonly serialNumber: string
    readonly fingerprint: string
    readonly notBefore: string
    readonly notAfter: string
    /** `expiring`: it ends within the time that was asked for. */
    readonly state: ValidityState
  }[]
  readonly unreadable: readonly { readonly source: string; readonly code: string; readonly message: string }[]
}

/** `pki quickstart`. */
export interface QuickstartJson {
  readonly schema: 'pki.quickstart/1'
  readonly folder: string
  readonly outcome: 'made' | 'kept'
  readonly certificates: readonly MadeJson[]
  /** Paths. */
  readonly exported: readonly string[]
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
