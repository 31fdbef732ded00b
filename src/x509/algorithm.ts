/** AlgorithmIdentifier and what it says about a signature (RFC 5280 §4.1.1.2; RFC 3279, 4055, 5758, 8410). */

import { contextTag, type DerElement, DerError, DerReader, Tag } from '../der/reader.ts'
import { readCount, readOid } from '../der/values.ts'
import { equalBytes } from '../der/writer.ts'
import { DIGEST_NAME, MGF1, SIGNATURE_ALGORITHM } from './oids.ts'

export interface AlgorithmIdentifier {
  readonly oid: string
  /** The parameters' whole encoding, undefined if absent. */
  readonly parameters: Uint8Array | undefined
  readonly encoded: Uint8Array
}

export function readAlgorithmIdentifier(reader: DerReader, what: string): AlgorithmIdentifier {
  const element = reader.expect(Tag.sequence, what)
  const fields = element.reader()
  const oid = readOid(fields, what)
  const parameters = fields.atEnd ? undefined : fields.element(what).encoded
  fields.finish(what)
  return { oid, parameters, encoded: element.encoded }
}

/** How a signature is made, in terms that `node:crypto` understands. */
export type SignatureScheme =
  | { readonly kind: 'rsa' | 'ecdsa' | 'dsa'; readonly digest: string }
  | { readonly kind: 'rsa-pss'; readonly digest: string; readonly mgf1Digest: string; readonly saltLength: number }
  | { readonly kind: 'eddsa'; readonly curve: 'ed25519' | 'ed448' }

/** Why an AlgorithmIdentifier gives no scheme. */
export interface SchemeProblem {
  readonly problem: 'unknown-algorithm' | 'wrong-parameters'
}

const S = SIGNATURE_ALGORITHM

const DIGEST_SCHEMES: Readonly<Record<string, { readonly kind: 'rsa' | 'ecdsa' | 'dsa'; readonly digest: string }>> = {
  [S.md5WithRSAEncryption]: { kind: 'rsa', digest: 'md5' },
  [S.sha1WithRSAEncryption]: { kind: 'rsa', digest: 'sha1' },
  [S.sha224WithRSAEncryption]: { kind: 'rsa', digest: 'sha224' },
  [S.sha256WithRSAEncryption]: { kind: 'rsa', digest: 'sha256' },
  [S.sha384WithRSAEncryption]: { kind: 'rsa', digest: 'sha384' },
  [S.sha512WithRSAEncryption]: { kind: 'rsa', digest: 'sha512' },
  [S['sha3-256WithRSAEncryption']]: { kind: 'rsa', digest: 'sha3-256' },
  [S['sha3-384WithRSAEncryption']]: { kind: 'rsa', digest: 'sha3-384' },
  [S['sha3-512WithRSAEncryption']]: { kind: 'rsa', digest: 'sha3-512' },
  [S['ecdsa-with-SHA1']]: { kind: 'ecdsa', digest: 'sha1' },
  [S['ecdsa-with-SHA224']]: { kind: 'ecdsa', digest: 'sha224' },
  [S['ecdsa-with-SHA256']]: { kind: 'ecdsa', digest: 'sha256' },
  [S['ecdsa-with-SHA384']]: { kind: 'ecdsa', digest: 'sha384' },
  [S['ecdsa-with-SHA512']]: { kind: 'ecdsa', digest: 'sha512' },
  [S['ecdsa-with-SHA3-256']]: { kind: 'ecdsa', digest: 'sha3-256' },
  [S['ecdsa-with-SHA3-384']]: { kind: 'ecdsa', digest: 'sha3-384' },
  [S['ecdsa-with-SHA3-512']]: { kind: 'ecdsa', digest: 'sha3-512' },
  [S['dsa-with-SHA1']]: { kind: 'dsa', digest: 'sha1' },
  [S['dsa-with-SHA224']]: { kind: 'dsa', digest: 'sha224' },
  [S['dsa-with-SHA256']]: { kind: 'dsa', digest: 'sha256' },
  [S['dsa-with-SHA384']]: { kind: 'dsa', digest: 'sha384' },
  [S['dsa-with-SHA512']]: { kind: 'dsa', digest: 'sha512' },
}

const DER_NULL = Uint8Array.of(Tag.null, 0)

/**
 * The scheme an AlgorithmIdentifier names, its parameters checked: NULL or absent with RSA (RFC 4055 §5), absent with
 * ECDSA, DSA and EdDSA (RFC 5758 §3, RFC 8410 §3), whole and consistent with RSASSA-PSS (RFC 4055 §3.1).
 */
export function signatureScheme({ oid, parameters }: AlgorithmIdentifier): SignatureScheme | SchemeProblem {
  const byDigest = DIGEST_SCHEMES[oid]
  if (byDigest !== undefined) {
    const fits = parameters === undefined || (byDigest.kind === 'rsa' && equalBytes(parameters, DER_NULL))
    return fits ? byDigest : { problem: 'wrong-parameters' }
  }
  if (oid === S.Ed25519 || oid === S.Ed448) {
    if (parameters !== undefined) return { problem: 'wrong-parameters' }
    return { kind: 'eddsa', curve: oid === S.Ed25519 ? 'ed25519' : 'ed448' }
  }
  if (oid === S.rsassaPss) {
    const pss = parameters && parsePssParameters(parameters)
    return pss === undefined ? { problem: 'wrong-parameters' } : { kind: 'rsa-pss', ...pss }
  }
  return { problem: 'unknown-algorithm' }
}

export interface PssParameters {
  readonly digest: string
  readonly mgf1Digest: string
  readonly saltLength: number
}

/** RSASSA-PSS-params (RFC 4055 §3.1); undefined where they are malformed or name something unknown. */
export function parsePssParameters(parameters: Uint8Array): PssParameters | undefined {
  try {
    return readPssParameters(new DerReader(parameters))
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}

function readPssParameters(reader: DerReader): PssParameters | undefined {
  const what = 'RSASSA-PSS parameters'
  const fields = reader.sequence(what)
  reader.finish(what)
  const hash = fields.optional(contextTag(0, true), what)
  const mask = fields.optional(contextTag(1, true), what)
  const salt = fields.optional(contextTag(2, true), what)
  const trailer = fields.optional(contextTag(3, true), what)
  fields.finish(what)

  const digest = hash ? digestOf(readInside(hash, (reader) => readAlgorithmIdentifier(reader, what))) : 'sha1'
  let mgf1Digest: string | undefined = 'sha1'
  if (mask) {
    const generator = readInside(mask, (reader) => readAlgorithmIdentifier(reader, what))
    if (generator.oid !== MGF1 || generator.parameters === undefined) return undefined
    mgf1Digest = digestOf(readAlgorithmIdentifier(new DerReader(generator.parameters), what))
  }
  const count = (explicit: DerElement) =>
    readInside(explicit, (reader) => readCount(reader.expect(Tag.integer, what), what))
  const saltLength = salt ? count(salt) : 20
  // trailerFieldBC(1) is the only one there is.
  if (trailer && count(trailer) !== 1) return undefined
  return digest === undefined || mgf1Digest === undefined ? undefined : { digest, mgf1Digest, saltLength }
}

/** What stands inside an EXPLICIT tag, which holds nothing else. */
function readInside<T>(explicit: DerElement, read: (reader: DerReader) => T): T {
  const reader = explicit.reader()
  const value = read(reader)
  reader.finish('RSASSA-PSS parameters')
  return value
}

function digestOf({ oid, parameters }: AlgorithmIdentifier): string | undefined {
  return parameters === undefined || equalBytes(parameters, DER_NULL) ? DIGEST_NAME[oid] : undefined
}
