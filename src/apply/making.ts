/**
 * Makes certificates of hierarchy files by the hundred and puts them into the store: the work of one thread. Issuers are
 * handed over once; what is to be made comes as numbers.
 */

import type { ResolvedEntry } from '../hierarchy-file/resolve.ts'
import { instanceName } from '../hierarchy-file/resolve.ts'
import { parsePrivateKey } from '../keys/key-file.ts'
import { putBatch } from '../store/credential-batch.ts'
import type { Store } from '../store/store.ts'
import { fingerprint } from '../x509/certificate.ts'
import type { GoesOn } from './interruption.ts'
import { type Made, type MakingMeans, makeInstance, type Predecessor, predecessorOf, type Relations } from './make.ts'

/** Certificates that no other one of the run depends on. */
export interface MakingTask {
  /** Index into the entries. */
  readonly entry: number
  readonly numbers: readonly number[]
  /** `new`: nothing of it is there; `replace`: another key and certificate; `renew`: another certificate for its key. */
  readonly how: 'new' | 'replace' | 'renew'
}

export interface EntryToMake {
  readonly entry: ResolvedEntry
  readonly relations: Relations
}

/** One warning for each kind and entry; they are all alike. */
export interface MakingWarning {
  readonly name: string
  readonly kind: string
  readonly message: string
}

/** What came of a task. */
export interface MakingOutcome {
  /** How many were made: all of them, unless it was not to go on. */
  readonly count: number
  readonly warnings: readonly MakingWarning[]
}

/**
 * Carries out one task, or as much of it as is made until it is not to go on.
 * @throws PkiError as `makeInstance` and `putBatch`; what was put in before stays
 */
export async function carryOut(
  { entry: index, numbers, how }: MakingTask,
  entries: readonly EntryToMake[],
  store: Store,
  means: MakingMeans,
  goesOn: GoesOn = () => true,
): Promise<MakingOutcome> {
  const { entry, relations } = entries[index] as EntryToMake
  const made: Made[] = []
  for (const n of numbers) {
    if (!(await goesOn())) break
    const predecessor = how === 'renew' ? readPredecessor(store, instanceName(entry, n)) : undefined
    made.push(makeInstance(entry, n, relations, means, predecessor))
  }
  if (made.length === 0) return { count: 0, warnings: [] }
  putBatch(
    store,
    made.map(({ item }) => item),
    { replace: how !== 'new', now: means.now },
  )
  return { count: made.length, warnings: firstOfEachKind(made) }
}

/** The certificate that is there; or, where it is gone, the key it had. */
function readPredecessor(store: Store, name: string): Predecessor | undefined {
  if (store.has(name)) {
    const certificate = store.readCertificate(name)
    return predecessorOf(certificate, fingerprint(certificate))
  }
  const file = store.readKeyFile(name)
  return file && { fingerprint: undefined, key: parsePrivateKey(file.bytes, { source: file.path }) }
}

function firstOfEachKind(made: readonly Made[]): readonly MakingWarning[] {
  const warnings = new Map<string, MakingWarning>()
  for (const { name, problems } of made) {
    for (const { kind, message } of problems) if (!warnings.has(kind)) warnings.set(kind, { name, kind, message })
  }
  return [...warnings.values()]
}
