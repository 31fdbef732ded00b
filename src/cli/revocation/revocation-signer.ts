/** Who signs CRLs and OCSP responses: a certificate of the store with its key, and whether it is meant for that. */

import { PkiError } from '../../errors.ts'
import { authoritySigner } from '../../issue/credential.ts'
import type { Signer } from '../../keys/keys.ts'
import type { SeededSource } from '../../seed/seeded-source.ts'
import type { Store } from '../../store/store.ts'
import type { Certificate } from '../../x509/certificate.ts'
import { KEY_PURPOSE } from '../../x509/oids.ts'
import type { Io } from '../io.ts'
import { unlockIssuer } from '../issuing/issuer.ts'

export interface RevocationSigner {
  readonly name: string
  readonly certificate: Certificate
  readonly signer: Signer
}

export interface RevocationSignerOptions {
  readonly keyPasswordFile?: string
  /** Sign also what nobody should accept. */
  readonly unchecked?: boolean
  /** Signs the same way each time. */
  readonly seeded?: SeededSource | undefined
}

/**
 * A signer for CRLs.
 * @param others whether it signs for other issuers, as a certificate that is no CA may
 * @throws PkiError `refused.issuer` if keyUsage lacks cRLSign (RFC 5280 §6.3.3 (f)), and as `unlockIssuer` does
 */
export async function crlSigner(
  store: Store,
  name: string,
  others: boolean,
  options: RevocationSignerOptions,
  io: Io,
): Promise<RevocationSigner> {
  const { decoded } = store.readCertificate(name)
  if (options.unchecked !== true) {
    if (decoded.keyUsage?.includes('cRLSign') === false) {
      throw unfit(`${name} may not sign CRLs: its keyUsage lacks cRLSign`, name)
    }
    if (!others && decoded.basicConstraints?.cA !== true) {
      throw unfit(`${name} is no CA, and has nothing to revoke`, name, 'list the certificates of a CA with --of')
    }
  }
  return unlock(store, name, options, io)
}

/**
 * A signer for OCSP responses about the certificates of `issuer`.
 * @throws PkiError `refused.issuer` for a delegate without OCSPSigning or of another CA (RFC 6960 §4.2.2.2), and as
 *   `unlockIssuer` does
 */
export async function ocspSigner(
  store: Store,
  name: string,
  issuer: Certificate,
  options: RevocationSignerOptions,
  io: Io,
): Promise<RevocationSigner> {
  const certificate = store.readCertificate(name)
  const isIssuer = Buffer.compare(certificate.encoded, issuer.encoded) === 0
  if (options.unchecked !== true && !isIssuer) {
    const { decoded } = certificate
    if (decoded.extKeyUsage?.includes(KEY_PURPOSE.OCSPSigning) !== true) {
      throw unfit(`${name} may not sign OCSP responses: its extKeyUsage lacks OCSPSigning`, name)
    }
    if (!certificate.issuer.equals(issuer.subject)) {
      throw unfit(`${name} may not answer for this CA, which has not issued it`, name)
    }
  }
  return unlock(store, name, options, io)
}

async function unlock(
  store: Store,
  name: string,
  { keyPasswordFile, seeded }: RevocationSignerOptions,
  io: Io,
): Promise<RevocationSigner> {
  const options = keyPasswordFile === undefined ? {} : { keyPasswordFile }
  const authority = await unlockIssuer(store, name, options, io)
  return {
    name,
    certificate: authority.credential.certificate,
    signer: authoritySigner(authority, {}, {}, seeded?.createSigner),
  }
}

function unfit(message: string, name: string, hint = 'pass --unchecked to sign nevertheless'): PkiError {
  return new PkiError('refused.issuer', message, { hint, context: { name } })
}
