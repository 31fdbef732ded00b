/**
 * Findings about revocation (RFC 5280 §6.3, RFC 6960 §3.2): the verdict on a certificate, and why a piece of evidence
 * could not be used. The latter reject nothing by themselves; they come with a `revocation.unknown` to explain it.
 *
 * `crl` and `response` name the piece of evidence, such as `CRL 17 of CN=Root, 2024-03-01T00:00:00Z`.
 */

import { oidName } from '../../x509/oids.ts'
import { type NotFetchedFacts, notFetchedCure, notFetchedSentence } from './fetch-failure.ts'
import { type FindingTable, instant } from './table.ts'

/** What the evidence came to. */
export interface RevocationVerdictFacts {
  'revocation.revoked': {
    readonly serialNumber: string
    /** By the name RFC 5280 §5.3.1 gives it; `unspecified` where none is given. */
    readonly reason: string
    readonly revocationDate: Date
    readonly source: string
    /** The source was past its nextUpdate: too old to clear a certificate, not too old to condemn one. */
    readonly stale: boolean
  }
  'revocation.unknown': RevocationUnknownFacts
  /** The same where the caller said that it is not to count. */
  'revocation.unknown-tolerated': RevocationUnknownFacts
  /** A certificate above was revoked, and with it everything its holder says about this one. */
  'revocation.issuer-revoked': { readonly issuer: string }
}

interface RevocationUnknownFacts {
  readonly serialNumber: string
  /** How many CRLs of its CRL issuers, and OCSP responses about it, were at hand. */
  readonly considered: number
  /** Reasons for revocation that no usable CRL covers; empty if no CRL was usable at all. */
  readonly uncoveredReasons: readonly string[]
}

/** Why a piece of evidence was not used. */
export interface EvidenceFacts {
  /** A place that the certificate names was asked, or not even asked, and nothing came of it. */
  'revocation.not-fetched': NotFetchedFacts
  'revocation.crl-expired': { readonly crl: string; readonly at: Date; readonly nextUpdate: Date }
  'revocation.crl-not-yet-valid': { readonly crl: string; readonly at: Date; readonly thisUpdate: Date }
  'revocation.crl-scope': { readonly crl: string; readonly mismatch: string }
  'revocation.crl-critical-extension': { readonly crl: string; readonly oid: string }
  'revocation.crl-critical-entry-extension': { readonly crl: string; readonly oid: string }
  'revocation.crl-malformed-extension': { readonly crl: string; readonly oid: string; readonly offset: number }
  'revocation.crl-duplicate-extension': { readonly crl: string; readonly oid: string }
  'revocation.crl-algorithm-mismatch': { readonly crl: string; readonly inner: string; readonly outer: string }
  'revocation.crl-issuer-not-found': { readonly crl: string; readonly issuer: string }
  'revocation.crl-issuer-no-crl-sign': { readonly crl: string; readonly issuer: string }
  'revocation.crl-issuer-untrusted': { readonly crl: string; readonly issuer: string }
  'revocation.crl-issuer-below': { readonly crl: string; readonly issuer: string }
  'revocation.crl-issuer-status': { readonly crl: string; readonly issuer: string; readonly status: string }
  /** `check` is what came of checking the signature, as `SignatureCheck` names it. */
  'revocation.crl-signature': { readonly crl: string; readonly issuer: string; readonly check: string }
  'revocation.delta-without-base': { readonly crl: string }
  'revocation.delta-unusable': { readonly crl: string; readonly base: string; readonly mismatch: string }
  'revocation.ocsp-not-successful': { readonly status: string }
  'revocation.ocsp-expired': { readonly response: string; readonly at: Date; readonly nextUpdate: Date }
  'revocation.ocsp-not-yet-valid': { readonly response: string; readonly at: Date; readonly thisUpdate: Date }
  'revocation.ocsp-status-unknown': { readonly response: string }
  'revocation.ocsp-critical-extension': { readonly response: string; readonly oid: string }
  'revocation.ocsp-responder-not-found': { readonly response: string }
  'revocation.ocsp-responder-unauthorized': {
    readonly response: string
    readonly responder: string
    readonly mismatch: string
  }
  'revocation.ocsp-responder-status': { readonly response: string; readonly responder: string; readonly status: string }
  'revocation.ocsp-signature': { readonly response: string; readonly responder: string; readonly check: string }
}

export interface RevocationFacts extends RevocationVerdictFacts, EvidenceFacts {}

const named = (oid: string): string => oidName(oid) ?? oid
const NEW_CRL = 'give a newer CRL'
const REISSUE_CRL = 'have the CRL issued again'

const VERDICTS: FindingTable<RevocationVerdictFacts> = {
  'revocation.revoked': {
    section: 'RFC 5280 §6.1.3 (a)(3)',
    sentence: ({ reason, revocationDate, source, stale }) =>
      `revoked at ${instant(revocationDate)} (${reason}), says ${source}${stale ? ', out of date though it is' : ''}`,
    cure: ({ reason }) =>
      reason === 'certificateHold' ? 'have the hold lifted, or use another certificate' : 'use another certificate',
  },
  'revocation.unknown': {
    section: 'RFC 5280 §6.3.3',
    sentence: unknownSentence,
    cure: ({ considered }) =>
      considered === 0
        ? 'give the current CRL of its issuer, or check without revocation'
        : 'give evidence that is current and covers this certificate; the other findings say what is wrong with each',
  },
  'revocation.unknown-tolerated': {
    section: 'RFC 5280 §6.3.3',
    sentence: (facts) => `${unknownSentence(facts)}; tolerated as asked for`,
    cure: () => 'give the current CRL of its issuer',
  },
  'revocation.issuer-revoked': {
    section: 'RFC 5280 §6.3.3 (f)',
    sentence: ({ issuer }) => `nobody can say whether it is revoked, because its issuer ${issuer} is`,
    cure: () => 'use a certificate of an issuer that is not revoked',
  },
}

function unknownSentence({ considered, uncoveredReasons }: RevocationUnknownFacts): string {
  if (considered === 0) return 'whether it is revoked is not known: no CRL or OCSP response about it was at hand'
  if (uncoveredReasons.length > 0) {
    return `whether it is revoked is not known for these reasons: ${uncoveredReasons.join(', ')}`
  }
  const pieces =
    considered === 1 ? 'the CRL or OCSP response about it' : `${considered} CRLs and OCSP responses about it`
  return `whether it is revoked is not known: nothing could be concluded from ${pieces}`
}

const SCOPES: Readonly<Record<string, string>> = {
  'not-indirect': 'is not an indirect CRL, which the certificate asks for',
  'distribution-point': 'is for another distribution point',
  'user-certificates-only': 'is for end entities only, and this is a CA',
  'ca-certificates-only': 'is for CAs only, and this is none',
  'attribute-certificates-only': 'is for attribute certificates only',
}

const DELTAS: Readonly<Record<string, string>> = {
  scope: 'has another scope than',
  'authority-key-identifier': 'names another key than',
  'base-too-old': 'updates only CRLs newer than',
  'no-number': 'cannot be ordered against',
}

const RESPONDERS: Readonly<Record<string, string>> = {
  'not-issued-by-ca': 'was not issued by the issuer of the certificate',
  'no-ocsp-signing': 'lacks the extended key usage OCSPSigning',
  'key-usage': 'has a key that may not sign',
  expired: 'is outside its validity period',
  'critical-extension': 'has a critical extension that is not understood, or a malformed one',
}

/** Whatever explains why a piece of evidence was not used. Rule sets weigh these together. */
export const EVIDENCE_FINDINGS: FindingTable<EvidenceFacts> = {
  'revocation.not-fetched': {
    section: 'RFC 5280 §4.2.1.13, §4.2.2.1',
    sentence: (facts) => notFetchedSentence('whether it is revoked', facts),
    cure: notFetchedCure,
  },
  'revocation.crl-expired': {
    section: 'RFC 5280 §6.3.3 (a)(1)',
    sentence: ({ crl, at, nextUpdate }) =>
      `${crl} is out of date: nextUpdate ${instant(nextUpdate)}, checked at ${instant(at)}`,
    cure: () => NEW_CRL,
  },
  'revocation.crl-not-yet-valid': {
    section: 'RFC 5280 §5.1.2.4',
    sentence: ({ crl, at, thisUpdate }) =>
      `${crl} is from the future: thisUpdate ${instant(thisUpdate)}, checked at ${instant(at)}`,
    cure: () => 'give the CRL of the time in question, or set the clock right',
  },
  'revocation.crl-scope': {
    section: 'RFC 5280 §6.3.3 (b)',
    sentence: ({ crl, mismatch }) => `${crl} ${SCOPES[mismatch] ?? mismatch}`,
    cure: () => 'give the CRL that the distribution points of the certificate name',
  },
  'revocation.crl-critical-extension': {
    section: 'RFC 5280 §5.2',
    sentence: ({ crl, oid }) => `${crl} has a critical extension that is not understood: ${named(oid)}`,
    cure: () => REISSUE_CRL,
  },
  'revocation.crl-critical-entry-extension': {
    section: 'RFC 5280 §5.3',
    sentence: ({ crl, oid }) => `${crl} has an entry with a critical extension that is not understood: ${named(oid)}`,
    cure: () => REISSUE_CRL,
  },
  'revocation.crl-malformed-extension': {
    section: 'RFC 5280 §5.2',
    sentence: ({ crl, oid, offset }) => `${crl} has a malformed extension ${named(oid)} (octet ${offset})`,
    cure: () => REISSUE_CRL,
  },
  'revocation.crl-duplicate-extension': {
    section: 'RFC 5280 §5.2',
    sentence: ({ crl, oid }) => `${crl} has the extension ${named(oid)} more than once`,
    cure: () => REISSUE_CRL,
  },
  'revocation.crl-algorithm-mismatch': {
    section: 'RFC 5280 §5.1.1.2',
    sentence: ({ crl, inner, outer }) =>
      `${crl} states two signature algorithms: ${named(inner)} inside, ${named(outer)} outside the signed part`,
    cure: () => REISSUE_CRL,
  },
  'revocation.crl-issuer-not-found': {
    section: 'RFC 5280 §6.3.3 (f)',
    sentence: ({ crl, issuer }) => `no certificate of the issuer of ${crl} was given: ${issuer}`,
    cure: () => 'give the certificate of the CRL issuer as an untrusted certificate',
  },
  'revocation.crl-issuer-no-crl-sign': {
    section: 'RFC 5280 §6.3.3 (f)',
    sentence: ({ crl, issuer }) => `${crl} was signed by a certificate of ${issuer} without cRLSign in its keyUsage`,
    cure: () => 'issue the certificate of the CRL issuer again with cRLSign',
  },
  'revocation.crl-issuer-untrusted': {
    section: 'RFC 5280 §6.3.3 (f)',
    sentence: ({ crl, issuer }) =>
      `${crl} was signed by a certificate of ${issuer} without a valid path to the trust anchor of this one`,
    cure: () => 'give the certificates between the CRL issuer and the trust anchor',
  },
  'revocation.crl-issuer-below': {
    section: 'RFC 5280 §6.3.3 (f)',
    sentence: ({ crl, issuer }) =>
      `${crl} was signed by a certificate of ${issuer} that was issued below the very certificate in question`,
    cure: () => 'give a CRL whose signer does not owe its certificate to the one that is checked',
  },
  'revocation.crl-issuer-status': {
    section: 'RFC 5280 §6.3.3 (f)',
    sentence: ({ crl, issuer, status }) =>
      `${crl} was signed by a certificate of ${issuer} that is ${STATUS[status] ?? status} itself`,
    cure: ({ status }) =>
      status === 'revoked' ? 'give a CRL with a valid signer' : 'give the CRL that covers the CRL issuer too',
  },
  'revocation.crl-signature': {
    section: 'RFC 5280 §6.3.3 (g)',
    sentence: ({ crl, issuer, check }) => `the signature of ${crl} does not verify with the key of ${issuer}: ${check}`,
    cure: () => 'it was changed after signing, or signed with another key of that name: give its certificate',
  },
  'revocation.delta-without-base': {
    section: 'RFC 5280 §5.2.4',
    sentence: ({ crl }) => `${crl} says only what changed, and no complete CRL that it updates was given`,
    cure: () => 'give the complete CRL too',
  },
  'revocation.delta-unusable': {
    section: 'RFC 5280 §6.3.3 (c)',
    sentence: ({ crl, base, mismatch }) => `${crl} ${DELTAS[mismatch] ?? mismatch} ${base}`,
    cure: () => 'give the complete CRL and the delta CRL that belong together',
  },
  'revocation.ocsp-not-successful': {
    section: 'RFC 6960 §4.2.1',
    sentence: ({ status }) => `an OCSP responder did not answer: ${status}`,
    cure: () => 'ask again, or ask another responder',
  },
  'revocation.ocsp-expired': {
    section: 'RFC 6960 §3.2',
    sentence: ({ response, at, nextUpdate }) =>
      `${response} is out of date: good until ${instant(nextUpdate)}, checked at ${instant(at)}`,
    cure: () => 'give a newer response',
  },
  'revocation.ocsp-not-yet-valid': {
    section: 'RFC 6960 §3.2',
    sentence: ({ response, at, thisUpdate }) =>
      `${response} is from the future: thisUpdate ${instant(thisUpdate)}, checked at ${instant(at)}`,
    cure: () => 'give the response of the time in question, or set the clock right',
  },
  'revocation.ocsp-status-unknown': {
    section: 'RFC 6960 §2.2',
    sentence: ({ response }) => `${response} says that the responder does not know the certificate`,
    cure: () => 'ask the responder that the certificate names',
  },
  'revocation.ocsp-critical-extension': {
    section: 'RFC 6960 §4.4',
    sentence: ({ response, oid }) => `${response} has a critical extension that is not understood: ${named(oid)}`,
    cure: () => 'ask without that extension',
  },
  'revocation.ocsp-responder-not-found': {
    section: 'RFC 6960 §4.2.2.2',
    sentence: ({ response }) => `no certificate of the responder that made ${response} was given`,
    cure: () => 'have the responder send its certificate along',
  },
  'revocation.ocsp-responder-unauthorized': {
    section: 'RFC 6960 §4.2.2.2',
    sentence: ({ response, responder, mismatch }) =>
      `${response} was made by ${responder}, whose certificate ${RESPONDERS[mismatch] ?? mismatch}`,
    cure: () => 'let the CA sign, or a responder whose certificate the CA issued with OCSPSigning',
  },
  'revocation.ocsp-responder-status': {
    section: 'RFC 6960 §4.2.2.2.1',
    sentence: ({ response, responder, status }) =>
      `${response} was signed by a certificate of ${responder} that is ${STATUS[status] ?? status} itself`,
    cure: () => 'give evidence about the responder, or issue its certificate with id-pkix-ocsp-nocheck',
  },
  'revocation.ocsp-signature': {
    section: 'RFC 6960 §3.2',
    sentence: ({ response, responder, check }) =>
      `the signature of ${response} does not verify with the key of ${responder}: ${check}`,
    cure: () => 'it was changed after signing, or signed with another key of that name',
  },
}

const STATUS: Readonly<Record<string, string>> = { revoked: 'revoked', unknown: 'of unknown revocation status' }

export const REVOCATION_FINDINGS: FindingTable<RevocationFacts> = { ...VERDICTS, ...EVIDENCE_FINDINGS }
