/**
 * Who makes the many certificates of `pki apply`: this thread where they are few, one thread for each core where they
 * are many.
 */

import { availableParallelism } from 'node:os'
import type { MakingCrew } from '../../apply/apply.ts'
import type { MakingMeans } from '../../apply/make.ts'
import { carryOut, type EntryToMake, type MakingTask, type MakingWarning } from '../../apply/making.ts'
import { PkiError } from '../../errors.ts'
import type { Store } from '../../store/store.ts'
import type { Io } from '../io.ts'
import type { Interruption } from './interruption.ts'
import type { IssuerData, ThreadAnswer, ThreadData } from './making-thread.ts'

export interface CrewMeans extends MakingMeans {
  readonly store: Store
  readonly seed: string | undefined
}

/** From how many certificates on threads are worth their start, some 60 ms each. */
const WORTH_A_THREAD = 1000

/** More threads than this wait for each other at the disk. */
const MAX_THREADS = 8

/** @param program what the threads run, if there is such a program */
export function makingCrew(means: CrewMeans, program: Io['threadProgram'], interruption: Interruption): MakingCrew {
  return async (tasks, entries, onDone) => {
    // Deliberate defects are functions, and these do not pass from thread to thread.
    const isPlain = ({ entry }: MakingTask) => (entries[entry] as EntryToMake).entry.defects.length === 0
    const plain = tasks.filter(isPlain)
    const count = plain.reduce((sum, { numbers }) => sum + numbers.length, 0)
    const alone = (some: readonly MakingTask[]) => workAlone(some, entries, means, onDone, interruption)
    if (program === undefined || count < WORTH_A_THREAD) return alone(tasks)
    const special = await alone(tasks.filter((task) => !isPlain(task)))
    return [...special, ...(await workTogether(program, plain, entries, means, onDone, interruption))]
  }
}

async function workAlone(
  tasks: readonly MakingTask[],
  entries: readonly EntryToMake[],
  means: CrewMeans,
  onDone: (count: number) => void,
  interruption: Interruption,
): Promise<readonly MakingWarning[]> {
  const warnings: MakingWarning[] = []
  for (const task of tasks) {
    if (interruption.isStopped) break
    const made = await carryOut(task, entries, means.store, means, () => interruption.goesOn())
    warnings.push(...made.warnings)
    onDone(made.count)
  }
  return warnings
}

async function workTogether(
  program: string,
  tasks: readonly MakingTask[],
  entries: readonly EntryToMake[],
  { store, seed, now }: CrewMeans,
  onDone: (count: number) => void,
  interruption: Interruption,
): Promise<readonly MakingWarning[]> {
  const { Worker } = await import('node:worker_threads')
  const workerData: ThreadData = { folder: store.folder, now, seed, entries: entries.map(toData) }
  const warnings = new Map<string, MakingWarning>()
  const waiting = tasks.values()
  let failure: unknown
  // The batches that are begun are finished.
  const isOver = () => failure !== undefined || interruption.isStopped
  const nextTask = () => (isOver() ? 'end' : (waiting.next().value ?? 'end'))
  const runOne = () =>
    new Promise<void>((resolve) => {
      // A batch of certificates is garbage as soon as it is written: a small nursery keeps the thread small.
      const thread = new Worker(program, { workerData, resourceLimits: { maxYoungGenerationSizeMb: 16 } })
      thread.on('message', (answer: ThreadAnswer) => {
        if (answer.type === 'refused') failure ??= fromAnswer(answer)
        else {
          for (const warning of answer.warnings) warnings.set(`${warning.kind} ${warning.message}`, warning)
          onDone(answer.count)
        }
        thread.postMessage(nextTask())
      })
      thread.once('error', (error) => {
        failure ??= error
      })
      thread.once('exit', () => resolve())
      // Two at a time, so that no thread waits while the other end counts.
      thread.postMessage(nextTask())
      thread.postMessage(nextTask())
    })
  const threads = Array.from({ length: Math.min(availableParallelism(), MAX_THREADS) }, runOne)
  // Every thread has ended before anybody hears of a failure: none writes behind the caller's back.
  await Promise.all(threads)
  if (failure !== undefined) throw failure
  return [...warnings.values()]
}

function toData({ entry, relations: { issuer } }: EntryToMake): ThreadData['entries'][number] {
  if (issuer === undefined) return { entry, issuer: undefined }
  const { certificate, chain, privateKey } = issuer.credential
  const data: IssuerData = {
    name: issuer.name,
    certificate: certificate.encoded,
    chain: chain.map(({ encoded }) => encoded),
    pkcs8: privateKey?.pkcs8 ?? new Uint8Array(0),
  }
  return { entry, issuer: data }
}

function fromAnswer({ code, message, hint, context }: ThreadAnswer & { readonly type: 'refused' }): PkiError {
  return new PkiError(code, message, { context, ...(hint !== undefined && { hint }) })
}
