/** Why something that a certificate points to could not be got: one vocabulary for CRLs, OCSP responses and issuers. */

/**
 * Reasons by name. Whoever fetches reports them; this folder puts them into words. `detail` of a finding completes
 * them: a status, a limit, what a parser said.
 */
export type FetchFailure =
  | 'nothing-named' // the certificate has no URL for this
  | 'malformed-url'
  | 'not-http' // https would need the very check that is being made; ldap, file and others are not followed
  | 'host-not-allowed' // neither loopback nor named by the caller
  | 'too-many-urls' // the number that is fetched for one verification was used up
  | 'not-cached' // nothing may be fetched, and it was not at hand
  | 'unresolved' // no address for the name of the host
  | 'unreachable' // no connection, or one that broke
  | 'timed-out'
  | 'too-many-redirects'
  | 'http-status'
  | 'encoded' // compressed, though nobody asked for that
  | 'too-large'
  | 'malformed' // it came, and is not what it should be
  | 'not-successful' // an OCSP response that says why there is no answer
  | 'about-others' // an OCSP response about other certificates
  | 'nonce' // an OCSP response to another request

/** The facts of every finding about something that was not got. */
export interface NotFetchedFacts {
  /** Empty where the certificate names none. */
  readonly url: string
  readonly reason: FetchFailure
  readonly detail: string
}

const SENTENCES: Readonly<Record<FetchFailure, string>> = {
  'nothing-named': 'it names no place where to get that',
  'malformed-url': 'not a URL',
  'not-http': 'only http is followed',
  'host-not-allowed': 'neither this machine nor a host that was allowed',
  'too-many-urls': 'enough has been fetched for one verification',
  'not-cached': 'not in the cache, and nothing was to be fetched',
  unresolved: 'the name of the host has no address',
  unreachable: 'no answer',
  'timed-out': 'it took too long',
  'too-many-redirects': 'too many redirects',
  'http-status': 'the server answered with HTTP status',
  encoded: 'the answer is compressed, which was not asked for',
  'too-large': 'the answer is too large',
  malformed: 'the answer cannot be read',
  'not-successful': 'the responder did not answer',
  'about-others': 'the answer speaks of other certificates',
  nonce: 'the answer does not repeat the nonce of the request',
}

const CURES: Readonly<Partial<Record<FetchFailure, string>>> = {
  'nothing-named': 'issue it again with a CRL distribution point or an OCSP responder, or give the evidence yourself',
  'malformed-url': 'issue the certificate again with an http URL',
  'not-http': 'issue the certificate again with an http URL, or give the evidence yourself',
  'host-not-allowed': 'allow the host, or give the evidence yourself',
  'not-cached': 'check online once, or give the evidence yourself',
}

/** The sentence for what was not got; `what` begins it. */
export function notFetchedSentence(what: string, { url, reason, detail }: NotFetchedFacts): string {
  const from = url === '' ? '' : ` from ${url}`
  return `${what} could not be fetched${from}: ${fetchFailureText({ reason, detail })}`
}

/** The reason alone. */
export function fetchFailureText({ reason, detail }: Pick<NotFetchedFacts, 'reason' | 'detail'>): string {
  if (detail === '') return SENTENCES[reason]
  return `${SENTENCES[reason]}${reason === 'http-status' ? ' ' : ': '}${detail}`
}

export function notFetchedCure({ reason }: NotFetchedFacts): string {
  return CURES[reason] ?? 'see that the server runs and answers as it should, or give the evidence yourself'
}
