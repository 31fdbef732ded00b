/** An export that nobody has written yet. */

export interface Artifact {
  /** A file name, or a relative path with `/` between its parts. */
  readonly fileName: string
  readonly bytes: Uint8Array
  /** POSIX mode: 0o600 for whatever holds a private key, 0o644 for the rest. It belongs to the artifact, not to a call site. */
  readonly mode: 0o600 | 0o640 | 0o644
}
