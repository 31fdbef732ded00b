/** OCSP responses from the responders that a certificate names (RFC 6960 Appendix A, RFC 5019 §5, RFC 9654). */

import { equalBytes } from '../der/writer.ts'
import { describeResponse } from '../path/ocsp-evidence.ts'
import type { Certificate } from '../x509/certificate.ts'
import { isCertIdOf, type OcspResponse, parseOcspResponse } from '../x509/ocsp.ts'
import { encodeCertId, encodeOcspRequest } from '../x509/ocsp-request-encoding.ts'
import { ACCESS_METHOD } from '../x509/oids.ts'
import { FetchError } from './fetch-error.ts'
import type { HttpRequest } from './http.ts'
import type { EvidenceSource, Freshness, Piece } from './source.ts'

/** What is asked beside the certificate. */
export interface OcspFetchOptions {
  /** Makes the 32 octets of a nonce (RFC 9654 §2.1); without it, none is sent, as RFC 5019 §2.1.1 wants. */
  readonly nonce?: (() => Uint8Array) | undefined
}

/** The responders that a certificate names, in its order. */
export function ocspUrls({ decoded }: Certificate): readonly string[] {
  return urlsOf(decoded.authorityInfoAccess, ACCESS_METHOD.ocsp)
}

/** The URIs with one access method. */
export function urlsOf(
  descriptions: Certificate['decoded']['authorityInfoAccess'],
  method: (typeof ACCESS_METHOD)[keyof typeof ACCESS_METHOD],
): readonly string[] {
  return (descriptions ?? []).flatMap(({ accessMethod, accessLocation: { type, value } }) =>
    accessMethod === method && type === 'uniformResourceIdentifier' ? [value] : [],
  )
}

/** Asks one responder after the other until one speaks of the certificate. */
export async function fetchOcspResponse(
  certificate: Certificate,
  issuer: Certificate,
  source: EvidenceSource,
  { nonce: makeNonce }: OcspFetchOptions,
  freshness: Freshness,
): Promise<OcspResponse | undefined> {
  const nonce = makeNonce?.()
  const question = encodeOcspRequest({ certIds: [encodeCertId(certificate, issuer)], nonce })
  for (const url of source.withinLimit('ocsp', certificate, ocspUrls(certificate))) {
    const response = await source.get(
      {
        kind: 'ocsp',
        url,
        certificate,
        request: ocspRequest(url, question),
        question,
        isPrivate: nonce !== undefined,
        parse: (body) => readResponse(body, certificate, issuer, nonce),
      },
      freshness,
    )
    if (response !== undefined) return response
  }
  return undefined
}

/**
 * RFC 6960 A.1: GET if the whole URL stays below 255 octets, so that caches on the way can answer; else POST.
 * @param url as the certificate names it
 * @param method instead of what the length says
 */
export function ocspRequest(
  url: string,
  question: Uint8Array,
  method?: 'GET' | 'POST' | undefined,
): Omit<HttpRequest, 'maxBytes'> {
  const path = encodeURIComponent(Buffer.from(question).toString('base64'))
  const get = `${url.replace(/\/$/, '')}/${path}`
  const headers = { Accept: 'application/ocsp-response' }
  const isShort = get.length < 255 && !/[?#]/.test(url)
  if ((method ?? (isShort ? 'GET' : 'POST')) === 'GET') return { url: get, headers }
  const post = { 'Content-Type': 'application/ocsp-request', 'Content-Length': String(question.length) }
  return { url, body: question, headers: { ...headers, ...post } }
}

/** What is no answer to this question is not evidence; who signed it and when, the engine judges. */
function readResponse(
  body: Uint8Array,
  certificate: Certificate,
  issuer: Certificate,
  nonce: Uint8Array | undefined,
): Piece<OcspResponse> {
  const response = parseOcspResponse(body)
  const { basic, responseStatus } = response
  if (basic === undefined) throw new FetchError('not-successful', responseStatus)
  if (nonce !== undefined && !equalBytes(nonce, basic.nonce ?? new Uint8Array(0))) throw new FetchError('nonce')
  const single = basic.responses.find(({ certId }) => isCertIdOf(certId, certificate, issuer.publicKey))
  if (single === undefined) throw new FetchError('about-others')
  const { thisUpdate, nextUpdate } = single
  return { value: response, name: describeResponse(basic, single), thisUpdate, nextUpdate }
}
