/** `pki issue`: a certificate by a profile, signed by an issuer in the store, with a new key or a given one. */

import type { Command } from 'commander'
import { PkiError } from '../../errors.ts'
import { requireCredentialName } from '../../store/credential-name.ts'
import type { Io } from '../io.ts'
import { addOrderOptions, fillOrder, type IssueOptions, ORDER_CONDITIONS } from '../issuing/certificate-order.ts'
import { addIssuerOptions } from '../issuing/issuer.ts'

export function define(command: Command): void {
  command
    .argument('[profile]', 'what kind of certificate; pki templates lists them')
    .argument('[name]', 'name in the store (default: that of the profile)')
  addIssuerOptions(command)
  addOrderOptions(command)
}

export const conditions = ORDER_CONDITIONS

export async function run(
  args: readonly [profile?: string, name?: string],
  options: IssueOptions,
  io: Io,
): Promise<number> {
  const [profileName, name = profileName] = args
  const { from } = options
  if (profileName === undefined || name === undefined || from === undefined) return askOrRefuse(args, options, io)
  return fillOrder({ profileName, name: requireCredentialName(name), from }, options, io)
}

async function askOrRefuse(
  [profile, name]: readonly [profile?: string, name?: string],
  options: IssueOptions,
  io: Io,
): Promise<number> {
  if (!io.interactive) {
    const missing = profile === undefined ? 'missing argument: profile' : 'missing option: --from <issuer>'
    throw new PkiError('usage.option', missing, {
      hint:
        profile === 'root'
          ? `pki init root${name === undefined ? '' : ` --name ${name}`} makes one that issues itself`
          : 'pki issue <profile> <name> --from <issuer>, as in: pki issue server web --from ca1 --dns localhost',
    })
  }
  const { askForCertificate } = await import('../issuing/ask-certificate.ts')
  const answers = await askForCertificate({ profile, name }, options, io)
  return run([answers.profile, answers.name], { ...options, ...answers.options }, io)
}
