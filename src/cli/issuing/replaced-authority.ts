/** An authority whose certificate gives way to another one, and what becomes of the certificates that it issued. */

import { readRecords } from '../../apply/records.ts'
import { equalBytes } from '../../der/writer.ts'
import { publicDraftsOf } from '../../store/abandoned.ts'
import { type Issuers, issuedBelow, rechainBelow } from '../../store/rechain.ts'
import type { Store } from '../../store/store.ts'
import type { Certificate } from '../../x509/certificate.ts'
import type { Io } from '../io.ts'
import type { MadeCertificate } from './made-report.ts'

export class ReplacedAuthority {
  readonly #store: Store
  readonly #name: string
  readonly #predecessor: Certificate
  readonly #issuers: Issuers

  private constructor(store: Store, name: string, predecessor: Certificate) {
    this.#store = store
    this.#name = name
    this.#predecessor = predecessor
    this.#issuers = new Map([...readRecords(store).names].map(([below, { issuer }]) => [below, issuer]))
  }

  /** Undefined if nothing of this name issues certificates. @throws PkiError `input.malformed`, `input.unreadable` */
  static find(store: Store, name: string): ReplacedAuthority | undefined {
    if (!store.has(name)) return undefined
    const predecessor = store.readCertificate(name)
    return predecessor.decoded.basicConstraints?.cA === true
      ? new ReplacedAuthority(store, name, predecessor)
      : undefined
  }

  /** What will not verify with the successor, which is not stored yet. */
  warnings(successor: Certificate): MadeCertificate['problems'] {
    if (this.#isContinuedBy(successor)) return []
    const names = issuedBelow(this.#store, this.#name, this.#predecessor, this.#issuers)
    const [first, ...others] = names
    if (first === undefined) return []
    const shown = names.length > SHOWN ? [...names.slice(0, SHOWN), `${names.length - SHOWN} more`] : names
    const [were, cure] = others.length === 0 ? ['was', `pki renew ${first} signs it`] : ['were', 'pki renew signs each']
    const message = `${shown.join(', ')} ${were} issued by the ${this.#name} that is replaced, and will not verify with the new one: ${cure} anew, pki renew ${this.#name} instead of this keeps the key`
    return [{ kind: 'replaced.left-behind', message }]
  }

  /** Puts the successor, which is stored now, into the chains of what stays valid. @throws PkiError `refused.write` */
  rechain(successor: Certificate, io: Io): void {
    if (!this.#isContinuedBy(successor)) return
    rechainBelow(this.#store, this.#name, this.#issuers, io.now(), publicDraftsOf(io.process))
  }

  /** Whether what the predecessor issued verifies with the successor, too. */
  #isContinuedBy({ subject, publicKey }: Certificate): boolean {
    const { subject: oldSubject, publicKey: oldKey } = this.#predecessor
    return equalBytes(subject.encoded, oldSubject.encoded) && equalBytes(publicKey.encoded, oldKey.encoded)
  }
}

const SHOWN = 8
