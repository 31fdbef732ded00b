/** `pki sign`: a certificate for a request that somebody else made, or `pki request` here. */

import { basename, extname } from 'node:path'
import type { Command } from 'commander'
import { type Input, malformedInput, readInput } from '../../container/input.ts'
import { DerError } from '../../der/reader.ts'
import { PkiError } from '../../errors.ts'
import { issueFromRequest } from '../../issue/from-request.ts'
import { findProfile } from '../../profile/find.ts'
import { overrideProfile } from '../../profile/override.ts'
import { requireCredentialName } from '../../store/credential-name.ts'
import { issuedEvent } from '../../store/issued-event.ts'
import { type CertificationRequest, parseRequest } from '../../x509/request.ts'
import { writeWarning } from '../error-report.ts'
import { addExistingOptions, decideAboutExisting, type ExistingOptions } from '../existing-certificate.ts'
import { readInputFile } from '../input-file.ts'
import type { Io } from '../io.ts'
import { addIssuerOptions, type IssuerOptions, unlockIssuer } from '../issuer.ts'
import {
  addContentOptions,
  type ContentOptions,
  namesFrom,
  overridesFrom,
  serialNumberFrom,
} from '../issuing-options.ts'
import { keptCertificate } from '../made-report.ts'
import { addMakingOptions, type MakingOptions, reportMade } from '../make-certificate.ts'
import { addJsonOption, addStoreOption, type JsonOption, type StoreOptions, storeFrom } from '../options.ts'
import { pendingKey } from '../pending-request.ts'

type Options = ContentOptions &
  IssuerOptions &
  ExistingOptions &
  MakingOptions &
  StoreOptions &
  JsonOption & { readonly profile?: string; readonly name?: string }

export function define(command: Command): void {
  command
    .argument('<request>', 'file with the request (PKCS#10, PEM or DER), - for standard input')
    .option('--profile <profile>', 'what kind of certificate it becomes; pki templates lists them')
    .option('--name <name>', 'name in the store (default: that of the file)')
  addIssuerOptions(command)
  command.option('--key-password-file <file>', "password of the issuer's key (or PKI_KEY_PASSWORD)")
  addStoreOption(command)
  addContentOptions(command)
  addExistingOptions(command)
  addMakingOptions(command)
  addJsonOption(command)
}

export async function run([file]: readonly [file: string], options: Options, io: Io): Promise<number> {
  const { from, profile: profileName } = options
  if (from === undefined || profileName === undefined)
    throw missing(from === undefined ? '--from <issuer>' : '--profile <profile>')
  const name = requireCredentialName(options.name ?? nameOf(file))
  const store = storeFrom(options, io)
  const profile = overrideProfile(await findProfile(profileName, { projectDir: io.cwd }), overridesFrom(options))
  const certificationRequest = await readRequest(file, io)

  const decision = decideAboutExisting(store, name, options, io)
  if (decision.action === 'keep') return reportMade(keptCertificate(store, name, decision.certificate), options, io)
  if (decision.action === 'make') store.requireFree(name)

  const issuer = await unlockIssuer(store, from, options, io)
  const now = io.now()
  const { certificate, chain, problems, dropped } = issueFromRequest({
    certificationRequest,
    profile,
    name,
    issuer,
    names: namesFrom(options),
    serialNumber: serialNumberFrom(options),
    scheme: options.pss === true ? { pss: true } : undefined,
    unchecked: options.unchecked,
    now,
    random: io.random,
  })
  const warnings = [
    ...problems,
    ...dropped.map(({ what, value }) => ({ kind: 'request.dropped', message: droppedText(what, value) })),
  ]
  for (const { message } of warnings) writeWarning(io, message)

  const made = { name, issuedBy: issuer.name, certificate, problems: warnings }
  if (options.dryRun === true) return reportMade({ ...made, outcome: 'planned', paths: undefined }, options, io)
  const event = issuedEvent(
    { name, certificate },
    { name: issuer.name, certificate: issuer.credential.certificate },
    profileName,
  )
  const key = pendingKey(store, name, certificationRequest)
  const paths = store.put({ name, certificate, chain, key }, event, {
    force: decision.action === 'replace',
    processes: io.process,
    now,
  })
  return reportMade({ ...made, outcome: 'issued', paths }, options, io)
}

function missing(flag: string): PkiError {
  return new PkiError('usage.option', `missing option: ${flag}`, {
    hint: 'pki sign <request> --from <issuer> --profile <profile>, as in: pki sign web.csr --from ca1 --profile server',
  })
}

function nameOf(file: string): string {
  if (file !== '-') return basename(file, extname(file))
  throw new PkiError('usage.option', 'missing option: --name <name>', { hint: 'standard input has no name of its own' })
}

function droppedText(what: string, value: string | undefined): string {
  return `the request asks for ${what}${value === undefined ? '' : ` ${value}`}, which the profile does not grant`
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
