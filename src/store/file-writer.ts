/**
 * Writes files, all of them or none. This is the only module that puts file contents on a disk.
 *
 * Everything is first written in full to a temporary folder beside its destination, where a full disk or a missing
 * permission does no harm. Then each file takes its place in one step: by a hard link, which fails if the name is
 * taken, or, where replacing is wanted, by a rename after the old file has been set aside. If a step fails, the steps
 * before it are taken back.
 */

import {
  constants,
  copyFileSync,
  linkSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { PkiError } from '../errors.ts'
import type { Artifact } from '../export/artifact.ts'
import { makeFolder } from './folders.ts'

export interface FileToWrite {
  readonly path: string
  readonly bytes: Uint8Array | string
  readonly mode: number
  /** POSIX mode of its folder if that has to be made; 0o777 less the umask otherwise. */
  readonly folderMode?: number | undefined
}

export interface WriteOptions {
  /** Replace what is there. */
  readonly force?: boolean | undefined
  /** The caller has looked whether the names are free. One that is taken since is still an error, but a later one. */
  readonly looked?: boolean | undefined
  /** Files that must not stay beside the new ones; they need not be there. */
  readonly remove?: readonly string[] | undefined
  /** How the name of the temporary folder begins, for {@link sweepDrafts} and `abandoned.ts`. */
  readonly drafts?: string | undefined
}

/** The mode of what everybody may read, before the umask. */
const PUBLIC = 0o644

/** The drafts of whoever holds the lock of `pki apply`. */
export const APPLY_DRAFTS = '.pki-apply-'

/**
 * Removes temporary folders that a process has left which was killed.
 * @param drafts how their names begin; nobody may be writing such ones meanwhile
 */
export function sweepDrafts(folder: string, drafts: string): void {
  for (const name of readdirSync(folder)) {
    if (name.startsWith(drafts)) rmSync(join(folder, name), { recursive: true, force: true })
  }
}

/** Whether a file in a temporary folder is one that had to make room, and no draft. */
export function isSetAside(name: string): boolean {
  return name.endsWith('.old') || name.startsWith('removed-')
}

/** Files that are in place but can still be taken back. Exactly one of the two must be called. */
export interface PlacedFiles {
  readonly paths: readonly string[]
  keep(): void
  takeBack(): void
}

/**
 * Writes exports below `folder`.
 * @returns the paths, in the order of the artifacts
 * @throws PkiError `refused.exists` if one of them is there and `force` is not set, `refused.write` if the file system
 *   would not take them; then nothing has changed
 */
export function writeArtifacts(
  folder: string,
  artifacts: readonly Artifact[],
  options: WriteOptions = {},
): readonly string[] {
  const files = artifacts.map(({ fileName, bytes, mode }) => ({ path: pathBelow(folder, fileName), bytes, mode }))
  const placed = placeFiles(folder, files, options)
  placed.keep()
  return placed.paths
}

/** An artifact names a file below the folder; one that points elsewhere is a bug of the exporter. */
function pathBelow(folder: string, fileName: string): string {
  const path = resolve(folder, ...fileName.split('/'))
  const below = relative(resolve(folder), path)
  if (below === '' || below.startsWith('..') || isAbsolute(below)) {
    throw new RangeError(`artifact outside its folder: ${fileName}`)
  }
  return path
}

/**
 * Puts files in their places and lets the caller decide whether they stay, for files that belong together with
 * something else, such as a line in a journal.
 * @param folder holds the temporary files, and must be on the same file system as the paths
 * @throws PkiError `refused.exists`, `refused.write`; then nothing has changed
 */
export function placeFiles(folder: string, files: readonly FileToWrite[], options: WriteOptions = {}): PlacedFiles {
  const placement = new Placement()
  try {
    if (options.force !== true && options.looked !== true) for (const { path } of files) requireAbsent(path)
    placement.makeFolder(folder)
    for (const [path, mode] of foldersOf(files)) placement.makeFolder(path, mode)
    const drafts = placement.writeDrafts(folder, files, options)
    for (const [draft, path] of drafts) {
      if (options.force === true) placement.replace(draft, path)
      else placement.placeNew(draft, path)
    }
    for (const path of options.remove ?? []) placement.remove(path)
  } catch (error) {
    placement.takeBack()
    throw asRefusal(error, folder)
  }
  return {
    paths: files.map(({ path }) => path),
    keep: () => placement.dropTemporaryFolder(),
    takeBack: () => placement.takeBack(),
  }
}

/** Each folder once: a batch of certificates has two or three among thousands of files. */
function foldersOf(files: readonly FileToWrite[]): ReadonlyMap<string, number | undefined> {
  return new Map(files.map(({ path, folderMode }) => [dirname(path), folderMode]))
}

/** The steps taken so far, and how to take them back. */
class Placement {
  readonly #madeFolders: string[] = []
  readonly #undo: (() => void)[] = []
  #temporaryFolder: string | undefined

  makeFolder(folder: string, mode?: number): void {
    makeFolder(folder, mode, (made) => this.#madeFolders.push(made))
  }

  /**
   * Writes every file in full. Files that say the same, such as the chains of a hundred certificates of one issuer, are
   * one file with several names if each gets its name by a link: a file is what costs most on a disk.
   * @returns pairs of draft and destination
   */
  writeDrafts(
    folder: string,
    files: readonly FileToWrite[],
    { drafts: prefix = '.pki-', force }: WriteOptions,
  ): readonly (readonly [draft: string, path: string])[] {
    const temporary = mkdtempSync(join(folder, prefix))
    this.#temporaryFolder = temporary
    const known = new Map<string, string>()
    return files.map(({ path, bytes, mode }, i) => {
      const key = force !== true && mode === PUBLIC && typeof bytes === 'string' ? bytes : undefined
      const same = key && known.get(key)
      if (same !== undefined) return [same, path] as const
      const draft = join(temporary, String(i))
      writeFileSync(draft, bytes, { flag: 'wx', mode })
      if (key !== undefined) known.set(key, draft)
      return [draft, path] as const
    })
  }

  /** One step, and an error if the name is taken, also if it was taken a moment ago by somebody else. */
  placeNew(draft: string, path: string): void {
    try {
      linkSync(draft, path)
    } catch (error) {
      if (!hasCode(error, WITHOUT_LINKS)) throw error
      // A file system without hard links, such as exFAT. Exclusive too, though a crash could leave half a file.
      copyFileSync(draft, path, constants.COPYFILE_EXCL)
    }
    this.#undo.push(() => unlinkSync(path))
  }

  replace(draft: string, path: string): void {
    const setAside = `${draft}.old`
    const existed = exists(path)
    if (existed) setAsideLeavingIt(path, setAside)
    this.#undo.push(() => (existed ? renameSync(setAside, path) : rmSync(path, { force: true })))
    renameSync(draft, path)
  }

  remove(path: string): void {
    if (!exists(path)) return
    const setAside = join(this.#temporaryFolder ?? dirname(path), `removed-${this.#undo.length}`)
    renameSync(path, setAside)
    this.#undo.push(() => renameSync(setAside, path))
  }

  /** File by file: `rmSync` of a folder costs milliseconds of start-up time, and what is in it is known. */
  dropTemporaryFolder(): void {
    if (this.#temporaryFolder === undefined) return
    for (const file of readdirSync(this.#temporaryFolder)) unlinkSync(join(this.#temporaryFolder, file))
    rmdirSync(this.#temporaryFolder)
    this.#temporaryFolder = undefined
  }

  takeBack(): void {
    for (const step of this.#undo.splice(0).reverse()) step()
    this.dropTemporaryFolder()
    for (const folder of this.#madeFolders.splice(0).sort(deepestFirst)) removeIfEmpty(folder)
  }
}

/** A second name for the old file, so that there is never a moment without one: a server may be reading it. */
function setAsideLeavingIt(path: string, setAside: string): void {
  try {
    linkSync(path, setAside)
  } catch (error) {
    if (!hasCode(error, WITHOUT_LINKS)) throw error
    renameSync(path, setAside)
  }
}

/** What file systems say that have no hard links, such as exFAT. */
export const WITHOUT_LINKS = ['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'EISDIR']

const deepestFirst = (a: string, b: string) => b.length - a.length

function requireAbsent(path: string): void {
  if (exists(path)) throw existsAlready(path)
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

/** Removes a folder if there is nothing in it, or no such folder. */
export function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch (error) {
    // Somebody else put something there in the meantime: it is theirs now.
    if (!hasCode(error, ['ENOTEMPTY', 'EEXIST', 'ENOENT'])) throw error
  }
}

function existsAlready(path: string, cause?: unknown): PkiError {
  return new PkiError('refused.exists', `${path}: exists already`, {
    hint: 'pass --force to replace it',
    context: { path },
    cause,
  })
}

const WHY: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EACCES: 'no permission to write there',
  EPERM: 'no permission to write there',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of the path is a file',
  ENAMETOOLONG: 'the name is too long',
  EISDIR: 'a folder stands in the place of the file',
  EIO: 'the disk reports an error',
}

/** What the file system said, as an error of the call; anything that no file system said is passed on. */
export function asRefusal(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('syscall' in error)) return error
  const { code = '', path: at = path, dest } = error as NodeJS.ErrnoException & { readonly dest?: string }
  if (code === 'EEXIST') return existsAlready(dest ?? at, error)
  return new PkiError('refused.write', `${path}: cannot write: ${WHY[code] ?? error.message}`, {
    hint: 'nothing was changed',
    context: { path, reason: code },
    cause: error,
  })
}

function hasCode(error: unknown, codes: readonly string[]): boolean {
  return error instanceof Error && codes.includes((error as NodeJS.ErrnoException).code ?? '')
}
