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

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    id: 'odd: a name in pieces',
    reason: 'a string in pieces (X.690 §8.14) under a tag of its context does not show that it is a string',
  },
  ...['odd: a name that is not ASCII', 'defect: dns-name-not-ascii', 'defect: dns-name-not-ascii, for servers'].map(
    (id) => ({
      id,
      reason: 'no IA5String: nobody says in which encoding its octets are to be compared, or put into a claim',
    }),
  ),
].map((one) => ({ ...one, ours: REFUSED, theirs: ACCEPTED }))
