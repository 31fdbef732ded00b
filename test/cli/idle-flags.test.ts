/** Flags that would do nothing: typed they are refused, in the environment they wait for the commands they are for. */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { pictureOf } from '../temporary-folder.ts'
import { sessionWithStore } from './session.ts'

/** A line, the flag that does nothing there, and what it goes with. */
const IDLE: readonly (readonly [line: string, flag: string, goesWith: RegExp])[] = [
  ['init root --name x', '--unmarked', /^--seed$/],
  ['issue server x --from ca1', '--unmarked', /^--seed$/],
  ['rekey web', '--unmarked', /^--seed$/],
  ['quickstart --no-handshake --dir other', '--unmarked', /^--seed$/],
  ['apply two-tier --dir other', '--unmarked', /^--seed, or seed:/],
  ['plan two-tier --dir other', '--unmarked', /^--seed, or seed:/],
  ['defects generate --out gallery', '--unmarked', /^--seed$/],
  ['defects list', '--seed=s', /generate/],
  ['defects list', '--out=gallery', /generate/],
  ['defects show expired', '--group=validity', /list or generate/],
  ['init root --name x --key-file pki/private/web.key', '--key=ec-p384', /not with --key-file/],
  ['request x --key-file pki/private/web.key', '--key=ec-p384', /not with --key-file/],
  ['export web --format pem', '--for=java8', /pfx, truststore or zip/],
  ['export web --format key', '--password-file=password', /pfx, truststore or zip/],
  ['export web --format pem', '--pfx-profile=legacy', /pfx, truststore or zip/],
  ['export web --format crt', '--friendly-name=x', /pfx or zip/],
  ['export web --format ca-bundle', '--include-root', /fullchain/],
  ['export web --format pfx', '--key-format=traditional', /pem, key, env or zip/],
  ['export web --format pfx', '--encrypt-key', /pem, key/],
  ['export web --format crt', '--key-mode=640', /pem, key/],
  ['export web --format pem', '--namespace=a', /k8s or zip/],
  ['export web --format pem', '--server=web', /--layout/],
  ['export --as-yaml', '--for=java8', /pfx/],
  ['snippet', '--server=web', /name of a snippet/],
  ['snippet kestrel --server web', '--force', /--out/],
  ['needs-renewal web --json', '--quiet', /not with --json/],
  ['crl ca1', '--der', /--out/],
  ['crl ca1', '--force', /--out/],
  ['serve', '--staple', /pki serve tls/],
  ['serve tls --cert web', '--crl-lifetime=1d', /without tls/],
  ['serve tls --cert web', '--fault=http500', /--staple/],
  ['ocsp query web --issuer ca1 --request-out q', '--signer=ca1', /ocsp respond/],
  ['ocsp query web --issuer ca1 --request-out q', '--out=a', /an answer/],
  ['ocsp query web --issuer ca1 --request-out q', '--at=2030-01-01', /an answer/],
  ['ocsp query web --issuer ca1 --response a', '--nonce', /not with --response/],
  ['ocsp query web --issuer ca1 --url http://127.0.0.1:1', '--request=q', /--response/],
  ['ocsp respond q --issuer ca1 --out a', '--nonce', /ocsp query/],
  ['show web', '--servername=a.test', /host:port/],
  ['connect localhost:1 --trust root', '--key-password-file=password', /--cert/],
  ['verify web --trust root', '--soft-fail', /--revocation/],
  ['verify web --trust root', '--revocation-scope=end-entity', /--revocation/],
  ['verify web --trust root --revocation offline', '--allow-hosts=a.test', /--revocation online/],
  ['verify web --trust root', '--fetch-timeout=1s', /--revocation online/],
  ['verify web --trust root', '--no-cache', /--revocation online/],
  ['verify web --trust root', '--cache-dir=c', /offline/],
  ['verify web --trust root --aia --no-cache', '--cache-dir=c', /not with --no-cache/],
  ['verify web --trust root --aia', '--ocsp-nonce', /--revocation online/],
  ['verify web --trust root --as x509chain --revocation-mode no-check', '--allow-hosts=a.test', /--revocation online/],
  ['verify web --trust root --as x509chain --revocation-mode no-check', '--revocation-flag=exclude-root', /online or/],
  ['verify web --trust root', '--allowed-types=all', /--as aspnetcore/],
  ['verify web --trust root --as x509chain', '--no-validate-use', /--as aspnetcore/],
  ['verify web --trust root --as aspnetcore', '--verification-flag=IgnoreWrongUsage', /--as x509chain/],
  ['verify web --trust root', '--trust-mode=custom', /--as x509chain or aspnetcore/],
  ['verify web --trust root --format junit', '--explain', /text or JSON/],
  ['lint web --quiet', '--explain', /text or JSON/],
]

/** Lines on which such flags do something. */
const BUSY: readonly string[] = [
  'init root --name x --seed s --unmarked',
  'plan single --dir other --seed s --unmarked',
  'export web --format crt,pfx --for java8 --friendly-name x --include-root --key-mode 640 --out a/',
  'export web --format PFX --for java8 --out a/',
  'export web --format key --key-format traditional --out a/',
  'export web --format k8s --namespace a --out a/',
  'export --layout mtls --server web --client web --for java8 --out a/',
  'crl ca1 --out a.crl --der --force',
  'verify web --trust root --revocation offline --soft-fail --cache-dir c --revocation-scope end-entity',
  'verify web --trust root --aia --allow-hosts a.test --fetch-timeout 1s --no-cache',
  'verify web --trust root --as x509chain --allow-hosts a.test --revocation-flag exclude-root',
  'verify web --trust root --explain --json',
]

describe('a flag that would do nothing', () => {
  it.each(IDLE)('%s %s', async (line, flag, goesWith) => {
    const { folder, pki } = await sessionWithStore()
    const before = pictureOf(folder)
    const { exitCode, stderr } = await pki(`${line} ${flag}`)
    const [name = ''] = flag.split('=')
    const [, said = ''] = new RegExp(`^pki: error: ${name} goes with (.*)$`, 'm').exec(stderr) ?? []
    expect({ exitCode, stderr: said || stderr }).toEqual({
      exitCode: 2,
      stderr: expect.stringMatching(goesWith),
    })
    expect(pictureOf(folder)).toEqual(before)
  })

  it.each(BUSY)('is none here: %s', async (line) => {
    const { pki } = await sessionWithStore()
    expect((await pki(line)).stderr).not.toContain('goes with')
  })

  it('is taken from the environment: it may be there for other commands', async () => {
    const { done } = await sessionWithStore()
    const env = { PKI_FOR: 'java8', PKI_UNMARKED: '1', PKI_SOFT_FAIL: '1', PKI_FORCE: '1', PKI_CERT: 'web' }
    for (const line of ['export web --format crt', 'verify web --trust root', 'init root --name x', 'crl ca1'])
      await done(line, { env })
  })
})

describe('a password that encrypts nothing', () => {
  const withPassword = async () => {
    const made = await sessionWithStore()
    writeFileSync(join(made.folder, 'password'), 'secret')
    await made.done('init root --name vault --encrypt-key --key-password-file password')
    return made
  }

  it.each([
    ['issue client x --from ca1', 'x'],
    ['issue client x --from vault', 'x'],
    ['issue client x --from vault --key-file pki/private/vault.key', 'x'],
    ['request x', 'x'],
    ['import pki/certs/vault.crt pki/private/vault.key --name x', 'x'],
    ['rekey web', 'web'],
  ])('%s: the key is stored open, and that is said', async (line, name) => {
    const { folder, pki, done } = await withPassword()
    const key = () => readFileSync(join(folder, `pki/private/${name}.key`), 'latin1')
    const { exitCode, stderr } = await pki(`${line} --key-password-file password`)
    expect(exitCode).toBe(0)
    expect(key()).toContain('BEGIN PRIVATE KEY')
    expect(stderr).toMatch(
      new RegExp(`warning: the private key of ${name} is stored without a password: .*--encrypt-key`),
    )

    const force = name === 'x' ? '--force' : ''
    await done(`${line} --key-password-file password --encrypt-key ${force}`.trim())
    expect(key()).toContain('BEGIN ENCRYPTED PRIVATE KEY')
  })

  it('is no news where no key is stored, or another flag opens the one of the issuer', async () => {
    const { pki } = await withPassword()
    for (const line of [
      'issue client x --from vault --issuer-password-file password',
      'issue client y --from vault --encrypt-key --key-password-file password',
      'renew vault --key-password-file password',
      'import pki/certs/vault.crt --name z --key-password-file password',
      'issue client x --from vault --if-missing --key-password-file password',
    ]) {
      expect.soft(await pki(line), line).toMatchObject({ exitCode: 0, stderr: '' })
    }
  })

  it('is told of an exported key too', async () => {
    const { pki } = await withPassword()
    expect((await pki('export vault --format key --key-password-file password')).stderr).toMatch(
      /vault\.key has no password/,
    )
    expect((await pki('export vault --format crt --key-password-file password')).stderr).toBe('')
  })

  it('has no key to encrypt: pki import refuses --encrypt-key', async () => {
    const { folder, pki } = await withPassword()
    const before = pictureOf(folder)
    const { exitCode, stderr } = await pki(
      'import pki/certs/vault.crt --name z --encrypt-key --key-password-file password',
    )
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--encrypt-key: no private key'),
    })
    expect(pictureOf(folder)).toEqual(before)
  })
})
