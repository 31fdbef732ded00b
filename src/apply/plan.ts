/**
 * Decides what applying a hierarchy file does. Decided is by what the journal recorded when a certificate was made, the
 * fingerprint of its entry and that of its issuer, and by which files are there; never by what a certificate looks like.
 * Nothing is written.
 */

import { PkiError } from '../errors.ts'
import type { HierarchyFile } from '../hierarchy-file/hierarchy-file.ts'
import { atPlace, instanceCount, instanceName, type ResolvedEntry } from '../hierarchy-file/resolve.ts'
import { addDuration, type Duration } from '../profile/duration.ts'
import { issuerKeyHash } from '../store/journal.ts'
import { Revocations } from '../store/revocations.ts'
import type { Store } from '../store/store.ts'
import { fingerprint } from '../x509/certificate.ts'
import type { Action, ApplyPlan, EntryPlan, LostCertificate, Reason } from './apply-plan.ts'
import { planCrl } from './plan-crl.ts'
import { planExports } from './plan-exports.ts'
import { type EntryFacts, NO_REVOCATIONS, planRevocations, type RevocationPlan } from './plan-revocations.ts'
import { planUnnamed } from './plan-unnamed.ts'
import { type NameRecord, readRecords, type StoreRecords } from './records.ts'

export interface PlanOptions {
  /** Renew what ends within this time. */
  readonly ifExpiring: Duration | undefined
  /** Take certificates that are there for what the file describes, also if another entry made them. */
  readonly adopt: boolean
  /** Change certificates of these names that no hierarchy file made, instead of refusing. */
  readonly force: boolean
  /** Whether a name is this run's to write: of several shards, each writes its own. */
  readonly owns: (name: string) => boolean
  /** Whether everything follows from a seed, and so comes back octet for octet. */
  readonly isSeeded: boolean
  readonly now: Date
}

/**
 * @param entries of a consistent file, see `contradictions.ts`
 * @throws PkiError `refused.exists` for a certificate that is there and was not made from this file
 */
export function planApply(
  store: Store,
  { file }: Pick<HierarchyFile, 'file'>,
  entries: readonly ResolvedEntry[],
  options: PlanOptions,
): ApplyPlan {
  const planner = new Planner(store, file, options)
  const plans = inOrderOfIssue(entries).map((entry) => planner.plan(entry))
  return { entries: planner.withCrls(plans), ...planner.unnamed() }
}

/** Each issuer, and each authority that is cross-signed, before what depends on it; otherwise in the order of the file. */
function inOrderOfIssue(entries: readonly ResolvedEntry[]): readonly ResolvedEntry[] {
  const byName = new Map(entries.map((entry) => [entry.name, entry]))
  const ordered = new Set<ResolvedEntry>()
  const add = (entry: ResolvedEntry): void => {
    if (ordered.has(entry)) return
    for (const name of [entry.from, entry.crossSigns]) {
      const other = name === undefined ? undefined : byName.get(name)
      if (other !== undefined) add(other)
    }
    ordered.add(entry)
  }
  for (const entry of entries) add(entry)
  return [...ordered]
}

/** What becomes of an authority, for those below it. */
interface Outcome {
  readonly isNew: boolean
  /** Of its certificate as it will be; undefined if that is still to be made. */
  readonly fingerprint: string | undefined
  /** Of its earlier certificates with the same key. */
  readonly renews: readonly string[]
  /** The certificates above it are others than before, and so are those above what it issued. */
  readonly isRechained?: boolean
}

interface Decision {
  readonly action: Action
  readonly reason?: Reason
}

/** In place of a fingerprint: the certificate of another shard, which is what it was. */
const ELSEWHERE = 'elsewhere'

class Planner {
  readonly #store: Store
  readonly #file: string
  readonly #options: PlanOptions
  readonly #records: StoreRecords
  readonly #certificates: ReadonlySet<string>
  readonly #keys: ReadonlySet<string>
  readonly #chains: ReadonlySet<string>
  readonly #outcomes = new Map<string, Outcome>()
  readonly #named = new Map<string, ResolvedEntry>()
  #knownRevocations: Revocations | undefined

  constructor(store: Store, file: string, options: PlanOptions) {
    this.#store = store
    this.#file = file
    this.#options = options
    this.#records = readRecords(store)
    this.#certificates = new Set(store.names())
    this.#keys = new Set(store.keyNames())
    this.#chains = new Set(store.chainNames())
  }

  plan(entry: ResolvedEntry): EntryPlan {
    const actions = new Map<Action, number[]>()
    const reasons = new Set<Reason>()
    const elsewhere: string[] = []
    for (let n = 1; n <= instanceCount(entry); n++) {
      const name = instanceName(entry, n)
      this.#named.set(name, entry)
      if (!this.#options.owns(name)) {
        this.#borrow(entry, n, name, actions)
        elsewhere.push(name)
        continue
      }
      const { action, reason } = this.#decide(entry, name)
      if (reason !== undefined) reasons.add(reason)
      pushTo(actions, action, n)
      if (entry.count === undefined) this.#outcomes.set(name, this.#outcomeOf(name, action))
    }
    const facts = { store: this.#store, records: this.#records, actions }
    const revocations = this.#planRevocations(entry, { ...facts, elsewhere })
    const lost = entry.count === undefined && actions.has('restore') ? this.#lost(entry.name) : undefined
    return { entry, actions, reasons, lost, ...revocations, crl: undefined, exports: planExports(entry, facts) }
  }

  #planRevocations(entry: ResolvedEntry, facts: Omit<EntryFacts, 'crlKeyHash'>): RevocationPlan {
    if (entry.revoked === undefined && !this.#records.hasDeclaredRevocations) return NO_REVOCATIONS
    try {
      return planRevocations(entry, { ...facts, crlKeyHash: this.#crlKeyHash(entry) }, this.#revocations())
    } catch (cause) {
      const name = cause instanceof PkiError ? cause.context.name : undefined
      throw atPlace(this.#file, entry.place, String(name ?? entry.name), cause)
    }
  }

  /** What another shard writes is made here too if it may have to sign, or stands in a CRL that is written here. */
  #borrow(entry: ResolvedEntry, n: number, name: string, actions: Map<Action, number[]>): void {
    const { from, revoked, count } = entry
    const isListed = typeof revoked === 'object' && from !== undefined && this.#options.owns(from)
    const mayHaveToSign = entry.isAuthority || entry.isDependedOn
    if (isListed || (count === undefined && mayHaveToSign)) pushTo(actions, 'borrow', n)
    if (count === undefined) this.#outcomes.set(name, { isNew: false, fingerprint: ELSEWHERE, renews: [] })
  }

  /** Of the issuer whose CRL this run writes; `new` if that is made anew. */
  #crlKeyHash({ from }: ResolvedEntry): string | undefined {
    if (from === undefined || !this.#options.owns(from)) return undefined
    const isThere = this.#outcomes.get(from)?.isNew !== true && this.#certificates.has(from)
    return isThere ? issuerKeyHash(this.#store.readCertificate(from)) : 'new'
  }

  /** CRLs last, when it is known what all entries below an authority revoke. */
  withCrls(plans: readonly EntryPlan[]): readonly EntryPlan[] {
    if (plans.every(({ entry }) => entry.crl === undefined)) return plans
    const { ifExpiring, now } = this.#options
    const facts = { store: this.#store, revocations: this.#revocations(), ifExpiring, now }
    return plans.map((plan) => {
      return this.#options.owns(plan.entry.name) ? { ...plan, crl: planCrl(plan, plans, facts) } : plan
    })
  }

  #revocations(): Revocations {
    if (this.#knownRevocations === undefined) {
      this.#knownRevocations = new Revocations(this.#store)
      this.#knownRevocations.refresh()
    }
    return this.#knownRevocations
  }

  /** Authorities that the file uses without naming them stay. */
  unnamed(): ReturnType<typeof planUnnamed> {
    return planUnnamed({
      store: this.#store,
      records: this.#records,
      certificates: this.#certificates,
      named: this.#named,
      isUsed: (name) => this.#outcomes.has(name),
      owns: this.#options.owns,
    })
  }

  #decide(entry: ResolvedEntry, name: string): Decision {
    const record = this.#records.names.get(name)
    const issuer = entry.from === undefined ? undefined : this.#issuerOutcome(entry.from)
    const model = entry.crossSigns === undefined ? undefined : this.#issuerOutcome(entry.crossSigns)
    const isSame = record !== undefined && record.specification === entry.specification
    if (!this.#certificates.has(name)) {
      this.#requireFreeKey(name, record, entry)
      const comesBack = isSame && !this.#isUprooted(record, issuer) && model?.isNew !== true
      return comesBack && this.#canComeBack(entry, name) ? { action: 'restore' } : { action: 'make' }
    }
    if (record?.specification === undefined) return this.#decideForeign(entry, name, record, issuer)
    if (!isSame && this.#options.adopt && !this.#isUprooted(record, issuer)) return { action: 'adopt' }
    if (!isSame) return { action: 'change', reason: 'entry' }
    if (this.#isUprooted(record, issuer)) return { action: 'change', reason: 'issuer' }
    if (model?.isNew === true) return { action: 'change', reason: 'cross-signed' }
    if (record.isUnconfirmed && fingerprint(this.#store.readCertificate(name)) !== record.fingerprint) {
      return { action: 'change', reason: 'interrupted' }
    }
    return this.#decideKept(entry, name, record, issuer)
  }

  /** One that is there and of this file: whether all of it is there, and for how long. */
  #decideKept(entry: ResolvedEntry, name: string, record: NameRecord, issuer: Outcome | undefined): Decision {
    const { isSeeded, ifExpiring, now } = this.#options
    const lacksKey = entry.crossSigns === undefined && !record.isAdopted && !this.#keys.has(name)
    const lacksChain = issuer !== undefined && !this.#chains.has(name)
    if (lacksKey) return isSeeded ? { action: 'restore' } : { action: 'change', reason: 'key' }
    const isEnding = ifExpiring !== undefined && new Date(record.notAfter) <= addDuration(now, ifExpiring)
    if (isEnding) return { action: 'renew' }
    if (lacksChain || issuer?.isRechained === true) return { action: 'rechain' }
    const { issuerFingerprint } = record
    const isKnown = issuer !== undefined && issuer.fingerprint !== ELSEWHERE && issuerFingerprint !== undefined
    return { action: isKnown && issuerFingerprint !== issuer.fingerprint ? 'rechain' : 'keep' }
  }

  /**
   * One that is there, and no hierarchy file made it. If it has the issuer and the profile that the entry wants, it is
   * what the file describes: so a file that was written from a store finds that store complete.
   */
  #decideForeign(
    entry: ResolvedEntry,
    name: string,
    record: NameRecord | undefined,
    issuer: Outcome | undefined,
  ): Decision {
    if (this.#options.force) return { action: 'change', reason: 'foreign' }
    const isIssuer =
      record?.issuerKeyHash === undefined
        ? this.#isInChain(name, issuer)
        : record.issuer === entry.from && !this.#isUprooted(record, issuer)
    const isProfile = record?.profile === undefined || record.profile === entry.profileName
    if (isIssuer && isProfile) return { action: 'adopt' }
    const path = this.#store.certificatePath(name)
    const refusal = new PkiError('refused.exists', `it exists already, and was not made from this file: ${path}`, {
      hint: 'give the entry another name, remove the certificate, or pass --force to replace it',
      context: { name, path },
    })
    throw atPlace(this.#file, entry.place, name, refusal)
  }

  /** For one that was imported, or whose journal is gone: what lies above it in the store. */
  #isInChain(name: string, issuer: Outcome | undefined): boolean {
    const [above] = this.#store.readChain(name)
    if (above === undefined || issuer === undefined) return above === undefined && issuer === undefined
    return fingerprint(above) === issuer.fingerprint
  }

  /** Whether the issuer is no longer the one that issued it, nor one that renews that one. */
  #isUprooted({ issuerFingerprint, issuer: issuerName }: NameRecord, issuer: Outcome | undefined): boolean {
    if (issuer === undefined) return issuerName !== undefined
    if (issuer.isNew) return true
    if (issuerFingerprint === undefined || issuer.fingerprint === ELSEWHERE) return false
    return issuerFingerprint !== issuer.fingerprint && !issuer.renews.includes(issuerFingerprint)
  }

  #issuerOutcome(name: string): Outcome {
    const known = this.#outcomes.get(name)
    if (known !== undefined) return known
    // Not in the file: the store has it as it is.
    const own = fingerprint(this.#store.readCertificate(name))
    const outcome = { isNew: false, fingerprint: own, renews: this.#records.names.get(name)?.renews ?? [] }
    this.#outcomes.set(name, outcome)
    return outcome
  }

  #outcomeOf(name: string, action: Action): Outcome {
    const record = this.#records.names.get(name)
    const renews = record === undefined ? [] : [...record.renews, record.fingerprint]
    switch (action) {
      case 'make':
      case 'change':
        return { isNew: true, fingerprint: undefined, renews: [] }
      case 'renew':
        return { isNew: false, fingerprint: undefined, renews }
      case 'restore': {
        const isExact = this.#options.isSeeded || this.#findInChains(name) !== undefined
        return { isNew: false, fingerprint: isExact ? record?.fingerprint : undefined, renews }
      }
      default: {
        const isRechained = action === 'rechain'
        return { isNew: false, fingerprint: record?.fingerprint, renews: record?.renews ?? [], isRechained }
      }
    }
  }

  /** From the seed; from the chain of a certificate below; or with its key, which is still there. */
  #canComeBack(entry: ResolvedEntry, name: string): boolean {
    if (this.#options.isSeeded || this.#keys.has(name)) return true
    return entry.isAuthority && this.#findInChains(name) !== undefined
  }

  #lost(name: string): LostCertificate | undefined {
    const record = this.#records.names.get(name)
    return record && { fingerprint: record.fingerprint, foundIn: this.#findInChains(name) }
  }

  #findInChains(name: string): string | undefined {
    const record = this.#records.names.get(name)
    return record && findBelow(this.#records, record.fingerprint, name, (below) => this.#chains.has(below))
  }

  /** A key without a certificate is either what an interrupted run has left, or somebody's request. */
  #requireFreeKey(name: string, record: NameRecord | undefined, entry: ResolvedEntry): void {
    if (record !== undefined || this.#options.force || !this.#keys.has(name)) return
    const path = this.#store.keyPath(name)
    const refusal = new PkiError('refused.exists', `there is a private key already, and no certificate: ${path}`, {
      hint: 'if it belongs to a request, sign that; otherwise remove it, or pass --force to replace it',
      context: { name, path },
    })
    throw atPlace(this.#file, entry.place, name, refusal)
  }
}

function pushTo(actions: Map<Action, number[]>, action: Action, n: number): void {
  const numbers = actions.get(action)
  if (numbers === undefined) actions.set(action, [n])
  else numbers.push(n)
}

/** A certificate that was issued by this one, so that its chain begins with it. */
function findBelow(
  { names }: StoreRecords,
  issuerFingerprint: string,
  issuer: string,
  hasChain: (name: string) => boolean,
): string | undefined {
  for (const [name, record] of names) {
    if (record.issuer === issuer && record.issuerFingerprint === issuerFingerprint && hasChain(name)) return name
  }
  return undefined
}
