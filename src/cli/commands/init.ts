/** `pki init`: a self-signed certificate, which is what a root is. */

import type { Command } from 'commander'
import { PkiError } from '../../errors.ts'
import { requireCredentialName } from '../../store/credential-name.ts'
import type { Io } from '../io.ts'
import { addOrderOptions, fillOrder, type InitOptions, ORDER_CONDITIONS } from '../issuing/certificate-order.ts'

export function define(command: Command): void {
  command
    .argument('[profile]', 'root, or another profile to be self-signed')
    .option('--name <name>', 'name in the store (default: that of the profile)')
  addOrderOptions(command)
}

export const conditions = ORDER_CONDITIONS

export async function run([profile]: readonly [profile?: string], options: InitOptions, io: Io): Promise<number> {
  if (profile === undefined) return askOrRefuse(options, io)
  const name = requireCredentialName(options.name ?? profile)
  return fillOrder({ profileName: profile, name, from: undefined }, options, io)
}

async function askOrRefuse(options: InitOptions, io: Io): Promise<number> {
  if (!io.interactive) {
    throw new PkiError('usage.option', 'missing argument: profile', {
      hint: 'pki init root makes a root; pki templates lists the other profiles',
    })
  }
  const { askForRoot } = await import('../issuing/ask-certificate.ts')
  const answers = await askForRoot(options, io)
  return run([answers.profile], { ...options, ...answers.options }, io)
}
