/**
 * What the CRLs say about one element, as OpenSSL hears it: one CRL is chosen by how well it fits, and then everything
 * that is wrong with it is taken down. `path/crl-status.ts` is RFC 5280's way, which puts several together.
 */

import { equalBytes } from '../../der/writer.ts'
import type { Certificate } from '../../x509/certificate.ts'
import type { CertificateList } from '../../x509/crl.ts'
import type { Extension } from '../../x509/extension.ts'
import { formatName } from '../../x509/name-text.ts'
import { EXTENSION } from '../../x509/oids.ts'
import { checkSignature } from '../../x509/signature.ts'
import { certificatePoints, scopeMismatch } from '../crl-scope.ts'
import { type Finding, finding } from '../findings.ts'
import type { Revocation } from '../revocation-context.ts'
import { describeCrl, type RevocationEvidence } from '../revocation-evidence.ts'
import { agreesWith } from './issuer.ts'

export interface CrlAnswer {
  /** The CRL lists the certificate. */
  readonly revocation: Revocation | undefined
  /** The CRL does not settle that the certificate is good. */
  readonly isUnknown: boolean
  /** The signature of the CRL is wrong: it is not believed. */
  readonly isCorrupt: boolean
  /** How many CRLs could have been asked. */
  readonly considered: number
  /** The one that was, for people. */
  readonly source: string | undefined
  /** What is wrong with it; empty if it settles the matter. */
  readonly notes: readonly Finding[]
}

const NOTHING: CrlAnswer = {
  revocation: undefined,
  isUnknown: true,
  isCorrupt: false,
  considered: 0,
  source: undefined,
  notes: [],
}

/** Asks the CRLs about `path[index]`. The last certificate of a path is its own issuer. */
export function askCrls(
  path: readonly Certificate[],
  index: number,
  evidence: RevocationEvidence,
  at: Date,
): CrlAnswer {
  const certificate = path[index] as Certificate
  const scored = evidence.completeCrls(certificate.issuer).flatMap((crl) => {
    const candidate = scoreCrl(crl, path, index, at)
    return candidate === undefined ? [] : [candidate]
  })
  // Newest first: of two that fit equally well the newer one is asked.
  const best = scored.reduce<ScoredCrl | undefined>((a, b) => (a === undefined || b.score > a.score ? b : a), undefined)
  if (best === undefined) return NOTHING

  const { crl, issuer, isInScope, hasUnknownCritical } = best
  const isExpired = crl.nextUpdate !== undefined && crl.nextUpdate.date.getTime() <= at.getTime()
  const isCorrupt = !isSignedBy(crl, issuer)
  const { keyUsage } = issuer.decoded
  const maySign = keyUsage?.includes('cRLSign') ?? true
  const isUnknown = isExpired || isCorrupt || !maySign || !isInScope || hasUnknownCritical
  return {
    revocation: revocationBy(crl, certificate, isExpired),
    isUnknown,
    isCorrupt,
    considered: scored.length,
    source: describeCrl(crl),
    notes: isUnknown ? faultsOf(best, index, { isExpired, isCorrupt, maySign, at }) : [],
  }
}

/** One finding for each reason why the CRL does not settle the matter. */
function faultsOf(
  { crl, issuer, isInScope, hasUnknownCritical }: ScoredCrl,
  index: number,
  found: { readonly isExpired: boolean; readonly isCorrupt: boolean; readonly maySign: boolean; readonly at: Date },
): readonly Finding[] {
  const facts = { crl: describeCrl(crl), issuer: formatName(issuer.subject) }
  const { nextUpdate } = crl
  const faults: Finding[] = []
  if (found.isExpired && nextUpdate !== undefined) {
    faults.push(finding('revocation.crl-expired', index, { crl: facts.crl, at: found.at, nextUpdate: nextUpdate.date }))
  }
  if (found.isCorrupt) faults.push(finding('revocation.crl-signature', index, { ...facts, check: 'invalid' }))
  if (!found.maySign) faults.push(finding('revocation.crl-issuer-no-crl-sign', index, facts))
  if (!isInScope) faults.push(finding('revocation.crl-scope', index, { crl: facts.crl, mismatch: scopeOf(crl) }))
  if (hasUnknownCritical) {
    const oid = crl.extensions.find(isUnknownCritical)?.oid ?? crl.entries.unknownCriticalExtension ?? ''
    faults.push(finding('revocation.crl-critical-extension', index, { crl: facts.crl, oid }))
  }
  return faults
}

function scopeOf({ decoded: { issuingDistributionPoint: idp } }: CertificateList): string {
  if (idp?.distributionPoint !== undefined) return 'distribution-point'
  if (idp?.onlyContainsAttributeCerts === true) return 'attribute-certificates-only'
  return idp?.onlyContainsCACerts === true ? 'ca-certificates-only' : 'user-certificates-only'
}

interface ScoredCrl {
  readonly crl: CertificateList
  readonly score: number
  readonly issuer: Certificate
  readonly isInScope: boolean
  readonly hasUnknownCritical: boolean
}

/** Undefined for a CRL that OpenSSL does not use at all: indirect, for some reasons only, or of another key. */
function scoreCrl(crl: CertificateList, path: readonly Certificate[], index: number, at: Date): ScoredCrl | undefined {
  const idp = crl.decoded.issuingDistributionPoint
  if (crl.malformedExtensions.some(({ oid }) => oid === EXTENSION.issuingDistributionPoint)) return undefined
  if (idp?.indirectCRL === true || idp?.onlySomeReasons !== undefined) return undefined
  const issuer = issuerOf(crl, path, index)
  if (issuer === undefined) return undefined
  const isInScope = covers(crl, path[index] as Certificate)
  const hasUnknownCritical = hasUnknownCriticalExtension(crl)
  const score = (hasUnknownCritical ? 0 : 0x100) + (isInScope ? 0x80 : 0) + (isCurrent(crl, at) ? 0x40 : 0)
  return { crl, score, issuer, isInScope, hasUnknownCritical }
}

/** The issuer of the certificate, or one of the same name further up, whose key identifier the CRL does not deny. */
function issuerOf(crl: CertificateList, path: readonly Certificate[], index: number): Certificate | undefined {
  const first = Math.min(index + 1, path.length - 1)
  const hint = crl.decoded.authorityKeyIdentifier
  return path.find((candidate, i) => {
    if (i < first || !agreesWith(hint, candidate)) return false
    return i === first || candidate.subject.equals(crl.issuer)
  })
}

function covers(crl: CertificateList, certificate: Certificate): boolean {
  const idp = crl.decoded.issuingDistributionPoint
  if (idp === undefined) return true
  const points = certificatePoints(certificate).filter(({ indirect }) => !indirect)
  if (idp.distributionPoint !== undefined) {
    return points.some((point) => scopeMismatch(crl, point, certificate) === undefined)
  }
  const isCa = certificate.decoded.basicConstraints?.cA === true
  return !idp.onlyContainsAttributeCerts && !(isCa ? idp.onlyContainsUserCerts : idp.onlyContainsCACerts)
}

const PROCESSED: ReadonlySet<string> = new Set([
  EXTENSION.issuingDistributionPoint,
  EXTENSION.authorityKeyIdentifier,
  EXTENSION.deltaCRLIndicator,
])

function isUnknownCritical({ oid, critical }: Pick<Extension, 'oid' | 'critical'>): boolean {
  return critical && !PROCESSED.has(oid)
}

function hasUnknownCriticalExtension({ extensions, entries }: CertificateList): boolean {
  return extensions.some(isUnknownCritical) || entries.unknownCriticalExtension !== undefined
}

/** The instant of nextUpdate is too late. */
function isCurrent({ thisUpdate, nextUpdate }: CertificateList, at: Date): boolean {
  const now = at.getTime()
  return thisUpdate.date.getTime() <= now && (nextUpdate === undefined || now < nextUpdate.date.getTime())
}

function isSignedBy(crl: CertificateList, { publicKey }: Certificate): boolean {
  const { signatureAlgorithm, tbsSignatureAlgorithm, tbs, signature } = crl
  if (!equalBytes(signatureAlgorithm.encoded, tbsSignatureAlgorithm.encoded)) return false
  return checkSignature(signatureAlgorithm, publicKey, tbs, signature) === 'valid'
}

function revocationBy(
  crl: CertificateList,
  { serialOctets, issuer }: Certificate,
  stale: boolean,
): Revocation | undefined {
  const entry = crl.entries.find(serialOctets, issuer, crl.issuer)
  if (entry === undefined || entry.reasonCode === 'removeFromCRL') return undefined
  const { revocationDate, reasonCode: reason = 'unspecified' } = entry
  return { reason, revocationDate, source: describeCrl(crl), stale }
}
