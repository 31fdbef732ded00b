import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { issueFromRequest } from '../../src/issue/from-request.ts'
import { makeRequest } from '../../src/issue/request.ts'
import { generateKey, type PrivateKey } from '../../src/keys/keys.ts'
import { BUILT_IN_PROFILES } from '../../src/profile/built-in.ts'
import { overrideProfile, type ProfileOverrides } from '../../src/profile/override.ts'
import type { CertificateProfile } from '../../src/profile/profile.ts'
import { type ExtensionToWrite, encodeExtKeyUsage, encodeKeyUsage } from '../../src/x509/extension-encoding.ts'
import { parseTextExtension } from '../../src/x509/extension-text.ts'
import { formatGeneralName, parseGeneralNameText } from '../../src/x509/general-name-text.ts'
import { parseName } from '../../src/x509/name.ts'
import { formatName, parseNameText } from '../../src/x509/name-text.ts'
import { KEY_PURPOSE, oidName } from '../../src/x509/oids.ts'
import { type CertificationRequest, parseRequest } from '../../src/x509/request.ts'
import { toHex } from '../der/hex.ts'
import { issue, NOW } from './authority.ts'

const root = issue({ profile: 'root', name: 'root' })
const key = generateKey('ec-p256')

const usage = (...usages: Parameters<typeof encodeKeyUsage>[0]): ExtensionToWrite => ({
  oid: '2.5.29.15',
  critical: true,
  value: encodeKeyUsage(usages),
})
const purposes = (...oids: string[]): ExtensionToWrite => ({
  oid: '2.5.29.37',
  critical: false,
  value: encodeExtKeyUsage(oids),
})

async function wish(extensions: readonly (string | ExtensionToWrite)[], subject = 'CN=them,O=b', of: PrivateKey = key) {
  return makeRequest({
    subject: parseName(parseNameText(subject)),
    key: of,
    extensions: extensions.map((one) => (typeof one === 'string' ? parseTextExtension(one) : one)),
  })
}

function sign(
  certificationRequest: CertificationRequest,
  profile: string,
  overrides: ProfileOverrides = {},
  more: object = {},
) {
  return issueFromRequest({
    certificationRequest,
    profile: overrideProfile(BUILT_IN_PROFILES[profile] as CertificateProfile, overrides),
    name: 'us',
    issuer: { name: 'root', credential: root },
    now: NOW,
    random: randomBytes,
    ...more,
  })
}

function granted({ certificate: { subject, decoded }, dropped }: ReturnType<typeof sign>) {
  return {
    subject: formatName(subject),
    names: decoded.subjectAltName?.map(formatGeneralName).join(' '),
    usage: decoded.keyUsage?.join(' '),
    purposes: decoded.extKeyUsage?.map((purpose) => oidName(purpose)).join(' '),
    dropped: dropped.map(({ what, value }) => (value === undefined ? what : `${what} ${value}`)),
  }
}

describe('what is granted, and what is dropped', () => {
  it.each<[string, string, readonly (string | ExtensionToWrite)[], Partial<ReturnType<typeof granted>>]>([
    [
      'nothing but a subject',
      'client',
      [],
      { subject: 'CN=them,O=b', names: undefined, purposes: 'clientAuth', dropped: [] },
    ],
    [
      'names of kinds that the profile allows',
      'server',
      ['2.5.29.17={text}DNS=a.test&Email=a@a.test&IPAddress=10.0.0.1&UPN=a@a.test'],
      { names: 'DNS:a.test IP:10.0.0.1', dropped: ['subjectAltName email:a@a.test', 'subjectAltName UPN:a@a.test'] },
    ],
    [
      'no names at all, and the default stands in',
      'server',
      ['2.5.29.17={text}Email=a@a.test'],
      { names: 'DNS:us', dropped: ['subjectAltName email:a@a.test'] },
    ],
    [
      'fewer purposes',
      'server-client',
      [purposes(KEY_PURPOSE.clientAuth, KEY_PURPOSE.codeSigning)],
      { purposes: 'clientAuth', dropped: ['extKeyUsage codeSigning'] },
    ],
    [
      'none of the purposes',
      'client',
      [purposes(KEY_PURPOSE.serverAuth)],
      { purposes: 'clientAuth', dropped: ['extKeyUsage serverAuth'] },
    ],
    [
      'usages of an authority',
      'client',
      [usage('digitalSignature', 'keyCertSign'), '2.5.29.19={critical}{text}CA=1'],
      { usage: 'digitalSignature', dropped: ['keyUsage keyCertSign', 'basicConstraints'] },
    ],
    [
      'exactly what the profile gives',
      'client',
      [usage('digitalSignature'), purposes(KEY_PURPOSE.clientAuth)],
      { dropped: [] },
    ],
    ['an extension nobody knows', 'client', ['1.2.3={hex}0500'], { dropped: ['1.2.3'] }],
    ['a malformed one', 'client', ['2.5.29.17={hex}ff'], { dropped: ['subjectAltName malformed'] }],
    ['an own subject where the profile insists on its', 'intermediate', [], { subject: 'CN=them,O=b' }],
  ])('%s', async (_, profile, extensions, expected) => {
    expect(granted(sign(await wish(extensions), profile))).toMatchObject(expected)
  })

  it('an extension that the rules name is copied as it stands, criticality and all', async () => {
    const request = await wish(['1.2.3={critical}{hex}0500', '2.5.29.19={text}CA=1'])
    const result = sign(request, 'client', { request: { extensions: ['1.2.3', 'basicConstraints'] } })
    const copied = result.certificate.extensions.find(({ oid }) => oid === '1.2.3')
    expect([copied?.critical, toHex(copied?.value ?? new Uint8Array())]).toEqual([true, '0500'])
    // A rule cannot make an authority out of a request.
    expect(result.certificate.decoded.basicConstraints).toBeUndefined()
    expect(result.dropped).toEqual([{ what: 'subject', value: 'CN=them,O=b' }, { what: 'basicConstraints' }])
  })

  it('without rules only the key is taken', async () => {
    const result = sign(await wish(['2.5.29.17={text}DNS=a.test']), 'client', { request: {} })
    expect(granted(result)).toMatchObject({ subject: 'CN=us', names: undefined })
    expect(toHex(result.certificate.publicKey.encoded)).toBe(toHex(key.publicKey.encoded))
    expect(result.dropped.map(({ what }) => what)).toEqual(['subject', 'subjectAltName'])
  })

  it('names and subject given by the issuer come first', async () => {
    const given = { names: [parseGeneralNameText('dns:ours.test')], subject: parseName(parseNameText('CN=ours')) }
    const result = sign(await wish(['2.5.29.17={text}DNS=a.test']), 'server', {}, given)
    expect(granted(result)).toMatchObject({
      subject: 'CN=ours',
      names: 'DNS:ours.test DNS:a.test',
      dropped: ['subject CN=them,O=b'],
    })
  })

  it('an empty subject leaves that of the profile', async () => {
    expect(granted(sign(await wish([], ''), 'client'))).toMatchObject({ subject: 'CN=us', dropped: [] })
  })

  it('the usages of the key that comes are those of its kind', async () => {
    const request = await wish([], 'CN=them', generateKey('rsa-2048'))
    expect(granted(sign(request, 'server')).usage).toBe('digitalSignature keyEncipherment')
  })
})

it('a request with a wrong signature is refused', async () => {
  const { encoded } = await wish([])
  const changed = Uint8Array.from(encoded)
  changed[changed.length - 1] = (changed[changed.length - 1] as number) ^ 1
  expect(() => sign(parseRequest(changed), 'client')).toThrow(
    expect.objectContaining({ code: 'input.signature', context: { check: 'invalid' } }),
  )
})

it('what the issuer may not issue is refused, unless told', async () => {
  const request = await wish([])
  const overrides = { notAfter: '20y' }
  expect(() => sign(request, 'client', overrides)).toThrow(expect.objectContaining({ code: 'refused.issuer' }))
  expect(sign(request, 'client', overrides, { unchecked: true }).problems.map(({ kind }) => kind)).toEqual([
    'validity.after-issuer',
  ])
})
