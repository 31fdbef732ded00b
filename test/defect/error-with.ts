/** What `toThrow` compares with: a PkiError by its code and some of its facts. */

import { expect } from 'vitest'
import type { PkiErrorCode, PkiErrorContext } from '../../src/errors.ts'

export function errorWith(code: PkiErrorCode, context: PkiErrorContext = {}): Error {
  return expect.objectContaining({ code, context: expect.objectContaining(context) }) as unknown as Error
}
