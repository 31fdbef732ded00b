import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatPem } from '../../src/der/pem.ts'
import { oid, sequence } from '../../src/der/writer.ts'
import { issueCrl } from '../../src/issue/crl.ts'
import { createSigner } from '../../src/keys/keys.ts'
import { parseCertificate } from '../../src/x509/certificate.ts'
import { CA, ca, fixedCertificate, fixedKey, folderWith, leaf, NOW, pem, ROOT, root } from './fixed-hierarchy.ts'
import { type MemoryIoOptions, runPki } from './memory-io.ts'

const expired = () => leaf({ notAfter: '2026-05-22T00:00:00Z' })
const brokenBlock = '-----BEGIN CERTIFICATE-----\nMAMBAf8=\n-----END CERTIFICATE-----\n'

function crl(issuerBytes: Uint8Array, issuerName: string, revoked: readonly bigint[]): Uint8Array {
  return issueCrl({
    issuer: parseCertificate(issuerBytes),
    signer: createSigner(fixedKey(issuerName)),
    thisUpdate: new Date('2026-05-31T00:00:00Z'),
    nextUpdate: new Date('2026-06-30T00:00:00Z'),
    number: 7n,
    entries: revoked.map((serialNumber) => ({
      serialNumber,
      revocationDate: new Date('2026-05-30T00:00:00Z'),
      reason: 'keyCompromise',
    })),
  })
}

let cwd = ''

beforeAll(() => {
  cwd = folderWith({
    'root.pem': pem(root()),
    'ca.pem': pem(ca()),
    // Of the same name as the CA, but another key: a candidate that leads nowhere.
    'rival-ca.pem': pem(fixedCertificate({ subject: CA, issuer: ROOT, isCa: true, key: 'rival' })),
    'leaf.pem': pem(leaf()),
    'leaf.der': leaf(),
    'chain.pem': pem(leaf(), ca()),
    'expired.pem': pem(expired(), ca()),
    'broken-first.pem': brokenBlock + pem(ca()),
    'broken-middle.pem': pem(leaf()) + brokenBlock + pem(ca()),
    'broken-trust.pem': pem(root()) + brokenBlock,
    'wildcard.pem': pem(leaf({ subject: 'CN=*.github.io', names: ['dns:*.github.io'] }), ca()),
    'control.pem': pem(leaf({ subject: 'CN=evil\\1B[2J\\0Aname' })),
    // As `openssl x509 -addtrust clientAuth` writes it.
    'client-root.pem': formatPem(
      'TRUSTED CERTIFICATE',
      Uint8Array.of(...root(), ...sequence(sequence(oid('1.3.6.1.5.5.7.3.2')))),
    ),
    'text.pem': 'no certificate here\n',
    'empty.pem': '',
    'broken.crl': '-----BEGIN X509 CRL-----\nMAMBAf8=\n-----END X509 CRL-----\n',
    'revoked.crl': crl(ca(), CA, [0x0102n]),
  })
  mkdirSync(join(cwd, 'crls'))
  writeFileSync(join(cwd, 'crls', 'root.crl'), crl(root(), ROOT, []))
  writeFileSync(join(cwd, 'crls', 'ca.crl'), crl(ca(), CA, []))
  writeFileSync(join(cwd, 'crls', 'notes.txt'), 'not a CRL')
  mkdirSync(join(cwd, 'pki', 'certs'), { recursive: true })
  mkdirSync(join(cwd, 'pki', 'chains'))
  writeFileSync(join(cwd, 'pki', 'certs', 'web.crt'), pem(leaf()))
  writeFileSync(join(cwd, 'pki', 'certs', 'myroot.crt'), pem(root()))
  writeFileSync(join(cwd, 'pki', 'chains', 'web.pem'), pem(ca(), root()))
})

afterAll(() => rmSync(cwd, { recursive: true }))

const verify = (line: string, options: Partial<MemoryIoOptions> = {}) =>
  runPki(['verify', ...line.split(' ')], { cwd, now: NOW, ...options })

async function verifyJson(line: string) {
  const { exitCode, stdout } = await verify(`${line} --json`)
  return { exitCode, report: JSON.parse(stdout) }
}

const codesOf = (judged: { findings: { code: string }[] }) => judged.findings.map(({ code }) => code)

describe('the verdict, by exit code and codes', () => {
  const cases: readonly { line: string; exitCode: 0 | 1; codes?: readonly string[] }[] = [
    { line: 'chain.pem --trust root.pem', exitCode: 0 },
    { line: 'leaf.der --trust root.pem --untrusted ca.pem', exitCode: 0 },
    { line: 'leaf.pem --trust root.pem --trust ca.pem', exitCode: 0 },
    { line: 'leaf.pem --trust root.pem', exitCode: 1, codes: ['path.issuer-not-found'] },
    { line: 'expired.pem --trust root.pem', exitCode: 1, codes: ['validity.expired'] },
    { line: 'expired.pem --trust root.pem --at 2026-05-22T00:00:00Z', exitCode: 0 },
    { line: 'expired.pem --trust root.pem --at 2026-05-22T00:00:01Z', exitCode: 1, codes: ['validity.expired'] },
    { line: 'chain.pem --trust root.pem --at 1y', exitCode: 1, codes: ['validity.expired'] },
    { line: 'chain.pem --trust root.pem --purpose serverAuth', exitCode: 0 },
    { line: 'chain.pem --trust root.pem --purpose any', exitCode: 0 },
    { line: 'chain.pem --trust root.pem --purpose CLIENTAUTH', exitCode: 1, codes: ['purpose.not-allowed'] },
    { line: 'chain.pem --trust root.pem --purpose 1.3.6.1.5.5.7.3.2', exitCode: 1, codes: ['purpose.not-allowed'] },
    { line: 'chain.pem --trust root.pem --host web.test', exitCode: 0 },
    { line: 'chain.pem --trust root.pem --host other.test', exitCode: 1, codes: ['identity.mismatch'] },
    { line: 'chain.pem --trust root.pem --host 127.0.0.1', exitCode: 0 },
    { line: 'chain.pem --trust root.pem --host 127.0.0.2', exitCode: 1, codes: ['identity.mismatch'] },
    { line: 'chain.pem --trust root.pem --host [::2]', exitCode: 1, codes: ['identity.mismatch'] },
    { line: 'chain.pem --trust root.pem --ip 127.0.0.1', exitCode: 0 },
    { line: 'chain.pem --trust root.pem --ip 127.0.0.2', exitCode: 1, codes: ['identity.mismatch'] },
    { line: 'chain.pem --trust root.pem --email a@web.test', exitCode: 1, codes: ['identity.mismatch'] },
    { line: 'chain.pem --trust root.pem --uri https://web.test/', exitCode: 1, codes: ['identity.mismatch'] },
    { line: 'chain.pem --trust root.pem --max-depth 1', exitCode: 0 },
    { line: 'chain.pem --trust root.pem --max-depth 0', exitCode: 1, codes: ['path-length.max-depth'] },
    { line: 'chain.pem --trust root.pem --explicit-policy', exitCode: 1, codes: ['policy.required'] },
    { line: 'wildcard.pem --trust root.pem --host a.github.io', exitCode: 0 },
  ]
  it.each(cases)('$line', async ({ line, exitCode, codes = [] }) => {
    const { report, ...result } = await verifyJson(line)
    expect(result.exitCode).toBe(exitCode)
    expect(report.valid).toBe(exitCode === 0)
    expect(codesOf(report.certificates[0])).toEqual(codes)
  })

  it('refuses a wildcard over a public suffix under webpki', async () => {
    const { report } = await verifyJson('wildcard.pem --trust root.pem --host a.github.io --rules webpki')
    expect(codesOf(report.certificates[0])).toContain('identity.public-suffix-wildcard')
    const { report: other } = await verifyJson('chain.pem --trust root.pem --host web.test --rules webpki')
    expect(codesOf(other.certificates[0])).not.toContain('identity.public-suffix-wildcard')
  })
})

describe('revocation', () => {
  const cases: readonly { line: string; exitCode: 0 | 1; codes: readonly string[] }[] = [
    { line: '--crl crls', exitCode: 0, codes: ['path.malformed-candidate'] },
    { line: '--crl crls/ca.crl --crl crls/root.crl', exitCode: 0, codes: [] },
    { line: '--crl crls/ca.crl', exitCode: 1, codes: ['revocation.unknown'] },
    { line: '--crl crls/ca.crl --soft-fail', exitCode: 0, codes: ['revocation.unknown-tolerated'] },
    { line: '--crl crls/ca.crl --revocation-scope end-entity', exitCode: 0, codes: [] },
    { line: '--crl revoked.crl --crl crls/root.crl', exitCode: 1, codes: ['revocation.revoked'] },
    {
      line: '--crl broken.crl --crl crls/root.crl --crl crls/ca.crl',
      exitCode: 0,
      codes: ['path.malformed-candidate'],
    },
    {
      line: '--crl broken.crl --revocation-scope end-entity',
      exitCode: 1,
      codes: ['revocation.unknown', 'path.malformed-candidate'],
    },
    { line: '--revocation offline --revocation-scope end-entity', exitCode: 1, codes: ['revocation.unknown'] },
    { line: '--revocation none', exitCode: 0, codes: [] },
  ]
  it.each(cases)('$line', async ({ line, exitCode, codes }) => {
    const { report, ...result } = await verifyJson(`chain.pem --trust root.pem ${line}`)
    expect(result.exitCode).toBe(exitCode)
    expect(codesOf(report.certificates[0])).toEqual(codes)
  })

  it('says which evidence cleared whom', async () => {
    const { report } = await verifyJson('chain.pem --trust root.pem --crl crls/ca.crl --crl crls/root.crl')
    expect(report.certificates[0].revocation).toMatchObject([
      { certificate: 1, state: 'unrevoked' },
      { certificate: 0, state: 'unrevoked' },
    ])
  })
})

describe('inputs', () => {
  it('takes a name in the store, chain and all, as target and as anchor', async () => {
    const { report, exitCode } = await verifyJson('web --trust myroot')
    expect(exitCode).toBe(0)
    expect(report.certificates[0].path.map(({ subject }: { subject: string }) => subject)).toEqual([
      'CN=web.test',
      CA,
      ROOT,
    ])
  })

  it('never trusts the chain of an anchor in the store', async () => {
    const { report, exitCode } = await verifyJson('ca.pem --trust web')
    expect(exitCode).toBe(1)
    expect(codesOf(report.certificates[0])).toEqual(['path.issuer-not-found'])
  })

  it('prefers a file to a name in the store', async () => {
    writeFileSync(join(cwd, 'web'), pem(expired(), ca()))
    const { report } = await verifyJson('web --trust myroot')
    rmSync(join(cwd, 'web'))
    expect(codesOf(report.certificates[0])).toEqual(['validity.expired'])
  })

  it('reads standard input', async () => {
    const result = await verify('- --trust root.pem -q', { stdin: Buffer.from(pem(leaf(), ca())) })
    expect(result).toEqual({ exitCode: 0, stdout: '', stderr: '' })
  })

  it('reports a malformed intermediate, and goes on without it', async () => {
    const { report, exitCode } = await verifyJson('broken-middle.pem --trust root.pem')
    expect(exitCode).toBe(0)
    expect(report.certificates[0].findings).toMatchObject([
      {
        code: 'path.malformed-candidate',
        level: 'warning',
        certificate: null,
        facts: { source: 'block 2 of broken-middle.pem' },
      },
    ])
  })
})

describe('wrong input', () => {
  const cases: readonly { line: string; exitCode: 2 | 3; code: string; context?: Record<string, unknown> }[] = [
    { line: 'leaf.pem', exitCode: 2, code: 'usage.option' },
    { line: 'leaf.pem --trust missing.pem', exitCode: 3, code: 'input.not-found' },
    { line: 'leaf.pem --trust empty.pem', exitCode: 3, code: 'input.malformed' },
    { line: 'leaf.pem --trust text.pem', exitCode: 3, code: 'input.malformed' },
    { line: 'leaf.pem --trust broken-trust.pem', exitCode: 3, code: 'input.malformed', context: { block: 2 } },
    { line: 'chain.pem --trust client-root.pem', exitCode: 3, code: 'input.unsupported', context: { block: 1 } },
    { line: 'leaf.pem --trust crls/ca.crl', exitCode: 3, code: 'input.malformed' },
    { line: 'leaf.pem --trust .', exitCode: 3, code: 'input.unreadable' },
    {
      line: 'text.pem --trust root.pem',
      exitCode: 3,
      code: 'input.malformed',
      context: { file: 'text.pem', offset: 0 },
    },
    {
      line: 'broken-first.pem --trust root.pem',
      exitCode: 3,
      code: 'input.malformed',
      context: { file: 'broken-first.pem', block: 1, offset: 2, expected: 'certificate' },
    },
    { line: 'missing.pem --trust root.pem', exitCode: 3, code: 'input.not-found' },
    { line: 'revoked.crl --trust root.pem', exitCode: 3, code: 'input.malformed' },
    { line: 'chain.pem --trust root.pem --untrusted missing.pem', exitCode: 3, code: 'input.not-found' },
    { line: 'chain.pem --trust root.pem --crl missing.crl', exitCode: 3, code: 'input.not-found' },
    { line: 'chain.pem --trust root.pem --crl root.pem', exitCode: 3, code: 'input.malformed' },
    { line: 'chain.pem --trust root.pem --crl text.pem', exitCode: 3, code: 'input.malformed' },
    { line: 'chain.pem --trust root.pem --crl revoked.crl --revocation none', exitCode: 2, code: 'usage.option' },
    { line: 'chain.pem --trust root.pem --revocation sometimes', exitCode: 2, code: 'usage.option' },
    { line: 'chain.pem --trust root.pem --revocation-scope some --crl crls', exitCode: 2, code: 'usage.option' },
    { line: 'chain.pem --trust root.pem --rules mine', exitCode: 2, code: 'usage.option' },
    { line: 'chain.pem --trust root.pem --purpose mine', exitCode: 2, code: 'usage.option' },
    { line: 'chain.pem --trust root.pem --host a --ip 1.1.1.1', exitCode: 2, code: 'usage.option' },
    { line: 'chain.pem --trust root.pem --host *.test', exitCode: 2, code: 'usage.general-name' },
    { line: 'chain.pem --trust root.pem --ip 1.1.1', exitCode: 2, code: 'usage.general-name' },
    // Also where no path is found, and the name is never compared.
    { line: 'leaf.pem --trust root.pem --host a..b', exitCode: 2, code: 'usage.general-name' },
    { line: 'chain.pem --trust root.pem --at yesterday', exitCode: 2, code: 'usage.time' },
    { line: 'chain.pem --trust root.pem --max-depth -1', exitCode: 2, code: 'usage.option' },
    { line: 'chain.pem --trust root.pem --policy serverAuth', exitCode: 2, code: 'usage.option' },
    { line: 'chain.pem --trust root.pem --format xml', exitCode: 2, code: 'usage.option' },
    { line: 'chain.pem --trust root.pem --format text --quiet', exitCode: 2, code: 'usage.option' },
  ]
  it.each(cases)('$line', async ({ line, exitCode, code, context = {} }) => {
    const result = await verify(line.includes('--format') ? line : `${line} --json`)
    expect(result.exitCode).toBe(exitCode)
    expect(result.stderr).toMatch(/^pki: error: /)
    if (!line.includes('--format')) expect(JSON.parse(result.stdout)).toMatchObject({ code, context })
  })
})

describe('the text', () => {
  it('draws a valid path', async () => {
    const { stdout, stderr } = await verify('chain.pem --trust root.pem --purpose serverAuth --host web.test')
    expect(stderr).toBe('')
    expect(stdout).toMatchInlineSnapshot(`
      "✔ chain.pem is valid

        ✔ CN=web.test  expires 2026-12-31, in 214 days
        └─ ✔ CN=Test CA 1,O=Example  expires 2031-01-01, in 4 years
           └─ ✔ CN=Test Root,O=Example  trust anchor

        rules rfc5280 · at 2026-06-01 00:00:00 UTC · purpose serverAuth · host web.test · revocation not
        checked
      "
    `)
  })

  it('marks the certificate at fault, and says what to do', async () => {
    const { stdout } = await verify('expired.pem --trust root.pem --purpose clientAuth')
    expect(stdout).toMatchInlineSnapshot(`
      "✖ expired.pem is rejected: 2 errors

        ✖ CN=web.test  expired 2026-05-22, 10 days ago
        │  expired: notAfter 2026-05-22T00:00:00Z, checked at 2026-06-01T00:00:00Z
        │  → renew it
        │  RFC 5280 §6.1.3 (a)(2) · validity.expired
        │
        │  its extKeyUsage does not allow clientAuth: it allows serverAuth
        │  → issue it with the extended key usage clientAuth
        │  RFC 5280 §4.2.1.12 · purpose.not-allowed
        └─ ✔ CN=Test CA 1,O=Example  expires 2031-01-01, in 4 years
           └─ ✔ CN=Test Root,O=Example  trust anchor

        rules rfc5280 · at 2026-06-01 00:00:00 UTC · purpose clientAuth · revocation not checked
      "
    `)
  })

  it('shows what is missing', async () => {
    const { stdout } = await verify('leaf.pem --trust root.pem')
    expect(stdout).toMatchInlineSnapshot(`
      "✖ leaf.pem is rejected: 1 error

        ✖ CN=web.test  expires 2026-12-31, in 214 days
        │  no certificate of its issuer was given: CN=Test CA 1,O=Example
        │  → give the missing CA certificate as an untrusted certificate, or its root as a trust anchor
        │    (--untrusted, --trust)
        │  RFC 5280 §6.1 · path.issuer-not-found
        └─ ? CN=Test CA 1,O=Example  missing

        rules rfc5280 · at 2026-06-01 00:00:00 UTC · revocation not checked
      "
    `)
  })

  it('gives several certificates a line each', async () => {
    const { stdout, exitCode } = await verify('chain.pem expired.pem ca.pem --trust root.pem')
    expect(exitCode).toBe(1)
    expect(stdout).toMatchInlineSnapshot(`
      "✔ chain.pem    valid, expires in 214 days
      ✖ expired.pem  expired: notAfter 2026-05-22T00:00:00Z, checked at 2026-06-01T00:00:00Z
      ✔ ca.pem       valid, expires in 4 years
      3 certificates: 2 valid, 1 rejected
      "
    `)
  })

  it('explains with facts and the other paths', async () => {
    const { stdout } = await verify('expired.pem --trust root.pem --untrusted rival-ca.pem --explain')
    expect(stdout).toMatchInlineSnapshot(`
      "✖ expired.pem is rejected: 1 error

        ✖ CN=web.test  expired 2026-05-22, 10 days ago
        │  expired: notAfter 2026-05-22T00:00:00Z, checked at 2026-06-01T00:00:00Z
        │  → renew it
        │  RFC 5280 §6.1.3 (a)(2) · validity.expired
        │  at = 2026-06-01T00:00:00.000Z, notAfter = 2026-05-22T00:00:00.000Z
        └─ ✔ CN=Test CA 1,O=Example  expires 2031-01-01, in 4 years
           └─ ✔ CN=Test Root,O=Example  trust anchor

        rules rfc5280 · at 2026-06-01 00:00:00 UTC · revocation not checked

        one other path was tried

        1. ✖ CN=web.test  expired 2026-05-22, 10 days ago
           │  its ed25519 signature does not verify with the key of CN=Test CA 1,O=Example
           │  → it was changed after signing, or signed by another key of that name: give the right issuer
           │    certificate
           │  RFC 5280 §6.1.3 (a)(1) · signature.invalid
           │  algorithm = 1.3.101.112, issuer = CN=Test CA 1,O=Example
           └─ ✔ CN=Test CA 1,O=Example  expires 2026-12-31, in 214 days
              └─ ✔ CN=Test Root,O=Example  trust anchor
      "
    `)
  })

  it('is plain where the locale is', async () => {
    const { stdout } = await verify('leaf.pem --trust root.pem', { env: { LC_ALL: 'C' } })
    expect(stdout).toMatch(/^[\n\x20-\x7e§]*$/)
    expect(stdout).toContain('`- ? CN=Test CA 1,O=Example  missing')
  })

  it('colours on a terminal, and stays within its width', async () => {
    const { stdout } = await verify('leaf.pem --trust root.pem', { columns: 66 })
    expect(stdout).toContain('\x1b[31m')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences of colours
    const widths = stdout.split('\n').map((line) => line.replaceAll(/\x1b\[\d+m/g, '').length)
    expect(Math.max(...widths)).toBeLessThanOrEqual(66)
    expect(Math.max(...widths)).toBeGreaterThan(50)
  })

  it('lets no certificate write to the terminal', async () => {
    for (const format of ['text', 'junit', 'sarif']) {
      const { stdout } = await verify(`control.pem --trust root.pem --format ${format}`)
      expect(stdout).toContain('name')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is the point
      expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f]/)
    }
  })
})

describe('--json', () => {
  it('has the schema pki.verified/1', async () => {
    const { report } = await verifyJson('expired.pem --trust root.pem')
    expect(Object.keys(report)).toEqual(['schema', 'valid', 'certificates'])
    expect(report.schema).toBe('pki.verified/1')
    expect(report.certificates).toEqual([
      {
        source: 'expired.pem',
        title: 'web.test',
        valid: false,
        rules: 'rfc5280',
        at: '2026-06-01T00:00:00.000Z',
        anchored: true,
        path: [
          expect.objectContaining({
            subject: 'CN=web.test',
            issuer: CA,
            serialNumber: '0102',
            fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
          }),
          expect.objectContaining({ subject: CA, issuer: ROOT, notAfter: '2031-01-01T00:00:00.000Z' }),
          expect.objectContaining({ subject: ROOT, issuer: ROOT, notBefore: '2026-01-01T00:00:00.000Z' }),
        ],
        findings: [
          {
            code: 'validity.expired',
            level: 'error',
            certificate: 0,
            facts: { at: '2026-06-01T00:00:00.000Z', notAfter: '2026-05-22T00:00:00.000Z' },
            section: expect.stringContaining('RFC 5280'),
            sentence: expect.any(String),
            cure: expect.any(String),
            platformName: null,
          },
        ],
        policies: { authorityConstrained: [], userConstrained: [] },
        revocation: [],
        evidence: [],
      },
    ])
  })

  it('has all attempts with --explain, and several certificates in order', async () => {
    const { report } = await verifyJson('expired.pem chain.pem --trust root.pem --untrusted rival-ca.pem --explain')
    expect(report.valid).toBe(false)
    expect(report.certificates.map(({ valid }: { valid: boolean }) => valid)).toEqual([false, true])
    const [first] = report.certificates
    expect(first.attempts.length).toBeGreaterThan(1)
    expect(first.attempts[0]).toMatchObject({
      valid: false,
      anchored: true,
      path: expect.any(Array),
      findings: expect.any(Array),
    })
  })
})

describe('--format', () => {
  it('junit: a test case for each certificate', async () => {
    const { stdout, exitCode } = await verify('chain.pem expired.pem broken-middle.pem --trust root.pem --format junit')
    expect(exitCode).toBe(1)
    expect(stdout).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="pki verify" tests="3" failures="1" errors="0" time="0">
        <testsuite name="pki verify" tests="3" failures="1" errors="0" skipped="0" time="0" timestamp="2026-06-01T00:00:00">
          <testcase name="web.test" classname="chain.pem" time="0"/>
          <testcase name="web.test" classname="expired.pem" time="0">
            <failure message="expired: notAfter 2026-05-22T00:00:00Z, checked at 2026-06-01T00:00:00Z" type="validity.expired">error validity.expired (certificate 0 of the path): expired: notAfter 2026-05-22T00:00:00Z, checked at 2026-06-01T00:00:00Z
        cure: renew it
        RFC 5280 §6.1.3 (a)(2)</failure>
          </testcase>
          <testcase name="web.test" classname="broken-middle.pem" time="0">
            <system-out>warning path.malformed-candidate: block 2 of broken-middle.pem cannot be read and was left out: tbsCertificate: expected tag 0x30, found 0x01 (octet 2)
        cure: replace the file, or leave it away
        RFC 5280 §4.1, §5.1</system-out>
          </testcase>
        </testsuite>
      </testsuites>
      "
    `)
  })

  it('sarif: a result for each finding, a rule for each code', async () => {
    const { stdout, exitCode } = await verify('chain.pem expired.pem broken-middle.pem --trust root.pem --format sarif')
    expect(exitCode).toBe(1)
    const log = JSON.parse(stdout)
    expect(log.version).toBe('2.1.0')
    const [{ tool, results }] = log.runs
    expect(tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual([
      'validity.expired',
      'path.malformed-candidate',
    ])
    expect(tool.driver.rules[0]).toMatchObject({
      help: { text: expect.any(String) },
      defaultConfiguration: { level: 'error' },
    })
    expect(results).toMatchObject([
      {
        ruleId: 'validity.expired',
        ruleIndex: 0,
        level: 'error',
        message: { text: expect.stringContaining('web.test') },
        locations: [{ physicalLocation: { artifactLocation: { uri: 'expired.pem' } } }],
      },
      { ruleId: 'path.malformed-candidate', ruleIndex: 1, level: 'warning' },
    ])
  })

  it('none with --quiet', async () => {
    expect(await verify('expired.pem --trust root.pem --quiet')).toEqual({ exitCode: 1, stdout: '', stderr: '' })
  })
})
