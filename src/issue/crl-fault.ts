/** CRLs that are wrong on purpose, for whoever wants to see them refused. */

import { nullValue, utf8String } from '../der/writer.ts'
import type { Signer } from '../keys/keys.ts'
import type { Certificate } from '../x509/certificate.ts'
import { encodeName, parseName } from '../x509/name.ts'
import { ATTRIBUTE } from '../x509/oids.ts'
import type { CrlRequest } from './crl.ts'

/** What can be wrong with it. */
export const CRL_FAULTS = ['expired', 'future', 'wrong-issuer', 'bad-signature', 'unknown-critical'] as const

export type CrlFault = (typeof CRL_FAULTS)[number]

/** In the arc for examples (X.660): it will never mean anything. */
export const UNKNOWN_EXTENSION = '2.999.1'

const HOUR = 3600 * 1000

/** The same CRL with one thing wrong, and nothing else. */
export function withCrlFault(request: CrlRequest, fault: CrlFault): CrlRequest {
  const { thisUpdate, nextUpdate } = request
  switch (fault) {
    case 'expired':
      return moved(request, thisUpdate.getTime() - (nextUpdate ?? thisUpdate).getTime() - HOUR)
    case 'future':
      return moved(request, HOUR)
    case 'wrong-issuer':
      return { ...request, issuer: withOtherName(request.issuer) }
    case 'bad-signature':
      return { ...request, signer: withBadSignature(request.signer) }
    case 'unknown-critical': {
      const extension = { oid: UNKNOWN_EXTENSION, critical: true, value: nullValue() }
      return { ...request, extensions: [...(request.extensions ?? []), extension] }
    }
  }
}

function moved(request: CrlRequest, milliseconds: number): CrlRequest {
  const { thisUpdate, nextUpdate } = request
  const move = (date: Date) => new Date(date.getTime() + milliseconds)
  return { ...request, thisUpdate: move(thisUpdate), nextUpdate: nextUpdate && move(nextUpdate) }
}

function withOtherName(issuer: Certificate): Certificate {
  const attribute = { oid: ATTRIBUTE.commonName, encoded: utf8String('Somebody else') }
  return { ...issuer, subject: parseName(encodeName([[attribute]])) }
}

/** The same signer, with the last bit of its signatures turned: still the encoding of one, and nobody's. */
export function withBadSignature(signer: Signer): Signer {
  return {
    ...signer,
    sign: (data) => {
      const signature = signer.sign(data).slice()
      signature[signature.length - 1] = (signature.at(-1) as number) ^ 1
      return signature
    },
  }
}
