import { createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { formatPem, parsePem } from '../../src/der/pem.ts'
import { DerReader } from '../../src/der/reader.ts'
import { integer, nullValue, octetString, oid, sequence } from '../../src/der/writer.ts'
import { MAX_ITERATIONS } from '../../src/keys/decryption.ts'
import { encryptPkcs8, formatPrivateKey, parsePrivateKey, parsePrivateKeys } from '../../src/keys/key-file.ts'
import { generateKey, type PrivateKey } from '../../src/keys/keys.ts'
import { PASSWORD_ENCRYPTION as P } from '../../src/x509/oids.ts'
import { EXPORTED_ALGORITHMS as ALGORITHMS } from '../export/test-credential.ts'
import { hasProgram, program, run } from '../foreign-program.ts'
import { errorOf } from '../thrown.ts'

const random = (length: number) => new Uint8Array(randomBytes(length))
const text = (value: string) => new TextEncoder().encode(value)
const source = 'test.key'

const keys = new Map<string, PrivateKey>(ALGORITHMS.map((name) => [name, generateKey(name)]))
const keyOf = (name: (typeof ALGORITHMS)[number]) => keys.get(name) as PrivateKey
const isTraditional = (name: string) => !name.startsWith('ed')

const parse = (bytes: Uint8Array | string, password?: string) =>
  parsePrivateKey(typeof bytes === 'string' ? text(bytes) : bytes, { source, password })

describe('round trips', () => {
  const forms = [
    { form: 'pkcs8', options: { format: 'pkcs8' }, label: 'PRIVATE KEY' },
    { form: 'pkcs8 encrypted', options: { format: 'pkcs8', password: 'pÄss', random }, label: 'ENCRYPTED PRIVATE KEY' },
    { form: 'traditional', options: { format: 'traditional' } },
    { form: 'traditional encrypted', options: { format: 'traditional', password: 'pÄss', random } },
  ] as const
  const cases = ALGORITHMS.flatMap((name) =>
    forms.filter(({ form }) => isTraditional(name) || !form.startsWith('trad')).map((form) => ({ name, ...form })),
  )
  test.each(cases)('$name as $form', ({ name, options, ...rest }) => {
    const key = keyOf(name)
    const pem = formatPrivateKey(key, options)
    const label = 'label' in rest ? rest.label : name.startsWith('rsa') ? 'RSA PRIVATE KEY' : 'EC PRIVATE KEY'
    expect(parsePem(pem).map((block) => block.label)).toEqual([label])
    const back = parse(pem, 'pÄss')
    expect(back.publicKey.encoded).toEqual(key.publicKey.encoded)
    expect(samePrivateKey(back, key)).toBe(true)
  })

  test.each(['ed25519', 'ed448'] as const)('%s has no traditional form', (name) => {
    expect(errorOf(() => formatPrivateKey(keyOf(name), { format: 'traditional' })).code).toBe('usage.algorithm')
  })

  test('plain PKCS#8 keeps the bytes', () => {
    expect(parse(keyOf('ec-p256').pkcs8).pkcs8).toEqual(keyOf('ec-p256').pkcs8)
  })
})

function samePrivateKey(a: PrivateKey, b: PrivateKey): boolean {
  const [first, second] = [a, b].map(({ pkcs8 }) =>
    createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' }),
  )
  return first !== undefined && second !== undefined && first.equals(second)
}

describe('what encryption writes', () => {
  test('PBES2 with AES-256-CBC, PBKDF2, HMAC-SHA-256', () => {
    const der = encryptPkcs8(keyOf('ec-p256'), 'secret', random, { iterations: 5000 })
    const algorithm = new DerReader(der).sequence('').element('')
    const [salt, iv] = [saltOf(der, 1), saltOf(der, 2)]
    const derivation = sequence(octetString(salt), integer(5000), sequence(oid(P.hmacWithSHA256), nullValue()))
    expect(algorithm.encoded).toEqual(
      sequence(
        oid(P.pbes2),
        sequence(sequence(oid(P.pbkdf2), derivation), sequence(oid(P['aes256-CBC']), octetString(iv))),
      ),
    )
    expect([salt.length, iv.length]).toEqual([16, 16])
  })
  test('the traditional form names AES-256-CBC', () => {
    const pem = formatPrivateKey(keyOf('ec-p256'), { format: 'traditional', password: 'x', random })
    expect(parsePem(pem)[0]?.headers).toMatchObject({
      'Proc-Type': '4,ENCRYPTED',
      'DEK-Info': expect.stringMatching(/^AES-256-CBC,[0-9A-F]{32}$/),
    })
  })
  test('the same randomness gives the same file', () => {
    const fixed = (length: number) => new Uint8Array(length).fill(7)
    const write = () => formatPrivateKey(keyOf('ed25519'), { format: 'pkcs8', password: 'x', random: fixed })
    expect(write()).toBe(write())
  })
})

/** The n-th OCTET STRING of an encrypted key, counted from 1. */
function saltOf(der: Uint8Array, nth: number): Uint8Array {
  const found: Uint8Array[] = []
  const walk = (reader: DerReader): void => {
    while (!reader.atEnd) {
      const element = reader.element('')
      if (element.tag === 0x04) found.push(element.content)
      if (element.tag === 0x30) walk(element.reader())
    }
  }
  walk(new DerReader(der))
  return found[nth - 1] as Uint8Array
}

describe('files of others', () => {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  test.each(['aes-128-cbc', 'aes-192-cbc', 'aes-256-cbc', 'des-ede3-cbc'])('PKCS#8 under %s, by Node', (cipher) => {
    const pem = pair.privateKey.export({ type: 'pkcs8', format: 'pem', cipher, passphrase: 'secret' })
    expect(parse(pem.toString(), 'secret').publicKey.facts).toMatchObject({ type: 'ec' })
    expect(errorOf(() => parse(pem.toString(), 'Secret')).code).toBe('input.password')
  })
  test.each(['aes-128-cbc', 'aes-192-cbc', 'aes-256-cbc', 'des-ede3-cbc'])('SEC1 under %s, by Node', (cipher) => {
    const pem = pair.privateKey.export({ type: 'sec1', format: 'pem', cipher, passphrase: 'secret' })
    expect(parse(pem.toString(), 'secret').publicKey.facts).toMatchObject({ type: 'ec' })
    expect(errorOf(() => parse(pem.toString(), 'Secret')).code).toBe('input.password')
  })

  const schemes = [
    ['-v2', 'aes-128-cbc', '-v2prf', 'hmacWithSHA1'],
    ['-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA384'],
    ['-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA512', '-iter', '1'],
    ['-scrypt'],
    ['-scrypt', '-scrypt_N', '1024', '-scrypt_r', '4', '-scrypt_p', '2'],
    ['-v1', 'PBE-SHA1-3DES'],
  ]
  test.skipIf(!hasProgram('openssl')).each(schemes.map((args) => ({ args })))('openssl pkcs8 $args', ({ args }) => {
    const plain = text(formatPrivateKey(keyOf('ec-p384'), { format: 'pkcs8' }))
    const { status, stdout } = run(program('openssl'), ['pkcs8', '-topk8', ...args, '-passout', 'pass:secret'], {
      input: plain,
    })
    expect(status).toBe(0)
    expect(parse(stdout, 'secret').publicKey.encoded).toEqual(keyOf('ec-p384').publicKey.encoded)
    expect(errorOf(() => parse(stdout, 'Secret')).code).toBe('input.password')
    expect(errorOf(() => parse(stdout)).code).toBe('input.password')
  })

  const written = ALGORITHMS.flatMap((name) =>
    (isTraditional(name) ? (['pkcs8', 'traditional'] as const) : (['pkcs8'] as const)).map((format) => ({
      name,
      format,
    })),
  )
  test.skipIf(!hasProgram('openssl')).each(written)(
    'openssl reads our encrypted $format of $name',
    ({ name, format }) => {
      const pem = formatPrivateKey(keyOf(name), { format, password: 'secret', random })
      const { status, stdout } = run(program('openssl'), ['pkey', '-passin', 'pass:secret'], { input: pem })
      expect(status).toBe(0)
      expect(parse(stdout).publicKey.encoded).toEqual(keyOf(name).publicKey.encoded)
    },
  )
})

describe('several blocks', () => {
  const bundle =
    'a comment\n' +
    formatPem('CERTIFICATE', Uint8Array.of(0x30, 0)) +
    formatPrivateKey(keyOf('ed25519'), { format: 'pkcs8' }) +
    formatPem('EC PARAMETERS', oid('1.2.840.10045.3.1.7')) +
    formatPrivateKey(keyOf('ec-p256'), { format: 'traditional' })
  test('all keys, in order, and nothing else', () => {
    const found = parsePrivateKeys(text(bundle), { source }).map((key) => key.publicKey.facts.type)
    expect(found).toEqual(['ed25519', 'ec'])
  })
  test('parsePrivateKey wants exactly one', () => {
    expect(errorOf(() => parse(bundle)).code).toBe('input.malformed')
    expect(errorOf(() => parse(formatPem('CERTIFICATE', Uint8Array.of(0x30, 0)))).code).toBe('input.malformed')
  })
  test('the error names the block', () => {
    const broken = bundle + formatPem('PRIVATE KEY', Uint8Array.of(0x30, 3, 2, 1, 0))
    expect(errorOf(() => parsePrivateKeys(text(broken), { source })).context).toMatchObject({ file: source, block: 5 })
  })
})

describe('bad files', () => {
  const p256 = () => keyOf('ec-p256').pkcs8
  const withTrailing = (der: Uint8Array) => Uint8Array.of(...der, 0)
  const cases: readonly { name: string; bytes: () => Uint8Array | string; password?: string; code: string }[] = [
    { name: 'empty', bytes: () => new Uint8Array(), code: 'input.malformed' },
    { name: 'text', bytes: () => 'hello', code: 'input.malformed' },
    { name: 'truncated DER', bytes: () => p256().subarray(0, 60), code: 'input.malformed' },
    { name: 'trailing octet', bytes: () => withTrailing(p256()), code: 'input.malformed' },
    { name: 'PEM without END', bytes: () => '-----BEGIN PRIVATE KEY-----\nAAAA\n', code: 'input.malformed' },
    { name: 'scalar of zero', bytes: () => zeroScalar(p256()), code: 'input.malformed' },
    { name: 'public point of another key', bytes: () => foreignPoint(p256()), code: 'input.malformed' },
    { name: 'unknown algorithm', bytes: () => pkcs8Of(sequence(oid('1.2.3.4'))), code: 'input.unsupported' },
    { name: 'unknown curve', bytes: () => pkcs8Of(ecAlgorithm(oid('1.2.3.4'))), code: 'input.unsupported' },
    { name: 'explicit curve', bytes: () => pkcs8Of(ecAlgorithm(sequence(integer(1)))), code: 'input.unsupported' },
    { name: 'no curve', bytes: () => pkcs8Of(sequence(oid('1.2.840.10045.2.1'))), code: 'input.malformed' },
    {
      name: 'OpenSSH key',
      bytes: () => formatPem('OPENSSH PRIVATE KEY', text('openssh-key-v1')),
      code: 'input.unsupported',
    },
    { name: 'no password', bytes: () => encryptPkcs8(keyOf('ec-p256'), 'x', random), code: 'input.password' },
    {
      name: 'unknown cipher',
      bytes: () => encrypted(pbkdf2(oid(P.pbkdf2), 1), sequence(oid('1.2.3.4'), octetString(random(8)))),
      password: 'x',
      code: 'input.unsupported',
    },
    {
      name: 'unknown key derivation',
      bytes: () => encrypted(pbkdf2(oid('1.2.3.4'), 1)),
      password: 'x',
      code: 'input.unsupported',
    },
    {
      name: 'initialization vector of another length',
      bytes: () => encrypted(pbkdf2(oid(P.pbkdf2), 1), aes(15)),
      password: 'x',
      code: 'input.malformed',
    },
    {
      name: 'no iterations',
      bytes: () => encrypted(pbkdf2(oid(P.pbkdf2), 0)),
      password: 'x',
      code: 'input.unsupported',
    },
    {
      name: 'too many iterations, with no password given',
      bytes: () => encrypted(pbkdf2(oid(P.pbkdf2), MAX_ITERATIONS + 1)),
      code: 'input.unsupported',
    },
    {
      name: 'iterations beyond every counter',
      bytes: () => encrypted(pbkdf2(oid(P.pbkdf2), 2n ** 200n)),
      password: 'x',
      code: 'input.unsupported',
    },
    {
      name: 'scrypt too large',
      bytes: () => encrypted(scrypt(2 ** 20, 8, 1)),
      password: 'x',
      code: 'input.unsupported',
    },
    { name: 'scrypt too parallel', bytes: () => encrypted(scrypt(2, 1, 17)), password: 'x', code: 'input.unsupported' },
    { name: 'scrypt with wide blocks', bytes: () => encrypted(scrypt(1024, 1024, 16)), code: 'input.unsupported' },
    { name: 'as much scrypt as OWASP advises', bytes: () => encrypted(scrypt(2 ** 17, 8, 1)), code: 'input.password' },
    { name: 'scrypt out of range', bytes: () => encrypted(scrypt(3, 8, 1)), password: 'x', code: 'input.malformed' },
    {
      name: 'DEK-Info with an unknown cipher',
      bytes: () => proc('DEK-Info: RC2-40-CBC,0011223344556677'),
      password: 'x',
      code: 'input.unsupported',
    },
    {
      name: 'DEK-Info with half an IV',
      bytes: () => proc('DEK-Info: AES-256-CBC,00112233'),
      password: 'x',
      code: 'input.malformed',
    },
    { name: 'no DEK-Info', bytes: () => proc('X: y'), password: 'x', code: 'input.malformed' },
  ]
  test.each(cases)('$name: $code', ({ bytes, password, code }) => {
    const error = errorOf(() => parse(bytes(), password))
    expect(error.code).toBe(code)
    expect(error.message).toContain(source)
  })

  test('the largest iteration count that is allowed only fails at the padding', () => {
    const file = encrypted(pbkdf2(oid(P.pbkdf2), MAX_ITERATIONS))
    // Without a password nothing is derived, so the boundary costs nothing.
    expect(errorOf(() => parse(file)).code).toBe('input.password')
  })
  test('a file shares one budget among its keys', () => {
    const block = formatPem('ENCRYPTED PRIVATE KEY', encryptPkcs8(keyOf('ed25519'), 'x', random, { iterations: 1000 }))
    const greedy = formatPem('ENCRYPTED PRIVATE KEY', encrypted(pbkdf2(oid(P.pbkdf2), MAX_ITERATIONS - 999)))
    expect(errorOf(() => parsePrivateKeys(text(block + greedy), { source, password: 'x' })).code).toBe(
      'input.unsupported',
    )
  })
})

function zeroScalar(pkcs8: Uint8Array): Uint8Array {
  const out = pkcs8.slice()
  const at = Buffer.from(out).indexOf(Buffer.from([0x02, 0x01, 0x01, 0x04, 0x20])) + 5
  return out.fill(0, at, at + 32)
}

function foreignPoint(pkcs8: Uint8Array): Uint8Array {
  const other = generateKey('ec-p256').pkcs8
  return Uint8Array.of(...pkcs8.subarray(0, -64), ...other.subarray(-64))
}

function ecAlgorithm(parameters: Uint8Array): Uint8Array {
  return sequence(oid('1.2.840.10045.2.1'), parameters)
}

function pkcs8Of(algorithm: Uint8Array): Uint8Array {
  return sequence(integer(0), algorithm, octetString(Uint8Array.of(4, 1, 1)))
}

function pbkdf2(name: Uint8Array, iterations: number | bigint): Uint8Array {
  const prf = sequence(oid(P.hmacWithSHA256), nullValue())
  return sequence(name, sequence(octetString(random(8)), integer(iterations), prf))
}

function scrypt(cost: number, blockSize: number, parallelization: number): Uint8Array {
  const parameters = [cost, blockSize, parallelization].map((value) => integer(value))
  return sequence(oid(P.scrypt), sequence(octetString(random(8)), ...parameters))
}

function aes(ivLength: number): Uint8Array {
  return sequence(oid(P['aes256-CBC']), octetString(random(ivLength)))
}

function encrypted(derivation: Uint8Array, cipher = aes(16)): Uint8Array {
  return sequence(sequence(oid(P.pbes2), sequence(derivation, cipher)), octetString(random(48)))
}

function proc(header: string): string {
  return `-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n${header}\n\nAAAA\n-----END EC PRIVATE KEY-----\n`
}
