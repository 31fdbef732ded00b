/**
 * Another certificate for what one has already: the same names and extensions, a new serial number and a new period of
 * the same length; with the same key (renewal) or another (rekeying). Nobody needs to remember how the first was made.
 */

import { equalBytes } from '../der/writer.ts'
import { isDigestName, type PrivateKey, type Signer, type SigningScheme } from '../keys/keys.ts'
import type { RandomSource } from '../keys/random.ts'
import { signatureScheme } from '../x509/algorithm.ts'
import type { Certificate } from '../x509/certificate.ts'
import {
  type ExtensionToWrite,
  encodeAuthorityKeyIdentifier,
  encodeSubjectKeyIdentifier,
} from '../x509/extension-encoding.ts'
import { EXTENSION } from '../x509/oids.ts'
import type { IssueRequest, IssuingAuthority } from './issue-request.ts'
import { keyIdentifier } from './key-identifier.ts'

export interface RenewalOrder {
  readonly certificate: Certificate
  /** Undefined for a self-signed certificate: then `signer` is the key's own. */
  readonly issuer: IssuingAuthority | undefined
  readonly signer: Signer
  /** The key the new certificate is for: the old one, or another. */
  readonly publicKey: PrivateKey['publicKey']
  readonly now: Date
  readonly random: RandomSource
  readonly serialRandom?: IssueRequest['serialRandom']
}

/** What the new certificate is to contain. It ends when its issuer does, if that is earlier. */
export function renewalRequest(order: RenewalOrder): IssueRequest {
  const { certificate, issuer, signer, publicKey, now, random, serialRandom } = order
  return {
    issuer,
    signer,
    subject: certificate.subject,
    publicKey,
    ...renewedPeriod(certificate, issuer, now),
    extensions: certificate.extensions.map((extension) => renewedExtension(extension, order)),
    now,
    random,
    serialRandom,
  }
}

/**
 * How the certificate was signed: with which digest, and RSASSA-PSS or PKCS #1 v1.5. Nothing where the key that signs
 * now is of another kind.
 */
export function renewedScheme(
  { signatureAlgorithm }: Certificate,
  { facts: { type } }: PrivateKey['publicKey'],
): SigningScheme {
  const old = signatureScheme(signatureAlgorithm)
  if (!('digest' in old) || !isDigestName(old.digest)) return {}
  const isRsa = type === 'rsa' || type === 'rsa-pss'
  if (old.kind === 'ecdsa') return type === 'ec' ? { digest: old.digest } : {}
  return isRsa ? { digest: old.digest, pss: old.kind === 'rsa-pss' } : {}
}

/** As long as before, and as long before now as every new certificate begins. */
function renewedPeriod(
  { notBefore: oldBeginning, notAfter: oldEnd }: Certificate,
  issuer: IssuingAuthority | undefined,
  now: Date,
): Pick<IssueRequest, 'notBefore' | 'notAfter' | 'wantedNotAfter'> {
  const start = Math.floor(now.getTime() / 1000) * 1000 - BACKDATING
  const length = oldEnd.date.getTime() - oldBeginning.date.getTime()
  const issuerFrom = issuer?.certificate.notBefore.date
  const notBefore =
    issuerFrom !== undefined && issuerFrom.getTime() > start && issuerFrom <= now ? issuerFrom : new Date(start)
  const notAfter = new Date(start + length)
  const issuerUntil = issuer?.certificate.notAfter.date
  if (issuerUntil === undefined || notAfter <= issuerUntil) return { notBefore, notAfter }
  return { notBefore, notAfter: issuerUntil, wantedNotAfter: notAfter }
}

/** Ten minutes, for clocks that run behind, as profiles have it. */
const BACKDATING = 600_000

function renewedExtension(extension: ExtensionToWrite, order: RenewalOrder): ExtensionToWrite {
  const { oid, critical, value } = extension
  const { certificate, publicKey, issuer } = order
  if (oid === EXTENSION.subjectKeyIdentifier) {
    return { oid, critical, value: renewedSubjectKeyIdentifier(certificate, publicKey) ?? value }
  }
  if (oid === EXTENSION.authorityKeyIdentifier && issuer !== undefined) {
    return { oid, critical, value: renewedAuthorityKeyIdentifier(certificate, issuer) }
  }
  return { oid, critical, value }
}

/** Made for the new key in the way the old one was; undefined if the key is the same. */
function renewedSubjectKeyIdentifier(
  { publicKey: oldKey, decoded }: Certificate,
  publicKey: PrivateKey['publicKey'],
): Uint8Array | undefined {
  const { subjectKeyIdentifier: old } = decoded
  if (old === undefined || equalBytes(oldKey.encoded, publicKey.encoded)) return undefined
  const isSha1 = equalBytes(old, keyIdentifier(oldKey, 'sha1'))
  return encodeSubjectKeyIdentifier(keyIdentifier(publicKey, isSha1 ? 'sha1' : 'rfc7093'))
}

/** The same form, with what the issuer's certificate says now. */
function renewedAuthorityKeyIdentifier(
  { decoded }: Certificate,
  { certificate: issuer }: IssuingAuthority,
): Uint8Array {
  const old = decoded.authorityKeyIdentifier
  const byName = old?.authorityCertSerialNumber !== undefined
  const byKey = old?.keyIdentifier !== undefined || !byName
  return encodeAuthorityKeyIdentifier({
    keyIdentifier: byKey ? (issuer.decoded.subjectKeyIdentifier ?? keyIdentifier(issuer.publicKey)) : undefined,
    authorityCertIssuer: byName ? [{ type: 'directoryName', value: issuer.issuer }] : undefined,
    authorityCertSerialNumber: byName ? issuer.serialNumber : undefined,
  })
}
