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
import type { IssuerData, ThreadAnswer, ThreadData } from './making-thread.ts'

export interface CrewMeans extends MakingMeans {
  readonly store: Store
  readonly seed: string | undefined
}

/** From how many certificates on threads are worth their start, some 60 ms each. */
const WORTH_A_THREAD = 1000

/** More threads than this wait for each other at the disk. */
const MAX_THREADS = 8

/** @param io where the threads' program lies, if there is one, and who hears of Ctrl-C while they work */
export function makingCrew(means: CrewMeans, io: Pick<Io, 'threadProgram' | 'onInterrupt'>): MakingCrew {
  return async (tasks, entries, onDone) => {
    // Deliberate defects are functions, and these do not pass from thread to thread.
    const isPlain = ({ entry }: MakingTask) => (entries[entry] as EntryToMake).entry.defects.length === 0
    const plain = tasks.filter(isPlain)
    const count = plain.reduce((sum, { numbers }) => sum + numbers.length, 0)
    const program = io.threadProgram
    if (program === undefined || count < WORTH_A_THREAD) return workAlone(tasks, entries, means, onDone)
    const special = await workAlone(
      tasks.filter((task) => !isPlain(task)),
      entries,
      means,
      onDone,
    )
    return [...special, ...(await workTogether(program, plain, entries, means, onDone, io))]
  }
}

async function workAlone(
  tasks: readonly MakingTask[],
  entries: readonly EntryToMake[],
  means: CrewMeans,
  onDone: (count: number) => void,
): Promise<readonly MakingWarning[]> {
  const warnings: MakingWarning[] = []
  for (const task of tasks) {
    warnings.push(...carryOut(task, entries, means.store, means))
    onDone(task.numbers.length)
  }
  return warnings
}

async function workTogether(
  program: string,
  tasks: readonly MakingTask[],
  entries: readonly EntryToMake[],
  { store, seed, now }: CrewMeans,
  onDone: (count: number) => void,
  io: Pick<Io, 'onInterrupt'>,
): Promise<readonly MakingWarning[]> {
  const { Worker } = await import('node:worker_threads')
  const workerData: ThreadData = { folder: store.folder, now, seed, entries: entries.map(toData) }
  const warnings = new Map<string, MakingWarning>()
  const waiting = tasks.values()
  let failure: unknown
  const nextTask = () => (failure === undefined ? (waiting.next().value ?? 'end') : 'end')
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
  // The batches that are begun are finished. Work that this thread does alone is over too soon to be worth a farewell.
  const leave = io.onInterrupt(() => {
    failure ??= new PkiError('stopped.interrupted', 'stopped')
  })
  const threads = Array.from({ length: Math.min(availableParallelism(), MAX_THREADS) }, runOne)
  // Every thread has ended before anybody hears of a failure: none writes behind the caller's back.
  await Promise.all(threads).finally(leave)
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
