/**
 * Writes revocations into the journal, and their end. What is revoked is read from the journal under the store's lock,
 * so that two processes that revoke the same certificate do not contradict each other.
 */

import { PkiError } from '../errors.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { CrlReason } from '../x509/crl-extension.ts'
import { formatSerialNumber } from '../x509/serial-number.ts'
import { issuerKeyHash } from './journal.ts'
import type { ProcessTable } from './lock.ts'
import { type Revocation, Revocations } from './revocations.ts'
import type { Store } from './store.ts'

/** A certificate that can be revoked here: its issuer is in the store. */
export interface RevocableCertificate {
  /** Its name in the store, if it has one. */
  readonly name: string | undefined
  readonly serialNumber: bigint
  /** SHA-256, lower-case hex. */
  readonly fingerprint: string
  readonly isCa: boolean
  readonly issuer: { readonly name: string; readonly certificate: Certificate }
  /** Fingerprint of its entry in a hierarchy file, if another shard writes it and nothing else is noted of it here. */
  readonly specification?: string | undefined
}

/** How a certificate is revoked (RFC 5280 §5.3). */
export interface RevocationOrder {
  /** Undefined: `unspecified`, or, if the certificate is revoked already, whatever it was revoked for. */
  readonly reason: CrlReason | undefined
  readonly revocationDate: Date
  readonly invalidityDate: Date | undefined
  /** The hierarchy file that says so; undefined where somebody revokes by hand. */
  readonly file?: string | undefined
}

/** Who revokes, and when. */
export interface RevokingContext {
  readonly now: Date
  readonly processes: ProcessTable
}

/** What became of an order to revoke. */
export interface RevocationOutcome {
  /** `kept`: it was revoked already, for this reason or without a reason being asked for. */
  readonly outcome: 'revoked' | 'kept'
  readonly revocation: Revocation
}

/**
 * Records that a certificate is revoked. On return the record has reached the disk. To revoke twice for the same reason
 * changes nothing; a certificate on hold can be revoked for good.
 * @throws PkiError `refused.exists` if it is revoked for another reason, `refused.locked`, `refused.write`,
 *   `usage.option` for the reason removeFromCRL, which is the end of a revocation
 */
export function recordRevocation(
  store: Store,
  certificate: RevocableCertificate,
  { reason, revocationDate, invalidityDate, file }: RevocationOrder,
  { now, processes }: RevokingContext,
): RevocationOutcome {
  if (reason === 'removeFromCRL') {
    throw new PkiError('usage.option', 'removeFromCRL is not a reason to revoke', {
      hint: 'pki revoke --undo takes back a certificateHold, and the next delta CRL says removeFromCRL',
    })
  }
  const { serialNumber, isCa } = certificate
  return store.locked(processes, () => {
    const known = currentRevocation(store, certificate)
    if (known !== undefined && known.reason !== 'certificateHold') {
      if (reason !== undefined && reason !== known.reason) throw revokedAlready(certificate, known)
      return { outcome: 'kept', revocation: known }
    }
    if (known !== undefined && (reason ?? 'certificateHold') === 'certificateHold') {
      return { outcome: 'kept', revocation: known }
    }
    const seconds = { revocationDate: wholeSecond(revocationDate), invalidityDate: wholeSecond(invalidityDate) }
    const isDeclared = file !== undefined
    const revocation: Revocation = { serialNumber, isCa, isDeclared, reason: reason ?? 'unspecified', ...seconds }
    store.note(
      {
        event: 'revoked',
        ...factsOf(certificate),
        reason: revocation.reason,
        revocationDate: revocation.revocationDate.toISOString(),
        ...(seconds.invalidityDate && { invalidityDate: seconds.invalidityDate.toISOString() }),
        isCa,
        ...(file !== undefined && { file }),
      },
      now,
      { durable: true },
    )
    return { outcome: 'revoked', revocation }
  })
}

/**
 * Records that a certificate is no longer on hold. On return the record has reached the disk.
 * @returns the revocation that has ended
 * @throws PkiError `refused.exists` if it is revoked for another reason than certificateHold, `input.not-found` if it
 *   is not revoked, `refused.locked`, `refused.write`
 */
export function undoRevocation(
  store: Store,
  certificate: RevocableCertificate,
  { now, processes }: RevokingContext,
): Revocation {
  return store.locked(processes, () => {
    const known = currentRevocation(store, certificate)
    if (known === undefined) {
      throw new PkiError('input.not-found', `${titleOf(certificate)} is not revoked`, {
        context: { serialNumber: formatSerialNumber(certificate.serialNumber) },
      })
    }
    if (known.reason !== 'certificateHold') throw revokedForGood(certificate, known)
    store.note({ event: 'unrevoked', ...factsOf(certificate) }, now, { durable: true })
    return known
  })
}

function currentRevocation(store: Store, { issuer, serialNumber }: RevocableCertificate): Revocation | undefined {
  const revocations = new Revocations(store)
  revocations.refresh()
  return revocations.find(issuerKeyHash(issuer.certificate), serialNumber)
}

function factsOf({ name, fingerprint, issuer, serialNumber, specification }: RevocableCertificate) {
  return {
    ...(name !== undefined && { name }),
    fingerprint,
    issuer: issuer.name,
    issuerKeyHash: issuerKeyHash(issuer.certificate),
    serialNumber: formatSerialNumber(serialNumber),
    ...(specification !== undefined && { specification }),
  }
}

function titleOf({ name, serialNumber }: RevocableCertificate): string {
  return name ?? `certificate ${formatSerialNumber(serialNumber)}`
}

function revokedAlready(certificate: RevocableCertificate, { reason, revocationDate }: Revocation): PkiError {
  const since = revocationDate.toISOString()
  return new PkiError('refused.exists', `${titleOf(certificate)} is revoked already: ${reason}, since ${since}`, {
    hint: 'only a certificateHold can become something else; CRLs that are out say the reason',
    context: { reason, revocationDate: since },
  })
}

function revokedForGood(certificate: RevocableCertificate, { reason }: Revocation): PkiError {
  return new PkiError('refused.exists', `${titleOf(certificate)} is revoked for good: ${reason}`, {
    hint: 'only a certificateHold can be taken back; issue a new certificate',
    context: { reason },
  })
}

/** CRLs and OCSP responses count in seconds; without this, a CRL of the same second would miss the revocation. */
function wholeSecond(date: Date): Date
function wholeSecond(date: Date | undefined): Date | undefined
function wholeSecond(date: Date | undefined): Date | undefined {
  return date && new Date(Math.floor(date.getTime() / 1000) * 1000)
}
