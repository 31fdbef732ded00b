/** A small world for revocation tests: authorities, certificates and CRLs around one instant, made on the spot. */

import { createHash } from 'node:crypto'
import { context, integer, sequence, time } from '../../src/der/writer.ts'
import { type CrlRequest, issueCrl, type RevokedCertificate } from '../../src/issue/crl.ts'
import { createSigner, generateKey, type Signer } from '../../src/keys/keys.ts'
import { type Certificate, parseCertificate } from '../../src/x509/certificate.ts'
import { type CertificateList, parseCrl } from '../../src/x509/crl.ts'
import type { DistributionPoint, DistributionPointName } from '../../src/x509/distribution-point.ts'
import {
  type ExtensionToWrite,
  encodeAuthorityKeyIdentifier,
  encodeBasicConstraints,
  encodeDistributionPoints,
  encodeExtensions,
  encodeExtKeyUsage,
  encodeKeyUsage,
  encodeSubjectKeyIdentifier,
} from '../../src/x509/extension-encoding.ts'
import type { KeyUsageName } from '../../src/x509/extension-value.ts'
import type { GeneralName } from '../../src/x509/general-name.ts'
import { parseName } from '../../src/x509/name.ts'
import { EXTENSION } from '../../src/x509/oids.ts'
import { certificateBytes, commonName } from '../x509/certificate-bytes.ts'

/** The instant of every test. Certificates are valid for the whole of 2026. */
export const AT = new Date('2026-06-01T00:00:00Z')

/** `AT` and so many days; a negative number goes back. */
export function days(number: number): Date {
  return new Date(AT.getTime() + number * 86_400_000)
}

/** Somebody with a certificate who can sign. */
export interface Holder {
  readonly certificate: Certificate
  readonly signer: Signer
}

export interface HolderFields {
  /** Common name of the subject. */
  readonly name: string
  /** Self-signed if left out. */
  readonly issuer?: Holder
  readonly serialNumber?: number
  /** Default: a CA. */
  readonly cA?: boolean
  /** Default: keyCertSign and cRLSign for a CA; `none` leaves the extension out. */
  readonly keyUsage?: readonly KeyUsageName[] | 'none'
  readonly extKeyUsage?: readonly string[]
  readonly cRLDistributionPoints?: readonly DistributionPoint[]
  readonly notAfter?: Date
  /** Another certificate for a key that exists. */
  readonly signer?: Signer
  readonly extensions?: readonly ExtensionToWrite[]
}

/** Makes a certificate with its key. */
export function holder(fields: HolderFields): Holder {
  const { name, issuer, serialNumber = 1, cA = true } = fields
  const signer = fields.signer ?? createSigner(generateKey('ec-p256'))
  const bytes = certificateBytes(
    {
      serialNumber: integer(serialNumber),
      issuer: issuer?.certificate.subject.encoded ?? commonName(name),
      subject: commonName(name),
      validity: sequence(time(new Date('2026-01-01T00:00:00Z')), time(fields.notAfter ?? days(200))),
      subjectPublicKeyInfo: signer.publicKey.encoded,
      rest: [context(3, encodeExtensions(extensionsOf(fields, signer, cA)))],
    },
    issuer?.signer ?? signer,
  )
  return { certificate: parseCertificate(bytes), signer }
}

function extensionsOf(fields: HolderFields, signer: Signer, cA: boolean): readonly ExtensionToWrite[] {
  const {
    keyUsage = cA ? ['keyCertSign', 'cRLSign'] : ['digitalSignature'],
    extKeyUsage,
    cRLDistributionPoints,
  } = fields
  const { issuer } = fields
  const extensions: ExtensionToWrite[] = [
    write('basicConstraints', encodeBasicConstraints({ cA, pathLenConstraint: undefined }), true),
    write('subjectKeyIdentifier', encodeSubjectKeyIdentifier(keyIdentifier(signer))),
  ]
  if (issuer !== undefined) {
    const identifier = { authorityCertIssuer: undefined, authorityCertSerialNumber: undefined }
    const value = encodeAuthorityKeyIdentifier({ keyIdentifier: keyIdentifier(issuer.signer), ...identifier })
    extensions.push(write('authorityKeyIdentifier', value))
  }
  if (keyUsage !== 'none') extensions.push(write('keyUsage', encodeKeyUsage(keyUsage), true))
  if (extKeyUsage !== undefined) extensions.push(write('extKeyUsage', encodeExtKeyUsage(extKeyUsage)))
  if (cRLDistributionPoints !== undefined) {
    extensions.push(write('cRLDistributionPoints', encodeDistributionPoints(cRLDistributionPoints)))
  }
  return [...extensions, ...(fields.extensions ?? [])]
}

function keyIdentifier({ publicKey }: Signer): Uint8Array {
  return createHash('sha1').update(publicKey.publicKey).digest()
}

/** One extension to be written. */
export function write(name: keyof typeof EXTENSION, value: Uint8Array, critical = false): ExtensionToWrite {
  return { oid: EXTENSION[name], critical, value }
}

/** A CRL of `issuer`: number 1, from yesterday to the day after tomorrow, empty unless told otherwise. */
export function crlBytes(issuer: Holder, fields: Partial<CrlRequest> = {}): Uint8Array {
  return issueCrl({
    issuer: issuer.certificate,
    signer: issuer.signer,
    thisUpdate: days(-1),
    nextUpdate: days(2),
    number: 1n,
    entries: [],
    ...fields,
  })
}

export function crl(issuer: Holder, fields: Partial<CrlRequest> = {}): CertificateList {
  return parseCrl(crlBytes(issuer, fields))
}

/** An entry for a certificate, revoked ten days before. */
export function revoked(serialNumber: number, fields: Partial<RevokedCertificate> = {}): RevokedCertificate {
  return { serialNumber: BigInt(serialNumber), revocationDate: days(-10), ...fields }
}

/** A distribution point name of one URI. */
export function at(uri: string): DistributionPointName {
  return { fullName: [{ type: 'uniformResourceIdentifier', value: uri }] }
}

/** A distribution point in which only the given fields are present. */
export function point(fields: Partial<DistributionPoint>): DistributionPoint {
  return { distributionPoint: undefined, reasons: undefined, cRLIssuer: undefined, ...fields }
}

export function directoryName(name: string): GeneralName {
  return { type: 'directoryName', value: parseName(commonName(name)) }
}
