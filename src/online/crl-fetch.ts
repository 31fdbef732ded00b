/** CRLs from the distribution points of a certificate (RFC 5280 §4.2.1.13), and the deltas to them (§4.2.1.15, §5.2.6). */

import { isPem, parsePem } from '../der/pem.ts'
import { DerError } from '../der/reader.ts'
import { describeCrl } from '../path/revocation-evidence.ts'
import type { Certificate } from '../x509/certificate.ts'
import { type CertificateList, parseCrl } from '../x509/crl.ts'
import type { DistributionPoint } from '../x509/distribution-point.ts'
import type { EvidenceSource, Freshness, Order, Piece } from './source.ts'

/** Whether the certificate names a place where to get CRLs. */
export function namesCrls({ decoded }: Certificate): boolean {
  return placesOf(decoded.cRLDistributionPoints).length > 0
}

/**
 * The CRLs that the distribution points of a certificate lead to: one for each point, because each has its reasons or
 * its issuer, and the delta that the certificate or one of those CRLs names.
 */
export async function fetchCrls(
  certificate: Certificate,
  source: EvidenceSource,
  freshness: Freshness,
): Promise<readonly CertificateList[]> {
  const { cRLDistributionPoints, freshestCRL } = certificate.decoded
  const complete = await fetchPoints(placesOf(cRLDistributionPoints), certificate, source, freshness)
  const deltaPoints = [freshestCRL, ...complete.map((crl) => crl.decoded.freshestCRL)].flatMap(placesOf)
  const distinct = [...new Map(deltaPoints.map((urls) => [urls.join(' '), urls])).values()]
  return [...complete, ...(await fetchPoints(distinct, certificate, source, freshness))]
}

/** The URIs of each point that has any: "multiple names for the same CRL" (§4.2.1.13). */
function placesOf(points: readonly DistributionPoint[] | undefined): readonly (readonly string[])[] {
  const places = (points ?? []).map(({ distributionPoint: name }) =>
    name !== undefined && 'fullName' in name
      ? name.fullName.flatMap((one) => (one.type === 'uniformResourceIdentifier' ? [one.value] : []))
      : [],
  )
  return places.filter((urls) => urls.length > 0)
}

async function fetchPoints(
  points: readonly (readonly string[])[],
  certificate: Certificate,
  source: EvidenceSource,
  freshness: Freshness,
): Promise<readonly CertificateList[]> {
  const asked = source.withinLimit('crl', certificate, points)
  const crls = await Promise.all(asked.map((urls) => fetchFirst(urls, certificate, source, freshness)))
  return crls.filter((crl) => crl !== undefined)
}

/** One place after the other until one has it. */
async function fetchFirst(
  urls: readonly string[],
  certificate: Certificate,
  source: EvidenceSource,
  freshness: Freshness,
): Promise<CertificateList | undefined> {
  for (const url of source.withinLimit('crl', certificate, urls)) {
    const order: Order<CertificateList> = { kind: 'crl', url, certificate, parse: readCrl }
    const crl = await source.get(order, freshness)
    if (crl !== undefined) return crl
  }
  return undefined
}

/** RFC 5280 §4.2.1.13 wants DER; servers that send PEM are known all the same. */
function readCrl(body: Uint8Array): Piece<CertificateList> {
  const crl = parseCrl(isPem(body) ? pemCrl(body) : body)
  return { value: crl, name: describeCrl(crl), thisUpdate: crl.thisUpdate.date, nextUpdate: crl.nextUpdate?.date }
}

function pemCrl(body: Uint8Array): Uint8Array {
  const block = parsePem(Buffer.from(body).toString('latin1')).find(({ label }) => label === 'X509 CRL')
  if (block === undefined) throw new DerError('no PEM block of a CRL', 0)
  return block.bytes
}
