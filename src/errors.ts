/**
 * The one error type of the project, and the closed union of its codes.
 *
 * A `PkiError` says that a *call* was wrong or that something outside could not be used. What is wrong with a
 * *certificate* is never an exception: it is a finding (see `path/findings.ts`). A bug is neither; it crashes.
 */

/**
 * Every code a {@link PkiError} can carry. The word before the dot is its class, and decides the exit code of the
 * command line: `usage` 2, `input` 3, `refused` 4, `stopped` 130.
 */
export type PkiErrorCode =
  | 'usage.option' // an option or argument that is missing, unknown, or contradicts another
  | 'usage.name' // a name that cannot name a file in the store
  | 'usage.subject' // distinguished name text that is not RFC 4514
  | 'usage.general-name' // a DNS name, IP address, e-mail address, URI, … that is not one
  | 'usage.time' // a duration or instant that cannot be read
  | 'usage.algorithm' // an unknown key or signature algorithm, or a pair that does not fit
  | 'usage.extension' // an extension text or object identifier that cannot be read
  | 'usage.profile' // an unknown profile, or a profile file with a mistake in it
  | 'usage.hierarchy' // a hierarchy file with a mistake in it, or whose entries contradict each other
  | 'input.not-found' // no such file or no such entry in the store
  | 'input.unreadable' // it exists but cannot be read
  | 'input.malformed' // bytes that are not what they should be
  | 'input.password' // a wrong or missing password
  | 'input.unsupported' // well-formed, but of a kind this program does not handle
  | 'input.mismatch' // two inputs that do not belong together, such as a key and a certificate
  | 'input.signature' // a request whose own signature is wrong
  | 'input.network' // a peer that could not be reached or did not answer as it should
  | 'refused.exists' // it exists already
  | 'refused.issuer' // this issuer may not issue this
  | 'refused.key' // the private key that is needed is not there
  | 'refused.locked' // another process holds the store
  | 'refused.write' // the file system would not take it
  | 'refused.address' // the system does not let a server listen there, or another one does
  | 'stopped.interrupted' // Ctrl-C; what is done stays

/** Facts for the reader of an error; every value prints as text. */
export type PkiErrorContext = Readonly<Record<string, string | number | boolean | undefined>>

export interface PkiErrorOptions {
  /** What to do next, as one sentence without a final period. */
  readonly hint?: string
  readonly context?: PkiErrorContext
  readonly cause?: unknown
}

/** A call that cannot be carried out. `message` is lower case, names the thing it speaks of, and has no final period. */
export class PkiError extends Error {
  override readonly name = 'PkiError'
  readonly code: PkiErrorCode
  readonly hint: string | undefined
  readonly context: PkiErrorContext

  constructor(code: PkiErrorCode, message: string, options: PkiErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.hint = options.hint
    this.context = options.context ?? {}
  }
}
