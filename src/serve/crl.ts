/**
 * The CRLs that a server hands out. The complete CRL of a CA is made when it is asked for and the one at hand does not
 * know the latest revocation, or has half its life behind it; it goes into the store as one of `pki crl` would. Deltas
 * and partitions are handed out as they lie there.
 */

import { readFileSync, statSync } from 'node:fs'
import { DerError } from '../der/reader.ts'
import { PkiError } from '../errors.ts'
import { type CrlRequest, issueCrl } from '../issue/crl.ts'
import { withBadSignature } from '../issue/crl-fault.ts'
import type { Signer } from '../keys/keys.ts'
import type { ProcessTable } from '../store/lock.ts'
import { publishCrl } from '../store/publish-crl.ts'
import type { Revocations } from '../store/revocations.ts'
import type { Store } from '../store/store.ts'
import { type CertificateList, parseCrl } from '../x509/crl.ts'
import type { SubjectPublicKeyInfo } from '../x509/public-key.ts'
import { checkSignature } from '../x509/signature.ts'
import type { Authority } from './authority.ts'
import type { PathFaults } from './fault.ts'
import type { ProblemLog } from './log.ts'
import { type Moment, wholeSecond } from './moment.ts'

export interface CrlSourceOptions {
  readonly store: Store
  readonly revocations: Revocations
  readonly processes: ProcessTable
  /** From thisUpdate to nextUpdate of the CRLs that are made here, in milliseconds. */
  readonly lifetime: number
  readonly problems: ProblemLog
}

/** Seconds for which everybody waits while another process holds the store: it may be making a large CRL. */
const PATIENCE = 2

export class CrlSource {
  readonly #options: CrlSourceOptions
  readonly #files = new Map<string, { readonly stamp: string; readonly crl: CertificateList }>()
  /** What was made here and lies in no file, by issuer; and the highest number that was used for such a CRL. */
  readonly #unpublished = new Map<string, CertificateList>()
  readonly #numbers = new Map<string, bigint>()

  constructor(options: CrlSourceOptions) {
    this.#options = options
  }

  /** The journal holds something new: only its files tell what they know of it. */
  journalChanged(): void {
    this.#unpublished.clear()
  }

  /**
   * The complete CRL of a CA. Without its key that is the one in the store, whatever it knows.
   * @returns undefined if there is none and none can be made
   */
  complete(authority: Authority, moment: Moment, faults: PathFaults): CertificateList | undefined {
    const { signer } = authority
    const stored = this.#storedCompleteOf(authority)
    if (signer === undefined) return stored
    if (faults.has('stale') || faults.has('unsigned')) return this.#makeFaulty(authority, signer, moment, faults)
    const atHand = [stored, this.#unpublished.get(authority.keyHash)]
    return atHand.find((crl) => this.#isUpToDate(crl, authority, moment.at)) ?? this.#make(authority, signer, moment)
  }

  /** A delta or partitioned CRL as it lies in the store; undefined if there is none. */
  stored(name: string, scope: string): CertificateList | undefined {
    return this.#readFile(this.#options.store.crlPath(name, scope))
  }

  #storedCompleteOf({ name, certificate }: Authority): CertificateList | undefined {
    const crl = this.#readFile(this.#options.store.crlPath(name))
    // Of a CA that had this name before, its CRL may still be there.
    return crl?.issuer.equals(certificate.subject) === true && isSignedBy(crl, certificate) ? crl : undefined
  }

  #isUpToDate(crl: CertificateList | undefined, { keyHash }: Authority, at: Date): boolean {
    const { revocations } = this.#options
    const number = crl?.decoded.cRLNumber
    if (crl === undefined || number === undefined || crl.nextUpdate === undefined) return false
    const [start, end] = [crl.thisUpdate.date.getTime(), crl.nextUpdate.date.getTime()]
    if (at.getTime() < start || at.getTime() >= (start + end) / 2) return false
    const next = revocations.nextRevocation(keyHash, crl.thisUpdate.date)
    if (next !== undefined && next <= at) return false
    if (this.#unpublished.get(keyHash) === crl) return true
    const outdated = revocations.outdatedCrlNumber(keyHash)
    // A number that the journal does not hold tells nothing about what the CRL knows.
    return outdated < 0n || (number > outdated && number <= revocations.lastCrlNumber(keyHash))
  }

  /** The next CRL. At a borrowed time, or where the store cannot be written, it stays in memory. */
  #make(authority: Authority, signer: Signer, moment: Moment): CertificateList {
    if (!moment.isBorrowed) {
      const published = this.#publish(authority, signer, moment.at)
      if (published !== undefined) return published
    }
    const request = this.#request(authority, signer, moment.at)
    const crl = parseCrl(issueCrl(request))
    if (!moment.isSingle) {
      this.#unpublished.set(authority.keyHash, crl)
      this.#numbers.set(authority.keyHash, request.number)
    }
    return crl
  }

  #publish({ name, certificate, keyHash }: Authority, signer: Signer, at: Date): CertificateList | undefined {
    const { store, processes, lifetime, problems } = this.#options
    const thisUpdate = wholeSecond(at)
    const nextUpdate = new Date(thisUpdate.getTime() + lifetime)
    const order = { issuer: { name, certificate, signer }, scope: {}, thisUpdate, nextUpdate }
    try {
      const { encoded } = publishCrl(store, order, { now: at, processes, patience: PATIENCE })
      this.#unpublished.delete(keyHash)
      problems.settle(`${name}.crl`)
      return parseCrl(encoded)
    } catch (error) {
      if (!(error instanceof PkiError) || !error.code.startsWith('refused.')) throw error
      problems.report(`${name}.crl`, `${error.message}; the CRL of ${name} is handed out without being stored`)
      return undefined
    }
  }

  /** Old, badly signed, or both; it is not kept, and takes no number. */
  #makeFaulty(authority: Authority, signer: Signer, moment: Moment, faults: PathFaults): CertificateList {
    const { lifetime } = this.#options
    const at = faults.has('stale') ? new Date(moment.at.getTime() - 2 * lifetime) : moment.at
    const signs = faults.has('unsigned') ? withBadSignature(signer) : signer
    return parseCrl(issueCrl(this.#request(authority, signs, at)))
  }

  #request({ certificate, keyHash }: Authority, signer: Signer, at: Date): CrlRequest {
    const { revocations, lifetime } = this.#options
    const thisUpdate = wholeSecond(at)
    const [published, unpublished] = [revocations.lastCrlNumber(keyHash), this.#numbers.get(keyHash) ?? 0n]
    return {
      issuer: certificate,
      signer,
      thisUpdate,
      nextUpdate: new Date(thisUpdate.getTime() + lifetime),
      number: (published > unpublished ? published : unpublished) + 1n,
      entries: revocations.revokedBy(keyHash, thisUpdate),
    }
  }

  /** A file that is no CRL is reported and counts as absent. */
  #readFile(path: string): CertificateList | undefined {
    const stats = statSync(path, { throwIfNoEntry: false })
    if (stats === undefined) return undefined
    const stamp = `${stats.ino}:${stats.mtimeMs}:${stats.size}`
    const known = this.#files.get(path)
    if (known?.stamp === stamp) return known.crl
    try {
      const crl = parseCrl(new Uint8Array(readFileSync(path)))
      this.#files.set(path, { stamp, crl })
      this.#options.problems.settle(path)
      return crl
    } catch (error) {
      if (!(error instanceof DerError)) throw error
      this.#options.problems.report(path, `${path}: ${error.message} (at octet ${error.offset})`)
      return undefined
    }
  }
}

function isSignedBy(crl: CertificateList, { publicKey }: Authority['certificate']): boolean {
  const known = checked.get(crl)
  if (known?.publicKey === publicKey) return known.isValid
  const isValid = checkSignature(crl.signatureAlgorithm, publicKey, crl.tbs, crl.signature) === 'valid'
  checked.set(crl, { publicKey, isValid })
  return isValid
}

const checked = new WeakMap<CertificateList, { readonly publicKey: SubjectPublicKeyInfo; readonly isValid: boolean }>()
