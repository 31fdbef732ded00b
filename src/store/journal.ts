/**
 * The journal: what happened in a store, one JSON object a line, only ever appended to.
 *
 * A line is written with a single `write` in append mode, which operating systems do not mix with the lines of another
 * process. A line that a crash has torn is passed over by the reader, and the next event starts on a line of its own.
 */

import { createHash } from 'node:crypto'
import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { PkiError } from '../errors.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { CrlReason } from '../x509/crl-extension.ts'
import { asRefusal } from './file-writer.ts'

/** Version of the events' shape; readers pass over what is newer than they know. */
export const JOURNAL_VERSION = 1

/** Facts that every event about one certificate has. */
interface CertificateFacts {
  readonly name: string
  /** SHA-256 of the certificate, lower-case hex: which of several certificates that had this name. */
  readonly fingerprint: string
}

/** What can happen. Dates are ISO 8601, serial numbers lower-case hex. */
export type JournalEvent =
  | (CertificateFacts & {
      readonly event: 'issued'
      /** Absent for a self-signed certificate. */
      readonly issuer?: string
      /** SHA-256 of the issuer's certificate. */
      readonly issuerFingerprint?: string
      /** {@link issuerKeyHash}; for a self-signed certificate that of its own key. */
      readonly issuerKeyHash?: string
      /** It may issue certificates itself. */
      readonly isCa?: boolean
      readonly serialNumber: string
      readonly notAfter: string
      readonly subject: string
      readonly profile?: string
      /** Ids of what is wrong with it on purpose. */
      readonly defects?: readonly string[]
      /** Fingerprint of the entry of a hierarchy file that it was made from. */
      readonly specification?: string
      /** SHA-256 of the certificate with the same key that this one takes the place of. */
      readonly renews?: string
    })
  | (CertificateFacts & { readonly event: 'imported'; readonly serialNumber: string; readonly notAfter: string })
  | (RevocationFacts & {
      readonly event: 'revoked'
      readonly reason: CrlReason
      /** From when on it is revoked: CRLs and OCSP responses of an earlier time do not say so. */
      readonly revocationDate: string
      readonly invalidityDate?: string
      /** It may issue certificates: CRLs can be limited to those that do or do not. */
      readonly isCa: boolean
      /** The hierarchy file that says so; absent where somebody revoked it by hand. */
      readonly file?: string
    })
  | (RevocationFacts & { readonly event: 'unrevoked' })
  /** A certificate that was there before counts as made from an entry of a hierarchy file from now on. */
  | (CertificateFacts & { readonly event: 'adopted'; readonly specification: string })
  /** The file with the certificates above it was written anew, because its issuer was renewed. */
  | (CertificateFacts & { readonly event: 'rechained'; readonly issuerFingerprint: string })
  | (CertificateFacts & { readonly event: 'removed' })
  | {
      readonly event: 'exported'
      readonly name: string
      /** Fingerprint of what was exported, and how. */
      readonly specification: string
      /** What the entry of the hierarchy file wants exported; absent in what older versions have noted. */
      readonly exports?: readonly { readonly formats: readonly string[]; readonly out: string; readonly for?: string }[]
      /** Below `exports/` in the store, with `/` between their parts. */
      readonly files: readonly string[]
    }
  /** Exports that the hierarchy file no longer names were removed. */
  | { readonly event: 'unexported'; readonly name: string; readonly files: readonly string[] }
  /** Everything that was noted up to here is in its place. */
  | { readonly event: 'applied'; readonly file: string }
  | { readonly event: 'requested'; readonly name: string; readonly subject: string }
  | {
      readonly event: 'crl-issued'
      /** Name in the store of the certificate that signs it. */
      readonly issuer: string
      readonly issuerKeyHash: string
      /** Decimal. */
      readonly crlNumber: string
      readonly thisUpdate: string
      readonly nextUpdate: string
      /** Decimal number of the complete CRL that it is a delta to. */
      readonly baseCrlNumber?: string
      /** The hierarchy file that wants it; absent for one that was made by hand or by a server. */
      readonly file?: string
    }

/** Facts of a revocation and of its end. Issuer and serial number say whose it is; the rest is for people. */
interface RevocationFacts {
  /** Name in the store; absent for a certificate that never was there. */
  readonly name?: string
  readonly fingerprint: string
  readonly issuer: string
  readonly issuerKeyHash: string
  readonly serialNumber: string
  /** Of one that another shard writes: fingerprint of the entry of the hierarchy file that it was made from. */
  readonly specification?: string
}

/**
 * What the journal knows an issuer by: SHA-256 of its subjectPublicKeyInfo, lower-case hex. Names are given again and
 * certificates renewed, but what is revoked under a key stays revoked under it.
 */
export function issuerKeyHash({ publicKey }: Pick<Certificate, 'publicKey'>): string {
  const known = keyHashes.get(publicKey)
  if (known !== undefined) return known
  const hash = createHash('sha256').update(publicKey.encoded).digest('hex')
  keyHashes.set(publicKey, hash)
  return hash
}

/** A responder asks for the same few at every request. */
const keyHashes = new WeakMap<Certificate['publicKey'], string>()

/** An event as it stands in the file. */
export type JournalEntry = JournalEvent & { readonly v: number; readonly at: string }

export interface Journal {
  readonly entries: readonly JournalEntry[]
  /** Numbers, from 1, of lines that are not events. */
  readonly damagedLines: readonly number[]
}

const LINE_FEED = 0x0a

export interface AppendOptions {
  /** Return only when the event is on the disk and survives a power failure; costs milliseconds. */
  readonly durable?: boolean | undefined
}

/**
 * Appends events, all of them in one write.
 * @throws PkiError `refused.write`
 */
export function appendEvents(
  path: string,
  events: readonly JournalEvent[],
  now: Date,
  { durable }: AppendOptions = {},
): void {
  const lines = events
    .map((event) => `${JSON.stringify({ v: JOURNAL_VERSION, at: now.toISOString(), ...event })}\n`)
    .join('')
  try {
    const file = openSync(path, 'a+', 0o600)
    const { size } = fstatSync(file)
    try {
      writeWhole(file, size, endsInsideLine(file, size) ? `\n${lines}` : lines)
      if (durable === true) fsyncSync(file)
      if (durable === true && size === 0) syncFolder(dirname(path))
    } catch (error) {
      if (size === 0 && fstatSync(file).size === 0) unlinkSync(path)
      throw error
    } finally {
      closeSync(file)
    }
  } catch (error) {
    throw asRefusal(error, path)
  }
}

/** Writes all of the text at the end of a file of `size` octets, or leaves that as it was. */
function writeWhole(file: number, size: number, text: string): void {
  const bytes = Buffer.from(text)
  const written = writeSync(file, bytes)
  if (written === bytes.length) return
  // A disk that is full takes a part. Nobody can have written behind it, unless there is room again.
  if (fstatSync(file).size === size + written) ftruncateSync(file, size)
  throw Object.assign(new Error('the line was written in part'), { code: 'ENOSPC', syscall: 'write' })
}

/** A new file is found again only if its folder was written too. Windows has no such call, and no need of it. */
function syncFolder(folder: string): void {
  let file: number
  try {
    file = openSync(folder, 'r')
  } catch (error) {
    if (['EISDIR', 'EPERM', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return
    throw error
  }
  try {
    fsyncSync(file)
  } catch (error) {
    if (!['EPERM', 'EINVAL', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  } finally {
    closeSync(file)
  }
}

function endsInsideLine(file: number, size: number): boolean {
  if (size === 0) return false
  const last = new Uint8Array(1)
  readSync(file, last, 0, 1, size - 1)
  return last[0] !== LINE_FEED
}

/**
 * All events, oldest first. A store without a journal has had none.
 * @throws PkiError `input.unreadable`
 */
export function readJournal(path: string): Journal {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return { entries: [], damagedLines: [] }
    throw new PkiError('input.unreadable', `${path}: ${WHY_UNREADABLE[code] ?? message}`, {
      context: { path },
      cause: error,
    })
  }
  const entries: JournalEntry[] = []
  const damagedLines: number[] = []
  for (const [i, line] of text.split('\n').entries()) {
    if (line === '') continue
    const entry = parseEntry(line)
    if (entry === undefined) damagedLines.push(i + 1)
    else if (entry.v <= JOURNAL_VERSION) entries.push(entry)
  }
  return { entries, damagedLines }
}

const WHY_UNREADABLE: Readonly<Record<string, string>> = {
  EACCES: 'no permission to read it',
  EPERM: 'no permission to read it',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is a file',
}

/** One line as an event, undefined if it is none. The version is not looked at. */
export function parseEntry(line: string): JournalEntry | undefined {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
  const isEntry = typeof value === 'object' && value !== null && 'v' in value && 'at' in value && 'event' in value
  return isEntry ? (value as JournalEntry) : undefined
}
