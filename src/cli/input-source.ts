/**
 * Where a command's certificates come from: a file, a folder, standard input, or a name in the store; of any format,
 * recognised by its content. Passwords are asked for only where they turn out to be needed.
 */

import { readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Input } from '../container/input.ts'
import { readInput } from '../container/read-input.ts'
import { PkiError } from '../errors.ts'
import { isCredentialName } from '../store/credential-name.ts'
import type { Store } from '../store/store.ts'
import { readInputFile } from './input-file.ts'
import type { Io } from './io.ts'
import { givenPassword, requirePassword } from './password.ts'

export interface InputSource {
  /** How errors and results name it: the path as given, `-`, or the path of a file in the store. */
  readonly source: string
  readonly bytes: Uint8Array
}

export interface OpenOptions {
  readonly store: Store
  /** For a name in the store: the certificates above it as well, behind it. */
  readonly withChain?: boolean
}

/**
 * The bytes of a file, of standard input (`-`), or, where there is no such file, of a certificate in the store.
 * @throws PkiError `input.not-found`, `input.unreadable`
 */
export function openInput(text: string, { store, withChain }: OpenOptions, io: Io): InputSource {
  if (text === '-' || exists(text, io) || !isStored(text, store))
    return { source: text, bytes: openFile(text, store, io) }
  const source = store.certificatePath(text)
  const files = [source, ...(withChain === true ? [store.chainPath(text)].filter((path) => exists(path, io)) : [])]
  return { source, bytes: Buffer.concat(files.map((path) => readInputFile(path, io))) }
}

function openFile(path: string, store: Store, io: Io): Uint8Array {
  try {
    return readInputFile(path, io)
  } catch (cause) {
    if (!(cause instanceof PkiError) || cause.code !== 'input.not-found' || !store.exists) throw cause
    throw new PkiError('input.not-found', `${path}: no such file, and no such name in ${store.folder}`, {
      hint: 'pki list shows the names; --dir or PKI_DIR names another store',
      context: cause.context,
      cause,
    })
  }
}

/**
 * As {@link openInput}; a folder stands for the files in it, in alphabetical order, hidden ones left out.
 * @throws PkiError `input.not-found`, `input.unreadable`
 */
export function openInputs(text: string, options: OpenOptions, io: Io): readonly InputSource[] {
  if (text === '-' || !isFolder(text, io)) return [openInput(text, options, io)]
  const files = readdirSync(resolve(io.cwd, text))
    .filter((name) => !name.startsWith('.'))
    .sort()
    .map((name) => join(text, name))
  return files.filter((file) => !isFolder(file, io)).map((source) => ({ source, bytes: readInputFile(source, io) }))
}

/** Whether there is a file or folder of this name. */
export function exists(path: string, io: Io): boolean {
  return statSync(resolve(io.cwd, path), { throwIfNoEntry: false }) !== undefined
}

/** Whether there is a folder of this name. */
export function isFolder(path: string, io: Io): boolean {
  return statSync(resolve(io.cwd, path), { throwIfNoEntry: false })?.isDirectory() === true
}

/** Text that could not be a name is a path, and no fault of the name. */
function isStored(text: string, store: Store): boolean {
  return isCredentialName(text) && store.has(text)
}

export interface ReadOptions {
  /** The values of `--password-file` and `--key-password-file`. */
  readonly passwordFile?: string | undefined
  readonly keyPasswordFile?: string | undefined
  /** `skip` leaves private keys unread. */
  readonly privateKeys: 'read' | 'skip'
}

/**
 * What an input holds.
 * @throws PkiError `input.malformed`, `input.password`, `input.unsupported`
 */
export async function readSource(input: InputSource, options: ReadOptions, io: Io): Promise<Input> {
  const { bytes } = input
  const source = input.source === '-' ? 'standard input' : input.source
  const { passwordFile, keyPasswordFile, privateKeys } = options
  const ofPfx = {
    what: `file ${source}`,
    flag: '--password-file',
    file: passwordFile,
    variable: 'PKI_PASSWORD',
  } as const
  const ofKey = {
    what: source,
    flag: '--key-password-file',
    file: keyPasswordFile,
    variable: 'PKI_KEY_PASSWORD',
  } as const
  const password = givenPassword(ofPfx, io) ?? (privateKeys === 'read' ? givenPassword(ofKey, io) : undefined)
  try {
    return await readInput(bytes, { source, password, privateKeys })
  } catch (error) {
    const isMissing = error instanceof PkiError && error.code === 'input.password' && password === undefined
    if (!isMissing || !io.interactive) throw error
    return readInput(bytes, { source, password: await requirePassword(ofPfx, io), privateKeys })
  }
}

/**
 * As {@link readSource} with its private keys; but one that nobody gave a password for hides nothing else.
 * @returns what there is, and whether a key was left out
 */
export async function readSourceWithKeys(
  source: InputSource,
  options: Omit<ReadOptions, 'privateKeys'>,
  io: Io,
): Promise<{ readonly input: Input; readonly leftOut: boolean }> {
  try {
    return { input: await readSource(source, { ...options, privateKeys: 'read' }, io), leftOut: false }
  } catch (error) {
    const { passwordFile, keyPasswordFile } = options
    const given = passwordFile ?? keyPasswordFile ?? io.env.PKI_PASSWORD ?? io.env.PKI_KEY_PASSWORD
    if (!(error instanceof PkiError) || error.code !== 'input.password' || given !== undefined) throw error
    // A PFX is encrypted as a whole, and fails here again.
    const input = await readSource(source, { privateKeys: 'skip' }, io)
    const { certificates, malformedCertificates, requests, crls, publicKeys } = input
    if (certificates.length + malformedCertificates.length + requests.length + crls.length + publicKeys.length === 0)
      throw error
    return { input, leftOut: true }
  }
}
