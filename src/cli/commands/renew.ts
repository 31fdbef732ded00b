/** `pki renew`: another certificate for the same key, names and extensions, for a new period. */

import type { Command } from 'commander'
import type { Io } from '../io.ts'
import { reportMade } from '../issuing/make-certificate.ts'
import { addRenewalOptions, type RenewalOptions, renewStored } from '../issuing/renewal.ts'

export function define(command: Command): void {
  addRenewalOptions(command, 'nothing to mark')
}

export async function run([name]: readonly [name: string], options: RenewalOptions, io: Io): Promise<number> {
  return reportMade(await renewStored(name, 'renew', options, io), options, io)
}
