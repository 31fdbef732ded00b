/** `pki sign`: a certificate for a request that somebody else made, or `pki request` here. */

import { basename } from 'node:path'
import type { Command } from 'commander'
import { type Input, malformedInput } from '../../container/input.ts'
import { readInput } from '../../container/read-input.ts'
import { DerError } from '../../der/reader.ts'
import { PkiError } from '../../errors.ts'
import type { NamedAuthority } from '../../issue/credential.ts'
import { issueFromRequest } from '../../issue/from-request.ts'
import { findProfile } from '../../profile/find.ts'
import { overrideProfile } from '../../profile/override.ts'
import type { CertificateProfile } from '../../profile/profile.ts'
import { requireCredentialName } from '../../store/credential-name.ts'
import type { Store } from '../../store/store.ts'
import { type CertificationRequest, parseRequest } from '../../x509/request.ts'
import { nameOfFile, readInputFile } from '../input-file.ts'
import { exists } from '../input-source.ts'
import type { Io } from '../io.ts'
import {
  addExistingOptions,
  decideAboutExisting,
  type ExistingOptions,
  replacement,
} from '../issuing/existing-certificate.ts'
import { addIssuerOptions, type IssuerOptions, unlockIssuer } from '../issuing/issuer.ts'
import {
  addContentOptions,
  type ContentOptions,
  namesFrom,
  overridesFrom,
  schemeFrom,
  serialNumberFrom,
} from '../issuing/issuing-options.ts'
import { keptCertificate } from '../issuing/made-report.ts'
import {
  addMakingOptions,
  type MakingOptions,
  reportMade,
  type SignedOrder,
  storeSigned,
} from '../issuing/make-certificate.ts'
import { pendingKey } from '../issuing/pending-request.ts'
import { addSeedOptions, type Circumstances, circumstances, type SeedFlags } from '../issuing/seed-options.ts'
import { addJsonOption, addStoreOption, type JsonOption, type StoreOptions, storeFrom } from '../options.ts'

type Options = ContentOptions &
  IssuerOptions &
  ExistingOptions &
  MakingOptions &
  SeedFlags &
  StoreOptions &
  JsonOption & { readonly profile?: string; readonly name?: string }

export function define(command: Command): void {
  command
    .argument(
      '<request>',
      'file with the request (PKCS#10, PEM or DER), - for standard input, or its name in the store',
    )
    .option('--profile <profile>', 'what kind of certificate it becomes; pki templates lists them')
    .option('--name <name>', 'name in the store (default: that of the file)')
  addIssuerOptions(command)
  command.option('--key-password-file <file>', "password of the issuer's key (or PKI_KEY_PASSWORD)")
  addStoreOption(command)
  addContentOptions(command)
  addExistingOptions(command)
  addMakingOptions(command)
  addSeedOptions(command, 'nothing to mark')
  addJsonOption(command)
}

export async function run([file]: readonly [file: string], options: Options, world: Io): Promise<number> {
  const { from, profile: profileName } = options
  if (from === undefined || profileName === undefined)
    throw missing(from === undefined ? '--from <issuer>' : '--profile <profile>')
  const facts = await circumstances(options, world)
  const { io } = facts
  const store = storeFrom(options, io)
  const source = sourceOf(file, store, io)
  const name = requireCredentialName(options.name ?? (source === file ? nameOfFile(file) : file))
  const profile = overrideProfile(await findProfile(profileName, { projectDir: io.cwd }), overridesFrom(options))
  const request = await readRequest(source, io)

  const decision = decideAboutExisting(store, name, options, io)
  if (decision.action === 'keep') return reportMade(keptCertificate(store, name, decision.certificate), options, io)
  const issuer = await unlockIssuer(store, from, options, io)
  const signed = signRequest({ name, profileName, profile, request, issuer }, options, facts)
  const storedKey = options.dryRun === true ? 'keep' : pendingKey(store, name, request)
  const order = { ...signed, storedKey, ...(await replacement(decision, store, name)) }
  return reportMade(storeSigned(order, io.now(), store, io), options, io)
}

/** What is signed, by which profile and by whom. */
interface SigningOrder {
  readonly name: string
  readonly profileName: string
  readonly profile: CertificateProfile
  readonly request: CertificationRequest
  readonly issuer: NamedAuthority
}

/** @throws PkiError as `issueFromRequest` */
function signRequest(
  { name, profileName, profile, request, issuer }: SigningOrder,
  options: Options,
  { io, seeded }: Circumstances,
): Omit<SignedOrder, 'storedKey' | 'replace'> {
  const { certificate, chain, problems, dropped } = issueFromRequest({
    certificationRequest: request,
    profile,
    name,
    issuer,
    names: namesFrom(options),
    serialNumber: serialNumberFrom(options),
    scheme: schemeFrom(options),
    unchecked: options.unchecked,
    now: io.now(),
    random: io.random,
    seeded,
  })
  const warnings = dropped.map(({ what, value }) => ({ kind: 'request.dropped', message: droppedText(what, value) }))
  return { name, issuer, profileName, certificate, chain, problems: [...problems, ...warnings], dryRun: options.dryRun }
}

function missing(flag: string): PkiError {
  return new PkiError('usage.option', `missing option: ${flag}`, {
    hint: 'pki sign <request> --from <issuer> --profile <profile>, as in: pki sign web.csr --from ca1 --profile server',
  })
}

function droppedText(what: string, value: string | undefined): string {
  return `the request asks for ${what}${value === undefined ? '' : ` ${value}`}, which the profile does not grant`
}

/** The file, or where there is none, what `pki request` has put into the store under this name. */
function sourceOf(text: string, store: Store, io: Io): string {
  if (text === '-' || exists(text, io)) return text
  if (store.hasRequest(text)) return store.requestPath(text)
  const name = basename(text, '.csr')
  throw new PkiError('input.not-found', `${text}: no such file, and no request of that name in ${store.folder}`, {
    hint: store.hasRequest(name)
      ? `pki sign ${name} takes the one in the store: ${store.requestPath(name)}`
      : 'pki request <name> makes one',
    context: { path: text },
  })
}

/** @throws PkiError `input.malformed` if the file holds no request, or more than one */
async function readRequest(file: string, io: Io): Promise<CertificationRequest> {
  const input = await readInput(readInputFile(file, io), { source: file, privateKeys: 'skip' })
  const [request, ...others] = input.requests
  if (request === undefined || others.length > 0) throw notOneRequest(input)
  try {
    return parseRequest(request.encoded)
  } catch (error) {
    if (error instanceof DerError) throw malformedInput(request.place, error, 'certification request')
    throw error
  }
}

function notOneRequest({ source, kind, requests }: Input): PkiError {
  const found = requests.length === 0 ? `none (${kind})` : `${requests.length}`
  return new PkiError('input.malformed', `${source}: expected one certification request, found ${found}`, {
    hint: 'a request begins with -----BEGIN CERTIFICATE REQUEST-----; pki request makes one',
    context: { file: source, expected: 'certification request' },
  })
}
