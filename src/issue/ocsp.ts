/**
 * Answers OCSP requests (RFC 6960 §4.2; nonces: RFC 9654).
 *
 * Whoever answers hands in which CAs it answers for, who signs, and how to look a certificate up; time is an argument.
 * The hashes by which requests name a CA are made once for each CA and digest, so that an answer costs little more than
 * its signature.
 */

import { createHash } from 'node:crypto'
import { contextTag, DerError } from '../der/reader.ts'
import {
  bitString,
  context,
  contextPrimitive,
  element,
  enumerated,
  equalBytes,
  generalizedTime,
  octetString,
  oid,
  sequence,
} from '../der/writer.ts'
import type { Signer } from '../keys/keys.ts'
import type { Certificate } from '../x509/certificate.ts'
import { CRL_REASONS } from '../x509/crl-extension.ts'
import { type ExtensionToWrite, encodeExtensions } from '../x509/extension-encoding.ts'
import { type CertId, type CertStatus, OCSP_RESPONSE_STATUSES, type OcspResponseStatus } from '../x509/ocsp.ts'
import { type OcspRequest, parseOcspRequest } from '../x509/ocsp-request.ts'
import { DIGEST_NAME, EXTENSION, OCSP } from '../x509/oids.ts'
import { checkSignature } from '../x509/signature.ts'

/** What is to be said about one certificate. */
export type OcspAnswer = CertStatus & {
  /** Written as the CRL entry extension of that name (RFC 6960 §4.4.5). */
  readonly invalidityDate?: Date | undefined
}

/** Who signs: the CA itself, or a responder that the CA certified for it (§4.2.2.2). */
export interface OcspResponder {
  readonly certificate: Certificate
  readonly signer: Signer
}

/** What {@link respond} answers, for whom, and with what knowledge. */
export interface OcspResponseRequest {
  /** OCSPRequest as it came in. */
  readonly request: Uint8Array
  /** The CAs that are answered for. */
  readonly issuers: readonly Certificate[]
  readonly responder: OcspResponder
  /** Called for each certificate of those CAs that is asked about. */
  readonly lookup: (issuer: Certificate, serialNumber: bigint) => OcspAnswer
  readonly producedAt: Date
  /** When the status was known to be right. Default: `producedAt`. */
  readonly thisUpdate?: Date | undefined
  /** When there will be news. Left out, newer news are there at any time (§2.4). */
  readonly nextUpdate?: Date | undefined
  /** How the responder names itself. Default `byKey`, which is the shorter one. */
  readonly responderId?: 'byKey' | 'byName' | undefined
  /** Sent along. Default: the responder's certificate, unless it is one of `issuers`, which the asker must have. */
  readonly certificates?: readonly Certificate[] | undefined
  /** Whether to repeat a nonce. Default true. */
  readonly nonce?: boolean | undefined
  /** Refuse requests that are not signed (§2.3). Who may ask is not looked at, but a signature must be right. */
  readonly requireSignature?: boolean | undefined
  /**
   * What to say about certificates of other CAs: `unknown` (§2.2), or, if none of the CAs asked for is among `issuers`,
   * the error `unauthorized`, as responders do that answer from a file (RFC 5019 §2.2.3). Default `unknown`.
   */
  readonly otherIssuers?: 'unknown' | 'unauthorized' | undefined
}

/**
 * Makes the answer to one request; DER.
 *
 * What is wrong with the request gives an error response: `malformedRequest` for bytes that are none, a nonce of more
 * than 128 octets or a critical extension that is unknown here; `sigRequired`; `unauthorized` for a wrong signature.
 */
export function respond(options: OcspResponseRequest): Uint8Array {
  const request = parsedRequest(options.request)
  if (request === undefined) return ocspError('malformedRequest')
  if (options.requireSignature === true) {
    if (request.signature === undefined) return ocspError('sigRequired')
    if (!isSignedRightly(request)) return ocspError('unauthorized')
  }
  const issuers = request.requests.map(({ certId }) => options.issuers.find((issuer) => isIssuerIn(certId, issuer)))
  if (options.otherIssuers === 'unauthorized' && issuers.every((issuer) => issuer === undefined)) {
    return ocspError('unauthorized')
  }
  const answers = request.requests.map(({ certId }, i): readonly [CertId, OcspAnswer] => {
    const issuer = issuers[i]
    return [certId, issuer === undefined ? UNKNOWN : options.lookup(issuer, certId.serialNumber)]
  })
  return successful(basicResponse(answers, request.nonce, options))
}

/** An answer that says nothing but why there is none (§4.2.1); DER. */
export function ocspError(status: Exclude<OcspResponseStatus, 'successful'>): Uint8Array {
  return sequence(enumerated(OCSP_RESPONSE_STATUSES.indexOf(status)))
}

const UNKNOWN: OcspAnswer = { type: 'unknown' }

/** The request, undefined if it is none. §4.1.2: unknown extensions are passed over unless they are critical. */
function parsedRequest(bytes: Uint8Array): OcspRequest | undefined {
  try {
    const request = parseOcspRequest(bytes)
    const extensions = [...request.extensions, ...request.requests.flatMap((single) => single.extensions)]
    return extensions.some(({ oid, critical }) => critical && !KNOWN_EXTENSIONS.has(oid)) ? undefined : request
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}

/** Those that need nothing but what is done anyway: there is one response type, and it is basic (§4.4.3). */
const KNOWN_EXTENSIONS: ReadonlySet<string> = new Set([OCSP.nonce, OCSP.acceptableResponses])

/** By the first certificate that came with it. */
function isSignedRightly({ signature, tbs }: OcspRequest): boolean {
  const [requestor] = signature?.certificates ?? []
  if (signature === undefined || requestor === undefined) return false
  return checkSignature(signature.signatureAlgorithm, requestor.publicKey, tbs, signature.signature) === 'valid'
}

interface IssuerHashes {
  readonly name: Buffer
  readonly key: Buffer
}

const hashesOf = new WeakMap<Certificate, Map<string, IssuerHashes>>()

/** Whether a CertID speaks of certificates that this CA issued (§4.1.1); a digest that is unknown here names nobody. */
function isIssuerIn({ hashAlgorithm, issuerNameHash, issuerKeyHash }: CertId, issuer: Certificate): boolean {
  const digest = DIGEST_NAME[hashAlgorithm.oid]
  if (digest === undefined) return false
  const { name, key } = issuerHashes(issuer, digest)
  return name.equals(issuerNameHash) && key.equals(issuerKeyHash)
}

function issuerHashes(issuer: Certificate, digest: string): IssuerHashes {
  const byDigest = hashesOf.get(issuer) ?? new Map<string, IssuerHashes>()
  hashesOf.set(issuer, byDigest)
  const known = byDigest.get(digest)
  if (known !== undefined) return known
  const hash = (bytes: Uint8Array) => createHash(digest).update(bytes).digest()
  const hashes = { name: hash(issuer.subject.encoded), key: hash(issuer.publicKey.publicKey) }
  byDigest.set(digest, hashes)
  return hashes
}

/** OCSPResponse with a status of successful. */
function successful(basic: Uint8Array): Uint8Array {
  return sequence(enumerated(0), context(0, sequence(oid(OCSP.basicResponse), octetString(basic))))
}

/** BasicOCSPResponse (§4.2.1). */
function basicResponse(
  answers: readonly (readonly [CertId, OcspAnswer])[],
  nonce: Uint8Array | undefined,
  options: OcspResponseRequest,
): Uint8Array {
  const { responder, producedAt, issuers } = options
  const { certificate, signer } = responder
  const repeatsNonce = nonce !== undefined && options.nonce !== false
  const responseData = sequence(
    responderId(certificate, options.responderId),
    generalizedTime(producedAt),
    sequence(...answers.map(([certId, answer]) => singleResponse(certId, answer, options))),
    ...(repeatsNonce ? [context(1, encodeExtensions([nonceExtension(nonce)]))] : []),
  )
  const isDelegate = !issuers.some(({ encoded }) => equalBytes(encoded, certificate.encoded))
  const certificates = options.certificates ?? (isDelegate ? [certificate] : [])
  return sequence(
    responseData,
    signer.algorithm,
    bitString(signer.sign(responseData)),
    ...(certificates.length === 0 ? [] : [context(0, sequence(...certificates.map(({ encoded }) => encoded)))]),
  )
}

function nonceExtension(nonce: Uint8Array): ExtensionToWrite {
  return { oid: OCSP.nonce, critical: false, value: octetString(nonce) }
}

/** ResponderID: `[1] Name` or `[2] KeyHash`, the SHA-1 of the key's octets. */
function responderId(certificate: Certificate, kind: 'byKey' | 'byName' = 'byKey'): Uint8Array {
  if (kind === 'byName') return context(1, certificate.subject.encoded)
  return context(2, octetString(issuerHashes(certificate, 'sha1').key))
}

/** The CertID is repeated as it was asked: a client looks for its own bytes. */
function singleResponse(certId: CertId, answer: OcspAnswer, options: OcspResponseRequest): Uint8Array {
  const { producedAt, thisUpdate = producedAt, nextUpdate } = options
  const { invalidityDate } = answer
  const extensions =
    invalidityDate === undefined
      ? []
      : [{ oid: EXTENSION.invalidityDate, critical: false, value: generalizedTime(invalidityDate) }]
  return sequence(
    certId.encoded,
    certStatus(answer),
    generalizedTime(thisUpdate),
    ...(nextUpdate === undefined ? [] : [context(0, generalizedTime(nextUpdate))]),
    ...(extensions.length === 0 ? [] : [context(1, encodeExtensions(extensions))]),
  )
}

const NOTHING = new Uint8Array(0)

/** CertStatus; a reason of unspecified is left out, as in CRLs (RFC 5280 §5.3.1). */
function certStatus(answer: OcspAnswer): Uint8Array {
  if (answer.type !== 'revoked') return contextPrimitive(answer.type === 'good' ? 0 : 2, NOTHING)
  const { revocationTime, revocationReason = 'unspecified' } = answer
  const reason =
    revocationReason === 'unspecified' ? [] : [context(0, enumerated(CRL_REASONS.indexOf(revocationReason)))]
  return element(contextTag(1, true), generalizedTime(revocationTime), ...reason)
}
