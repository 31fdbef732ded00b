/**
 * Path building (RFC 4158): proposes paths from the target to an anchor, most promising first, and judges none.
 *
 * It walks the graph of certificates depth first, from the target upward: whose subject is my issuer? Names alone
 * connect; key identifiers and validity periods only decide what is tried first (§3.5), so that a wrong hint never
 * hides a good path. A branch that ends without an anchor is proposed too, because it explains what is missing.
 */

import { equalBytes } from '../der/writer.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { AuthorityKeyIdentifier } from '../x509/extension-value.ts'
import type { Budget } from './budget.ts'
import type { IssuerPool, TrustStore } from './trust-store.ts'

/** A proposal. `certificates` runs from the target upward. */
export interface CandidatePath {
  readonly certificates: readonly Certificate[]
  /** What the last certificate is: an anchor, one whose issuer is missing, or one too many. */
  readonly end: 'anchor' | 'issuer-missing' | 'too-long'
  /** Certificates of the missing issuer's name that were not usable, because they stand in the path already. */
  readonly deadCandidates: number
}

/** One certificate of the path under construction, and the issuers still to be tried. */
interface Level {
  readonly certificate: Certificate
  readonly anchors: readonly Certificate[]
  readonly others: readonly Certificate[]
  next: number
  /** Some issuer was usable. */
  continued: boolean
}

export class PathBuilder {
  readonly #trust: TrustStore
  readonly #pool: IssuerPool
  readonly #at: number
  readonly #budget: Budget
  readonly #path: Level[] = []
  #targetIsAnchor: Certificate | undefined

  /** @param at milliseconds; used as a hint only */
  constructor(target: Certificate, trust: TrustStore, pool: IssuerPool, at: number, budget: Budget) {
    this.#trust = trust
    this.#pool = pool
    this.#at = at
    this.#budget = budget
    if (trust.has(target)) this.#targetIsAnchor = target
    else this.#push(target)
  }

  /** The next proposal; undefined when there is none, or the budget is exhausted. */
  next(): CandidatePath | undefined {
    if (this.#targetIsAnchor !== undefined) {
      const certificates = [this.#targetIsAnchor]
      this.#targetIsAnchor = undefined
      return { certificates, end: 'anchor', deadCandidates: 0 }
    }
    for (let level = this.#path.at(-1); level !== undefined; level = this.#path.at(-1)) {
      const { anchors, others } = level
      const index = level.next++
      if (index < anchors.length) {
        level.continued = true
        return this.#propose('anchor', anchors[index])
      }
      const candidate = others[index - anchors.length]
      if (candidate === undefined) {
        const proposal = level.continued ? undefined : this.#propose('issuer-missing')
        this.#path.pop()
        if (proposal !== undefined) return proposal
        continue
      }
      // An anchor was tried as such and needs no certificate above it.
      if (this.#stands(candidate) || (anchors.length > 0 && this.#trust.has(candidate))) continue
      level.continued = true
      if (this.#path.length + 1 >= this.#budget.limits.pathLength) return this.#propose('too-long')
      if (!this.#push(candidate)) return undefined
    }
    return undefined
  }

  #push(certificate: Certificate): boolean {
    const anchors = this.#trust.anchors(certificate.issuer)
    const others = this.#pool.issuers(certificate.issuer)
    if (!this.#budget.spend('steps', 1 + anchors.length + others.length)) return false
    this.#path.push({
      certificate,
      anchors: this.#order(certificate, anchors),
      others: this.#order(certificate, others),
      next: 0,
      continued: false,
    })
    return true
  }

  #propose(end: CandidatePath['end'], anchor?: Certificate): CandidatePath {
    const certificates = this.#path.map((level) => level.certificate)
    const deadCandidates = end === 'issuer-missing' ? (this.#path.at(-1)?.others.length ?? 0) : 0
    if (anchor !== undefined) certificates.push(anchor)
    return { certificates, end, deadCandidates }
  }

  /**
   * Whether this entity stands in the path already (RFC 4158 §2.4.1, §5.2): the same subject and the same key. The
   * same subject with another key is key rollover, the same key under another subject a renamed CA.
   */
  #stands({ subject, publicKey }: Certificate): boolean {
    return this.#path.some(
      ({ certificate }) =>
        certificate.subject.key === subject.key && equalBytes(certificate.publicKey.encoded, publicKey.encoded),
    )
  }

  /** Most promising first (RFC 4158 §3.5.12, §3.5.5). */
  #order(subject: Certificate, issuers: readonly Certificate[]): readonly Certificate[] {
    if (issuers.length < 2) return issuers
    const scored = issuers.map((issuer) => ({ issuer, score: this.#score(subject, issuer) }))
    return scored.sort((a, b) => b.score - a.score).map(({ issuer }) => issuer)
  }

  #score({ decoded }: Certificate, issuer: Certificate): number {
    const key = keyIdentifierScore(decoded.authorityKeyIdentifier, issuer)
    const timely = issuer.notBefore.date.getTime() <= this.#at && this.#at <= issuer.notAfter.date.getTime()
    // One step from an anchor: in a mesh of cross-certificates every other way is a detour, and there are thousands.
    const nearAnchor = this.#trust.anchors(issuer.issuer).length > 0
    // A self-issued certificate that is no anchor leads to another key of the same name: a detour (§3.5.13).
    return key * 8 + (timely ? 4 : 0) + (nearAnchor ? 2 : 0) + (issuer.isSelfIssued ? 0 : 1)
  }
}

/** 2 if the subject's hint names this issuer, 0 if it names another, 1 if it does not say. */
function keyIdentifierScore(hint: AuthorityKeyIdentifier | undefined, { decoded, serialNumber }: Certificate): number {
  const found = decoded.subjectKeyIdentifier
  if (hint?.keyIdentifier !== undefined && found !== undefined) return equalBytes(hint.keyIdentifier, found) ? 2 : 0
  if (hint?.authorityCertSerialNumber === undefined) return 1
  return hint.authorityCertSerialNumber === serialNumber ? 2 : 0
}
