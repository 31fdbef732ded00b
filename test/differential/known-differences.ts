/**
 * Where the engine and the foreign programs are known to disagree, and why. Every disagreement of a run must be
 * explained here, finding by finding and error by error. Each rule has its example in `examples.ts`; one whose example
 * it no longer explains is stale.
 *
 * Evidence names the RFC, or the function of the program's source where the behaviour lives (OpenSSL 3.0, GnuTLS 3.7).
 */

import { CERTTOOL_LAXER, CERTTOOL_STRICTER } from './certtool-differences.ts'
import type { KnownDifference } from './difference.ts'
import type { Program } from './judges.ts'
import { OPENSSL_LAXER, OPENSSL_STRICTER } from './openssl-differences.ts'

export const KNOWN_DIFFERENCES: Readonly<Record<Program, readonly KnownDifference[]>> = {
  openssl: [...OPENSSL_LAXER, ...OPENSSL_STRICTER],
  certtool: [...CERTTOOL_LAXER, ...CERTTOOL_STRICTER],
}

/** The versions for which the rules were written. Others may have been mended: there, no rule counts as stale. */
export const WRITTEN_FOR: Readonly<Record<Program, RegExp>> = {
  openssl: /^OpenSSL 3\.0\./,
  certtool: /^certtool 3\.7\./,
}
