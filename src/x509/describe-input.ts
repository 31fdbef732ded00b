/** Everything that an input file holds, as descriptions. */

import { DerError } from '../der/reader.ts'
import { parseCrl } from './crl.ts'
import { describeCertificate } from './describe-certificate.ts'
import { describeCrl } from './describe-crl.ts'
import { describeOcspRequest, describeOcspResponse } from './describe-ocsp.ts'
import { describePrivateKey, describePublicKey } from './describe-public-key.ts'
import { describeRequest } from './describe-request.ts'
import type { Description } from './description.ts'
import { type Input, type InputEncoding, malformedInput } from './input.ts'
import { parseOcspResponse } from './ocsp.ts'
import { parseOcspRequest } from './ocsp-request.ts'
import { parseSubjectPublicKeyInfo } from './public-key.ts'
import { parseRequest } from './request.ts'

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
