import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatPem } from '../../src/der/pem.ts'
import { bitString, context, integer, oid, sequence, setOf } from '../../src/der/writer.ts'
import { createSigner } from '../../src/keys/keys.ts'
import { encodeExtensions, encodeKeyUsage, encodePolicyConstraints } from '../../src/x509/extension-encoding.ts'
import { encodeGeneralNames } from '../../src/x509/general-name.ts'
import { parseNameText } from '../../src/x509/name-text.ts'
import { EXTENSION } from '../../src/x509/oids.ts'
import { hex } from '../der/hex.ts'
import { fixedCertificate, fixedKey, folderWith, leaf, NOW, pem, ROOT, root } from './fixed-hierarchy.ts'
import { type MemoryIoOptions, runPki } from './memory-io.ts'

/** A request for one name, signed with its key, or over something else. */
function request(dnsName: string, signed = true): string {
  const key = fixedKey('CN=asker')
  const names = encodeGeneralNames([{ type: 'dNSName', value: dnsName }])
  const asked = encodeExtensions([{ oid: EXTENSION.subjectAltName, critical: false, value: names }])
  const attributes = context(0, sequence(oid('1.2.840.113549.1.9.14'), setOf(asked)))
  const info = sequence(integer(0), parseNameText('CN=asker'), key.publicKey.encoded, attributes)
  const signer = createSigner(key)
  const signature = signer.sign(signed ? info : new Uint8Array())
  return formatPem('CERTIFICATE REQUEST', sequence(info, signer.algorithm, bitString(signature)))
}

const policyConstraints = encodePolicyConstraints({ requireExplicitPolicy: 0, inhibitPolicyMapping: undefined })

let cwd = ''

beforeAll(() => {
  cwd = folderWith({
    'leaf.pem': pem(leaf()),
    'root.pem': pem(root()),
    'zero.pem': pem(leaf({ serialNumber: 0 })),
    'two-faults.pem': pem(
      fixedCertificate({
        subject: 'CN=Bad CA',
        issuer: ROOT,
        isCa: true,
        serialNumber: -5,
        extensions: [{ oid: EXTENSION.policyConstraints, critical: false, value: policyConstraints }],
      }),
    ),
    'unknown.pem': pem(leaf({ extensions: [{ oid: '1.2.3.4', critical: true, value: hex('0500') }] })),
    'twice.pem': pem(
      leaf({ extensions: [{ oid: EXTENSION.keyUsage, critical: true, value: encodeKeyUsage(['digitalSignature']) }] }),
    ),
    'malformed.pem': pem(
      leaf({ extensions: [{ oid: EXTENSION.policyConstraints, critical: true, value: hex('0500') }] }),
    ),
    'bundle.pem': pem(leaf(), leaf({ serialNumber: 0 })),
    'good.csr': request('a.test'),
    'bad-name.csr': request('a b'),
    'forged.csr': request('a.test', false),
    'broken.csr': formatPem('CERTIFICATE REQUEST', hex('3003010100')),
    'broken.pem': formatPem('CERTIFICATE', hex('3003010100')),
    'text.txt': 'nothing\n',
    'public.pem': formatPem('PUBLIC KEY', fixedKey('x').publicKey.encoded),
  })
})

afterAll(() => rmSync(cwd, { recursive: true }))

const lint = (line: string, options: Partial<MemoryIoOptions> = {}) =>
  runPki(['lint', ...line.split(' ')], { cwd, now: NOW, ...options })

const codesOf = (item: { findings: { code: string }[] }) => item.findings.map(({ code }) => code)

describe('the codes', () => {
  it.each([
    ['leaf.pem', 0, []],
    ['root.pem', 0, []],
    ['zero.pem', 1, ['serial.zero']],
    ['two-faults.pem', 1, ['serial.negative', 'extension.must-be-critical']],
    ['unknown.pem', 1, ['extension.unknown-critical']],
    ['twice.pem', 1, ['extension.duplicate']],
    ['malformed.pem', 1, ['extension.malformed']],
    ['good.csr', 0, []],
    ['bad-name.csr', 1, ['san.malformed']],
    ['forged.csr', 1, ['signature.invalid']],
    // What path validation does not look at is a warning to it.
    ['zero.pem --rules rfc5280', 0, ['serial.zero']],
    ['leaf.pem --rules rfc5280-strict', 0, []],
    // Browsers know no EdDSA.
    ['leaf.pem --rules webpki', 1, ['webpki.key-type', 'webpki.signature-algorithm']],
    ['good.csr --rules webpki', 1, ['webpki.key-type', 'webpki.common-name-not-in-san', 'webpki.purpose-missing']],
  ] as const)('%s', async (line, exitCode, codes) => {
    const result = await lint(`${line} --json`)
    expect(result.exitCode).toBe(exitCode)
    const { schema, accepted, items } = JSON.parse(result.stdout)
    expect({ schema, accepted }).toEqual({ schema: 'pki.linted/1', accepted: exitCode === 0 })
    expect(items.map(codesOf)).toEqual([codes])
  })
})

describe('the output', () => {
  it('has one item for each certificate of a bundle', async () => {
    const { items } = JSON.parse((await lint('bundle.pem good.csr --json')).stdout)
    expect(items).toMatchObject([
      { source: 'bundle.pem', title: 'web.test', accepted: true, rules: 'rfc5280-strict', findings: [] },
      {
        source: 'bundle.pem',
        accepted: false,
        findings: [{ code: 'serial.zero', level: 'error', certificate: 0, facts: {} }],
      },
      { source: 'good.csr', title: 'asker', accepted: true },
    ])
  })

  it('is readable', async () => {
    const { stdout } = await lint('leaf.pem two-faults.pem good.csr')
    expect(stdout).toMatchInlineSnapshot(`
      "✔ leaf.pem  web.test  nothing wrong by rfc5280-strict

      ✖ two-faults.pem  Bad CA  2 errors
        its serial number is negative
        → issue it with a positive serial number
        RFC 5280 §4.1.2.2 · serial.negative

        its extension policyConstraints must be critical and is not
        → issue it with the extension critical
        RFC 5280 §4.2.1 · extension.must-be-critical

      ✔ good.csr  asker  nothing wrong by rfc5280-strict
      "
    `)
  })

  it('as JUnit and SARIF has the same verdicts', async () => {
    const junit = (await lint('leaf.pem zero.pem --format junit')).stdout
    expect(junit).toContain('tests="2" failures="1"')
    expect(junit).toContain('type="serial.zero"')
    const sarif = JSON.parse((await lint('leaf.pem zero.pem --format sarif')).stdout)
    expect(sarif.runs[0].results.map(({ ruleId }: { ruleId: string }) => ruleId)).toEqual(['serial.zero'])
  })

  it('is nothing with --quiet', async () => {
    expect(await lint('zero.pem -q')).toEqual({ exitCode: 1, stdout: '', stderr: '' })
  })
})

describe('wrong input', () => {
  it.each([
    ['missing.pem', 3, 'input.not-found'],
    ['text.txt', 3, 'input.malformed'],
    ['broken.pem', 3, 'input.malformed'],
    ['broken.csr', 3, 'input.malformed'],
    ['public.pem', 3, 'input.malformed'],
    ['leaf.pem --rules mine', 2, 'usage.option'],
  ])('%s', async (line, exitCode, code) => {
    const result = await lint(`${line} --json`)
    expect(result.exitCode).toBe(exitCode)
    expect(JSON.parse(result.stdout)).toMatchObject({ schema: 'pki.error/1', code })
  })
})
