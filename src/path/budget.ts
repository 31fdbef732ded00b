/**
 * The work one verification may do. Hostile input can make path building exponential (CVE-2018-16875) and name
 * constraints quadratic; a budget ends both, and an exhausted budget is a finding that rejects.
 */

/** How much of each kind of work is allowed. Tests shrink these instead of building monsters. */
export interface BudgetLimits {
  /**
   * Signatures that paths ask for, remembered ones included, so that a verdict does not depend on what is remembered.
   * 100 as in rustls/webpki and in Go's remedy of CVE-2018-16875 (`maxChainSignatureChecks`).
   */
  readonly signatures: number
  /**
   * Certificates appended to some path while searching, and issuers considered for them. 25,000 was Chromium's
   * `kPathBuilderIterationLimit` for years; it is 20 now, and mozilla::pkix allows 200,000.
   */
  readonly steps: number
  /** Certificates in one path. 100 as the depth that OpenSSL allows unless told otherwise. */
  readonly pathLength: number
  /** Names compared with name constraints. 250,000 as rustls/webpki and Go's `maxConstraintComparisons`. */
  readonly nameConstraintComparisons: number
}

/** The limits that hold unless others are given. */
export const DEFAULT_BUDGET: BudgetLimits = {
  signatures: 100,
  steps: 25_000,
  pathLength: 100,
  nameConstraintComparisons: 250_000,
}

/** The kinds of work that are counted over the whole verification. */
export type BudgetKind = 'signatures' | 'steps' | 'nameConstraintComparisons'

/** What is left for one verification. */
export class Budget {
  readonly limits: BudgetLimits
  /** The kind of work that ran out first. */
  exhausted: BudgetKind | undefined
  #signatures = 0
  #steps = 0
  #nameConstraintComparisons = 0

  constructor(limits: Partial<BudgetLimits> = {}) {
    this.limits = limits === DEFAULT_BUDGET ? DEFAULT_BUDGET : { ...DEFAULT_BUDGET, ...limits }
  }

  /** Takes `amount` of a kind of work. False if there is not that much left: then the work must not be done. */
  spend(kind: BudgetKind, amount = 1): boolean {
    const spent = this.#add(kind, amount)
    if (spent <= this.limits[kind]) return true
    this.exhausted ??= kind
    return false
  }

  #add(kind: BudgetKind, amount: number): number {
    switch (kind) {
      case 'signatures':
        this.#signatures += amount
        return this.#signatures
      case 'steps':
        this.#steps += amount
        return this.#steps
      case 'nameConstraintComparisons':
        this.#nameConstraintComparisons += amount
        return this.#nameConstraintComparisons
    }
  }
}
