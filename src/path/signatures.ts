/** Checks the signatures that paths ask for: counts them, remembers them. */

import { type Certificate, fingerprint } from '../x509/certificate.ts'
import type { SubjectPublicKeyInfo } from '../x509/public-key.ts'
import { checkSignature, type SignatureCheck } from '../x509/signature.ts'
import type { Budget } from './budget.ts'

/**
 * Remembers issuers' certificates whose signature was verified, from one verification to the next. Whoever verifies
 * many certificates below the same CAs makes one and passes it along; each is then checked once.
 *
 * It holds digests of certificates with the keys that verified them, so that equal bytes are recognised in whatever
 * object they come, and nothing else is. Only good signatures are remembered. The oldest are forgotten beyond `capacity`.
 */
export class SignatureMemory {
  readonly #capacity: number
  readonly #verified = new Set<string>()

  constructor(capacity = 1000) {
    this.#capacity = capacity
  }

  has(key: string): boolean {
    return this.#verified.has(key)
  }

  add(key: string): void {
    if (this.#verified.size >= this.#capacity) {
      const [oldest] = this.#verified
      if (oldest !== undefined) this.#verified.delete(oldest)
    }
    if (this.#capacity > 0) this.#verified.add(key)
  }
}

/** The key under which a signature is remembered, kept with the object: issuers come in the same object again and again. */
const memoryKeys = new WeakMap<Certificate, { readonly issuerKey: SubjectPublicKeyInfo; readonly text: string }>()

function memoryKey(certificate: Certificate, issuerKey: SubjectPublicKeyInfo): string {
  const known = memoryKeys.get(certificate)
  if (known?.issuerKey === issuerKey) return known.text
  const { encoded } = issuerKey
  const key = Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength).toString('latin1')
  const text = `${fingerprint(certificate)} ${key}`
  memoryKeys.set(certificate, { issuerKey, text })
  return text
}

interface Checked {
  readonly certificate: Certificate
  readonly issuerKey: SubjectPublicKeyInfo
  readonly result: SignatureCheck
}

/** The signature checks of one verification. */
export class SignatureChecker {
  readonly #budget: Budget
  readonly #memory: SignatureMemory | undefined
  readonly #checked: Checked[] = []

  constructor(budget: Budget, memory: SignatureMemory | undefined) {
    this.#budget = budget
    this.#memory = memory
  }

  /**
   * Whether `issuerKey` signed the certificate; undefined if the budget does not allow to find out.
   * @param isTarget targets are not remembered: they come in any number, and seldom again
   */
  check(certificate: Certificate, issuerKey: SubjectPublicKeyInfo, isTarget: boolean): SignatureCheck | undefined {
    if (!this.#budget.spend('signatures')) return undefined
    const known = this.#checked.find((one) => one.certificate === certificate && one.issuerKey === issuerKey)
    if (known !== undefined) return known.result
    const result =
      isTarget || this.#memory === undefined ? verify(certificate, issuerKey) : this.#recall(certificate, issuerKey)
    this.#checked.push({ certificate, issuerKey, result })
    return result
  }

  #recall(certificate: Certificate, issuerKey: SubjectPublicKeyInfo): SignatureCheck {
    const key = memoryKey(certificate, issuerKey)
    if (this.#memory?.has(key)) return 'valid'
    const result = verify(certificate, issuerKey)
    if (result === 'valid') this.#memory?.add(key)
    return result
  }
}

function verify({ signatureAlgorithm, tbs, signature }: Certificate, issuerKey: SubjectPublicKeyInfo): SignatureCheck {
  return checkSignature(signatureAlgorithm, issuerKey, tbs, signature)
}
