/** `pki cross-sign`: another certificate for an authority's key and name, issued by another root. */

import type { Command } from 'commander'
import { PkiError } from '../../errors.ts'
import { parseMoment } from '../../profile/duration.ts'
import { findProfile } from '../../profile/find.ts'
import { overrideProfile } from '../../profile/override.ts'
import { requireCredentialName } from '../../store/credential-name.ts'
import type { Store } from '../../store/store.ts'
import type { Certificate } from '../../x509/certificate.ts'
import type { Io } from '../io.ts'
import { addIssuerOptions, type IssuerOptions, unlockIssuer } from '../issuing/issuer.ts'
import {
  addMakingOptions,
  type MakingOptions,
  makeCertificate,
  reportMade,
  type StoringOrder,
} from '../issuing/make-certificate.ts'
import { addSeedOptions, circumstances, type SeedFlags } from '../issuing/seed-options.ts'
import {
  addJsonOption,
  addStoreOption,
  checkFlag,
  type JsonOption,
  parseCount,
  type StoreOptions,
  storeFrom,
} from '../options.ts'

type Options = IssuerOptions &
  MakingOptions &
  SeedFlags &
  StoreOptions &
  JsonOption & {
    readonly name?: string
    readonly profile?: string
    readonly pathLength?: string
    readonly notAfter?: string
    readonly force?: boolean
  }

export function define(command: Command): void {
  command.argument('<authority>', 'name in the store of the authority that gets another certificate')
  addIssuerOptions(command)
  command
    .option('--name <name>', 'name of the new certificate (default: <authority>-by-<issuer>)')
    .option('--profile <profile>', 'what it contains (default: intermediate, with the path length it has)')
    .option('--path-length <n>', 'pathLenConstraint; none for no limit')
    .option('--not-after <time>', 'when it ends: a duration or an instant')
    .option('--key-password-file <file>', "password of the issuer's key (or PKI_KEY_PASSWORD)")
    .option('--force', 'replace a certificate of that name')
  addMakingOptions(command)
  addSeedOptions(command, 'nothing to mark')
  addStoreOption(command)
  addJsonOption(command)
}

export async function run([authority]: readonly [authority: string], options: Options, world: Io): Promise<number> {
  const { from, profile: profileName = 'intermediate' } = options
  if (from === undefined) {
    throw new PkiError('usage.option', 'missing option: --from <issuer>', {
      hint: 'pki cross-sign <authority> --from <other root>',
    })
  }
  const name = requireCredentialName(options.name ?? `${authority}-by-${from}`)
  const { io, seeded } = await circumstances(options, world)
  const store = storeFrom(options, io)
  const model = readAuthority(authority, store, options)
  if (options.force !== true) store.requireFree(name)
  const order: StoringOrder = {
    name,
    profileName,
    profile: await profileFor(model, profileName, options, io),
    issuer: await unlockIssuer(store, from, options, io),
    // Only the public half: the private key is that of the authority, and stays where it is.
    key: { pkcs8: new Uint8Array(0), publicKey: model.publicKey },
    subject: model.subject,
    storedKey: 'none',
    unchecked: options.unchecked,
    replace: options.force === true,
    dryRun: options.dryRun,
    seeded,
  }
  return reportMade(makeCertificate(order, store, io), options, io)
}

/** @throws PkiError `input.not-found`; `refused.issuer` if it issues nothing, and nobody wants to see what then happens */
function readAuthority(name: string, store: Store, { unchecked }: Options): Certificate {
  const certificate = store.readCertificate(name)
  if (certificate.decoded.basicConstraints?.cA === true || unchecked === true) return certificate
  throw new PkiError('refused.issuer', `${name} is no certification authority: there is nothing to cross-sign`, {
    hint: 'pass --unchecked if this is what you want to test',
    context: { name },
  })
}

async function profileFor({ decoded }: Certificate, profileName: string, options: Options, io: Io) {
  return overrideProfile(await findProfile(profileName, { projectDir: io.cwd }), {
    pathLenConstraint: pathLength(options, decoded.basicConstraints?.pathLenConstraint),
    notAfter: checkFlag(options.notAfter, '--not-after', parseMoment),
  })
}

/** The one asked for; else the one the authority has, so that the new path allows what the old one does. */
function pathLength({ pathLength: text }: Options, own: number | undefined): number | 'none' {
  if (text === undefined) return own ?? 'none'
  return text === 'none' ? text : parseCount(text, '--path-length')
}
