/** Everything in a store at once, for lists: each certificate, by whom it was issued, and whether it was revoked. */

import { type Certificate, fingerprint } from '../x509/certificate.ts'
import type { CrlReason } from '../x509/crl-extension.ts'
import type { JournalEntry } from './journal.ts'
import type { Store } from './store.ts'

export interface InventoryEntry {
  readonly name: string
  readonly certificate: Certificate
  /** Name in this store of the certificate that issued it; undefined if self-issued or not here. */
  readonly issuedBy: string | undefined
  readonly hasKey: boolean
  readonly revocation: ListedRevocation | undefined
  /** As the journal has it; undefined for what came from elsewhere. */
  readonly issuedAt: Date | undefined
}

/** That a certificate is revoked, or on hold. */
export interface ListedRevocation {
  readonly reason: CrlReason
  readonly revocationDate: Date
  readonly invalidityDate: Date | undefined
}

export interface Inventory {
  readonly entries: readonly InventoryEntry[]
  /** Numbers of the journal's lines that could not be read. */
  readonly damagedLines: readonly number[]
}

/**
 * Reads the certificates and the journal.
 * @returns entries in alphabetical order
 * @throws PkiError `input.malformed`, `input.unreadable`
 */
export function takeInventory(store: Store): Inventory {
  store.requireFolder()
  const certificates = store.names().map((name) => ({ name, certificate: store.readCertificate(name) }))
  const nameByFingerprint = new Map(certificates.map(({ name, certificate }) => [fingerprint(certificate), name]))
  const { entries, damagedLines } = store.journal()
  const { issuerOf, issuedAt, revoked } = readHistory(entries)
  return {
    entries: certificates.map(({ name, certificate }) => {
      const own = fingerprint(certificate)
      const issuer = certificate.isSelfIssued ? undefined : (issuerOf.get(own) ?? issuerInChain(store, name))
      return {
        name,
        certificate,
        issuedBy: issuer === undefined ? undefined : nameByFingerprint.get(issuer),
        hasKey: store.hasKey(name),
        revocation: revoked.get(own),
        issuedAt: issuedAt.get(own),
      }
    }),
    damagedLines,
  }
}

/** Fingerprint of the issuer: for imported certificates, and where the journal is gone, their chain knows. */
function issuerInChain(store: Store, name: string): string | undefined {
  const [issuer] = store.readChain(name)
  return issuer && fingerprint(issuer)
}

function readHistory(entries: readonly JournalEntry[]) {
  const issuerOf = new Map<string, string>()
  const issuedAt = new Map<string, Date>()
  const revoked = new Map<string, ListedRevocation>()
  for (const entry of entries) {
    if ((entry.event === 'issued' || entry.event === 'rechained') && entry.issuerFingerprint !== undefined) {
      issuerOf.set(entry.fingerprint, entry.issuerFingerprint)
    }
    if (entry.event === 'issued' && !issuedAt.has(entry.fingerprint))
      issuedAt.set(entry.fingerprint, new Date(entry.at))
    if (entry.event === 'revoked') {
      const { fingerprint, reason, revocationDate, invalidityDate } = entry
      const since = invalidityDate === undefined ? undefined : new Date(invalidityDate)
      revoked.set(fingerprint, { reason, revocationDate: new Date(revocationDate), invalidityDate: since })
    }
    if (entry.event === 'unrevoked') revoked.delete(entry.fingerprint)
  }
  return { issuerOf, issuedAt, revoked }
}
