/** A certificate of the store, as far as it goes into a hierarchy file. */

import type { Certificate } from '../x509/certificate.ts'
import type { CrlReason } from '../x509/crl-extension.ts'
import type { FileExport } from './hierarchy-file.ts'

export interface StoredEntry {
  readonly name: string
  readonly certificate: Certificate
  /** Name in the store; undefined if it is self-signed. */
  readonly issuer: string | undefined
  /** Name of the profile it was made by, if somebody noted it and it still exists. */
  readonly profile: string | undefined
  /** What is wrong with it on purpose, where somebody noted it. */
  readonly defects: readonly StoredDefect[]
  readonly hasKey: boolean
  /** When it was made; undefined for what came from elsewhere. */
  readonly issuedAt: Date | undefined
  /** In milliseconds, of its CRL; undefined if it has none. */
  readonly crlPeriod: number | undefined
  readonly revocation: StoredRevocation | undefined
  /** What a hierarchy file had exported of it; only the files where nobody noted the formats. */
  readonly exports: readonly FileExport[] | { readonly files: readonly string[] }
}

export interface StoredDefect {
  readonly id: string
  readonly group: string
}

export interface StoredRevocation {
  readonly reason: CrlReason
  readonly revocationDate: Date
  readonly invalidityDate: Date | undefined
}

/** What is known around a certificate. */
export interface Surroundings {
  readonly entry: StoredEntry
  /** Undefined if it is self-signed. */
  readonly issuer: StoredEntry | undefined
  /** The certificates above the issuer, nearest first. */
  readonly above: readonly Certificate[]
  /** The first certificate that it issued. */
  readonly below: StoredEntry | undefined
}
