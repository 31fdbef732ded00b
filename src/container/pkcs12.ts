/**
 * Reading PKCS #12 (RFC 7292): PFX and P12 files, key stores and trust stores.
 *
 * Files of every age are read: any MAC digest and PBMAC1, PBES2 with AES or 3DES, the old 3DES and RC2 schemes, files
 * without a MAC, and BER. Integrity by signature and privacy by public key (§3.1), which nobody makes, are refused.
 */

import { definiteLengths } from '../der/ber.ts'
import { contextTag, type DerElement, DerError, DerReader, Tag } from '../der/reader.ts'
import { readCount, readOid, stringFromElement } from '../der/values.ts'
import { concatBytes, equalBytes } from '../der/writer.ts'
import type { Decryption, DecryptionHints } from '../keys/decryption.ts'
import { parsePkcs8, readEncryptedPrivateKeyInfo } from '../keys/key-file.ts'
import type { PrivateKey } from '../keys/keys.ts'
import { decryptPbes2 } from '../keys/pbes2.ts'
import { type AlgorithmIdentifier, readAlgorithmIdentifier } from '../x509/algorithm.ts'
import type { Certificate } from '../x509/certificate.ts'
import { CONTENT_TYPE, oidName, PASSWORD_ENCRYPTION, PKCS12_BAG } from '../x509/oids.ts'
import { belongsTo, findChain } from './credential-assembly.ts'
import { type MacData, type MacFacts, readMacData } from './pkcs12-mac.ts'

/** What to do about a PFX that cannot be decrypted. */
export const PFX_HINTS: DecryptionHints = {
  password: 'give the password with --password-file or PKI_PASSWORD',
  rewrite: 'openssl pkcs12 -legacy',
}

/** The attributes of a bag that programs use (RFC 7292 §4.2, RFC 2985 §5.5). */
export interface BagAttributes {
  readonly friendlyName: string | undefined
  /** Joins a key and its certificate; any octets. */
  readonly localKeyId: Uint8Array | undefined
  /** Java's mark of a trusted certificate: the purposes it is trusted for. */
  readonly trustedKeyUsage: readonly string[] | undefined
}

export interface Pkcs12Certificate extends BagAttributes {
  /** DER of the certificate, not yet parsed. */
  readonly encoded: Uint8Array
}

export interface Pkcs12Key extends BagAttributes {
  readonly key: PrivateKey
}

export interface Pkcs12 {
  readonly certificates: readonly Pkcs12Certificate[]
  readonly privateKeys: readonly Pkcs12Key[]
  /** DER of the CRLs. */
  readonly crls: readonly Uint8Array[]
  /** Undefined if nothing protects the file. */
  readonly mac: MacFacts | undefined
  /** The algorithms that encrypt its parts, in order, by name; none where a part is not encrypted. */
  readonly encryption: readonly string[]
}

/**
 * Reads a whole file. The MAC is checked first.
 * @throws DerError with the offset of the fault; PkiError `input.password`, `input.unsupported`
 */
export async function parsePkcs12(bytes: Uint8Array, decryption: Decryption): Promise<Pkcs12> {
  const reader = new DerReader(definiteLengths(bytes))
  const pfx = reader.sequence('PFX')
  reader.finish('PFX')
  if (readCount(pfx.expect(Tag.integer, 'PFX version'), 'PFX version') !== 3) {
    throw new DerError('PFX version: 3 expected', pfx.position)
  }
  const { type, content } = readContentInfo(pfx, 'authSafe')
  if (type !== CONTENT_TYPE.data) throw decryption.unsupportedAlgorithm('PKCS #12 protected by', type)
  const authSafe = readOctets(content, 'authSafe')
  const macElement = pfx.optional(Tag.sequence, 'MAC')
  pfx.finish('PFX')

  const mac = macElement && readMacData(macElement, decryption)
  const confirmed = mac && { password: passwordOfMac(mac, authSafe, decryption) }
  const file = new Pkcs12Reader(decryption, () =>
    confirmed ? confirmed.password : decryption.requirePassword('the PFX'),
  )
  await file.readAuthenticatedSafe(authSafe)
  return { ...file.contents(), mac: mac?.facts }
}

/**
 * The certificates in the order in which a credential has them: that of the first key, joined by localKeyId or else by
 * the public key, the chain above it, and then the rest as they come.
 * @param certificates those of the file that parse
 */
export function inCredentialOrder(
  { certificates: bags, privateKeys }: Pkcs12,
  certificates: readonly Certificate[],
): readonly Certificate[] {
  const [first] = privateKeys
  if (first === undefined) return certificates
  const own = certificates.filter((certificate) => belongsTo(certificate, first.key))
  const joined = own.find((certificate) => {
    const id = bags.find(({ encoded }) => equalBytes(encoded, certificate.encoded))?.localKeyId
    return id !== undefined && first.localKeyId !== undefined && equalBytes(id, first.localKeyId)
  })
  const leaf = joined ?? own[0]
  if (leaf === undefined) return certificates
  return [...new Set([leaf, ...findChain(leaf, certificates), ...certificates])]
}

/**
 * The password that the MAC confirms. Without one, the two ways of having none are tried: an empty one (OpenSSL) and
 * no octets at all (.NET's null); likewise for the empty password.
 */
function passwordOfMac(mac: MacData, content: Uint8Array, decryption: Decryption): string | undefined {
  const given = decryption.password
  const candidates = given === undefined || given === '' ? ['', undefined] : [given]
  for (const candidate of candidates) if (mac.isRight(content, candidate)) return candidate
  decryption.requirePassword('the PFX')
  throw decryption.wrongPassword('the PFX')
}

class Pkcs12Reader {
  readonly #decryption: Decryption
  readonly #password: () => string | undefined
  readonly #certificates: Pkcs12Certificate[] = []
  readonly #privateKeys: Pkcs12Key[] = []
  readonly #crls: Uint8Array[] = []
  readonly #encryption: string[] = []

  /** @param password asked for only if something is encrypted */
  constructor(decryption: Decryption, password: () => string | undefined) {
    this.#decryption = decryption
    this.#password = password
  }

  contents(): Omit<Pkcs12, 'mac'> {
    const [certificates, privateKeys, crls] = [this.#certificates, this.#privateKeys, this.#crls]
    return { certificates, privateKeys, crls, encryption: this.#encryption }
  }

  /** AuthenticatedSafe (§4.1): a sequence of ContentInfo, plain or encrypted. */
  async readAuthenticatedSafe(bytes: Uint8Array): Promise<void> {
    const reader = new DerReader(definiteLengths(bytes))
    const safes = reader.sequence('authenticated safe')
    reader.finish('authenticated safe')
    while (!safes.atEnd) {
      const { type, content } = readContentInfo(safes, 'safe')
      if (type === CONTENT_TYPE.data) await this.#readSafeContents(readOctets(content, 'safe'))
      else if (type === CONTENT_TYPE.encryptedData) await this.#readEncryptedData(content)
      else throw this.#decryption.unsupportedAlgorithm('a safe of type', type)
    }
  }

  /** EncryptedData (RFC 5652 §8, RFC 2315 §13). */
  async #readEncryptedData(content: DerReader): Promise<void> {
    const what = 'encrypted safe'
    const fields = content.sequence(what)
    fields.expect(Tag.integer, `${what}: version`)
    const info = fields.sequence(what)
    readOid(info, `${what}: type`)
    const algorithm = readAlgorithmIdentifier(info, `${what}: algorithm`)
    const encrypted = implicitOctets(info.element(`${what}: data`), what)
    info.finish(what)
    const data = await this.#decrypt(algorithm, encrypted, what)
    await this.#afterDecryption(what, () => this.#readSafeContents(data))
  }

  /** SafeContents (§4.2): a sequence of bags. */
  async #readSafeContents(bytes: Uint8Array): Promise<void> {
    const reader = new DerReader(definiteLengths(bytes))
    const bags = reader.sequence('safe contents')
    reader.finish('safe contents')
    await this.#readBags(bags)
  }

  async #readBags(bags: DerReader): Promise<void> {
    while (!bags.atEnd) {
      const bag = bags.sequence('bag')
      const type = readOid(bag, 'bag type')
      const value = bag.expect(contextTag(0, true), 'bag value').reader()
      const attributes = readAttributes(bag.optional(Tag.set, 'bag attributes'))
      bag.finish('bag')
      await this.#readBag(type, value, attributes)
    }
  }

  async #readBag(type: string, value: DerReader, attributes: BagAttributes): Promise<void> {
    switch (type) {
      case PKCS12_BAG.keyBag: {
        const key = parsePkcs8(value.element('key bag').encoded, this.#decryption)
        this.#privateKeys.push({ key, ...attributes })
        return
      }
      case PKCS12_BAG.pkcs8ShroudedKeyBag: {
        const { algorithm, encrypted } = readEncryptedPrivateKeyInfo(value.element('shrouded key bag').encoded)
        const data = await this.#decrypt(algorithm, encrypted, 'the private key')
        await this.#afterDecryption('the private key', async () => {
          this.#privateKeys.push({ key: parsePkcs8(data, this.#decryption), ...attributes })
        })
        return
      }
      case PKCS12_BAG.certBag: {
        const { kind, encoded } = readTypedOctets(value, 'certificate bag')
        if (kind === PKCS12_BAG.x509Certificate) this.#certificates.push({ encoded, ...attributes })
        return
      }
      case PKCS12_BAG.crlBag:
        this.#crls.push(readTypedOctets(value, 'CRL bag').encoded)
        return
      case PKCS12_BAG.safeContentsBag:
        return this.#readBags(value.sequence('nested safe contents'))
      default:
      // Secrets and whatever else a key store may hold are nobody's certificate.
    }
  }

  async #decrypt(algorithm: AlgorithmIdentifier, data: Uint8Array, what: string): Promise<Uint8Array> {
    this.#encryption.push(oidName(algorithm.oid) ?? algorithm.oid)
    const password = this.#password()
    if (algorithm.oid === PASSWORD_ENCRYPTION.pbes2) {
      return decryptPbes2(algorithm.parameters, data, this.#decryption, what, password ?? '')
    }
    const { decryptPbe } = await import('./pkcs12-pbe.ts')
    return decryptPbe(algorithm, data, password, this.#decryption, what)
  }

  /** Without a MAC only the garbage that comes out tells of a wrong password. */
  async #afterDecryption(what: string, read: () => Promise<void>): Promise<void> {
    try {
      await read()
    } catch (cause) {
      throw cause instanceof DerError ? this.#decryption.wrongPassword(what, cause) : cause
    }
  }
}

/** ContentInfo (RFC 5652 §3): the type, and a reader over what `[0] EXPLICIT` holds. */
function readContentInfo(reader: DerReader, what: string): { readonly type: string; readonly content: DerReader } {
  const fields = reader.sequence(what)
  const type = readOid(fields, `${what}: content type`)
  const content = fields.expect(contextTag(0, true), `${what}: content`).reader()
  fields.finish(what)
  return { type, content }
}

function readOctets(reader: DerReader, what: string): Uint8Array {
  const octets = reader.expect(Tag.octetString, what).content
  reader.finish(what)
  return octets
}

/** `[0] IMPLICIT OCTET STRING`, which BER may cut into segments under the same tag. */
function implicitOctets(element: DerElement, what: string): Uint8Array {
  if (element.tag === contextTag(0, false)) return element.content
  if (element.tag !== contextTag(0, true))
    throw new DerError(`${what}: the encrypted octets are missing`, element.start)
  const segments: Uint8Array[] = []
  const reader = element.reader()
  while (!reader.atEnd) segments.push(reader.expect(Tag.octetString, what).content)
  return concatBytes(segments)
}

/** CertBag and CRLBag (§4.2.3–4): what it is, and its octets. */
function readTypedOctets(value: DerReader, what: string): { readonly kind: string; readonly encoded: Uint8Array } {
  const fields = value.sequence(what)
  const kind = readOid(fields, what)
  const explicit = fields.expect(contextTag(0, true), what).reader()
  fields.finish(what)
  const element = explicit.element(what)
  return { kind, encoded: element.tag === Tag.octetString ? element.content : element.encoded }
}

function readAttributes(set: DerElement | undefined): BagAttributes {
  let friendlyName: string | undefined
  let localKeyId: Uint8Array | undefined
  let trustedKeyUsage: string[] | undefined
  for (const reader = set?.reader(); reader && !reader.atEnd; ) {
    const attribute = reader.sequence('bag attribute')
    const type = readOid(attribute, 'bag attribute')
    const values = attribute.expect(Tag.set, 'bag attribute').reader()
    attribute.finish('bag attribute')
    if (type === PKCS12_BAG.friendlyName)
      friendlyName = stringFromElement(values.element('friendlyName'), 'friendlyName')
    else if (type === PKCS12_BAG.localKeyId) localKeyId = values.expect(Tag.octetString, 'localKeyId').content
    else if (type === PKCS12_BAG.trustedKeyUsage) {
      trustedKeyUsage = []
      while (!values.atEnd) trustedKeyUsage.push(readOid(values, 'trustedKeyUsage'))
    }
  }
  return { friendlyName, localKeyId, trustedKeyUsage }
}
