/** Ctrl-C while `pki apply` works: it ends between two certificates, and what is made stays. */

import type { Io } from '../io.ts'

/** Milliseconds of work without looking up; what lies between is too dear for every certificate. */
const INTERVAL = 20

/** Pressed a second time, Ctrl-C ends the process at once. */
export class Interruption {
  readonly #io: Pick<Io, 'stopwatch'>
  readonly #leave: () => void
  #isStopped = false
  #lookedUp: number

  constructor(io: Pick<Io, 'stopwatch' | 'onInterrupt'>) {
    this.#io = io
    this.#lookedUp = io.stopwatch()
    this.#leave = io.onInterrupt(() => {
      this.#isStopped = true
    })
  }

  get isStopped(): boolean {
    return this.#isStopped
  }

  /** Whether to go on: signals are heard between two turns of the event loop, and one that only works hears none. */
  goesOn(): boolean | Promise<boolean> {
    return this.#isStopped || this.#io.stopwatch() - this.#lookedUp < INTERVAL ? !this.#isStopped : this.#lookUp()
  }

  async #lookUp(): Promise<boolean> {
    await new Promise((resolve) => setImmediate(resolve))
    this.#lookedUp = this.#io.stopwatch()
    return !this.#isStopped
  }

  /** Ctrl-C means what it meant before. */
  end(): void {
    this.#leave()
  }
}
