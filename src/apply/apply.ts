/**
 * Carries out a plan. First the authorities are made in memory and one certificate of every entry is tried, so that
 * nothing is written before it is known that all of it can be; then everything is written, authorities first. A run that
 * is cut short leaves what it made, and the next one finds it and goes on.
 */

import { PkiError } from '../errors.ts'
import { atPlace, instanceName, type ResolvedEntry } from '../hierarchy-file/resolve.ts'
import { sweepAbandoned } from '../store/abandoned.ts'
import { putBatch } from '../store/credential-batch.ts'
import { APPLY_DRAFTS, removeIfEmpty, sweepDrafts } from '../store/file-writer.ts'
import { importedEvent } from '../store/issued-event.ts'
import { holdLock, type ProcessTable } from '../store/lock.ts'
import { rechain } from '../store/rechain.ts'
import { fingerprint } from '../x509/certificate.ts'
import { type Action, type ApplyPlan, countOf, type EntryPlan, isIdle } from './apply-plan.ts'
import { Authorities, type AuthorityMeans, isMadeFirst, onlyAction } from './authorities.ts'
import { type ExportMeans, writeExports } from './exports.ts'
import { requireGoingOn } from './interruption.ts'
import { type Made, makeInstance, predecessorOf } from './make.ts'
import type { EntryToMake, MakingTask, MakingWarning } from './making.ts'
import { prune } from './prune.ts'
import { readRecords } from './records.ts'
import { liftHolds, publishCrls, revokeCertificates } from './revocation.ts'

/** Who makes the many: this thread, or several; not all of them, if it is not to go on. */
export type MakingCrew = (
  tasks: readonly MakingTask[],
  entries: readonly EntryToMake[],
  onDone: (count: number) => void,
) => Promise<readonly MakingWarning[]>

export interface ApplyMeans extends AuthorityMeans, ExportMeans {
  readonly processes: ProcessTable
  readonly crew: MakingCrew
  /** Told after every batch: how many of the certificates are written. */
  readonly onProgress: (done: number, total: number) => void
}

export interface ApplyOptions {
  /** Remove what the file no longer names. */
  readonly prune: boolean
}

export interface ApplyResult {
  readonly warnings: readonly MakingWarning[]
  /** Paths of the exports that were written. */
  readonly exported: readonly string[]
}

/**
 * @throws PkiError with the place in the file for what cannot be made, and then nothing is written; `refused.locked`;
 *   `refused.write`, `stopped.interrupted` and the like, which say how far it came
 */
export async function applyPlan(plan: ApplyPlan, options: ApplyOptions, means: ApplyMeans): Promise<ApplyResult> {
  if (isIdle(plan, options.prune)) return { warnings: [], exported: [] }
  const { store, processes } = means
  store.prepare()
  const lock = holdLock(`${store.folder}/.apply.lock`, processes)
  try {
    sweepDrafts(store.folder, APPLY_DRAFTS)
    sweepAbandoned(store.folder, processes)
    return await new Run(plan, options, means).carryOut()
  } finally {
    lock.release()
    removeIfEmpty(store.folder)
  }
}

/** How many certificates are made and written as one. A killed run loses no more than that. */
const BATCH_SIZE = 100

class Run {
  readonly #plan: ApplyPlan
  readonly #options: ApplyOptions
  readonly #means: ApplyMeans
  readonly #authorities: Authorities
  readonly #warnings: MakingWarning[] = []
  readonly #total: number
  #leftovers: ReadonlySet<string> | undefined
  #done = 0
  #isWriting = false

  constructor(plan: ApplyPlan, options: ApplyOptions, means: ApplyMeans) {
    this.#plan = plan
    this.#options = options
    this.#means = means
    const entries = plan.entries.map(({ entry }) => entry)
    this.#authorities = new Authorities(entries, means)
    this.#total = plan.entries.reduce((sum, one) => sum + MADE.reduce((n, action) => n + countOf(one, action), 0), 0)
  }

  async carryOut(): Promise<ApplyResult> {
    const first = this.#plan.entries.filter(({ entry }) => isMadeFirst(entry))
    const many = this.#plan.entries.filter(({ entry }) => !isMadeFirst(entry))
    try {
      const made = await this.#makeFirst(first)
      const entries = await this.#tryOut(many)
      this.#isWriting = true
      return await this.#write(made, many, entries)
    } catch (cause) {
      throw this.#interrupted(cause)
    }
  }

  /** In memory. */
  async #makeFirst(plans: readonly EntryPlan[]): Promise<readonly (readonly [EntryPlan, Made])[]> {
    const made: (readonly [EntryPlan, Made])[] = []
    for (const plan of plans) {
      await requireGoingOn(this.#means.goesOn)
      const one = await this.#authorities.make(plan)
      if (one !== undefined) made.push([plan, one])
    }
    return made
  }

  async #write(
    made: readonly (readonly [EntryPlan, Made])[],
    many: readonly EntryPlan[],
    entries: readonly EntryToMake[],
  ): Promise<ApplyResult> {
    const { store, file, now } = this.#means
    for (const [plan, one] of made) this.#put(plan, one)
    const tasks = many.flatMap((plan) => this.#tasksOf(plan, entries))
    this.#warnings.push(...(await this.#means.crew(tasks, entries, (count) => this.#advance(count))))
    await requireGoingOn(this.#means.goesOn)
    this.#rechain()
    this.#adopt()
    await this.#borrow(many)
    const certificateOf = (name: string) => this.#authorities.certificate(name)
    revokeCertificates(this.#plan, certificateOf, this.#means)
    liftHolds(this.#plan, certificateOf, this.#means)
    await publishCrls(this.#plan, this.#authorities, this.#means)
    const exported = await writeExports(this.#plan, this.#means)
    if (this.#options.prune) prune(this.#plan, store, now)
    store.note({ event: 'applied', file }, now)
    return { warnings: this.#warnings, exported }
  }

  #put(plan: EntryPlan, { item, name, problems }: Made): void {
    const action = onlyAction(plan)
    if (action === 'borrow') return
    putBatch(this.#means.store, [item], {
      replace: action !== 'make' || this.#hasLeftovers(name),
      now: this.#means.now,
    })
    this.#warnings.push(...problems.map(({ kind, message }) => ({ name, kind, message })))
    this.#advance(1)
  }

  /** A run that was cut short may have put a key or a chain in its place, and no certificate. */
  #hasLeftovers(name: string): boolean {
    this.#leftovers ??= new Set([...this.#means.store.keyNames(), ...this.#means.store.chainNames()])
    return this.#leftovers.has(name)
  }

  /**
   * Makes the first and the last certificate of each entry, where there is an issuer for somebody else's key, and throws
   * them away: names, path lengths, name constraints and periods are the same for those between.
   */
  async #tryOut(plans: readonly EntryPlan[]): Promise<readonly EntryToMake[]> {
    const entries: EntryToMake[] = []
    for (const plan of plans) {
      const numbers = MADE.flatMap((action) => plan.actions.get(action) ?? NONE)
      if (numbers.length === 0) continue
      entries.push({ entry: plan.entry, relations: await this.#tryEntry(plan.entry, numbers) })
    }
    return entries
  }

  async #tryEntry(entry: ResolvedEntry, numbers: readonly number[]): Promise<EntryToMake['relations']> {
    try {
      const relations = await this.#authorities.relations(entry)
      const stranger = relations.issuer && predecessorOf(relations.issuer.credential.certificate, undefined)
      const tried = [numbers[0], numbers.at(-1)].filter((n) => n !== undefined)
      for (const n of new Set(tried)) makeInstance(entry, n, relations, this.#means, stranger)
      return relations
    } catch (cause) {
      throw atPlace(this.#means.file, entry.place, entry.name, cause)
    }
  }

  #tasksOf(plan: EntryPlan, entries: readonly EntryToMake[]): readonly MakingTask[] {
    const index = entries.findIndex(({ entry }) => entry === plan.entry)
    const isSeeded = this.#means.seeded !== undefined
    const split = (action: Action, how: MakingTask['how']): MakingTask[] =>
      inBatches(plan.actions.get(action) ?? NONE).map((numbers) => ({ entry: index, numbers, how }))
    return [
      ...inBatches(plan.actions.get('make') ?? NONE).map((numbers) => ({
        entry: index,
        numbers,
        how: numbers.some((n) => this.#hasLeftovers(instanceName(plan.entry, n)))
          ? ('replace' as const)
          : ('new' as const),
      })),
      ...split('change', 'replace'),
      ...split('restore', isSeeded ? 'replace' : 'renew'),
      ...split('renew', 'renew'),
    ]
  }

  /** What another shard writes and a CRL of this one lists. */
  async #borrow(plans: readonly EntryPlan[]): Promise<void> {
    for (const { entry, actions } of plans) {
      const numbers = actions.get('borrow') ?? NONE
      if (numbers.length === 0) continue
      const relations = await this.#authorities.relations(entry)
      for (const n of numbers) {
        await requireGoingOn(this.#means.goesOn)
        this.#authorities.add(makeInstance(entry, n, relations, this.#means))
      }
    }
  }

  /** The certificates above, written anew. */
  #rechain(): void {
    const { store, now } = this.#means
    for (const { entry, actions } of this.#plan.entries) {
      for (const n of actions.get('rechain') ?? NONE) {
        rechain(store, instanceName(entry, n), this.#authorities.chainBelow(entry.from), now, APPLY_DRAFTS)
      }
    }
  }

  #adopt(): void {
    const { store, now } = this.#means
    const adopting = this.#plan.entries.filter((plan) => countOf(plan, 'adopt') > 0)
    if (adopting.length === 0) return
    const { names } = readRecords(store)
    for (const { entry, actions } of adopting) {
      for (const n of actions.get('adopt') ?? NONE) {
        const name = instanceName(entry, n)
        const certificate = store.readCertificate(name)
        // One that no journal knows, because it was lost or the certificate was copied here.
        if (!names.has(name)) store.note(importedEvent({ name, certificate }), now)
        const facts = { name, fingerprint: fingerprint(certificate), specification: entry.specification }
        store.note({ event: 'adopted', ...facts }, now)
      }
    }
  }

  #advance(count: number): void {
    this.#done += count
    this.#means.onProgress(this.#done, this.#total)
  }

  /** What was written stays, and the next run goes on from there. */
  #interrupted(cause: unknown): unknown {
    if (!(cause instanceof PkiError)) return cause
    if (!this.#isWriting && cause.code !== 'stopped.interrupted') return cause
    const reached = `${this.#done} of ${this.#total} certificates are made`
    return new PkiError(cause.code, `${cause.message}; ${reached}`, {
      cause,
      context: { ...cause.context, made: this.#done, total: this.#total },
      hint: 'what is made stays; run pki apply again, and it goes on from there',
    })
  }
}

/** The actions that make a certificate. */
const MADE: readonly Action[] = ['make', 'change', 'renew', 'restore']

const NONE: readonly number[] = []

function inBatches(numbers: readonly number[]): readonly (readonly number[])[] {
  const batches: (readonly number[])[] = []
  for (let i = 0; i < numbers.length; i += BATCH_SIZE) batches.push(numbers.slice(i, i + BATCH_SIZE))
  return batches
}
