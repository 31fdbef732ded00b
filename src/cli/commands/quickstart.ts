/** `pki quickstart`: a whole mutual-TLS hierarchy in one command, exported, and proven with real handshakes. */

import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Command } from 'commander'
import type { Artifact } from '../../export/artifact.ts'
import type { ExportOptions } from '../../export/export-options.ts'
import { exportCredential } from '../../export/formats.ts'
import { exportMtlsLayout } from '../../export/layout.ts'
import { type HierarchySpec, issuePlan, planHierarchy } from '../../issue/hierarchy.ts'
import type { Credential } from '../../keys/credential.ts'
import { formatPrivateKey } from '../../keys/key-file.ts'
import type { PrivateKey } from '../../keys/keys.ts'
import { findProfile } from '../../profile/find.ts'
import type { CertificateProfile } from '../../profile/profile.ts'
import { draftsOf } from '../../store/abandoned.ts'
import type { FileToWrite } from '../../store/file-writer.ts'
import { placeFiles } from '../../store/file-writer.ts'
import { issuedEvent } from '../../store/issued-event.ts'
import type { Store } from '../../store/store.ts'
import { writeHint, writeWarning } from '../error-report.ts'
import { DEFAULT_PASSWORD, passwordWarning, pfxPassword } from '../export-settings.ts'
import type { Io } from '../io.ts'
import { certificateKind } from '../issuing/certificate-kind.ts'
import { displayPath, type MadeCertificate, madeJson } from '../issuing/made-report.ts'
import {
  addSeedOptions,
  type Circumstances,
  circumstances,
  SEED_CONDITION,
  type SeedFlags,
} from '../issuing/seed-options.ts'
import { readCredential } from '../issuing/stored-credential.ts'
import { writeJson } from '../json.ts'
import { addJsonOption, addStoreOption, type JsonOption, type StoreOptions, storeFlag, storeFrom } from '../options.ts'
import type { HandshakeProof } from '../peer/handshake.ts'
import { glyphs } from '../render/glyphs.ts'
import { paint } from '../render/paint.ts'
import { relativeTime } from '../render/relative-time.ts'
import type { QuickstartJson } from '../result-json.ts'

type Options = StoreOptions &
  JsonOption &
  SeedFlags & {
    readonly handshake?: boolean
    readonly passwordFile?: string
    readonly keyPasswordFile?: string
  }

export function define(command: Command): void {
  command
    .option('--no-handshake', 'leave out the proof')
    .option('--password-file <file>', `password of the PFX files (or PKI_PASSWORD; default: ${DEFAULT_PASSWORD})`)
    .option('--key-password-file <file>', 'password of keys that are in the store already (or PKI_KEY_PASSWORD)')
  addSeedOptions(command, 'certificates')
  addStoreOption(command)
  addJsonOption(command)
}

export const conditions = [SEED_CONDITION]

const HIERARCHY: HierarchySpec = {
  certificates: [
    { name: 'root', profile: 'root' },
    { name: 'intermediate', profile: 'intermediate', from: 'root' },
    { name: 'server', profile: 'server', from: 'intermediate', names: ['localhost', '127.0.0.1', '::1'] },
    { name: 'client', profile: 'client', from: 'intermediate' },
  ],
}

const NAMES = HIERARCHY.certificates.map(({ name }) => name)

export async function run(_args: readonly unknown[], options: Options, world: Io): Promise<number> {
  const facts = await circumstances(options, world)
  const { io } = facts
  const store = storeFrom(options, io)
  const existing = await readExisting(store, options, io)
  const issued = await issueMissing(existing, facts)
  const credentials = new Map([
    ...existing,
    ...[...issued].map(([name, { credential }]) => [name, credential] as const),
  ])
  for (const { problems } of issued.values()) for (const { message } of problems) writeWarning(io, message)

  const exports = missingExports(store, await exportAll(credentials, options, facts))
  const made = storeAll(store, issued, exports, io)
  const proof = options.handshake !== false ? await prove(credentials) : undefined
  report({ store, made, credentials, exports: exports.map(({ path }) => path), proof }, options, io)
  return 0
}

/** What is there already stays; the rest is made below it. */
async function readExisting(store: Store, options: Options, io: Io): Promise<ReadonlyMap<string, Credential>> {
  const existing = new Map<string, Credential>()
  for (const name of NAMES) if (store.has(name)) existing.set(name, await readCredential(store, name, options, io))
  return existing
}

async function issueMissing(existing: ReadonlyMap<string, Credential>, { io, seeded, mark }: Circumstances) {
  const plan = planHierarchy(HIERARCHY, new Set(existing.keys()))
  const profiles = new Map<string, CertificateProfile>()
  for (const { profile } of plan.steps) {
    profiles.set(profile, mark(await findProfile(profile, { projectDir: io.cwd })))
  }
  return issuePlan(plan, { profiles, existing: (name) => existing.get(name), now: io.now(), random: io.random, seeded })
}

/** PFX, PEM and CRT of each, and the files that articles about mutual TLS name. */
async function exportAll(
  credentials: ReadonlyMap<string, Credential>,
  options: Options,
  { io, exportRandom }: Circumstances,
): Promise<readonly Artifact[]> {
  const password = pfxPassword(options, io) ?? DEFAULT_PASSWORD
  const settings = (format: string, name: string): ExportOptions => ({ password, random: exportRandom(format, name) })
  const { server, client } = leaves(credentials)
  const hasKeys = server.privateKey !== undefined && client.privateKey !== undefined
  const layout = hasKeys ? await exportMtlsLayout({ server, client }, settings('mtls', 'mtls')) : []
  // Deriving keys from a password is what takes the time here: the PFX of the server is made once for both places.
  const serverPfx = layout.find(({ fileName }) => fileName === 'server.pfx')

  const artifacts: Artifact[] = []
  for (const [name, credential] of credentials) {
    for (const format of ['crt', 'pem', 'pfx'] as const) {
      if (format === 'pfx' && credential.privateKey === undefined) continue
      if (format === 'pfx' && name === 'server' && serverPfx !== undefined) artifacts.push(serverPfx)
      else artifacts.push(...(await exportCredential(credential, name, { ...settings(format, name), format })))
    }
  }
  return [...artifacts, ...layout.map((artifact) => ({ ...artifact, fileName: `mtls/${artifact.fileName}` }))]
}

function leaves(credentials: ReadonlyMap<string, Credential>): { server: Credential; client: Credential } {
  return { server: credentials.get('server') as Credential, client: credentials.get('client') as Credential }
}

/** Exports that somebody may have in use already are left alone. */
function missingExports(store: Store, artifacts: readonly Artifact[]): readonly FileToWrite[] {
  const files = artifacts.map(({ fileName, bytes, mode }) => {
    return { path: join(store.exportFolder, ...fileName.split('/')), bytes, mode }
  })
  return files.filter(({ path }) => !existsSync(path))
}

/** Everything at once: a quickstart that fails leaves nothing behind. */
function storeAll(
  store: Store,
  issued: Awaited<ReturnType<typeof issueMissing>>,
  exports: readonly FileToWrite[],
  io: Io,
): readonly MadeCertificate[] {
  if (issued.size === 0) {
    placeFiles(store.folder, exports, { drafts: draftsOf(io.process) }).keep()
    return []
  }
  const issuerOf = new Map(HIERARCHY.certificates.map(({ name, from }) => [name, from]))
  const items = [...issued].map(([name, { credential }]) => {
    const { certificate, chain, privateKey } = credential
    const issuerName = issuerOf.get(name)
    const [above] = chain
    const issuer =
      issuerName === undefined || above === undefined ? undefined : { name: issuerName, certificate: above }
    const key = { pem: formatPrivateKey(privateKey as PrivateKey, { format: 'pkcs8' }) }
    return { credential: { name, certificate, chain, key }, event: issuedEvent({ name, certificate }, issuer, name) }
  })
  const paths = store.putAll(items, { now: io.now() }, exports)
  return [...issued].map(([name, { credential, problems }], i) => {
    const { certificate } = credential
    return { name, issuedBy: issuerOf.get(name), certificate, problems, outcome: 'issued', paths: paths[i] }
  })
}

async function prove(credentials: ReadonlyMap<string, Credential>): Promise<HandshakeProof> {
  const { proveMutualTls } = await import('../peer/handshake.ts')
  return proveMutualTls({ ...leaves(credentials), host: 'localhost' })
}

interface QuickstartResult {
  readonly store: Store
  readonly made: readonly MadeCertificate[]
  readonly credentials: ReadonlyMap<string, Credential>
  readonly exports: readonly string[]
  readonly proof: HandshakeProof | undefined
}

function report(result: QuickstartResult, options: Options, io: Io): void {
  const { store, made, exports, proof } = result
  if (options.json === true) {
    const json: QuickstartJson = {
      schema: 'pki.quickstart/1',
      folder: store.folder,
      outcome: made.length === 0 ? 'kept' : 'made',
      certificates: made.map((one) => madeJson(one, io.now())),
      exported: exports,
      handshake: proof ?? null,
    }
    writeJson(io, json)
    return
  }
  io.stdout.write(`${resultLines(result, storeFlag(options, io), io).join('\n')}\n`)
  const warning = exports.length > 0 ? passwordWarning(options, io) : undefined
  if (warning !== undefined) writeWarning(io, warning.message)
  if (made.length === 0) writeHint(io, 'it was all there already; remove the folder, or pass --dir, to begin anew')
}

function resultLines(
  { store, made, credentials, exports, proof }: QuickstartResult,
  storeFlag: string,
  io: Io,
): readonly string[] {
  const colors = paint(io.stdout)
  const now = io.now()
  const isNew = new Set(made.map(({ name }) => name))
  const { corner, branch: fork } = glyphs(io)
  // The tree of HIERARCHY: a root, a CA, and two leaves.
  const branches = ['', corner, `   ${fork}`, `   ${corner}`]
  const certificates = [...credentials].map(([name, { certificate }], i) => {
    const kind = certificateKind(certificate)
    const branch = branches[i] ?? ''
    const state = isNew.has(name) ? '' : colors.quiet('  there already')
    const rest = kind === name ? '' : `  ${kind}`
    return `  ${colors.quiet(branch)}${colors.strong(name)}${rest}  ${colors.quiet(`ends ${relativeTime(certificate.notAfter.date, now)}`)}${state}`
  })
  const folder = displayPath(store.exportFolder, io)
  const files = exports.map((path) => relative(store.exportFolder, path).replaceAll('\\', '/'))
  return [
    `${colors.good(glyphs(io).good)} ${colors.strong('Certificates')} in ${displayPath(store.folder, io)}`,
    ...certificates,
    ...(files.length === 0
      ? []
      : [`${colors.good(glyphs(io).good)} ${colors.strong('Exports')} in ${folder}`, ...wrapWords(files, 76)]),
    ...(proof === undefined ? [] : proofLines(proof, colors.good(glyphs(io).good))),
    `  next: ${colors.accent(`pki tree${storeFlag}`)}, or ${colors.accent(`pki issue client alice --from intermediate${storeFlag}`)}`,
  ]
}

function proofLines({ protocol, cipher, proven }: HandshakeProof, mark: string): readonly string[] {
  return [`${mark} Proven with ${protocol} (${cipher})`, ...proven.map((sentence) => `    ${sentence}`)]
}

function wrapWords(words: readonly string[], width: number): readonly string[] {
  const lines: string[] = ['   ']
  for (const word of words) {
    if ((lines.at(-1) ?? '').length + word.length + 1 > width) lines.push('   ')
    lines[lines.length - 1] += ` ${word}`
  }
  return lines
}
