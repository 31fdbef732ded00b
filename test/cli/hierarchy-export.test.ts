/** `pki export --as-yaml`: what is written makes the same elsewhere, and what cannot be written is told. */

import { generateKeyPairSync } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { READY_MADE } from '../../src/cli/hierarchy/apply-inputs.ts'
import { readStoredCrl } from '../../src/store/publish-crl.ts'
import { Store } from '../../src/store/store.ts'
import type { Certificate } from '../../src/x509/certificate.ts'
import { EXTENSION } from '../../src/x509/oids.ts'
import { hasProgram, run } from '../foreign-program.ts'
import { NOW, type Session, session } from './session.ts'

const storeIn = ({ folder }: Session, name = 'pki') => new Store(join(folder, name))
const textIn = ({ folder }: Session, file = 'pki.yaml') => readFileSync(join(folder, file), 'utf8')

/** Exports, applies in another place, and exports that. */
async function transplanted(made: Session, options = {}): Promise<string> {
  const { exitCode, stderr } = await made.pki('export --as-yaml --out pki.yaml --force', options)
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  await made.done('apply pki.yaml --dir elsewhere', options)
  await made.done('export --as-yaml --dir elsewhere --out again.yaml', options)
  const text = textIn(made)
  expect(textIn(made, 'again.yaml')).toBe(text)
  return text
}

/** What two certificates have in common that were made from one entry. */
function contentOf({ extensions, signatureAlgorithm, subject, publicKey, notBefore, notAfter }: Certificate) {
  const ofKeys: readonly string[] = [EXTENSION.subjectKeyIdentifier, EXTENSION.authorityKeyIdentifier]
  return {
    extensions: extensions
      .map(({ oid, critical, value }) => ({
        oid,
        critical,
        value: ofKeys.includes(oid) ? value.length : Buffer.from(value).toString('hex'),
      }))
      .sort((a, b) => (a.oid < b.oid ? -1 : 1)),
    signed: Buffer.from(signatureAlgorithm.encoded).toString('hex'),
    subject: Buffer.from(subject.encoded).toString('hex'),
    key: publicKey.facts,
    days: Math.round((notAfter.date.getTime() - notBefore.date.getTime()) / 86_400_000),
  }
}

function expectSameContent(made: Session): void {
  const [here, there] = [storeIn(made), storeIn(made, 'elsewhere')]
  expect(there.names()).toEqual(here.names())
  for (const name of here.names()) {
    expect({ name, ...contentOf(there.readCertificate(name)) }).toEqual({
      name,
      ...contentOf(here.readCertificate(name)),
    })
  }
}

describe('what an entry can say', () => {
  it.each([
    ['a digest', 'issue client x --from ca1 --digest sha512', 'digest: sha512'],
    ['the digest of a root', 'init root --name x --digest sha384', 'digest: sha384'],
    ['a base URL', 'issue client x --from ca1 --base-url http://pki.test/a', 'baseUrl: "http://pki.test/a"'],
    [
      'some pointers',
      'issue client x --from ca1 --base-url http://pki.test --omit authorityInfoAccess',
      'omit: [authorityInfoAccess]',
    ],
    [
      'pointers elsewhere',
      'issue client x --from ca1 --extension 2.5.29.31=hex:3020301ea01ca01a8618687474703a2f2f6f746865722e746573742f6d792e63726c',
      'extensions: ["cRLDistributionPoints={hex}30',
    ],
    [
      'policies',
      'issue client x --from ca1 --policy 2.23.140.1.2.1 --policy 1.2.3.4',
      'certificatePolicies: ["2.23.140.1.2.1", "1.2.3.4"]',
    ],
    [
      'policies with qualifiers',
      'issue client x --from ca1 --text-extension 2.5.29.32={text}oid=1.2.3&url=http://cps.test&notice=words&oid=1.2.4',
      'certificatePolicies: [{ policyIdentifier: "1.2.3", cps: "http://cps.test", userNotice: words }, "1.2.4"]',
    ],
    [
      'policy mappings and constraints',
      'issue intermediate x --from root --text-extension 2.5.29.33={critical}{text}oid=1.2.3&oid=1.2.4 --text-extension 2.5.29.36={critical}{hex}3003800100',
      '"policyMappings={critical}{hex}',
    ],
    ['extensions of one’s own', 'issue client x --from ca1 --extension 1.2.3.4=hex:0500', '"1.2.3.4={hex}0500"'],
    [
      'a critical one',
      'issue client x --from ca1 --extension critical,1.2.3.4=hex:0500',
      '1.2.3.4={critical}{hex}0500',
    ],
    ['criticality', 'issue client x --from ca1 --critical extKeyUsage', 'critical: [extKeyUsage]'],
    ['that something is not critical', 'issue client x --from ca1 --not-critical keyUsage', 'notCritical: [keyUsage]'],
    ['a serial number', 'issue client x --from ca1 --serial 4711', 'serialNumber: 4711'],
    [
      'a long one',
      'issue client x --from ca1 --serial 0x0102030405060708090a',
      'serialNumber: "0x102030405060708090a"',
    ],
    ['key identifiers', 'issue client x --from ca1 --ski sha1 --aki issuerAndSerial', 'subjectKeyIdentifier: sha1'],
    ['their absence', 'issue client x --from ca1 --omit subjectKeyIdentifier,authorityKeyIdentifier', ': none'],
    ['the absence of names', 'issue server x --from ca1 --omit subjectAltName', 'omit: [subjectAltName]'],
    [
      'names of all kinds',
      'issue client x --from ca1 --upn a@b.test --san dirname:CN=a --san rid:1.2.3',
      '"upn:a@b.test"',
    ],
    ['a subject', 'issue client x --from ca1 --subject C=DE,O=x\\,y,CN=z', 'subject: "C=DE,O=x\\\\,y,CN=z"'],
    [
      'a subject in other string types',
      'issue client x --from ca1 --subject CN=#130161,O=b',
      'subject: "2.5.4.3=#130161,2.5.4.10=#0c0162"',
    ],
    [
      'a period of its own',
      'issue client x --from ca1 --not-before 2026-11-25T00:00:00Z --not-after 2026-12-25T00:00:00Z',
      'notBefore: 2026-11-25T00:00:00Z, notAfter: 2026-12-25T00:00:00Z',
    ],
    ['what is no authority', 'issue client x --from ca1 --no-ca', 'cA: false'],
    ['what may not be issued', 'issue client x --from web --unchecked', 'unchecked: true'],
    ['no basicConstraints', 'init root --name x --omit basicConstraints', 'omit: [basicConstraints]'],
    [
      'id-pkix-ocsp-nocheck',
      'issue client x --from ca1 --extension 1.3.6.1.5.5.7.48.1.5=hex:0500',
      'ocspNoCheck: true',
    ],
  ])('%s', async (_, line, says) => {
    const made = session()
    await made.done('init root')
    await made.done('issue intermediate ca1 --from root')
    await made.done('issue server web --from ca1 --dns localhost')
    await made.done(line)
    expect(await transplanted(made)).toContain(says)
    expectSameContent(made)
  })

  it('revocations with their times, which apply elsewhere revokes alike', async () => {
    const made = session()
    await made.done('init root')
    await made.done('issue client x --from root')
    await made.done('revoke x --reason keyCompromise --at 2026-11-20T10:00:00Z --invalidity-date 2026-11-01')
    await made.done('crl root')
    const says = 'revoked: { reason: keyCompromise, at: 2026-11-20T10:00:00Z, invalidityDate: 2026-11-01T00:00:00Z }'
    expect(await transplanted(made)).toContain(says)
    const entriesIn = (name: string) =>
      [...(readStoredCrl(storeIn(made, name).crlPath('root'))?.entries ?? [])].map(
        ({ revocationDate, reasonCode, invalidityDate }) => ({ revocationDate, reasonCode, invalidityDate }),
      )
    expect(entriesIn('pki')).toHaveLength(1)
    expect(entriesIn('elsewhere')).toEqual(entriesIn('pki'))
    expect(await made.done('plan pki.yaml --adopt')).not.toContain('revoke')
  })

  it('of a cross-certificate in what it differs from the authority that it is for', async () => {
    const made = session()
    await made.done('init root')
    await made.done('init root --name other')
    await made.done('issue intermediate ca1 --from root --base-url http://a.test --permit dns:a.test --digest sha512')
    await made.done('cross-sign ca1 --from other')
    const text = await transplanted(made)
    expect(text).toContain('crossSigns: ca1')
    expectSameContent(made)
  })

  it('exports of a hierarchy file, in their folders and for their programs', async () => {
    const made = session()
    const exports = 'exports: [crt, { format: [pfx, key], out: "a/b", for: java8 }, { format: p7b, out: c }]'
    writeFileSync(
      join(made.folder, 'pki.yaml'),
      `version: 1\ncertificates: { root: { issues: { x: { profile: client, ${exports} } } } }\n`,
    )
    await made.done('apply')
    expect(await transplanted(made)).toContain(exports)
    expect(await made.done('plan pki.yaml --dir elsewhere')).toContain('nothing to do')
  })

  it.each(READY_MADE)(
    '%s, and the same text again',
    async (name) => {
      const made = session()
      await made.done(['apply', name])
      await transplanted(made)
      expectSameContent(made)
    },
    60_000,
  )
})

describe('what an entry cannot say', () => {
  const told = async (made: Session, what: string, flags = '') => {
    const { stdout, stderr } = await made.pki(`export --as-yaml --out pki.yaml --force --json${flags}`)
    expect(stderr).toContain(what)
    const { warnings } = JSON.parse(stdout)
    expect(warnings.map(({ message }: { message: string }) => message).join('\n')).toContain(what)
    return textIn(made)
  }

  it('is told: the key of a foreign kind, the pointer to an issuer that it does not name', async () => {
    const made = session()
    await made.done('init root')
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
    writeFileSync(join(made.folder, 'small.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
    await made.done('issue client small --from root --key-file small.key --extension 2.5.29.35=hex:300480020102')
    const text = await told(made, 'small: the file cannot say an RSA key of 1024 bits')
    await told(made, 'small: the file cannot say authorityKeyIdentifier')
    expect(text).toMatch(/\n +# Cannot be said here: an RSA key of 1024 bits\n(.*\n)* +small: \{/)
  })

  it('is told: a scheme that the issuer would not sign with', async () => {
    const made = session()
    await made.done('init root --key rsa-2048')
    await made.done('issue client x --from root --pss')
    await told(made, 'x: the file cannot say how it is signed')
  })

  it.skipIf(!hasProgram('openssl'))('is told: a root that OpenSSL made with a pointer to itself', async () => {
    const made = session()
    const files = ['-keyout', join(made.folder, 'k.pem'), '-out', join(made.folder, 'c.pem')]
    const how = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=foreign']
    run('openssl', ['req', ...how, '-addext', 'authorityKeyIdentifier=keyid:always', ...files])
    await made.done('import c.pem k.pem --name foreign')
    await told(made, 'foreign: the file cannot say authorityKeyIdentifier')
  })

  it('is told: a certificate whose issuer is not there, and the seed', async () => {
    const made = session()
    await made.done('init root --seed a --now 2026-11-21')
    await made.done('issue client x --from root')
    await told(made, 'made from a seed')
    expect(textIn(made)).not.toContain('netscapeComment')
    await made.done('import pki/certs/x.crt --dir alone --name x')
    expect(await told(made, 'left out, because their issuers are not here: x', ' --dir alone')).toContain('# Left out')
  })

  it('is noted where nobody can know: RSASSA-PSS of a key that has signed nothing, what a defect covers', async () => {
    const made = session()
    await made.done('init root')
    await made.done('issue client x --from root --key rsa-pss-2048')
    await made.done('issue server bad --from root --dns localhost --defect no-san')
    await made.done('issue server worse --from root --dns localhost --defect malformed-key')
    const text = await transplanted(made)
    expect(text).toMatch(
      /\n +worse: \{ profile: server, names: \["dns:localhost"\], notAfter: 397d, defect: \[malformed-key\] \}/,
    )
    expect(text).toMatch(/# Not known: rsa-2048 or rsa-pss-2048: .*\n +x: \{ profile: client, key: rsa-2048/)
    expect(text).toMatch(/# Not known: subjectAltName: other than the profile has it, .*\n +bad: /)
  })

  it('is told of exports whose formats an older version did not note', async () => {
    const made = session()
    await made.done('apply single')
    const path = storeIn(made).journalPath
    writeFileSync(path, readFileSync(path, 'utf8').replace(/"exports":\[.*?\],(?="files")/g, ''))
    await told(made, 'client: the file cannot say what is exported of it: client.pfx')
  })
})

it('the period counts from when a certificate was made', async () => {
  const made = session()
  const later = (minutes: number) => ({ now: new Date(NOW.getTime() + minutes * 60_000) })
  await made.done('init root')
  // It begins together with the root, three minutes before.
  await made.done('issue client x --from root --hours 5', later(3))
  expect(await transplanted(made, later(60))).toContain('notAfter: 5h')
})
