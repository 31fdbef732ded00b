/** Encodes and signs one certificate (RFC 5280 §4.1). */

import { concatBytes, context, integer, sequence, time, unsignedInteger } from '../der/writer.ts'
import type { RandomSource } from '../keys/random.ts'
import { type Certificate, parseCertificate } from '../x509/certificate.ts'
import { encodeExtensions } from '../x509/extension-encoding.ts'
import { encodeSigned } from '../x509/signed.ts'
import { type IssueRequest, issuerName } from './issue-request.ts'

/**
 * Issues what the request says, without judging it (see `checkIssuance`). Pure but for the random serial number and
 * for what the signer does.
 * @throws whatever the signer throws, and DerError if the request holds bytes that are not what they should be
 */
export function issueCertificate(request: IssueRequest): Certificate {
  // Read back by the parser that reads everybody's certificates: nobody gets a certificate that it would not take.
  return parseCertificate(encodeSigned(encodeTbsCertificate(request), request.signer))
}

function encodeTbsCertificate(request: IssueRequest): Uint8Array {
  const { signer, subject, publicKey, notBefore, notAfter, extensions } = request
  const content = [
    signer.algorithm,
    issuerName(request).encoded,
    sequence(time(notBefore), time(notAfter)),
    subject.encoded,
    publicKey.encoded,
    ...(extensions.length === 0 ? [] : [context(3, encodeExtensions(extensions))]),
  ]
  const serial = encodeSerialNumber(request, content)
  return extensions.length === 0 ? sequence(serial, ...content) : sequence(VERSION_3, serial, ...content)
}

function encodeSerialNumber(
  { serialNumber, serialRandom, random }: IssueRequest,
  content: readonly Uint8Array[],
): Uint8Array {
  if (serialNumber !== undefined) return integer(serialNumber)
  return unsignedInteger(randomSerialOctets(serialRandom?.(concatBytes(content)) ?? random))
}

const VERSION_3 = context(0, integer(2))

/**
 * The octets of a new serial number: 16, whose first two bits are 01. So it is positive, never zero, and always of
 * the same length; 126 random bits are left, twice what the CA/Browser Forum asks for (BR §7.1).
 */
export function randomSerialOctets(random: RandomSource): Uint8Array {
  const octets = Uint8Array.from(random(16))
  octets[0] = ((octets[0] as number) & 0x3f) | 0x40
  return octets
}
