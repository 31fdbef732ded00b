/** Whom authentication tells what clients are not told. */

/**
 * What happened. Those with a number are ASP.NET Core's, by their EventId:
 * `no-certificate` 0, `wrong-type` 1, `chain-invalid` 2, `not-https` 3.
 */
export type AuthenticationEvent =
  | 'no-certificate'
  | 'wrong-type'
  | 'chain-invalid'
  | 'not-https'
  /** What the client presented is no certificate in DER. */
  | 'malformed-certificate'
  /** A callback rejected the certificate. */
  | 'rejected'
  /** Something threw: a callback, a cache, the building of the chain. */
  | 'exception'
  /** A forwarded header came from a peer that is not a trusted proxy, and was ignored. */
  | 'untrusted-proxy'
  /** A forwarded header does not hold a certificate, and counts as none. */
  | 'header-unreadable'
  /** Somebody authenticated and is not allowed. */
  | 'denied'

/** One thing that happened, for a log. */
export interface AuthenticationLogEntry {
  readonly event: AuthenticationEvent
  readonly level: 'debug' | 'warning' | 'error'
  /** One line for people, without a period. */
  readonly message: string
  readonly scheme?: string | undefined
  /** The certificate's subject as .NET writes it. */
  readonly subject?: string | undefined
  /** The status of the chain, `flag information` each. */
  readonly status?: readonly string[] | undefined
  /** What to do about it, where that is known. */
  readonly hint?: string | undefined
  readonly error?: unknown
}

/**
 * Takes an entry down; synchronous. What it throws ends a request as an exception does, and never lets anybody in.
 */
export type AuthenticationLog = (entry: AuthenticationLogEntry) => void
