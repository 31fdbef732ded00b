/**
 * Whatever file holds certificates, keys, requests or CRLs, recognised by its content and never by its name: PEM with
 * any number of blocks and text between them, DER, PKCS#7, PKCS#12. OCSP requests and responses have no PEM form.
 *
 * A file that is none of these is an error. A certificate that does not parse inside one that is, is reported by itself:
 * whether that matters is for the caller to say, and among intermediates it is a finding like any other.
 */

import { definiteLengths } from '../der/ber.ts'
import { isPem, type PemBlock, parsePem } from '../der/pem.ts'
import { contextTag, DerError, DerReader, Tag } from '../der/reader.ts'
import { PkiError } from '../errors.ts'
import { Decryption } from '../keys/decryption.ts'
import { isPrivateKeyLabel, KEY_HINTS, parseKeyBlock, parseKeyDer } from '../keys/key-file.ts'
import type { PrivateKey } from '../keys/keys.ts'
import { type Certificate, parseCertificate } from '../x509/certificate.ts'
import {
  type Input,
  type InputEncoding,
  type InputKind,
  type InputPlace,
  type MalformedCertificate,
  malformedInput,
} from './input.ts'
import { encodingKind } from './input-kind.ts'

/** How {@link readInput} names the file, and how it deals with what is encrypted. */
export interface InputOptions {
  /** How errors name the input: a path, or `-`. */
  readonly source: string
  /** For encrypted keys and PFX files. */
  readonly password?: string | undefined
  /** `skip` leaves private keys unread, so that a bundle with an encrypted key needs no password. A PFX still does. */
  readonly privateKeys?: 'read' | 'skip'
}

const EXPECTED = 'a certificate, CRL, request or key in PEM or DER, PKCS#7 or PKCS#12'

/**
 * Reads all there is in a file.
 * @throws PkiError `input.malformed` with file, block, offset and what was expected in its context; `input.password`;
 *   `input.unsupported`
 */
export async function readInput(bytes: Uint8Array, options: InputOptions): Promise<Input> {
  const collector = new Collector(options)
  try {
    const text = pemText(bytes)
    const kind = text === undefined ? await collector.readDer(bytes) : await collector.readPem(text)
    return collector.input(kind)
  } catch (cause) {
    if (!(cause instanceof DerError)) throw cause
    throw malformedInput(collector.place, cause, collector.expected)
  }
}

/** The text of a PEM file, undefined if it is not one. PowerShell's `>` writes UTF-16 with a byte order mark. */
function pemText(bytes: Uint8Array): string | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return buffer.toString('utf16le', 2)
  return isPem(bytes) ? buffer.toString('latin1') : undefined
}

/** By its first four octets: JKS, and JCEKS, which differs from it in what encrypts the keys. */
function isJavaKeyStore(bytes: Uint8Array): boolean {
  return ['feedfeed', 'cececece'].includes(Buffer.from(bytes.subarray(0, 4)).toString('hex'))
}

function javaKeyStore(source: string): PkiError {
  return new PkiError('input.unsupported', `${source}: a Java key store of the old kind (JKS)`, {
    hint: `make a PKCS#12 file of it: keytool -importkeystore -srckeystore ${source} -destkeystore new.p12 -deststoretype pkcs12`,
    context: { file: source },
  })
}

/** Gathers what a file holds, and knows where it is reading, for the error that may come. */
class Collector {
  place: InputPlace
  expected = EXPECTED
  readonly #options: InputOptions
  readonly #decryption: Decryption
  readonly #certificates: Certificate[] = []
  readonly #malformedCertificates: MalformedCertificate[] = []
  readonly #restrictedTrust: InputPlace[] = []
  readonly #privateKeys: PrivateKey[] = []
  readonly #requests: InputEncoding[] = []
  readonly #crls: InputEncoding[] = []
  readonly #publicKeys: InputEncoding[] = []
  readonly #ocspRequests: InputEncoding[] = []
  readonly #ocspResponses: InputEncoding[] = []

  constructor(options: InputOptions) {
    this.#options = options
    this.#decryption = new Decryption(options.source, options.password, KEY_HINTS)
    this.place = { source: options.source, block: 1, offset: 0 }
  }

  input(kind: InputKind): Input {
    return {
      source: this.#options.source,
      kind,
      certificates: this.#certificates,
      malformedCertificates: this.#malformedCertificates,
      restrictedTrust: this.#restrictedTrust,
      privateKeys: this.#privateKeys,
      requests: this.#requests,
      crls: this.#crls,
      publicKeys: this.#publicKeys,
      ocspRequests: this.#ocspRequests,
      ocspResponses: this.#ocspResponses,
    }
  }

  async readPem(text: string): Promise<InputKind> {
    let known = 0
    for (const [i, block] of parsePem(text).entries()) {
      this.place = { source: this.#options.source, block: i + 1, offset: block.offset }
      this.expected = EXPECTED
      if (await this.#readBlock(block)) known++
    }
    if (known > 0) return 'pem'
    throw new DerError('no PEM block of a kind that this program reads', 0)
  }

  /** Whether the block is of a kind known here; parameters and the like are passed over. */
  async #readBlock(block: PemBlock): Promise<boolean> {
    if (isPrivateKeyLabel(block.label)) {
      this.expected = 'a private key'
      if (this.#options.privateKeys !== 'skip') this.#privateKeys.push(parseKeyBlock(block, this.#decryption))
      return true
    }
    switch (block.label) {
      case 'CERTIFICATE':
      case 'X509 CERTIFICATE':
        await this.#readCertificateBlock(block.bytes)
        return true
      case 'TRUSTED CERTIFICATE':
        this.#readTrustedCertificate(block.bytes)
        return true
      case 'CERTIFICATE REQUEST':
      case 'NEW CERTIFICATE REQUEST':
        this.#requests.push({ encoded: block.bytes, place: this.place })
        return true
      case 'X509 CRL':
        this.#crls.push({ encoded: block.bytes, place: this.place })
        return true
      case 'PUBLIC KEY':
        this.#publicKeys.push({ encoded: block.bytes, place: this.place })
        return true
      case 'PKCS7':
      case 'CMS':
        await this.#readPkcs7(block.bytes)
        return true
      default:
        return false
    }
  }

  /** Windows' certificate server writes PKCS#7 under this label too. */
  async #readCertificateBlock(bytes: Uint8Array): Promise<void> {
    if (kindOrUndefined(bytes) === 'pkcs7') await this.#readPkcs7(bytes)
    else this.#addCertificate(bytes)
  }

  /** OpenSSL's own (X509_CERT_AUX): a certificate, and behind it what it is and is not trusted for, an alias, and more. */
  #readTrustedCertificate(bytes: Uint8Array): void {
    const reader = new DerReader(bytes)
    this.#addCertificate(reader.element('certificate').encoded)
    const settings = reader.atEnd ? undefined : reader.sequence('trust settings')
    reader.finish('trusted certificate')
    const first = settings?.peek()
    if (first === Tag.sequence || first === contextTag(0, true)) this.#restrictedTrust.push(this.place)
  }

  async readDer(bytes: Uint8Array): Promise<InputKind> {
    if (bytes.length === 0) throw new DerError('the file is empty', 0)
    if (isJavaKeyStore(bytes)) throw javaKeyStore(this.#options.source)
    const hasIndefiniteLength = bytes[1] === 0x80
    const kind = encodingKind(hasIndefiniteLength ? definiteLengths(bytes) : bytes)
    switch (kind) {
      case 'certificate':
        this.#addCertificate(bytes)
        return kind
      case 'request':
        this.#requests.push({ encoded: bytes, place: this.place })
        return kind
      case 'crl':
        this.#crls.push({ encoded: bytes, place: this.place })
        return kind
      case 'public-key':
        this.#publicKeys.push({ encoded: bytes, place: this.place })
        return kind
      case 'ocsp-request':
        this.#ocspRequests.push({ encoded: bytes, place: this.place })
        return kind
      case 'ocsp-response':
        this.#ocspResponses.push({ encoded: bytes, place: this.place })
        return kind
      case 'private-key':
        this.expected = 'a private key'
        if (this.#options.privateKeys !== 'skip') this.#privateKeys.push(parseKeyDer(bytes, this.#decryption))
        return kind
      case 'pkcs7':
        await this.#readPkcs7(bytes)
        return kind
      case 'pkcs12':
        await this.#readPkcs12(bytes)
        return kind
      case undefined:
        throw new DerError('neither PEM nor DER of a known kind', 0)
    }
  }

  async #readPkcs7(bytes: Uint8Array): Promise<void> {
    this.expected = 'a PKCS#7 bundle'
    const { parsePkcs7 } = await import('./pkcs7.ts')
    const { certificates, crls } = parsePkcs7(bytes)
    const { place } = this
    for (const [i, encoded] of certificates.entries()) this.#addCertificate(encoded, { ...place, block: i + 1 })
    for (const encoded of crls) this.#crls.push({ encoded, place })
  }

  async #readPkcs12(bytes: Uint8Array): Promise<void> {
    this.expected = 'a PFX'
    const { source, password } = this.#options
    const { parsePkcs12, PFX_HINTS, inCredentialOrder } = await import('./pkcs12.ts')
    const pfx = await parsePkcs12(bytes, new Decryption(source, password, PFX_HINTS))
    for (const [i, { encoded }] of pfx.certificates.entries())
      this.#addCertificate(encoded, { ...this.place, block: i + 1 })
    if (this.#options.privateKeys !== 'skip') this.#privateKeys.push(...pfx.privateKeys.map(({ key }) => key))
    for (const encoded of pfx.crls) this.#crls.push({ encoded, place: this.place })
    this.#certificates.splice(0, this.#certificates.length, ...inCredentialOrder(pfx, this.#certificates))
  }

  #addCertificate(encoded: Uint8Array, place = this.place): void {
    try {
      this.#certificates.push(parseCertificate(encoded))
    } catch (error) {
      if (!(error instanceof DerError)) throw error
      this.#malformedCertificates.push({ encoded, place, error, certificatesBefore: this.#certificates.length })
    }
  }
}

function kindOrUndefined(bytes: Uint8Array): ReturnType<typeof encodingKind> {
  try {
    return encodingKind(bytes)
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}
