/** `pki snippet`: configuration of other people's programs, filled in with the files of the store. */

import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { PkiError } from '../../errors.ts'
import type { Artifact } from '../../export/artifact.ts'
import { findTemplate, listTemplates } from '../../snippet/find.ts'
import type { ClientAuthority, NamedCredential, SnippetFacts, SnippetRole } from '../../snippet/placeholders.ts'
import { fillTemplate, type Snippet, type SnippetTemplate } from '../../snippet/template.ts'
import { writeArtifacts } from '../../store/file-writer.ts'
import type { Store } from '../../store/store.ts'
import type { Certificate } from '../../x509/certificate.ts'
import { KEY_PURPOSE, oidName } from '../../x509/oids.ts'
import { writeHint, writeWarning } from '../error-report.ts'
import { type FlagCondition, onlyBeside } from '../flag-condition.ts'
import type { Io } from '../io.ts'
import { displayPath } from '../issuing/made-report.ts'
import { namingOption, readCredential, readPublicCredential } from '../issuing/stored-credential.ts'
import { writeJson } from '../json.ts'
import { addJsonOption, addStoreOption, type JsonOption, type StoreOptions, storeFrom } from '../options.ts'
import { requireWritable, writeOutput } from '../output-file.ts'
import { paint } from '../render/paint.ts'
import type { WarningJson } from '../result-json.ts'

type Options = StoreOptions &
  JsonOption & {
    readonly server?: string
    readonly client?: string
    readonly clientCa?: string
    readonly port?: string
    readonly backend?: string
    readonly keyPasswordFile?: string
    readonly out?: string
    readonly force?: boolean
  }

export function define(command: Command): void {
  command
    .argument('[name]', 'which; without it they are listed')
    .option('--server <name>', 'the certificate of the server (default: server)')
    .option('--client-ca <name>', 'the authority that clients must come from')
    .option('--client <name>', 'the certificate of the client (default: client)')
    .option('--port <port>', 'where the server, or the proxy, listens (default: 8443)')
    .option('--backend <url>', 'where a proxy sends requests (default: http://127.0.0.1:8080)')
    .option('--key-password-file <file>', 'password of private keys in the store (or PKI_KEY_PASSWORD)')
    .option('--out <file>', 'file to write to (default: standard output)')
    .option('--force', 'replace the file if it is there')
    .addHelpText(
      'after',
      [
        '',
        'The files that a snippet names are exported to exports/ in the store, if they are not there.',
        "A project's own snippets lie in pki-templates/consumers/ and come first.",
        '',
      ].join('\n'),
    )
  addStoreOption(command)
  addJsonOption(command)
}

export const conditions: readonly FlagCondition[] = [
  {
    flags: ['--server', '--client-ca', '--client', '--port', '--backend', '--out', '--force', '--key-password-file'],
    goesWith: 'the name of a snippet',
    holds: (_, [name]) => name !== undefined,
  },
  onlyBeside(['--force'], { out: '--out' }),
]

export async function run([name]: readonly [name?: string], options: Options, io: Io): Promise<number> {
  const folders = [
    join(io.cwd, 'pki-templates', 'consumers'),
    join(io.packageFolder, 'templates', 'consumers'),
  ] as const
  if (name === undefined) return showList(folders, options, io)
  const { template } = findTemplate(name, folders)
  requireWritable(options.out, options.force, io)
  const store = storeFrom(options, io)
  const facts = await readFacts(template, store, options, io)
  const snippet = fillTemplate(template, facts, (fileName) => readablePath(join(store.exportFolder, fileName), io))
  const { files, warnings } = await exportFiles(snippet, facts, store)
  warnings.push(...wrongPurposeWarnings(facts))
  if (facts.clientCa !== undefined) warnings.push(...narrowTrustWarning(facts.clientCa))
  report({ template, snippet, files, warnings }, options, io)
  return 0
}

function showList(folders: readonly string[], { json }: JsonOption, io: Io): number {
  const found = listTemplates(folders)
  if (json === true) {
    const snippets = found.map(({ file, template }) => {
      const { name, description, fileName, needs } = template
      return { name, file, description, fileName, needs }
    })
    writeJson(io, { schema: 'pki.snippets/1', snippets })
    return 0
  }
  const colors = paint(io.stdout)
  const width = Math.max(...found.map(({ template }) => template.name.length)) + 2
  for (const { template } of found) {
    io.stdout.write(`${colors.strong(template.name.padEnd(width))}${template.description}\n`)
  }
  return 0
}

async function readFacts(template: SnippetTemplate, store: Store, options: Options, io: Io): Promise<SnippetFacts> {
  return {
    port: parsePort(options.port ?? '8443'),
    backend: parseBackend(options.backend ?? 'http://127.0.0.1:8080'),
    random: io.random,
    server: await readNamed(template, 'server', store, options, io),
    client: await readNamed(template, 'client', store, options, io),
    clientCa: template.needs.includes('clientCa') ? readClientAuthority(template, store, options) : undefined,
  }
}

/** Undefined if the template needs none. With its key only if it names a file with the key: that may need a password. */
async function readNamed(
  { needs, parts }: SnippetTemplate,
  role: SnippetRole,
  store: Store,
  options: Options,
  io: Io,
): Promise<NamedCredential | undefined> {
  if (!needs.includes(role)) return undefined
  const name = options[role] ?? role
  const needsKey = parts.some(
    (part) => typeof part !== 'string' && (part.name === `${role}.key` || part.name === `${role}.pem`),
  )
  let credential: NamedCredential['credential']
  try {
    // Whose key is to be exported is looked at before its key is unlocked.
    requireEndEntity(role, name, readPublicCredential(store, name).certificate)
    credential = needsKey ? await readCredential(store, name, options, io) : readPublicCredential(store, name)
  } catch (cause) {
    throw namingOption(cause, `--${role} <name> says which certificate is meant`)
  }
  return { name, credential }
}

/** The key of an authority has no business on a server. @throws PkiError `usage.option` */
function requireEndEntity(role: SnippetRole, name: string, certificate: Certificate): void {
  if (!isAuthority(certificate)) return
  throw new PkiError('usage.option', `--${role}: ${name} is an authority, whose key is not for a ${role}`, {
    hint: `pki issue ${role} --from ${name}`,
  })
}

/** It may be what is to be tried, but hardly ever is. */
function wrongPurposeWarnings({ server, client }: SnippetFacts): readonly WarningJson[] {
  const named = [
    ['server', server, KEY_PURPOSE.serverAuth],
    ['client', client, KEY_PURPOSE.clientAuth],
  ] as const
  return named.flatMap(([role, holder, purpose]): readonly WarningJson[] => {
    const { extKeyUsage } = holder?.credential.certificate.decoded ?? {}
    const allowed: readonly string[] = [purpose, KEY_PURPOSE.anyExtendedKeyUsage]
    if (holder === undefined || extKeyUsage === undefined || extKeyUsage.some((oid) => allowed.includes(oid))) return []
    const message = `${holder.name} is not for ${role}s: its extKeyUsage lacks ${oidName(purpose)}`
    return [{ code: `${role}.purpose`, message }]
  })
}

/**
 * The authority with all above it, and those of the store below it. Trust is said, not guessed: there is no default.
 * @throws PkiError `usage.option` without `--client-ca`, or if that is no authority
 */
function readClientAuthority(template: SnippetTemplate, store: Store, { clientCa }: Options): ClientAuthority {
  if (clientCa === undefined) {
    throw new PkiError('usage.option', `${template.name} needs --client-ca <name>: whom clients must come from`, {
      hint: `pki snippet ${template.name} --client-ca root; pki tree shows the authorities`,
    })
  }
  const certificate = store.readCertificate(clientCa)
  if (!certificate.isSelfIssued && !isAuthority(certificate)) {
    throw new PkiError('usage.option', `--client-ca: ${clientCa} is no authority`, { hint: 'pki tree shows them' })
  }
  const below = store
    .chainNames()
    .filter((name) => store.readChain(name).some((above) => isSame(above, certificate)))
    .map((name) => store.readCertificate(name))
    .filter(isAuthority)
  return { name: clientCa, certificates: [certificate, ...store.readChain(clientCa), ...below] }
}

function isAuthority({ decoded }: Certificate): boolean {
  return decoded.basicConstraints?.cA === true
}

function isSame(a: Certificate, b: Certificate): boolean {
  return Buffer.compare(a.encoded, b.encoded) === 0
}

/** @throws PkiError `usage.option` */
function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port >= 1 && port <= 65_535) return port
  throw new PkiError('usage.option', `--port: not a port: ${text}`)
}

/** @throws PkiError `usage.option` for anything but `http://host[:port]` */
function parseBackend(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'http:' && url.href === `${url.origin}/`) return url
  throw new PkiError('usage.option', `--backend: not http://host:port: ${text}`, {
    hint: 'the proxy ends TLS, and says in headers who the client is; a path belongs into the snippet',
  })
}

/** Forward slashes on Windows too: every consumer takes them, and several read a backslash as something else. */
function readablePath(path: string, io: Io): string {
  return io.platform === 'win32' ? path.replaceAll('\\', '/') : path
}

interface NamedFile {
  readonly path: string
  readonly outcome: 'exported' | 'kept'
}

/** Exports what is not there. What is there may be in use, and stays, but who made it anew meanwhile is told. */
async function exportFiles({ files }: Snippet, facts: SnippetFacts, store: Store) {
  const warnings: WarningJson[] = []
  const missing: Artifact[] = []
  const named: NamedFile[] = []
  for (const { fileName, build, lacksKey } of files) {
    const path = resolve(store.exportFolder, fileName)
    const isThere = existsSync(path)
    named.push({ path, outcome: isThere ? 'kept' : 'exported' })
    // A key that is kept elsewhere may have been put there by hand.
    if (isThere && lacksKey) continue
    const artifact = await build(facts)
    if (!isThere) missing.push(artifact)
    else if (Buffer.compare(readFileSync(path), artifact.bytes) !== 0) {
      warnings.push({
        code: 'export.differs',
        message: `${path} is not what the store holds now; remove it to have it exported anew`,
      })
    }
  }
  writeArtifacts(store.exportFolder, missing)
  return { files: named, warnings }
}

/** Most programs believe a path only if it ends in a self-issued certificate, and that then speaks for all below it. */
function narrowTrustWarning({ name, certificates: [certificate] }: ClientAuthority): readonly WarningJson[] {
  if (certificate === undefined || certificate.isSelfIssued) return []
  return [
    {
      code: 'client-ca.not-root',
      message: `${name} is not a root: programs that check with OpenSSL accept clients of everything below its root`,
    },
  ]
}

interface Result {
  readonly template: SnippetTemplate
  readonly snippet: Snippet
  readonly files: readonly NamedFile[]
  readonly warnings: readonly WarningJson[]
}

function report({ template, snippet, files, warnings }: Result, options: Options, io: Io): void {
  for (const { message } of warnings) writeWarning(io, message)
  const out = options.json === true && options.out === undefined ? undefined : (options.out ?? '-')
  const bytes = new TextEncoder().encode(snippet.text)
  const [path = null] = options.json === true && out === '-' ? [] : writeOutput(out, bytes, options.force, io)
  if (options.json === true) {
    const { name, description, fileName } = template
    writeJson(io, { schema: 'pki.snippet/1', name, description, fileName, path, text: snippet.text, files, warnings })
    return
  }
  const exported = files.filter(({ outcome }) => outcome === 'exported')
  for (const file of exported) io.stderr.write(`pki: exported ${displayPath(file.path, io)}\n`)
  if (path === null) writeHint(io, `this is ${template.fileName}; --out writes it to a file`)
}
