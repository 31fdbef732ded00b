/** The certificates of the other side of a TLS connection. */

import type { DetailedPeerCertificate } from 'node:tls'
import { type Certificate, parseCertificate } from '../x509/certificate.ts'

/**
 * Its own first, then the issuers, in the order in which they issued one another: those it sent, and those that OpenSSL
 * found among the trusted ones. Empty if it presented none.
 * @throws DerError for a certificate that OpenSSL takes and RFC 5280 does not
 */
export function peerCertificates(socket: {
  getPeerCertificate(detailed: true): DetailedPeerCertificate
}): readonly Certificate[] {
  return chainOf(socket.getPeerCertificate(true)).map(parseCertificate)
}

/** Node links each certificate to its issuer, and a self-signed one to itself; null where no handshake began. */
function chainOf(first: DetailedPeerCertificate | null): readonly Uint8Array[] {
  const chain: Uint8Array[] = []
  const seen = new Set<string>()
  for (
    let certificate: DetailedPeerCertificate | null | undefined = first;
    certificate?.raw !== undefined && !seen.has(certificate.fingerprint256);
    certificate = certificate.issuerCertificate
  ) {
    seen.add(certificate.fingerprint256)
    chain.push(new Uint8Array(certificate.raw))
  }
  return chain
}
