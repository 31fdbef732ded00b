/** Certificates of issuers from where a certificate says they are (caIssuers, RFC 5280 §4.2.2.1). */

import { encodingKind } from '../container/input-kind.ts'
import { parsePkcs7 } from '../container/pkcs7.ts'
import { isPem, parsePem } from '../der/pem.ts'
import { DerError } from '../der/reader.ts'
import { type Certificate, parseCertificate } from '../x509/certificate.ts'
import { formatName } from '../x509/name-text.ts'
import { ACCESS_METHOD } from '../x509/oids.ts'
import { urlsOf } from './ocsp-fetch.ts'
import type { EvidenceSource, Piece } from './source.ts'

/** So many certificates of one answer are taken: 10 as Windows' MaxAIAUrlRetrievalCertCount. */
const MAX_CERTIFICATES = 10

/** Where a certificate says that its issuer's is. */
export function issuerUrls({ decoded }: Certificate): readonly string[] {
  return urlsOf(decoded.authorityInfoAccess, ACCESS_METHOD.caIssuers)
}

/** Asks one place after the other until one has a certificate of the issuer; all that came on the way is handed out. */
export async function fetchIssuers(certificate: Certificate, source: EvidenceSource): Promise<readonly Certificate[]> {
  const found: Certificate[] = []
  for (const url of source.withinLimit('issuer', certificate, issuerUrls(certificate))) {
    const issuers = await source.get({ kind: 'issuer', url, certificate, parse: readIssuers })
    found.push(...(issuers ?? []))
    if (issuers?.some(({ subject }) => subject.equals(certificate.issuer)) === true) break
  }
  return found
}

/**
 * "a single DER encoded certificate" or "a collection of certificates in a … 'certs-only' CMS message" (§4.2.2.1);
 * PEM of either is taken as well, as .NET does.
 */
function readIssuers(body: Uint8Array): Piece<readonly Certificate[]> {
  const encodings = isPem(body) ? parsePem(Buffer.from(body).toString('latin1')).map(({ bytes }) => bytes) : [body]
  const certificates = encodings.flatMap(certificatesIn).slice(0, MAX_CERTIFICATES).map(parseCertificate)
  if (certificates.length === 0) throw new DerError('no certificate in it', 0)
  const name = certificates.map(({ subject }) => formatName(subject) || 'an empty name').join('; ')
  return { value: certificates, certificates, name, thisUpdate: undefined, nextUpdate: undefined }
}

function certificatesIn(encoded: Uint8Array): readonly Uint8Array[] {
  // BER with an indefinite length can only be PKCS#7 here.
  const isPkcs7 = encoded[1] === 0x80 || encodingKind(encoded) === 'pkcs7'
  return isPkcs7 ? parsePkcs7(encoded).certificates : [encoded]
}
