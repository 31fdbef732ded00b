/** `pki renew`, `rekey`, `needs-renewal`, `expiry` and `cross-sign`. */

import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ListedJson } from '../../src/cli/result-json.ts'
import { Store } from '../../src/store/store.ts'
import { fingerprint } from '../../src/x509/certificate.ts'
import { formatGeneralName } from '../../src/x509/general-name-text.ts'
import { asOrdinaryUser } from '../ordinary-user.ts'
import { NOW, type Session, sessionWithStore } from './session.ts'

const DAY = 86_400_000
const later = (days: number) => ({ now: new Date(NOW.getTime() + days * DAY) })
const storeOf = ({ folder }: Session) => new Store(join(folder, 'pki'))

describe('pki renew', () => {
  it('gives the same key, names and extensions a new period of the same length', async () => {
    const made = await sessionWithStore()
    const store = storeOf(made)
    const before = store.read('web')
    await made.done('renew web', later(300))
    const { certificate, keyFile, chain } = store.read('web')
    expect(keyFile?.bytes).toEqual(before.keyFile?.bytes)
    expect(certificate.publicKey.encoded).toEqual(before.certificate.publicKey.encoded)
    expect(certificate.serialNumber).not.toBe(before.certificate.serialNumber)
    expect(certificate.subject.equals(before.certificate.subject)).toBe(true)
    expect(certificate.extensions.map(({ value }) => value)).toEqual(
      before.certificate.extensions.map(({ value }) => value),
    )
    expect(certificate.notAfter.date.getTime() - before.certificate.notAfter.date.getTime()).toBe(300 * DAY)
    expect(chain).toHaveLength(2)
    const verified = await made.pki('verify web --trust root --host localhost', later(600))
    expect(verified).toMatchObject({ exitCode: 0 })
  })

  it.each([
    ['renew web', 'renewed'],
    ['rekey web', 'made for another key'],
  ])('%s says that it is %s', async (line, words) => {
    const made = await sessionWithStore()
    expect(await made.done(line)).toContain(`server certificate, ${words}`)
  })

  it('ends with its issuer at the latest', async () => {
    const made = await sessionWithStore()
    await made.done('renew web', later(1700))
    const store = storeOf(made)
    expect(store.readCertificate('web').notAfter.date).toEqual(store.readCertificate('ca1').notAfter.date)
  })

  it.each([
    ['renew ca1', 'renew root'],
    ['init root --force --key-file pki/private/root.key'],
    ['import pki/certs/root.crt pki/private/root.key --name root --force'],
    ['issue intermediate ca1 --from root --force --key-file pki/private/ca1.key'],
  ])('of an authority leaves what it issued valid, and puts it into their chains: %s', async (...lines) => {
    const made = await sessionWithStore()
    const store = storeOf(made)
    await made.done('export web --format pem --out web.pem')
    await made.done('import web.pem --name imported')
    const web = fingerprint(store.readCertificate('web'))
    for (const line of lines) expect((await made.pki(line, later(100))).stderr).toBe('')
    expect(fingerprint(store.readCertificate('web'))).toBe(web)
    const above = ['ca1', 'root'].map((name) => fingerprint(store.readCertificate(name)))
    for (const below of ['web', 'imported']) {
      expect(store.readChain(below).map((one) => fingerprint(one))).toEqual(above)
    }
    expect(await made.pki('verify web --trust root', later(100))).toMatchObject({ exitCode: 0 })
    const tree = JSON.parse(await made.done('list --json')) as ListedJson
    expect(Object.fromEntries(tree.certificates.map(({ name, issuedBy }) => [name, issuedBy]))).toEqual({
      ...{ root: null, ca1: 'root', web: 'ca1', imported: 'ca1' },
    })
  })

  it('of an authority leaves alone what an earlier one of that name has issued', async () => {
    const made = await sessionWithStore()
    const store = storeOf(made)
    const above = store.readChain('ca1').map((one) => fingerprint(one))
    await made.done('init root --force')
    await made.done('renew root', later(100))
    expect(store.readChain('ca1').map((one) => fingerprint(one))).toEqual(above)
    await made.done('renew ca1', later(100))
    expect(await made.pki('verify web --trust root', later(100))).toMatchObject({ exitCode: 0 })
  })

  it.each([
    ['a root of RSASSA-PSS', 'init root --name pss --key rsa-pss-2048', 'renew pss'],
    ['a root of another digest', 'init root --name long --digest sha512', 'renew long'],
    [
      'what an authority of RSASSA-PSS issued',
      'init root --name pss --key rsa-pss-2048; issue client a --from pss',
      'renew a',
    ],
    ['what was issued with another digest', 'issue client b --from ca1 --digest sha384', 'renew b'],
    ['a root of RSASSA-PSS, with another key', 'init root --name pss --key rsa-pss-2048', 'rekey pss'],
  ])('signs as it was signed: %s', async (_, before, line) => {
    const made = await sessionWithStore()
    for (const one of before.split('; ')) await made.done(one)
    const name = line.split(' ')[1] as string
    const old = storeOf(made).readCertificate(name)
    await made.done(line)
    const renewed = storeOf(made).readCertificate(name)
    expect(renewed.serialNumber).not.toBe(old.serialNumber)
    expect(renewed.signatureAlgorithm).toEqual(old.signatureAlgorithm)
  })

  it('of an imported certificate wants to know who issues it', async () => {
    const made = await sessionWithStore()
    await made.done('export web --format pem --out web.pem')
    await made.done('import web.pem --name other')
    expect(await made.pki('renew other')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--from') })
    await made.done('renew other --from ca1')
  })

  it.each([
    ['a name that is none', 'renew nobody', 3],
    ['an issuer that has no key', 'renew web', 4],
  ])('refuses %s', async (_, line, exitCode) => {
    const made = await sessionWithStore()
    if (exitCode === 4) await made.done('export ca1 --format crt --out ca1.crt')
    if (exitCode === 4) await made.done('import ca1.crt --name ca1 --force')
    expect(await made.pki(line)).toMatchObject({ exitCode })
  })

  it('is still what the hierarchy file describes', async () => {
    const made = await sessionWithStore()
    writeFileSync(join(made.folder, 'pki.yaml'), 'version: 1\ncertificates:\n  top:\n    issues: { a: client }\n')
    await made.done('apply')
    await made.done('renew top')
    await made.done('renew a')
    expect(await made.done('apply')).toContain('nothing to do')
  })
})

describe('pki rekey', () => {
  it('gives the same names another key, and another key identifier', async () => {
    const made = await sessionWithStore()
    const store = storeOf(made)
    const before = store.readCertificate('web')
    await made.done('rekey web')
    const { decoded, publicKey } = store.readCertificate('web')
    expect(publicKey.encoded).not.toEqual(before.publicKey.encoded)
    expect(decoded.subjectKeyIdentifier).not.toEqual(before.decoded.subjectKeyIdentifier)
    expect(decoded.subjectAltName?.map(formatGeneralName)).toEqual(['DNS:localhost'])
    expect(await made.pki('verify web --trust root --host localhost')).toMatchObject({ exitCode: 0 })
    expect(await made.pki('export web --format pfx')).toMatchObject({ exitCode: 0 })
  })

  it.each([
    ['rsa-2048', 'rsa'],
    ['ed25519', 'ed25519'],
  ])('takes a key of another kind: %s', async (kind, type) => {
    const made = await sessionWithStore()
    await made.done(`rekey web --key ${kind}`)
    expect(storeOf(made).readCertificate('web').publicKey.facts.type).toBe(type)
  })

  it('of an authority says what no longer verifies', async () => {
    const made = await sessionWithStore()
    const { exitCode, stdout, stderr } = await made.pki('rekey ca1 --json')
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('web') })
    expect(JSON.parse(stdout)).toMatchObject({ warnings: [{ code: 'replaced.left-behind' }] })
    const verify = 'verify pki/certs/web.crt --untrusted ca1 --trust root'
    expect(await made.pki(verify)).toMatchObject({ exitCode: 1 })
    await made.done('renew web')
    expect(await made.pki(verify)).toMatchObject({ exitCode: 0 })
  })
})

describe('pki renew after pki rekey', () => {
  it('leaves the chains of what the old key has signed, and pki apply still makes these anew', async () => {
    const made = await sessionWithStore()
    const text = 'version: 1\ncertificates:\n  top:\n    issues: { mid: { issues: { a: client } } }\n'
    writeFileSync(join(made.folder, 'pki.yaml'), text)
    await made.done('apply')
    const chain = storeOf(made)
      .readChain('a')
      .map((c) => fingerprint(c))
    await made.done('rekey mid')
    await made.done('renew top')
    await made.done('renew mid')
    expect(
      storeOf(made)
        .readChain('a')
        .map((c) => fingerprint(c)),
    ).toEqual(chain)
    expect(await made.done('apply')).toContain('1 changed')
    expect(await made.pki('verify a --trust top')).toMatchObject({ exitCode: 0 })
  })
})

describe('pki needs-renewal has the exit codes of step', () => {
  /** The server lasts 397 days. */
  it.each<[string, string, number, number]>([
    ['a fresh one', 'web', 0, 1],
    ['just before two thirds of its life', 'web', 261, 1],
    ['just after two thirds of its life', 'web', 263, 0],
    ['one that ends within the time', 'web --expires-in 30d', 368, 0],
    ['one that ends just after it', 'web --expires-in 30d', 366, 1],
    ['one that has ended', 'web', 500, 0],
    ['three quarters that are over', 'web --expires-in 75%', 299, 0],
    ['three quarters that are not', 'web --expires-in 75%', 297, 1],
    ['a file', 'pki/certs/web.crt', 300, 0],
    ['a name that is none', 'nobody', 0, 2],
    ['a file that is none', 'certs/nobody.crt', 0, 2],
    ['a file that holds something else', 'pki/journal.jsonl', 0, 255],
  ])('%s: %s', async (_, args, days, exitCode) => {
    const made = await sessionWithStore()
    expect(await made.pki(`needs-renewal ${args}`, later(days))).toMatchObject({ exitCode })
  })

  it('looks at the rest of a bundle if told to', async () => {
    const made = await sessionWithStore()
    await made.done('issue client short --from ca1 --days 10')
    await made.done('export web --format crt --out a.crt')
    await made.done('export short --format crt --out b.crt')
    const bundle = ['a.crt', 'b.crt'].map((file) => readFileSync(join(made.folder, file), 'utf8')).join('')
    writeFileSync(join(made.folder, 'both.pem'), bundle)
    expect(await made.pki('needs-renewal both.pem', later(9))).toMatchObject({ exitCode: 1 })
    expect(await made.pki('needs-renewal both.pem --bundle', later(9))).toMatchObject({ exitCode: 0 })
  })

  it('says it as JSON, or not at all', async () => {
    const made = await sessionWithStore()
    const { stdout } = await made.pki('needs-renewal web --json', later(300))
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'pki.needs-renewal/1', needsRenewal: true })
    for (const [line, exitCode] of [
      ['needs-renewal nobody', 2],
      ['needs-renewal web --expires-in soon', 2],
      ['needs-renewal pki/journal.jsonl', 255],
    ] as const) {
      const failed = await made.pki(`${line} --json`)
      expect({ line, exitCode: failed.exitCode }).toEqual({ line, exitCode })
      expect(JSON.parse(failed.stdout)).toMatchObject({ schema: 'pki.error/1', exitCode })
    }
    expect(await made.pki('needs-renewal web --quiet')).toMatchObject({ stdout: '', stderr: '' })
  })
})

describe('pki expiry', () => {
  /** A folder tree with certificates in every kind of file. */
  async function tree(): Promise<Session> {
    const made = await sessionWithStore()
    await made.done('issue client short --from ca1 --days 10')
    for (const name of ['deploy/tls', 'node_modules/x', '.hidden'])
      mkdirSync(join(made.folder, name), { recursive: true })
    await made.done('export short --format crt --out deploy/short.crt')
    await made.done('export short --format der --out deploy/tls/short.bin')
    await made.done('export short --format pfx --out deploy/short.pfx')
    await made.done('export web --format fullchain --out deploy/tls/web.pem')
    await made.done('export short --format crt --out node_modules/x/short.crt')
    await made.done('export short --format p7b --out .hidden/short.p7b')
    writeFileSync(
      join(made.folder, 'deploy/notes.txt'),
      'a text that speaks of -----BEGIN CERTIFICATE----- and no more',
    )
    writeFileSync(join(made.folder, 'deploy/image.png'), Buffer.from([0x89, 0x50, 0x4e, 0x47]))
    return made
  }

  it('finds what ends within the time, in PEM, DER, PKCS#7 and PFX', async () => {
    const made = await tree()
    const { exitCode, stdout } = await made.pki('expiry deploy .hidden --json')
    const { certificates, unreadable } = JSON.parse(stdout)
    const ending = certificates.filter(({ state }: { state: string }) => state === 'expiring')
    expect(exitCode).toBe(1)
    expect(unreadable).toEqual([])
    expect([...new Set(ending.map(({ source }: { source: string }) => source))].sort()).toEqual([
      '.hidden/short.p7b',
      'deploy/short.crt',
      'deploy/short.pfx',
      'deploy/tls/short.bin',
    ])
    expect(certificates.filter(({ state }: { state: string }) => state === 'valid').length).toBeGreaterThan(1)
  })

  it.each([
    ['just inside', 10, 1],
    ['just outside', 9, 0],
  ])('the boundary, %s', async (_, days, exitCode) => {
    const made = await tree()
    expect(await made.pki(`expiry deploy/short.crt --within ${days}d`)).toMatchObject({ exitCode })
  })

  it('tells what has ended from what will', async () => {
    const made = await tree()
    const { stdout } = await made.pki('expiry deploy/short.crt --json', later(11))
    expect(JSON.parse(stdout).certificates).toMatchObject([{ state: 'expired', block: 1 }])
  })

  it('tries the passwords it is given, and reports what it cannot open', async () => {
    const made = await tree()
    await made.done('export web --format pfx --out deploy/secret.pfx', { env: { PKI_PASSWORD: 'open sesame' } })
    writeFileSync(
      join(made.folder, 'deploy/broken.pem'),
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
    )
    const closed = await made.pki('expiry deploy/secret.pfx deploy/broken.pem --json')
    const codes = JSON.parse(closed.stdout).unreadable.map(({ code }: { code: string }) => code)
    expect({ exitCode: closed.exitCode, codes }).toEqual({ exitCode: 3, codes: ['input.password', 'input.malformed'] })
    const opened = await made.pki('expiry deploy/secret.pfx', { env: { PKI_PASSWORD: 'open sesame' } })
    expect(opened).toMatchObject({ exitCode: 0 })
    writeFileSync(join(made.folder, 'words'), 'open sesame\n')
    expect(await made.pki('expiry deploy/secret.pfx --password-file words')).toMatchObject({ exitCode: 0 })
  })

  it('speaks JUnit', async () => {
    const made = await tree()
    const { stdout } = await made.pki('expiry deploy --format junit')
    expect(stdout).toContain('<testsuite name="pki expiry" tests="')
    expect(stdout).toMatch(
      /<failure message="ends in 9 days, [^"]+" type="expiring">|<failure message="ends in 10 days/,
    )
  })

  it.each([
    ['deploy/short.crt', 10, '1 of 1 certificate in 1 file ends within 15d'],
    ['deploy/short.crt', 0, 'none of 1 certificate in 1 file ends within 5d'],
    ['deploy/notes.txt', 0, 'no certificates in 1 file'],
  ])('%s sums up on day %i', async (path, days, summary) => {
    const made = await tree()
    const { stdout } = await made.pki(`expiry ${path} --within ${days === 0 ? 5 : 15}d`)
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(summary)
  })

  it('searches the current folder unless told otherwise', async () => {
    const made = await tree()
    const [everywhere, here] = [await made.pki('expiry --json'), await made.pki('expiry . --json')]
    expect(everywhere).toEqual(here)
    expect(everywhere.exitCode).toBe(1)
  })

  it('tells what promises certificates by its name and has none: a Java key store of the old kind, text, nothing', async () => {
    const made = await tree()
    writeFileSync(join(made.folder, 'deploy/old.jks'), Buffer.from('feedfeed00000002', 'hex'))
    writeFileSync(join(made.folder, 'deploy/torn.crt'), '<html>404</html>')
    writeFileSync(join(made.folder, 'deploy/empty.pem'), '')
    const { stdout } = await made.pki('expiry deploy --json')
    const unreadable = JSON.parse(stdout).unreadable.map(({ source, code }: Record<string, string>) => [source, code])
    expect(unreadable).toEqual([
      ['deploy/empty.pem', 'input.malformed'],
      ['deploy/old.jks', 'input.unsupported'],
      ['deploy/torn.crt', 'input.malformed'],
    ])
    expect((await made.pki('expiry deploy/old.jks')).stderr).toContain('Java key store')
  })

  it.skipIf(process.platform === 'win32')('makes names of files harmless for a terminal', async () => {
    const made = await tree()
    mkdirSync(join(made.folder, 'odd'))
    writeFileSync(join(made.folder, 'odd/a\x1b[31m\n.crt'), readFileSync(join(made.folder, 'deploy/short.crt')))
    writeFileSync(join(made.folder, 'odd/b\x1b[31m.pem'), '')
    const { stdout, stderr } = await made.pki('expiry odd')
    expect(stdout).toContain('odd/a\\u{1b}[31m\\u{a}.crt')
    expect(stderr).toContain('odd/b\\u{1b}[31m.pem')
    expect(stdout + stderr).not.toContain('\x1b')
  })

  it.skipIf(process.platform === 'win32')('follows links to files, and no others', async () => {
    const made = await tree()
    mkdirSync(join(made.folder, 'live'))
    for (const [to, link] of [
      ['../deploy/short.crt', 'cert.pem'],
      ['..', 'up'],
      ['self.pem', 'self.pem'],
      ['nowhere.pem', 'broken.pem'],
    ] as const)
      symlinkSync(to, join(made.folder, 'live', link))
    const { certificates, unreadable } = JSON.parse((await made.pki('expiry live --json')).stdout)
    expect(certificates.map(({ source }: { source: string }) => source)).toEqual(['live/cert.pem'])
    expect(unreadable).toEqual([])
  })

  it.skipIf(process.platform === 'win32')('goes on beside a folder that is closed', async () => {
    const made = await tree()
    await made.pki('expiry deploy')
    const closed = join(made.folder, 'deploy/closed')
    mkdirSync(closed, { mode: 0o000 })
    const { exitCode, stdout } = await asOrdinaryUser(made.folder, () => made.pki('expiry deploy --json'))
    chmodSync(closed, 0o700)
    expect({ exitCode, unreadable: JSON.parse(stdout).unreadable }).toMatchObject({
      exitCode: 1,
      unreadable: [{ source: 'deploy/closed', code: 'input.unreadable' }],
    })
  })

  it('a folder that is not there is an error', async () => {
    const made = await tree()
    expect(await made.pki('expiry nowhere')).toMatchObject({ exitCode: 3 })
  })
})

describe('pki cross-sign', () => {
  it('makes another certificate for an authority, and its leaves verify under both roots', async () => {
    const made = await sessionWithStore()
    await made.done('init root --name other')
    await made.done('cross-sign ca1 --from other')
    const store = storeOf(made)
    const [own, cross] = [store.readCertificate('ca1'), store.readCertificate('ca1-by-other')]
    expect(cross.publicKey.encoded).toEqual(own.publicKey.encoded)
    expect(cross.decoded.basicConstraints).toEqual(own.decoded.basicConstraints)
    expect(store.hasKey('ca1-by-other')).toBe(false)
    expect(await made.pki('verify web --trust root')).toMatchObject({ exitCode: 0 })
    expect(await made.pki('verify pki/certs/web.crt --trust other --untrusted ca1-by-other')).toMatchObject({
      exitCode: 0,
    })
  })

  it.each([
    ['a leaf', 'cross-sign web --from root', 4],
    ['an authority that is none', 'cross-sign nobody --from root', 3],
    ['without an issuer', 'cross-sign ca1', 2],
    ['a name that is taken', 'cross-sign ca1 --from root --name web', 4],
  ])('refuses %s', async (_, line, exitCode) => {
    const made = await sessionWithStore()
    expect(await made.pki(line)).toMatchObject({ exitCode })
  })
})
