import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  type Input,
  malformedCertificate,
  requireCertificates,
  requireTrustAnchors,
} from '../../src/container/input.ts'
import { readInput } from '../../src/container/read-input.ts'
import { formatPem } from '../../src/der/pem.ts'
import {
  bitString,
  context,
  element,
  integer,
  octetString,
  oid,
  sequence,
  setOf,
  time,
  utf8String,
} from '../../src/der/writer.ts'
import { PkiError } from '../../src/errors.ts'
import { encodeP7b } from '../../src/export/p7b.ts'
import { buildKeyStore } from '../../src/export/pkcs12.ts'
import { encryptPkcs8, formatPrivateKey } from '../../src/keys/key-file.ts'
import { toBer } from '../der/ber.ts'
import { intermediateCertificate, rootCertificate, testCredential } from '../export/test-credential.ts'
import { hasProgram, program, runWell } from '../foreign-program.ts'
import { leaf, root } from '../path/build-certificate.ts'
import { withFiles } from '../temporary-folder.ts'
import { errorOf, rejectionOf } from '../thrown.ts'

const random = (length: number) => new Uint8Array(randomBytes(length))
const source = 'some.file'
const credential = testCredential('ec-p256')
const { certificate, privateKey } = credential
const certificatePem = formatPem('CERTIFICATE', certificate.encoded)
const intermediatePem = formatPem('CERTIFICATE', intermediateCertificate.encoded)
const keyPem = formatPrivateKey(privateKey, { format: 'pkcs8' })
const encryptedKeyPem = formatPrivateKey(privateKey, { format: 'pkcs8', password: 'secret', random })

const text = (value: string) => new TextEncoder().encode(value)
const read = (content: string | Uint8Array, options: { password?: string; privateKeys?: 'read' | 'skip' } = {}) =>
  readInput(typeof content === 'string' ? text(content) : content, { source, ...options })

const count = (input: Input) => ({
  kind: input.kind,
  certificates: input.certificates.length,
  malformed: input.malformedCertificates.length,
  keys: input.privateKeys.length,
  requests: input.requests.length,
  crls: input.crls.length,
  publicKeys: input.publicKeys.length,
})
const nothing = { certificates: 0, malformed: 0, keys: 0, requests: 0, crls: 0, publicKeys: 0 }

const name = sequence(setOf(sequence(oid('2.5.4.3'), element(0x0c, text('x')))))
const algorithm = sequence(oid('1.2.840.10045.4.3.2'))
const signed = (...fields: Uint8Array[]) => sequence(sequence(...fields), algorithm, bitString(Uint8Array.of(1)))
const now = time(new Date('2025-01-01T00:00:00Z'))
const request = signed(integer(0), name, certificate.publicKey.encoded, context(0))
const emptyNameRequest = signed(integer(0), sequence(), certificate.publicKey.encoded, context(0))
const crl = signed(integer(1), algorithm, name, now, now)
const crlV1 = signed(algorithm, name, now)
const certificateV1 = signed(integer(5), algorithm, name, sequence(now, now), name, certificate.publicKey.encoded)

describe('recognised by content', () => {
  const cases = [
    { name: 'certificate', bytes: certificate.encoded, found: { kind: 'certificate', certificates: 1 } },
    { name: 'version 1 certificate', bytes: certificateV1, found: { kind: 'certificate', certificates: 1 } },
    { name: 'request', bytes: request, found: { kind: 'request', requests: 1 } },
    { name: 'request with an empty name', bytes: emptyNameRequest, found: { kind: 'request', requests: 1 } },
    { name: 'CRL', bytes: crl, found: { kind: 'crl', crls: 1 } },
    { name: 'version 1 CRL', bytes: crlV1, found: { kind: 'crl', crls: 1 } },
    { name: 'public key', bytes: certificate.publicKey.encoded, found: { kind: 'public-key', publicKeys: 1 } },
    { name: 'PKCS#8', bytes: privateKey.pkcs8, found: { kind: 'private-key', keys: 1 } },
    {
      name: 'encrypted PKCS#8',
      bytes: encryptPkcs8(privateKey, 'secret', random),
      found: { kind: 'private-key', keys: 1 },
    },
    {
      name: 'PKCS#7',
      bytes: encodeP7b([certificate, intermediateCertificate]),
      found: { kind: 'pkcs7', certificates: 2 },
    },
    {
      name: 'PKCS#7 in BER',
      bytes: toBer(encodeP7b([certificate, intermediateCertificate])),
      found: { kind: 'pkcs7', certificates: 2 },
    },
    { name: 'PEM certificate', bytes: text(certificatePem), found: { kind: 'pem', certificates: 1 } },
    {
      name: 'PEM with text, CRLF and several kinds',
      bytes: text(
        `subject=x\n${certificatePem}\nissuer: y\n${encryptedKeyPem}${formatPem('X509 CRL', crl)}${formatPem('NEW CERTIFICATE REQUEST', request)}`.replaceAll(
          '\n',
          '\r\n',
        ),
      ),
      found: { kind: 'pem', certificates: 1, keys: 1, crls: 1, requests: 1 },
    },
    {
      name: 'PEM PKCS#7',
      bytes: text(formatPem('PKCS7', encodeP7b([rootCertificate]))),
      found: { kind: 'pem', certificates: 1 },
    },
    {
      name: 'PKCS#7 labelled as a certificate',
      bytes: text(formatPem('CERTIFICATE', encodeP7b([rootCertificate]))),
      found: { kind: 'pem', certificates: 1 },
    },
    {
      name: 'UTF-16, as PowerShell redirects',
      bytes: new Uint8Array(Buffer.from(`\ufeff${certificatePem}`, 'utf16le')),
      found: { kind: 'pem', certificates: 1 },
    },
    {
      name: 'trusted certificate of OpenSSL',
      bytes: text(formatPem('TRUSTED CERTIFICATE', Uint8Array.of(...certificate.encoded, 0x30, 0))),
      found: { kind: 'pem', certificates: 1 },
    },
  ]
  test.each(cases)('$name', async ({ bytes, found }) => {
    expect(count(await read(bytes, { password: 'secret' }))).toEqual({ ...nothing, ...found })
  })

  test.each<[string, Uint8Array, boolean]>([
    ['an alias', sequence(utf8String('root')), true],
    ['what it is trusted for', sequence(sequence(oid('1.3.6.1.5.5.7.3.2'))), false],
    ['what it is not trusted for', sequence(context(0, oid('1.3.6.1.5.5.7.3.1'))), false],
  ])('a trusted certificate of OpenSSL with %s', async (_, settings, isAnchor) => {
    const input = await read(formatPem('TRUSTED CERTIFICATE', Uint8Array.of(...certificate.encoded, ...settings)))
    expect(requireCertificates(input)).toHaveLength(1)
    if (isAnchor) expect(requireTrustAnchors(input)).toHaveLength(1)
    else expect(() => requireTrustAnchors(input)).toThrow(expect.objectContaining({ code: 'input.unsupported' }))
  })

  test('PEM inside DER is content of that, not the file', async () => {
    const pem = text(certificatePem)
    const outer = leaf(root(), { unchecked: { extensions: [{ oid: '1.2.3.4', critical: false, value: pem }] } })
    const input = await read(outer.encoded)
    expect(input.kind).toBe('certificate')
    expect(input.certificates.map(({ encoded }) => encoded)).toEqual([outer.encoded])
  })

  test('PFX: the certificate of the key first, then those above it', async () => {
    const pfx = await buildKeyStore(credential, { password: 'secret', random, friendlyName: 'x', includeRoot: true })
    const input = await read(pfx, { password: 'secret' })
    expect(count(input)).toEqual({ ...nothing, kind: 'pkcs12', certificates: 3, keys: 1 })
    expect(input.certificates.map(({ encoded }) => encoded)).toEqual([
      certificate.encoded,
      intermediateCertificate.encoded,
      rootCertificate.encoded,
    ])
  })

  test.skipIf(!hasProgram('openssl'))('openssl crl2pkcs7', async () => {
    const bytes = withFiles({ 'a.pem': certificatePem + intermediatePem }, (folder) => {
      const files = ['-certfile', `${folder}/a.pem`, '-out', `${folder}/a.p7b`]
      runWell(program('openssl'), ['crl2pkcs7', '-nocrl', '-outform', 'DER', ...files])
      return new Uint8Array(readFileSync(`${folder}/a.p7b`))
    })
    expect(count(await read(bytes))).toEqual({ ...nothing, kind: 'pkcs7', certificates: 2 })
  })
})

describe('passwords', () => {
  test('an encrypted key needs one, unless keys are skipped', async () => {
    expect((await rejectionOf(read(certificatePem + encryptedKeyPem))).code).toBe('input.password')
    expect((await rejectionOf(read(encryptedKeyPem, { password: 'wrong' }))).code).toBe('input.password')
    expect(count(await read(certificatePem + encryptedKeyPem, { privateKeys: 'skip' })).certificates).toBe(1)
  })
  test('a PFX needs one, and no key comes out if keys are skipped', async () => {
    const pfx = await buildKeyStore(credential, { password: 'secret', random, friendlyName: 'x' })
    expect((await rejectionOf(read(pfx))).code).toBe('input.password')
    expect((await rejectionOf(read(pfx, { password: 'wrong' }))).code).toBe('input.password')
    expect(count(await read(pfx, { password: 'secret', privateKeys: 'skip' }))).toMatchObject({
      certificates: 2,
      keys: 0,
    })
  })
})

describe('malformed certificates are reported one by one', () => {
  const broken = certificate.encoded.slice()
  broken[4] = 0x31
  test('in PEM, with block and offset of the block', async () => {
    const input = await read(`text\n${intermediatePem}${formatPem('CERTIFICATE', broken)}${certificatePem}`)
    expect(input.certificates).toHaveLength(2)
    expect(input.malformedCertificates).toMatchObject([
      { place: { source, block: 2, offset: 5 + intermediatePem.length }, error: { name: 'DerError', offset: 4 } },
    ])
  })
  test('in PKCS#7', async () => {
    const bytes = encodeP7b([{ ...certificate, encoded: broken }, intermediateCertificate])
    const input = await read(bytes)
    expect([input.certificates.length, input.malformedCertificates.length]).toEqual([1, 1])
  })
  test('requireCertificates turns one into an error with file, block and offset', async () => {
    const input = await read(intermediatePem + formatPem('CERTIFICATE', broken))
    const error = errorOf(() => requireCertificates(input))
    expect(error.code).toBe('input.malformed')
    expect(error.context).toEqual({ file: source, block: 2, offset: 4, expected: 'certificate' })
    expect(input.malformedCertificates.map(malformedCertificate)).toMatchObject([{ context: error.context }])
  })
  test('requireCertificates wants one', async () => {
    const input = await read(keyPem)
    expect(errorOf(() => requireCertificates(input)).code).toBe('input.malformed')
    expect(requireCertificates(await read(certificatePem))).toHaveLength(1)
  })
})

describe('nothing to read', () => {
  const cases = [
    { name: 'empty', bytes: new Uint8Array() },
    { name: 'text', bytes: text('hello') },
    { name: 'DER of something else', bytes: sequence(octetString(new Uint8Array(3))) },
    { name: 'DER that is not a SEQUENCE', bytes: integer(1) },
    { name: 'truncated certificate', bytes: certificate.encoded.subarray(0, 100) },
    { name: 'PEM without END', bytes: text(certificatePem.slice(0, -10)) },
    { name: 'PEM with broken base64', bytes: text(certificatePem.replace('MI', 'M!')) },
    { name: 'PEM of another kind', bytes: text(formatPem('DH PARAMETERS', sequence(integer(23), integer(2)))) },
    { name: 'PKCS#7 of another type', bytes: sequence(oid('1.2.840.113549.1.7.1'), context(0, octetString(name))) },
    { name: 'nested without end', bytes: text('\x30\x80'.repeat(5000)) },
    { name: 'indefinite length without end', bytes: Uint8Array.of(0x30, 0x80, 0x30, 0x80) },
  ]
  test.each(cases)('$name', async ({ bytes }) => {
    const error = await rejectionOf(read(bytes))
    expect(error.code).toBe('input.malformed')
    expect(error.context.file).toBe(source)
    expect(error.context.expected).toEqual(expect.any(String))
  })
  test('a broken key names its block', async () => {
    const error = await rejectionOf(read(certificatePem + formatPem('PRIVATE KEY', sequence(integer(0)))))
    expect(error.context).toMatchObject({ file: source, block: 2, expected: 'a private key' })
  })
  test('a certificate in DER with a trailing octet is malformed', async () => {
    const input = await read(Uint8Array.of(...certificate.encoded, 0))
    expect(input.malformedCertificates).toMatchObject([{ error: { offset: certificate.encoded.length } }])
  })
  test('an unknown algorithm of a key is not a malformed key', async () => {
    const key = sequence(integer(0), sequence(oid('1.2.3')), octetString(new Uint8Array(3)))
    expect((await rejectionOf(read(key))).code).toBe('input.unsupported')
  })
  test('any mutation ends in a result or an error of ours', async () => {
    const seeds = [certificate.encoded, privateKey.pkcs8, encodeP7b([certificate]), crl, request]
    let state = 12345
    const next = (below: number) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0
      return (state >>> 8) % below
    }
    for (let i = 0; i < 2000; i++) {
      const bytes = (seeds[i % seeds.length] as Uint8Array).slice()
      for (let changes = 1 + next(3); changes > 0; changes--) bytes[next(bytes.length)] = next(256)
      await read(bytes).catch((error: unknown) => {
        if (!(error instanceof PkiError)) throw error
      })
    }
  })
})
