/**
 * Whether one certificate issued another, as OpenSSL tells it while it builds a chain: by names, key identifiers and
 * the kind of key, before any signature is looked at.
 */

import { DerError, readWhole, Tag } from '../../der/reader.ts'
import { namedBits, readOid } from '../../der/values.ts'
import { equalBytes } from '../../der/writer.ts'
import { signatureScheme } from '../../x509/algorithm.ts'
import type { Certificate } from '../../x509/certificate.ts'
import type { DistributionPoint } from '../../x509/distribution-point.ts'
import type { AuthorityKeyIdentifier } from '../../x509/extension-value.ts'
import { EXTENSION, KEY_ALGORITHM } from '../../x509/oids.ts'
import { publicKeyFault, type SubjectPublicKeyInfo } from '../../x509/public-key.ts'
import type { RefusalReason } from '../findings/x509chain.ts'

/** What OpenSSL keeps about a certificate once it has looked at its extensions. */
interface Facts {
  /** The extension that does not decode; undefined if all do. */
  readonly unreadable: string | undefined
  readonly isSelfSigned: boolean
}

const facts = new WeakMap<Certificate, Facts>()

function factsOf(certificate: Certificate): Facts {
  let known = facts.get(certificate)
  if (known === undefined) {
    const unreadable = unreadableExtension(certificate)
    const isSelfSigned = unreadable === undefined && certificate.isSelfIssued && fits(certificate, certificate)
    known = { unreadable, isSelfSigned }
    facts.set(certificate, known)
  }
  return known
}

/** Whether `issuer` may have issued `subject`. An unreadable certificate issues nothing and was issued by nobody. */
export function mayHaveIssued(issuer: Certificate, subject: Certificate): boolean {
  if (!issuer.subject.equals(subject.issuer)) return false
  return isReadable(issuer) && isReadable(subject) && fits(issuer, subject)
}

function isReadable(certificate: Certificate): boolean {
  return factsOf(certificate).unreadable === undefined
}

/** Why a certificate of the issuer's name has not issued another; undefined if it may have. */
export function whyRefused(
  issuer: Certificate,
  subject: Certificate,
): { readonly because: RefusalReason; readonly oid?: string } | undefined {
  const [own, theirs] = [factsOf(subject).unreadable, factsOf(issuer).unreadable]
  if (own !== undefined) return { because: 'malformed', oid: own }
  if (theirs !== undefined) return { because: 'malformed-candidate', oid: theirs }
  if (!agreesWith(subject.decoded.authorityKeyIdentifier, issuer)) return { because: 'key-identifier' }
  if (!isKeyFor(issuer.publicKey, subject.tbsSignatureAlgorithm)) return { because: 'key-type' }
  return isUsable(issuer.publicKey) ? undefined : { because: 'unusable-key' }
}

/** Whether a certificate may have issued itself. Its signature is not looked at: an impostor's may be wrong. */
export function isSelfSigned(certificate: Certificate): boolean {
  return factsOf(certificate).isSelfSigned
}

function fits(issuer: Certificate, subject: Certificate): boolean {
  return (
    agreesWith(subject.decoded.authorityKeyIdentifier, issuer) &&
    isKeyFor(issuer.publicKey, subject.tbsSignatureAlgorithm) &&
    isUsable(issuer.publicKey)
  )
}

const usable = new WeakMap<SubjectPublicKeyInfo, boolean>()

function isUsable(key: SubjectPublicKeyInfo): boolean {
  let known = usable.get(key)
  if (known === undefined) {
    known = publicKeyFault(key) === undefined
    usable.set(key, known)
  }
  return known
}

/** Whether an authority key identifier, of a certificate or a CRL, does not speak against an issuer. */
export function agreesWith(hint: AuthorityKeyIdentifier | undefined, issuer: Certificate): boolean {
  if (hint === undefined) return true
  const { keyIdentifier, authorityCertSerialNumber, authorityCertIssuer = [] } = hint
  const { subjectKeyIdentifier } = issuer.decoded
  if (keyIdentifier !== undefined && subjectKeyIdentifier !== undefined) {
    if (!equalBytes(keyIdentifier, subjectKeyIdentifier)) return false
  }
  if (authorityCertSerialNumber !== undefined && authorityCertSerialNumber !== issuer.serialNumber) return false
  // Only the first directory name counts.
  const name = authorityCertIssuer.find(({ type }) => type === 'directoryName')
  return name?.type !== 'directoryName' || name.value.equals(issuer.issuer)
}

const K = KEY_ALGORITHM
const KEYS = {
  rsa: [K.rsaEncryption],
  'rsa-pss': [K.rsaEncryption, K.rsassaPss],
  ecdsa: [K.ecPublicKey],
  dsa: [K.dsa],
  ed25519: [K.ed25519],
  ed448: [K.ed448],
} as const satisfies Readonly<Record<string, readonly string[]>>

/** Whether a kind of key makes this kind of signature; the parameters of either are not looked at. */
function isKeyFor({ algorithm }: SubjectPublicKeyInfo, signature: Certificate['tbsSignatureAlgorithm']): boolean {
  const scheme = signatureScheme({ ...signature, parameters: undefined })
  // RSASSA-PSS has parameters, and nothing else lacks them wrongly.
  if ('problem' in scheme) return scheme.problem === 'wrong-parameters' && includes(KEYS['rsa-pss'], algorithm.oid)
  return includes(KEYS[scheme.kind === 'eddsa' ? scheme.curve : scheme.kind], algorithm.oid)
}

function includes(list: readonly string[], oid: string): boolean {
  return list.includes(oid)
}

/** The extensions that OpenSSL decodes when it first meets a certificate. */
const DECODED_AT_ONCE: ReadonlySet<string> = new Set([
  EXTENSION.basicConstraints,
  EXTENSION.proxyCertInfo,
  EXTENSION.keyUsage,
  EXTENSION.extKeyUsage,
  EXTENSION.netscapeCertType,
  EXTENSION.subjectKeyIdentifier,
  EXTENSION.authorityKeyIdentifier,
  EXTENSION.subjectAltName,
  EXTENSION.nameConstraints,
  EXTENSION.cRLDistributionPoints,
])

/** Each of those comes once and decodes; a key usage that allows nothing does not. */
function unreadableExtension({ extensions, malformedExtensions, decoded }: Certificate): string | undefined {
  const seen = new Set<string>()
  for (const { oid } of extensions) {
    if (!DECODED_AT_ONCE.has(oid)) continue
    if (seen.has(oid)) return oid
    seen.add(oid)
  }
  if (decoded.keyUsage?.length === 0) return EXTENSION.keyUsage
  if (netscapeTypes(extensions) === 'malformed') return EXTENSION.netscapeCertType
  if (decoded.cRLDistributionPoints?.some(isNowhere)) return EXTENSION.cRLDistributionPoints
  if (!isReadableProxy(extensions, decoded.basicConstraints?.cA === true)) return EXTENSION.proxyCertInfo
  const malformed = malformedExtensions.find(({ oid }) => {
    if (!DECODED_AT_ONCE.has(oid)) return false
    const value = extensions.find((one) => one.oid === oid)?.value
    return value === undefined || !MAY_BE_EMPTY.has(oid) || !isEmptySequence(value)
  })
  return malformed?.oid
}

/** A distribution point that names neither a place nor an issuer. */
function isNowhere({ distributionPoint, cRLIssuer }: DistributionPoint): boolean {
  return distributionPoint === undefined && cRLIssuer === undefined
}

/** RFC 5280 wants something in its lists, and so does our reader; OpenSSL takes them empty. */
const MAY_BE_EMPTY: ReadonlySet<string> = new Set([
  EXTENSION.extKeyUsage,
  EXTENSION.subjectAltName,
  EXTENSION.nameConstraints,
  EXTENSION.cRLDistributionPoints,
])

export function isEmptySequence(value: Uint8Array): boolean {
  return value.length === 2 && value[0] === Tag.sequence && value[1] === 0
}

/** Bits sslCA, emailCA and objectCA of Netscape's certificate type. */
const NETSCAPE_CA_BITS: readonly number[] = [5, 6, 7]

/** Whether the certificate says in Netscape's way, which is older than basicConstraints, that it is a CA. */
export function isNetscapeCa({ extensions }: Certificate): boolean {
  const types = netscapeTypes(extensions)
  return types !== 'malformed' && types.some((bit) => NETSCAPE_CA_BITS.includes(bit))
}

function netscapeTypes(extensions: Certificate['extensions']): readonly number[] | 'malformed' {
  const value = extensions.find(({ oid }) => oid === EXTENSION.netscapeCertType)?.value
  if (value === undefined) return []
  try {
    return namedBits(readWhole(value, Tag.bitString, 'netscapeCertType'), 'netscapeCertType')
  } catch (error) {
    if (error instanceof DerError) return 'malformed'
    throw error
  }
}

/** A proxy certificate (RFC 3820) is no CA and has no alternative names. */
function isReadableProxy(extensions: Certificate['extensions'], isCa: boolean): boolean {
  const proxy = extensions.find(({ oid }) => oid === EXTENSION.proxyCertInfo)
  if (proxy === undefined) return true
  const hasNames = extensions.some(({ oid }) => oid === EXTENSION.subjectAltName || oid === EXTENSION.issuerAltName)
  return !isCa && !hasNames && isProxyCertInfo(proxy.value)
}

/** Whether the certificate is a proxy's. One whose extension does not decode is not, and is unreadable. */
export function isProxy({ extensions }: Certificate): boolean {
  return extensions.some(({ oid, value }) => oid === EXTENSION.proxyCertInfo && isProxyCertInfo(value))
}

/** `SEQUENCE { pCPathLenConstraint INTEGER OPTIONAL, proxyPolicy SEQUENCE { OBJECT IDENTIFIER, … } }` */
function isProxyCertInfo(value: Uint8Array): boolean {
  try {
    const fields = readWhole(value, Tag.sequence, 'proxyCertInfo').reader()
    fields.optional(Tag.integer, 'pCPathLenConstraint')
    readOid(fields.sequence('proxyPolicy'), 'policyLanguage')
    fields.finish('proxyCertInfo')
    return true
  } catch (error) {
    if (error instanceof DerError) return false
    throw error
  }
}
