/** Every built-in profile, issued: what comes out, and what two programs nobody here wrote say about it. */

import { describe, expect, it } from 'vitest'
import { formatPem } from '../../src/der/pem.ts'
import { generateKey } from '../../src/keys/keys.ts'
import { BUILT_IN_PROFILES } from '../../src/profile/built-in.ts'
import { parseCertificate } from '../../src/x509/certificate.ts'
import { formatGeneralName } from '../../src/x509/general-name-text.ts'
import { formatName } from '../../src/x509/name-text.ts'
import { oidName } from '../../src/x509/oids.ts'
import { checkSignature } from '../../src/x509/signature.ts'
import { hasProgram, program, run } from '../foreign-program.ts'
import { expectSecondOpinion } from '../interop/second-opinion.ts'
import { withFiles } from '../temporary-folder.ts'
import { issue, NOW } from './authority.ts'

const root = issue({ profile: 'root', name: 'root' })
const ca = issue({ profile: 'intermediate', name: 'ca', from: root })

/** Names that a profile demands, and the purpose OpenSSL has a word for. */
const NEEDS: Readonly<Record<string, { names?: string[]; purpose?: string }>> = {
  client: { purpose: 'sslclient' },
  server: { purpose: 'sslserver' },
  'server-client': { purpose: 'sslserver' },
  email: { names: ['email:alice@a.test'], purpose: 'smimesign' },
  timestamping: { purpose: 'timestampsign' },
  'ocsp-responder': { purpose: 'ocsphelper' },
  'smartcard-logon': { names: ['upn:alice@corp.test'], purpose: 'sslclient' },
  spiffe: { names: ['uri:spiffe://example.test/web'], purpose: 'sslclient' },
  kubernetes: { purpose: 'sslserver' },
  financial: { purpose: 'sslserver' },
  healthcare: { purpose: 'sslserver' },
  iot: { purpose: 'sslclient' },
}

const keys = { ec: generateKey('ec-p256'), rsa: generateKey('rsa-2048'), ed25519: generateKey('ed25519') }

const made = Object.entries(BUILT_IN_PROFILES).map(([profile]) => {
  const from = profile === 'root' ? undefined : profile === 'intermediate' ? root : ca
  const { names = [] } = NEEDS[profile] ?? {}
  const certificate = (key: keyof typeof keys) =>
    issue({ profile, name: 'web', names, key: keys[key], ...(from && { from }) }).certificate
  return { profile, from, certificate }
})

/** What a person sees of a certificate. */
function facts(encoded: Uint8Array) {
  const { subject, issuer, notBefore, notAfter, extensions, decoded } = parseCertificate(encoded)
  return {
    subject: formatName(subject),
    issuer: formatName(issuer),
    from: notBefore.date.toISOString(),
    until: notAfter.date.toISOString().slice(0, 10),
    extensions: extensions.map(({ oid, critical }) => `${oidName(oid) ?? oid}${critical ? '!' : ''}`).join(' '),
    usage: decoded.keyUsage?.join(' '),
    purposes: decoded.extKeyUsage?.map((purpose) => oidName(purpose)).join(' '),
    names: decoded.subjectAltName?.map(formatGeneralName).join(' '),
    constraints: decoded.basicConstraints,
  }
}

const LEAF = 'keyUsage! extKeyUsage subjectKeyIdentifier authorityKeyIdentifier'

describe('what comes out', () => {
  it.each<[string, ReturnType<typeof facts>['until'], Partial<ReturnType<typeof facts>>]>([
    [
      'root',
      '2036-11-21',
      {
        issuer: 'CN=web',
        extensions: 'basicConstraints! keyUsage! subjectKeyIdentifier',
        usage: 'keyCertSign cRLSign',
        constraints: { cA: true, pathLenConstraint: undefined },
      },
    ],
    [
      'intermediate',
      '2031-11-21',
      {
        issuer: 'CN=root',
        extensions: 'basicConstraints! keyUsage! subjectKeyIdentifier authorityKeyIdentifier',
        usage: 'keyCertSign cRLSign',
        constraints: { cA: true, pathLenConstraint: 0 },
      },
    ],
    ['server', '2027-12-23', { extensions: `${LEAF} subjectAltName`, purposes: 'serverAuth', names: 'DNS:web' }],
    ['client', '2027-12-23', { extensions: LEAF, purposes: 'clientAuth', names: undefined }],
    ['server-client', '2027-12-23', { purposes: 'serverAuth clientAuth', names: 'DNS:web' }],
    [
      'email',
      '2027-12-23',
      { purposes: 'emailProtection', names: 'email:alice@a.test', usage: 'digitalSignature keyAgreement' },
    ],
    ['code-signing', '2029-11-21', { purposes: 'codeSigning', extensions: LEAF }],
    [
      'timestamping',
      '2031-11-21',
      { purposes: 'timeStamping', extensions: LEAF.replace('extKeyUsage', 'extKeyUsage!') },
    ],
    ['ocsp-responder', '2027-02-19', { purposes: 'OCSPSigning', extensions: `${LEAF} ocspNoCheck` }],
    [
      'smartcard-logon',
      '2027-12-23',
      { purposes: 'smartcardLogon clientAuth', extensions: `${LEAF} subjectAltName cRLDistributionPoints` },
    ],
    ['spiffe', '2026-11-22', { purposes: 'serverAuth clientAuth', names: 'URI:spiffe://example.test/web' }],
    [
      'kubernetes',
      '2027-11-21',
      {
        subject: 'CN=web.default.svc.cluster.local',
        names: 'URI:spiffe://cluster.local/ns/default/sa/web DNS:web.default.svc.cluster.local',
        extensions: `${LEAF} subjectAltName cRLDistributionPoints`,
      },
    ],
    ['financial', '2027-02-19', { extensions: `${LEAF} subjectAltName authorityInfoAccess` }],
    ['healthcare', '2027-11-21', { extensions: `${LEAF} subjectAltName cRLDistributionPoints authorityInfoAccess` }],
    ['iot', '2031-11-21', { purposes: 'clientAuth', extensions: `${LEAF} cRLDistributionPoints` }],
  ])('%s', (profile, until, expected) => {
    const { certificate } = made.find((one) => one.profile === profile) as (typeof made)[number]
    expect(facts(certificate('ec').encoded)).toMatchObject({ until, from: '2026-11-21T11:50:00.000Z', ...expected })
  })
})

describe('usages that depend on the key', () => {
  it.each([
    ['server', 'ec', 'digitalSignature'],
    ['server', 'rsa', 'digitalSignature keyEncipherment'],
    ['server', 'ed25519', 'digitalSignature'],
    ['email', 'rsa', 'digitalSignature keyEncipherment'],
    ['email', 'ed25519', 'digitalSignature'],
    ['root', 'rsa', 'keyCertSign cRLSign'],
  ] as const)('%s with %s', (profile, key, usage) => {
    const { certificate } = made.find((one) => one.profile === profile) as (typeof made)[number]
    expect(facts(certificate(key).encoded).usage).toBe(usage)
  })
})

describe.each(made)('$profile', ({ profile, from, certificate }) => {
  it('is signed by its issuer, and every extension of it decodes', () => {
    const made = certificate('ec')
    const issuer = (from?.certificate ?? made).publicKey
    expect(checkSignature(made.signatureAlgorithm, issuer, made.tbs, made.signature)).toBe('valid')
    expect(made.malformedExtensions).toEqual([])
    expect(made.serialOctets).toHaveLength(16)
    expect(made.serialNumber > 0n).toBe(true)
  })

  it('is encoded again to the same bytes by @peculiar/x509, and read by openssl', async () => {
    for (const key of ['ec', 'rsa'] as const) await expectSecondOpinion(certificate(key).encoded)
  })

  it.skipIf(!hasProgram('openssl'))('openssl verify -x509_strict accepts it', () => {
    const target = certificate('ec')
    const files = {
      'root.pem': pem((from === undefined ? target : root.certificate).encoded),
      'ca.pem': pem(ca.certificate.encoded),
      'target.pem': pem(target.encoded),
    }
    const { purpose } = NEEDS[profile] ?? {}
    withFiles(files, (folder) => {
      const at = String(NOW.getTime() / 1000)
      const args = ['verify', '-x509_strict', '-check_ss_sig', '-attime', at, ...(purpose ? ['-purpose', purpose] : [])]
      const result = run(program('openssl'), [
        ...args,
        '-CAfile',
        `${folder}/root.pem`,
        '-untrusted',
        `${folder}/ca.pem`,
        `${folder}/target.pem`,
      ])
      expect(result).toMatchObject({ status: 0 })
    })
  })
})

it('the profiles of this table are all there are', () => {
  expect(made.map(({ profile }) => profile)).toEqual(Object.keys(BUILT_IN_PROFILES))
})

function pem(encoded: Uint8Array): string {
  return formatPem('CERTIFICATE', encoded)
}
