/** Root, CA and leaf whose pointers lead to a server of the test, and the evidence that it may hand out. */

import { sequence } from '../../src/der/writer.ts'
import type { CrlRequest } from '../../src/issue/crl.ts'
import { type VerifyOnlineOptions, verifyOnline } from '../../src/online/verify-online.ts'
import type { Certificate } from '../../src/x509/certificate.ts'
import { encodeInfoAccess } from '../../src/x509/extension-encoding.ts'
import { ACCESS_METHOD } from '../../src/x509/oids.ts'
import { AT, at, crlBytes, days, type Holder, type HolderFields, holder, point, write } from '../path/build-crl.ts'
import { byName, certId, ocspResponseBytes, type SingleFields, singleResponse } from '../x509/ocsp-bytes.ts'

/** Where a certificate says that things are. */
export interface Pointers {
  readonly crl?: readonly string[]
  readonly ocsp?: readonly string[]
  readonly issuer?: readonly string[]
}

/** The extensions for pointers, each CRL URL a distribution point of its own. */
export function pointing({ crl = [], ocsp = [], issuer = [] }: Pointers): Partial<HolderFields> {
  const access = (method: string, urls: readonly string[]) =>
    urls.map((value) => ({
      accessMethod: method,
      accessLocation: { type: 'uniformResourceIdentifier', value } as const,
    }))
  const descriptions = [...access(ACCESS_METHOD.ocsp, ocsp), ...access(ACCESS_METHOD.caIssuers, issuer)]
  return {
    ...(crl.length === 0 ? {} : { cRLDistributionPoints: crl.map((url) => point({ distributionPoint: at(url) })) }),
    ...(descriptions.length === 0
      ? {}
      : { extensions: [write('authorityInfoAccess', encodeInfoAccess(descriptions))] }),
  }
}

export interface Hierarchy {
  readonly root: Holder
  readonly ca: Holder
  readonly leaf: Holder
}

/** Serial numbers: CA 2, leaf 7. */
export function hierarchy(ofLeaf: Pointers, ofCa: Pointers = {}): Hierarchy {
  const root = holder({ name: 'root' })
  const ca = holder({ name: 'ca', issuer: root, serialNumber: 2, ...pointing(ofCa) })
  const leaf = holder({ name: 'leaf', issuer: ca, serialNumber: 7, cA: false, ...pointing(ofLeaf) })
  return { root, ca, leaf }
}

export interface ResponseCase extends Partial<SingleFields> {
  readonly by?: Holder
  readonly certificates?: readonly Certificate[]
  /** Extensions of the response, such as a nonce. */
  readonly responseExtensions?: readonly Uint8Array[]
}

/** An OCSP response about one serial number of an issuer: good, from yesterday to tomorrow. */
export function ocsp(issuer: Holder, serialNumber: number, fields: ResponseCase = {}): Uint8Array {
  const { by = issuer, certificates, responseExtensions, ...single } = fields
  const about = { certId: certId(issuer.certificate, serialNumber), thisUpdate: days(-1), nextUpdate: days(1) }
  return ocspResponseBytes({
    signer: by.signer,
    responderId: byName(by.certificate),
    responses: [singleResponse({ ...about, ...single })],
    producedAt: AT,
    ...(certificates === undefined ? {} : { certificates }),
    ...(responseExtensions === undefined ? {} : { extensions: responseExtensions }),
  })
}

/** A CRL as it goes over the wire. */
export function crl(issuer: Holder, fields: Partial<CrlRequest> = {}): Uint8Array {
  return crlBytes(issuer, fields)
}

/** {@link verifyOnline} of the leaf below the root, with the CA at hand, checking the leaf alone. */
export async function verifyLeaf({ root, ca, leaf }: Hierarchy, options: Partial<VerifyOnlineOptions> = {}) {
  const { fetch, ...rest } = options
  const verdict = await verifyOnline(leaf.certificate, {
    trustAnchors: [root.certificate],
    untrusted: [ca.certificate],
    at: AT,
    revocation: { scope: 'end-entity' },
    fetch: { now: () => AT, timeout: 1000, ...fetch },
    ...rest,
  })
  return {
    ...verdict,
    /** `code@certificate`, and for what was not fetched the reason too. */
    told: verdict.findings.map((found) => {
      const reason = 'reason' in found && found.code.endsWith('not-fetched') ? ` ${found.reason}` : ''
      return `${found.code.replace('revocation.', '')}@${found.certificate}${reason}`
    }),
    /** The log: kind, path, where it is from. */
    log: verdict.evidence.map(
      ({ kind, url, origin, used }) => `${kind} ${url.replace(/^http:\/\/[^/]*/, '')} ${origin}${used ? ' used' : ''}`,
    ),
  }
}

/** A SEQUENCE that is none of the things that anybody asks for. */
export const GARBAGE = sequence()
