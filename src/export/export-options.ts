/** How a credential is exported: what every format may want to know. */

import type { KeyFileFormat } from '../keys/key-file.ts'
import type { RandomSource } from '../keys/random.ts'
import type { Artifact } from './artifact.ts'
import type { PfxProfileName } from './pfx-profile.ts'

/** What a format may need beside the credential; each takes what concerns it. */
export interface ExportOptions {
  /** For initialization vectors and salts. */
  readonly random: RandomSource
  /** Of PFX files. Undefined is no password at all; `changeit` is for the command line to choose. */
  readonly password?: string | undefined
  /** Encrypts private keys in PEM files; Kubernetes, which could not decrypt them, is refused then. */
  readonly keyPassword?: string | undefined
  readonly keyFormat?: KeyFileFormat | undefined
  /** Of files that hold a private key: containers with another user id cannot read 0600. */
  readonly keyMode?: Artifact['mode'] | undefined
  readonly pfxProfile?: PfxProfileName | undefined
  /** Puts the root into PFX, `chain` and `fullchain` too. */
  readonly includeRoot?: boolean | undefined
  /** Of the PFX entry; the credential's name if undefined. */
  readonly friendlyName?: string | undefined
  /** Kubernetes namespace to write into the manifests. */
  readonly namespace?: string | undefined
  /** How the environment should name the folder that the files will lie in; `.` if undefined. */
  readonly folder?: string | undefined
}
