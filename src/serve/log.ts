/** Whom a server tells what happens: the command line writes it to standard error. */

export interface ServerLog {
  /** Something an operator should mend; the server goes on. One line, without a period. */
  problem(message: string): void
  /** One request that was answered, or given up. */
  access(entry: AccessEntry): void
}

export interface AccessEntry {
  readonly method: string
  /** As it came in: not decoded, and by whoever sent it. */
  readonly target: string
  readonly status: number
  /** Octets of the body. */
  readonly size: number
  readonly milliseconds: number
}

/** A log that passes on each problem once until another one of the same kind comes. */
export class ProblemLog {
  readonly #log: ServerLog
  readonly #last = new Map<string, string>()

  constructor(log: ServerLog) {
    this.#log = log
  }

  /** @param about what the problem is about: of each such thing the same message is not repeated */
  report(about: string, message: string): void {
    if (this.#last.get(about) === message) return
    this.#last.set(about, message)
    this.#log.problem(message)
  }

  /** The problem is gone, and will be news when it comes back. */
  settle(about: string): void {
    this.#last.delete(about)
  }
}
