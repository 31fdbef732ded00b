/** From a heap of certificates and a key to a credential: which certificate is the key's, and which issued which. */

import { equalBytes } from '../der/writer.ts'
import { PkiError } from '../errors.ts'
import type { Credential } from '../keys/credential.ts'
import type { PrivateKey } from '../keys/keys.ts'
import type { Certificate } from '../x509/certificate.ts'

/**
 * The first certificate of the key with the chain above it, as far as `certificates` has it. Without a key, the first
 * certificate. Issuers are found by name and key identifier; no signature is checked.
 * @throws PkiError `input.mismatch` if no certificate belongs to the key, or there is none at all
 */
export function assembleCredential(
  certificates: readonly Certificate[],
  privateKey: PrivateKey | undefined,
): Credential {
  const certificate = privateKey ? certificates.find((c) => belongsTo(c, privateKey)) : certificates[0]
  if (certificate === undefined) {
    throw new PkiError(
      'input.mismatch',
      privateKey ? 'the private key belongs to none of the certificates' : 'no certificate',
    )
  }
  return { certificate, chain: findChain(certificate, certificates), privateKey }
}

/** Whether the certificate certifies the public half of the key. */
export function belongsTo({ publicKey }: Certificate, privateKey: PrivateKey): boolean {
  return equalBytes(publicKey.encoded, privateKey.publicKey.encoded)
}

/** The certificates above `certificate`, nearest first, up to a self-issued one; each appears once. */
export function findChain(certificate: Certificate, pool: readonly Certificate[]): readonly Certificate[] {
  const named = bySubject(pool)
  const chain = new Set<Certificate>()
  for (let below = certificate; !below.isSelfIssued; ) {
    const isFree = (candidate: Certificate) => candidate !== certificate && !chain.has(candidate)
    const free = named.get(below.issuer.key)?.filter(isFree) ?? []
    const issuer = free.find((candidate) => isHintedIssuer(candidate, below)) ?? free[0]
    if (issuer === undefined) break
    chain.add(issuer)
    below = issuer
  }
  return [...chain]
}

/** A file may hold thousands of certificates, each the issuer of the next. */
function bySubject(pool: readonly Certificate[]): ReadonlyMap<string, readonly Certificate[]> {
  const named = new Map<string, Certificate[]>()
  for (const certificate of pool) {
    const { key } = certificate.subject
    const known = named.get(key)
    if (known === undefined) named.set(key, [certificate])
    else known.push(certificate)
  }
  return named
}

function isHintedIssuer(issuer: Certificate, below: Certificate): boolean {
  const wanted = below.decoded.authorityKeyIdentifier?.keyIdentifier
  const has = issuer.decoded.subjectKeyIdentifier
  return wanted !== undefined && has !== undefined && equalBytes(wanted, has)
}
