/** CRLs and OCSP responses at hand, indexed once so that several thousand of them cost a look-up each. */

import type { Certificate } from '../x509/certificate.ts'
import type { CertificateList } from '../x509/crl.ts'
import type { Name } from '../x509/name.ts'
import { formatName } from '../x509/name-text.ts'
import type { OcspResponse } from '../x509/ocsp.ts'
import { EXTENSION } from '../x509/oids.ts'
import type { NotFetchedFacts } from './findings/fetch-failure.ts'
import { instant } from './findings/table.ts'

/** Something that a certificate points to and that nobody could get. Fetching is not the business of this folder. */
export interface NotFetched extends NotFetchedFacts {
  /** The certificate that points to it. */
  readonly certificate: Certificate
}

/** Everything that was handed in to tell whether certificates are revoked. Nothing in it is trusted. */
export class RevocationEvidence {
  /** Copies, such as many connections hand out, once: each costs a signature. */
  readonly ocspResponses: readonly OcspResponse[]
  readonly #complete = new Map<string, CertificateList[]>()
  readonly #deltas = new Map<string, CertificateList[]>()

  constructor(crls: Iterable<CertificateList>, ocspResponses: Iterable<OcspResponse> = []) {
    for (const crl of crls) {
      const index = isDelta(crl) ? this.#deltas : this.#complete
      const known = index.get(crl.issuer.key)
      if (known === undefined) index.set(crl.issuer.key, [crl])
      else known.push(crl)
    }
    for (const index of [this.#complete, this.#deltas]) for (const crls of index.values()) crls.sort(newestFirst)
    this.ocspResponses = [...new Map([...ocspResponses].map((one) => [octetsOf(one), one])).values()]
  }

  /** The complete CRLs of an issuer, newest first: of two with the same scope the newer one is to be believed. */
  completeCrls(issuer: Name): readonly CertificateList[] {
    return this.#complete.get(issuer.key) ?? NONE
  }

  /** The delta CRLs of an issuer, newest first. */
  deltaCrls(issuer: Name): readonly CertificateList[] {
    return this.#deltas.get(issuer.key) ?? NONE
  }
}

const NONE: readonly CertificateList[] = []

function octetsOf({ encoded }: OcspResponse): string {
  return Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength).toString('latin1')
}

/** Whether a CRL carries the delta CRL indicator, also a malformed one: it is no complete CRL either way. */
function isDelta({ extensions }: CertificateList): boolean {
  return extensions.some(({ oid }) => oid === EXTENSION.deltaCRLIndicator)
}

/** By thisUpdate; two made in one second by number (§5.2.3). */
function newestFirst(a: CertificateList, b: CertificateList): number {
  const later = b.thisUpdate.date.getTime() - a.thisUpdate.date.getTime()
  if (later !== 0) return later
  const [numberA, numberB] = [a.decoded.cRLNumber ?? -1n, b.decoded.cRLNumber ?? -1n]
  return numberA < numberB ? 1 : numberA > numberB ? -1 : 0
}

/** A folder of partitions is described CRL by CRL for every certificate that is checked against it. */
const descriptions = new WeakMap<CertificateList, string>()

/** What a person knows a CRL by: `delta CRL 17 of CN=Root, 2024-03-01T00:00:00Z`. */
export function describeCrl(crl: CertificateList): string {
  const description = descriptions.get(crl) ?? writeDescription(crl)
  descriptions.set(crl, description)
  return description
}

function writeDescription(crl: CertificateList): string {
  const { cRLNumber } = crl.decoded
  const number = cRLNumber === undefined ? '' : ` ${cRLNumber}`
  const issuer = formatName(crl.issuer) || 'an empty name'
  return `${isDelta(crl) ? 'delta CRL' : 'CRL'}${number} of ${issuer}, ${instant(crl.thisUpdate.date)}`
}
