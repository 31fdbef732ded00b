/** What `init` and `issue` have in common: everything they can be told, and how that becomes a certificate in the store. */

import type { Command } from 'commander'
import { findProfile } from '../../profile/find.ts'
import { overrideProfile } from '../../profile/override.ts'
import type { CertificateProfile } from '../../profile/profile.ts'
import type { Store } from '../../store/store.ts'
import type { Io } from '../io.ts'
import { addJsonOption, addStoreOption, type JsonOption, type StoreOptions, storeFrom } from '../options.ts'
import { addExistingOptions, decideAboutExisting, type ExistingOptions, replacement } from './existing-certificate.ts'
import { type IssuerOptions, unlockIssuer } from './issuer.ts'
import {
  addContentOptions,
  addDefectOption,
  addKeyOptions,
  type ContentOptions,
  type DefectOption,
  namesFrom,
  overridesFrom,
  schemeFrom,
  serialNumberFrom,
} from './issuing-options.ts'
import { keptCertificate } from './made-report.ts'
import {
  addMakingOptions,
  type MakingOptions,
  makeCertificate,
  reportMade,
  type StoringOrder,
} from './make-certificate.ts'
import { KEY_CONDITION, type KeyOptions, keyPem, obtainKey, openKeyNotes } from './new-key.ts'
import { addSeedOptions, type Circumstances, circumstances, SEED_CONDITION, type SeedFlags } from './seed-options.ts'

type OrderOptions = ContentOptions &
  KeyOptions &
  ExistingOptions &
  MakingOptions &
  DefectOption &
  SeedFlags &
  StoreOptions &
  JsonOption

export type InitOptions = OrderOptions & { readonly name?: string }

export type IssueOptions = OrderOptions & IssuerOptions

export function addOrderOptions(command: Command): void {
  addStoreOption(command)
  addContentOptions(command)
  addKeyOptions(command)
  addExistingOptions(command)
  addMakingOptions(command)
  addDefectOption(command)
  addSeedOptions(command, 'certificates')
  addJsonOption(command)
}

export const ORDER_CONDITIONS = [KEY_CONDITION, SEED_CONDITION]

/** Which certificate: by its profile, under its name in the store, from that issuer or self-signed. */
export interface CertificateOrder {
  readonly profileName: string
  readonly name: string
  readonly from: string | undefined
}

/**
 * Makes the certificate, or keeps the one that is there, and reports it.
 * @returns the exit code
 * @throws PkiError `usage.profile`, `refused.exists`, and as `unlockIssuer`, `obtainKey` and `makeCertificate` do
 */
export async function fillOrder(
  order: CertificateOrder,
  options: OrderOptions & IssuerOptions,
  world: Io,
): Promise<number> {
  const { profileName, name } = order
  const store = storeFrom(options, world)
  const found = await findProfile(profileName, { projectDir: world.cwd })
  const facts = await circumstances(options, world)
  const profile = facts.mark(overrideProfile(found, overridesFrom(options)))
  const { io } = facts
  const decision = decideAboutExisting(store, name, options, io)
  if (decision.action === 'keep') return reportMade(keptCertificate(store, name, decision.certificate), options, io)
  const contents = await contentsOf(order, profile, store, options, facts)
  const made = makeCertificate({ ...contents, ...(await replacement(decision, store, name)) }, store, io)
  return reportMade(made, options, io)
}

/** What is to be made, whatever is there. */
async function contentsOf(
  { profileName, name, from }: CertificateOrder,
  profile: CertificateProfile,
  store: Store,
  options: OrderOptions & IssuerOptions,
  { io, seeded }: Circumstances,
): Promise<Omit<StoringOrder, 'replace'>> {
  const issuer = from === undefined ? undefined : await unlockIssuer(store, from, options, io)
  const deliberate = options.defect && (await loadDefects()).deliberateDefects(options.defect, name, options, seeded)
  const key = deliberate?.key ?? (await obtainKey(name, profile.key, options, io, seeded))
  return {
    name,
    profileName,
    profile,
    issuer,
    key,
    storedKey: { pem: await keyPem(name, key, options, io, seeded) },
    names: namesFrom(options),
    serialNumber: serialNumberFrom(options),
    scheme: schemeFrom(options),
    unchecked: options.unchecked,
    dryRun: options.dryRun,
    seeded,
    deliberate,
    notes: openKeyNotes(name, options),
  }
}

const loadDefects = () => import('./deliberate-defects.ts')
