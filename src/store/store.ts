/**
 * The store: a folder that holds credentials.
 *
 *     certs/<name>.crt      one certificate, PEM
 *     private/<name>.key    its private key, PEM, 0600 in a 0700 folder; absent if the key is kept elsewhere
 *     chains/<name>.pem     the certificates above it, nearest first; absent for a root
 *     requests/<name>.csr   a request that waits for its certificate
 *     crl/                  CRLs
 *     exports/              what was handed out
 *     journal.jsonl         what happened, append-only
 *
 * Everything about one credential lies in its own files, so that issuing reads the issuer's three files whether the
 * store holds ten certificates or a hundred thousand.
 */

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { PkiError } from '../errors.ts'
import { isScopeName } from '../issue/crl-scope.ts'
import { hintOf } from '../spelling/nearest.ts'
import type { Certificate } from '../x509/certificate.ts'
import { draftsOf, sweepAbandoned } from './abandoned.ts'
import { formatCertificateFile, readCertificateFile, readIfPresent } from './certificate-file.ts'
import { isCredentialName, requireCredentialName } from './credential-name.ts'
import { asRefusal, type FileToWrite, placeFiles } from './file-writer.ts'
import { fileInTheWay, makeFolder } from './folders.ts'
import { type AppendOptions, appendEvents, type Journal, type JournalEvent, readJournal } from './journal.ts'
import { type LockOptions, type ProcessTable, withLock } from './lock.ts'

/** What lies in the store under one name. The key is as it stands in its file: reading it may need a password. */
export interface StoredCredential {
  readonly name: string
  readonly certificate: Certificate
  /** Nearest issuer first. */
  readonly chain: readonly Certificate[]
  /** Path and bytes of the key file, undefined if there is none. */
  readonly keyFile: StoredFile | undefined
}

export interface StoredFile {
  readonly path: string
  readonly bytes: Uint8Array
}

/** What is to be put into the store. */
export interface CredentialToStore {
  readonly name: string
  readonly certificate: Certificate
  readonly chain: readonly Certificate[]
  /** The key as PEM, encrypted or not; `none` if it is kept elsewhere; `keep` if it lies in the store already. */
  readonly key: { readonly pem: string } | 'none' | 'keep'
}

export interface PutOptions {
  /** Replace a credential of this name. */
  readonly force?: boolean | undefined
  /** Locks the store while files are replaced: two processes could leave the key of one and the certificate of the other. */
  readonly processes?: ProcessTable | undefined
  readonly now: Date
}

interface PlaceOptions extends PutOptions {
  /** Files that must not stay beside the new ones. */
  readonly remove?: readonly string[]
}

export interface StoredPaths {
  readonly certificate: string
  readonly key: string | undefined
}

/** A store on disk. Opening reads nothing; every method reads or writes just what it needs. */
export class Store {
  readonly folder: string

  constructor(folder: string) {
    this.folder = folder
  }

  certificatePath(name: string): string {
    return join(this.folder, 'certs', `${requireCredentialName(name)}.crt`)
  }

  keyPath(name: string): string {
    return join(this.folder, 'private', `${requireCredentialName(name)}.key`)
  }

  chainPath(name: string): string {
    return join(this.folder, 'chains', `${requireCredentialName(name)}.pem`)
  }

  requestPath(name: string): string {
    return join(this.folder, 'requests', `${requireCredentialName(name)}.csr`)
  }

  /**
   * The latest CRL of an issuer, DER.
   * @param scope of a CRL that is not a complete one for everything: `delta`, `user`, …; no name holds a tilde
   * @throws PkiError `usage.name` for a scope that could lead out of the store
   */
  crlPath(issuer: string, scope?: string): string {
    if (scope !== undefined && !isScopeName(scope)) {
      throw new PkiError('usage.name', `not the scope of a CRL: ${JSON.stringify(scope)}`, { context: { scope } })
    }
    const suffix = scope === undefined ? '' : `~${scope}`
    return join(this.folder, 'crl', `${requireCredentialName(issuer)}${suffix}.crl`)
  }

  get journalPath(): string {
    return join(this.folder, 'journal.jsonl')
  }

  /** Whether there is a store in this folder. */
  get exists(): boolean {
    return existsSync(join(this.folder, 'certs'))
  }

  /** @throws PkiError `input.unreadable` if its folder is a file, or below one */
  requireFolder(): void {
    const file = fileInTheWay(this.folder)
    if (file === undefined) return
    throw new PkiError('input.unreadable', `${file}: a file, not a folder`, {
      hint: '--dir or PKI_DIR names the folder that holds everything',
      context: { path: file },
    })
  }

  /** @throws PkiError `input.not-found` if there is no store in this folder, `input.unreadable` if it is none */
  requireExists(): void {
    if (this.exists) return
    this.requireFolder()
    throw new PkiError('input.not-found', `no certificates in ${this.folder}`, {
      hint: 'pki init root makes a root, pki quickstart a whole hierarchy; --dir or PKI_DIR names another folder',
      context: { folder: this.folder },
    })
  }

  /** Makes the folder, for what is noted before anything is put in. @throws PkiError `refused.write` */
  prepare(): void {
    try {
      makeFolder(this.folder)
    } catch (error) {
      throw asRefusal(error, this.folder)
    }
  }

  has(name: string): boolean {
    return existsSync(this.certificatePath(name))
  }

  hasKey(name: string): boolean {
    return existsSync(this.keyPath(name))
  }

  /** Whether a request of this name is here; text that is no name is that of none. */
  hasRequest(name: string): boolean {
    return isCredentialName(name) && existsSync(this.requestPath(name))
  }

  /**
   * Whether a name is free, asked before work is done for it; {@link put} asks again.
   * @throws PkiError `refused.exists`
   */
  requireFree(name: string): void {
    if (this.has(name)) throw this.#existsAlready(name)
  }

  /** Names of all certificates, in alphabetical order. */
  names(): readonly string[] {
    return namesIn(join(this.folder, 'certs'), '.crt')
  }

  /** Names of all private keys. */
  keyNames(): readonly string[] {
    return namesIn(join(this.folder, 'private'), '.key')
  }

  /** Names of all certificates that have others above them. */
  chainNames(): readonly string[] {
    return namesIn(join(this.folder, 'chains'), '.pem')
  }

  /** The folder of what was handed out. */
  get exportFolder(): string {
    return join(this.folder, 'exports')
  }

  /**
   * Everything under one name.
   * @throws PkiError `input.not-found`, `input.unreadable`, `input.malformed`
   */
  read(name: string): StoredCredential {
    const certificate = this.readCertificate(name)
    return { name, certificate, chain: this.readChain(name), keyFile: this.readKeyFile(name) }
  }

  /** The certificates above one, nearest first. @throws PkiError `input.unreadable`, `input.malformed` */
  readChain(name: string): readonly Certificate[] {
    return readCertificateFile(this.chainPath(name)) ?? []
  }

  /** @throws PkiError `input.not-found` naming what there is, `input.unreadable`, `input.malformed` */
  readCertificate(name: string): Certificate {
    const path = this.certificatePath(name)
    const certificates = readCertificateFile(path)
    if (certificates === undefined) {
      this.requireExists()
      throw this.#notFound(name)
    }
    const [certificate] = certificates
    if (certificate !== undefined && certificates.length === 1) return certificate
    throw new PkiError('input.malformed', `${path}: expected one certificate, found ${certificates.length}`)
  }

  /** The key file, which may be encrypted; undefined if there is none. @throws PkiError `input.unreadable` */
  readKeyFile(name: string): StoredFile | undefined {
    const path = this.keyPath(name)
    const bytes = readIfPresent(path)
    return bytes && { path, bytes }
  }

  /**
   * Puts a credential in, whole or not at all, and notes it in the journal.
   * @throws PkiError `usage.name`; `refused.exists`, `refused.write`, and then the store is as it was
   */
  put(credential: CredentialToStore, event: JournalEvent, options: PutOptions): StoredPaths {
    const [paths] = this.putAll([{ credential, event }], options)
    return paths as StoredPaths
  }

  /**
   * Puts several credentials in, all of them or none, with other files below the folder that belong to them.
   * @throws PkiError as {@link put}
   */
  putAll(
    items: readonly { readonly credential: CredentialToStore; readonly event: JournalEvent }[],
    { force, processes, now }: PutOptions,
    alsoWrite: readonly FileToWrite[] = [],
  ): readonly StoredPaths[] {
    if (force !== true) for (const { credential } of items) this.requireFree(credential.name)
    const files = [...items.flatMap(({ credential }) => this.filesOf(credential)), ...alsoWrite]
    const remove = force === true ? items.flatMap(({ credential }) => this.leftoversOf(credential)) : []
    this.#place(
      files,
      items.map(({ event }) => event),
      { force, processes, now, remove },
    )
    return items.map(({ credential: { name, key } }) => ({
      certificate: this.certificatePath(name),
      key: key === 'none' ? undefined : this.keyPath(name),
    }))
  }

  /** What an older certificate of this name may have had, and the new one has not. */
  leftoversOf({ name, key, chain }: CredentialToStore): readonly string[] {
    return [...(key === 'none' ? [this.keyPath(name)] : []), ...(chain.length === 0 ? [this.chainPath(name)] : [])]
  }

  /** A key file to be written with {@link putFiles}: for its owner's eyes, in a folder for its owner's eyes. */
  keyFile(name: string, pem: string): FileToWrite {
    return { path: this.keyPath(name), bytes: pem, mode: 0o600, folderMode: 0o700 }
  }

  /** The files of a credential, in the order in which they are put in place. */
  filesOf({ name, certificate, chain, key }: CredentialToStore): readonly FileToWrite[] {
    const files: FileToWrite[] = []
    if (typeof key === 'object') files.push(this.keyFile(name, key.pem))
    if (chain.length > 0) files.push({ path: this.chainPath(name), bytes: formatCertificateFile(chain), mode: 0o644 })
    // The certificate last: whoever sees it finds the rest in place.
    files.push({ path: this.certificatePath(name), bytes: formatCertificateFile([certificate]), mode: 0o644 })
    return files
  }

  /**
   * Puts other files in, such as a request with its key or a CRL, and notes the event.
   * @throws PkiError `refused.exists`, `refused.write`, and then the store is as it was
   */
  putFiles(files: readonly FileToWrite[], event: JournalEvent, options: PutOptions): void {
    this.#place(files, [event], options)
  }

  #place(files: readonly FileToWrite[], events: readonly JournalEvent[], options: PlaceOptions): void {
    const { force, processes, now, remove } = options
    const place = () => {
      const placed = placeFiles(this.folder, files, { force, remove, drafts: processes && draftsOf(processes) })
      try {
        appendEvents(this.journalPath, events, now)
      } catch (error) {
        placed.takeBack()
        throw error
      }
      placed.keep()
    }
    if (force === true && processes !== undefined && this.exists) this.locked(processes, place)
    else place()
  }

  note(event: JournalEvent, now: Date, options: AppendOptions = {}): void {
    appendEvents(this.journalPath, [event], now, options)
  }

  journal(): Journal {
    return readJournal(this.journalPath)
  }

  /** Runs `work` while no other process does the like, and sweeps up after killed ones. @throws PkiError `refused.locked` */
  locked<T>(processes: ProcessTable, work: () => T, options: LockOptions = {}): T {
    const sweepAndWork = () => {
      sweepAbandoned(this.folder, processes)
      return work()
    }
    return withLock(join(this.folder, '.lock'), processes, sweepAndWork, options)
  }

  #notFound(name: string): PkiError {
    const names = this.names()
    const shown = names.length > 8 ? [...names.slice(0, 8), '…'] : names
    return new PkiError('input.not-found', `no certificate called ${name} in ${this.folder}`, {
      hint: names.length === 0 ? 'pki init root makes a root' : hintOf(name, names, 'there are:', shown),
      context: { name, folder: this.folder },
    })
  }

  #existsAlready(name: string): PkiError {
    return new PkiError('refused.exists', `${name} exists already: ${this.certificatePath(name)}`, {
      hint: 'choose another name, pass --force to replace it, or --if-missing to leave it as it is',
      context: { name, path: this.certificatePath(name) },
    })
  }
}

function namesIn(folder: string, extension: string): readonly string[] {
  if (!existsSync(folder)) return []
  const files = readdirSync(folder).filter((file) => file.endsWith(extension) && !file.startsWith('.'))
  return files.map((file) => file.slice(0, -extension.length)).sort()
}
