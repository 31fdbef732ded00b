/** CertificationRequest (PKCS #10, RFC 2986 §4): read once, immutable, exact bytes kept. */

import { contextTag, type DerElement, DerError, DerReader, Tag } from '../der/reader.ts'
import { type BitString, readInteger, readOid, stringFromElement } from '../der/values.ts'
import type { AlgorithmIdentifier } from './algorithm.ts'
import { type DecodedExtensions, decodeExtensions } from './decoded-extensions.ts'
import { type Extension, readExtensions } from './extension.ts'
import type { MalformedExtension } from './extension-decoder.ts'
import { type Name, readName } from './name.ts'
import { REQUEST_ATTRIBUTE } from './oids.ts'
import { readSubjectPublicKeyInfo, type SubjectPublicKeyInfo } from './public-key.ts'
import { checkSignature, type SignatureCheck } from './signature.ts'
import { readSigned } from './signed.ts'

/** An attribute of a request as it stands there. */
export interface RequestAttribute {
  readonly oid: string
  /** The whole encoding of each value. */
  readonly values: readonly Uint8Array[]
}

/** A PKCS#10 request (RFC 2986 §4), parsed; {@link checkRequestSignature} says whether its maker holds the key. */
export interface CertificationRequest {
  readonly encoded: Uint8Array
  /** What the signature is over. */
  readonly certificationRequestInfo: Uint8Array
  readonly subject: Name
  readonly publicKey: SubjectPublicKeyInfo
  /** All attributes, also those that are decoded here. */
  readonly attributes: readonly RequestAttribute[]
  /** RFC 2985 §5.4.1; undefined if absent. */
  readonly challengePassword: string | undefined
  /** The extensions asked for: extensionRequest (RFC 2985 §5.4.2) or Microsoft's twin of it. */
  readonly extensions: readonly Extension[]
  readonly decoded: DecodedExtensions
  readonly malformedExtensions: readonly MalformedExtension[]
  readonly signatureAlgorithm: AlgorithmIdentifier
  readonly signature: BitString
}

/**
 * Reads one DER request that must fill `bytes`. Its signature is not checked, see {@link checkRequestSignature}.
 * @throws DerError with the offset of the first fault
 */
export function parseRequest(bytes: Uint8Array): CertificationRequest {
  const { toBeSigned, signatureAlgorithm, signature } = readSigned(
    bytes,
    'certification request',
    'certificationRequestInfo',
  )

  const fields = toBeSigned.reader()
  const { position } = fields
  // §4.1 defines one version, and it is 0.
  if (readInteger(fields, 'version') !== 0n) throw new DerError('version: there is only v1(0)', position)
  const subject = readName(fields, 'subject')
  const publicKey = readSubjectPublicKeyInfo(fields, 'subjectPublicKeyInfo')
  // The tag is mandatory even around no attributes; old programs leave it out, and nothing is lost by reading theirs.
  const attributes = readAttributes(fields.optional(contextTag(0, true), 'attributes'))
  fields.finish('certificationRequestInfo')

  const extensions = requestedExtensions(attributes)
  const { decoded, malformed } = decodeExtensions(extensions)
  return {
    encoded: bytes,
    certificationRequestInfo: toBeSigned.encoded,
    subject,
    publicKey,
    attributes: attributes.map(({ oid, values }) => ({ oid, values: values.map((value) => value.encoded) })),
    challengePassword: challengePassword(attributes),
    extensions,
    decoded,
    malformedExtensions: malformed,
    signatureAlgorithm,
    signature,
  }
}

interface AttributeElements {
  readonly oid: string
  readonly values: readonly DerElement[]
}

function readAttributes(tagged: DerElement | undefined): readonly AttributeElements[] {
  const attributes: AttributeElements[] = []
  if (tagged === undefined) return attributes
  const reader = tagged.reader()
  while (!reader.atEnd) {
    const attribute = reader.sequence('attribute')
    const oid = readOid(attribute, 'attribute type')
    const set = attribute.expect(Tag.set, 'attribute values').reader()
    attribute.finish('attribute')
    const values: DerElement[] = []
    while (!set.atEnd) values.push(set.element('attribute value'))
    if (values.length === 0) throw new DerError(`attribute ${oid}: no value in it`, set.position)
    attributes.push({ oid, values })
  }
  return attributes
}

/** The value of an attribute that may occur once, and with one value. */
function singleValue(attributes: readonly AttributeElements[], ...oids: readonly string[]): DerElement | undefined {
  const values = attributes.filter(({ oid }) => oids.includes(oid)).flatMap((attribute) => attribute.values)
  const [value, second] = values
  if (second !== undefined) throw new DerError(`attribute ${oids[0]}: more than one value`, second.start)
  return value
}

function requestedExtensions(attributes: readonly AttributeElements[]): readonly Extension[] {
  const value = singleValue(attributes, REQUEST_ATTRIBUTE.extensionRequest, REQUEST_ATTRIBUTE.microsoftCertExtensions)
  if (value === undefined) return []
  // The value is the SEQUENCE of extensions itself: a reader that begins at its tag.
  const reader = new DerReader(value.bytes, value.start, value.end, value.depth)
  return readExtensions(reader, 'extensionRequest')
}

function challengePassword(attributes: readonly AttributeElements[]): string | undefined {
  const value = singleValue(attributes, REQUEST_ATTRIBUTE.challengePassword)
  return value && stringFromElement(value, 'challengePassword')
}

/** Whether the request is signed with the key in it: the proof that whoever asks holds the key. */
export function checkRequestSignature(request: CertificationRequest): SignatureCheck {
  const { signatureAlgorithm, publicKey, certificationRequestInfo, signature } = request
  return checkSignature(signatureAlgorithm, publicKey, certificationRequestInfo, signature)
}
