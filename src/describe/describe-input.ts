/** Everything that an input file holds, as descriptions. */

import { type Input, type InputEncoding, malformedInput } from '../container/input.ts'
import { DerError } from '../der/reader.ts'
import { parseCrl } from '../x509/crl.ts'
import { parseOcspResponse } from '../x509/ocsp.ts'
import { parseOcspRequest } from '../x509/ocsp-request.ts'
import { parseSubjectPublicKeyInfo } from '../x509/public-key.ts'
import { parseRequest } from '../x509/request.ts'
import { describeCertificate } from './describe-certificate.ts'
import { describeCrl } from './describe-crl.ts'
import { describeOcspRequest, describeOcspResponse } from './describe-ocsp.ts'
import { describePrivateKey, describePublicKey } from './describe-public-key.ts'
import { describeRequest } from './describe-request.ts'
import type { Description } from './description.ts'

/**
 * Certificates first, then requests, CRLs, OCSP and keys, each kind in the order of the file. Certificates that do not parse
 * are left out: `input.malformedCertificates` has them.
 * @throws PkiError `input.malformed` for a request, CRL or public key that does not parse
 */
export function describeInput(input: Input): readonly Description[] {
  return [
    ...input.certificates.map(describeCertificate),
    ...input.requests.map((request) => describeRequest(parseIn(request, parseRequest, 'a certification request'))),
    ...input.crls.map((crl) => describeCrl(parseIn(crl, parseCrl, 'a CRL'))),
    ...input.ocspRequests.map((one) => describeOcspRequest(parseIn(one, parseOcspRequest, 'an OCSP request'))),
    ...input.ocspResponses.map((one) => describeOcspResponse(parseIn(one, parseOcspResponse, 'an OCSP response'))),
    ...input.publicKeys.map((key) => describePublicKey(parseIn(key, parseSubjectPublicKeyInfo, 'a public key'))),
    ...input.privateKeys.map(describePrivateKey),
  ]
}

function parseIn<T>({ encoded, place }: InputEncoding, parse: (bytes: Uint8Array) => T, expected: string): T {
  try {
    return parse(encoded)
  } catch (error) {
    if (!(error instanceof DerError)) throw error
    throw malformedInput(place, error, expected)
  }
}
