/**
 * A hierarchy file, `pki.yaml`, as plain data: what is to be there, who issues whom, and where each entry stands in the
 * file. `schema.ts` says the same to those who write one, and checks it; `parse.ts` reads it.
 */

import type { ExportFormatName } from '../export/formats.ts'
import type { PfxConsumer } from '../export/pfx-profile.ts'
import type { ProfileOverrides } from '../profile/override.ts'
import type { CrlReason } from '../x509/crl-extension.ts'

/** Where an entry begins; both count from 1. */
export interface Place {
  readonly line: number
  readonly column: number
}

export interface HierarchyFile {
  /** As it is named in errors. */
  readonly file: string
  /** Everything random is derived from it: for tests, see `seed/`. */
  readonly seed: string | undefined
  /** The time of issue, instead of the clock's. An instant as text. */
  readonly now: string | undefined
  /** Leaves out the comment that says that it is made from a seed. */
  readonly unmarked: boolean
  readonly profiles: Readonly<Record<string, DerivedProfile>>
  /** In the order of the file; each authority before the entries that stand inside it. */
  readonly entries: readonly FileEntry[]
}

/** A profile of the file's own: another one, and what is different. */
export interface DerivedProfile {
  readonly extends: string
  readonly overrides: ProfileOverrides
  readonly place: Place
}

/** One entry: a certificate, or `count` of them. */
export interface FileEntry {
  /** With `{n}` or `{nnn}` in it where there is a count. */
  readonly name: string
  readonly place: Place
  /** Undefined for a single one. */
  readonly count: number | undefined
  /** Undefined where the entry leaves it to {@link FileEntry.crossSigns}. */
  readonly profile: string | undefined
  /** The name of the issuer; undefined for a self-signed certificate. */
  readonly from: string | undefined
  /** The entry whose key and subject this certificate is for, issued by another authority. */
  readonly crossSigns: string | undefined
  /** Alternative names as text, with `{name}` and `{n}`. */
  readonly names: readonly string[]
  readonly overrides: ProfileOverrides
  readonly serialNumber: bigint | undefined
  /** Make it even if its issuer may not issue it. */
  readonly unchecked: boolean
  /** What is wrong with it on purpose. */
  readonly defects: readonly string[]
  /** False where the entry says that it is not revoked; undefined where it says nothing about it. */
  readonly revoked: FileRevocation | false | undefined
  /** How long its CRL lasts, a duration; undefined if it makes none. */
  readonly crl: string | undefined
  readonly exports: readonly FileExport[]
}

export interface FileRevocation {
  readonly reason: Exclude<CrlReason, 'removeFromCRL'>
  /** An instant, or a duration from the time of issue; undefined for that time itself. */
  readonly at: string | undefined
  readonly invalidityDate: string | undefined
}

export interface FileExport {
  readonly formats: readonly ExportFormatName[]
  /** A folder below `exports/` in the store, with `/` between its parts; empty for `exports/` itself. */
  readonly out: string
  readonly for: PfxConsumer | undefined
}

/** What one file may ask for. A million certificates are some gigabytes. */
export const MAX_CERTIFICATES = 1_000_000
