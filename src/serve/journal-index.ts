/** Which names in a store are worth looking at, without reading every certificate in it: the journal knows. */

import type { JournalEntry } from '../store/journal.ts'
import { JournalFollower } from '../store/journal-follower.ts'
import type { Store } from '../store/store.ts'

/** Names of CAs and of OCSP responders, as far as the journal tells; who asks looks at the certificates. */
export class JournalIndex {
  readonly #follower: JournalFollower
  readonly #authorities = new Set<string>()
  readonly #responders = new Set<string>()

  /** Nothing is read yet. */
  constructor({ journalPath }: Pick<Store, 'journalPath'>) {
    this.#follower = new JournalFollower(journalPath, {
      wanted: new Set(['issued', 'imported']),
      onEntry: (entry) => this.#apply(entry),
      onRestart: () => {
        this.#authorities.clear()
        this.#responders.clear()
      },
    })
  }

  /** Reads what was appended since the last time. @returns whether there was anything */
  refresh(): boolean {
    return this.#follower.follow()
  }

  /** Names of certificates that may be CAs, in the order in which they came. */
  get authorities(): readonly string[] {
    return [...this.#authorities]
  }

  /** Names of certificates that may be OCSP responders. */
  get responders(): readonly string[] {
    return [...this.#responders]
  }

  #apply(entry: JournalEntry): void {
    if (entry.event !== 'issued' && entry.event !== 'imported') return
    const { name } = entry
    this.#authorities.delete(name)
    this.#responders.delete(name)
    // Nobody noted what an imported certificate may do.
    const isImported = entry.event === 'imported'
    if (isImported || entry.isCa !== false) this.#authorities.add(name)
    if (isImported || (entry.isCa !== true && entry.profile === 'ocsp-responder')) this.#responders.add(name)
  }
}
