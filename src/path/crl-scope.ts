/**
 * What a CRL covers, against what a certificate needs: steps (b) to (e) of RFC 5280 §6.3.3.
 *
 * A certificate points to CRLs by distribution points; a CRL says by its issuing distribution point (IDP) which
 * certificates and which reasons it covers. Either side may say nothing, which means everything.
 */

import { DerError } from '../der/reader.ts'
import { equalBytes } from '../der/writer.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { CertificateList } from '../x509/crl.ts'
import {
  type DistributionPoint,
  type DistributionPointName,
  REASON_FLAGS,
  type ReasonFlag,
} from '../x509/distribution-point.ts'
import { encodeGeneralName, type GeneralName } from '../x509/general-name.ts'
import { appendRdn, type Name } from '../x509/name.ts'
import { EXTENSION } from '../x509/oids.ts'

/** A set of reasons: one bit for each of ReasonFlags, by its number. */
export type ReasonsMask = number

/** The RFC's special value all-reasons: every flag but `unused`. */
export const ALL_REASONS: ReasonsMask = reasonsMask(REASON_FLAGS)

function reasonsMask(reasons: readonly ReasonFlag[]): ReasonsMask {
  return reasons.reduce((mask, reason) => (reason === 'unused' ? mask : mask | (1 << REASON_FLAGS.indexOf(reason))), 0)
}

/** The reasons in a mask, by name. */
export function reasonsIn(mask: ReasonsMask): readonly ReasonFlag[] {
  return REASON_FLAGS.filter((_, bit) => (mask & (1 << bit)) !== 0)
}

/** A distribution point of one certificate, made ready for comparison with many CRLs. */
export interface CertificatePoint {
  /** Who issues the CRLs it points to. */
  readonly crlIssuers: readonly Name[]
  /** cRLIssuer is present: the CRL must be an indirect one. */
  readonly indirect: boolean
  /** One of these must be named by an IDP that names anything. */
  readonly names: ReadonlySet<string>
  readonly reasons: ReasonsMask
}

/** The distribution points that a certificate carries. */
export function certificatePoints(certificate: Certificate): readonly CertificatePoint[] {
  return (certificate.decoded.cRLDistributionPoints ?? []).map((point) => certificatePoint(point, certificate.issuer))
}

function certificatePoint(point: DistributionPoint, issuer: Name): CertificatePoint {
  const { distributionPoint, cRLIssuer, reasons } = point
  const crlIssuers = cRLIssuer === undefined ? [issuer] : directoryNames(cRLIssuer)
  const names = distributionPoint === undefined ? (cRLIssuer ?? []) : fullNames(distributionPoint, crlIssuers)
  return {
    crlIssuers,
    indirect: cRLIssuer !== undefined,
    names: new Set(names.map(nameKey)),
    reasons: reasons === undefined ? ALL_REASONS : reasonsMask(reasons),
  }
}

/**
 * The distribution point to assume for CRLs that none points to (end of §6.3.3): all reasons, no cRLIssuer, and the
 * names of the certificate issuer.
 */
export function impliedPoint({ issuer, decoded }: Certificate): CertificatePoint {
  const names: readonly GeneralName[] = [{ type: 'directoryName', value: issuer }, ...(decoded.issuerAltName ?? [])]
  return { crlIssuers: [issuer], indirect: false, names: new Set(names.map(nameKey)), reasons: ALL_REASONS }
}

/** How a complete CRL fails to cover a certificate at a distribution point. */
export type ScopeMismatch =
  | 'not-indirect'
  | 'distribution-point'
  | 'user-certificates-only'
  | 'ca-certificates-only'
  | 'attribute-certificates-only'

/** §6.3.3 (b): scope of the complete CRL. Its issuer, the other half of (b)(1), is how the CRL was looked up. */
export function scopeMismatch(
  crl: CertificateList,
  point: CertificatePoint,
  certificate: Certificate,
): ScopeMismatch | undefined {
  const idp = crl.decoded.issuingDistributionPoint
  // (b)(1)
  if (point.indirect && idp?.indirectCRL !== true) return 'not-indirect'
  // (b)(2)
  if (idp === undefined) return undefined
  // (b)(2)(i)
  if (idp.distributionPoint !== undefined && !namesPoint(crl, idp.distributionPoint, point)) return 'distribution-point'
  const isCa = certificate.decoded.basicConstraints?.cA === true
  // (b)(2)(ii)
  if (idp.onlyContainsUserCerts && isCa) return 'user-certificates-only'
  // (b)(2)(iii)
  if (idp.onlyContainsCACerts && !isCa) return 'ca-certificates-only'
  // (b)(2)(iv)
  return idp.onlyContainsAttributeCerts ? 'attribute-certificates-only' : undefined
}

/** §6.3.3 (d): the reasons this CRL covers at this distribution point. */
export function interimReasonsMask(crl: CertificateList, point: CertificatePoint): ReasonsMask {
  const { onlySomeReasons } = crl.decoded.issuingDistributionPoint ?? {}
  return point.reasons & (onlySomeReasons === undefined ? ALL_REASONS : reasonsMask(onlySomeReasons))
}

/** Why a delta CRL cannot update a complete CRL. */
export type DeltaMismatch = 'scope' | 'authority-key-identifier' | 'base-too-old' | 'not-newer' | 'no-number'

/**
 * §6.3.3 (c) and §5.2.4: whether a delta CRL of the same issuer updates this complete CRL. The complete CRL need not
 * be the very base: any number from BaseCRLNumber on will do.
 */
export function deltaMismatch(delta: CertificateList, complete: CertificateList): DeltaMismatch | undefined {
  // (c)(2)
  if (!sameExtension(delta, complete, EXTENSION.issuingDistributionPoint)) return 'scope'
  // (c)(3)
  if (!sameExtension(delta, complete, EXTENSION.authorityKeyIdentifier)) return 'authority-key-identifier'
  const { cRLNumber: number, deltaCRLIndicator: base } = delta.decoded
  const completeNumber = complete.decoded.cRLNumber
  if (number === undefined || base === undefined || completeNumber === undefined) return 'no-number'
  if (completeNumber < base) return 'base-too-old'
  return completeNumber >= number ? 'not-newer' : undefined
}

/** DER writes equal values in equal octets, so the values need no comparing field by field. */
function sameExtension(a: CertificateList, b: CertificateList, oid: string): boolean {
  const [inA, inB] = [a, b].map(({ extensions }) => extensions.find((extension) => extension.oid === oid)?.value)
  return inA === undefined || inB === undefined ? inA === inB : equalBytes(inA, inB)
}

/** IDPs may carry thousands of names and are compared with every certificate. */
const idpNames = new WeakMap<CertificateList, readonly string[]>()

function namesPoint(crl: CertificateList, name: DistributionPointName, point: CertificatePoint): boolean {
  const known = idpNames.get(crl) ?? fullNames(name, [crl.issuer]).map(nameKey)
  idpNames.set(crl, known)
  return known.some((key) => point.names.has(key))
}

/**
 * The names of a distribution point; one that is relative is appended to its CRL issuer's (§4.2.1.13). Where there are
 * several it "MUST NOT" be relative, and names nobody: a long one times many would fill the memory.
 */
function fullNames(name: DistributionPointName, crlIssuers: readonly Name[]): readonly GeneralName[] {
  if ('fullName' in name) return name.fullName
  const [issuer, ...others] = crlIssuers
  const value =
    issuer === undefined || others.length > 0 ? undefined : absoluteName(issuer, name.nameRelativeToCRLIssuer)
  return value === undefined ? [] : [{ type: 'directoryName', value }]
}

/** Undefined for octets that are no RelativeDistinguishedName: such a name is nobody's. */
function absoluteName(issuer: Name, rdnContent: Uint8Array): Name | undefined {
  try {
    return appendRdn(issuer, rdnContent)
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}

function directoryNames(names: readonly GeneralName[]): readonly Name[] {
  return names.flatMap((name) => (name.type === 'directoryName' ? [name.value] : []))
}

/** Equal for equal names: directory names by their comparison rules, all others octet by octet. */
function nameKey(name: GeneralName): string {
  if (name.type === 'directoryName') return `directoryName:${name.value.key}`
  return `${name.type}:${Buffer.from(encodeGeneralName(name)).toString('latin1')}`
}
