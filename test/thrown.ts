/** What a call throws, for tests that look at it more than once; anything but a PkiError goes on. */

import { PkiError } from '../src/errors.ts'

/** @throws Error if the call throws nothing */
export function errorOf(call: () => unknown): PkiError {
  try {
    call()
  } catch (error) {
    return requirePkiError(error)
  }
  throw new Error('nothing was thrown')
}

/** As {@link errorOf}, of a promise. @throws Error if it is fulfilled */
export async function rejectionOf(promise: Promise<unknown>): Promise<PkiError> {
  try {
    await promise
  } catch (error) {
    return requirePkiError(error)
  }
  throw new Error('nothing was thrown')
}

function requirePkiError(error: unknown): PkiError {
  if (error instanceof PkiError) return error
  throw error
}
