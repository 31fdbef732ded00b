/** The one error of all that is read as the text of a name. */

import { PkiError } from '../errors.ts'

/**
 * @param text what was read
 * @param problem goes on from it: `is not an IP address`
 */
export function generalNameError(text: string, problem: string, hint?: string): PkiError {
  return new PkiError('usage.general-name', `${text} ${problem}`, {
    context: { text },
    ...(hint === undefined ? {} : { hint }),
  })
}
