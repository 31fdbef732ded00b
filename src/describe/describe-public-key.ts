/** Public keys, algorithm identifiers and the digests by which people recognise them, as descriptions. */

import { createHash } from 'node:crypto'
import { DerError, Tag } from '../der/reader.ts'
import type { PrivateKey } from '../keys/keys.ts'
import { type AlgorithmIdentifier, parsePssParameters } from '../x509/algorithm.ts'
import { KEY_ALGORITHM, oidName } from '../x509/oids.ts'
import type { PublicKeyFacts, SubjectPublicKeyInfo } from '../x509/public-key.ts'
import { unknownOctets } from './describe-unknown.ts'
import { boolean, bulk, type Description, fields, number, octets, oidValue, text, type Value } from './description.ts'

/** NIST's names of the curves that OpenSSL calls otherwise (SP 800-186). */
const NIST_CURVE: Readonly<Record<string, string>> = {
  prime192v1: 'P-192',
  secp224r1: 'P-224',
  prime256v1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
}

/** subjectPublicKeyInfo: its kind and size, its octets, its pin. */
export function describeSubjectPublicKeyInfo(key: SubjectPublicKeyInfo): Value {
  return fields({
    algorithm: oidValue(key.algorithm.oid, oidName(key.algorithm.oid)),
    ...describeFacts(key),
    subjectPublicKey: bulk(key.publicKey),
  })
}

/** A public key that came alone. */
export function describePublicKey(key: SubjectPublicKeyInfo): Description {
  const described = { subjectPublicKeyInfo: describeSubjectPublicKeyInfo(key), fingerprints: fields(keyPins(key)) }
  return { kind: 'publicKey', title: keyTitle(key), fields: fields(described).fields }
}

/** A private key: its public half, and nothing of the secret. */
export function describePrivateKey({ publicKey }: PrivateKey): Description {
  return { ...describePublicKey(publicKey), kind: 'privateKey' }
}

/** SHA-256 of the whole SubjectPublicKeyInfo: as HTTP pinning wrote it (RFC 7469 §2.4), and as hex. */
export function keyPins(key: SubjectPublicKeyInfo): Readonly<Record<'spkiSha256' | 'pinSha256', Value>> {
  return { spkiSha256: octets(sha256(key.encoded)), pinSha256: text(spkiPin(key)) }
}

/** The pin: base64 of the SHA-256 of SubjectPublicKeyInfo, as `curl --pinnedpubkey sha256//…` takes it. */
function spkiPin(key: SubjectPublicKeyInfo): string {
  return Buffer.from(sha256(key.encoded)).toString('base64')
}

function sha256(value: Uint8Array): Uint8Array {
  return createHash('sha256').update(value).digest()
}

/** A key in two words: `EC P-256`, `RSA 2048`, `Ed25519`. */
function keyTitle(key: SubjectPublicKeyInfo): string {
  const facts = keyFacts(key)
  if (facts instanceof DerError) return `malformed ${oidName(key.algorithm.oid) ?? key.algorithm.oid}`
  switch (facts.type) {
    case 'rsa':
      return `RSA ${facts.modulusBits}`
    case 'rsa-pss':
      return `RSA-PSS ${facts.modulusBits}`
    case 'ec':
      return `EC ${NIST_CURVE[facts.curve] ?? facts.curve}`
    case 'ec-explicit':
      return 'EC with explicit parameters'
    case 'dsa':
      return facts.modulusBits === undefined ? 'DSA' : `DSA ${facts.modulusBits}`
    case 'unknown':
      return `unknown algorithm ${facts.oid}`
    default:
      return facts.type.replace(/^(ed|x)/, (letters) => letters[0]?.toUpperCase() + letters.slice(1))
  }
}

function describeFacts(key: SubjectPublicKeyInfo): Record<string, Value | undefined> {
  const facts = keyFacts(key)
  if (facts instanceof DerError) return { malformed: text(facts.message) }
  switch (facts.type) {
    case 'rsa':
    case 'rsa-pss':
      return { modulusBits: number(facts.modulusBits), publicExponent: number(facts.publicExponent) }
    case 'ec':
      return { curve: text(facts.curve), nistCurve: optionalText(NIST_CURVE[facts.curve]) }
    case 'ec-explicit':
      return { explicitParameters: boolean(true) }
    case 'dsa':
      return facts.modulusBits === undefined
        ? { inheritedParameters: boolean(true) }
        : { modulusBits: number(facts.modulusBits) }
    default:
      return {}
  }
}

const optionalText = (value: string | undefined): Value | undefined => (value === undefined ? undefined : text(value))

function keyFacts(key: SubjectPublicKeyInfo): PublicKeyFacts | DerError {
  try {
    return key.facts
  } catch (error) {
    if (error instanceof DerError) return error
    throw error
  }
}

/** An AlgorithmIdentifier: RSASSA-PSS with its digests and salt, others by name, odd parameters as octets. */
export function describeAlgorithm({ oid, parameters }: AlgorithmIdentifier): Value {
  const algorithm = oidValue(oid, oid === KEY_ALGORITHM.rsassaPss ? 'RSASSA-PSS' : oidName(oid))
  const isNull = parameters?.length === 2 && parameters[0] === Tag.null
  if (parameters === undefined || isNull) return fields({ algorithm })
  const pss = oid === KEY_ALGORITHM.rsassaPss ? parsePssParameters(parameters) : undefined
  if (pss === undefined) return fields({ algorithm, parameters: unknownOctets(parameters) })
  const { digest, mgf1Digest, saltLength } = pss
  return fields({ algorithm, digest: text(digest), mgf1Digest: text(mgf1Digest), saltLength: number(saltLength) })
}
