/** What a long run asks between two pieces of work: whether it is to go on. */

import { PkiError } from '../errors.ts'

/** Whether to go on. It lets others have their turn now and then, or nobody could say no. */
export type GoesOn = () => boolean | Promise<boolean>

/** @throws PkiError `stopped.interrupted` */
export async function requireGoingOn(goesOn: GoesOn): Promise<void> {
  if (!(await goesOn())) throw new PkiError('stopped.interrupted', 'stopped')
}
