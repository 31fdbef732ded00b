import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bitString, context, integer, oid, sequence, setOf, utf8String } from '../../src/der/writer.ts'
import { createSigner, generateKey } from '../../src/keys/keys.ts'
import { encodeBasicConstraints, encodeExtensions } from '../../src/x509/extension-encoding.ts'
import { formatGeneralName } from '../../src/x509/general-name-text.ts'
import { formatName, parseNameText } from '../../src/x509/name-text.ts'
import { REQUEST_ATTRIBUTE } from '../../src/x509/oids.ts'
import { checkRequestSignature, parseRequest } from '../../src/x509/request.ts'
import { encodeSigned } from '../../src/x509/signed.ts'
import { faultOffset } from '../der/hex.ts'
import { hasProgram, program, runWell } from '../foreign-program.ts'
import { withFiles } from '../temporary-folder.ts'

const key = generateKey('ec-p256')
const signer = createSigner(key)

const attribute = (type: string, ...values: readonly Uint8Array[]) => sequence(oid(type), setOf(...values))
const extensionsOf = (pathLenConstraint: number) =>
  encodeExtensions([
    { oid: '2.5.29.19', critical: true, value: encodeBasicConstraints({ cA: true, pathLenConstraint }) },
  ])

interface Parts {
  readonly version?: number
  readonly attributes?: readonly Uint8Array[]
  /** Written in place of the whole `[0]`. */
  readonly tagged?: Uint8Array
  readonly behindInfo?: Uint8Array
}

/** A request put together by hand, signed. */
function build({
  version = 0,
  attributes = [],
  tagged = context(0, ...attributes),
  behindInfo = new Uint8Array(),
}: Parts = {}) {
  const info = sequence(integer(version), parseNameText('CN=a'), key.publicKey.encoded, tagged, behindInfo)
  return encodeSigned(info, signer)
}

describe('parseRequest', () => {
  it('reads a request without attributes', () => {
    const request = parseRequest(build())
    expect(formatName(request.subject)).toBe('CN=a')
    expect(request).toMatchObject({ extensions: [], attributes: [], challengePassword: undefined })
    expect(checkRequestSignature(request)).toBe('valid')
  })

  it.each([
    ['PKCS #9', REQUEST_ATTRIBUTE.extensionRequest],
    ["Microsoft's", REQUEST_ATTRIBUTE.microsoftCertExtensions],
  ])('reads extensions in the attribute of %s', (_, type) => {
    const request = parseRequest(build({ attributes: [attribute(type, extensionsOf(3))] }))
    expect(request.decoded.basicConstraints).toEqual({ cA: true, pathLenConstraint: 3 })
    expect(request.extensions).toMatchObject([{ oid: '2.5.29.19', critical: true }])
    expect(request.attributes.map((one) => one.oid)).toEqual([type])
  })

  it('reads a challenge password, and keeps attributes it does not know', () => {
    const attributes = [
      attribute(REQUEST_ATTRIBUTE.challengePassword, utf8String('sesame')),
      attribute('1.2.3', utf8String('a'), utf8String('b')),
    ]
    const request = parseRequest(build({ attributes }))
    expect(request.challengePassword).toBe('sesame')
    expect(request.attributes[1]).toEqual({ oid: '1.2.3', values: [utf8String('a'), utf8String('b')] })
  })

  it('tells a malformed extension with its place in the request', () => {
    const rubbish = encodeExtensions([{ oid: '2.5.29.19', critical: false, value: Uint8Array.of(0xff) }])
    const bytes = build({ attributes: [attribute(REQUEST_ATTRIBUTE.extensionRequest, rubbish)] })
    const { malformedExtensions, decoded } = parseRequest(bytes)
    expect(decoded).toEqual({})
    expect(bytes[malformedExtensions[0]?.error.offset as number]).toBe(0xff)
  })

  it('reads what lacks the tag around no attributes, as old programs leave it', () => {
    expect(parseRequest(build({ tagged: new Uint8Array() })).attributes).toEqual([])
  })

  it.each<[string, Uint8Array]>([
    ['another version', build({ version: 1 })],
    ['something behind the attributes', build({ behindInfo: integer(1) })],
    ['an attribute without a value', build({ attributes: [attribute('1.2.3')] })],
    [
      'two values where one belongs',
      build({ attributes: [attribute(REQUEST_ATTRIBUTE.extensionRequest, extensionsOf(1), extensionsOf(2))] }),
    ],
    [
      'both attributes for extensions',
      build({
        attributes: [
          attribute(REQUEST_ATTRIBUTE.extensionRequest, extensionsOf(1)),
          attribute(REQUEST_ATTRIBUTE.microsoftCertExtensions, extensionsOf(2)),
        ],
      }),
    ],
    ['an empty list of extensions', build({ attributes: [attribute(REQUEST_ATTRIBUTE.extensionRequest, sequence())] })],
    ['a trailing octet', Uint8Array.from([...build(), 0])],
    ['a certificate', sequence(sequence(integer(1)), signer.algorithm, bitString(new Uint8Array(1)))],
    ['nothing', new Uint8Array()],
  ])('refuses %s', (_, bytes) => {
    expect(faultOffset(() => parseRequest(bytes))).toBeGreaterThanOrEqual(0)
  })
})

describe('checkRequestSignature', () => {
  it.each([
    ['the subject', 0x61],
    ['the last octet of the signature', undefined],
  ])('is invalid when %s was changed', (_, octet) => {
    const bytes = build()
    const at = octet === undefined ? bytes.length - 1 : bytes.indexOf(octet, 10)
    bytes[at] = (bytes[at] as number) ^ 1
    expect(checkRequestSignature(parseRequest(bytes))).toBe('invalid')
  })
})

describe.skipIf(!hasProgram('openssl'))('requests that openssl made', () => {
  it.each([
    ['rsa:2048', []],
    ['ec', ['-pkeyopt', 'ec_paramgen_curve:secp384r1']],
    ['ed25519', []],
    ['ed448', []],
  ])('with a key of kind %s', (kind, options) => {
    const san = 'subjectAltName=DNS:a.test,IP:10.0.0.1'
    const bytes = withFiles({}, (folder) => {
      const args = ['req', '-new', '-newkey', kind, ...options, '-nodes', '-subj', '/O=b/CN=a', '-addext', san]
      const files = ['-outform', 'DER', '-out', `${folder}/request`, '-keyout', `${folder}/key`]
      runWell(program('openssl'), [...args, ...files])
      return new Uint8Array(readFileSync(`${folder}/request`))
    })
    const request = parseRequest(bytes)
    expect(checkRequestSignature(request)).toBe('valid')
    expect(formatName(request.subject)).toBe('CN=a,O=b')
    expect(request.decoded.subjectAltName?.map(formatGeneralName)).toEqual(['dns:a.test', 'ip:10.0.0.1'].map(withCase))
  })
})

/** Prefixes of our text form in the case that `formatGeneralName` writes them. */
function withCase(text: string): string {
  return text.replace(/^dns/, 'DNS').replace(/^ip/, 'IP')
}
