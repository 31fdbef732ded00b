/** `pki connect`: a TLS handshake, step by step as it happened, and what the engine thinks of the server. */

import type { Command } from 'commander'
import { DerError } from '../../der/reader.ts'
import { PkiError } from '../../errors.ts'
import { shakeHands, type TlsClientOptions } from '../../serve/tls-client.ts'
import { onlyBeside } from '../flag-condition.ts'
import type { Io } from '../io.ts'
import { readCredential } from '../issuing/stored-credential.ts'
import { writeJson } from '../json.ts'
import {
  addJsonOption,
  addStoreOption,
  type JsonOption,
  parseFlagInstant,
  repeatable,
  type StoreOptions,
  storeFrom,
} from '../options.ts'
import { judgeServer, type PresentedChain, presentedBy, readStapled } from '../peer/connection-verdict.ts'
import { parsePeerOrHost } from '../peer/peer-address.ts'
import { glyphs } from '../render/glyphs.ts'
import { paint } from '../render/paint.ts'
import { type Connection, connectionJson, connectionLines } from '../render/render-connection.ts'
import { formatLines, textWidth } from '../render/styled-text.ts'
import { readTrustAnchors } from '../verify/verify-inputs.ts'

interface ConnectOptions extends StoreOptions, JsonOption {
  readonly cert?: string
  readonly trust?: readonly string[]
  readonly servername?: string
  readonly at?: string
  /** False with `--no-verify`. */
  readonly verify?: boolean
  readonly keyPasswordFile?: string
}

export function define(command: Command): void {
  command
    .argument('<host:port>', 'or a URL of https; a host alone means its port 443')
    .option('--cert <name>', 'the client certificate, by its name in the store, for a server that asks for one')
    .option('--trust <file|name>', 'whom the server may have its certificate from (repeatable)', repeatable)
    .option('--servername <name>', 'the name to ask for, where it is not the host')
    .option('--at <instant>', 'judge as of then (default: now)')
    .option('--no-verify', 'show what happens, and judge nothing')
    .option('--key-password-file <file>', 'password of the private key (or PKI_KEY_PASSWORD)')
  addStoreOption(command)
  addJsonOption(command)
  command.addHelpText('after', EXAMPLES)
}

export const conditions = [onlyBeside(['--key-password-file'], { cert: '--cert' })]

const EXAMPLES = `
Examples:
  pki connect localhost:8443 --trust root --cert alice     against: pki serve tls --cert web --client-ca root
  pki connect example.org --no-verify
`

/** @returns 0 if the handshake was completed and the server is accepted, 1 otherwise */
export async function run(args: readonly unknown[], options: ConnectOptions, io: Io): Promise<number> {
  const target = args[0] as string
  const address = parsePeerOrHost(target)
  if (address === undefined) {
    throw new PkiError('usage.option', `not an address to connect to: ${target}`, {
      hint: 'an address reads localhost:8443, [::1]:8443, https://localhost:8443 or example.org',
    })
  }
  const store = storeFrom(options, io)
  const context = { store, passwordFile: undefined, io }
  const givenTime = options.at === undefined ? undefined : parseFlagInstant(options.at, '--at', io.now())
  const trustAnchors = options.verify === false ? undefined : await readTrustAnchors(options.trust ?? [], context)
  const handshake = await shakeHands({
    ...address,
    serverName: options.servername,
    client: await clientOf(options, io),
    stopwatch: io.stopwatch,
  })
  // Now, and not before: the response that was stapled may be of this very second.
  const at = givenTime ?? io.now()
  const host = options.servername ?? address.host
  const server = presentedBy('server', handshake.steps)
  const stapled = readStapled(handshake.stapled)
  const judging = { source: target, host, stapled: stapled instanceof DerError ? undefined : stapled, at }
  const connection: Connection = {
    target,
    host,
    handshake,
    serverChain: server.certificates,
    clientChain: presentedBy('client', handshake.steps).certificates,
    stapled,
    verdict: trustAnchors && hasCertificate(server) ? judgeServer(server, { ...judging, trustAnchors }) : undefined,
    at,
  }
  report(connection, options, io)
  const isAccepted = options.verify === false || connection.verdict?.accepted === true
  return handshake.completed && isAccepted ? 0 : 1
}

function hasCertificate({ certificates }: PresentedChain): boolean {
  return certificates.length > 0
}

/** @throws PkiError `refused.key`, and as `readCredential` does */
async function clientOf(options: ConnectOptions, io: Io): Promise<TlsClientOptions['client']> {
  const { cert } = options
  if (cert === undefined) return undefined
  const store = storeFrom(options, io)
  const { certificate, chain, privateKey } = await readCredential(store, cert, options, io)
  if (privateKey !== undefined) return { certificate, chain, privateKey }
  throw new PkiError('refused.key', `the private key of ${cert} is not in the store: ${store.keyPath(cert)}`, {
    hint: 'a client proves with it that the certificate is its own; pki import brings one in',
    context: { name: cert },
  })
}

function report(connection: Connection, { json }: JsonOption, io: Io): void {
  if (json === true) writeJson(io, connectionJson(connection))
  else {
    const lines = connectionLines(connection, { glyphs: glyphs(io), width: textWidth(io.stdout) })
    io.stdout.write(formatLines(lines, paint(io.stdout)))
  }
}
