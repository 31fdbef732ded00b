/** `pki rekey`: another certificate with another key, for the same names and extensions. */

import type { Command } from 'commander'
import type { Io } from '../io.ts'
import { reportMade } from '../issuing/make-certificate.ts'
import { addRenewalOptions, type RenewalOptions, renewStored } from '../issuing/renewal.ts'
import { SEED_CONDITION } from '../issuing/seed-options.ts'

export function define(command: Command): void {
  addRenewalOptions(command, 'certificates')
  command
    .optionsGroup('Options:')
    .option('--key <algorithm>', 'kind of the new key (default: that of the old one)')
    .option('--encrypt-key', 'encrypt the new key file; asks for a password')
}

export const conditions = [SEED_CONDITION]

export async function run([name]: readonly [name: string], options: RenewalOptions, io: Io): Promise<number> {
  return reportMade(await renewStored(name, 'rekey', options, io), options, io)
}
