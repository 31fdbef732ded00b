/** `pki show`: everything that a file holds or a server presents, in full and readable. */

import type { Command } from 'commander'
import { malformedCertificate } from '../../container/input.ts'
import { describeCertificate } from '../../describe/describe-certificate.ts'
import { describeInput } from '../../describe/describe-input.ts'
import type { Description } from '../../describe/description.ts'
import type { PkiError } from '../../errors.ts'
import { writeWarning } from '../error-report.ts'
import type { FlagCondition } from '../flag-condition.ts'
import { exists, openInput, readSourceWithKeys } from '../input-source.ts'
import type { Io } from '../io.ts'
import { writeJson } from '../json.ts'
import type { JsonObject } from '../json-value.ts'
import { addJsonOption, addStoreOption, type JsonOption, type StoreOptions, storeFrom } from '../options.ts'
import { type PeerAddress, parsePeerAddress } from '../peer/peer-address.ts'
import { paint } from '../render/paint.ts'
import { describeAsText } from '../render/render-description-text.ts'
import { formatLines, type Line, textWidth } from '../render/styled-text.ts'

interface ShowOptions extends StoreOptions, JsonOption {
  readonly passwordFile?: string
  readonly keyPasswordFile?: string
  readonly servername?: string
}

export function define(command: Command): void {
  command.argument('<input...>', 'files, names in the store, host:port or https URLs; - is standard input')
  command.option('--servername <name>', 'the name to ask a server for, where it is not its host')
  command.option('--password-file <file>', 'the password of a PFX (or PKI_PASSWORD)')
  command.option('--key-password-file <file>', 'the password of a private key (or PKI_KEY_PASSWORD)')
  addJsonOption(command)
  addStoreOption(command)
}

export const conditions: readonly FlagCondition[] = [
  {
    flags: ['--servername'],
    goesWith: '<host:port>',
    holds: (_, [texts]) => (texts as readonly string[]).some((text) => parsePeerAddress(text) !== undefined),
  },
]

/** A description, and where the described thing came from. */
interface Shown {
  readonly source: string
  readonly description: Description
}

export async function run(args: readonly unknown[], options: ShowOptions, io: Io): Promise<number> {
  const shown: Shown[] = []
  const faults: PkiError[] = []
  for (const text of args[0] as readonly string[]) {
    const peer = peerOf(text, options, io)
    if (peer !== undefined) shown.push(...(await lookAtPeer(text, peer)))
    else shown.push(...(await lookAtInput(text, options, io, faults)))
  }
  // One document, or one error: with --json a script must not get both.
  if (options.json === true && faults[0] !== undefined) throw faults[0]
  if (options.json === true) writeJson(io, await shownJson(shown))
  else io.stdout.write(formatLines(shownLines(shown, io), paint(io.stdout)))
  if (faults[0] !== undefined) throw faults[0]
  return 0
}

/** A file of that name comes before a server: a colon is a letter like any other on most systems. */
function peerOf(text: string, { servername }: ShowOptions, io: Io): PeerAddress | undefined {
  const peer = parsePeerAddress(text)
  if (peer === undefined || exists(text, io)) return undefined
  return { ...peer, serverName: servername }
}

async function lookAtPeer(text: string, address: PeerAddress): Promise<readonly Shown[]> {
  const { inspectPeer, describePeer } = await import('../peer/tls-peer.ts')
  const peer = await inspectPeer(address)
  const descriptions = [describePeer(peer), ...peer.certificates.map(describeCertificate)]
  return descriptions.map((description) => ({ source: text, description }))
}

async function lookAtInput(text: string, options: ShowOptions, io: Io, faults: PkiError[]): Promise<readonly Shown[]> {
  const opened = openInput(text, { store: storeFrom(options, io) }, io)
  const { input, leftOut } = await readSourceWithKeys(opened, options, io)
  const { source } = opened
  if (leftOut) writeWarning(io, `${source}: a private key in it is encrypted and was left out`)
  faults.push(...input.malformedCertificates.map(malformedCertificate))
  return describeInput(input).map((description) => ({ source, description }))
}

function shownLines(shown: readonly Shown[], io: Io): readonly Line[] {
  const options = { now: io.now(), width: textWidth(io.stdout) }
  return shown.flatMap(({ source, description }, i) => {
    const note = shown.length === 1 ? '' : `${source}, ${i + 1} of ${shown.length}`
    return [...(i === 0 ? [] : [[]]), ...describeAsText(description, note, options)]
  })
}

/** `pki show --json`; a promise like those in `result-json.ts`. */
export interface ShownJson {
  readonly schema: 'pki.shown/1'
  /** `source`, `kind` and `title` of each thing, and its fields by the names that its RFC gives them. */
  readonly items: readonly JsonObject[]
}

async function shownJson(shown: readonly Shown[]): Promise<ShownJson> {
  const { descriptionJson } = await import('../render/render-description-json.ts')
  const items = shown.map(({ source, description }) => ({ source, ...descriptionJson(description) }))
  return { schema: 'pki.shown/1', items }
}
