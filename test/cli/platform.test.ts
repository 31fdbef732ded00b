/** `pki verify --as`: .NET's names beside ours, and what ASP.NET Core would answer. */

import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ca, folderWith, leaf, NOW, pem, root } from './fixed-hierarchy.ts'
import { type MemoryIoOptions, runPki } from './memory-io.ts'

let cwd = ''

beforeAll(() => {
  cwd = folderWith({
    'root.pem': pem(root()),
    'ca.pem': pem(ca()),
    'leaf.pem': pem(leaf()),
    'chain.pem': pem(leaf(), ca()),
    'expired.pem': pem(leaf({ notAfter: '2026-05-22T00:00:00Z' })),
  })
})

afterAll(() => rmSync(cwd, { recursive: true }))

const verify = (line: string, options: Partial<MemoryIoOptions> = {}) =>
  runPki(['verify', ...line.split(' ')], { cwd, now: NOW, ...options })

async function report(line: string, options: Partial<MemoryIoOptions> = {}) {
  const { exitCode, stdout } = await verify(`${line} --json`, options)
  const [judged] = JSON.parse(stdout).certificates
  return { exitCode, ...judged.platform, codes: judged.findings.map(({ code }: { code: string }) => code) }
}

const CHAIN = '--trust root.pem --additional ca.pem --as x509chain --revocation-mode no-check'
const HANDLER = '--trust root.pem --additional ca.pem --as aspnetcore --revocation-mode no-check'

describe('--as x509chain', () => {
  it.each<[string, string, number, readonly string[], readonly string[]]>([
    ['good', `leaf.pem ${CHAIN}`, 0, [], []],
    ['its own issuers may help', 'chain.pem --trust root.pem --as x509chain --revocation-mode no-check', 0, [], []],
    ['expired', `expired.pem ${CHAIN}`, 1, ['NotTimeValid'], ['validity.expired']],
    ['the wrong purpose', `leaf.pem ${CHAIN} --purpose clientAuth`, 1, ['NotValidForUsage'], ['purpose.not-allowed']],
    ['a policy it does not have', `leaf.pem ${CHAIN} --policy 1.2.3`, 1, ['NotValidForUsage'], ['policy.not-accepted']],
    [
      'masked',
      `expired.pem ${CHAIN} --verification-flag IgnoreNotTimeValid`,
      0,
      ['NotTimeValid'],
      ['validity.expired'],
    ],
    [
      'an untrusted root',
      'chain.pem --trust leaf.pem --additional root.pem --as x509chain --revocation-mode no-check',
      1,
      ['UntrustedRoot'],
      ['path.untrusted-root'],
    ],
    [
      'revocation by default',
      'chain.pem --trust root.pem --as x509chain',
      1,
      ['RevocationStatusUnknown', 'OfflineRevocation'],
      ['revocation.unknown', 'revocation.unknown'],
    ],
  ])('%s', async (_, line, exitCode, status, codes) => {
    const told = await report(line)
    expect(told).toMatchObject({ exitCode, name: 'x509chain', authentication: null, codes })
    expect(told.chain).toMatchObject({ valid: exitCode === 0, threw: null, status })
  })

  it('System mode trusts what the environment names, and nothing without it', async () => {
    const line = 'chain.pem --as x509chain --trust-mode system --revocation-mode no-check'
    expect((await verify(line)).exitCode).toBe(2)
    expect((await verify(line, { env: { SSL_CERT_FILE: join(cwd, 'root.pem') } })).exitCode).toBe(0)
    expect((await report(line, { env: { SSL_CERT_FILE: join(cwd, 'ca.pem') } })).chain.status).toEqual(['PartialChain'])
  })

  it('prints its names beside ours', async () => {
    const { stdout } = await verify(`expired.pem ${CHAIN}`)
    expect(stdout).toMatch(/validity\.expired · NotTimeValid/)
    expect(stdout).toMatch(/X509Chain\.Build false {2}NotTimeValid/)
  })
})

describe('--as aspnetcore', () => {
  const FAILED = 'Client certificate failed validation.'
  it.each<[string, string, number, string | null]>([
    ['not for clients', `leaf.pem ${HANDLER}`, 403, FAILED],
    ['use not validated', `leaf.pem ${HANDLER} --no-validate-use`, 200, null],
    ['expired', `expired.pem ${HANDLER} --no-validate-use`, 403, FAILED],
    ['expired, validity not validated', `expired.pem ${HANDLER} --no-validate-use --no-validate-validity`, 200, null],
    [
      'what the client sends along does not help',
      'chain.pem --trust root.pem --as aspnetcore --revocation-mode no-check --no-validate-use',
      403,
      FAILED,
    ],
    [
      'revocation by default',
      'leaf.pem --trust root.pem --additional ca.pem --as aspnetcore --no-validate-use',
      403,
      FAILED,
    ],
    ['self-signed', `root.pem ${HANDLER}`, 403, 'Options do not allow self signed certificates.'],
    ['self-signed allowed', 'root.pem --as aspnetcore --allowed-types self-signed', 200, null],
    [
      'chained not allowed',
      `leaf.pem ${HANDLER} --allowed-types self-signed`,
      403,
      'Options do not allow chained certificates.',
    ],
  ])('%s', async (_, line, httpStatus, failure) => {
    const outcome = failure === null ? 'Success' : 'Fail'
    expect(await report(line)).toMatchObject({
      exitCode: failure === null ? 0 : 1,
      name: 'aspnetcore',
      authentication: { outcome, failure, httpStatus },
    })
  })

  it('what the client sends along: says that it is not for the handler', async () => {
    const line = 'chain.pem --trust root.pem --as aspnetcore --revocation-mode no-check --no-validate-use'
    expect((await report(line)).codes).toEqual(['path.issuer-not-found', 'path.candidate-refused'])
    expect((await report(line.replace('chain', 'leaf'))).codes).toEqual(['path.issuer-not-found'])
  })

  it.each([
    ['chained', /allowed Chained · revocation Online, ExcludeRoot$/m],
    ['all', /allowed All · revocation Online, ExcludeRoot \(of chained ones\)$/m],
    ['self-signed', /allowed SelfSigned · revocation not checked$/m],
  ])('whose revocation it asks about: %s', async (kind, words) => {
    const { stdout } = await verify(`root.pem --trust root.pem --as aspnetcore --allowed-types ${kind}`)
    expect(stdout.replace(/\n +/g, ' ')).toMatch(words)
  })

  it('prints the claims of the default principal', async () => {
    const { authentication } = await report(`leaf.pem ${HANDLER} --no-validate-use`)
    const thumbprint = createHash('sha1').update(leaf()).digest('hex').toUpperCase()
    expect(authentication.claims).toContainEqual(expect.objectContaining({ value: thumbprint }))
    const { stdout } = await verify(`leaf.pem ${HANDLER} --no-validate-use`)
    expect(stdout).toMatch(/Success, HTTP 200/)
    expect(stdout).toMatch(new RegExp(`thumbprint +${thumbprint}`))
  })
})

describe('cures', () => {
  it.each<[string, string]>([
    ['chain.pem --trust root.pem --as x509chain', '--crl'],
    ['chain.pem --trust root.pem --as x509chain --verification-flag AllFlags', '--crl'],
    ['leaf.pem --trust root.pem --as x509chain', '--additional'],
    ['leaf.pem --trust ca.pem --as x509chain', '--trust'],
    ['chain.pem --trust root.pem --as aspnetcore', '--additional'],
    ['chain.pem --trust leaf.pem --additional root.pem --as x509chain', '--trust'],
    ['root.pem --trust root.pem --as aspnetcore', '--allowed-types'],
  ])('%s names flags that go with it', async (line, flag) => {
    const { stdout } = await verify(line)
    const named = [...stdout.matchAll(/\((--[^)]+)\)/g)].flatMap(([, flags = '']) => flags.match(/--[a-z-]+/g) ?? [])
    expect(named).toContain(flag)
    const platform = line.includes('aspnetcore') ? 'aspnetcore' : 'x509chain'
    const values: Readonly<Record<string, string>> = { '--revocation-mode': 'no-check', '--allowed-types': 'all' }
    for (const name of new Set(named)) {
      const value = values[name] ?? (name === '--allow-hosts' ? 'a.test' : 'root.pem')
      const { stderr } = await verify(`leaf.pem --trust root.pem --as ${platform} ${name} ${value}`)
      expect(stderr, name).not.toMatch(/does not go with|goes with/)
    }
  })
})

describe('flags that do not go together', () => {
  it.each([
    'leaf.pem --trust root.pem --trust-mode custom',
    'leaf.pem --trust root.pem --allowed-types all',
    'leaf.pem --trust root.pem --no-validate-use',
    `leaf.pem ${CHAIN} --allowed-types all`,
    `leaf.pem ${CHAIN} --host web.test`,
    `leaf.pem ${CHAIN} --revocation offline`,
    `leaf.pem ${CHAIN} --verification-flag Nothing`,
    `leaf.pem ${CHAIN} --trust-mode system`,
    `leaf.pem ${HANDLER} --purpose clientAuth`,
    `leaf.pem ${HANDLER} --verification-flag IgnoreNotTimeValid`,
    'leaf.pem --trust root.pem --as netscape',
    'leaf.pem --as x509chain',
    'leaf.pem --as aspnetcore --trust-mode custom',
  ])('%s', async (line) => {
    expect((await verify(line)).exitCode).toBe(2)
  })
})
