/** Certificates that path building draws from, indexed once by subject so that a look-up costs the same in any pool. */

import { equalBytes } from '../der/writer.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { Name } from '../x509/name.ts'

/** Certificates that may stand between the target and an anchor. Nothing in it is trusted. */
export class IssuerPool {
  readonly #bySubject = new Map<string, Certificate[]>()
  /** Encodings of the certificates of a name that has several, so that none is kept twice. */
  readonly #encodings = new Map<string, Set<string>>()

  constructor(certificates: Iterable<Certificate>) {
    for (const certificate of certificates) this.#add(certificate)
  }

  /** The certificates whose subject is `name`. */
  issuers(name: Name): readonly Certificate[] {
    return this.#bySubject.get(name.key) ?? NONE
  }

  #add(certificate: Certificate): void {
    const { key } = certificate.subject
    const known = this.#bySubject.get(key)
    if (known === undefined) {
      this.#bySubject.set(key, [certificate])
      return
    }
    let encodings = this.#encodings.get(key)
    if (encodings === undefined) {
      encodings = new Set(known.map(encodingKey))
      this.#encodings.set(key, encodings)
    }
    const encoding = encodingKey(certificate)
    if (encodings.has(encoding)) return
    encodings.add(encoding)
    known.push(certificate)
  }
}

const NONE: readonly Certificate[] = []

function encodingKey({ encoded }: Certificate): string {
  return Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength).toString('latin1')
}

/** The certificates that are trusted because the caller says so. Make it once, use it for many verifications. */
export class TrustStore {
  readonly #pool: IssuerPool
  readonly #lengths: ReadonlySet<number>

  constructor(trustAnchors: Iterable<Certificate>) {
    const certificates = [...trustAnchors]
    this.#pool = new IssuerPool(certificates)
    this.#lengths = new Set(certificates.map(({ encoded }) => encoded.length))
  }

  /** The anchors whose subject is `name`. */
  anchors(name: Name): readonly Certificate[] {
    return this.#pool.issuers(name)
  }

  /** Whether exactly this certificate, byte by byte, is an anchor. */
  has({ encoded, subject }: Certificate): boolean {
    // Most certificates differ from all anchors in length, which saves the look at their names.
    if (!this.#lengths.has(encoded.length)) return false
    return this.anchors(subject).some((anchor) => equalBytes(anchor.encoded, encoded))
  }
}
