/** Where we and .NET differ, by case, and why. An entry that no longer holds fails the test. */

export interface KnownDifference {
  readonly id: string
  /** Verdict and flags as `comparison.ts` writes them. */
  readonly ours: string
  readonly theirs: string
  readonly reason: string
}

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = []
