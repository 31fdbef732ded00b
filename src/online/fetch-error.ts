/** How the parts of a fetch tell each other that nothing will come of it; it becomes a finding and leaves no call. */

import type { FetchFailure } from '../path/findings/fetch-failure.ts'

export class FetchError extends Error {
  override readonly name = 'FetchError'
  readonly reason: FetchFailure
  /** Completes the reason: a status, a limit, an error code. */
  readonly detail: string
  /** HTTP status of the last answer, undefined if there was none. */
  readonly status: number | undefined

  constructor(reason: FetchFailure, detail = '', options: { readonly status?: number; readonly cause?: unknown } = {}) {
    super(detail === '' ? reason : `${reason}: ${detail}`, options.cause === undefined ? {} : { cause: options.cause })
    this.reason = reason
    this.detail = detail
    this.status = options.status
  }
}
