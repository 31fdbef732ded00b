/** `pki issue`: a certificate by a profile, signed by an issuer in the store, with a new key or a given one. */

import type { Command } from 'commander'
import { PkiError } from '../../errors.ts'
import { findProfile } from '../../profile/find.ts'
import { overrideProfile } from '../../profile/override.ts'
import { requireCredentialName } from '../../store/credential-name.ts'
import { addExistingOptions, decideAboutExisting } from '../existing-certificate.ts'
import type { Io } from '../io.ts'
import { addIssuerOptions, unlockIssuer } from '../issuer.ts'
import {
  addContentOptions,
  addDefectOption,
  addKeyOptions,
  namesFrom,
  overridesFrom,
  serialNumberFrom,
} from '../issuing-options.ts'
import { keptCertificate } from '../made-report.ts'
import { addMakingOptions, makeCertificate, reportMade } from '../make-certificate.ts'
import { keyPem, obtainKey } from '../new-key.ts'
import { addJsonOption, addStoreOption, storeFrom } from '../options.ts'
import type { IssueOptions } from '../order-options.ts'
import { addSeedOptions, circumstances } from '../seed-options.ts'

export function define(command: Command): void {
  command
    .argument('[profile]', 'what kind of certificate; pki templates lists them')
    .argument('[name]', 'name in the store (default: that of the profile)')
  addIssuerOptions(command)
  addStoreOption(command)
  addContentOptions(command)
  addKeyOptions(command)
  addExistingOptions(command)
  addMakingOptions(command)
  addDefectOption(command)
  addSeedOptions(command, 'certificates')
  addJsonOption(command)
}

export async function run(
  args: readonly [profile?: string, name?: string],
  options: IssueOptions,
  world: Io,
): Promise<number> {
  const [profileName, name = profileName] = args
  const { from } = options
  if (profileName === undefined || name === undefined || from === undefined) return askOrRefuse(args, options, world)
  requireCredentialName(name)
  const store = storeFrom(options, world)
  const found = await findProfile(profileName, { projectDir: world.cwd })
  const { io, seeded, mark } = await circumstances(options, world)
  const profile = mark(overrideProfile(found, overridesFrom(options)))

  const decision = decideAboutExisting(store, name, options, io)
  if (decision.action === 'keep') return reportMade(keptCertificate(store, name, decision.certificate), options, io)
  if (decision.action === 'make') store.requireFree(name)

  const issuer = await unlockIssuer(store, from, options, io)
  const deliberate =
    options.defect && (await loadDefects()).deliberateDefects(options.defect, name, options.keyFile, seeded)
  const key = deliberate?.key ?? (await obtainKey(name, profile.key, options, io, seeded))
  const made = makeCertificate(
    {
      name,
      profileName,
      profile,
      issuer,
      key,
      storedKey: { pem: await keyPem(name, key, options, io, seeded) },
      names: namesFrom(options),
      serialNumber: serialNumberFrom(options),
      scheme: options.pss === true ? { pss: true } : undefined,
      unchecked: options.unchecked,
      replace: decision.action === 'replace',
      dryRun: options.dryRun,
      seeded,
      deliberate,
    },
    store,
    io,
  )
  return reportMade(made, options, io)
}

const loadDefects = () => import('../deliberate-defects.ts')

async function askOrRefuse(
  [profile, name]: readonly [profile?: string, name?: string],
  options: IssueOptions,
  io: Io,
): Promise<number> {
  if (!io.interactive) {
    const missing = profile === undefined ? 'missing argument: profile' : 'missing option: --from <issuer>'
    throw new PkiError('usage.option', missing, {
      hint: 'pki issue <profile> <name> --from <issuer>, as in: pki issue server web --from ca1 --dns localhost',
    })
  }
  const { askForCertificate } = await import('../ask-certificate.ts')
  const answers = await askForCertificate({ profile, name }, options, io)
  return run([answers.profile, answers.name], { ...options, ...answers.options }, io)
}
