/** Finds every certificate in folders: PEM bundles, DER, PKCS#7 and PFX, told by their content. */

import { type Dirent, lstatSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Input } from '../container/input.ts'
import { readInput } from '../container/read-input.ts'
import { PkiError } from '../errors.ts'
import type { Certificate } from '../x509/certificate.ts'
import { readInputFile } from './input-file.ts'
import type { Io } from './io.ts'

/** A certificate in a file. */
export interface FoundCertificate {
  /** The path, below what was searched. */
  readonly source: string
  /** Counted from 1 inside the file. */
  readonly block: number
  readonly certificate: Certificate
}

/** A file that looks as if it held certificates, or a folder, and cannot be read. */
export interface UnreadableFile {
  readonly source: string
  readonly error: PkiError
}

export interface SearchResult {
  readonly certificates: readonly FoundCertificate[]
  readonly unreadable: readonly UnreadableFile[]
  /** How many files were looked at. */
  readonly files: number
}

/** Larger files hold no certificates. A bundle of all public roots is a quarter of this. */
const MAX_FILE_SIZE = 1 << 20

/** What nobody means when they name a project's folder. */
const LEFT_OUT = new Set(['.git', 'node_modules'])

/**
 * Searches files and folders, in alphabetical order. Of symbolic links inside them, those to files are followed, as
 * certbot and `/etc/ssl/certs` have them; those to folders are not, since what lies there may be above.
 * @param passwords tried on every PFX, one after the other
 * @throws PkiError `input.not-found` for a path that is not there
 */
export async function searchCertificates(
  paths: readonly string[],
  passwords: readonly string[],
  io: Io,
): Promise<SearchResult> {
  const certificates: FoundCertificate[] = []
  const unreadable: UnreadableFile[] = []
  let files = 0
  const onUnreadable = (source: string, error: PkiError) => void unreadable.push({ source, error })
  for (const source of paths.flatMap((path) => [...filesBelow(path, io, onUnreadable)])) {
    files++
    try {
      const input = await readIfCertificates(source, passwords, io)
      if (input === undefined) continue
      input.certificates.forEach((certificate, i) => void certificates.push({ source, block: i + 1, certificate }))
      for (const { error } of input.malformedCertificates) unreadable.push({ source, error: malformed(source, error) })
    } catch (error) {
      if (!(error instanceof PkiError)) throw error
      unreadable.push({ source, error })
    }
  }
  return { certificates, unreadable, files }
}

function* filesBelow(path: string, io: Io, onUnreadable: (folder: string, error: PkiError) => void): Generator<string> {
  const stat = lstatSync(resolve(io.cwd, path), { throwIfNoEntry: false })
  if (stat === undefined) {
    throw new PkiError('input.not-found', `${path}: no such file or folder`, { context: { file: path } })
  }
  if (!stat.isDirectory()) {
    yield path
    return
  }
  let entries: readonly Dirent[]
  try {
    entries = readdirSync(resolve(io.cwd, path), { withFileTypes: true }).sort(byName)
  } catch (error) {
    onUnreadable(path, unreadableFolder(path, error as NodeJS.ErrnoException))
    return
  }
  for (const entry of entries) {
    if (LEFT_OUT.has(entry.name)) continue
    const below = join(path, entry.name)
    if (entry.isDirectory()) yield* filesBelow(below, io, onUnreadable)
    else if (isSmallFile(resolve(io.cwd, below), entry)) yield below
  }
}

function unreadableFolder(path: string, error: NodeJS.ErrnoException): PkiError {
  const isForbidden = error.code === 'EACCES' || error.code === 'EPERM'
  return new PkiError('input.unreadable', `${path}: ${isForbidden ? 'no permission to read it' : error.message}`, {
    context: { path, reason: error.code },
    cause: error,
  })
}

function isSmallFile(path: string, entry: Dirent): boolean {
  if (!entry.isFile() && !entry.isSymbolicLink()) return false
  try {
    const stat = statSync(path)
    return stat.isFile() && stat.size <= MAX_FILE_SIZE
  } catch (error) {
    // A link that leads nowhere, in a circle or to where nobody may look is no file; one that is gone is none either.
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return false
    throw error
  }
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1
}

/** Endings that say that a file holds certificates: one that then does not is told about. */
const PROMISING = /\.(pem|crt|cer|der|p7b|p7c|pfx|p12|jks)$/i

/** The content of a file, undefined if it is something else than certificates. */
async function readIfCertificates(source: string, passwords: readonly string[], io: Io): Promise<Input | undefined> {
  const bytes = readInputFile(source, io)
  const isPem = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('-----BEGIN ')
  if (!isPem && bytes[0] !== SEQUENCE && !PROMISING.test(source)) return undefined
  try {
    return await readWithPasswords(source, bytes, passwords)
  } catch (error) {
    // Some other ASN.1, or a text that speaks of PEM, is none of our business.
    const isForeign = error instanceof PkiError && error.code === 'input.malformed' && !PROMISING.test(source)
    if (isForeign) return undefined
    throw error
  }
}

const SEQUENCE = 0x30

async function readWithPasswords(source: string, bytes: Uint8Array, passwords: readonly string[]): Promise<Input> {
  let refusal: unknown
  for (const password of passwords) {
    try {
      return await readInput(bytes, { source, password, privateKeys: 'skip' })
    } catch (error) {
      if (!(error instanceof PkiError) || error.code !== 'input.password') throw error
      refusal ??= error
    }
  }
  throw refusal
}

function malformed(source: string, error: Error): PkiError {
  return new PkiError('input.malformed', `${source}: a certificate in it is malformed: ${error.message}`, {
    context: { file: source },
    cause: error,
  })
}
