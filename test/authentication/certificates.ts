/**
 * The certificates of ASP.NET Core's own tests, with keys, so that clients can present them: self-signed
 * ones of each kind, and a chain of three whose intermediate and client really are issued by the one above.
 */

import { formatPem } from '../../src/der/pem.ts'
import type { Credential } from '../../src/keys/credential.ts'
import { createSigner, generateKey } from '../../src/keys/keys.ts'
import type { Certificate } from '../../src/x509/certificate.ts'
import { KEY_PURPOSE } from '../../src/x509/oids.ts'
import { AT, type Entity, type Fields, intermediate, leaf, root } from '../path/build-certificate.ts'

export { AT }

const YEAR = 365 * 86_400_000

export function yearsFromNow(years: number): Date {
  return new Date(AT.getTime() + years * YEAR)
}

/** An authority whose key is at hand. */
export interface Authority extends Entity {
  readonly credential: Credential
}

function keyed(make: (key: Entity['signer']) => Certificate, chain: readonly Certificate[]): Authority {
  const privateKey = generateKey('ec-p256')
  const signer = createSigner(privateKey)
  const certificate = make(signer)
  return { certificate, signer, credential: { certificate, chain, privateKey } }
}

const VALID = { notBefore: yearsFromNow(-1 / 365), notAfter: yearsFromNow(5) }

/** An end entity that signed itself: keyUsage digitalSignature, no basicConstraints. */
export function selfSigned(name: string, fields: Fields = {}): Credential {
  const subject = `CN=${name},OU=dev,DC=idunno-dev,DC=org`
  const parts: Fields = { subject, ca: false, without: ['basicConstraints'], ...VALID, ...fields }
  return keyed((key) => root({ ...parts, key }).certificate, []).credential
}

export function rootAuthority(fields: Fields = {}): Authority {
  return keyed((key) => root({ subject: 'CN=Test Root,DC=test', ...VALID, ...fields, key }).certificate, [])
}

export function subordinate(issuer: Authority, fields: Fields = {}): Authority {
  const chain = [issuer.certificate, ...issuer.credential.chain]
  const subject = 'CN=Test Subordinate,DC=test'
  return keyed((key) => intermediate(issuer, { subject, ...VALID, ...fields, key }).certificate, chain)
}

export function endEntity(issuer: Authority, fields: Fields = {}): Credential {
  const chain = [issuer.certificate, ...issuer.credential.chain]
  const parts: Fields = {
    subject: 'CN=Test Client,DC=test',
    extKeyUsage: [KEY_PURPOSE.clientAuth],
    ...VALID,
    ...fields,
  }
  return keyed((key) => leaf(issuer, { ...parts, key }), chain).credential
}

export const SS_CLIENT = selfSigned('Valid Self Signed Client EKU', { extKeyUsage: [KEY_PURPOSE.clientAuth] })
export const SS_NONE = selfSigned('Valid Self Signed No EKU')
export const SS_SERVER = selfSigned('Valid Self Signed Server EKU', { extKeyUsage: [KEY_PURPOSE.serverAuth] })
export const SS_EXPIRED = selfSigned('Expired Self Signed', { notBefore: yearsFromNow(-2), notAfter: yearsFromNow(-1) })
export const SS_FUTURE = selfSigned('Not Valid Yet Self Signed', {
  notBefore: yearsFromNow(2),
  notAfter: yearsFromNow(3),
})

export const ROOT = rootAuthority({ extKeyUsage: [KEY_PURPOSE.clientAuth] })
export const SUB = subordinate(ROOT)
export const CLIENT = endEntity(SUB)

/** The server's own, valid whenever the tests run: clients judge it by the real clock. */
const serverRoot = rootAuthority({ notBefore: new Date('2020-01-01'), notAfter: new Date('2049-01-01') })
export const SERVER = endEntity(serverRoot, {
  subject: 'CN=localhost',
  names: ['dns:localhost', 'dns:secure.test', 'dns:open.test', 'ip:127.0.0.1'],
  extKeyUsage: [KEY_PURPOSE.serverAuth],
  notBefore: new Date('2020-01-01'),
  notAfter: new Date('2049-01-01'),
})
/** What clients trust. */
export const SERVER_TRUST: readonly Certificate[] = [serverRoot.certificate]

/** The header that ASP.NET Core's own forwarder reads. */
export function base64Of({ certificate }: Credential): string {
  return Buffer.from(certificate.encoded).toString('base64')
}

export function pemText({ certificate }: Credential): string {
  return formatPem('CERTIFICATE', certificate.encoded)
}
