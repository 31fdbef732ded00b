/**
 * Writes PKCS #12 (RFC 7292): key stores that hold one credential, and trust stores that hold certificates.
 *
 * The file is assembled here and not by a package, because none makes one to measure: node-forge takes RSA keys only
 * and leaves certificates unencrypted, pkijs has a fixed salt of 64 octets. What it takes of `node:crypto` is fast
 * enough for the default profile to add nothing to the start of the program; node-forge is loaded for the old ones.
 */

import { createHash } from 'node:crypto'
import { belongsTo } from '../container/credential-assembly.ts'
import { encodeMacData } from '../container/pkcs12-mac.ts'
import { bmpString, context, contextPrimitive, integer, octetString, oid, sequence, setOf } from '../der/writer.ts'
import { PkiError } from '../errors.ts'
import { type Credential, intermediates } from '../keys/credential.ts'
import { DEFAULT_ITERATIONS, type Encrypted, encryptPbes2 } from '../keys/pbes2.ts'
import type { RandomSource } from '../keys/random.ts'
import type { Certificate } from '../x509/certificate.ts'
import { CONTENT_TYPE, KEY_PURPOSE, PKCS12_BAG } from '../x509/oids.ts'
import { PFX_PROFILES, type PfxProfile, type PfxProfileName } from './pfx-profile.ts'

export interface PfxOptions {
  /** Undefined for no password at all: encrypted and authenticated under no octets, as .NET's null password is. */
  readonly password: string | undefined
  readonly random: RandomSource
  readonly profile?: PfxProfileName | undefined
  /** Of each key derivation and of the MAC. */
  readonly iterations?: number | undefined
}

export interface KeyStoreOptions extends PfxOptions {
  /** What programs show, and Java calls alias. */
  readonly friendlyName: string
  /** Whether the self-issued end of the chain goes in too. Trust is not handed over that way, so it does not. */
  readonly includeRoot?: boolean | undefined
}

export interface TrustedCertificate {
  readonly certificate: Certificate
  /** Java compares aliases in lower case, and so they are written. */
  readonly alias: string
}

/** Salts of 8 octets, as OpenSSL 3 has them: the keychain of macOS is reported to refuse a MAC with 16. */
const SALT_LENGTH = 8

/**
 * A PFX with the private key, its certificate first, and the certificates above it.
 * @throws PkiError `refused.key` without a private key, `input.mismatch` with that of another certificate
 */
export async function buildKeyStore(credential: Credential, options: KeyStoreOptions): Promise<Uint8Array> {
  const { certificate, privateKey } = credential
  const { friendlyName } = options
  if (privateKey === undefined) throw new PkiError('refused.key', `a PFX needs the private key of ${friendlyName}`)
  if (!belongsTo(certificate, privateKey)) {
    throw new PkiError('input.mismatch', `the private key is not that of the certificate ${friendlyName}`)
  }
  const above = options.includeRoot === true ? credential.chain : intermediates(credential)
  const localKeyId = createHash('sha1').update(certificate.encoded).digest()
  const attributes = setOf(
    attribute(PKCS12_BAG.friendlyName, bmpString(friendlyName)),
    attribute(PKCS12_BAG.localKeyId, octetString(localKeyId)),
  )
  const certificates = [certificateBag(certificate, attributes), ...above.map((issuer) => certificateBag(issuer))]
  const encrypt = await loadEncryption(options)
  const key = encrypt('key', privateKey.pkcs8)
  const shrouded = sequence(key.algorithm, octetString(key.encrypted))
  return buildPfx(
    [encryptedData(encrypt('certificates', sequence(...certificates))), data(sequence(keyBag(shrouded, attributes)))],
    options,
  )
}

/** A PFX without keys, whose certificates Java takes as trusted. */
export async function buildTrustStore(
  trusted: readonly TrustedCertificate[],
  options: PfxOptions,
): Promise<Uint8Array> {
  const bags = trusted.map(({ certificate, alias }) => {
    const friendlyName = attribute(PKCS12_BAG.friendlyName, bmpString(alias.toLowerCase()))
    return certificateBag(certificate, setOf(friendlyName, TRUSTED_FOR_ANYTHING))
  })
  const encrypt = await loadEncryption(options)
  return buildPfx([encryptedData(encrypt('certificates', sequence(...bags)))], options)
}

type Encrypt = (part: 'certificates' | 'key', plain: Uint8Array) => Encrypted

async function loadEncryption(options: PfxOptions): Promise<Encrypt> {
  const { password, random, iterations = DEFAULT_ITERATIONS } = options
  const profile: PfxProfile = PFX_PROFILES[options.profile ?? 'modern']
  const modern = { iterations, saltLength: SALT_LENGTH }
  const legacy = usesLegacy(profile) ? await import('../container/pkcs12-pbe.ts') : undefined
  return (part, plain) => {
    const scheme = profile[part]
    if (scheme === 'pbes2' || legacy === undefined) return encryptPbes2(plain, password ?? '', random, modern)
    const name = scheme === '3des' ? legacy.PBE_3DES : legacy.PBE_RC2_40
    return legacy.encryptPbe(name, plain, password, random, iterations)
  }
}

function usesLegacy({ certificates, key }: PfxProfile): boolean {
  return certificates !== 'pbes2' || key !== 'pbes2'
}

/** PFX (§4): version 3, the safes as data, the MAC over them. */
function buildPfx(safes: readonly Uint8Array[], options: PfxOptions): Uint8Array {
  const { password, random, profile = 'modern', iterations = DEFAULT_ITERATIONS } = options
  const authenticatedSafe = sequence(...safes)
  const { macDigest } = PFX_PROFILES[profile]
  const mac = encodeMacData(macDigest, authenticatedSafe, password, random(SALT_LENGTH), iterations)
  return sequence(integer(3), data(authenticatedSafe), mac)
}

/** ContentInfo of type data (RFC 5652 §4). */
function data(content: Uint8Array): Uint8Array {
  return sequence(oid(CONTENT_TYPE.data), context(0, octetString(content)))
}

/** ContentInfo of type EncryptedData (RFC 5652 §8). */
function encryptedData({ algorithm, encrypted }: Encrypted): Uint8Array {
  const info = sequence(oid(CONTENT_TYPE.data), algorithm, contextPrimitive(0, encrypted))
  return sequence(oid(CONTENT_TYPE.encryptedData), context(0, sequence(integer(0), info)))
}

function certificateBag({ encoded }: Certificate, attributes?: Uint8Array): Uint8Array {
  const certificate = sequence(oid(PKCS12_BAG.x509Certificate), context(0, octetString(encoded)))
  return bag(PKCS12_BAG.certBag, certificate, attributes)
}

function keyBag(encryptedPrivateKeyInfo: Uint8Array, attributes: Uint8Array): Uint8Array {
  return bag(PKCS12_BAG.pkcs8ShroudedKeyBag, encryptedPrivateKeyInfo, attributes)
}

/** SafeBag (§4.2). */
function bag(type: string, value: Uint8Array, attributes?: Uint8Array): Uint8Array {
  return sequence(oid(type), context(0, value), ...(attributes ? [attributes] : []))
}

function attribute(type: string, value: Uint8Array): Uint8Array {
  return sequence(oid(type), setOf(value))
}

const TRUSTED_FOR_ANYTHING = attribute(PKCS12_BAG.trustedKeyUsage, oid(KEY_PURPOSE.anyExtendedKeyUsage))
