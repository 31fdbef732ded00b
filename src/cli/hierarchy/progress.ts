/** A progress bar on standard error, where that is a terminal; nothing at all elsewhere. */

import type { Io } from '../io.ts'
import { duration } from '../render/relative-time.ts'

export interface Progress {
  update(done: number, total: number): void
  /** Takes the bar away. */
  end(): void
}

const WIDTH = 24
/** Milliseconds between two pictures: more often nobody sees. */
const INTERVAL = 100

const SILENT: Progress = { update: () => undefined, end: () => undefined }

/** Counts what is done, and says how long the rest will take. */
export function progressBar(io: Pick<Io, 'stderr' | 'stopwatch'>): Progress {
  if (!io.stderr.isTTY) return SILENT
  const start = io.stopwatch()
  let shownAt = Number.NEGATIVE_INFINITY
  let isShown = false
  return {
    update: (done, total) => {
      const now = io.stopwatch()
      if (now - shownAt < INTERVAL || total === 0) return
      shownAt = now
      isShown = true
      const filled = Math.floor((done / total) * WIDTH)
      const bar = `${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}`
      const left = done === 0 ? '' : `  ${duration(((now - start) / done) * (total - done))} left`
      io.stderr.write(`\r[${bar}] ${done} of ${total}${left}\x1b[K`)
    },
    end: () => {
      if (isShown) io.stderr.write('\r\x1b[K')
    },
  }
}
