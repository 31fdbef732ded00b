/**
 * Makes certificate revocation lists (RFC 5280 §5): complete, delta, indirect and partitioned ones.
 *
 * The kind of CRL follows from what is asked for: `deltaBase` makes a delta, `issuingDistributionPoint` a partition
 * or an indirect CRL. Nothing is judged, because test CRLs need to be wrong now and then; the encoding is always DER
 * and always version 2.
 */

import { contextTag, Tag } from '../der/reader.ts'
import {
  boolean,
  concatBytes,
  context,
  element,
  enumerated,
  generalizedTime,
  integer,
  retag,
  sequence,
  time,
} from '../der/writer.ts'
import type { Signer } from '../keys/keys.ts'
import type { Certificate } from '../x509/certificate.ts'
import { CRL_REASONS, type CrlReason, type IssuingDistributionPoint } from '../x509/crl-extension.ts'
import type { DistributionPoint } from '../x509/distribution-point.ts'
import {
  type ExtensionToWrite,
  encodeAuthorityKeyIdentifier,
  encodeDistributionPointName,
  encodeDistributionPoints,
  encodeExtension,
  encodeExtensions,
  encodeReasonFlags,
} from '../x509/extension-encoding.ts'
import { encodeGeneralNames } from '../x509/general-name.ts'
import type { Name } from '../x509/name.ts'
import { EXTENSION } from '../x509/oids.ts'
import { encodeSigned } from '../x509/signed.ts'

/** One certificate to be listed. */
export interface RevokedCertificate {
  readonly serialNumber: bigint
  readonly revocationDate: Date
  /** `unspecified` is left out of the encoding (§5.3.1); `removeFromCRL` has a meaning in delta CRLs only. */
  readonly reason?: CrlReason | undefined
  /** When the certificate stopped being trustworthy, if that was before it was revoked. */
  readonly invalidityDate?: Date | undefined
  /** Who issued the certificate, if that is not the issuer of the CRL: needs `indirectCRL`. */
  readonly certificateIssuer?: Name | undefined
}

/** What is to be in a CRL (RFC 5280 §5.1). */
export interface CrlRequest {
  /** Whose name and key identifier the CRL carries. */
  readonly issuer: Certificate
  readonly signer: Signer
  readonly thisUpdate: Date
  /** §5.1.2.5 wants it in every CRL; some test wants one without. */
  readonly nextUpdate?: Date | undefined
  /** cRLNumber: rises with every CRL of one scope. */
  readonly number: bigint
  readonly entries: Iterable<RevokedCertificate>
  /** Makes a delta CRL to the complete CRL with this number. */
  readonly deltaBase?: bigint | undefined
  /** What the CRL covers; fields that are left out widen the scope. */
  readonly issuingDistributionPoint?: Partial<IssuingDistributionPoint> | undefined
  /** Where deltas to this complete CRL are found. */
  readonly freshestCRL?: readonly DistributionPoint[] | undefined
  /** Any other extensions, written last. */
  readonly extensions?: readonly ExtensionToWrite[] | undefined
}

/** Makes and signs a CRL; DER. */
export function issueCrl(request: CrlRequest): Uint8Array {
  const { issuer, signer, thisUpdate, nextUpdate } = request
  const tbsCertList = sequence(
    integer(1),
    signer.algorithm,
    issuer.subject.encoded,
    time(thisUpdate),
    ...(nextUpdate === undefined ? [] : [time(nextUpdate)]),
    ...encodeEntries(request.entries, issuer.subject),
    context(0, encodeExtensions(crlExtensions(request))),
  )
  return encodeSigned(tbsCertList, signer)
}

/** revokedCertificates; left out if there are none (§5.1.2.6). */
function encodeEntries(entries: Iterable<RevokedCertificate>, crlIssuer: Name): readonly Uint8Array[] {
  const encoded: Uint8Array[] = []
  let previousIssuer = crlIssuer
  for (const entry of entries) {
    const certificateIssuer = entry.certificateIssuer ?? crlIssuer
    // §5.3.3: an entry that names no certificate issuer has that of the one before it.
    encoded.push(encodeEntry(entry, certificateIssuer.equals(previousIssuer) ? undefined : certificateIssuer))
    previousIssuer = certificateIssuer
  }
  return encoded.length === 0 ? [] : [element(Tag.sequence, concatBytes(encoded))]
}

function encodeEntry(entry: RevokedCertificate, certificateIssuer: Name | undefined): Uint8Array {
  const extensions: Uint8Array[] = []
  if (entry.reason !== undefined && entry.reason !== 'unspecified') extensions.push(reasonCode(entry.reason))
  if (entry.invalidityDate !== undefined) {
    extensions.push(encodeExtension(EXTENSION.invalidityDate, false, generalizedTime(entry.invalidityDate)))
  }
  if (certificateIssuer !== undefined) {
    const names = encodeGeneralNames([{ type: 'directoryName', value: certificateIssuer }])
    extensions.push(encodeExtension(EXTENSION.certificateIssuer, true, names))
  }
  return sequence(
    integer(entry.serialNumber),
    time(entry.revocationDate),
    ...(extensions.length === 0 ? [] : [sequence(...extensions)]),
  )
}

/** One encoding per reason: a list of 100,000 entries has 100,000 of them. */
const REASON_CODES = new Map<CrlReason, Uint8Array>()

function reasonCode(reason: CrlReason): Uint8Array {
  const known = REASON_CODES.get(reason)
  if (known !== undefined) return known
  const encoded = encodeExtension(EXTENSION.reasonCode, false, enumerated(CRL_REASONS.indexOf(reason)))
  REASON_CODES.set(reason, encoded)
  return encoded
}

/** The CRL extensions with the criticality that §5.2 prescribes. */
function crlExtensions(request: CrlRequest): readonly ExtensionToWrite[] {
  const keyIdentifier = request.issuer.decoded.subjectKeyIdentifier
  const extensions: ExtensionToWrite[] = []
  const add = (name: keyof typeof EXTENSION, critical: boolean, value: Uint8Array) =>
    extensions.push({ oid: EXTENSION[name], critical, value })

  if (keyIdentifier !== undefined) {
    const identifier = { keyIdentifier, authorityCertIssuer: undefined, authorityCertSerialNumber: undefined }
    add('authorityKeyIdentifier', false, encodeAuthorityKeyIdentifier(identifier))
  }
  add('cRLNumber', false, integer(request.number))
  if (request.deltaBase !== undefined) add('deltaCRLIndicator', true, integer(request.deltaBase))
  if (request.issuingDistributionPoint !== undefined) {
    add('issuingDistributionPoint', true, encodeIssuingDistributionPoint(request.issuingDistributionPoint))
  }
  if (request.freshestCRL !== undefined) add('freshestCRL', false, encodeDistributionPoints(request.freshestCRL))
  return [...extensions, ...(request.extensions ?? [])]
}

/** IssuingDistributionPoint (§5.2.5); what is false or absent is left out. */
export function encodeIssuingDistributionPoint(scope: Partial<IssuingDistributionPoint>): Uint8Array {
  const flag = (number: number, value: boolean | undefined) =>
    value === true ? [retag(contextTag(number, false), boolean(true))] : []
  const { distributionPoint, onlySomeReasons } = scope
  return sequence(
    ...(distributionPoint === undefined ? [] : [context(0, encodeDistributionPointName(distributionPoint))]),
    ...flag(1, scope.onlyContainsUserCerts),
    ...flag(2, scope.onlyContainsCACerts),
    ...(onlySomeReasons === undefined ? [] : [encodeReasonFlags(3, onlySomeReasons)]),
    ...flag(4, scope.indirectCRL),
    ...flag(5, scope.onlyContainsAttributeCerts),
  )
}
