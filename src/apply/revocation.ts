/** Revokes what entries of a hierarchy file say is revoked, and makes their authorities' CRLs. */

import { instanceName } from '../hierarchy-file/resolve.ts'
import { authoritySigner } from '../issue/credential.ts'
import { addDuration, parseDuration, parseInstant } from '../profile/duration.ts'
import type { SeededSource } from '../seed/seeded-source.ts'
import type { ProcessTable } from '../store/lock.ts'
import { publishCrl } from '../store/publish-crl.ts'
import { recordRevocation, undoRevocation } from '../store/record-revocation.ts'
import type { Store } from '../store/store.ts'
import { type Certificate, fingerprint } from '../x509/certificate.ts'
import type { ApplyPlan } from './apply-plan.ts'
import type { Authorities } from './authorities.ts'

export interface RevocationMeans {
  readonly store: Store
  /** As the journal names the hierarchy file. */
  readonly file: string
  readonly processes: ProcessTable
  readonly seeded: SeededSource | undefined
  readonly now: Date
}

/**
 * @param certificateOf a certificate by its name, after the run
 * @throws PkiError `refused.exists`, `refused.locked`, `refused.write`
 */
export function revokeCertificates(
  { entries }: ApplyPlan,
  certificateOf: (name: string) => Certificate,
  { store, file, processes, now }: RevocationMeans,
): void {
  for (const { entry, actions, revoke } of entries) {
    const { revoked, from = entry.name } = entry
    if (typeof revoked !== 'object' || revoke.length === 0) continue
    const { reason, at, invalidityDate } = revoked
    const order = {
      reason,
      revocationDate: at === undefined ? now : parseInstant(at, now),
      invalidityDate: invalidityDate === undefined ? undefined : parseInstant(invalidityDate, now),
      file,
    }
    const issuer = { name: from, certificate: certificateOf(from) }
    const borrowed = new Set(actions.get('borrow'))
    for (const n of revoke) {
      const name = instanceName(entry, n)
      const certificate = certificateOf(name)
      const { serialNumber, decoded } = certificate
      const isCa = decoded.basicConstraints?.cA === true
      const specification = borrowed.has(n) ? entry.specification : undefined
      const target = { name, serialNumber, fingerprint: fingerprint(certificate), isCa, issuer, specification }
      recordRevocation(store, target, order, { now, processes })
    }
  }
}

/**
 * Ends what was on hold, as `pki revoke --undo` does: the next CRL no longer lists it, a delta CRL says removeFromCRL.
 * @throws PkiError `refused.exists` if it was revoked for good in the meantime, `refused.locked`, `refused.write`
 */
export function liftHolds(
  { entries }: ApplyPlan,
  certificateOf: (name: string) => Certificate,
  { store, processes, now }: RevocationMeans,
): void {
  for (const { entry, lift } of entries) {
    if (lift.length === 0) continue
    const { from = entry.name } = entry
    const issuer = { name: from, certificate: certificateOf(from) }
    for (const held of lift) undoRevocation(store, { ...held, issuer }, { now, processes })
  }
}

/** @throws PkiError `refused.key`, `refused.locked`, `refused.write` */
export async function publishCrls(plan: ApplyPlan, authorities: Authorities, means: RevocationMeans): Promise<void> {
  const { store, file, processes, seeded, now } = means
  const thisUpdate = new Date(Math.floor(now.getTime() / 1000) * 1000)
  for (const { entry, crl } of plan.entries) {
    if (crl !== 'make' || entry.crl === undefined) continue
    const authority = await authorities.authority(entry.name)
    const signer = authoritySigner(authority, {}, {}, seeded?.createSigner)
    const issuer = { name: entry.name, certificate: authority.credential.certificate, signer }
    const nextUpdate = addDuration(thisUpdate, parseDuration(entry.crl))
    publishCrl(
      store,
      { issuer, scope: {}, thisUpdate, nextUpdate, reproducible: seeded !== undefined, file },
      { now, processes },
    )
  }
}
