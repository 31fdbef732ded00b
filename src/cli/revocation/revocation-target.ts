/** Which certificate is to be revoked: by its name in the store, by a file that holds it, or by its serial number. */

import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { requireCertificates } from '../../container/input.ts'
import { PkiError } from '../../errors.ts'
import { findIssued, type IssuedRecord } from '../../store/find-issued.ts'
import { issuerKeyHash } from '../../store/journal.ts'
import type { RevocableCertificate } from '../../store/record-revocation.ts'
import type { Store } from '../../store/store.ts'
import { type Certificate, fingerprint } from '../../x509/certificate.ts'
import { formatName } from '../../x509/name-text.ts'
import { formatSerialNumber, parseSerialNumber } from '../../x509/serial-number.ts'
import { checkSignature } from '../../x509/signature.ts'
import { openInput, readSource } from '../input-source.ts'
import type { Io } from '../io.ts'

export type TargetOptions = {
  /** Name in the store: which of several that gave the same serial number. */
  readonly issuer?: string
  readonly passwordFile?: string
}

/**
 * A name comes before a file, and a file before a serial number.
 * @throws PkiError `input.not-found`, `input.unreadable`, `input.malformed`; `refused.issuer` if its issuer is not in
 *   the store; `usage.option` if a serial number means several certificates
 */
export async function findTarget(
  text: string,
  store: Store,
  options: TargetOptions,
  io: Io,
): Promise<RevocableCertificate> {
  if (isName(text) && store.has(text)) return certificateTarget(store.readCertificate(text), store, options, text)
  const serialNumber = parseSerialNumber(text)
  if (serialNumber !== undefined && !isFile(text, io)) return serialNumberTarget(serialNumber, store, options)
  const source = openInput(text, { store }, io)
  const input = await readSource(source, { passwordFile: options.passwordFile, privateKeys: 'skip' }, io)
  return certificateTarget(requireCertificates(input)[0], store, options)
}

/** Text that could not be a name is a path or a serial number, and no fault of the name. */
function isName(text: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9._@+-]*$/.test(text)
}

function isFile(path: string, io: Io): boolean {
  return path === '-' || statSync(resolve(io.cwd, path), { throwIfNoEntry: false })?.isFile() === true
}

/** @param asked its name, where that was given: an imported certificate may have several */
function certificateTarget(
  certificate: Certificate,
  store: Store,
  options: TargetOptions,
  asked?: string,
): RevocableCertificate {
  const own = fingerprint(certificate)
  const records = findIssued(store, (issued) => issued.fingerprint === own)
  const record = records.findLast(({ name }) => name === asked) ?? records.at(-1)
  return {
    name: asked ?? record?.name,
    serialNumber: certificate.serialNumber,
    fingerprint: own,
    isCa: certificate.decoded.basicConstraints?.cA === true,
    issuer: requireIssuerOf(certificate, record, store, options),
  }
}

/**
 * The certificate in the store that issued another. The journal's word for it is tried first, so that this takes one
 * look also where the store holds a hundred thousand.
 */
function requireIssuerOf(
  certificate: Certificate,
  record: IssuedRecord | undefined,
  store: Store,
  { issuer }: TargetOptions,
): RevocableCertificate['issuer'] {
  const noted = record?.event === 'issued' ? (record.issuer ?? record.name) : undefined
  const likely = [issuer ?? noted].filter((name) => name !== undefined && store.has(name)) as string[]
  const all = issuer === undefined ? store.names() : []
  for (const name of [...likely, ...all]) {
    const candidate = store.readCertificate(name)
    if (hasIssued(candidate, certificate)) return { name, certificate: candidate }
  }
  throw noIssuer(formatName(certificate.issuer), issuer, store)
}

function hasIssued(issuer: Certificate, { issuer: issuerName, ...certificate }: Certificate): boolean {
  if (!issuer.subject.equals(issuerName)) return false
  const { signatureAlgorithm, tbs, signature } = certificate
  return checkSignature(signatureAlgorithm, issuer.publicKey, tbs, signature) === 'valid'
}

/** A serial number has a meaning only below an issuer; the journal knows under which ones it was given. */
function serialNumberTarget(serialNumber: bigint, store: Store, options: TargetOptions): RevocableCertificate {
  const serial = formatSerialNumber(serialNumber)
  const all = findIssued(store, (issued) => issued.serialNumber === serial)
  const named = options.issuer === undefined ? all : all.filter((record) => isIssuedBy(record, options.issuer, store))
  const found = [...new Map(named.map((record) => [record.fingerprint, record])).values()]
  const [record, second] = found
  if (record === undefined) throw unknownSerialNumber(serial, store)
  if (second !== undefined) throw ambiguous(serial, found)
  const stored = store.has(record.name) ? store.readCertificate(record.name) : undefined
  if (stored !== undefined && fingerprint(stored) === record.fingerprint) {
    return certificateTarget(stored, store, options)
  }
  return replacedTarget(record, serialNumber, store)
}

function isIssuedBy(record: IssuedRecord, issuer: string | undefined, store: Store): boolean {
  if (record.event === 'imported' || issuer === undefined) return true
  return record.issuerKeyHash === issuerKeyHash(store.readCertificate(issuer))
}

/** A certificate that is no longer in the store: what the journal remembers of it is enough. */
function replacedTarget(record: IssuedRecord, serialNumber: bigint, store: Store): RevocableCertificate {
  const { name, fingerprint } = record
  const keyHash = record.event === 'issued' ? record.issuerKeyHash : undefined
  const candidates = record.event === 'issued' && record.issuer !== undefined ? [record.issuer] : []
  for (const issuer of [...candidates.filter((issuer) => store.has(issuer)), ...store.names()]) {
    const certificate = store.readCertificate(issuer)
    if (issuerKeyHash(certificate) !== keyHash) continue
    const isCa = record.event === 'issued' && record.isCa === true
    return { name, serialNumber, fingerprint, isCa, issuer: { name: issuer, certificate } }
  }
  throw noIssuer(candidates[0] ?? 'who issued it', undefined, store)
}

function noIssuer(issuerName: string, asked: string | undefined, store: Store): PkiError {
  if (asked !== undefined && store.has(asked)) {
    return new PkiError('refused.issuer', `${asked} has not issued this certificate`, {
      hint: `its issuer is ${issuerName}`,
      context: { issuer: asked },
    })
  }
  return new PkiError('refused.issuer', `the issuer of this certificate is not in the store: ${issuerName}`, {
    hint: 'only the CA that issued a certificate can revoke it',
    context: { issuer: issuerName, folder: store.folder },
  })
}

function unknownSerialNumber(serial: string, store: Store): PkiError {
  return new PkiError('input.not-found', `nothing of that name, no such file, and no certificate number ${serial}`, {
    hint: 'pki list shows the names; --dir or PKI_DIR names another store',
    context: { serialNumber: serial, folder: store.folder },
  })
}

function ambiguous(serial: string, found: readonly IssuedRecord[]): PkiError {
  const names = found.map(({ name }) => name).join(', ')
  return new PkiError('usage.option', `several certificates have the serial number ${serial}: ${names}`, {
    hint: 'say who issued it, with --issuer, or give its name',
    context: { serialNumber: serial },
  })
}
