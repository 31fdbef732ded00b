import { createHash, randomBytes } from 'node:crypto'
import { unzipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { readInput } from '../../src/container/read-input.ts'
import { parsePem } from '../../src/der/pem.ts'
import type { Artifact } from '../../src/export/artifact.ts'
import type { ExportOptions } from '../../src/export/export-options.ts'
import {
  EXPORT_FORMATS,
  type ExportFormatName,
  exportCredential,
  exportFileNames,
  requireExportFormat,
} from '../../src/export/formats.ts'
import { exportMtlsLayout } from '../../src/export/layout.ts'
import type { Credential } from '../../src/keys/credential.ts'
import { parsePrivateKey } from '../../src/keys/key-file.ts'
import { hasProgram, program, run } from '../foreign-program.ts'
import { withFiles } from '../temporary-folder.ts'
import {
  EXPORTED_ALGORITHMS,
  intermediate,
  intermediateCertificate,
  root,
  rootCertificate,
  testCredential,
} from './test-credential.ts'

const random = (length: number) => new Uint8Array(randomBytes(length))
const leaf = testCredential('ec-p256')
const rootCredential: Credential = { certificate: rootCertificate, chain: [], privateKey: root.key }
const caCredential: Credential = {
  certificate: intermediateCertificate,
  chain: [rootCertificate],
  privateKey: intermediate.key,
}
const withoutKey: Credential = { ...leaf, privateKey: undefined }
const alone: Credential = { ...leaf, chain: [] }

const NAMES = EXPORT_FORMATS.map(({ name }) => name)

const exported = (format: ExportFormatName, credential: Credential = leaf, options: Partial<ExportOptions> = {}) =>
  exportCredential(credential, 'leaf', { format, random, password: 'changeit', ...options })

async function one(
  format: ExportFormatName,
  credential?: Credential,
  options?: Partial<ExportOptions>,
): Promise<Artifact> {
  const artifacts = await exported(format, credential, options)
  expect(artifacts).toHaveLength(1)
  return artifacts[0] as Artifact
}

const textOf = ({ bytes }: Artifact) => Buffer.from(bytes).toString('utf8')
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const [leafHash, intermediateHash, rootHash] = [leaf.certificate, intermediateCertificate, rootCertificate].map((c) =>
  hash(c.encoded),
) as [string, string, string]
const certificatesIn = (artifact: Artifact) =>
  parsePem(textOf(artifact)).flatMap(({ label, bytes }) => (label === 'CERTIFICATE' ? [hash(bytes)] : []))

test.each(NAMES)('the names of the files of %s are known beforehand', async (format) => {
  const files = (await exported(format)).map(({ fileName }) => fileName)
  expect(exportFileNames(format, 'leaf')).toEqual(files)
})

describe('PEM and DER', () => {
  const cases: readonly {
    format: ExportFormatName
    fileName: string
    certificates: readonly string[]
    hasKey?: boolean
    credential?: Credential
    options?: Partial<ExportOptions>
  }[] = [
    { format: 'pem', fileName: 'leaf.pem', certificates: [leafHash, intermediateHash], hasKey: true },
    { format: 'pem', fileName: 'leaf.pem', certificates: [leafHash, intermediateHash], credential: withoutKey },
    { format: 'crt', fileName: 'leaf.crt', certificates: [leafHash] },
    { format: 'key', fileName: 'leaf.key', certificates: [], hasKey: true },
    { format: 'chain', fileName: 'leaf.chain.pem', certificates: [intermediateHash] },
    {
      format: 'chain',
      fileName: 'leaf.chain.pem',
      certificates: [intermediateHash, rootHash],
      options: { includeRoot: true },
    },
    { format: 'fullchain', fileName: 'leaf.fullchain.pem', certificates: [leafHash, intermediateHash] },
    { format: 'fullchain', fileName: 'leaf.fullchain.pem', certificates: [leafHash], credential: alone },
    { format: 'ca-bundle', fileName: 'leaf.ca-bundle.pem', certificates: [intermediateHash, rootHash] },
    { format: 'ca-bundle', fileName: 'leaf.ca-bundle.pem', certificates: [rootHash], credential: rootCredential },
    {
      format: 'ca-bundle',
      fileName: 'leaf.ca-bundle.pem',
      certificates: [intermediateHash, rootHash],
      credential: caCredential,
    },
  ]
  test.each(cases)('$fileName: $certificates.length certificates', async (row) => {
    const artifact = await one(row.format, row.credential, row.options)
    expect(artifact.fileName).toBe(row.fileName)
    expect(certificatesIn(artifact)).toEqual(row.certificates)
    expect(artifact.mode).toBe(row.hasKey ? 0o600 : 0o644)
    const keys = parsePem(textOf(artifact)).filter(({ label }) => label.endsWith('PRIVATE KEY'))
    expect(keys).toHaveLength(row.hasKey ? 1 : 0)
  })

  test.each(['der', 'cer'] as const)('%s is the certificate itself', async (format) => {
    expect(await one(format)).toEqual({ fileName: `leaf.${format}`, bytes: leaf.certificate.encoded, mode: 0o644 })
  })
  test.each(EXPORTED_ALGORITHMS)('the key of %s', async (algorithm) => {
    const credential = testCredential(algorithm)
    const { bytes } = await one('key', credential, { keyPassword: 'secret' })
    expect(textOf({ fileName: '', mode: 0o600, bytes })).toContain('ENCRYPTED PRIVATE KEY')
    expect(parsePrivateKey(bytes, { source: '', password: 'secret' })).toEqual(credential.privateKey)
  })
  test('the key in its traditional form', async () => {
    expect(textOf(await one('key', leaf, { keyFormat: 'traditional' }))).toContain('-----BEGIN EC PRIVATE KEY-----')
  })
  test('another mode for keys, and only for keys', async () => {
    for (const format of NAMES) {
      for (const { mode, bytes } of await exported(format, leaf, { keyMode: 0o640 })) {
        const isSecret = mode === 0o640
        expect([isSecret, mode]).toEqual([isSecret, isSecret ? 0o640 : 0o644])
        if (!isSecret) expect(Buffer.from(bytes).includes('PRIVATE KEY')).toBe(false)
      }
    }
  })
})

describe('containers', () => {
  test('pfx', async () => {
    const artifact = await one('pfx')
    expect([artifact.fileName, artifact.mode]).toEqual(['leaf.pfx', 0o600])
    const input = await readInput(artifact.bytes, { source: '', password: 'changeit' })
    expect(input.certificates.map(({ encoded }) => hash(encoded))).toEqual([leafHash, intermediateHash])
    expect(input.privateKeys).toEqual([leaf.privateKey])
  })
  test('truststore holds the root alone', async () => {
    const artifact = await one('truststore')
    expect([artifact.fileName, artifact.mode]).toEqual(['leaf.truststore.p12', 0o644])
    const input = await readInput(artifact.bytes, { source: '', password: 'changeit' })
    expect(input.certificates.map(({ encoded }) => hash(encoded))).toEqual([rootHash])
  })
  test('p7b, DER and PEM', async () => {
    const der = await one('p7b')
    const pem = await one('p7b-pem')
    expect(parsePem(textOf(pem)).map(({ label, bytes }) => ({ label, bytes }))).toEqual([
      { label: 'PKCS7', bytes: der.bytes },
    ])
    const input = await readInput(der.bytes, { source: '' })
    expect(new Set(input.certificates.map(({ encoded }) => hash(encoded)))).toEqual(
      new Set([leafHash, intermediateHash, rootHash]),
    )
  })
  test.skipIf(!hasProgram('openssl'))('openssl pkcs7 reads p7b', async () => {
    const { bytes } = await one('p7b')
    const result = run(program('openssl'), ['pkcs7', '-inform', 'DER', '-print_certs'], { input: bytes })
    expect([result.status, result.stdout.match(/BEGIN CERTIFICATE/g)?.length]).toEqual([0, 3])
  })
  test.skipIf(!hasProgram('certtool'))('certtool reads p7b', async () => {
    const { bytes } = await one('p7b')
    expect(
      run(program('certtool'), ['--p7-info', '--inder'], { input: bytes }).output.match(/BEGIN CERTIFICATE/g),
    ).toHaveLength(3)
  })
  test.skipIf(!hasProgram('keytool'))('keytool reads p7b', { timeout: 30_000 }, async () => {
    const { bytes } = await one('p7b')
    withFiles({ 'a.p7b': bytes }, (folder) => {
      const { status, output } = run(program('keytool'), ['-printcert', '-file', `${folder}/a.p7b`])
      expect([status, output.match(/^Owner: /gm)?.length]).toEqual([0, 3])
    })
  })
})

describe('k8s', () => {
  test('a TLS secret and a ConfigMap', async () => {
    const artifact = await exportCredential(leaf, 'My_Server@1', { format: 'k8s', random, namespace: 'prod' })
    const [file] = artifact
    expect([file?.fileName, file?.mode]).toEqual(['My_Server@1.k8s.yaml', 0o600])
    const [secret, map, ...others] = parseAllDocuments(textOf(file as Artifact)).map((document) => document.toJS())
    expect(others).toEqual([])
    expect(secret).toMatchObject({
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'kubernetes.io/tls',
      metadata: { name: 'my-server-1', namespace: 'prod' },
    })
    const decoded = (entry: string) => Buffer.from(secret.data[entry], 'base64').toString()
    expect(parsePem(decoded('tls.crt')).map(({ bytes }) => hash(bytes))).toEqual([leafHash, intermediateHash])
    expect(parsePem(decoded('ca.crt')).map(({ bytes }) => hash(bytes))).toEqual([intermediateHash, rootHash])
    expect(parsePrivateKey(Buffer.from(decoded('tls.key')), { source: '' }).pkcs8).toEqual(leaf.privateKey.pkcs8)
    expect(map).toMatchObject({ kind: 'ConfigMap', metadata: { name: 'my-server-1-ca', namespace: 'prod' } })
    expect(map.data['ca.crt']).toBe(decoded('ca.crt'))
  })
  test('names that YAML would read as something else', async () => {
    const [file] = await exportCredential(leaf, '123', { format: 'k8s', random })
    const [secret] = parseAllDocuments(textOf(file as Artifact)).map((document) => document.toJS())
    expect(secret.metadata).toEqual({ name: '123' })
  })
  test('refusals', async () => {
    await expect(exported('k8s', leaf, { namespace: 'No Such: {}' })).rejects.toMatchObject({ code: 'usage.option' })
    await expect(exported('k8s', leaf, { keyPassword: 'x' })).rejects.toMatchObject({ code: 'usage.option' })
  })
})

describe('env', () => {
  const variables = (artifact: Artifact | undefined) =>
    new Map(
      textOf(artifact as Artifact)
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#'))
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const),
    )
  test('variables name files that come with it', async () => {
    const [env, ...files] = await exported('env', leaf, { folder: '/etc/pki' })
    expect([env?.fileName, env?.mode]).toEqual(['leaf.env', 0o600])
    const values = variables(env)
    expect(values.get('NODE_EXTRA_CA_CERTS')).toBe('/etc/pki/leaf.ca-bundle.pem')
    expect(values.get('SSL_CERT_FILE')).toBe('/etc/pki/leaf.ca-bundle.pem')
    expect(values.get('TLS_KEY_FILE')).toBe('/etc/pki/leaf.key')
    const names = files.map(({ fileName, mode }) => ({ fileName, mode }))
    expect(names).toEqual([
      { fileName: 'leaf.ca-bundle.pem', mode: 0o644 },
      { fileName: 'leaf.fullchain.pem', mode: 0o644 },
      { fileName: 'leaf.key', mode: 0o600 },
    ])
    expect(Buffer.from(values.get('TLS_CERT_BASE64') as string, 'base64')).toEqual(Buffer.from(files[1]?.bytes ?? []))
    expect(Buffer.from(values.get('TLS_KEY_BASE64') as string, 'base64')).toEqual(Buffer.from(files[2]?.bytes ?? []))
  })
  test('without a key: trust only, readable by all', async () => {
    const [env, ...files] = await exported('env', withoutKey)
    expect(env?.mode).toBe(0o644)
    expect(files.map(({ fileName }) => fileName)).toEqual(['leaf.ca-bundle.pem'])
    expect(variables(env).has('TLS_KEY_FILE')).toBe(false)
  })
  const folders = ['/tmp/a b', "/tmp/it's $HOME `id`", '/tmp/"x"', 'C:\\pki', '/tmp/#x;&']
  test.skipIf(process.platform === 'win32').each(folders)('a shell reads %s as it is', async (folder) => {
    const [env] = await exported('env', leaf, { folder })
    withFiles({ 'test.env': textOf(env as Artifact) }, (where) => {
      const { stdout } = run(program('sh'), ['-c', `. "$1"; printf %s "$SSL_CERT_FILE"`, 'sh', `${where}/test.env`])
      expect(stdout).toBe(`${folder}/leaf.ca-bundle.pem`)
    })
  })
})

describe('zip', () => {
  test('holds what the other formats give', async () => {
    const artifact = await one('zip')
    expect([artifact.fileName, artifact.mode]).toEqual(['leaf.zip', 0o600])
    const files = unzipSync(artifact.bytes)
    expect(Object.keys(files).sort()).toEqual(
      [
        'leaf.ca-bundle.pem',
        'leaf.cer',
        'leaf.chain.pem',
        'leaf.crt',
        'leaf.der',
        'leaf.env',
        'leaf.fullchain.pem',
        'leaf.k8s.yaml',
        'leaf.key',
        'leaf.p7b',
        'leaf.p7b.pem',
        'leaf.pem',
        'leaf.pfx',
        'leaf.truststore.p12',
      ].sort(),
    )
    expect(hash(files['leaf.der'] as Uint8Array)).toBe(leafHash)
  })
  test('the same randomness gives the same bytes', async () => {
    const fixed = (length: number) => new Uint8Array(length).fill(3)
    const [first, second] = [await one('zip', leaf, { random: fixed }), await one('zip', leaf, { random: fixed })]
    expect(first).toEqual(second)
  })
  test('leaves out what there is not', async () => {
    const artifact = await one('zip', { ...alone, privateKey: undefined })
    expect(artifact.mode).toBe(0o644)
    expect(Object.keys(unzipSync(artifact.bytes)).sort()).toEqual(
      ['leaf.cer', 'leaf.crt', 'leaf.der', 'leaf.fullchain.pem', 'leaf.p7b', 'leaf.p7b.pem', 'leaf.pem'].sort(),
    )
  })
  test.skipIf(!hasProgram('unzip'))('unzip restores the modes', async () => {
    const { bytes } = await one('zip')
    withFiles({ 'a.zip': bytes }, (folder) => {
      const { stdout } = run(program('unzip'), ['-Z', `${folder}/a.zip`])
      expect(stdout).toMatch(/^-rw------- .*leaf\.key$/m)
      expect(stdout).toMatch(/^-rw-r--r-- .*leaf\.crt$/m)
    })
  })
})

describe('refusals', () => {
  const cases: readonly { format: ExportFormatName; credential: Credential; code: string }[] = [
    ...(['key', 'pfx', 'k8s'] as const).map((format) => ({ format, credential: withoutKey, code: 'refused.key' })),
    { format: 'chain', credential: rootCredential, code: 'usage.option' },
    { format: 'chain', credential: alone, code: 'usage.option' },
    ...(['ca-bundle', 'truststore', 'env'] as const).map((format) => ({
      format,
      credential: alone,
      code: 'usage.option',
    })),
    { format: 'pfx', credential: { ...leaf, privateKey: root.key }, code: 'input.mismatch' },
  ]
  test.each(cases)('$format: $code', async ({ format, credential, code }) => {
    await expect(exported(format, credential)).rejects.toMatchObject({ code })
  })
  test('unknown formats', () => {
    expect(() => requireExportFormat('jks')).toThrow(expect.objectContaining({ code: 'usage.option' }))
    expect(() => requireExportFormat('constructor')).toThrow(expect.objectContaining({ code: 'usage.option' }))
    expect(requireExportFormat('PFX')).toBe('pfx')
  })
})

describe('--layout mtls', () => {
  const client = testCredential('ec-p256', 'client')
  test('the files of the article', async () => {
    const files = await exportMtlsLayout(
      { server: leaf, client },
      { random, password: 'changeit', keyPassword: 'secret' },
    )
    expect(Object.fromEntries(files.map(({ fileName, mode }) => [fileName, mode]))).toEqual({
      'root-ca.crt': 0o644,
      'server.pfx': 0o600,
      'server-chain.pem': 0o644,
      'server.key.pem': 0o600,
      'ca-chain.pem': 0o644,
      'client.crt.pem': 0o644,
      'client.key.pem': 0o600,
    })
    const file = (name: string) => files.find(({ fileName }) => fileName === name) as Artifact
    expect(certificatesIn(file('root-ca.crt'))).toEqual([rootHash])
    expect(certificatesIn(file('server-chain.pem'))).toEqual([leafHash, intermediateHash])
    expect(certificatesIn(file('ca-chain.pem'))).toEqual([intermediateHash, rootHash])
    expect(certificatesIn(file('client.crt.pem'))).toEqual([hash(client.certificate.encoded), intermediateHash])
    expect(parsePrivateKey(file('server.key.pem').bytes, { source: '' })).toEqual(leaf.privateKey)
    expect(parsePrivateKey(file('client.key.pem').bytes, { source: '', password: 'secret' })).toEqual(client.privateKey)
  })
  test('needs both keys', async () => {
    const run = exportMtlsLayout({ server: leaf, client: { ...client, privateKey: undefined } }, { random })
    await expect(run).rejects.toMatchObject({ code: 'refused.key' })
  })
})
