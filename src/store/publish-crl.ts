/**
 * Makes a CRL of what the journal says and puts it in its place. The whole happens under the store's lock, and the
 * number is noted before the CRL appears: of two CRLs the one with the higher number never knows less.
 */

import { readFileSync } from 'node:fs'
import { DerError } from '../der/reader.ts'
import { equalBytes } from '../der/writer.ts'
import { PkiError } from '../errors.ts'
import { type CrlRequest, encodeIssuingDistributionPoint, issueCrl, type RevokedCertificate } from '../issue/crl.ts'
import { deltaEntries } from '../issue/crl-delta.ts'
import { type CrlFault, withCrlFault } from '../issue/crl-fault.ts'
import { type CrlScope, isInScope, issuingDistributionPointOf, scopeName } from '../issue/crl-scope.ts'
import type { Signer } from '../keys/keys.ts'
import type { Certificate } from '../x509/certificate.ts'
import { type CertificateList, parseCrl } from '../x509/crl.ts'
import { formatName } from '../x509/name-text.ts'
import { EXTENSION } from '../x509/oids.ts'
import { publicDraftsOf } from './abandoned.ts'
import { placeFiles } from './file-writer.ts'
import { issuerKeyHash } from './journal.ts'
import type { LockOptions, ProcessTable } from './lock.ts'
import { Revocations } from './revocations.ts'
import type { Store } from './store.ts'

/** Which CRL is to be made, by whom and for when. */
export interface CrlOrder {
  /** Who signs. */
  readonly issuer: { readonly name: string; readonly certificate: Certificate; readonly signer: Signer }
  /**
   * Names in the store of the issuers whose revoked certificates are listed. Default: the one who signs; of an indirect
   * CRL everybody who has revoked something.
   */
  readonly covers?: readonly string[] | undefined
  readonly scope: CrlScope
  /** Only what has changed since the last complete CRL of this scope. */
  readonly delta?: boolean | undefined
  /** URI of the delta CRLs to this complete one. */
  readonly freshestCrl?: string | undefined
  /** Revocations that are in force at this time are listed. */
  readonly thisUpdate: Date
  readonly nextUpdate: Date
  /**
   * Where everything follows from a seed, and time stands still: the same octets each time. The entries stand in the
   * order of their serial numbers, however they were recorded; and if nothing was revoked since the last CRL, so that
   * nothing but the number would tell this one from it, it is that one once more.
   */
  readonly reproducible?: boolean | undefined
  /** The hierarchy file that wants it. */
  readonly file?: string | undefined
}

/** A CRL that was made; DER. */
export interface PublishedCrl {
  readonly encoded: Uint8Array
  readonly number: bigint
  /** Of the complete CRL that it is a delta to. */
  readonly base: bigint | undefined
  readonly entryCount: number
  readonly thisUpdate: Date
  readonly nextUpdate: Date | undefined
  /** Undefined for a CRL with a fault, which has no place in the store. */
  readonly path: string | undefined
}

/**
 * Makes the next CRL, notes its number and replaces the last one of the same scope.
 * @throws PkiError `input.not-found` for a delta without a complete CRL, `input.mismatch` if that has another scope or
 *   an issuer's key is another one by now, `usage.option` if it lists certificates of others and is not indirect,
 *   `refused.locked`, `refused.write`
 */
export function publishCrl(
  store: Store,
  order: CrlOrder,
  { now, processes, patience }: { readonly now: Date; readonly processes: ProcessTable } & LockOptions,
): PublishedCrl {
  const publish = () => {
    const { request, entryCount } = composeCrl(store, order)
    const encoded = issueCrl(request)
    const { thisUpdate, nextUpdate, file } = order
    const path = pathOf(store, order)
    store.note(
      {
        event: 'crl-issued',
        issuer: order.issuer.name,
        issuerKeyHash: issuerKeyHash(order.issuer.certificate),
        crlNumber: String(request.number),
        thisUpdate: thisUpdate.toISOString(),
        nextUpdate: nextUpdate.toISOString(),
        ...(request.deltaBase !== undefined && { baseCrlNumber: String(request.deltaBase) }),
        ...(file !== undefined && { file }),
      },
      now,
      { durable: true },
    )
    const files = [{ path, bytes: encoded, mode: 0o644 }]
    placeFiles(store.folder, files, { force: true, drafts: publicDraftsOf(processes) }).keep()
    return { encoded, number: request.number, base: request.deltaBase, entryCount, thisUpdate, nextUpdate, path }
  }
  return store.locked(processes, publish, { patience })
}

/**
 * Makes a CRL that is wrong on purpose. Nothing is written: the store hands out what is right, and numbers are not used
 * up.
 * @throws PkiError as {@link publishCrl}
 */
export function composeFaultyCrl(store: Store, order: CrlOrder, fault: CrlFault): PublishedCrl {
  const { request, entryCount } = composeCrl(store, order)
  const faulty = withCrlFault(request, fault)
  const { number, deltaBase: base, thisUpdate, nextUpdate } = faulty
  return { encoded: issueCrl(faulty), number, base, entryCount, thisUpdate, nextUpdate, path: undefined }
}

interface ComposedCrl {
  readonly request: CrlRequest
  readonly entryCount: number
}

function composeCrl(store: Store, order: CrlOrder): ComposedCrl {
  const { issuer, scope, thisUpdate, nextUpdate } = order
  const revocations = new Revocations(store)
  revocations.refresh()
  const recorded = revokedCertificates(revocations, coveredIssuers(store, revocations, order), order)
  const current = order.reproducible === true ? bySerialNumber(recorded) : recorded
  const base = order.delta === true ? requireBase(store, order) : undefined
  const entries = base === undefined ? current : deltaEntries(current, base.crl)
  const request: CrlRequest = {
    issuer: issuer.certificate,
    signer: issuer.signer,
    thisUpdate,
    nextUpdate,
    number: nextNumber(store, revocations, order),
    entries,
    deltaBase: base?.number,
    issuingDistributionPoint: issuingDistributionPointOf(scope),
    freshestCRL: order.freshestCrl === undefined ? undefined : [distributionPointAt(order.freshestCrl)],
  }
  return { request, entryCount: entries.length }
}

function bySerialNumber(entries: readonly RevokedCertificate[]): readonly RevokedCertificate[] {
  return [...entries].sort((a, b) => (a.serialNumber < b.serialNumber ? -1 : 1))
}

function distributionPointAt(uri: string) {
  const fullName = [{ type: 'uniformResourceIdentifier', value: uri } as const]
  return { distributionPoint: { fullName }, reasons: undefined, cRLIssuer: undefined }
}

/** Whose certificates are listed. */
function coveredIssuers(store: Store, revocations: Revocations, order: CrlOrder): readonly Certificate[] {
  const { issuer, covers, scope } = order
  const indirect = scope.indirect === true
  if (covers === undefined) {
    if (!indirect) return [issuer.certificate]
    return revocations.issuers().map(({ name, keyHash }) => requireIssuer(store, name, keyHash))
  }
  const covered = [...new Set(covers)].map((name) => store.readCertificate(name))
  const stranger = covered.find(({ subject }) => !subject.equals(issuer.certificate.subject))
  if (indirect || stranger === undefined) return covered
  throw new PkiError('usage.option', `a CRL of ${issuer.name} lists certificates of ${formatName(stranger.subject)}`, {
    hint: 'pass --indirect: only an indirect CRL lists certificates of other issuers',
  })
}

/** @throws PkiError `input.mismatch` if the name belongs to another key by now */
function requireIssuer(store: Store, name: string, keyHash: string): Certificate {
  const certificate = store.readCertificate(name)
  if (issuerKeyHash(certificate) === keyHash) return certificate
  throw new PkiError('input.mismatch', `${name} has another key than when it revoked certificates`, {
    hint: 'name the issuers to be listed: --of ca1 --of ca2',
    context: { name },
  })
}

function revokedCertificates(
  revocations: Revocations,
  issuers: readonly Certificate[],
  { scope, thisUpdate, issuer }: CrlOrder,
): readonly RevokedCertificate[] {
  const listed: RevokedCertificate[] = []
  for (const certificate of issuers) {
    const certificateIssuer = certificate.subject.equals(issuer.certificate.subject) ? undefined : certificate.subject
    for (const revocation of revocations.revokedBy(issuerKeyHash(certificate), thisUpdate)) {
      if (isInScope(revocation, scope)) listed.push({ ...revocation, certificateIssuer })
    }
  }
  return listed
}

function nextNumber(store: Store, revocations: Revocations, order: CrlOrder): bigint {
  const last = lastNumber(store, revocations, order)
  return order.reproducible === true && isLastAgain(revocations, order) ? last : last + 1n
}

function isLastAgain(revocations: Revocations, { issuer, thisUpdate, nextUpdate }: CrlOrder): boolean {
  const key = issuerKeyHash(issuer.certificate)
  const times = revocations.lastCrlTimes(key)
  if (times === undefined || revocations.outdatedCrlNumber(key) >= revocations.lastCrlNumber(key)) return false
  return times.thisUpdate.getTime() === thisUpdate.getTime() && times.nextUpdate.getTime() === nextUpdate.getTime()
}

/** Where the journal knows of none, the CRL that lies there counts: a journal may have been lost. */
function lastNumber(store: Store, revocations: Revocations, order: CrlOrder): bigint {
  const noted = revocations.lastCrlNumber(issuerKeyHash(order.issuer.certificate))
  return noted > 0n ? noted : (readStoredCrl(pathOf(store, order))?.decoded.cRLNumber ?? 0n)
}

function pathOf(store: Store, { issuer, scope, delta }: CrlOrder): string {
  const words = [scopeName(scope), ...(delta === true ? ['delta'] : [])].filter((word) => word !== undefined)
  return store.crlPath(issuer.name, words.length === 0 ? undefined : words.join('-'))
}

interface Base {
  readonly crl: CertificateList
  readonly number: bigint
}

/** The complete CRL in the store that a delta of this scope is based on. */
function requireBase(store: Store, order: CrlOrder): Base {
  const path = pathOf(store, { ...order, delta: false })
  const crl = readStoredCrl(path)
  const number = crl?.decoded.cRLNumber
  if (crl === undefined || number === undefined) {
    throw new PkiError('input.not-found', `no complete CRL to base a delta on: ${path}`, {
      hint: `make one first: the same command without --delta`,
      context: { path },
    })
  }
  if (hasScope(crl, order.scope) && crl.issuer.equals(order.issuer.certificate.subject)) return { crl, number }
  throw new PkiError('input.mismatch', `${path}: the complete CRL has another scope or issuer than the delta`, {
    hint: 'a delta has the scope of its base (RFC 5280 §5.2.4): give both the same options',
    context: { path },
  })
}

function hasScope({ extensions }: CertificateList, scope: CrlScope): boolean {
  const wanted = issuingDistributionPointOf(scope)
  const found = extensions.find(({ oid }) => oid === EXTENSION.issuingDistributionPoint)
  if (wanted === undefined || found === undefined) return wanted === found
  return equalBytes(found.value, encodeIssuingDistributionPoint(wanted))
}

/** The CRL in that file; undefined if there is none. @throws PkiError `input.malformed` */
export function readStoredCrl(path: string): CertificateList | undefined {
  try {
    return parseCrl(new Uint8Array(readFileSync(path)))
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    if (!(cause instanceof DerError)) throw cause
    throw new PkiError('input.malformed', `${path}: ${cause.message} (at octet ${cause.offset})`, {
      hint: 'remove it, and make a complete CRL again',
      context: { path, offset: cause.offset },
      cause,
    })
  }
}
