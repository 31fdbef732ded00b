import { rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatPem } from '../../src/der/pem.ts'
import {
  bitString,
  boolean,
  context,
  contextPrimitive,
  integer,
  octetString,
  oid,
  sequence,
  setOf,
  utf8String,
} from '../../src/der/writer.ts'
import { encodeP7b } from '../../src/export/p7b.ts'
import { issueCrl } from '../../src/issue/crl.ts'
import { formatPrivateKey } from '../../src/keys/key-file.ts'
import { createSigner } from '../../src/keys/keys.ts'
import { parseCertificate } from '../../src/x509/certificate.ts'
import type { ExtensionToWrite } from '../../src/x509/extension-encoding.ts'
import * as encode from '../../src/x509/extension-encoding.ts'
import { encodeGeneralNames } from '../../src/x509/general-name.ts'
import { parseGeneralNameText, parseSubtreeText } from '../../src/x509/general-name-text.ts'
import { parseNameText } from '../../src/x509/name-text.ts'
import { EXTENSION } from '../../src/x509/oids.ts'
import { hex } from '../der/hex.ts'
import { CA, ca, fixedKey, folderWith, leaf, NOW, pem, root } from './fixed-hierarchy.ts'
import { type MemoryIoOptions, runPki } from './memory-io.ts'

/** One extension of each kind that `leaf` has not, with lines that its text must contain, and its JSON value. */
const uri = (text: string) => [parseGeneralNameText(`uri:${text}`)]
const subtree = (text: string) => ({ base: parseSubtreeText(text), minimum: 0, maximum: undefined })

const EXTENSIONS: readonly {
  readonly name: keyof typeof EXTENSION
  readonly value: Uint8Array
  readonly lines: readonly string[]
  readonly json: unknown
}[] = [
  {
    name: 'issuerAltName',
    value: encodeGeneralNames([parseGeneralNameText('email:ca@a.test')]),
    lines: ['issuerAltName  email:ca@a.test'],
    json: [{ type: 'rfc822Name', value: 'ca@a.test' }],
  },
  {
    name: 'certificatePolicies',
    value: encode.encodeCertificatePolicies([
      { policyIdentifier: '2.5.29.32.0', qualifiers: [] },
      {
        policyIdentifier: '1.2.3',
        qualifiers: [encode.cpsQualifier('http://cps.test/'), encode.userNoticeQualifier('Hear, hear')],
      },
    ]),
    lines: ['certificatePolicies  - anyPolicy', '- 1.2.3', 'cPSuri: http://cps.test/', 'explicitText: Hear, hear'],
    json: [
      { policyIdentifier: { oid: '2.5.29.32.0', name: 'anyPolicy' } },
      { qualifiers: [{ cPSuri: 'http://cps.test/' }, {}] },
    ],
  },
  {
    name: 'policyMappings',
    value: encode.encodePolicyMappings([{ issuerDomainPolicy: '1.2.3', subjectDomainPolicy: '1.2.4' }]),
    lines: ['issuerDomainPolicy: 1.2.3, subjectDomainPolicy: 1.2.4'],
    json: [{ issuerDomainPolicy: { oid: '1.2.3', name: null }, subjectDomainPolicy: { oid: '1.2.4' } }],
  },
  {
    name: 'policyConstraints',
    value: encode.encodePolicyConstraints({ requireExplicitPolicy: 2, inhibitPolicyMapping: undefined }),
    lines: ['policyConstraints  requireExplicitPolicy: 2'],
    json: { requireExplicitPolicy: 2 },
  },
  { name: 'inhibitAnyPolicy', value: encode.encodeInhibitAnyPolicy(3), lines: ['inhibitAnyPolicy  3'], json: 3 },
  {
    name: 'nameConstraints',
    value: encode.encodeNameConstraints({
      permittedSubtrees: [subtree('dns:a.test'), subtree('ip:10.0.0.0/8')],
      excludedSubtrees: [subtree('email:b.test')],
    }),
    lines: ['permittedSubtrees  DNS:a.test, IP:10.0.0.0/8', 'excludedSubtrees   email:b.test'],
    json: {
      permittedSubtrees: [{ type: 'dNSName', value: 'a.test' }, { value: '0a000000ff000000' }],
      excludedSubtrees: [{}],
    },
  },
  {
    name: 'cRLDistributionPoints',
    value: encode.encodeDistributionPoints([
      { distributionPoint: { fullName: uri('http://a.test/1.crl') }, reasons: ['keyCompromise'], cRLIssuer: undefined },
      {
        distributionPoint: { nameRelativeToCRLIssuer: sequence(oid('2.5.4.3'), utf8String('part')) },
        reasons: undefined,
        cRLIssuer: undefined,
      },
    ]),
    lines: [
      '- fullName: URI:http://a.test/1.crl, reasons: keyCompromise',
      '- nameRelativeToCRLIssuer',
      'commonName: part',
    ],
    json: [
      { fullName: [{ value: 'http://a.test/1.crl' }], reasons: ['keyCompromise'] },
      { nameRelativeToCRLIssuer: { commonName: 'part' } },
    ],
  },
  {
    name: 'freshestCRL',
    value: encode.encodeDistributionPoints([
      { distributionPoint: { fullName: uri('http://a.test/d.crl') }, reasons: undefined, cRLIssuer: undefined },
    ]),
    lines: ['freshestCRL  fullName: URI:http://a.test/d.crl'],
    json: [{ fullName: [{ text: 'URI:http://a.test/d.crl' }] }],
  },
  {
    name: 'authorityInfoAccess',
    value: encode.encodeInfoAccess([
      { accessMethod: '1.3.6.1.5.5.7.48.1', accessLocation: parseGeneralNameText('uri:http://a.test/o') },
    ]),
    lines: ['authorityInfoAccess  ocsp  accessLocation: URI:http://a.test/o'],
    json: [{ accessMethod: { name: 'ocsp' }, accessLocation: { value: 'http://a.test/o' } }],
  },
  {
    name: 'subjectInfoAccess',
    value: encode.encodeInfoAccess([
      { accessMethod: '1.3.6.1.5.5.7.48.5', accessLocation: parseGeneralNameText('uri:http://a.test/r') },
    ]),
    lines: ['subjectInfoAccess  caRepository  accessLocation: URI:http://a.test/r'],
    json: [{ accessMethod: { name: 'caRepository' } }],
  },
  {
    name: 'subjectDirectoryAttributes',
    value: sequence(sequence(oid('1.3.6.1.5.5.7.9.4'), setOf(utf8String('NL')))),
    lines: ['1.3.6.1.5.5.7.9.4', 'UTF8String NL'],
    json: [
      {
        type: { oid: '1.3.6.1.5.5.7.9.4' },
        values: [{ octets: '0c024e4c', structure: [{ type: 'UTF8String', value: 'NL' }] }],
      },
    ],
  },
  {
    name: 'privateKeyUsagePeriod',
    value: sequence(contextPrimitive(0, Buffer.from('20260101000000Z'))),
    lines: ['notBefore  2026-01-01 00:00:00 UTC'],
    json: { notBefore: '2026-01-01T00:00:00.000Z' },
  },
  {
    name: 'tlsFeature',
    value: sequence(integer(5), integer(99)),
    lines: ['tlsFeature  status_request, 99'],
    json: ['status_request', '99'],
  },
  { name: 'ocspNoCheck', value: hex('0500'), lines: ['ocspNoCheck  present'], json: 'present' },
  {
    name: 'certificateTemplate',
    value: sequence(oid('1.3.6.1.4.1.311.21.8.1'), integer(100), integer(3)),
    lines: ['1.3.6.1.4.1.311.21.8.1  majorVersion: 100, minorVersion: 3'],
    json: { templateID: { oid: '1.3.6.1.4.1.311.21.8.1' }, majorVersion: 100, minorVersion: 3 },
  },
  { name: 'applicationPolicies', value: sequence(), lines: ['applicationPolicies  none'], json: [] },
  {
    name: 'netscapeCertType',
    value: hex('030206c0'),
    lines: ['netscapeCertType  sslClient, sslServer'],
    json: ['sslClient', 'sslServer'],
  },
  {
    name: 'signedCertificateTimestamps',
    value: octetString(hex(`0033 0031 00 ${'ab'.repeat(32)} 0000019b00000000 0000 0403 0002 3000`)),
    lines: [`logID               ${'ab'.repeat(16)}`, 'timestamp           2025-12-08 22:05:58 UTC', 'ecdsa-sha256'],
    json: [{ version: 1, logID: 'ab'.repeat(32), signatureAlgorithm: 'ecdsa-sha256', signature: '3000' }],
  },
]

const extensionOf = ({ name, value }: (typeof EXTENSIONS)[number]): ExtensionToWrite => ({
  oid: EXTENSION[name],
  critical: false,
  value,
})

/** A request, signed with its key, or over something else. */
function request(signed = true): Uint8Array {
  const key = fixedKey('CN=asker')
  const asked = encode.encodeExtensions([
    { oid: EXTENSION.subjectAltName, critical: false, value: encodeGeneralNames([parseGeneralNameText('dns:a.test')]) },
  ])
  const attributes = context(
    0,
    sequence(oid('1.2.840.113549.1.9.14'), setOf(asked)),
    sequence(oid('1.2.840.113549.1.9.7'), setOf(utf8String('tell nobody'))),
  )
  const info = sequence(integer(0), parseNameText('CN=asker'), key.publicKey.encoded, attributes)
  const signer = createSigner(key)
  return sequence(info, signer.algorithm, bitString(signer.sign(signed ? info : new Uint8Array())))
}

const secret = fixedKey('secret')
const random = (size: number) => new Uint8Array(size).fill(7)
let cwd = ''

beforeAll(() => {
  const crl = issueCrl({
    issuer: parseCertificate(ca()),
    signer: createSigner(fixedKey(CA)),
    thisUpdate: new Date('2026-05-01T00:00:00Z'),
    nextUpdate: new Date('2026-05-31T00:00:00Z'),
    number: 5n,
    entries: [1n, 2n].map((serialNumber) => ({
      serialNumber,
      revocationDate: new Date('2026-04-01T00:00:00Z'),
      reason: 'superseded',
    })),
  })
  cwd = folderWith({
    'leaf.pem': pem(leaf({ subject: 'CN=web.test,O=Example' })),
    'expired.pem': pem(leaf({ notAfter: '2026-05-31T23:59:59Z' })),
    'last-second.pem': pem(leaf({ notAfter: '2026-06-01T00:00:00Z' })),
    'future.pem': pem(leaf({ notBefore: '2026-06-02T00:00:00Z' })),
    'full.pem': pem(leaf({ extensions: EXTENSIONS.map(extensionOf) })),
    'odd.pem': pem(
      leaf({
        extensions: [
          { oid: '1.2.3.4', critical: true, value: sequence(utf8String('hello'), context(0, boolean(true))) },
          { oid: '1.2.3.5', critical: false, value: hex('01020304') },
          { oid: EXTENSION.nameConstraints, critical: true, value: hex('3003020101') },
        ],
      }),
    ),
    'control.pem': pem(leaf({ subject: 'CN=a\\1B[2J\\0Ab\\E2\\80\\AE' })),
    'many.pem': pem(leaf({ names: Array.from({ length: 200 }, (_, i) => `dns:host${i}.test`) })),
    'bundle.pem': pem(leaf(), ca(), root()),
    'broken-middle.pem': `${pem(leaf())}-----BEGIN CERTIFICATE-----\nMAMBAf8=\n-----END CERTIFICATE-----\n${pem(ca())}`,
    'request.csr': formatPem('CERTIFICATE REQUEST', request()),
    'forged.csr': formatPem('CERTIFICATE REQUEST', request(false)),
    'broken.csr': formatPem('CERTIFICATE REQUEST', hex('3003010100')),
    'ca.crl': crl,
    'bundle.p7b': encodeP7b([parseCertificate(leaf()), parseCertificate(ca())]),
    'secret.key': formatPrivateKey(secret, { format: 'pkcs8' }),
    'locked.key': formatPrivateKey(secret, { format: 'pkcs8', password: 'sesame', random }),
    'both.pem': pem(leaf()) + formatPrivateKey(secret, { format: 'pkcs8', password: 'sesame', random }),
    'public.pem': formatPem('PUBLIC KEY', secret.publicKey.encoded),
    'password.txt': 'sesame\n',
    'text.txt': 'nothing\n',
  })
})

afterAll(() => rmSync(cwd, { recursive: true }))

const show = (line: string, options: Partial<MemoryIoOptions> = {}) =>
  runPki(['show', ...line.split(' ')], { cwd, now: NOW, ...options })

async function showJson(line: string) {
  const { stdout } = await show(`${line} --json`)
  return JSON.parse(stdout).items
}

/** The output with runs of spaces made alike, so that a test can ask for a line without its column. */
const squeezed = (text: string) => text.replaceAll(/ {2,}/g, '  ')

describe('a certificate', () => {
  it('is shown in full', async () => {
    const { stdout, stderr, exitCode } = await show('leaf.pem')
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 })
    expect(stdout).toMatchInlineSnapshot(`
      "Certificate  web.test
        version             3
        serialNumber        0102
        subject             CN=web.test,O=Example
                            O=Example, CN=web.test
        issuer              CN=Test CA 1,O=Example
                            O=Example, CN=Test CA 1
        notBefore           2026-01-01 00:00:00 UTC  151 days ago
        notAfter            2026-12-31 23:59:59 UTC  in 214 days
        subjectPublicKeyInfo
          algorithm         ed25519
          subjectPublicKey  9e2f780bd00bda84a9b44a59ce1e9dc9…  32 octets
        extensions
          basicConstraints        critical  cA: false
          keyUsage                critical  digitalSignature
          extKeyUsage             serverAuth
          subjectAltName          DNS:web.test, IP:127.0.0.1
          subjectKeyIdentifier    38dd0c7ee98f2b433dcfe11c7aa630a0180f532d
          authorityKeyIdentifier  6d91e73afb1986a51ee4230d04076b1de00d16c3
        signatureAlgorithm  ed25519
        signature           fc0dff7f6082f1a78c1cfa84e8dc9efc…  64 octets
        fingerprints
          sha256      11f8c3cfeca592a1bcb283ba6c1e7223f5e18a73199169b03173d6b793f80f03
          sha1        c541e013224efcc24b54638c5dc50667bd0fdf5f
          spkiSha256  44e3de39ccf7b74d1d706f922ce519dad47274310a09b27331649d988b010739
          pinSha256   ROPeOcz3t00dcG+SLOUZ2tRydDEKCbJzMWSdmIsBBzk=
      "
    `)
  })

  it('is the same in JSON, complete', async () => {
    const [item, ...others] = await showJson('leaf.pem')
    expect(others).toEqual([])
    expect(item).toMatchInlineSnapshot(`
      {
        "extensions": [
          {
            "critical": true,
            "name": "basicConstraints",
            "octets": "3000",
            "oid": "2.5.29.19",
            "value": {
              "cA": false,
            },
          },
          {
            "critical": true,
            "name": "keyUsage",
            "octets": "03020780",
            "oid": "2.5.29.15",
            "value": [
              "digitalSignature",
            ],
          },
          {
            "critical": false,
            "name": "extKeyUsage",
            "octets": "300a06082b06010505070301",
            "oid": "2.5.29.37",
            "value": [
              {
                "name": "serverAuth",
                "oid": "1.3.6.1.5.5.7.3.1",
              },
            ],
          },
          {
            "critical": false,
            "name": "subjectAltName",
            "octets": "301082087765622e7465737487047f000001",
            "oid": "2.5.29.17",
            "value": [
              {
                "text": "DNS:web.test",
                "type": "dNSName",
                "value": "web.test",
              },
              {
                "text": "IP:127.0.0.1",
                "type": "iPAddress",
                "value": "7f000001",
              },
            ],
          },
          {
            "critical": false,
            "name": "subjectKeyIdentifier",
            "octets": "041438dd0c7ee98f2b433dcfe11c7aa630a0180f532d",
            "oid": "2.5.29.14",
            "value": "38dd0c7ee98f2b433dcfe11c7aa630a0180f532d",
          },
          {
            "critical": false,
            "name": "authorityKeyIdentifier",
            "octets": "301680146d91e73afb1986a51ee4230d04076b1de00d16c3",
            "oid": "2.5.29.35",
            "value": {
              "keyIdentifier": "6d91e73afb1986a51ee4230d04076b1de00d16c3",
            },
          },
        ],
        "fingerprints": {
          "pinSha256": "ROPeOcz3t00dcG+SLOUZ2tRydDEKCbJzMWSdmIsBBzk=",
          "sha1": "c541e013224efcc24b54638c5dc50667bd0fdf5f",
          "sha256": "11f8c3cfeca592a1bcb283ba6c1e7223f5e18a73199169b03173d6b793f80f03",
          "spkiSha256": "44e3de39ccf7b74d1d706f922ce519dad47274310a09b27331649d988b010739",
        },
        "issuer": {
          "rdns": [
            [
              {
                "name": "organizationName",
                "oid": "2.5.4.10",
                "value": "Example",
              },
            ],
            [
              {
                "name": "commonName",
                "oid": "2.5.4.3",
                "value": "Test CA 1",
              },
            ],
          ],
          "rfc4514": "CN=Test CA 1,O=Example",
        },
        "kind": "certificate",
        "notAfter": "2026-12-31T23:59:59.000Z",
        "notBefore": "2026-01-01T00:00:00.000Z",
        "serialNumber": "0102",
        "signature": "fc0dff7f6082f1a78c1cfa84e8dc9efc13ea1a642c248736d3b4e6d6606b523e5755c9858400d801b4f6506e411cb4e01bcaf3cd4a82ee6d7458b8c3f58c3401",
        "signatureAlgorithm": {
          "algorithm": {
            "name": "ed25519",
            "oid": "1.3.101.112",
          },
        },
        "source": "leaf.pem",
        "subject": {
          "rdns": [
            [
              {
                "name": "organizationName",
                "oid": "2.5.4.10",
                "value": "Example",
              },
            ],
            [
              {
                "name": "commonName",
                "oid": "2.5.4.3",
                "value": "web.test",
              },
            ],
          ],
          "rfc4514": "CN=web.test,O=Example",
        },
        "subjectPublicKeyInfo": {
          "algorithm": {
            "name": "ed25519",
            "oid": "1.3.101.112",
          },
          "subjectPublicKey": "9e2f780bd00bda84a9b44a59ce1e9dc9ba791618b52a33e8be52144974ea2778",
        },
        "title": "web.test",
        "version": 3,
      }
    `)
  })

  it.each([
    ['expired.pem', '2026-05-31 23:59:59 UTC  expired 1 second ago'],
    ['last-second.pem', '2026-06-01 00:00:00 UTC  now'],
    ['future.pem', '2026-06-02 00:00:00 UTC  not yet valid, in 24 hours'],
    ['leaf.pem', '2026-12-31 23:59:59 UTC  in 214 days'],
  ])('says how its times stand: %s', async (file, line) => {
    expect((await show(file)).stdout).toContain(line)
  })

  it('says of a self-issued one whether it is self-signed', async () => {
    expect((await showJson('bundle.pem')).map(({ selfSigned }: { selfSigned?: boolean }) => selfSigned)).toEqual([
      undefined,
      undefined,
      true,
    ])
  })

  it('cannot write to the terminal', async () => {
    const { stdout } = await show('control.pem')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is the point
    expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\u202e]/)
    expect(stdout).toContain('a\\u{1b}[2J\\u{a}b\\u{202e}')
  })

  it('shows so many names of a long list, and all of them in JSON', async () => {
    const { stdout } = await show('many.pem')
    expect(stdout).toContain('… 160 more; --json shows all')
    const [{ extensions }] = await showJson('many.pem')
    const names = extensions.find(({ name }: { name: string }) => name === 'subjectAltName').value
    expect(names).toHaveLength(200)
  })

  it('keeps within the width of a terminal, hexadecimal whole where it fits', async () => {
    const { stdout } = await show('full.pem', { columns: 80, env: { NO_COLOR: '1' } })
    const widths = stdout.split('\n').map((line) => line.length)
    expect(Math.max(...widths)).toBeLessThanOrEqual(80)
    expect(stdout).toMatch(/^ {4}sha256 {6}[0-9a-f]{64}$/m)
  })
})

describe('extensions', () => {
  let text = ''
  let json: { name: string; value?: unknown }[] = []
  beforeAll(async () => {
    text = squeezed((await show('full.pem')).stdout)
    json = (await showJson('full.pem'))[0].extensions
  })

  it.each(EXTENSIONS)('$name', ({ name, lines, json: value }) => {
    for (const line of lines) expect(text).toContain(squeezed(line))
    const found = json.find((extension) => extension.name === name)
    expect(found).toMatchObject({ oid: EXTENSION[name], critical: false, octets: expect.any(String) })
    expect({ value: found?.value }).toMatchObject({ value })
  })

  it('that nobody knows are octets, with their structure if they are DER', async () => {
    const { stdout } = await show('odd.pem')
    expect(stdout).toMatch(
      /1\.2\.3\.4 +critical\n +300c0c0568656c6c6fa0030101ff\n +SEQUENCE\n +UTF8String hello\n +\[0\]\n +BOOLEAN TRUE/,
    )
    expect(stdout).toMatch(/1\.2\.3\.5 +01020304\n/)
    const [{ extensions }] = await showJson('odd.pem')
    expect(extensions.at(-3)).toMatchObject({
      oid: '1.2.3.4',
      name: null,
      critical: true,
      value: { structure: [{ type: 'SEQUENCE', children: [{ type: 'UTF8String', value: 'hello' }, { type: '[0]' }] }] },
    })
    expect(extensions.at(-2)).toMatchObject({ oid: '1.2.3.5', value: { octets: '01020304', structure: null } })
  })

  it('that are malformed are shown with the fault', async () => {
    expect((await show('odd.pem')).stdout).toMatch(
      /nameConstraints +critical {2}malformed: [^(]*\(at octet 2 of\s+its value\)\n +3003020101/,
    )
    const [{ extensions }] = await showJson('odd.pem')
    expect(extensions.at(-1)).toMatchObject({ name: 'nameConstraints', malformed: { offset: 2 }, octets: '3003020101' })
    expect(extensions.at(-1)).not.toHaveProperty('value')
  })
})

describe('other things', () => {
  const kindsOf = (items: { kind: string }[]) => items.map(({ kind }) => kind)

  it.each([
    ['bundle.pem', ['certificate', 'certificate', 'certificate']],
    ['bundle.p7b', ['certificate', 'certificate']],
    ['request.csr', ['certificationRequest']],
    ['ca.crl', ['certificateList']],
    ['public.pem', ['publicKey']],
    ['secret.key', ['privateKey']],
    ['locked.key --key-password-file password.txt', ['privateKey']],
    ['both.pem --key-password-file password.txt', ['certificate', 'privateKey']],
    ['leaf.pem request.csr', ['certificate', 'certificationRequest']],
  ])('%s', async (line, kinds) => {
    expect(kindsOf(await showJson(line))).toEqual(kinds)
  })

  it('a request: what it asks for and whether its signature is right, never its challenge password', async () => {
    const [item] = await showJson('request.csr')
    expect(item).toMatchObject({
      title: 'CN=asker',
      signatureValid: true,
      hasChallengePassword: true,
      extensions: [{ name: 'subjectAltName' }],
    })
    expect((await showJson('forged.csr'))[0]).toMatchObject({ signatureValid: false })
    expect((await show('request.csr')).stdout).not.toContain('tell nobody')
  })

  it('a CRL: its entries, and that it is overdue', async () => {
    const { stdout } = await show('ca.crl')
    expect(stdout).toContain('2026-05-31 00:00:00 UTC  overdue, 24 hours ago')
    const [item] = await showJson('ca.crl')
    expect(item).toMatchObject({
      issuer: { rfc4514: CA },
      revokedCertificates: [
        { userCertificate: '01', revocationDate: '2026-04-01T00:00:00.000Z' },
        { userCertificate: '02' },
      ],
    })
    expect(item.extensions.map(({ name }: { name: string }) => name)).toEqual(['authorityKeyIdentifier', 'cRLNumber'])
  })

  it('a private key: its public half, and nothing of the secret', async () => {
    const octets = Buffer.from(secret.pkcs8.subarray(-32))
    for (const flags of ['', ' --json']) {
      const { stdout } = await show(`secret.key${flags}`)
      expect(stdout).toContain(Buffer.from(secret.publicKey.publicKey.subarray(0, 16)).toString('hex'))
      expect(stdout).not.toContain(octets.subarray(0, 4).toString('hex'))
      expect(stdout).not.toContain(octets.subarray(0, 6).toString('base64'))
    }
  })

  it('an encrypted key beside a certificate hides nothing, and is mentioned', async () => {
    const { stdout, stderr, exitCode } = await show('both.pem')
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^Certificate {2}web\.test/)
    expect(stderr).toMatch(/^pki: warning: both\.pem: /)
  })

  it('a name in the store, and standard input', async () => {
    expect((await show('missing', { stdin: leaf() })).exitCode).toBe(3)
    expect((await show('-', { stdin: leaf() })).stdout).toMatch(/^Certificate {2}web\.test/)
  })

  it('everything readable in a damaged bundle, then the error', async () => {
    const { stdout, stderr, exitCode } = await show('broken-middle.pem')
    expect(exitCode).toBe(3)
    expect(stdout.match(/^Certificate {2}/gm)).toHaveLength(2)
    expect(stderr).toContain('broken-middle.pem: block 2')
  })
})

describe('a TLS server', () => {
  const server = createServer({
    cert: pem(leaf(), ca()),
    key: formatPrivateKey(fixedKey('CN=web.test'), { format: 'pkcs8' }),
  })
  let port = 0
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  })
  afterAll(() => server.close())

  it('by host:port and by URL: the handshake, then what it presents', async () => {
    for (const text of [`127.0.0.1:${port}`, `https://127.0.0.1:${port}/path`]) {
      const items = await showJson(text)
      expect(items).toMatchObject([
        { kind: 'tlsServer', address: '127.0.0.1', protocol: 'TLSv1.3', trustedByNode: false, certificateCount: 2 },
        { kind: 'certificate', title: 'web.test' },
        { kind: 'certificate', title: 'Test CA 1' },
      ])
    }
  })

  it('is not looked at where there is a file of that name', async () => {
    const name = `127.0.0.1:${port}`
    writeFileSync(join(cwd, name), pem(root()))
    const items = await showJson(name)
    rmSync(join(cwd, name))
    expect(items).toMatchObject([{ kind: 'certificate', title: 'Test Root' }])
  })

  it('that nobody runs', async () => {
    const { port: free } = await new Promise<AddressInfo>((resolve) => {
      const other = createServer().listen(0, '127.0.0.1', () => {
        const address = other.address() as AddressInfo
        other.close(() => resolve(address))
      })
    })
    const { exitCode, stdout } = await show(`127.0.0.1:${free} --json`)
    expect(exitCode).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject({ code: 'input.network' })
  })
})

describe('wrong input', () => {
  it.each([
    ['missing.pem', 'input.not-found'],
    ['text.txt', 'input.malformed'],
    ['.', 'input.unreadable'],
    ['broken.csr', 'input.malformed'],
    ['broken-middle.pem', 'input.malformed'],
    ['locked.key', 'input.password'],
    ['locked.key --key-password-file text.txt', 'input.password'],
    ['locked.key --key-password-file missing.txt', 'input.not-found'],
  ])('%s', async (line, code) => {
    const { exitCode, stdout } = await show(`${line} --json`)
    expect(exitCode).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'pki.error/1', code })
  })
})
