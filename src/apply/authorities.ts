/**
 * The certificates of a run that others depend on: roots, authorities, and what is cross-signed. They are made in
 * memory, each before what it issues, before anything is written.
 */

import { atPlace, type ResolvedEntry } from '../hierarchy-file/resolve.ts'
import type { NamedAuthority } from '../issue/credential.ts'
import type { PrivateKey } from '../keys/keys.ts'
import { issuedEvent } from '../store/issued-event.ts'
import type { Store } from '../store/store.ts'
import { type Certificate, fingerprint } from '../x509/certificate.ts'
import type { Action, EntryPlan, LostCertificate } from './apply-plan.ts'
import { type Made, type MakingMeans, makeInstance, predecessorOf, type Relations } from './make.ts'

export interface AuthorityMeans extends MakingMeans {
  readonly store: Store
  /** As errors name the hierarchy file. */
  readonly file: string
  /** The private key that lies in the store under a name. */
  readonly unlockKey: (name: string) => Promise<PrivateKey>
}

/** Whether an entry is made here, and not by the crew that makes the many. */
export function isMadeFirst({ count, isAuthority, isDependedOn, from, crossSigns }: ResolvedEntry): boolean {
  return count === undefined && (isAuthority || isDependedOn || from === undefined || crossSigns !== undefined)
}

/** The one action of an entry that stands for a single certificate; undefined if another shard writes it. */
export function onlyAction({ actions }: EntryPlan): Action | undefined {
  return [...actions].find(([, numbers]) => numbers.length > 0)?.[0]
}

/** The authorities of one run: those that are made, and those that are in the store and have to sign. */
export class Authorities {
  readonly #means: AuthorityMeans
  readonly #entries: ReadonlyMap<string, ResolvedEntry>
  readonly #made = new Map<string, Made>()
  readonly #keys = new Map<string, PrivateKey>()

  constructor(entries: readonly ResolvedEntry[], means: AuthorityMeans) {
    this.#means = means
    this.#entries = new Map(entries.map((entry) => [entry.name, entry]))
  }

  /**
   * Makes what the plan says; nothing is written.
   * @returns undefined if the certificate stays as it is
   * @throws PkiError with the place of the entry
   */
  async make(plan: EntryPlan): Promise<Made | undefined> {
    const { entry } = plan
    try {
      const made = await this.#make(plan)
      if (made !== undefined) this.add(made)
      return made
    } catch (cause) {
      throw atPlace(this.#means.file, entry.place, entry.name, cause)
    }
  }

  /** Makes a certificate known that was made elsewhere. */
  add(made: Made): void {
    this.#made.set(made.name, made)
  }

  async #make(plan: EntryPlan): Promise<Made | undefined> {
    const { entry, lost } = plan
    switch (onlyAction(plan)) {
      case 'make':
      case 'change':
      case 'borrow':
        return makeInstance(entry, 1, await this.relations(entry), this.#means)
      case 'renew':
        return this.#renew(entry)
      case 'restore':
        return (await this.#takeFromChain(entry, lost)) ?? this.#restore(entry, lost)
      default:
        return undefined
    }
  }

  async #renew(entry: ResolvedEntry): Promise<Made> {
    const certificate = this.#means.store.readCertificate(entry.name)
    const own = fingerprint(certificate)
    // Only what signs itself needs the private half.
    const predecessor =
      entry.from === undefined
        ? { fingerprint: own, key: await this.#key(entry.name) }
        : predecessorOf(certificate, own)
    return makeInstance(entry, 1, await this.relations(entry), this.#means, predecessor)
  }

  /** With a seed everything comes back as it was; without one, another certificate for the key that is still there. */
  async #restore(entry: ResolvedEntry, lost: LostCertificate | undefined): Promise<Made> {
    const relations = await this.relations(entry)
    if (this.#means.seeded !== undefined || entry.crossSigns !== undefined) {
      return makeInstance(entry, 1, relations, this.#means)
    }
    const key = await this.#key(entry.name)
    return makeInstance(entry, 1, relations, this.#means, { fingerprint: lost?.fingerprint, key })
  }

  /** The certificate as it was: whoever was issued by it has it in the chain. */
  #takeFromChain(entry: ResolvedEntry, lost: LostCertificate | undefined): Made | undefined {
    const { store, seeded } = this.#means
    if (seeded !== undefined || lost?.foundIn === undefined) return undefined
    const [certificate] = store.readChain(lost.foundIn)
    if (certificate === undefined || fingerprint(certificate) !== lost.fingerprint) return undefined
    const { name, profileName, specification, from } = entry
    const chain = this.#chainOf(name)
    const issuer = from === undefined ? undefined : { name: from, certificate: this.certificate(from) }
    const event = {
      ...issuedEvent({ name, certificate }, issuer, profileName),
      specification,
      renews: lost.fingerprint,
    }
    const item = { credential: { name, certificate, chain, key: 'keep' as const }, event }
    return { name, credential: { certificate, chain, privateKey: undefined }, item, problems: [] }
  }

  async relations({ from, crossSigns }: ResolvedEntry): Promise<Relations> {
    return {
      issuer: from === undefined ? undefined : await this.authority(from),
      model: crossSigns === undefined ? undefined : this.certificate(crossSigns),
    }
  }

  /**
   * An authority, ready to sign, with the certificates above it as they are after this run.
   * @throws PkiError `refused.key` if its private key is not there, `input.password`
   */
  async authority(name: string): Promise<NamedAuthority> {
    const credential = {
      certificate: this.certificate(name),
      chain: this.#chainOf(name),
      privateKey: await this.#keyOf(name),
    }
    return { name, credential }
  }

  /** The one that was just made, or else that of the store. */
  async #keyOf(name: string): Promise<PrivateKey> {
    const made = this.#made.get(name)
    const isNew = typeof made?.item.credential.key === 'object'
    return (isNew ? made.credential.privateKey : undefined) ?? this.#key(name)
  }

  /** The certificate of a name as it is after this run. */
  certificate(name: string): Certificate {
    return this.#made.get(name)?.credential.certificate ?? this.#means.store.readCertificate(name)
  }

  /** The certificates above a name as they are after this run. */
  #chainOf(name: string): readonly Certificate[] {
    const made = this.#made.get(name)
    if (made !== undefined) return made.credential.chain
    const entry = this.#entries.get(name)
    if (entry === undefined) return this.#means.store.readChain(name)
    return this.chainBelow(entry.from)
  }

  /** What stands in the chain of a certificate that this authority issued. */
  chainBelow(issuer: string | undefined): readonly Certificate[] {
    return issuer === undefined ? [] : [this.certificate(issuer), ...this.#chainOf(issuer)]
  }

  /** For a cross-certificate, that of the authority it is for. */
  async #key(name: string): Promise<PrivateKey> {
    const holder = this.#entries.get(name)?.crossSigns
    if (holder !== undefined) return this.#keyOf(holder)
    const known = this.#keys.get(name)
    if (known !== undefined) return known
    const key = await this.#means.unlockKey(name)
    this.#keys.set(name, key)
    return key
  }
}
