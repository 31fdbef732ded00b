/** What applying a hierarchy file would do: for each entry, which of its certificates are made, changed, renewed or left. */

import type { ResolvedEntry } from '../hierarchy-file/resolve.ts'
import type { CrlReason } from '../x509/crl-extension.ts'

/**
 * What happens to one certificate. `make`: there is none. `restore`: a file of it is gone, and what was made comes
 * back, from the seed, from a chain that holds it, or as another certificate for the key that is still there. `change`:
 * made anew, with a new key, because its entry or its issuer has changed. `renew`: the same key, a new period. `rechain`:
 * the certificate stays, the certificates above it are written anew. `adopt`: it was there before the file named it,
 * and counts as made from it from now on. `borrow`: another shard writes it, and it is made here to sign with. `keep`:
 * nothing.
 */
export type Action = 'make' | 'restore' | 'change' | 'renew' | 'rechain' | 'adopt' | 'borrow' | 'keep'

/** The actions after which something is on the disk that was not there before. */
const WRITING: readonly Action[] = ['make', 'restore', 'change', 'renew', 'rechain', 'adopt']

/** Why something is changed. */
export type Reason = 'entry' | 'issuer' | 'cross-signed' | 'key' | 'interrupted' | 'foreign'

export interface EntryPlan {
  readonly entry: ResolvedEntry
  /** The numbers of its certificates, from 1, by what happens to them. */
  readonly actions: ReadonlyMap<Action, readonly number[]>
  /** Why certificates are changed; of many, the reasons of all of them. */
  readonly reasons: ReadonlySet<Reason>
  /** Of a single certificate that is restored: what it was. */
  readonly lost: LostCertificate | undefined
  /** Numbers of those that are to be revoked and are not. */
  readonly revoke: readonly number[]
  /** On hold in the store, and no longer in the file. */
  readonly lift: readonly HeldCertificate[]
  /** Revoked for good in the store, and no longer in the file: nothing can be done about it. */
  readonly stillRevoked: readonly RevokedForGood[]
  readonly crl: 'make' | 'keep' | undefined
  /** Those whose exports are missing, or are those of another certificate. */
  readonly exports: readonly number[]
}

export interface LostCertificate {
  readonly fingerprint: string
  /** The name of a certificate whose chain begins with it. */
  readonly foundIn: string | undefined
}

/** A certificate that is on hold, and no longer to be. */
export interface HeldCertificate {
  readonly name: string
  readonly serialNumber: bigint
  /** SHA-256, lower-case hex. */
  readonly fingerprint: string
  readonly isCa: boolean
}

export interface RevokedForGood {
  readonly name: string
  readonly reason: CrlReason
}

/** An export or a CRL that a file once made and no longer names, of a certificate that stays. */
export interface UnnamedFile {
  /** Of the certificate. */
  readonly name: string
  readonly kind: 'export' | 'crl'
  /** Below `exports/` or `crl/`, with `/` between its parts. */
  readonly file: string
  readonly path: string
}

/** A certificate that the file no longer names. */
export interface PrunedName {
  readonly name: string
  readonly fingerprint: string
  /** Its exports, below `exports/`. */
  readonly exports: readonly string[]
}

export interface ApplyPlan {
  /** In an order in which each issuer comes before what it issues. */
  readonly entries: readonly EntryPlan[]
  /** Certificates that a file once made and that this one does not name. */
  readonly unnamed: readonly PrunedName[]
  readonly unnamedFiles: readonly UnnamedFile[]
}

/** How many certificates an action is taken for. */
export function countOf({ actions }: EntryPlan, action: Action): number {
  return actions.get(action)?.length ?? 0
}

/** Whether anything would be written. @param prune whether what is unnamed is removed */
export function isIdle({ entries, unnamed, unnamedFiles }: ApplyPlan, prune: boolean): boolean {
  return entries.every(isKept) && (!prune || unnamed.length + unnamedFiles.length === 0)
}

function isKept(plan: EntryPlan): boolean {
  const { actions, revoke, lift, crl, exports } = plan
  const acts = WRITING.some((action) => (actions.get(action)?.length ?? 0) > 0)
  return !acts && revoke.length === 0 && lift.length === 0 && crl !== 'make' && exports.length === 0
}
