/** What decrypting needs to know, and the errors it ends in: shared by key files and PKCS#12. */

import { PkiError } from '../errors.ts'
import { oidName } from '../x509/oids.ts'

/**
 * Iterations of key derivation that one file may ask for, all its parts together; some four seconds of work. OWASP
 * recommends 600,000 for PBKDF2, the loader of .NET 9 stops at 1,000,000 for a whole PFX.
 */
export const MAX_ITERATIONS = 10_000_000

/** One file being decrypted. */
export class Decryption {
  /** How errors name the file. */
  readonly source: string
  readonly password: string | undefined
  readonly #hint: string
  #iterationsLeft = MAX_ITERATIONS

  /** @param hint tells how to give a password */
  constructor(source: string, password: string | undefined, hint: string) {
    this.source = source
    this.password = password
    this.#hint = hint
  }

  /** @throws PkiError `input.password` if none was given */
  requirePassword(what: string): string {
    if (this.password !== undefined) return this.password
    throw new PkiError('input.password', `${this.source}: ${what} is encrypted, and no password was given`, {
      hint: this.#hint,
      context: { file: this.source },
    })
  }

  /**
   * Call before deriving a key.
   * @param cost of one iteration, compared with PBKDF2's for one block of a key
   * @throws PkiError `input.unsupported` if the file asks for more than {@link MAX_ITERATIONS}, or for none at all
   */
  spendIterations(count: number, cost = 1): void {
    if (count < 1) throw this.unsupported('a key derivation without iterations')
    this.#iterationsLeft -= count * cost
    if (this.#iterationsLeft < 0) {
      throw this.unsupported(`a key derivation of ${count} iterations, which would take too long`)
    }
  }

  wrongPassword(what: string, cause?: unknown): PkiError {
    return new PkiError('input.password', `${this.source}: wrong password for ${what}, or damaged data`, {
      hint: this.#hint,
      context: { file: this.source },
      cause,
    })
  }

  unsupported(what: string): PkiError {
    return new PkiError('input.unsupported', `${this.source}: not supported: ${what}`, {
      context: { file: this.source },
    })
  }

  /** `what` is followed by the algorithm's name. */
  unsupportedAlgorithm(what: string, oid: string): PkiError {
    return this.unsupported(`${what} ${oidName(oid) ?? oid}`)
  }
}
