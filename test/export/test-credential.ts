/** Credentials for the tests of exports: the least that X.509 asks for, made without the issuer that is tested elsewhere. */

import { boolean, context, integer, octetString, oid, sequence, setOf, time, utf8String } from '../../src/der/writer.ts'
import type { Credential } from '../../src/keys/credential.ts'
import { createSigner, generateKey, type KeyAlgorithmName, type PrivateKey } from '../../src/keys/keys.ts'
import { type Certificate, parseCertificate } from '../../src/x509/certificate.ts'
import { encodeSigned } from '../../src/x509/signed.ts'

/** `rsa-pss-…` keys are `rsa-…` keys; larger RSA keys only take longer. */
export const EXPORTED_ALGORITHMS = [
  'ec-p256',
  'ec-p384',
  'ec-p521',
  'ec-secp256k1',
  'ec-brainpool-p256r1',
  'ec-brainpool-p384r1',
  'ec-brainpool-p512r1',
  'rsa-2048',
  'ed25519',
  'ed448',
] as const satisfies readonly KeyAlgorithmName[]

const name = (commonName: string) => sequence(setOf(sequence(oid('2.5.4.3'), utf8String(commonName))))

let serial = 1

export interface Holder {
  readonly key: PrivateKey
  readonly subject: string
}

export function certify(subject: Holder, issuer: Holder, isAuthority: boolean): Certificate {
  const signer = createSigner(issuer.key)
  const constraints = sequence(
    oid('2.5.29.19'),
    boolean(true),
    octetString(sequence(...(isAuthority ? [boolean(true)] : []))),
  )
  const san = sequence(oid('2.5.29.17'), octetString(sequence(Uint8Array.of(0x82, 9, ...Buffer.from('localhost')))))
  const tbs = sequence(
    context(0, integer(2)),
    integer(serial++),
    signer.algorithm,
    name(issuer.subject),
    sequence(time(new Date('2024-01-01T00:00:00Z')), time(new Date('2049-01-01T00:00:00Z'))),
    name(subject.subject),
    subject.key.publicKey.encoded,
    context(3, sequence(constraints, ...(isAuthority ? [] : [san]))),
  )
  return parseCertificate(encodeSigned(tbs, signer))
}

const authority = (subject: string): Holder => ({ key: generateKey('ec-p256'), subject })

export const root = authority('Test Root')
export const intermediate = authority('Test Intermediate')
export const rootCertificate = certify(root, root, true)
export const intermediateCertificate = certify(intermediate, root, true)

const made = new Map<string, Credential>()

/** A leaf below an intermediate below a root; one per algorithm and subject, made once. */
export function testCredential(
  algorithm: KeyAlgorithmName,
  subject = 'leaf',
): Credential & { readonly privateKey: PrivateKey } {
  const id = `${algorithm} ${subject}`
  let found = made.get(id)
  if (found === undefined) {
    const privateKey = generateKey(algorithm)
    const certificate = certify({ key: privateKey, subject }, intermediate, false)
    found = { certificate, chain: [intermediateCertificate, rootCertificate], privateKey }
    made.set(id, found)
  }
  return found as Credential & { readonly privateKey: PrivateKey }
}
