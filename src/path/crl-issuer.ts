/**
 * Who signed a CRL: steps (f) and (g) of RFC 5280 §6.3.3.
 *
 * The signer is mostly the issuer of the certificate, and its path is the rest of the path in question. It may also
 * be another certificate of the same CA (key rollover, a key for CRLs only) or of somebody else (indirect CRLs); then
 * its path must be valid too, lead to the same trust anchor, and contain nothing that is revoked. That the signer must
 * not stand below the certificate in question is not in the RFC, whose names alone would let it.
 */

import { equalBytes } from '../der/writer.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { CertificateList } from '../x509/crl.ts'
import { formatName } from '../x509/name-text.ts'
import { EXTENSION } from '../x509/oids.ts'
import type { SubjectPublicKeyInfo } from '../x509/public-key.ts'
import type { SignatureCheck } from '../x509/signature.ts'
import { isSameCertificate, type Note, type PathPosition, type RevocationContext } from './revocation-context.ts'
import { describeCrl } from './revocation-evidence.ts'
import { lacksParameters, workingPublicKey } from './working-key.ts'

/** The public key that step (f) validates, and that (g) and (h) use. */
export type CrlIssuerKey = SubjectPublicKeyInfo

/** Who signed a CRL, and may. */
export interface CrlIssuer {
  readonly key: CrlIssuerKey
  /** The status of its own certificate is being determined: its word on that is the last to be taken. */
  readonly isInQuestion: boolean
}

/**
 * Finds the issuer of a CRL whose key verifies its signature and who may sign CRLs; notes why there is none.
 * The signature comes first: among several certificates of a name it tells which one is worth a path.
 */
export function findCrlIssuer(
  crl: CertificateList,
  position: PathPosition,
  context: RevocationContext,
  note: Note,
): CrlIssuer | undefined {
  const facts = { crl: describeCrl(crl), issuer: formatName(crl.issuer) }
  let signature: SignatureCheck | undefined
  let refused: (() => void) | undefined
  for (const candidate of candidates(crl, position, context)) {
    const key = publicKeyOf(candidate, context)
    if (key === undefined) continue
    const check = checkCrlSignature(crl, key, context)
    if (check === undefined) return undefined
    if (check !== 'valid') {
      signature = check
      continue
    }
    const refusal = refusalOf(candidate, context)
    if (refusal === undefined) return { key, isInQuestion: context.isInQuestion(candidate.certificate) }
    refused = () =>
      typeof refusal === 'string'
        ? note(refusal, facts)
        : note('revocation.crl-issuer-status', { ...facts, ...refusal })
  }
  if (refused !== undefined) refused()
  else if (signature !== undefined) note('revocation.crl-signature', { ...facts, check: signature })
  else note('revocation.crl-issuer-not-found', facts)
  return undefined
}

/**
 * Checks the signature of a CRL.
 * @returns undefined if the budget is exhausted
 */
export function checkCrlSignature(
  crl: CertificateList,
  key: CrlIssuerKey,
  { budget, checkSignature }: RevocationContext,
): SignatureCheck | undefined {
  if (!budget.spend('signatures')) return undefined
  return checkSignature(crl.signatureAlgorithm, key, crl.tbs, crl.signature)
}

interface Candidate {
  readonly certificate: Certificate
  /** The path in question from this certificate on, if it stands in there. */
  readonly path: readonly Certificate[] | undefined
}

/** Certificates with the name of the CRL issuer: those of the path first, and of all those the key it names. */
function candidates(
  crl: CertificateList,
  { path }: PathPosition,
  { signers }: RevocationContext,
): readonly Candidate[] {
  const found: Candidate[] = []
  path.forEach((certificate, index) => {
    if (certificate.subject.equals(crl.issuer)) found.push({ certificate, path: path.slice(index) })
  })
  for (const certificate of signers.certificatesOf(crl.issuer)) {
    const known = found.some((candidate) => isSameCertificate(candidate.certificate, certificate))
    if (!known) found.push({ certificate, path: undefined })
  }
  const wanted = crl.decoded.authorityKeyIdentifier?.keyIdentifier
  const rank = ({ decoded: { subjectKeyIdentifier: present } }: Certificate): number =>
    wanted !== undefined && present !== undefined && equalBytes(wanted, present) ? 0 : 1
  return found.sort((a, b) => rank(a.certificate) - rank(b.certificate))
}

function publicKeyOf({ certificate, path }: Candidate, { signers }: RevocationContext): CrlIssuerKey | undefined {
  if (path !== undefined) return workingPublicKey(path, 0)
  if (!lacksParameters(certificate.publicKey)) return certificate.publicKey
  return workingPublicKey(signers.pathTo(certificate) ?? [], 0)
}

type Refusal =
  | 'revocation.crl-issuer-no-crl-sign'
  | 'revocation.crl-issuer-untrusted'
  | 'revocation.crl-issuer-below'
  | { readonly status: 'revoked' | 'unknown' }

/** (f): why this signer's CRLs are not to be believed. */
function refusalOf({ certificate, path }: Candidate, context: RevocationContext): Refusal | undefined {
  if (!maySignCrls(certificate)) return 'revocation.crl-issuer-no-crl-sign'
  const issuerPath = path ?? context.signers.pathTo(certificate)
  if (issuerPath === undefined) return 'revocation.crl-issuer-untrusted'
  // A CA could otherwise name a certificate below it like its own issuer, and clear itself after it was revoked.
  if (issuerPath.slice(1).some((above) => context.isInQuestion(above))) return 'revocation.crl-issuer-below'
  // The path in question is valid already. It may be that of the CRL issuer itself (PKITS 4.14.30).
  if (path !== undefined) return undefined
  const status = context.statusOfPath(issuerPath)
  return status === 'unrevoked' ? undefined : { status }
}

/**
 * (f) as RFC 10007 has it: the key usage extension must be present, with the cRLSign bit. A CA without it, as
 * `openssl req -x509` makes them, is still believed; an end entity is not, or whoever has a certificate with the name
 * of a CA could sign CRLs in its place.
 */
function maySignCrls({ decoded, malformedExtensions, version }: Certificate): boolean {
  if (decoded.keyUsage !== undefined) return decoded.keyUsage.includes('cRLSign')
  if (version === 3 && decoded.basicConstraints?.cA !== true) return false
  return !malformedExtensions.some(({ oid }) => oid === EXTENSION.keyUsage)
}
