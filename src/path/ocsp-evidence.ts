/**
 * The status of one certificate according to OCSP responses (RFC 6960 §3.2, §4.2.2).
 *
 * A response counts if it speaks of the certificate, is signed by the CA that issued the certificate or by a responder
 * that this CA certified for the purpose, and is current. Of several all count, but that a newer one lifts a hold.
 * Whether a nonce matches is for whoever sent the request.
 */

import { equalBytes } from '../der/writer.ts'
import type { Certificate } from '../x509/certificate.ts'
import { formatName } from '../x509/name-text.ts'
import { type BasicOcspResponse, isCertIdOf, isResponder, type SingleResponse } from '../x509/ocsp.ts'
import { ACCESS_METHOD, EXTENSION, KEY_PURPOSE, OCSP } from '../x509/oids.ts'
import type { SubjectPublicKeyInfo } from '../x509/public-key.ts'
import { instant } from './findings/table.ts'
import type { Note, PathPosition, Revocation, RevocationContext } from './revocation-context.ts'
import { workingPublicKey } from './working-key.ts'

/** What the OCSP responses say about one certificate. */
export interface OcspStatus {
  readonly revocation: Revocation | undefined
  /** What a response that is out of date says, other than that the certificate is on hold. */
  readonly staleRevocation: Revocation | undefined
  /** Responses relied on that say `good`. */
  readonly sources: readonly string[]
  /** How many statements about the certificate were at hand. */
  readonly considered: number
}

/** Takes everything the responses at hand say about the certificate at a position; notes what was not used. */
export function checkOcsp(position: PathPosition, context: RevocationContext, note: Note): OcspStatus {
  const { path, index } = position
  const certificate = path[index] as Certificate
  // The anchor, at the end of the path, is its own issuer.
  const issuerIndex = Math.min(index + 1, path.length - 1)
  const issuerKey = workingPublicKey(path, issuerIndex) as SubjectPublicKeyInfo
  const issuer: Issuer = { key: issuerKey, path: path.slice(issuerIndex) }
  const authentic: Statement[] = []
  let considered = 0
  for (const { responseStatus, basic } of context.evidence.ocspResponses) {
    if (basic === undefined) note('revocation.ocsp-not-successful', { status: responseStatus })
    const statements = statementsAbout(certificate, issuerKey, basic)
    considered += statements.length
    authentic.push(...authenticOf(statements, issuer, context, note))
  }
  const clearances = authentic.filter((statement) => isClearance(statement, context.at, note))
  const revocations = authentic
    .filter((statement) => !isLifted(statement, clearances))
    .flatMap((statement) => revocationBy(statement, context.at))
  const revocation = revocations.find(({ stale }) => !stale)
  const staleRevocation = revocations.find(({ stale, reason }) => stale && reason !== 'certificateHold')
  return { revocation, staleRevocation, sources: clearances.map(({ response }) => response), considered }
}

/** One SingleResponse about the certificate, and what it came in. */
interface Statement {
  readonly response: string
  readonly basic: BasicOcspResponse
  readonly single: SingleResponse
}

/** The CA that issued the certificate in question. */
interface Issuer {
  readonly key: SubjectPublicKeyInfo
  /** From the CA's certificate to the anchor. */
  readonly path: readonly Certificate[]
}

function statementsAbout(
  certificate: Certificate,
  issuerKey: SubjectPublicKeyInfo,
  basic: BasicOcspResponse | undefined,
): readonly Statement[] {
  if (basic === undefined) return []
  return basic.responses
    .filter(({ certId }) => isCertIdOf(certId, certificate, issuerKey))
    .map((single) => ({ response: describeResponse(basic, single), basic, single }))
}

/** What a person knows a statement by: `OCSP response of CN=Responder, 2024-03-01T00:00:00Z`. */
export function describeResponse({ responderId }: BasicOcspResponse, { thisUpdate }: SingleResponse): string {
  const responder =
    'byName' in responderId ? formatName(responderId.byName) : `key ${Buffer.from(responderId.byKey).toString('hex')}`
  return `OCSP response of ${responder}, ${instant(thisUpdate)}`
}

/**
 * Those of one response that count, leaving aside the time and what they say. Its signature is checked once for all of
 * them.
 */
function authenticOf(
  statements: readonly Statement[],
  issuer: Issuer,
  context: RevocationContext,
  note: Note,
): readonly Statement[] {
  const understood = statements.filter((statement) => isUnderstood(statement, note))
  const [first] = understood
  return first !== undefined && isSignedByAuthorizedResponder(first, issuer, context, note) ? understood : []
}

function isUnderstood({ response, basic, single }: Statement, note: Note): boolean {
  const unknown = [...basic.extensions, ...single.extensions].find(({ oid, critical }) => critical && !isKnown(oid))
  if (unknown !== undefined) note('revocation.ocsp-critical-extension', { response, oid: unknown.oid })
  return unknown === undefined
}

const KNOWN: ReadonlySet<string> = new Set([OCSP.nonce, OCSP.crlReference, OCSP.archiveCutoff, OCSP.extendedRevoke])

/** Extensions of responses whose presence changes nothing for whoever asks whether a certificate is revoked. */
function isKnown(oid: string): boolean {
  return KNOWN.has(oid)
}

/** §4.2.2.2: the CA itself, or a delegate that the CA issued directly. */
function isSignedByAuthorizedResponder(
  statement: Statement,
  issuer: Issuer,
  context: RevocationContext,
  note: Note,
): boolean {
  const { response, basic } = statement
  const ca = { certificate: issuer.path[0] as Certificate, key: issuer.key }
  const isCa = isResponder(basic.responderId, ca.certificate)
  const delegates = basic.certificates.filter((one) => isResponder(basic.responderId, one) && !sameKey(one, issuer.key))
  if (!isCa && delegates.length === 0 && 'byName' in basic.responderId) {
    delegates.push(...context.signers.certificatesOf(basic.responderId.byName))
  }
  if (isCa && verifies(statement, ca, context, delegates.length === 0 ? note : silently)) return true
  if (!isCa && delegates.length === 0) note('revocation.ocsp-responder-not-found', { response })
  return delegates.some(
    (certificate) =>
      verifies(statement, { certificate, key: certificate.publicKey }, context, note) &&
      isAuthorized(certificate, issuer, response, context, note),
  )
}

const silently: Note = () => undefined

function sameKey({ publicKey }: Certificate, key: SubjectPublicKeyInfo): boolean {
  return equalBytes(publicKey.encoded, key.encoded)
}

/** Whether the response is signed with the key of this responder. */
function verifies(
  { response, basic: { signatureAlgorithm, tbs, signature } }: Statement,
  { certificate, key }: { readonly certificate: Certificate; readonly key: SubjectPublicKeyInfo },
  { budget, checkSignature }: RevocationContext,
  note: Note,
): boolean {
  if (!budget.spend('signatures')) return false
  const check = checkSignature(signatureAlgorithm, key, tbs, signature)
  if (check === 'valid') return true
  note('revocation.ocsp-signature', { response, responder: formatName(certificate.subject), check })
  return false
}

/** §4.2.2.2 and §4.2.2.2.1: issued by the very CA, OCSPSigning, valid under §6.1, and not revoked itself. */
function isAuthorized(
  delegate: Certificate,
  issuer: Issuer,
  response: string,
  context: RevocationContext,
  note: Note,
): boolean {
  const responder = formatName(delegate.subject)
  const path = [delegate, ...issuer.path]
  const mismatch = whyUnauthorized(delegate, path, context)
  if (mismatch !== undefined) {
    note('revocation.ocsp-responder-unauthorized', { response, responder, mismatch })
    return false
  }
  const status = responderStatus(delegate, path, context)
  if (status === 'unrevoked') return true
  note('revocation.ocsp-responder-status', { response, responder, status })
  return false
}

type Unauthorized = 'no-ocsp-signing' | 'key-usage' | 'not-issued-by-ca'

function whyUnauthorized(
  { decoded }: Certificate,
  path: readonly Certificate[],
  { signers }: RevocationContext,
): Unauthorized | undefined {
  // anyExtendedKeyUsage does not do: the CA must have meant this.
  if (decoded.extKeyUsage?.includes(KEY_PURPOSE.OCSPSigning) !== true) return 'no-ocsp-signing'
  // RFC 5280 §4.2.1.12: consistent with OCSPSigning are these two.
  const { keyUsage } = decoded
  const maySign = keyUsage?.some((usage) => usage === 'digitalSignature' || usage === 'nonRepudiation') ?? true
  if (!maySign) return 'key-usage'
  return signers.isValid(path) ? undefined : 'not-issued-by-ca'
}

/**
 * §4.2.2.2.1: with nocheck the responder is not checked. A responder whose certificate names no place to ask is left
 * to local policy; ours is that then only a known revocation counts. What it says of itself does not count, nor what
 * two responders say of each other: a stolen key would clear its own certificate.
 */
function responderStatus(delegate: Certificate, path: readonly Certificate[], context: RevocationContext) {
  if (delegate.extensions.some(({ oid }) => oid === EXTENSION.ocspNoCheck)) return 'unrevoked'
  if (context.isInQuestion(delegate)) return 'unknown'
  const status = context.statusOfPath(path)
  return status === 'unknown' && !namesRevocationSource(delegate) ? 'unrevoked' : status
}

/** Whether a certificate says where to ask about it. */
export function namesRevocationSource({ decoded }: Certificate): boolean {
  const namesResponder = decoded.authorityInfoAccess?.some(({ accessMethod }) => accessMethod === ACCESS_METHOD.ocsp)
  return decoded.cRLDistributionPoints !== undefined || namesResponder === true
}

/**
 * Whether a statement puts the certificate on hold that a newer one says is good. A hold is temporary (RFC 6960 §2.2),
 * and thisUpdate is "the most recent time at which the status being indicated is known by the responder to have been
 * correct" (§2.4): the older one is no lie, but was overtaken, also while its nextUpdate is still to come. A revocation
 * for any other reason is permanent, and nothing newer takes it back.
 */
function isLifted({ single: { certStatus, thisUpdate } }: Statement, clearances: readonly Statement[]): boolean {
  if (certStatus.type !== 'revoked' || certStatus.revocationReason !== 'certificateHold') return false
  return clearances.some(({ single }) => single.thisUpdate.getTime() > thisUpdate.getTime())
}

/** The revocation that the statement tells of, if it does and is not of the future. */
function revocationBy({ response, single }: Statement, at: Date): readonly Revocation[] {
  const { certStatus, thisUpdate } = single
  if (certStatus.type !== 'revoked' || thisUpdate.getTime() > at.getTime()) return []
  const { revocationTime: revocationDate, revocationReason: reason = 'unspecified' } = certStatus
  return [{ reason, revocationDate, source: response, stale: at.getTime() > lastGood(single).getTime() }]
}

/** Whether the statement says that the certificate is good, now. */
function isClearance({ response, single }: Statement, at: Date, note: Note): boolean {
  const { certStatus, thisUpdate } = single
  const nextUpdate = lastGood(single)
  if (certStatus.type === 'unknown') note('revocation.ocsp-status-unknown', { response })
  else if (thisUpdate.getTime() > at.getTime()) note('revocation.ocsp-not-yet-valid', { response, at, thisUpdate })
  else if (at.getTime() > nextUpdate.getTime()) note('revocation.ocsp-expired', { response, at, nextUpdate })
  else return certStatus.type === 'good'
  return false
}

/** A response without nextUpdate is good for a day, as in mozilla::pkix: it says that newer ones are always there. */
const ONE_DAY = 24 * 60 * 60 * 1000

function lastGood({ thisUpdate, nextUpdate }: SingleResponse): Date {
  return nextUpdate ?? new Date(thisUpdate.getTime() + ONE_DAY)
}
