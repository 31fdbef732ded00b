/** `init`, `issue`, `sign`, `request`, `import`: what comes out of which flags, and what happens the second time. */

import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parsePem } from '../../src/der/pem.ts'
import { parsePrivateKey } from '../../src/keys/key-file.ts'
import { type Certificate, parseCertificate } from '../../src/x509/certificate.ts'
import { formatGeneralName } from '../../src/x509/general-name-text.ts'
import { formatName } from '../../src/x509/name-text.ts'
import { KEY_PURPOSE } from '../../src/x509/oids.ts'
import { checkSignature } from '../../src/x509/signature.ts'
import { pictureOf } from '../temporary-folder.ts'
import { NOW, type Session, session, sessionWithStore } from './session.ts'

function certificatesIn(path: string): readonly Certificate[] {
  return parsePem(readFileSync(path, 'latin1')).map(({ bytes }) => parseCertificate(bytes))
}

function certificateOf({ folder }: Session, name: string): Certificate {
  const [certificate] = certificatesIn(join(folder, 'pki', 'certs', `${name}.crt`))
  if (certificate === undefined) throw new Error(`no certificate ${name}`)
  return certificate
}

const namesOf = ({ decoded }: Certificate) => (decoded.subjectAltName ?? []).map(formatGeneralName)

describe('init root', () => {
  it('makes a root with its key in a folder for its owner alone', async () => {
    const made = session()
    await made.done('init root')
    const root = certificateOf(made, 'root')
    expect(root.decoded.basicConstraints).toEqual({ cA: true, pathLenConstraint: undefined })
    expect(root.decoded.keyUsage).toEqual(['keyCertSign', 'cRLSign'])
    expect(root.notBefore.date).toEqual(new Date('2026-11-21T11:50:00Z'))
    expect(root.notAfter.date).toEqual(new Date('2036-11-21T12:00:00Z'))
    expect(checkSignature(root.signatureAlgorithm, root.publicKey, root.tbs, root.signature)).toBe('valid')

    const keyPath = join(made.folder, 'pki', 'private', 'root.key')
    const key = parsePrivateKey(readFileSync(keyPath), { source: keyPath })
    expect(key.publicKey.encoded).toEqual(root.publicKey.encoded)
    expect(existsSync(join(made.folder, 'pki', 'chains'))).toBe(false)
    if (process.platform !== 'win32') {
      expect(statSync(keyPath).mode & 0o777).toBe(0o600)
      expect(statSync(join(made.folder, 'pki', 'private')).mode & 0o777).toBe(0o700)
    }
  })

  it.each<[flags: readonly string[], check: (root: Certificate) => void]>([
    [['--subject', 'CN=Test Root+O=Ex\\, Inc,C=DE'], (root) => expect(formatName(root.subject)).toMatch(/O=Ex\\, Inc/)],
    [['--path-length', '2'], (root) => expect(root.decoded.basicConstraints?.pathLenConstraint).toBe(2)],
    [['--days', '30'], (root) => expect(root.notAfter.date).toEqual(new Date('2026-12-21T12:00:00Z'))],
    [['--hours', '2'], (root) => expect(root.notAfter.date).toEqual(new Date('2026-11-21T14:00:00Z'))],
    [['--valid-for', '1y'], (root) => expect(root.notAfter.date).toEqual(new Date('2027-11-21T12:00:00Z'))],
    [
      ['--not-before', '2020-01-01', '--not-after', '2021-01-01T00:00:00Z'],
      (root) => {
        expect(root.notBefore.date).toEqual(new Date('2020-01-01T00:00:00Z'))
        expect(root.notAfter.date).toEqual(new Date('2021-01-01T00:00:00Z'))
      },
    ],
    [
      ['--permit', 'dns:.test', '--permit', 'email:a.test', '--exclude', 'ip:10.0.0.0/8'],
      ({ decoded: { nameConstraints } }) => {
        const base = (list: readonly { base: Parameters<typeof formatGeneralName>[0] }[] = []) =>
          list.map((s) => s.base)
        expect(base(nameConstraints?.permittedSubtrees)).toMatchObject([{ value: '.test' }, { value: 'a.test' }])
        expect(base(nameConstraints?.excludedSubtrees)).toMatchObject([{ type: 'iPAddress' }])
      },
    ],
    [
      ['--policy', '1.2.3,1.2.4'],
      (root) => expect(root.decoded.certificatePolicies?.map((p) => p.policyIdentifier)).toEqual(['1.2.3', '1.2.4']),
    ],
    [
      ['--key-usage', 'CertSign,CRLSign,digitalSignature'],
      (root) => expect(root.decoded.keyUsage).toEqual(['digitalSignature', 'keyCertSign', 'cRLSign']),
    ],
    [['--key-usage', 'none'], (root) => expect(root.decoded.keyUsage).toBeUndefined()],
    [
      ['--ext-key-usage', 'clientAuth,1.2.3.4'],
      (root) => expect(root.decoded.extKeyUsage).toEqual([KEY_PURPOSE.clientAuth, '1.2.3.4']),
    ],
    [['--serial', '0x1267'], (root) => expect(root.serialNumber).toBe(4711n)],
    [['--ski', 'none'], (root) => expect(root.decoded.subjectKeyIdentifier).toBeUndefined()],
    [['--key', 'ed25519'], (root) => expect(root.publicKey.facts.type).toBe('ed25519')],
    [
      ['--key', 'ec-p384', '--digest', 'sha512'],
      (root) => expect(root.signatureAlgorithm.oid).toBe('1.2.840.10045.4.3.4'),
    ],
    [
      ['--extension', 'critical,1.2.3.4=0500', '--extension', '1.2.3.5=base64:BQA='],
      (root) =>
        expect(root.extensions.slice(-2)).toMatchObject([
          { oid: '1.2.3.4', critical: true, value: Uint8Array.of(5, 0) },
          { oid: '1.2.3.5', critical: false, value: Uint8Array.of(5, 0) },
        ]),
    ],
    [
      ['--text-extension', '2.5.29.19={text}CA=1&pathlength=1'],
      (root) => {
        expect(root.decoded.basicConstraints).toEqual({ cA: true, pathLenConstraint: 1 })
        expect(root.extensions.find(({ oid }) => oid === '2.5.29.19')?.critical).toBe(false)
      },
    ],
    [['--omit', 'basicConstraints'], (root) => expect(root.decoded.basicConstraints).toBeUndefined()],
    [
      ['--not-critical', 'basicConstraints'],
      (root) => expect(root.extensions.find(({ oid }) => oid === '2.5.29.19')?.critical).toBe(false),
    ],
  ])('%j', async (flags, check) => {
    const made = session()
    await made.done(['init', 'root', ...flags])
    check(certificateOf(made, 'root'))
  })

  it('takes an existing key', async () => {
    const made = session()
    await made.done('init root --name first')
    await made.done('init root --key-file pki/private/first.key')
    expect(certificateOf(made, 'root').publicKey.encoded).toEqual(certificateOf(made, 'first').publicKey.encoded)
  })

  it('encrypts the key, and issues with it when the password is given', async () => {
    const made = session()
    writeFileSync(join(made.folder, 'password'), 'secret\n')
    await made.done('init root --encrypt-key --key-password-file password')
    expect(readFileSync(join(made.folder, 'pki/private/root.key'), 'utf8')).toMatch(/BEGIN ENCRYPTED PRIVATE KEY/)
    await made.done('issue client a --from root', { env: { PKI_KEY_PASSWORD: 'secret' } })
    await made.done('issue client b --from root --key-password-file -', { stdin: Buffer.from('secret\n') })
  })
})

describe('--key-password-file', () => {
  it.each([
    ['init root', /stored without a password: .*--encrypt-key/],
    ['init root --encrypt-key', /^$/],
  ])('%s', async (line, says) => {
    const { folder, pki } = session()
    writeFileSync(join(folder, 'password'), 'secret')
    expect((await pki(`${line} --key-password-file password`)).stderr).toMatch(says)
  })
})

describe('issue', () => {
  it('puts the chain beside the certificate', async () => {
    const made = await sessionWithStore()
    const chain = certificatesIn(join(made.folder, 'pki/chains/web.pem'))
    expect(chain.map(({ subject }) => formatName(subject))).toEqual(['CN=ca1', 'CN=root'])
  })

  it('takes names of every kind', async () => {
    const made = await sessionWithStore()
    const flags =
      '--dns a.test --dns *.a.test --ip ::1 --email a@b.test --uri https://a.test/ --upn a@corp --san 10.0.0.1'
    await made.done(`issue client alice --from ca1 ${flags}`)
    expect(namesOf(certificateOf(made, 'alice'))).toEqual([
      'DNS:a.test',
      'DNS:*.a.test',
      'IP:::1',
      'email:a@b.test',
      'URI:https://a.test/',
      'UPN:a@corp',
      'IP:10.0.0.1',
    ])
  })

  it('calls it after the profile if nobody says otherwise', async () => {
    const made = await sessionWithStore()
    await made.done('issue client --from ca1')
    expect(formatName(certificateOf(made, 'client').subject)).toBe('CN=client')
  })

  it('prints what was made, where, and what comes next', async () => {
    const { done } = await sessionWithStore()
    const text = await done('issue client alice --from ca1')
    expect(text.split('\n').map((line) => line.replace(/ +/g, ' ').trim())).toEqual([
      expect.stringMatching(/alice client certificate, made$/),
      'subject CN=alice',
      'issued by ca1',
      'valid 2026-11-21 11:50 to 2027-12-23 12:00 UTC (ends in 397 days)',
      'certificate pki/certs/alice.crt',
      'private key pki/private/alice.key',
      'next pki export alice --format pfx',
      '',
    ])
  })

  it('says the same as JSON', async () => {
    const made = await sessionWithStore()
    const json: unknown = JSON.parse(await made.done('issue client alice --from ca1 --json'))
    expect(json).toEqual({
      schema: 'pki.made/1',
      name: 'alice',
      outcome: 'issued',
      issuedBy: 'ca1',
      certificate: {
        kind: 'client',
        subject: 'CN=alice',
        issuer: 'CN=ca1',
        serialNumber: expect.stringMatching(/^[4-7][0-9a-f]{31}$/),
        notBefore: '2026-11-21T11:50:00.000Z',
        notAfter: '2027-12-23T12:00:00.000Z',
        state: 'valid',
        subjectAltName: [],
        fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
      files: {
        certificate: join(made.folder, 'pki', 'certs', 'alice.crt'),
        privateKey: join(made.folder, 'pki', 'private', 'alice.key'),
      },
      warnings: [],
    })
  })

  it('--dry-run shows it and writes nothing', async () => {
    const { folder, done } = await sessionWithStore()
    const before = pictureOf(folder)
    expect(JSON.parse(await done('issue client alice --from ca1 --dry-run --json'))).toMatchObject({
      outcome: 'planned',
      files: null,
    })
    expect(pictureOf(folder)).toEqual(before)
  })

  it('--unchecked makes what would be refused, and says what is wrong with it', async () => {
    const { pki } = await sessionWithStore()
    const { exitCode, stderr } = await pki('issue intermediate deep --from ca1 --unchecked')
    expect(exitCode).toBe(0)
    expect(stderr).toMatch(/^pki: warning: .*pathLenConstraint/m)
  })

  it('journals one line for each certificate', async () => {
    const { folder } = await sessionWithStore()
    const lines = readFileSync(join(folder, 'pki', 'journal.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { v: 1, at: '2026-11-21T12:00:00.000Z', event: 'issued', name: 'root', profile: 'root' },
      { event: 'issued', name: 'ca1', issuer: 'root' },
      { event: 'issued', name: 'web', issuer: 'ca1', subject: 'CN=web' },
    ])
  })
})

describe('the next step', () => {
  const next = async (line: string, env = {}) =>
    /next +(.*)/.exec(
      await (await storeIn('a b')).done(
        line.split(' ').map((w) => w.replace('~', ' ')),
        { env },
      ),
    )?.[1]
  const storeIn = async (dir: string) => {
    const made = session()
    await made.done(['init', 'root', '--dir', dir])
    return made
  }

  it.each([
    [
      'issue intermediate ca1 --from root --dir a~b',
      'pki issue server web --from ca1 --dns localhost --ip 127.0.0.1 --dir "a b"',
    ],
    ['request shop --dir a~b', 'pki sign "a b/requests/shop.csr" --from <issuer> --profile <profile> --dir "a b"'],
    ['revoke root --dir a~b', 'pki crl root --dir "a b"'],
  ])('names the store where it is another one: %s', async (line, expected) => {
    expect(await next(line)).toBe(expected)
  })

  it('and leaves it out where the environment says it', async () => {
    expect(await next('revoke root', { PKI_DIR: 'a b' })).toBe('pki crl root')
  })
})

describe('the second time', () => {
  const fingerprintAfter = async (made: Session, line: string, now = NOW) => {
    const before = certificateOf(made, 'web')
    const json = JSON.parse(await made.done(`${line} --json`, { now })) as { outcome: string }
    return { outcome: json.outcome, isSame: Buffer.compare(before.encoded, certificateOf(made, 'web').encoded) === 0 }
  }
  const line = 'issue server web --from ca1'

  it('--force replaces certificate and key', async () => {
    const made = await sessionWithStore()
    const before = readFileSync(join(made.folder, 'pki/private/web.key'), 'utf8')
    expect(await fingerprintAfter(made, `${line} --force`)).toEqual({ outcome: 'issued', isSame: false })
    expect(readFileSync(join(made.folder, 'pki/private/web.key'), 'utf8')).not.toBe(before)
  })

  it('--force on an authority says whom it leaves behind', async () => {
    const { folder, pki } = await sessionWithStore()
    const dry = await pki('init root --force --dry-run')
    expect(dry.stderr).toMatch(
      /^pki: warning: ca1 was issued by the root that is replaced, .* pki renew ca1 signs it anew, pki renew root .* key/,
    )
    expect((await pki('issue server web --from ca1 --force')).stderr).toBe('')
    const sameKey = 'init root --force --dry-run --key-file pki/private/root.key'
    expect((await pki(sameKey)).stderr).toBe('')
    expect((await pki(`${sameKey} --subject CN=other`)).stderr).toContain('ca1 was issued by')
    const { exitCode, stdout } = await pki('init root --force --json')
    expect({ exitCode, warnings: JSON.parse(stdout).warnings }).toEqual({
      exitCode: 0,
      warnings: [expect.objectContaining({ code: 'replaced.left-behind' })],
    })
    expect(pictureOf(folder)).toHaveProperty('pki/certs/ca1.crt')
  })

  it('--if-missing keeps it', async () => {
    expect(await fingerprintAfter(await sessionWithStore(), `${line} --if-missing`)).toEqual({
      outcome: 'kept',
      isSame: true,
    })
  })

  // The certificate ends on 2027-12-23T12:00:00Z.
  it.each([
    ['2027-11-23T11:59:59Z', 'kept'],
    ['2027-11-23T12:00:00Z', 'issued'],
    ['2027-11-23T12:00:01Z', 'issued'],
  ])('--if-expiring 30d at %s: %s', async (now, outcome) => {
    const made = await sessionWithStore()
    const result = await fingerprintAfter(made, `${line} --if-expiring 30d`, new Date(now))
    expect(result).toEqual({ outcome, isSame: outcome === 'kept' })
  })

  it('a replaced certificate leaves no chain of its predecessor', async () => {
    const made = await sessionWithStore()
    await made.done('init server --name web --force')
    expect(existsSync(join(made.folder, 'pki/chains/web.pem'))).toBe(false)
  })
})

describe('request and sign', () => {
  it('a request of ours: its key joins the certificate', async () => {
    const made = await sessionWithStore()
    await made.done('request shop --dns shop.test')
    await made.done('sign pki/requests/shop.csr --from ca1 --profile server')
    const shop = certificateOf(made, 'shop')
    expect(namesOf(shop)).toEqual(['DNS:shop.test'])
    const keyPath = join(made.folder, 'pki/private/shop.key')
    expect(parsePrivateKey(readFileSync(keyPath), { source: keyPath }).publicKey.encoded).toEqual(
      shop.publicKey.encoded,
    )
  })

  it('takes a request by its name in the store', async () => {
    const { folder, done, pki } = await sessionWithStore()
    await done('request shop.test --dns shop.test')
    expect(await done('sign shop.test --from ca1 --profile server')).toContain('shop.test  server certificate, made')
    expect(pictureOf(folder)).toHaveProperty('pki/certs/shop.test.crt')
    const { exitCode, stderr } = await pki('sign shop.test.csr --from ca1 --profile server --name other')
    expect(exitCode).toBe(3)
    expect(stderr).toMatch(/^pki: error: shop\.test\.csr: no such file, and no request of that name/m)
    expect(stderr).toMatch(/^pki: hint: pki sign shop\.test takes the one in the store/m)
  })

  it('a request of somebody else: no key, and what is not granted is said', async () => {
    const made = await sessionWithStore()
    await made.done('request shop --dns shop.test --email shop@shop.test --dir theirs')
    const { exitCode, stderr } = await made.pki('sign theirs/requests/shop.csr --from ca1 --profile server')
    expect(exitCode).toBe(0)
    expect(stderr).toMatch(/^pki: warning: the request asks for .*shop@shop\.test/m)
    expect(existsSync(join(made.folder, 'pki/private/shop.key'))).toBe(false)
  })

  it('refuses to join a certificate to the key of another request', async () => {
    const made = await sessionWithStore()
    await made.done('request shop --dns shop.test')
    await made.done('request shop --dns shop.test --dir theirs')
    const { exitCode, stderr } = await made.pki('sign theirs/requests/shop.csr --from ca1 --profile server')
    expect(exitCode).toBe(4)
    expect(stderr).toMatch(/not that of the request/)
  })

  it('reads a request from standard input, which has no name', async () => {
    const made = await sessionWithStore()
    await made.done('request shop --dns shop.test --dir theirs')
    const stdin = readFileSync(join(made.folder, 'theirs/requests/shop.csr'))
    expect((await made.pki('sign - --from ca1 --profile server', { stdin })).exitCode).toBe(2)
    await made.done('sign - --from ca1 --profile server --name shop', { stdin })
  })
})

describe('import', () => {
  it.each([
    ['a PFX', 'export web --format pfx', 'web.pfx'],
    ['a PEM file', 'export web --format pem', 'web.pem'],
    ['certificate, key and chain', 'export web --format crt,key,chain', 'web.crt web.key web.chain.pem'],
  ])('%s', async (_, exporting, files) => {
    const made = await sessionWithStore()
    const env = { PKI_PASSWORD: 'secret' }
    await made.done(exporting, { env })
    await made.done(`import ${files} --name copy`, { env })
    expect(certificateOf(made, 'copy').encoded).toEqual(certificateOf(made, 'web').encoded)
    const chain = certificatesIn(join(made.folder, 'pki/chains/copy.pem')).map(({ subject }) => formatName(subject))
    expect(chain[0]).toBe('CN=ca1')
    expect(readFileSync(join(made.folder, 'pki/private/copy.key'), 'utf8')).toBe(
      readFileSync(join(made.folder, 'pki/private/web.key'), 'utf8'),
    )
  })

  it('finds what stands above it in the store, and says what can be done without a key', async () => {
    const { folder, done } = await sessionWithStore()
    const text = await done('import pki/certs/web.crt --name copy')
    expect(text).toContain('pki export copy --format crt')
    expect(readFileSync(join(folder, 'pki', 'chains', 'copy.pem'), 'utf8')).toBe(
      readFileSync(join(folder, 'pki', 'chains', 'web.pem'), 'utf8'),
    )
    expect(await done('tree')).toMatch(/^ {3}├─ copy {2}server/m)
    expect(await done('import pki/certs/root.crt --name anchor')).toContain('pki verify <certificate> --trust anchor')
  })

  it('an imported authority issues', async () => {
    const made = await sessionWithStore()
    await made.done('import pki/certs/ca1.crt pki/private/ca1.key pki/certs/root.crt --name other')
    await made.done('issue client alice --from other')
    expect(certificatesIn(join(made.folder, 'pki/chains/alice.pem'))).toHaveLength(2)
  })
})
