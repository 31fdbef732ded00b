/**
 * One thread of `pki apply`: makes certificates as it is told and puts them into the store. See `making-crew.ts` for the
 * other end.
 */

import { randomFillSync } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import { carryOut, type EntryToMake, type MakingOutcome, type MakingTask } from '../../apply/making.ts'
import { PkiError, type PkiErrorCode } from '../../errors.ts'
import type { ResolvedEntry } from '../../hierarchy-file/resolve.ts'
import type { RandomSource } from '../../keys/random.ts'
import { Store } from '../../store/store.ts'
import { type Certificate, parseCertificate } from '../../x509/certificate.ts'
import { parseSubjectPublicKeyInfo } from '../../x509/public-key.ts'

/** What a thread is given once; plain data, because nothing else passes from thread to thread. */
export interface ThreadData {
  readonly folder: string
  readonly now: Date
  readonly seed: string | undefined
  readonly entries: readonly {
    readonly entry: ResolvedEntry
    readonly issuer: IssuerData | undefined
  }[]
}

export interface IssuerData {
  readonly name: string
  readonly certificate: Uint8Array
  readonly chain: readonly Uint8Array[]
  readonly pkcs8: Uint8Array
}

export type ThreadAnswer =
  | ({ readonly type: 'done' } & MakingOutcome)
  | {
      readonly type: 'refused'
      readonly code: PkiErrorCode
      readonly message: string
      readonly hint: string | undefined
      readonly context: PkiError['context']
    }

/** Serves until there is nothing more to do. A bug ends the thread, and the other end hears of it. */
export async function runThread(): Promise<void> {
  const port = parentPort
  if (port === null) throw new TypeError('this is not a thread')
  const { folder, now, seed, entries } = workerData as ThreadData
  const store = new Store(folder)
  const seeded = seed === undefined ? undefined : await seededSource(seed, now)
  const means = { now, random: pooledRandom(), seeded, spoil: undefined }
  const toMake = entries.map(fromData)
  port.on('message', (task: MakingTask | 'end') => {
    if (task === 'end') port.close()
    else void answer(() => carryOut(task, toMake, store, means)).then((said) => port.postMessage(said))
  })
}

async function seededSource(seed: string, now: Date) {
  const { createSeededSource } = await import('../../seed/seeded-source.ts')
  return createSeededSource(seed, { now })
}

async function answer(work: () => Promise<MakingOutcome>): Promise<ThreadAnswer> {
  try {
    return { type: 'done', ...(await work()) }
  } catch (error) {
    if (!(error instanceof PkiError)) throw error
    const { code, message, hint, context } = error
    return { type: 'refused', code, message, hint, context }
  }
}

function fromData({ entry, issuer }: ThreadData['entries'][number]): EntryToMake {
  if (issuer === undefined) return { entry, relations: { issuer: undefined, model: undefined } }
  const certificate: Certificate = parseCertificate(issuer.certificate)
  const privateKey = { pkcs8: issuer.pkcs8, publicKey: parseSubjectPublicKeyInfo(certificate.publicKey.encoded) }
  const credential = { certificate, chain: issuer.chain.map((der) => parseCertificate(der)), privateKey }
  return { entry, relations: { issuer: { name: issuer.name, credential }, model: undefined } }
}

const POOL_SIZE = 16_384

/** Asking the system for 16 octets takes as long as for sixteen thousand. */
function pooledRandom(): RandomSource {
  const pool = new Uint8Array(POOL_SIZE)
  let used = POOL_SIZE
  return (length) => {
    if (length > POOL_SIZE) return randomFillSync(new Uint8Array(length))
    if (used + length > POOL_SIZE) {
      randomFillSync(pool)
      used = 0
    }
    used += length
    return pool.slice(used - length, used)
  }
}
