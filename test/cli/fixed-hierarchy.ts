/**
 * A hierarchy that is the same to the last bit on every run, for tests that compare whole outputs: fixed Ed25519 keys,
 * whose signatures have no randomness, fixed serial numbers and times.
 */

import { createHash, createPrivateKey, createPublicKey } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatPem } from '../../src/der/pem.ts'
import { context, integer, sequence, time } from '../../src/der/writer.ts'
import { createSigner, type PrivateKey } from '../../src/keys/keys.ts'
import {
  type ExtensionToWrite,
  encodeAuthorityKeyIdentifier,
  encodeBasicConstraints,
  encodeExtensions,
  encodeExtKeyUsage,
  encodeKeyUsage,
  encodeSubjectKeyIdentifier,
} from '../../src/x509/extension-encoding.ts'
import { encodeGeneralNames } from '../../src/x509/general-name.ts'
import { parseGeneralNameText } from '../../src/x509/general-name-text.ts'
import { parseNameText } from '../../src/x509/name-text.ts'
import { EXTENSION, KEY_PURPOSE } from '../../src/x509/oids.ts'
import { parseSubjectPublicKeyInfo } from '../../src/x509/public-key.ts'
import { hex } from '../der/hex.ts'
import { certificateBytes } from '../x509/certificate-bytes.ts'

/** The clock of the tests: all certificates below are valid then, unless they are made not to be. */
export const NOW = new Date('2026-06-01T00:00:00Z')

/** An Ed25519 key whose seed is the digest of its name. */
export function fixedKey(name: string): PrivateKey {
  const seed = createHash('sha256').update(name).digest()
  const pkcs8 = new Uint8Array(Buffer.concat([hex('302e020100300506032b657004220420'), seed]))
  const keyObject = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(keyObject).export({ type: 'spki', format: 'der' })
  return { pkcs8, publicKey: parseSubjectPublicKeyInfo(new Uint8Array(spki)) }
}

export interface FixedCertificate {
  /** Also the name of its key, unless there is another. */
  readonly subject: string
  readonly key?: string
  readonly issuer: string
  readonly serialNumber?: number
  readonly notBefore?: string
  readonly notAfter?: string
  readonly isCa?: boolean
  /** As `parseGeneralNameText` takes them. */
  readonly names?: readonly string[]
  /** Added behind the usual ones. */
  readonly extensions?: readonly ExtensionToWrite[]
}

/** A certificate, DER. */
export function fixedCertificate(fields: FixedCertificate): Uint8Array {
  const { subject, issuer, serialNumber = 0x0102, isCa = false } = fields
  const { notBefore = '2026-01-01T00:00:00Z', notAfter = '2026-12-31T23:59:59Z' } = fields
  const parts = {
    serialNumber: integer(serialNumber),
    issuer: parseNameText(issuer),
    subject: parseNameText(subject),
    validity: sequence(time(new Date(notBefore)), time(new Date(notAfter))),
    subjectPublicKeyInfo: fixedKey(fields.key ?? subject).publicKey.encoded,
    rest: [context(3, encodeExtensions([...usualExtensions(fields, isCa), ...(fields.extensions ?? [])]))],
  }
  return certificateBytes(parts, createSigner(fixedKey(issuer)))
}

function usualExtensions({ subject, issuer, names = [] }: FixedCertificate, isCa: boolean): ExtensionToWrite[] {
  const authority = {
    keyIdentifier: keyIdentifier(issuer),
    authorityCertIssuer: undefined,
    authorityCertSerialNumber: undefined,
  }
  const constraints = { cA: isCa, pathLenConstraint: undefined }
  const subjectAltName = {
    oid: EXTENSION.subjectAltName,
    critical: false,
    value: encodeGeneralNames(names.map(parseGeneralNameText)),
  }
  const extKeyUsage = {
    oid: EXTENSION.extKeyUsage,
    critical: false,
    value: encodeExtKeyUsage([KEY_PURPOSE.serverAuth]),
  }
  return [
    { oid: EXTENSION.basicConstraints, critical: true, value: encodeBasicConstraints(constraints) },
    {
      oid: EXTENSION.keyUsage,
      critical: true,
      value: encodeKeyUsage(isCa ? ['keyCertSign', 'cRLSign'] : ['digitalSignature']),
    },
    ...(isCa ? [] : [extKeyUsage]),
    ...(names.length === 0 ? [] : [subjectAltName]),
    { oid: EXTENSION.subjectKeyIdentifier, critical: false, value: encodeSubjectKeyIdentifier(keyIdentifier(subject)) },
    { oid: EXTENSION.authorityKeyIdentifier, critical: false, value: encodeAuthorityKeyIdentifier(authority) },
  ]
}

function keyIdentifier(name: string): Uint8Array {
  return new Uint8Array(createHash('sha1').update(name).digest())
}

export const ROOT = 'CN=Test Root,O=Example'
export const CA = 'CN=Test CA 1,O=Example'

export const root = () =>
  fixedCertificate({ subject: ROOT, issuer: ROOT, isCa: true, notAfter: '2036-01-01T00:00:00Z' })
export const ca = () => fixedCertificate({ subject: CA, issuer: ROOT, isCa: true, notAfter: '2031-01-01T00:00:00Z' })
export const leaf = (fields: Partial<FixedCertificate> = {}) =>
  fixedCertificate({ subject: 'CN=web.test', issuer: CA, names: ['dns:web.test', 'ip:127.0.0.1'], ...fields })

/** Certificates as PEM text. */
export function pem(...certificates: readonly Uint8Array[]): string {
  return certificates.map((bytes) => formatPem('CERTIFICATE', bytes)).join('')
}

/** A new folder with these files in it; its path. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'pki-cli-'))
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  return folder
}
