/** P7B: certificates in a PKCS #7 SignedData that nobody signed (RFC 5652 §5, "degenerate"; RFC 8551 §3.8). */

import { contextTag } from '../der/reader.ts'
import { context, integer, oid, retag, sequence, setOf } from '../der/writer.ts'
import type { Certificate } from '../x509/certificate.ts'
import { CONTENT_TYPE } from '../x509/oids.ts'

/** DER. `certificates` is a SET, and so their order is that of their encodings, whatever they are given in. */
export function encodeP7b(certificates: readonly Certificate[]): Uint8Array {
  const set = retag(contextTag(0, true), setOf(...certificates.map(({ encoded }) => encoded)))
  const signedData = sequence(integer(1), setOf(), sequence(oid(CONTENT_TYPE.data)), set, setOf())
  return sequence(oid(CONTENT_TYPE.signedData), context(0, signedData))
}
