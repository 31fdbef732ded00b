/** `pki init`: a self-signed certificate, which is what a root is. */

import type { Command } from 'commander'
import { PkiError } from '../../errors.ts'
import { findProfile } from '../../profile/find.ts'
import { overrideProfile } from '../../profile/override.ts'
import { requireCredentialName } from '../../store/credential-name.ts'
import { addExistingOptions, decideAboutExisting } from '../existing-certificate.ts'
import type { Io } from '../io.ts'
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
import type { InitOptions } from '../order-options.ts'
import { addSeedOptions, circumstances } from '../seed-options.ts'

export function define(command: Command): void {
  command
    .argument('[profile]', 'root, or another profile to be self-signed')
    .option('--name <name>', 'name in the store (default: that of the profile)')
  addStoreOption(command)
  addContentOptions(command)
  addKeyOptions(command)
  addExistingOptions(command)
  addMakingOptions(command)
  addDefectOption(command)
  addSeedOptions(command, 'certificates')
  addJsonOption(command)
}

export async function run(args: readonly [profile?: string], options: InitOptions, world: Io): Promise<number> {
  const [profileName] = args
  if (profileName === undefined) return askOrRefuse(options, world)
  const name = requireCredentialName(options.name ?? profileName)
  const store = storeFrom(options, world)
  const found = await findProfile(profileName, { projectDir: world.cwd })
  const { io, seeded, mark } = await circumstances(options, world)
  const profile = mark(overrideProfile(found, overridesFrom(options)))

  const decision = decideAboutExisting(store, name, options, io)
  if (decision.action === 'keep') return reportMade(keptCertificate(store, name, decision.certificate), options, io)
  if (decision.action === 'make') store.requireFree(name)

  const deliberate =
    options.defect && (await loadDefects()).deliberateDefects(options.defect, name, options.keyFile, seeded)
  const key = deliberate?.key ?? (await obtainKey(name, profile.key, options, io, seeded))
  const made = makeCertificate(
    {
      name,
      profileName,
      profile,
      issuer: undefined,
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

async function askOrRefuse(options: InitOptions, io: Io): Promise<number> {
  if (!io.interactive) {
    throw new PkiError('usage.option', 'missing argument: profile', {
      hint: 'pki init root makes a root; pki templates lists the other profiles',
    })
  }
  const { askForRoot } = await import('../ask-certificate.ts')
  const answers = await askForRoot(options, io)
  return run([answers.profile], { ...options, ...answers.options }, io)
}
