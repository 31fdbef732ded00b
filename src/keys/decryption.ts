/** What decrypting needs to know, and the errors it ends in: shared by key files and PKCS#12. */

import { PkiError } from '../errors.ts'
import { oidName } from '../x509/oids.ts'

/**
 * Iterations of key derivation that one file may ask for, all its parts together; some four seconds of work. OWASP
 * recommends 600,000 for PBKDF2, the loader of .NET 9 stops at 1,000,000 for a whole PFX.
 */
export const MAX_ITERATIONS = 10_000_000

/** What to do about a file of some kind that cannot be decrypted. */
export interface DecryptionHints {
  /** How to give a password. */
  readonly password: string
  /** The command, without the names of files, by which OpenSSL 3 reads what is not read here and writes it anew. */
  readonly rewrite: string
}

/** One file being decrypted. */
export class Decryption {
  /** How errors name the file. */
  readonly source: string
  readonly password: string | undefined
  readonly #hints: DecryptionHints
  #iterationsLeft = MAX_ITERATIONS

  constructor(source: string, password: string | undefined, hints: DecryptionHints) {
    this.source = source
    this.password = password
    this.#hints = hints
  }

  /** @throws PkiError `input.password` if none was given */
  requirePassword(what: string): string {
    if (this.password !== undefined) return this.password
    throw new PkiError('input.password', `${this.source}: ${what} is encrypted, and no password was given`, {
      hint: this.#hints.password,
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
      throw this.unsupportedEncryption(`a key derivation of ${count} iterations, which would take too long`)
    }
  }

  wrongPassword(what: string, cause?: unknown): PkiError {
    return new PkiError('input.password', `${this.source}: wrong password for ${what}, or damaged data`, {
      hint: this.#hints.password,
      context: { file: this.source },
      cause,
    })
  }

  unsupported(what: string): PkiError {
    return new PkiError('input.unsupported', `${this.source}: not supported: ${what}`, {
      context: { file: this.source },
    })
  }

  /** A way of encrypting that OpenSSL may know. With an `oid`, `what` is followed by the algorithm's name. */
  unsupportedEncryption(what: string, oid?: string): PkiError {
    const algorithm = oid === undefined ? '' : ` ${oidName(oid) ?? oid}`
    const file = STANDARD_INPUT.has(this.source) ? 'old.file' : shellWord(this.source)
    return new PkiError('input.unsupported', `${this.source}: not supported: ${what}${algorithm}`, {
      hint: `have OpenSSL write it anew: ${this.#hints.rewrite} -in ${file} -out new.pem`,
      context: { file: this.source },
    })
  }

  /** `what` is followed by the algorithm's name. */
  unsupportedAlgorithm(what: string, oid: string): PkiError {
    return this.unsupported(`${what} ${oidName(oid) ?? oid}`)
  }
}

/** What comes that way has no name that OpenSSL could be given. */
const STANDARD_INPUT: ReadonlySet<string> = new Set(['-', 'standard input'])

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
