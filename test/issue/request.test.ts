import { describe, expect, it } from 'vitest'
import { extensionsFromProfile } from '../../src/issue/extensions-from-profile.ts'
import { makeRequest } from '../../src/issue/request.ts'
import { generateKey, KEY_ALGORITHM_NAMES } from '../../src/keys/keys.ts'
import { BUILT_IN_PROFILES } from '../../src/profile/built-in.ts'
import type { CertificateProfile } from '../../src/profile/profile.ts'
import type { ExtensionToWrite } from '../../src/x509/extension-encoding.ts'
import { parseGeneralNameText } from '../../src/x509/general-name-text.ts'
import { parseName } from '../../src/x509/name.ts'
import { formatName, parseNameText } from '../../src/x509/name-text.ts'
import { oidName } from '../../src/x509/oids.ts'
import { checkRequestSignature } from '../../src/x509/request.ts'
import { toHex } from '../der/hex.ts'
import { hasProgram, program, run } from '../foreign-program.ts'
import { expectSecondOpinion } from '../interop/second-opinion.ts'

const subject = parseName(parseNameText('CN=zürich,O=b'))
const p256 = generateKey('ec-p256')

const SLOW = /3072|4096/
const SCHEMES: Readonly<Record<string, string>> = {
  'ec-p256': 'ecdsa-with-SHA256',
  'ec-p384': 'ecdsa-with-SHA384',
  'ec-p521': 'ecdsa-with-SHA512',
  'ec-secp256k1': 'ecdsa-with-SHA256',
  'ec-brainpool-p256r1': 'ecdsa-with-SHA256',
  'ec-brainpool-p384r1': 'ecdsa-with-SHA384',
  'ec-brainpool-p512r1': 'ecdsa-with-SHA512',
  'rsa-2048': 'sha256WithRSAEncryption',
  'rsa-pss-2048': 'rsassaPss',
  ed25519: 'ed25519',
  ed448: 'ed448',
}

describe('a request can be made with every kind of key', () => {
  it.each(KEY_ALGORITHM_NAMES.filter((name) => !SLOW.test(name)))('%s', async (name) => {
    const request = await makeRequest({
      subject,
      key: generateKey(name),
      scheme: { pss: name.startsWith('rsa-pss') || undefined },
    })
    expect(oidName(request.signatureAlgorithm.oid)).toBe(SCHEMES[name])
    expect(checkRequestSignature(request)).toBe('valid')
    expect(formatName(request.subject)).toBe('CN=zürich,O=b')
    await expectSecondOpinion(request.encoded, 'request')
    if (hasProgram('openssl')) {
      const result = run(program('openssl'), ['req', '-verify', '-noout', '-inform', 'DER'], { input: request.encoded })
      expect(result).toMatchObject({ status: 0 })
    }
  })
})

it('holds the extensions of a profile, as they are', async () => {
  const extensions = extensionsFromProfile(
    { ...(BUILT_IN_PROFILES.server as CertificateProfile), subjectKeyIdentifier: 'none' },
    {
      subject,
      names: [parseGeneralNameText('dns:a.test')],
      publicKey: p256.publicKey,
      issuer: undefined,
      pointerName: '',
    },
  )
  const request = await makeRequest({ subject, key: p256, extensions })
  const shape = ({ oid, critical, value }: ExtensionToWrite) => `${oid} ${critical} ${toHex(value)}`
  expect(request.extensions.map(shape)).toEqual(extensions.map(shape))
})

it('holds a challenge password', async () => {
  expect((await makeRequest({ subject, key: p256, challengePassword: 'sesame' })).challengePassword).toBe('sesame')
})

it('an empty subject stays empty', async () => {
  expect((await makeRequest({ subject: parseName(parseNameText('')), key: p256 })).subject.isEmpty).toBe(true)
})

it.each(['md5', 'sha224'] as const)('refuses %s, which WebCrypto has not', async (digest) => {
  const key = digest === 'md5' ? generateKey('rsa-2048') : p256
  await expect(makeRequest({ subject, key, scheme: { digest } })).rejects.toMatchObject({ code: 'usage.algorithm' })
})
