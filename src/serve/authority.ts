/** The CAs of a store as a server needs them: certificate, chain and a key that signs, as of this moment. */

import { type Stats, statSync } from 'node:fs'
import { equalBytes } from '../der/writer.ts'
import { PkiError } from '../errors.ts'
import { authoritySigner } from '../issue/credential.ts'
import type { OcspResponder } from '../issue/ocsp.ts'
import { parsePrivateKey } from '../keys/key-file.ts'
import type { Signer } from '../keys/keys.ts'
import { issuerKeyHash } from '../store/journal.ts'
import type { Store, StoredCredential } from '../store/store.ts'
import type { Certificate } from '../x509/certificate.ts'
import { KEY_PURPOSE } from '../x509/oids.ts'
import { checkSignature } from '../x509/signature.ts'
import { JournalIndex } from './journal-index.ts'
import type { ProblemLog } from './log.ts'

/** A certificate of the store, with its key if that can be used. */
export interface Holder {
  readonly name: string
  readonly certificate: Certificate
  /** Nearest issuer first. */
  readonly chain: readonly Certificate[]
  readonly signer: Signer | undefined
  /** Why there is no signer. */
  readonly keyProblem: string | undefined
  /** When the certificate was put into the store. */
  readonly storedAt: Date
}

/** A CA of the store. */
export interface Authority extends Holder {
  /** What the journal knows it by, see `issuerKeyHash`. */
  readonly keyHash: string
}

/** A holder as it was read, and what its files looked like then. */
interface Reading {
  readonly stamp: string
  readonly holder: Holder
}

/** The CAs of a store. What was read is kept for as long as the files stay as they are. */
export class Authorities {
  readonly #store: Store
  readonly #password: string | undefined
  readonly #problems: ProblemLog
  readonly #index: JournalIndex
  readonly #readings = new Map<string, Reading>()
  /** Names of the responders of each CA, as of the journal's last line. */
  readonly #responders = new Map<Certificate, readonly string[]>()
  /** Whether a certificate is a responder of a CA: a signature is checked once. */
  readonly #delegations = new WeakMap<Certificate, WeakMap<Certificate, boolean>>()

  /** @param password of the private keys that are encrypted */
  constructor(store: Store, password: string | undefined, problems: ProblemLog) {
    this.#store = store
    this.#password = password
    this.#problems = problems
    this.#index = new JournalIndex(store)
  }

  /** The CA of this name; undefined if there is none, or if the certificate of that name is no CA's. */
  find(name: string): Authority | undefined {
    const holder = this.#read(name)
    if (holder === undefined || holder.certificate.decoded.basicConstraints?.cA !== true) return undefined
    return { ...holder, keyHash: issuerKeyHash(holder.certificate) }
  }

  /** Every CA, oldest first. */
  all(): readonly Authority[] {
    this.#index.refresh()
    return this.#index.authorities.flatMap((name) => this.find(name) ?? [])
  }

  /** The CA whose certificate this is, if it is in the store. */
  withCertificate(certificate: Certificate): Authority | undefined {
    return this.all().find((authority) => equalBytes(authority.certificate.encoded, certificate.encoded))
  }

  /**
   * Who signs OCSP responses about the certificates of a CA. Of the certificates in the store that this very CA issued
   * for OCSPSigning (RFC 6960 §4.2.2.2), that are valid at the time, and whose key is there, the one that began last
   * is taken; if there is none, the CA itself.
   * @returns undefined if no key is there
   */
  responderOf(authority: Authority, at: Date): OcspResponder | undefined {
    const isValid = ({ certificate: { notBefore, notAfter } }: Holder) => notBefore.date <= at && at <= notAfter.date
    const delegates = this.#delegatesOf(authority).filter(
      (delegate) => delegate.signer !== undefined && isValid(delegate),
    )
    const { certificate, signer } = delegates.reduce<Holder>(beginsLater, delegates[0] ?? authority)
    return signer && { certificate, signer }
  }

  #delegatesOf({ certificate: issuer }: Authority): readonly Holder[] {
    if (this.#index.refresh()) this.#responders.clear()
    const known = this.#responders.get(issuer)
    const delegates = (known ?? this.#index.responders)
      .flatMap((name) => this.#read(name) ?? [])
      .filter(({ certificate }) => this.#isDelegate(certificate, issuer))
    if (known === undefined) {
      const names = delegates.map(({ name }) => name)
      this.#responders.set(issuer, names)
    }
    return delegates
  }

  #isDelegate(certificate: Certificate, issuer: Certificate): boolean {
    const known = this.#delegations.get(issuer) ?? new WeakMap<Certificate, boolean>()
    this.#delegations.set(issuer, known)
    const isDelegate = known.get(certificate) ?? isDelegateOf(certificate, issuer)
    known.set(certificate, isDelegate)
    return isDelegate
  }

  /** One that cannot be read is reported and counts as absent. */
  #read(name: string): Holder | undefined {
    try {
      const stamp = stampOf(this.#store, name)
      if (stamp === undefined) return undefined
      const known = this.#readings.get(name)
      if (known?.stamp === stamp) return known.holder
      const holder = this.#holderOf(this.#store.read(name))
      this.#readings.set(name, { stamp, holder })
      this.#problems.settle(name)
      return holder
    } catch (error) {
      // Text that is no name names nothing.
      if (!(error instanceof PkiError)) throw error
      if (error.code !== 'usage.name') this.#problems.report(name, error.message)
      return undefined
    }
  }

  #holderOf({ name, certificate, chain, keyFile }: StoredCredential): Holder {
    const storedAt = statSync(this.#store.certificatePath(name)).mtime
    const known = { name, certificate, chain, storedAt }
    if (keyFile === undefined) {
      return { ...known, signer: undefined, keyProblem: `the private key of ${name} is not in the store` }
    }
    try {
      const privateKey = parsePrivateKey(keyFile.bytes, { source: keyFile.path, password: this.#password })
      if (!equalBytes(privateKey.publicKey.encoded, certificate.publicKey.encoded)) {
        return { ...known, signer: undefined, keyProblem: `the private key of ${name} is another certificate's` }
      }
      const signer = authoritySigner({ name, credential: { certificate, chain, privateKey } })
      return { ...known, signer, keyProblem: undefined }
    } catch (error) {
      if (!(error instanceof PkiError)) throw error
      return { ...known, signer: undefined, keyProblem: error.message }
    }
  }
}

function beginsLater(a: Holder, b: Holder): Holder {
  return b.certificate.notBefore.date > a.certificate.notBefore.date ? b : a
}

function isDelegateOf(certificate: Certificate, issuer: Certificate): boolean {
  if (certificate.decoded.extKeyUsage?.includes(KEY_PURPOSE.OCSPSigning) !== true) return false
  if (!certificate.issuer.equals(issuer.subject)) return false
  const { signatureAlgorithm, tbs, signature } = certificate
  return checkSignature(signatureAlgorithm, issuer.publicKey, tbs, signature) === 'valid'
}

/** Changes whenever one of its files does; undefined without a certificate. */
function stampOf(store: Store, name: string): string | undefined {
  const certificate = statSync(store.certificatePath(name), { throwIfNoEntry: false })
  if (certificate === undefined) return undefined
  const others = [store.keyPath(name), store.chainPath(name)].map((path) => statSync(path, { throwIfNoEntry: false }))
  return [certificate, ...others].map(stampOfFile).join(' ')
}

function stampOfFile(stats: Stats | undefined): string {
  return stats === undefined ? '-' : `${stats.ino}:${stats.mtimeMs}:${stats.size}`
}
