import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import forge from 'node-forge'
import { describe, expect, test } from 'vitest'
import { PFX_HINTS, type Pkcs12, parsePkcs12 } from '../../src/container/pkcs12.ts'
import { derivePkcs12Key, pkcs12Password } from '../../src/container/pkcs12-kdf.ts'
import { type DerElement, DerError, DerReader, Tag } from '../../src/der/reader.ts'
import { oidFromElement } from '../../src/der/values.ts'
import { element, integer } from '../../src/der/writer.ts'
import { PkiError } from '../../src/errors.ts'
import {
  PFX_CONSUMERS,
  PFX_PROFILES,
  type PfxProfileName,
  profileForConsumer,
  requirePfxProfile,
} from '../../src/export/pfx-profile.ts'
import { buildKeyStore, buildTrustStore } from '../../src/export/pkcs12.ts'
import { Decryption, MAX_ITERATIONS } from '../../src/keys/decryption.ts'
import { PASSWORD_ENCRYPTION as P } from '../../src/x509/oids.ts'
import { hasProgram, program, run } from '../foreign-program.ts'
import { processorTime } from '../processor-time.ts'
import { withFiles } from '../temporary-folder.ts'
import { EXPORTED_ALGORITHMS, intermediateCertificate, rootCertificate, testCredential } from './test-credential.ts'

const random = (length: number) => new Uint8Array(randomBytes(length))
const PROFILES = Object.keys(PFX_PROFILES) as PfxProfileName[]
const friendlyName = 'Grüße 😀'

const build = (
  algorithm: (typeof EXPORTED_ALGORITHMS)[number],
  profile: PfxProfileName,
  password: string | undefined = 'changeit',
) => buildKeyStore(testCredential(algorithm), { password, profile, random, friendlyName })

const read = (bytes: Uint8Array, password?: string): Promise<Pkcs12> =>
  parsePkcs12(bytes, new Decryption('test.pfx', password, PFX_HINTS))

const cases = EXPORTED_ALGORITHMS.flatMap((algorithm) => PROFILES.map((profile) => ({ algorithm, profile })))

describe('what is written', () => {
  test.each(cases)('$algorithm, $profile: read back', async ({ algorithm, profile }) => {
    const { certificate, privateKey } = testCredential(algorithm)
    const pfx = await read(await build(algorithm, profile), 'changeit')
    expect(pfx.certificates.map(({ encoded }) => encoded)).toEqual([
      certificate.encoded,
      intermediateCertificate.encoded,
    ])
    expect(pfx.privateKeys.map(({ key }) => key)).toEqual([privateKey])
    expect(pfx.certificates.map((entry) => entry.friendlyName)).toEqual([friendlyName, undefined])
    expect(pfx.privateKeys[0]?.friendlyName).toBe(friendlyName)
    expect(pfx.privateKeys[0]?.localKeyId).toEqual(pfx.certificates[0]?.localKeyId)
    expect(pfx.privateKeys[0]?.localKeyId).toHaveLength(20)
  })

  const encryption: Record<PfxProfileName, readonly string[]> = {
    modern: ['pbes2', 'pbes2'],
    legacy: ['pbeWithSHAAnd3-KeyTripleDES-CBC', 'pbeWithSHAAnd3-KeyTripleDES-CBC'],
    'legacy-rc2': ['pbeWithSHAAnd40BitRC2-CBC', 'pbeWithSHAAnd3-KeyTripleDES-CBC'],
  }
  test.each(PROFILES)('%s: algorithms, iterations and salts', async (profile) => {
    const pfx = await read(await build('ec-p256', profile), 'changeit')
    expect(pfx.encryption).toEqual(encryption[profile])
    const digest = profile === 'modern' ? 'sha256' : 'sha1'
    expect(pfx.mac).toEqual({ scheme: 'hmac', digest, iterations: 2048, saltLength: 8 })
  })

  test('modern is AES-256-CBC under PBKDF2 with HMAC-SHA-256, 2048 rounds, 8 octets of salt, for both parts', async () => {
    const found = facts(await build('ec-p256', 'modern'))
    expect(found.filter((fact) => !fact.startsWith('octets 16'))).toEqual(
      expect.arrayContaining([P.pbes2, P.pbkdf2, 'octets 8', 'integer 2048', P.hmacWithSHA256, P['aes256-CBC']]),
    )
    for (const fact of [P.pbes2, P['aes256-CBC'], P.hmacWithSHA256]) {
      expect(found.filter((other) => other === fact)).toHaveLength(1)
    }
  })

  test('the root goes in only if it is wanted', async () => {
    const options = { password: 'x', random, friendlyName, includeRoot: true }
    const pfx = await read(await buildKeyStore(testCredential('ec-p256'), options), 'x')
    expect(pfx.certificates.at(-1)?.encoded).toEqual(rootCertificate.encoded)
  })

  test('the same randomness gives the same bytes', async () => {
    const fixed = (length: number) => new Uint8Array(length).fill(5)
    const options = { password: 'x', random: fixed, friendlyName }
    const write = () => buildKeyStore(testCredential('ed25519'), options)
    expect(await write()).toEqual(await write())
  })

  test('a key of another certificate is refused, and so is none', async () => {
    const { certificate, chain } = testCredential('ec-p256')
    const options = { password: 'x', random, friendlyName }
    const foreign = { certificate, chain, privateKey: testCredential('ed25519').privateKey }
    await expect(buildKeyStore(foreign, options)).rejects.toMatchObject({ code: 'input.mismatch' })
    await expect(buildKeyStore({ certificate, chain, privateKey: undefined }, options)).rejects.toMatchObject({
      code: 'refused.key',
    })
  })
})

/** Identifiers, counts and lengths of octets in the encrypted safe of a PFX: its algorithm is the first thing there. */
function facts(pfx: Uint8Array): string[] {
  const safe = new DerReader(pfx).sequence('')
  safe.element('version')
  const authSafe = safe.sequence('').bytes
  const found: string[] = []
  const at = Buffer.from(authSafe).indexOf(Buffer.from('2a864886f70d01050d', 'hex')) - 4
  const walk = (reader: DerReader): void => {
    while (!reader.atEnd) visit(reader.element(''))
  }
  const visit = (e: DerElement): void => {
    if (e.tag === Tag.oid) found.push(oidFromElement(e, ''))
    else if (e.tag === Tag.octetString) found.push(`octets ${e.content.length}`)
    else if (e.tag === Tag.integer) found.push(`integer ${Buffer.from(e.content).readUIntBE(0, e.content.length)}`)
    else if (e.tag === Tag.sequence) walk(e.reader())
  }
  visit(new DerReader(pfx, at).element(''))
  return found
}

describe('passwords', () => {
  const passwords = ['', undefined, 'pÄss 😀', 'a'.repeat(200)]
  const table = PROFILES.flatMap((profile) => passwords.map((password) => ({ profile, password })))
  test.each(table)('$profile with $password', async ({ profile, password }) => {
    const bytes = await buildKeyStore(testCredential('ec-p256'), { password, profile, random, friendlyName })
    expect((await read(bytes, password)).privateKeys).toHaveLength(1)
    await expect(read(bytes, 'another')).rejects.toMatchObject({ code: 'input.password' })
  })
  test('an empty password and none open each other, as programs disagree on which is which', async () => {
    const empty = await buildKeyStore(testCredential('ec-p256'), { password: '', random, friendlyName })
    const none = await buildKeyStore(testCredential('ec-p256'), { password: undefined, random, friendlyName })
    expect(empty).not.toEqual(none)
    for (const bytes of [empty, none]) for (const password of ['', undefined]) await read(bytes, password)
  })
  test('a file with a password does not open without', async () => {
    const bytes = await build('ec-p256', 'modern')
    await expect(read(bytes)).rejects.toMatchObject({ code: 'input.password' })
    await expect(read(bytes, '')).rejects.toMatchObject({ code: 'input.password' })
  })
})

describe('key derivation', () => {
  const lengths = [1, 20, 24, 64, 100]
  test.each(lengths)('%i octets as node-forge derives them', (length) => {
    for (const password of ['', 'smeg', 'ß', undefined]) {
      for (const id of [1, 2, 3] as const) {
        const salt = random(8)
        const forged = forgePbe().generatePkcs12Key(password, binary(salt), id, 3, length)
        const ours = derivePkcs12Key('sha1', pkcs12Password(password), salt, id, 3, length)
        expect(Buffer.from(ours).toString('hex')).toBe(forged.toHex())
      }
    }
  })
})

const binary = (bytes: Uint8Array) => forge.util.createBuffer(Buffer.from(bytes).toString('latin1'))

function forgePbe() {
  type Derive = (
    p: string | undefined,
    s: forge.util.ByteBuffer,
    id: number,
    i: number,
    n: number,
  ) => forge.util.ByteBuffer
  return (forge as unknown as { readonly pbe: { readonly generatePkcs12Key: Derive } }).pbe
}

// Foreign programs take their time, Java most of all.
describe('other readers', { timeout: 60_000 }, () => {
  const openable = cases.filter(({ profile }) => profile !== 'legacy-rc2')
  test.each(openable)('node:tls takes $algorithm, $profile', async ({ algorithm, profile }) => {
    const pfx = Buffer.from(await build(algorithm, profile))
    expect(() => createSecureContext({ pfx, passphrase: 'changeit' })).not.toThrow()
    expect(() => createSecureContext({ pfx, passphrase: 'wrong' })).toThrow()
  })

  test.each(PROFILES)('node-forge reads an RSA PFX, %s', async (profile) => {
    const { certificate, privateKey } = testCredential('rsa-2048')
    const asn1 = forge.asn1.fromDer(binary(await build('rsa-2048', profile)))
    const pfx = forge.pkcs12.pkcs12FromAsn1(asn1, 'changeit')
    const oids = forge.pki.oids as Record<string, string>
    const [keyBag] =
      pfx.getBags({ bagType: oids.pkcs8ShroudedKeyBag as string })[oids.pkcs8ShroudedKeyBag as string] ?? []
    const pem = forge.pki.privateKeyToPem(keyBag?.key as forge.pki.PrivateKey)
    const ours = createPrivateKey({ key: Buffer.from(privateKey.pkcs8), format: 'der', type: 'pkcs8' })
    expect(createPrivateKey(pem).equals(ours)).toBe(true)
    const certBags = pfx.getBags({ localKeyIdHex: localKeyIdOf(certificate.encoded) }).localKeyId
    expect(certBags).toHaveLength(2)
  })

  const folderOf = async (bytes: Promise<Uint8Array>) => ({ 'test.pfx': await bytes })
  const openssl = ['pkcs12', '-in', 'test.pfx', '-passin', 'pass:changeit', '-nodes']
  test.skipIf(!hasProgram('openssl')).each(openable)(
    'openssl pkcs12: $algorithm, $profile',
    async ({ algorithm, profile }) => {
      withFiles(await folderOf(build(algorithm, profile)), (folder) => {
        const { status, stdout } = run(program('openssl'), inFolder(folder, openssl))
        expect(status).toBe(0)
        expect(stdout.match(/BEGIN CERTIFICATE/g)).toHaveLength(2)
        const key = createPrivateKey(stdout.slice(stdout.indexOf('-----BEGIN PRIVATE KEY')))
        expect(new X509Certificate(stdout).checkPrivateKey(key)).toBe(true)
      })
    },
  )
  test.skipIf(!hasProgram('openssl')).each(['legacy-rc2'] as const)(
    'openssl pkcs12: %s needs -legacy',
    async (profile) => {
      withFiles(await folderOf(build('ec-p256', profile)), (folder) => {
        expect(run(program('openssl'), inFolder(folder, openssl)).status).not.toBe(0)
        expect(run(program('openssl'), inFolder(folder, [...openssl, '-legacy'])).status).toBe(0)
      })
    },
  )
  test.skipIf(!hasProgram('certtool')).each(openable)(
    'certtool: $algorithm, $profile',
    async ({ algorithm, profile }) => {
      // GnuTLS knows neither secp256k1 nor brainpool, and says so only when it reads the key.
      const isKnown = !/secp256k1|brainpool/.test(algorithm)
      withFiles(await folderOf(build(algorithm, profile)), (folder) => {
        const args = inFolder(folder, ['--p12-info', '--inder', '--password', 'changeit', '--infile', 'test.pfx'])
        const { status, output } = run(program('certtool'), args)
        expect(output).toContain('MAC')
        if (isKnown) expect([status, output.match(/BEGIN CERTIFICATE/g)?.length]).toEqual([0, 2])
      })
    },
  )
  test.skipIf(!hasProgram('keytool')).each(PROFILES)('keytool -list: %s', async (profile) => {
    withFiles(await folderOf(build('ec-p256', profile)), (folder) => {
      const args = inFolder(folder, ['-list', '-v', '-keystore', 'test.pfx', '-storepass', 'changeit'])
      const { status, output } = run(program('keytool'), args)
      expect(status, output).toBe(0)
      expect(output).toContain('Entry type: PrivateKeyEntry')
      expect(output).toContain('Certificate chain length: 2')
    })
  })
  test.skipIf(!hasProgram('pk12util')).each(cases.filter(({ algorithm }) => /^(ec-p|rsa|ed25519)/.test(algorithm)))(
    'pk12util -l: $algorithm, $profile',
    async ({ algorithm, profile }) => {
      withFiles(await folderOf(build(algorithm, profile)), (folder) => {
        const { status, output } = run(program('pk12util'), inFolder(folder, ['-l', 'test.pfx', '-W', 'changeit']))
        expect(status, output).toBe(0)
        expect(output).toContain('Test Intermediate')
      })
    },
  )
})

/** Arguments with the file names in them made paths. */
function inFolder(folder: string, args: readonly string[]): string[] {
  return args.map((arg) => (arg.startsWith('test.') ? `${folder}/${arg}` : arg))
}

function localKeyIdOf(certificate: Uint8Array): string {
  return forge.md.sha1.create().update(Buffer.from(certificate).toString('latin1')).digest().toHex()
}

describe('trust stores', { timeout: 60_000 }, () => {
  const trusted = [
    { certificate: rootCertificate, alias: 'Root' },
    { certificate: intermediateCertificate, alias: 'Other' },
  ]
  test.each(PROFILES)('%s: certificates with lower-case alias and the mark of trust', async (profile) => {
    const pfx = await read(await buildTrustStore(trusted, { password: 'changeit', profile, random }), 'changeit')
    expect(pfx.privateKeys).toEqual([])
    expect(pfx.certificates.map(({ friendlyName: name, trustedKeyUsage }) => ({ name, trustedKeyUsage }))).toEqual([
      { name: 'root', trustedKeyUsage: ['2.5.29.37.0'] },
      { name: 'other', trustedKeyUsage: ['2.5.29.37.0'] },
    ])
  })
  test.skipIf(!hasProgram('keytool')).each(PROFILES)('keytool sees trusted certificates: %s', async (profile) => {
    const bytes = await buildTrustStore(trusted, { password: 'changeit', profile, random })
    withFiles({ 'test.p12': bytes }, (folder) => {
      const args = inFolder(folder, ['-list', '-keystore', 'test.p12', '-storepass', 'changeit'])
      expect(run(program('keytool'), args).output.match(/trustedCertEntry/g)).toHaveLength(2)
    })
  })
})

describe('bad files', () => {
  test('every truncation is an error of ours', async () => {
    const bytes = await build('ed25519', 'modern')
    for (let length = 0; length < bytes.length; length += 13) {
      const error: unknown = await read(bytes.subarray(0, length), 'changeit').catch((reason: unknown) => reason)
      const said = error instanceof PkiError ? error.code : (error as Error).name
      expect(['DerError', 'input.password', 'input.unsupported']).toContain(said)
    }
  })
  test('trailing octets', async () => {
    const bytes = Uint8Array.of(...(await build('ed25519', 'modern')), 0)
    await expect(read(bytes, 'changeit')).rejects.toBeInstanceOf(DerError)
  })
  test('any changed octet of the safes breaks the MAC', async () => {
    const bytes = await build('ed25519', 'modern')
    bytes[200] = (bytes[200] as number) ^ 1
    await expect(read(bytes, 'changeit')).rejects.toMatchObject({ code: 'input.password' })
  })
  test.each(PROFILES)('hostile iteration counts end at once: %s', async (profile) => {
    const options = { password: 'x', random, friendlyName, profile, iterations: 3 }
    const bytes = await buildKeyStore(testCredential('ed25519'), options)
    const hostile = withMacIterations(bytes, MAX_ITERATIONS)
    const spent = processorTime()
    await expect(read(hostile, 'x')).rejects.toMatchObject({ code: 'input.unsupported' })
    expect(spent()).toBeLessThan(1000)
  })
})

/** The file with another count in its MacData, which stands last. */
function withMacIterations(pfx: Uint8Array, count: number): Uint8Array {
  const fields = new DerReader(pfx).sequence('')
  const [version, authSafe] = [fields.element(''), fields.element('')]
  const mac = fields.element('').reader()
  const [digest, salt] = [mac.element(''), mac.element('')]
  const encoded = element(Tag.sequence, digest.encoded, salt.encoded, integer(count))
  return element(Tag.sequence, version.encoded, authSafe.encoded, encoded)
}

describe('profiles by name', () => {
  test('consumers', () => {
    expect(Object.fromEntries(Object.keys(PFX_CONSUMERS).map((name) => [name, profileForConsumer(name)]))).toEqual({
      'windows-2016': 'legacy',
      macos: 'legacy',
      java8: 'legacy',
      dotnet: 'modern',
      openssl3: 'modern',
    })
  })
  test('unknown names', () => {
    expect(() => requirePfxProfile('strong')).toThrow(expect.objectContaining({ code: 'usage.option' }))
    expect(() => profileForConsumer('toString')).toThrow(expect.objectContaining({ code: 'usage.option' }))
    expect(requirePfxProfile('Legacy-RC2')).toBe('legacy-rc2')
  })
})
