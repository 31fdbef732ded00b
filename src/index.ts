/** The public API: named re-exports and nothing else. Nothing in `src/` imports this file. */

export { PkiError, type PkiErrorCode, type PkiErrorContext } from './errors.ts'
export { type Certificate, fingerprint, parseCertificate } from './x509/certificate.ts'
export type { Credential } from './x509/credential.ts'
