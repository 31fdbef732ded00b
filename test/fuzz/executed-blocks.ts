/**
 * How much work a call is, as a number that no other program, no garbage collector and no compiler changes: V8 counts
 * every block of the project's code that is executed, as it does for test coverage.
 *
 * Of functions that ran before this module was loaded only the calls are counted. What runs inside Node (a signature, a
 * regular expression) counts as nothing.
 */

import { type Profiler, Session } from 'node:inspector'

const session = new Session()
session.connect()
session.post('Profiler.enable')
session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })

/** @returns how many blocks of the project's code `work` executed */
export function executedBlocks(work: () => void): number {
  executedSinceLast()
  work()
  return executedSinceLast()
}

function executedSinceLast(): number {
  let found: Profiler.TakePreciseCoverageReturnType | undefined
  // The answer comes before `post` returns: the session is one of this thread.
  session.post('Profiler.takePreciseCoverage', (error, result) => {
    if (error !== null) throw error
    found = result
  })
  if (found === undefined) throw new Error('no coverage')
  let count = 0
  for (const { url, functions } of found.result) {
    if (url.startsWith('node:') || url.includes('/node_modules/')) continue
    for (const { ranges } of functions) {
      for (const range of ranges) count += range.count
    }
  }
  return count
}
