/** The certificate that a client presented, with the words that .NET's `X509Certificate2` has for its parts. */

import { createHash } from 'node:crypto'
import { type Certificate, parseCertificate } from '../x509/certificate.ts'
import { isSelfSigned } from './chain-policy.ts'
import { formatDotnetName } from './dotnet-name.ts'
import { type NameInfoOptions, type NameType, nameInfo } from './name-info.ts'

/** Immutable. What is asked twice is worked out once. */
export class ClientCertificate {
  /** What the certificate says in RFC 5280's words. */
  readonly certificate: Certificate
  #subject: string | undefined
  #issuer: string | undefined
  #thumbprint: string | undefined
  #sha256: string | undefined
  #key: { readonly scheme: string; readonly key: string } | undefined

  constructor(certificate: Certificate) {
    this.certificate = certificate
  }

  /** @throws DerError for bytes that are no certificate in DER */
  static parse(encoded: Uint8Array): ClientCertificate {
    return new ClientCertificate(parseCertificate(encoded))
  }

  /** DER. */
  get encoded(): Uint8Array {
    return this.certificate.encoded
  }

  /** The subject as .NET writes it, see `dotnet-name.ts`. */
  get subject(): string {
    this.#subject ??= formatDotnetName(this.certificate.subject)
    return this.#subject
  }

  get issuer(): string {
    this.#issuer ??= formatDotnetName(this.certificate.issuer)
    return this.#issuer
  }

  /** SHA-1 of the certificate, 40 upper-case hexadecimal digits. */
  get thumbprint(): string {
    this.#thumbprint ??= this.#digest('sha1')
    return this.#thumbprint
  }

  /** SHA-256 of the certificate, 64 upper-case hexadecimal digits. */
  get sha256(): string {
    this.#sha256 ??= this.#digest('sha256')
    return this.#sha256
  }

  /** By what a cache knows it. The last one is remembered, as certificates mostly meet one scheme. */
  keyUnder(scheme: string): string {
    if (this.#key?.scheme !== scheme) this.#key = { scheme, key: `${scheme}:${this.sha256}` }
    return this.#key.key
  }

  /** Upper-case hexadecimal digits of the octets as they stand in the certificate, a leading 00 among them. */
  get serialNumber(): string {
    return Buffer.from(this.certificate.serialOctets).toString('hex').toUpperCase()
  }

  get notBefore(): Date {
    return this.certificate.notBefore.date
  }

  get notAfter(): Date {
    return this.certificate.notAfter.date
  }

  /** Whether subject and issuer are the same bytes; no signature is looked at. */
  get isSelfSigned(): boolean {
    return isSelfSigned(this.certificate)
  }

  /** One of the subject's names, `''` if there is none. */
  nameInfo(type: NameType, options: NameInfoOptions = {}): string {
    return nameInfo(this.certificate, type, options)
  }

  #digest(algorithm: 'sha1' | 'sha256'): string {
    return createHash(algorithm).update(this.certificate.encoded).digest('hex').toUpperCase()
  }
}
