/**
 * What the OCSP responses say about one element, as .NET hears it: whether they are from the future, and what the
 * responder's keyUsage allows, is not looked at; without nextUpdate they never go out of date. `path/ocsp-evidence.ts`
 * is the way of RFC 6960.
 */

import { equalBytes } from '../../der/writer.ts'
import type { Certificate } from '../../x509/certificate.ts'
import {
  type BasicOcspResponse,
  isCertIdOf,
  isResponder,
  type OcspResponse,
  type SingleResponse,
} from '../../x509/ocsp.ts'
import { KEY_PURPOSE } from '../../x509/oids.ts'
import { checkSignature } from '../../x509/signature.ts'
import { type Finding, finding } from '../findings.ts'
import { describeResponse } from '../ocsp-evidence.ts'
import type { Revocation } from '../revocation-context.ts'
import { mayHaveIssued } from './issuer.ts'
import { checkSignatures, type SignatureInputs } from './signatures.ts'

export interface OcspAnswer {
  /** A response says that the certificate is revoked. It is believed also when it is out of date. */
  readonly revocation: Revocation | undefined
  /** Responses that say `good`, and are not out of date. */
  readonly sources: readonly string[]
  /** How many statements about the certificate were at hand. */
  readonly considered: number
  /** Why others were not used. */
  readonly notes: readonly Finding[]
}

/** Asks the responses about `path[index]`. The last certificate of a path is its own issuer. */
export function askOcsp(
  path: readonly Certificate[],
  index: number,
  responses: readonly OcspResponse[],
  inputs: SignatureInputs,
): OcspAnswer {
  const certificate = path[index] as Certificate
  const issuer = path[Math.min(index + 1, path.length - 1)] as Certificate
  const notes: Finding[] = []
  const sources: string[] = []
  let revocation: Revocation | undefined
  let considered = 0
  for (const { responseStatus, basic } of responses) {
    if (basic === undefined) notes.push(finding('revocation.ocsp-not-successful', index, { status: responseStatus }))
    const statements = basic?.responses.filter(({ certId }) => isCertIdOf(certId, certificate, issuer.publicKey)) ?? []
    if (basic === undefined || statements.length === 0) continue
    const isBelieved = isFromResponder(basic, issuer, inputs)
    for (const single of statements) {
      considered++
      const response = describeResponse(basic, single)
      if (!isBelieved) {
        notes.push(finding('revocation.ocsp-responder-not-found', index, { response }))
        continue
      }
      revocation ??= revocationBy(single, response, inputs.at)
      const fault = whyNotCleared(single, response, index, inputs.at)
      if (fault === undefined) sources.push(response)
      else notes.push(...fault)
    }
  }
  return { revocation, sources, considered, notes }
}

/** The issuer, or somebody whom the issuer certified for the purpose, and who came along with the response. */
function isFromResponder(basic: BasicOcspResponse, issuer: Certificate, inputs: SignatureInputs): boolean {
  const { responderId } = basic
  if (isResponder(responderId, issuer) && isSignedBy(basic, issuer, inputs)) return true
  return basic.certificates.some(
    (delegate) =>
      isResponder(responderId, delegate) && isSignedBy(basic, delegate, inputs) && isDelegate(delegate, issuer, inputs),
  )
}

function isSignedBy(
  { signatureAlgorithm, tbs, signature }: BasicOcspResponse,
  { publicKey }: Certificate,
  { budget }: SignatureInputs,
): boolean {
  return budget.spend('signatures') && checkSignature(signatureAlgorithm, publicKey, tbs, signature) === 'valid'
}

/** anyExtendedKeyUsage does not do. Whether a delegate is itself revoked, nobody asks. */
function isDelegate(delegate: Certificate, issuer: Certificate, inputs: SignatureInputs): boolean {
  if (equalBytes(delegate.publicKey.encoded, issuer.publicKey.encoded)) return true
  if (delegate.decoded.extKeyUsage?.includes(KEY_PURPOSE.OCSPSigning) !== true) return false
  if (!mayHaveIssued(issuer, delegate)) return false
  return checkSignatures([delegate, issuer], inputs).every(({ certificate }) => certificate !== 0)
}

function revocationBy({ certStatus, nextUpdate }: SingleResponse, source: string, at: Date): Revocation | undefined {
  if (certStatus.type !== 'revoked') return undefined
  const { revocationTime: revocationDate, revocationReason: reason = 'unspecified' } = certStatus
  return { reason, revocationDate, source, stale: isPast(nextUpdate, at) }
}

/** Undefined if the statement clears the certificate. */
function whyNotCleared(
  { certStatus, nextUpdate }: SingleResponse,
  response: string,
  index: number,
  at: Date,
): readonly Finding[] | undefined {
  if (certStatus.type === 'unknown') return [finding('revocation.ocsp-status-unknown', index, { response })]
  if (certStatus.type === 'revoked') return []
  if (nextUpdate === undefined || !isPast(nextUpdate, at)) return undefined
  return [finding('revocation.ocsp-expired', index, { response, at, nextUpdate })]
}

function isPast(nextUpdate: Date | undefined, at: Date): boolean {
  return nextUpdate !== undefined && nextUpdate.getTime() < at.getTime()
}
