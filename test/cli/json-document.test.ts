/**
 * `docs/json.md` against what the commands print with `--json`: every field that occurs is described there, with its
 * type, and every field, every `null` and every word that is described occurs here, or is marked as rare.
 */

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { type AddressInfo, connect, createServer as createTcpServer, type Server } from 'node:net'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../src/cli/command-table.ts'
import { formatPem } from '../../src/der/pem.ts'
import { encodeCertificatePolicies } from '../../src/x509/extension-encoding.ts'
import { EXTENSION } from '../../src/x509/oids.ts'
import { hex } from '../der/hex.ts'
import { evidenceServer } from '../online/evidence-server.ts'
import { crl, hierarchy, ocsp } from '../online/online-hierarchy.ts'
import { AT, revoked } from '../path/build-crl.ts'
import { CA, ca, NOW as FIXED_NOW, fixedCertificate, fixedKey, leaf, pem, ROOT, root } from './fixed-hierarchy.ts'
import { Comparison, readShapes, TYPE_WORDS } from './json-shapes.ts'
import type { CommandResult, MemoryIoOptions } from './memory-io.ts'
import { startPki } from './running-pki.ts'
import { type Session, session, sessionWithStore } from './session.ts'
import { extensionsOfAllKinds, oddExtensions, oddRequest } from './shown-samples.ts'

const PAGE = readFileSync(new URL('../../docs/json.md', import.meta.url), 'utf8')
const shapes = readShapes(PAGE)
const comparison = new Comparison(shapes)

interface Run {
  readonly line: string
  readonly schema: string
  readonly exitCode: number
}
const runs: Run[] = []

/** Compares one document, and notes who printed it. */
function note(line: string, { exitCode, stdout, stderr }: CommandResult): void {
  if (!stdout.startsWith('{')) throw new Error(`pki ${line}: no JSON: ${stderr}`)
  const document = JSON.parse(stdout)
  comparison.document(document)
  runs.push({ line, schema: document.schema, exitCode })
  if (document.schema === 'pki.error/1' && document.exitCode !== exitCode) throw new Error(`pki ${line}: ${exitCode}`)
}

/** Runs lines with `--json`, one after the other. One that begins with `!` is expected to end with an error. */
async function print(made: Session, lines: readonly string[], options: Partial<MemoryIoOptions> = {}): Promise<void> {
  for (const line of lines) {
    const isError = line.startsWith('! ')
    const words = line.replace('! ', '')
    const result = await made.pki(`${words} --json`, options)
    note(words, result)
    const schema = runs.at(-1)?.schema
    if ((schema === 'pki.error/1') !== isError) throw new Error(`pki ${words}: ${schema}\n${result.stderr}`)
  }
}

const write = ({ folder }: Session, file: string, content: string | Uint8Array) =>
  writeFileSync(join(folder, file), content)
const later = (days: number) => ({ now: new Date(Date.parse('2026-11-21T12:00:00Z') + days * 86_400_000) })

async function making(): Promise<void> {
  const made = session()
  write(made, 'password', 'secret\n')
  await print(made, [
    'init root',
    'init root --if-missing',
    '! init root',
    'issue intermediate ca1 --from root',
    'issue server web --from ca1 --dns localhost --dry-run',
    'issue server web --from ca1 --dns localhost --defect no-san',
    'issue client alice --from ca1 --days 20',
    'issue server-client both --from ca1 --dns both.test',
    'issue ocsp-responder responder --from ca1',
    'request asked --dry-run',
    'request asked',
    'sign pki/requests/asked.csr --from ca1 --profile server --name asked-too',
    'renew alice',
    'rekey both',
    'init root --name root2',
    'cross-sign ca1 --from root2',
    'revoke alice --reason certificateHold',
    'init root --name future --not-before 2030-01-01T00:00:00Z',
    'issue client old --from ca1 --defect expired',
    'list',
  ])
  await print(made, ['list', 'tree'], later(30))
  await print(made, ['list'], later(600))
  await print(made, ['list'], later(-30))
  const other = session()
  writeFileSync(join(other.folder, 'web.crt'), readFileSync(join(made.folder, 'pki/certs/web.crt')))
  await print(other, ['import web.crt --name web', 'list'])
}

async function quickstart(): Promise<void> {
  const made = session()
  await print(made, ['quickstart --no-handshake'])
  rmSync(join(made.folder, 'pki/exports/server.pem'))
  await print(made, ['quickstart', '! quickstart --unknown'])
}

const HIERARCHY = `version: 1
certificates:
  root:
    issues:
      ca1:
        crl: true
        issues:
          web: { profile: server, names: [localhost], notAfter: 900d, exports: [pfx] }
          bad: { profile: server, names: [localhost], defect: no-san }
          client: { profile: client, revoked: superseded }
  other:
    issues: { ca1-by-other: { crossSigns: ca1 } }
`

async function applying(): Promise<void> {
  const made = session()
  write(made, 'pki.yaml', HIERARCHY)
  await print(made, ['plan', 'apply', 'plan'])
  write(made, 'pki.yaml', HIERARCHY.replace(', revoked: superseded', '').replace('exports: [pfx]', 'exports: [crt]'))
  await print(made, ['plan', 'apply'])
  write(made, 'pki.yaml', HIERARCHY.replace('localhost', 'web.test').replace(/^ +client:.*\n/m, ''))
  rmSync(join(made.folder, 'pki/private/bad.key'))
  await print(made, ['plan', 'apply'])
  write(made, 'pki.yaml', HIERARCHY.replace('crl: true', 'notAfter: 100d'))
  await print(made, ['plan'])
  write(made, 'pki.yaml', HIERARCHY)
  rmSync(join(made.folder, 'pki/private/ca1.key'))
  await print(made, ['plan'])
  const other = session()
  await other.done('init root')
  write(other, 'pki.yaml', 'version: 1\ncertificates:\n  root: {}\n')
  await print(other, ['plan'])
  write(other, 'pki.yaml', 'version: 1\ncertificates:\n  root: { subject: CN=else }\n')
  await print(other, ['plan --force'])
}

async function handingOut(): Promise<void> {
  const made = await sessionWithStore()
  await made.done('issue client client --from ca1')
  await print(made, [
    'export web --format pfx,pem',
    'export --layout mtls --server web --client client --out mtls/',
    '! export web --format unknown',
    'snippet',
    'snippet nginx --server web --client-ca ca1',
    'snippet nginx --server web --client-ca ca1 --out nginx.conf',
    'templates',
    'templates show server',
    'defects',
    'defects show expired',
    'defects show revoked',
    'defects generate --only expired --out gallery',
  ])
}

async function keeping(): Promise<void> {
  const made = await sessionWithStore()
  await made.done('issue client alice --from ca1 --days 20')
  await made.done('issue client bob --from ca1 --days 90')
  await print(made, ['needs-renewal alice', 'needs-renewal alice --expires-in 30d', '! needs-renewal nobody'])
  await print(made, ['! needs-renewal alice --expires-in soon', 'expiry pki/certs', 'expiry pki/certs --within 1d'])
  await print(made, ['expiry pki/certs'], later(60))
  await print(made, ['expiry pki/certs'], later(-30))
  write(made, 'broken.crt', '-----BEGIN CERTIFICATE-----\nMAMBAf8=\n-----END CERTIFICATE-----\n')
  await print(made, ['expiry broken.crt'])
}

async function revoking(): Promise<void> {
  const made = await sessionWithStore()
  for (const name of ['alice', 'bob']) await made.done(`issue client ${name} --from ca1`)
  await made.done('issue ocsp-responder responder --from ca1')
  write(made, 'gone.crt', readFileSync(join(made.folder, 'pki/certs/bob.crt')))
  await made.done('issue client bob --from ca1 --force')
  await print(made, [
    'revoke alice --reason certificateHold --invalidity-date -1d',
    'revoke alice --reason certificateHold',
    'revoke alice --undo',
    'revoke alice --reason superseded',
    'revoke bob',
    'crl ca1',
    'crl ca1 --delta --out delta.crl',
    'crl root --indirect --of ca1 --reasons keyCompromise --distribution-point http://a.test/1.crl --out partial.crl',
    'crl ca1 --fault expired --out fault.crl',
    '! ocsp query web --url http://127.0.0.1:1/',
    'ocsp query web alice --nonce --request-out q',
    'ocsp respond q --issuer ca1 --out r',
    'ocsp query web alice --issuer ca1 --request q --response r',
    'ocsp query bob --issuer ca1 --response r',
    'ocsp query web --request-out plain',
    'ocsp respond plain --issuer ca1 --signer responder --responder-id name --out named',
    'init root --dir other --name ca1',
    'issue client eve --from ca1 --dir other',
    'ocsp query eve --dir other --request-out eve',
    'ocsp respond eve --issuer ca1 --out unknown',
    'ocsp query other/certs/eve.crt --issuer other/certs/ca1.crt --response unknown',
    'ocsp respond gone.crt --issuer ca1 --out malformed',
  ])
  await print(made, ['show q plain r named unknown malformed pki/crl/ca1.crl delta.crl fault.crl partial.crl'])
  rmSync(join(made.folder, 'pki/journal.jsonl'))
  await print(made, ['revoke gone.crt'])
}

async function verifying(): Promise<void> {
  const made = session()
  write(made, 'root.pem', pem(root()))
  write(made, 'ca.pem', pem(ca()))
  write(made, 'chain.pem', pem(leaf(), ca()))
  write(made, 'expired.pem', pem(leaf({ notAfter: '2026-05-22T00:00:00Z' }), ca()))
  const policies = encodeCertificatePolicies([{ policyIdentifier: '1.2.3', qualifiers: [] }])
  const extensions = [{ oid: EXTENSION.certificatePolicies, critical: false, value: policies }]
  const anyPolicy = encodeCertificatePolicies([{ policyIdentifier: '2.5.29.32.0', qualifiers: [] }])
  const anyPolicies = [{ oid: EXTENSION.certificatePolicies, critical: false, value: anyPolicy }]
  const above = fixedCertificate({ subject: CA, issuer: ROOT, isCa: true, extensions: anyPolicies })
  write(made, 'policy.pem', pem(leaf({ extensions }), above))
  const proxy = { oid: '1.3.6.1.5.5.7.1.14', critical: true, value: hex('300c300a06082b06010505071501') }
  write(made, 'proxy.pem', pem(leaf({ extensions: [proxy] })))
  write(made, 'broken.pem', pem(leaf(), ca(), new Uint8Array([0x30, 0])))
  const platform = '--trust root.pem --additional ca.pem --revocation-mode no-check'
  await print(
    made,
    [
      'verify chain.pem --trust root.pem --explain',
      'verify expired.pem chain.pem --trust root.pem --explain',
      'verify chain.pem --trust root.pem --policy 1.2.3 --explicit-policy',
      'verify chain.pem --trust root.pem --rules webpki',
      `verify chain.pem ${platform} --as x509chain`,
      `verify expired.pem ${platform} --as aspnetcore`,
      `verify chain.pem ${platform} --as aspnetcore --no-validate-use`,
      `verify root.pem ${platform} --as aspnetcore`,
      `verify proxy.pem ${platform} --as aspnetcore`,
      'verify broken.pem --trust root.pem',
      'verify policy.pem --trust root.pem --untrusted ca.pem',
      '! verify chain.pem',
      '! verify nothing.pem --trust root.pem',
      'lint chain.pem',
      'lint proxy.pem',
    ],
    { now: FIXED_NOW },
  )
}

async function verifyingOnline(): Promise<void> {
  const made = session()
  const answers: Record<string, Uint8Array> = {}
  const server = await evidenceServer(({ path }) => answers[path])
  const { root, ca, leaf } = hierarchy(
    { crl: [`${server.url}/ca.crl`], issuer: [`${server.url}/ca.cer`] },
    { ocsp: [`${server.url}/ocsp`, 'http://127.0.0.1:1/ocsp'], issuer: [`${server.url}/other.cer`] },
  )
  write(made, 'root.pem', pem(root.certificate.encoded))
  write(made, 'leaf.pem', pem(leaf.certificate.encoded))
  const line = 'verify leaf.pem --trust root.pem --revocation online --aia'
  await print(made, [line, `${line} --cache-dir leaf.pem/cache`], { now: AT })
  answers['/ca.cer'] = ca.certificate.encoded
  await print(made, [line], { now: AT })
  answers['/ca.crl'] = crl(ca)
  answers['/ocsp'] = ocsp(root, 2)
  await print(made, [`${line} --cache-dir leaf.pem`, `${line} --cache-dir cache`, `${line} --cache-dir cache`], {
    now: AT,
  })
  answers['/ca.crl'] = crl(ca, { entries: [revoked(7)] })
  await print(made, [`${line} --no-cache`], { now: AT })
}

async function showing(): Promise<void> {
  const made = await sessionWithStore()
  write(made, 'all.pem', pem(leaf({ extensions: extensionsOfAllKinds() })))
  write(made, 'odd.pem', pem(leaf({ extensions: oddExtensions() })))
  await made.done('init root --name pss --key rsa-2048 --pss')
  await made.done('request asked')
  write(made, 'odd.csr', formatPem('CERTIFICATE REQUEST', oddRequest()))
  write(made, 'public.pem', formatPem('PUBLIC KEY', fixedKey('a').publicKey.encoded))
  await print(made, [
    'show web root all.pem odd.pem pss',
    'show pki/requests/asked.csr odd.csr pki/private/web.key public.pem',
    '! show nothing.pem',
  ])
}

async function serving(): Promise<void> {
  const made = await sessionWithStore()
  await made.done('issue client alice --from ca1')
  await made.done('init root --dir other --name other --subject CN=other')
  await made.done('issue client mallory --from other --dir other')
  const clock: Partial<MemoryIoOptions> = { now: () => new Date() }
  const plain = await startPki(['serve', '--port', '0'], made.folder)
  note('serve', await plain.stop())
  const serveTls = ['serve', 'tls', '--cert', 'web', '--port', '0', '--client-ca', 'root']
  const tls = await startPki([...serveTls, '--staple'], made.folder)
  const { port } = tls.facts
  await print(
    made,
    [
      `connect localhost:${port} --trust root --cert alice`,
      `connect localhost:${port} --no-verify`,
      `show localhost:${port} 127.0.0.1:${port} --servername localhost`,
      'revoke web',
      `connect localhost:${port} --trust root`,
      '! connect nowhere',
    ],
    clock,
  )
  const of = (folder: string, name: string) => ({
    cert: readFileSync(join(made.folder, folder, 'certs', `${name}.crt`), 'utf8'),
    key: readFileSync(join(made.folder, folder, 'private', `${name}.key`), 'utf8'),
  })
  for (const client of [
    { servername: '' },
    { ...of('pki', 'alice'), cert: of('pki', 'alice').cert + of('pki', 'ca1').cert },
    of('other', 'mallory'),
  ]) {
    comparison.document(JSON.parse(await get(port, client)))
  }
  const cut = await breaking(port)
  await print(made, [`connect localhost:${(cut.address() as AddressInfo).port} --no-verify`], clock)
  cut.close()
  note('serve tls', await tls.stop())
  const strict = await startPki([...serveTls, '--require-client-cert'], made.folder)
  const refusing = `localhost:${strict.facts.port}`
  await print(made, [`connect ${refusing} --trust root`, `show ${refusing}`], clock)
  note('serve tls', await strict.stop())

  const garbled = createServer({ ...of('pki', 'web') })
  garbled.on('OCSPRequest', (_certificate, _issuer, answer) => answer(null, Buffer.from('garbage')))
  const old = createServer({ ...of('pki', 'web'), requestCert: true, maxVersion: 'TLSv1.2' })
  for (const server of [garbled, old]) {
    server.on('tlsClientError', () => undefined)
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
    const address = `localhost:${(server.address() as AddressInfo).port}`
    await print(made, [`connect ${address} --no-verify`, `show ${address}`], clock)
    server.close()
  }
}

/** A server in front of another one that breaks the connection in the middle of the other's first flight. */
async function breaking(port: number): Promise<Server> {
  const server = createTcpServer((near) => {
    const far = connect(port, 'localhost')
    near.on('error', () => far.destroy())
    near.pipe(far)
    far.once('data', (flight) => near.end(flight.subarray(0, 300), () => far.destroy()))
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  return server
}

/** The body of the answer. */
function get(port: number, client: object): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: 'localhost', port, rejectUnauthorized: false, agent: false, ...client },
      (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (text: string) => {
          body += text
        })
        response.on('end', () => resolve(body))
      },
    )
    asked.on('error', reject).end()
  })
}

// One after the other: the tests below look at what all of these have printed.
describe('describes everything that is printed', () => {
  it.each([
    ['making', making],
    ['quickstart', quickstart],
    ['applying', applying],
    ['handing out', handingOut],
    ['keeping', keeping],
    ['revoking', revoking],
    ['verifying', verifying],
    ['verifying online', verifyingOnline],
    ['showing', showing],
    ['serving', serving],
  ])('%s', { timeout: 60_000 }, async (_, part) => {
    await part()
    expect(comparison.takeFaults()).toEqual([])
  })
})

describe('docs/json.md', () => {
  it('describes nothing that is not', () => expect(comparison.missing()).toEqual([]))

  it('has a section for each command, and each is run', () => {
    for (const { name } of COMMANDS) {
      const ofName = [...shapes.values()].filter(({ heading }) => heading.includes(`\`pki ${name}`))
      expect({ name, sections: ofName.length }).not.toEqual({ name, sections: 0 })
      expect(runs.map(({ line }) => line.split(' ')[0])).toContain(name)
    }
    for (const { line, schema } of runs.filter(({ schema }) => schema !== 'pki.error/1')) {
      expect(shapes.get(schema)?.heading).toContain(`\`pki ${line.split(' ')[0]}`)
    }
  })

  it('names the exit codes of results, and no others', () => {
    for (const { name, prose } of shapes.values()) {
      const named = /Exit code ([^.]*)\./.exec(prose)?.[1]?.match(/\b\d+\b/g)
      const seen = new Set(runs.filter(({ schema }) => schema === name).map(({ exitCode }) => String(exitCode)))
      if (named !== undefined && named !== null)
        expect({ name, codes: [...seen].sort() }).toEqual({ name, codes: named })
    }
  })

  it('explains every word for a type', () => {
    const words = [...PAGE.matchAll(/^\| ([a-z]+(?:, [a-z]+)*) \| /gm)].flatMap(([, text = '']) => text.split(', '))
    expect(words.toSorted()).toEqual([...TYPE_WORDS].sort())
  })

  it('leads nowhere else with its links', () => {
    const slugs = [...PAGE.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => slugOf(heading))
    for (const [, target] of PAGE.matchAll(/\]\(#([^)]*)\)/g)) expect(slugs).toContain(target)
    for (const [, file = ''] of PAGE.matchAll(/\]\(([^#)][^)]*)\)/g)) {
      expect(existsSync(new URL(file, new URL('../../docs/', import.meta.url)))).toBe(true)
    }
  })

  it('names the exit codes of errors', () => {
    const classes = [...PAGE.matchAll(/^\| `(usage|input|refused|internal)` \| (\d+) \|/gm)]
    expect(classes.map(([, name, code]) => [name, code])).toEqual([
      ['usage', '2'],
      ['input', '3'],
      ['refused', '4'],
      ['internal', '70'],
    ])
  })
})

/** The anchor that GitHub gives a heading. */
function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-')
}
