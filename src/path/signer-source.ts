/** Finds and validates the paths of CRL issuers and OCSP responders, below the trust anchor of the path in question. */

import type { Certificate } from '../x509/certificate.ts'
import type { Name } from '../x509/name.ts'
import { type CandidatePath, PathBuilder } from './build.ts'
import type { SignerSource } from './revocation-context.ts'
import { RFC5280, weightOf } from './rule-set.ts'
import { type IssuerPool, TrustStore } from './trust-store.ts'
import { type ValidationInputs, validatePath } from './validate.ts'

/**
 * The signers of one verification. They are judged by §6.1 alone, whatever is asked of the target: no purpose, no
 * policies, and the rules of RFC 5280.
 */
export class PathSignerSource implements SignerSource {
  readonly #trust: TrustStore
  readonly #pool: IssuerPool
  readonly #inputs: ValidationInputs
  readonly #paths = new Map<Certificate, readonly Certificate[] | undefined>()

  /**
   * @param path in question. Its anchor "MUST be the same as the trust anchor used" for the signers (§6.3.3 (f))
   * @param pool certificates that may be signers or stand above them
   */
  constructor(path: readonly Certificate[], pool: IssuerPool, inputs: ValidationInputs) {
    this.#trust = new TrustStore(path.slice(-1))
    this.#pool = pool
    this.#inputs = { ...inputs, rules: RFC5280, purpose: undefined, policies: {} }
  }

  certificatesOf(subject: Name): readonly Certificate[] {
    return this.#pool.issuers(subject)
  }

  pathTo(certificate: Certificate): readonly Certificate[] | undefined {
    if (!this.#paths.has(certificate)) this.#paths.set(certificate, this.#search(certificate))
    return this.#paths.get(certificate)
  }

  isValid(path: readonly Certificate[]): boolean {
    return this.#isValid({ certificates: path, end: 'anchor', deadCandidates: 0 })
  }

  #search(certificate: Certificate): readonly Certificate[] | undefined {
    const { at, budget } = this.#inputs
    const builder = new PathBuilder(certificate, this.#trust, this.#pool, at.getTime(), budget)
    for (let candidate = builder.next(); candidate !== undefined; candidate = builder.next()) {
      if (candidate.end === 'anchor' && this.#isValid(candidate)) return candidate.certificates
    }
    return undefined
  }

  #isValid(candidate: CandidatePath): boolean {
    const { authenticated, findings } = validatePath(candidate, this.#inputs)
    return authenticated && findings.every(({ code }) => weightOf(RFC5280, code) !== 'error')
  }
}
