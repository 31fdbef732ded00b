/**
 * What two independent readers say about DER that was made here. Any test that makes a certificate, request or CRL
 * can hand it over: a structure that only our own reader understands is a bug, and this is where it shows.
 */

import { expect } from 'vitest'
import { toHex } from '../der/hex.ts'
import { hasProgram, program, run } from '../foreign-program.ts'

export type Structure = 'certificate' | 'request' | 'crl'

/**
 * Parses `der` with `@peculiar/x509`, encodes what it understood again, and expects the same bytes; then
 * `openssl asn1parse` must take them, and the OpenSSL command for the structure must read it. Without OpenSSL the
 * first half is all there is.
 */
export async function expectSecondOpinion(der: Uint8Array, structure: Structure = 'certificate'): Promise<void> {
  expect(toHex(await reencode(der, structure))).toBe(toHex(der))
  if (!hasProgram('openssl')) return
  const openssl = program('openssl')
  const outline = run(openssl, ['asn1parse', '-inform', 'DER'], { input: der })
  expect(outline, 'openssl asn1parse').toMatchObject({ status: 0, stderr: '' })
  // The depth 0 element is the first line, and the only one at that depth: nothing stands behind it.
  expect(outline.stdout.split('\n').filter((line) => /^ *\d+:d=0 /.test(line))).toHaveLength(1)
  const command = { certificate: 'x509', request: 'req', crl: 'crl' }[structure]
  expect(run(openssl, [command, '-inform', 'DER', '-noout', '-text'], { input: der }), command).toMatchObject({
    status: 0,
  })
}

/** Decodes into the objects of `@peculiar/asn1-x509` and encodes those: their serializer sees nothing of the input. */
async function reencode(der: Uint8Array, structure: Structure): Promise<Uint8Array> {
  await import('reflect-metadata')
  const { Pkcs10CertificateRequest, X509Certificate, X509Crl } = await import('@peculiar/x509')
  const input = der as Uint8Array<ArrayBuffer>
  // `asn` is protected: only a subclass may hand it to a new object, which has nothing but the decoded form.
  class Certificate extends X509Certificate {
    again = () => new X509Certificate(this.asn).rawData
  }
  class Request extends Pkcs10CertificateRequest {
    again = () => new Pkcs10CertificateRequest(this.asn).rawData
  }
  class Crl extends X509Crl {
    again = () => new X509Crl(this.asn).rawData
  }
  switch (structure) {
    case 'certificate':
      return new Uint8Array(new Certificate(input).again())
    case 'request':
      return new Uint8Array(new Request(input).again())
    case 'crl':
      return new Uint8Array(new Crl(input).again())
  }
}
