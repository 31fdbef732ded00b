import { createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { PFX_HINTS, type Pkcs12, parsePkcs12 } from '../../src/container/pkcs12.ts'
import { decryptPbe } from '../../src/container/pkcs12-pbe.ts'
import { formatPem } from '../../src/der/pem.ts'
import { contextTag, DerError, DerReader, Tag } from '../../src/der/reader.ts'
import { element, integer, nullValue, octetString, oid, sequence } from '../../src/der/writer.ts'
import { buildKeyStore } from '../../src/export/pkcs12.ts'
import { Decryption, MAX_ITERATIONS } from '../../src/keys/decryption.ts'
import { formatPrivateKey } from '../../src/keys/key-file.ts'
import { CONTENT_TYPE, PASSWORD_ENCRYPTION as P } from '../../src/x509/oids.ts'
import { toBer } from '../der/ber.ts'
import { intermediateCertificate, rootCertificate, testCredential } from '../export/test-credential.ts'
import { hasProgram, program, runWell } from '../foreign-program.ts'
import { processorTime } from '../processor-time.ts'
import { withFiles } from '../temporary-folder.ts'

const random = (length: number) => new Uint8Array(randomBytes(length))
const read = (bytes: Uint8Array, password?: string): Promise<Pkcs12> =>
  parsePkcs12(bytes, new Decryption('test.pfx', password, PFX_HINTS))

const credential = testCredential('ec-p256')
const options = { password: 'secret', random, friendlyName: 'leaf' }

/** The three elements of a PFX. */
async function parts(): Promise<{
  readonly version: Uint8Array
  readonly safe: Uint8Array
  readonly content: Uint8Array
}> {
  const fields = new DerReader(await buildKeyStore(credential, options)).sequence('')
  const version = fields.element('').encoded
  const safe = fields.element('')
  const info = safe.reader()
  info.element('type')
  const content = info.element('').reader().element('').content
  return { version, safe: safe.encoded, content }
}

describe('files of other programs', { timeout: 60_000 }, () => {
  const files = {
    'test.crt': formatPem('CERTIFICATE', credential.certificate.encoded),
    'test.key': formatPrivateKey(credential.privateKey, { format: 'pkcs8' }),
    'test.ca': formatPem('CERTIFICATE', intermediateCertificate.encoded),
  }
  const exported = (folder: string) => [
    'pkcs12',
    '-export',
    '-in',
    `${folder}/test.crt`,
    '-inkey',
    `${folder}/test.key`,
  ]
  const openssl = [
    { args: [] },
    { args: ['-legacy'] },
    { args: ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-2DES'] },
    { args: ['-legacy', '-certpbe', 'PBE-SHA1-RC2-128'] },
    { args: ['-keypbe', 'AES-128-CBC', '-certpbe', 'AES-192-CBC', '-macalg', 'sha512'] },
    { args: ['-macalg', 'sha384', '-iter', '1'] },
    { args: ['-keypbe', 'NONE', '-certpbe', 'NONE'] },
    { args: ['-nomac'] },
  ]
  test.skipIf(!hasProgram('openssl')).each(openssl)('openssl pkcs12 -export $args', async ({ args }) => {
    const bytes = withFiles(files, (folder) => {
      const more = [
        '-certfile',
        `${folder}/test.ca`,
        '-name',
        'mine',
        '-passout',
        'pass:secret',
        '-out',
        `${folder}/test.pfx`,
      ]
      runWell(program('openssl'), [...exported(folder), ...more, ...args])
      return new Uint8Array(readFileSync(`${folder}/test.pfx`))
    })
    const pfx = await read(bytes, 'secret')
    expect(pfx.certificates.map(({ encoded }) => encoded)).toEqual([
      credential.certificate.encoded,
      intermediateCertificate.encoded,
    ])
    expect(pfx.privateKeys.map(({ key, friendlyName }) => ({ key: key.publicKey.encoded, friendlyName }))).toEqual([
      { key: credential.privateKey.publicKey.encoded, friendlyName: 'mine' },
    ])
    await expect(read(bytes, 'Secret')).rejects.toMatchObject({ code: 'input.password' })
    await expect(read(bytes)).rejects.toMatchObject({ code: 'input.password' })
  })

  test.skipIf(!hasProgram('openssl'))('openssl, RC4, which is not supported', async () => {
    const bytes = withFiles(files, (folder) => {
      const more = ['-legacy', '-certpbe', 'PBE-SHA1-RC4-128', '-passout', 'pass:secret', '-out', `${folder}/test.pfx`]
      runWell(program('openssl'), [...exported(folder), ...more])
      return new Uint8Array(readFileSync(`${folder}/test.pfx`))
    })
    await expect(read(bytes, 'secret')).rejects.toMatchObject({ code: 'input.unsupported' })
  })

  const java = [{ flags: [] }, { flags: ['-J-Dkeystore.pkcs12.legacy'] }]
  test.skipIf(!hasProgram('keytool')).each(java)('keytool $flags', async ({ flags }) => {
    const bytes = withFiles({ 'test.crt': rootCertificate.encoded }, (folder) => {
      const store = ['-keystore', `${folder}/java.p12`, '-storetype', 'PKCS12', '-storepass', 'changeit', ...flags]
      const pair = ['-genkeypair', '-alias', 'pair', '-keyalg', 'EC', '-groupname', 'secp256r1', '-dname', 'CN=java']
      const trust = ['-importcert', '-noprompt', '-alias', 'Trusted', '-file', `${folder}/test.crt`]
      for (const args of [pair, trust]) runWell(program('keytool'), [...args, ...store])
      return new Uint8Array(readFileSync(`${folder}/java.p12`))
    })
    const pfx = await read(bytes, 'changeit')
    expect(pfx.privateKeys.map(({ friendlyName }) => friendlyName)).toEqual(['pair'])
    const trusted = pfx.certificates.find(({ trustedKeyUsage }) => trustedKeyUsage !== undefined)
    expect(trusted).toMatchObject({ friendlyName: 'Trusted', trustedKeyUsage: ['2.5.29.37.0'] })
    expect(trusted?.encoded).toEqual(rootCertificate.encoded)
    await expect(read(bytes, 'wrong')).rejects.toMatchObject({ code: 'input.password' })
  })

  test.skipIf(!hasProgram('certtool'))('certtool', async () => {
    const bytes = withFiles(files, (folder) => {
      const input = ['--load-certificate', `${folder}/test.crt`, '--load-privkey', `${folder}/test.key`]
      const output = ['--p12-name', 'mine', '--password', 'secret', '--outder', '--outfile', `${folder}/test.pfx`]
      runWell(program('certtool'), ['--to-p12', ...input, ...output])
      return new Uint8Array(readFileSync(`${folder}/test.pfx`))
    })
    const pfx = await read(bytes, 'secret')
    expect([pfx.certificates.length, pfx.privateKeys.length]).toEqual([1, 1])
  })
})

describe('BER', () => {
  test('indefinite lengths and segments, as Windows and old Java write them', async () => {
    const der = await buildKeyStore(credential, options)
    const pfx = await read(toBer(der), 'secret')
    expect(pfx).toEqual(await read(der, 'secret'))
  })
  test('encrypted octets in segments under the implicit tag', async () => {
    const { version, content } = await parts()
    const safes = new DerReader(content).sequence('')
    const encrypted = safes.element('').reader()
    const type = encrypted.element('').encoded
    const data = encrypted.element('').reader().sequence('')
    const dataVersion = data.element('').encoded
    const info = data.sequence('')
    const [kind, algorithm, octets] = [info.element(''), info.element(''), info.element('')]
    const halves = [octets.content.subarray(0, 64), octets.content.subarray(64)].map(octetString)
    const segmented = sequence(kind.encoded, algorithm.encoded, element(contextTag(0, true), ...halves))
    const rebuilt = sequence(type, element(contextTag(0, true), sequence(dataVersion, segmented)))
    const bytes = sequence(version, contentInfo(sequence(rebuilt, safes.element('').encoded)))
    expect((await read(bytes, 'secret')).certificates).toHaveLength(2)
  })
})

function contentInfo(content: Uint8Array, type: string = CONTENT_TYPE.data): Uint8Array {
  return sequence(oid(type), element(contextTag(0, true), octetString(content)))
}

describe('the MAC', () => {
  test('PBMAC1 (RFC 9579)', async () => {
    const { version, safe, content } = await parts()
    const make = (keyLength: number | undefined, iterations = 2048) => {
      const salt = random(8)
      const key = pbkdf2Sync('secret', salt, iterations, keyLength ?? 32, 'sha256')
      const length = keyLength === undefined ? [] : [integer(keyLength)]
      const prf = sequence(oid(P.hmacWithSHA256), nullValue())
      const derivation = sequence(oid(P.pbkdf2), sequence(octetString(salt), integer(iterations), ...length, prf))
      const scheme = sequence(oid(P.hmacWithSHA512), nullValue())
      const algorithm = sequence(oid(P.pbmac1), sequence(derivation, scheme))
      const value = octetString(createHmac('sha512', key).update(content).digest())
      // The salt and count outside are not used, and the standard says to write something there.
      const unused = [octetString(new TextEncoder().encode('NOT USED')), integer(1)]
      return sequence(version, safe, sequence(sequence(algorithm, value), ...unused))
    }
    const pfx = await read(make(32), 'secret')
    expect(pfx.mac).toMatchObject({ scheme: 'pbmac1', digest: 'sha512' })
    expect(pfx.privateKeys).toHaveLength(1)
    await expect(read(make(32), 'Secret')).rejects.toMatchObject({ code: 'input.password' })
    await expect(read(make(20), 'secret')).resolves.toBeDefined()
    // "It is RECOMMENDED to reject any KDF parameters that specify key lengths less than 20 octets" (§9).
    await expect(read(make(19), 'secret')).rejects.toBeInstanceOf(DerError)
    await expect(read(make(undefined), 'secret')).rejects.toBeInstanceOf(DerError)
  })
  test('PBMAC1 pays its iterations for every block of its key', async () => {
    const { version, safe } = await parts()
    const prf = sequence(oid(P.hmacWithSHA1), nullValue())
    const counts = [integer(MAX_ITERATIONS), integer(1024)]
    const derivation = sequence(oid(P.pbkdf2), sequence(octetString(random(8)), ...counts, prf))
    const algorithm = sequence(oid(P.pbmac1), sequence(derivation, prf))
    const mac = sequence(sequence(algorithm, octetString(random(20))), octetString(random(8)), integer(1))
    const spent = processorTime()
    await expect(read(sequence(version, safe, mac), 'x')).rejects.toMatchObject({ code: 'input.unsupported' })
    expect(spent()).toBeLessThan(2000)
  })
  test('no iterations', async () => {
    const { version, safe } = await parts()
    const algorithm = sequence(oid('1.3.14.3.2.26'), nullValue())
    const mac = sequence(sequence(algorithm, octetString(random(20))), octetString(random(8)), integer(0))
    await expect(read(sequence(version, safe, mac), 'secret')).rejects.toMatchObject({ code: 'input.unsupported' })
  })
  test('an unknown digest', async () => {
    const { version, safe } = await parts()
    const mac = sequence(sequence(sequence(oid('1.2.3')), octetString(random(20))), octetString(random(8)))
    await expect(read(sequence(version, safe, mac), 'secret')).rejects.toMatchObject({ code: 'input.unsupported' })
  })
  test('without a MAC', async () => {
    const { version, safe } = await parts()
    const bytes = sequence(version, safe)
    expect((await read(bytes, 'secret')).mac).toBeUndefined()
    await expect(read(bytes, 'Secret')).rejects.toMatchObject({ code: 'input.password' })
    await expect(read(bytes)).rejects.toMatchObject({ code: 'input.password' })
  })
})

describe('refused', () => {
  test('a signed PFX', async () => {
    const bytes = sequence(integer(3), contentInfo(sequence(), CONTENT_TYPE.signedData))
    await expect(read(bytes, 'x')).rejects.toMatchObject({ code: 'input.unsupported' })
  })
  test('a safe for a public key', async () => {
    const bytes = sequence(integer(3), contentInfo(sequence(contentInfo(sequence(), CONTENT_TYPE.envelopedData))))
    await expect(read(bytes, 'x')).rejects.toMatchObject({ code: 'input.unsupported' })
  })
  test('another version', async () => {
    const { safe } = await parts()
    await expect(read(sequence(integer(2), safe), 'secret')).rejects.toBeInstanceOf(DerError)
  })
  test('safes within safes without end', async () => {
    let bag = sequence()
    for (let i = 0; i < 60; i++) {
      bag = sequence(sequence(oid('1.2.840.113549.1.12.10.1.6'), element(contextTag(0, true), bag)))
    }
    const bytes = sequence(integer(3), contentInfo(sequence(contentInfo(bag))))
    await expect(read(bytes, 'x')).rejects.toBeInstanceOf(DerError)
  })
  test.each([0, 1_000_000, 2n ** 70n])('old encryption with %s iterations', (iterations) => {
    const parameters = sequence(octetString(random(8)), integer(iterations))
    const algorithm = { oid: P['pbeWithSHAAnd40BitRC2-CBC'], parameters, encoded: parameters }
    const decryption = new Decryption('test.pfx', 'x', PFX_HINTS)
    const spent = processorTime()
    const run = () => decryptPbe(algorithm, random(64), 'x', decryption, 'test')
    expect(run).toThrow(expect.objectContaining({ code: 'input.unsupported' }))
    expect(spent()).toBeLessThan(500)
  })
})

test('the tag of data is checked', async () => {
  const { version, content } = await parts()
  const wrong = sequence(oid(CONTENT_TYPE.data), element(contextTag(0, true), element(Tag.utf8String, content)))
  await expect(read(sequence(version, wrong), 'secret')).rejects.toBeInstanceOf(DerError)
})
