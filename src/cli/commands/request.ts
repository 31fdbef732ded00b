/** `pki request`: a key and a certification request (PKCS#10) for somebody else to sign. */

import type { Command } from 'commander'
import { formatPem } from '../../der/pem.ts'
import { requestFromProfile } from '../../issue/from-profile.ts'
import { makeRequest } from '../../issue/request.ts'
import { createSigner, type PrivateKey } from '../../keys/keys.ts'
import { findProfile } from '../../profile/find.ts'
import { overrideProfile } from '../../profile/override.ts'
import type { CertificateProfile } from '../../profile/profile.ts'
import { requireCredentialName } from '../../store/credential-name.ts'
import { formatName } from '../../x509/name-text.ts'
import { EXTENSION } from '../../x509/oids.ts'
import { commandLine } from '../command-line.ts'
import { writeWarning } from '../error-report.ts'
import type { Io } from '../io.ts'
import {
  addKeyOptions,
  addWishOptions,
  type ContentOptions,
  namesFrom,
  overridesFrom,
  schemeFrom,
} from '../issuing/issuing-options.ts'
import { displayPath } from '../issuing/made-report.ts'
import { KEY_CONDITION, type KeyOptions, keyPem, obtainKey, openKeyNotes } from '../issuing/new-key.ts'
import { addSeedOptions, type Circumstances, circumstances, type SeedFlags } from '../issuing/seed-options.ts'
import { writeJson } from '../json.ts'
import { addJsonOption, addStoreOption, type JsonOption, type StoreOptions, storeFlag, storeFrom } from '../options.ts'
import { glyphs } from '../render/glyphs.ts'
import { paint } from '../render/paint.ts'
import { harmless } from '../render/styled-text.ts'
import type { RequestedJson } from '../result-json.ts'

type Options = ContentOptions &
  KeyOptions &
  SeedFlags &
  StoreOptions &
  JsonOption & { readonly profile?: string; readonly force?: boolean; readonly dryRun?: boolean }

export function define(command: Command): void {
  command
    .argument('<name>', 'name in the store')
    .option('--profile <profile>', 'whose usages and names are asked for (default: server)')
    .option('--force', 'replace a request and its key')
    .option('--dry-run', 'show what would be asked for, write nothing')
  addStoreOption(command)
  addWishOptions(command)
  addKeyOptions(command)
  addSeedOptions(command, 'nothing to mark')
  addJsonOption(command)
}

export const conditions = [KEY_CONDITION]

/** What the issuer decides alone, and what it would be odd to ask for. */
const NOT_ASKED_FOR: readonly string[] = [
  EXTENSION.authorityKeyIdentifier,
  EXTENSION.subjectKeyIdentifier,
  EXTENSION.cRLDistributionPoints,
  EXTENSION.authorityInfoAccess,
]

export async function run([name]: readonly [name: string], options: Options, world: Io): Promise<number> {
  requireCredentialName(name)
  const facts = await circumstances(options, world)
  const { io, seeded } = facts
  const store = storeFrom(options, io)
  const found = await findProfile(options.profile ?? 'server', { projectDir: io.cwd })
  const profile = overrideProfile(found, overridesFrom(options))
  if (options.force !== true) store.requireFree(name)
  const key = await obtainKey(name, profile.key, options, io, seeded)
  for (const { message } of openKeyNotes(name, options)) writeWarning(io, message)
  const { subject, encoded } = await wishOf(name, profile, key, options, facts)
  const files = options.dryRun === true ? null : { request: store.requestPath(name), privateKey: store.keyPath(name) }
  if (files !== null) {
    const request = { path: files.request, bytes: formatPem('CERTIFICATE REQUEST', encoded), mode: 0o644 }
    const keyFile = store.keyFile(name, await keyPem(name, key, options, io, seeded))
    const how = { force: options.force, processes: io.process, now: io.now() }
    store.putFiles([keyFile, request], { event: 'requested', name, subject }, how)
  }
  report({ schema: 'pki.requested/1', name, subject, files }, options, io)
  return 0
}

/** The request, DER, and its subject in words: what a certificate would hold, as far as one may ask for it. */
async function wishOf(
  name: string,
  profile: CertificateProfile,
  key: PrivateKey,
  options: Options,
  { io, seeded }: Circumstances,
): Promise<{ readonly subject: string; readonly encoded: Uint8Array }> {
  const scheme = { digest: profile.digest, ...schemeFrom(options) }
  const signer = (seeded?.createSigner ?? createSigner)(key, scheme)
  const { subject, extensions: all } = requestFromProfile({
    profile,
    name,
    issuer: undefined,
    signer,
    publicKey: key.publicKey,
    names: namesFrom(options),
    now: io.now(),
    random: io.random,
  })
  const extensions = all.filter(({ oid }) => !NOT_ASKED_FOR.includes(oid))
  const { encoded } = await makeRequest({ subject, key, scheme, extensions, signer: seeded && signer })
  return { subject: formatName(subject), encoded }
}

function report(requested: RequestedJson, options: JsonOption & StoreOptions, io: Io): void {
  if (options.json === true) {
    writeJson(io, requested)
    return
  }
  const { name, subject, files } = requested
  const colors = paint(io.stdout)
  const lines =
    files === null
      ? ['would be made; nothing was written']
      : [
          `${colors.quiet('request')}      ${displayPath(files.request, io)}`,
          ...(files.privateKey === null
            ? []
            : [`${colors.quiet('private key')}  ${displayPath(files.privateKey, io)}`]),
          `${colors.quiet('next')}         ${colors.accent(`${commandLine(['pki', 'sign', displayPath(files.request, io)], {})} --from <issuer> --profile <profile>${storeFlag(options, io)}`)}`,
        ]
  const head = `${colors.good(glyphs(io).good)} ${colors.strong(name)}  request for ${harmless(subject) || '(empty subject)'}`
  io.stdout.write(`${[head, ...lines.map((line) => `  ${line}`)].join('\n')}\n`)
}
