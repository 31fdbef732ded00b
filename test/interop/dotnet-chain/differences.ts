/** Where we and .NET differ, by case, and why. An entry that no longer holds fails the test. */

export interface KnownDifference {
  readonly id: string
  /** Verdict and flags as `comparison.ts` writes them. */
  readonly ours: string
  readonly theirs: string
  readonly reason: string
}

const REFUSED = 'invalid PartialChain (PartialChain)'
const ACCEPTED = 'valid - | - | - (-)'
const NOT_DER = 'OpenSSL decodes extensions as BER; our reader takes DER alone, and what does not decode issues nothing'

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  'odd: extKeyUsage in BER',
  'odd: cRLDistributionPoints in BER',
  'odd: keyUsage with bits behind its end',
  'odd: cA TRUE as 01',
  'odd: octets behind extKeyUsage',
]
  .map((id) => ({ id, ours: REFUSED, theirs: ACCEPTED, reason: NOT_DER }))
  .concat({
    id: 'odd: authority key identifier with an issuer and no serial number',
    ours: REFUSED,
    theirs: ACCEPTED,
    reason: 'RFC 5280 §4.2.1.1 wants both or neither, and so does our reader: the extension does not decode',
  })
