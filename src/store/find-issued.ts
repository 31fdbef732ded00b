/** Looks up in the journal what was issued, also if it has been replaced since. */

import type { JournalEntry } from './journal.ts'
import { JournalFollower } from './journal-follower.ts'
import type { Store } from './store.ts'

/** What the journal remembers of a certificate that was issued or imported. */
export type IssuedRecord = JournalEntry & { readonly event: 'issued' | 'imported' }

/** Every certificate ever put into this store that `matches`, oldest first. Reads the journal once, from the start. */
export function findIssued(
  { journalPath }: Pick<Store, 'journalPath'>,
  matches: (record: IssuedRecord) => boolean,
): readonly IssuedRecord[] {
  const found: IssuedRecord[] = []
  const follower = new JournalFollower(journalPath, {
    wanted: new Set(['issued', 'imported']),
    onEntry: (entry) => {
      if ((entry.event === 'issued' || entry.event === 'imported') && matches(entry)) found.push(entry)
    },
    onRestart: () => undefined,
  })
  follower.follow()
  return found
}
