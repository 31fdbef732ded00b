/**
 * What the journal says about revocation: which certificates are revoked, which were issued at all, and which number
 * the next CRL gets. Read once, and from then on only what was appended, so that a responder can ask for every request.
 *
 * An issuer is known by its key (`issuerKeyHash`), a certificate by its issuer and its serial number.
 */

import { PkiError } from '../errors.ts'
import type { OcspAnswer } from '../issue/ocsp.ts'
import type { Certificate } from '../x509/certificate.ts'
import { CRL_REASONS, type CrlReason } from '../x509/crl-extension.ts'
import { formatSerialNumber, parseSerialNumber } from '../x509/serial-number.ts'
import { issuerKeyHash, type JournalEntry } from './journal.ts'
import { JournalFollower } from './journal-follower.ts'
import type { Store } from './store.ts'

/** One certificate that is revoked, or on hold. */
export interface Revocation {
  readonly serialNumber: bigint
  readonly reason: CrlReason
  /** A whole second. Before it, the certificate is not revoked. */
  readonly revocationDate: Date
  readonly invalidityDate: Date | undefined
  /** It may issue certificates itself. */
  readonly isCa: boolean
  /** A hierarchy file has revoked it, or had put it on hold before somebody revoked it for good. */
  readonly isDeclared: boolean
}

/** What is known of one certificate at one time. `unknown`: no certificate of this serial number was issued here. */
export type RecordedStatus =
  | { readonly type: 'good' | 'unknown' }
  | { readonly type: 'revoked'; readonly revocation: Revocation }

/** An issuer for whom something is recorded. */
export interface RecordedIssuer {
  /** Under which name it revoked last. */
  readonly name: string
  readonly keyHash: string
}

/** How long a CRL is the latest. */
export interface CrlTimes {
  readonly thisUpdate: Date
  readonly nextUpdate: Date
}

/** What is recorded under one issuer key. Serial numbers as the journal writes them. */
interface IssuerRecord {
  name: string | undefined
  readonly revoked: Map<string, Revocation>
  readonly issued: Set<string>
  lastCrlNumber: bigint
  /** Of the CRL with the last number. */
  lastCrlTimes: CrlTimes | undefined
  /** As it was when something was revoked, or no longer was, for the last time. */
  outdatedCrlNumber: bigint
}

export interface RevocationsOptions {
  /** Whether to know which certificates were issued; otherwise none is `unknown`. Costs some 100 octets for each. */
  readonly withIssued?: boolean | undefined
}

/** The state of revocation in a store, as of the last {@link Revocations.refresh}. */
export class Revocations {
  readonly #follower: JournalFollower
  readonly #withIssued: boolean
  readonly #issuers = new Map<string, IssuerRecord>()
  /** Serial numbers of certificates that were imported: nobody noted under which key they were issued. */
  readonly #imported = new Set<string>()

  /** Nothing is read yet. */
  constructor({ journalPath }: Pick<Store, 'journalPath'>, { withIssued = false }: RevocationsOptions = {}) {
    this.#withIssued = withIssued
    this.#follower = new JournalFollower(journalPath, {
      wanted: new Set(['revoked', 'unrevoked', 'crl-issued', ...(withIssued ? (['issued', 'imported'] as const) : [])]),
      onEntry: (entry) => this.#apply(entry),
      onRestart: () => {
        this.#issuers.clear()
        this.#imported.clear()
      },
    })
  }

  /**
   * Reads what the journal holds beyond what was read before. Costs one look at the file if that is nothing.
   * @returns whether anything changed
   */
  refresh(): boolean {
    return this.#follower.follow()
  }

  /** @param issuer by its key hash, see `issuerKeyHash` */
  status(issuer: string, serialNumber: bigint, at: Date): RecordedStatus {
    const serial = formatSerialNumber(serialNumber)
    const record = this.#issuers.get(issuer)
    const revocation = record?.revoked.get(serial)
    if (revocation !== undefined && isInForce(revocation, at)) return { type: 'revoked', revocation }
    const isKnown =
      !this.#withIssued || revocation !== undefined || record?.issued.has(serial) || this.#imported.has(serial)
    return { type: isKnown ? 'good' : 'unknown' }
  }

  /** What an OCSP responder says at a time: the `lookup` of `issue/ocsp.ts`. */
  ocspLookup(at: Date): (issuer: Certificate, serialNumber: bigint) => OcspAnswer {
    return (issuer, serialNumber) => {
      const status = this.status(issuerKeyHash(issuer), serialNumber, at)
      if (status.type !== 'revoked') return { type: status.type }
      const { revocationDate: revocationTime, reason: revocationReason, invalidityDate } = status.revocation
      return { type: 'revoked', revocationTime, revocationReason, invalidityDate }
    }
  }

  /** The revocation of a certificate, whether it is in force yet or not. */
  find(issuer: string, serialNumber: bigint): Revocation | undefined {
    return this.#issuers.get(issuer)?.revoked.get(formatSerialNumber(serialNumber))
  }

  /** Everything that this issuer has revoked by `at`, in the order in which it was recorded. */
  *revokedBy(issuer: string, at: Date): Generator<Revocation> {
    for (const revocation of this.#issuers.get(issuer)?.revoked.values() ?? []) {
      if (isInForce(revocation, at)) yield revocation
    }
  }

  /** The number of the last CRL that was signed with this key, of whatever kind; 0 if there was none. */
  lastCrlNumber(issuer: string): bigint {
    return this.#issuers.get(issuer)?.lastCrlNumber ?? 0n
  }

  /** Of the CRL with the last number; undefined if there was none. */
  lastCrlTimes(issuer: string): CrlTimes | undefined {
    return this.#issuers.get(issuer)?.lastCrlTimes
  }

  /** CRLs of this issuer with this number or a lower one do not know its latest revocation, or the end of one. */
  outdatedCrlNumber(issuer: string): bigint {
    return this.#issuers.get(issuer)?.outdatedCrlNumber ?? -1n
  }

  /** When the next revocation that is already recorded comes into force after `at`; undefined if none is to come. */
  nextRevocation(issuer: string, at: Date): Date | undefined {
    let next: Date | undefined
    for (const { revocationDate } of this.#issuers.get(issuer)?.revoked.values() ?? []) {
      if (revocationDate > at && (next === undefined || revocationDate < next)) next = revocationDate
    }
    return next
  }

  /** Everybody who has revoked something, also if nothing of it is left. */
  issuers(): readonly RecordedIssuer[] {
    return [...this.#issuers].flatMap(([keyHash, { name }]) => (name === undefined ? [] : [{ name, keyHash }]))
  }

  #apply(entry: JournalEntry): void {
    switch (entry.event) {
      case 'revoked': {
        const record = this.#record(entry.issuerKeyHash)
        const revocation = requireRevocation(entry)
        record.name = entry.issuer
        // Shards whose journals were put together may each have noted it.
        const before = record.revoked.get(entry.serialNumber)
        if (isSame(before, revocation)) return
        // A change of reason moves the entry to the end: it is news.
        record.revoked.delete(entry.serialNumber)
        const isDeclared = revocation.isDeclared || before?.isDeclared === true
        record.revoked.set(entry.serialNumber, { ...revocation, isDeclared })
        record.outdatedCrlNumber = record.lastCrlNumber
        return
      }
      case 'unrevoked': {
        const record = this.#record(entry.issuerKeyHash)
        record.revoked.delete(entry.serialNumber)
        record.outdatedCrlNumber = record.lastCrlNumber
        return
      }
      case 'crl-issued': {
        const record = this.#record(entry.issuerKeyHash)
        const number = BigInt(entry.crlNumber)
        if (number <= record.lastCrlNumber) return
        record.lastCrlNumber = number
        record.lastCrlTimes = { thisUpdate: new Date(entry.thisUpdate), nextUpdate: new Date(entry.nextUpdate) }
        return
      }
      case 'issued':
        if (entry.issuerKeyHash !== undefined) this.#record(entry.issuerKeyHash).issued.add(entry.serialNumber)
        return
      case 'imported':
        this.#imported.add(entry.serialNumber)
        return
    }
  }

  #record(issuer: string): IssuerRecord {
    const known = this.#issuers.get(issuer)
    if (known !== undefined) return known
    const record: IssuerRecord = {
      name: undefined,
      revoked: new Map(),
      issued: new Set(),
      lastCrlNumber: 0n,
      lastCrlTimes: undefined,
      outdatedCrlNumber: -1n,
    }
    this.#issuers.set(issuer, record)
    return record
  }
}

function isSame(known: Revocation | undefined, { reason, revocationDate, invalidityDate }: Revocation): boolean {
  if (known === undefined || known.reason !== reason) return false
  const isSameTime = known.revocationDate.getTime() === revocationDate.getTime()
  return isSameTime && known.invalidityDate?.getTime() === invalidityDate?.getTime()
}

function isInForce({ revocationDate }: Revocation, at: Date): boolean {
  return revocationDate.getTime() <= at.getTime()
}

/**
 * A line that says that something is revoked and not what must not be passed over: the certificate would be good.
 * @throws PkiError `input.malformed`
 */
function requireRevocation(entry: JournalEntry & { readonly event: 'revoked' }): Revocation {
  const serialNumber = parseSerialNumber(String(entry.serialNumber))
  const revocationDate = new Date(entry.revocationDate)
  const invalidityDate = entry.invalidityDate === undefined ? undefined : new Date(entry.invalidityDate)
  const isComplete = typeof entry.issuerKeyHash === 'string' && CRL_REASONS.includes(entry.reason)
  if (serialNumber === undefined || !isComplete || isNoDate(revocationDate) || isNoDate(invalidityDate)) {
    throw new PkiError('input.malformed', `the journal holds a revocation that cannot be read: noted at ${entry.at}`, {
      hint: 'correct that line of journal.jsonl: nothing is said about revocation before it can be read',
      context: { at: entry.at, serialNumber: String(entry.serialNumber) },
    })
  }
  const isDeclared = entry.file !== undefined
  return { serialNumber, reason: entry.reason, revocationDate, invalidityDate, isCa: entry.isCa === true, isDeclared }
}

function isNoDate(date: Date | undefined): boolean {
  return date !== undefined && Number.isNaN(date.getTime())
}
