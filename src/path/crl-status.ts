/**
 * The status of one certificate according to CRLs: RFC 5280 §6.3.3, with its letters.
 *
 * Deviations: (a) nothing is fetched, the CRLs are those at hand; a delta CRL at hand is used whether or not
 * freshestCRL points to it. An expired CRL clears nobody, but what it lists is taken down for the case that nothing
 * current tells: a revocation other than a hold is for good.
 */

import { equalBytes } from '../der/writer.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { CertificateList } from '../x509/crl.ts'
import type { CrlEntry } from '../x509/crl-entries.ts'
import { isKnownCrlExtension } from '../x509/crl-extension.ts'
import type { Extension } from '../x509/extension.ts'
import { formatName } from '../x509/name-text.ts'
import { type CrlIssuer, type CrlIssuerKey, checkCrlSignature, findCrlIssuer } from './crl-issuer.ts'
import {
  ALL_REASONS,
  type CertificatePoint,
  certificatePoints,
  deltaMismatch,
  impliedPoint,
  interimReasonsMask,
  type ReasonsMask,
  scopeMismatch,
} from './crl-scope.ts'
import type { Note, PathPosition, Revocation, RevocationContext } from './revocation-context.ts'
import { describeCrl } from './revocation-evidence.ts'

/** What the CRLs say about one certificate. */
export interface CrlStatus {
  /** cert_status; undefined is UNREVOKED as far as `reasonsMask` goes. */
  readonly revocation: Revocation | undefined
  /** What a CRL that is out of date lists, where no current one tells. */
  readonly staleRevocation: Revocation | undefined
  /** reasons_mask: the reasons that were looked into. All of them, and the certificate is not revoked. */
  readonly reasonsMask: ReasonsMask
  /** The CRLs that were relied on. */
  readonly sources: readonly string[]
  /** How many CRLs of its CRL issuers were at hand. */
  readonly considered: number
}

/** Runs §6.3.3 for the certificate at a position; notes why CRLs were not used. */
export function determineCrlStatus(position: PathPosition, context: RevocationContext, note: Note): CrlStatus {
  const certificate = position.path[position.index] as Certificate
  const run = new CrlRun(certificate, position, context, note)
  for (const point of certificatePoints(certificate)) run.processPoint(point)
  // "repeat the process above with any available CRLs not specified in a distribution point"
  run.processPoint(impliedPoint(certificate))
  run.processExpired()
  run.processDeferred()
  return run
}

/** The state variables of §6.3.2 and the steps that change them. */
class CrlRun implements CrlStatus {
  revocation: Revocation | undefined
  staleRevocation: Revocation | undefined
  reasonsMask: ReasonsMask = 0
  readonly sources: string[] = []
  readonly #certificate: Certificate
  readonly #position: PathPosition
  readonly #context: RevocationContext
  readonly #note: Note
  readonly #considered = new Set<CertificateList>()
  /** CRLs that would have been used if they were not out of date. */
  readonly #expired = new Map<CertificateList, CrlIssuerKey | undefined>()
  /** CRLs with which certificates in question would vouch for themselves or for each other. */
  readonly #deferred: { readonly crl: CertificateList; readonly point: CertificatePoint }[] = []

  constructor(certificate: Certificate, position: PathPosition, context: RevocationContext, note: Note) {
    this.#certificate = certificate
    this.#position = position
    this.#context = context
    this.#note = note
  }

  get considered(): number {
    return this.#considered.size
  }

  /** "while ((reasons_mask is not all-reasons) and (cert_status is UNREVOKED))" */
  get #undetermined(): boolean {
    return this.reasonsMask !== ALL_REASONS && this.revocation === undefined
  }

  processPoint(point: CertificatePoint): void {
    for (const issuer of point.crlIssuers) {
      const crls = this.#context.evidence.completeCrls(issuer)
      for (const crl of crls) if (this.#undetermined) this.#processCrl(crl, point)
      if (crls.length > 0) continue
      for (const delta of this.#context.evidence.deltaCrls(issuer)) {
        this.#considered.add(delta)
        this.#note('revocation.delta-without-base', { crl: describeCrl(delta) })
      }
    }
  }

  /**
   * A CRL signer may be cleared by its own CRL (PKITS 4.14.30), but only where nobody else speaks of it: a key that is
   * stolen and revoked would clear itself, and then whomever it likes.
   */
  processDeferred(): void {
    for (const { crl, point } of this.#deferred) {
      if (this.#undetermined && this.staleRevocation === undefined) this.#processCrl(crl, point, true)
    }
  }

  #processCrl(crl: CertificateList, point: CertificatePoint, mayBeInQuestion = false): void {
    this.#considered.add(crl)
    // (b) verify the issuer and scope of the complete CRL
    const mismatch = scopeMismatch(crl, point, this.#certificate)
    if (mismatch !== undefined) {
      this.#note('revocation.crl-scope', { crl: describeCrl(crl), mismatch })
      return
    }
    if (!isUsable(crl, this.#context.at, this.#note)) return
    // (a) the delta CRLs that may update it; a CRL past its nextUpdate needs one
    const deltas = this.#deltasFor(crl)
    const expired = isExpired(crl, this.#context.at)
    if (expired && deltas.length === 0) {
      this.#expired.set(crl, undefined)
      return
    }
    // (d) compute the interim_reasons_mask
    const interim = interimReasonsMask(crl, point)
    // (e) verify that it includes reasons that are not in the reasons_mask
    if ((interim & ~this.reasonsMask) === 0) return
    // (f) validate the certification path of the CRL issuer; (g) validate the signature on the complete CRL
    const issuer = this.#findIssuer(crl)
    if (issuer === undefined) return
    const { key } = issuer
    if (issuer.isInQuestion && !mayBeInQuestion) {
      this.#deferred.push({ crl, point })
      return
    }
    // (h) validate the signature on the delta CRL
    const delta = deltas.find((candidate) => this.#isSignedWith(candidate, key))
    if (expired && delta === undefined) {
      this.#expired.set(crl, key)
      return
    }
    this.#search(crl, delta)
    // (l) update the reasons_mask
    this.reasonsMask |= interim
  }

  /** (c): the current delta CRLs of the same issuer whose scope and numbers fit, newest first. */
  #deltasFor(crl: CertificateList): readonly CertificateList[] {
    const { at, evidence } = this.#context
    return evidence.deltaCrls(crl.issuer).filter((delta) => {
      const mismatch = deltaMismatch(delta, crl)
      // A delta that has nothing new is as good as none.
      if (mismatch === 'not-newer') return false
      if (mismatch !== undefined) {
        this.#note('revocation.delta-unusable', { crl: describeCrl(delta), base: describeCrl(crl), mismatch })
        return false
      }
      if (!isUsable(delta, at, this.#note)) return false
      if (!isExpired(delta, at)) return true
      this.#noteExpired(delta)
      return false
    })
  }

  #findIssuer(crl: CertificateList): CrlIssuer | undefined {
    return findCrlIssuer(crl, this.#position, this.#context, this.#note)
  }

  #isSignedWith(delta: CertificateList, key: CrlIssuerKey): boolean {
    const check = checkCrlSignature(delta, key, this.#context)
    if (check === 'valid') return true
    if (check !== undefined) {
      this.#note('revocation.crl-signature', { crl: describeCrl(delta), issuer: formatName(delta.issuer), check })
    }
    return false
  }

  /** (i), (j), (k): search for the certificate on the delta CRL, then on the complete CRL. */
  #search(crl: CertificateList, delta: CertificateList | undefined): void {
    this.sources.push(describeCrl(crl))
    if (delta !== undefined) this.sources.push(describeCrl(delta))
    const onDelta = delta && this.#find(delta)
    const source = onDelta === undefined ? crl : (delta as CertificateList)
    const entry = onDelta ?? this.#find(crl)
    // (k) "If (cert_status is removeFromCRL), then set cert_status to UNREVOKED."
    const isRevoked = entry !== undefined && entry.reasonCode !== 'removeFromCRL'
    if (isRevoked) this.revocation = revocationBy(entry, source, false)
  }

  #find(crl: CertificateList): CrlEntry | undefined {
    const { serialOctets, issuer } = this.#certificate
    return crl.entries.find(serialOctets, issuer, crl.issuer)
  }

  /** Notes the CRLs that were out of date and, where no other tells, takes down what they list for good. */
  processExpired(): void {
    for (const [crl, knownKey] of this.#expired) {
      this.#noteExpired(crl)
      if (!this.#undetermined) continue
      const entry = this.#find(crl)
      if (entry === undefined || !isForGood(entry)) continue
      const key = knownKey ?? this.#findIssuer(crl)?.key
      if (key !== undefined) this.staleRevocation ??= revocationBy(entry, crl, true)
    }
  }

  #noteExpired(crl: CertificateList): void {
    const { nextUpdate } = crl
    if (nextUpdate === undefined) return
    const facts = { crl: describeCrl(crl), at: this.#context.at, nextUpdate: nextUpdate.date }
    this.#note('revocation.crl-expired', facts)
  }
}

/** (i)(1), (i)(2): the reason code, or unspecified. */
function revocationBy({ reasonCode, revocationDate }: CrlEntry, crl: CertificateList, stale: boolean): Revocation {
  return { reason: reasonCode ?? 'unspecified', revocationDate, source: describeCrl(crl), stale }
}

/** A hold may have been lifted since; every other revocation stays. */
function isForGood({ reasonCode }: CrlEntry): boolean {
  return reasonCode !== 'certificateHold' && reasonCode !== 'removeFromCRL'
}

/** "after the value of the next update field"; without one a CRL does not go out of date (§5.1.2.5 leaves it open). */
function isExpired({ nextUpdate }: CertificateList, at: Date): boolean {
  return nextUpdate !== undefined && at.getTime() > nextUpdate.date.getTime()
}

/**
 * Whether a CRL may be used to tell anybody's status: well-formed, all of it understood, and not of the future.
 * "If a CRL contains a critical extension that the application cannot process, then the application MUST NOT use that
 * CRL to determine the status of certificates" (§5.2); of entry extensions §5.3 says the same.
 */
function isUsable(crl: CertificateList, at: Date, note: Note): boolean {
  const name = describeCrl(crl)
  const unknown = crl.extensions.find(({ oid, critical }) => critical && !isKnownCrlExtension(oid))
  const { unknownCriticalExtension } = crl.entries
  const malformed = crl.malformedExtensions[0] ?? crl.entries.malformedExtension
  const duplicate = firstDuplicate(crl.extensions)
  const [inner, outer] = [crl.tbsSignatureAlgorithm, crl.signatureAlgorithm]

  if (unknown !== undefined) note('revocation.crl-critical-extension', { crl: name, oid: unknown.oid })
  else if (unknownCriticalExtension !== undefined) {
    note('revocation.crl-critical-entry-extension', { crl: name, oid: unknownCriticalExtension })
  } else if (malformed !== undefined) {
    note('revocation.crl-malformed-extension', { crl: name, oid: malformed.oid, offset: malformed.error.offset })
  } else if (duplicate !== undefined) note('revocation.crl-duplicate-extension', { crl: name, oid: duplicate.oid })
  else if (!equalBytes(inner.encoded, outer.encoded)) {
    note('revocation.crl-algorithm-mismatch', { crl: name, inner: inner.oid, outer: outer.oid })
  } else if (crl.thisUpdate.date.getTime() > at.getTime()) {
    note('revocation.crl-not-yet-valid', { crl: name, at, thisUpdate: crl.thisUpdate.date })
  } else return true
  return false
}

/** No instance of an extension may come twice; which of the two to believe, nobody can say. */
function firstDuplicate(extensions: readonly Extension[]): Extension | undefined {
  const seen = new Set<string>()
  return extensions.find(({ oid }) => seen.size === seen.add(oid).size)
}
