/** What bad input gets: a message, an exit code, and a store that is as it was. */

import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { formatPrivateKey } from '../../src/keys/key-file.ts'
import { generateKey } from '../../src/keys/keys.ts'
import { asOrdinaryUser } from '../ordinary-user.ts'
import { pictureOf } from '../temporary-folder.ts'
import { type Session, sessionWithStore } from './session.ts'

interface BadCase {
  readonly title: string
  readonly line: string | readonly string[]
  readonly exitCode: 2 | 3 | 4
  readonly code: string
  /** What the error line must say. */
  readonly says: RegExp
  readonly hint?: RegExp
  readonly prepare?: (session: Session) => void | Promise<void>
  readonly env?: Readonly<Record<string, string>>
}

const inStore = ({ folder }: Session, ...parts: string[]) => join(folder, 'pki', ...parts)

const foreignKey = () => formatPrivateKey(generateKey('ec-p256'), { format: 'pkcs8' })

async function encryptedIssuer({ done }: Session): Promise<void> {
  await done('init root --name vault --encrypt-key', { env: { PKI_KEY_PASSWORD: 'right' } })
}

const CASES: readonly BadCase[] = [
  {
    title: 'a path in a name',
    line: 'issue client ../x --from ca1',
    exitCode: 2,
    code: 'usage.name',
    says: /"\.\.\/x": it contains a path/,
    hint: /letters, digits/,
  },
  {
    title: 'a Windows path in a name',
    line: 'issue client ..\\x --from ca1',
    exitCode: 2,
    code: 'usage.name',
    says: /it contains a path/,
  },
  {
    title: 'a device name',
    line: 'issue client nul.txt --from ca1',
    exitCode: 2,
    code: 'usage.name',
    says: /Windows reserves it/,
  },
  {
    title: 'a path in the issuer',
    line: 'issue client alice --from ../ca1',
    exitCode: 2,
    code: 'usage.name',
    says: /it contains a path/,
  },
  {
    title: 'a name used twice',
    line: 'issue server web --from ca1',
    exitCode: 4,
    code: 'refused.exists',
    says: /^web exists already: .*web\.crt$/m,
    hint: /--force.*--if-missing/,
  },
  {
    title: 'a root used twice',
    line: 'init root',
    exitCode: 4,
    code: 'refused.exists',
    says: /root exists already/,
  },
  {
    title: 'a wrong password',
    line: 'issue client alice --from vault',
    prepare: encryptedIssuer,
    env: { PKI_KEY_PASSWORD: 'wrong' },
    exitCode: 3,
    code: 'input.password',
    says: /vault\.key: wrong password/,
    hint: /--key-password-file or PKI_KEY_PASSWORD/,
  },
  {
    title: 'a password that is missing, with nobody to ask',
    line: 'issue client alice --from vault',
    prepare: encryptedIssuer,
    exitCode: 3,
    code: 'input.password',
    says: /private key of vault needs a password/,
    hint: /--key-password-file <file> or in PKI_KEY_PASSWORD/,
  },
  {
    title: 'a password file that is not there',
    line: 'issue client alice --from ca1 --encrypt-key --key-password-file nope',
    exitCode: 3,
    code: 'input.not-found',
    says: /^nope: no such file$/m,
  },
  {
    title: 'an issuer that is not there',
    line: 'issue client alice --from ca2',
    exitCode: 3,
    code: 'input.not-found',
    says: /no certificate called ca2/,
    hint: /ca1, root, web/,
  },
  {
    title: 'an issuer whose key is not there',
    line: 'issue client alice --from outside',
    prepare: async ({ folder, done }) => {
      await done('import pki/certs/ca1.crt --name outside')
      expect(pictureOf(folder)).not.toHaveProperty('pki/private/outside.key')
    },
    exitCode: 4,
    code: 'refused.key',
    says: /private key of outside is not in the store/,
  },
  {
    title: 'an issuer key that cannot be read, because it is a folder',
    line: 'issue client alice --from odd',
    prepare: async (session) => {
      await session.done('import pki/certs/ca1.crt --name odd')
      mkdirSync(inStore(session, 'private', 'odd.key'))
    },
    exitCode: 3,
    code: 'input.unreadable',
    says: /odd\.key: /,
  },
  {
    title: 'an issuer key that is no key',
    line: 'issue client alice --from ca1',
    prepare: (session) => writeFileSync(inStore(session, 'private', 'ca1.key'), 'not a key'),
    exitCode: 3,
    code: 'input.malformed',
    says: /ca1\.key: /,
  },
  {
    title: 'an issuer certificate that is none',
    line: 'issue client alice --from ca1',
    prepare: (session) => writeFileSync(inStore(session, 'certs', 'ca1.crt'), 'not a certificate'),
    exitCode: 3,
    code: 'input.malformed',
    says: /ca1\.crt: expected a PEM certificate/,
  },
  {
    title: 'an issuer key that does not belong to the certificate',
    line: 'issue client alice --from ca1',
    prepare: (session) => writeFileSync(inStore(session, 'private', 'ca1.key'), foreignKey()),
    exitCode: 3,
    code: 'input.mismatch',
    says: /ca1\.key: this private key does not belong to the certificate/,
  },
  {
    title: 'an imported key that does not belong to the certificate',
    line: 'import pki/certs/web.crt foreign.key --name alice',
    prepare: ({ folder }) => writeFileSync(join(folder, 'foreign.key'), foreignKey()),
    exitCode: 3,
    code: 'input.mismatch',
    says: /this private key does not belong to the certificate/,
  },
  {
    title: 'an unknown profile',
    line: 'issue servr alice --from ca1',
    exitCode: 2,
    code: 'usage.profile',
    says: /unknown profile: servr/,
    hint: /server/,
  },
  {
    title: 'a profile of the project with a typo',
    line: 'issue gateway alice --from ca1',
    prepare: ({ folder }) => {
      mkdirSync(join(folder, 'pki-templates'))
      const lines = ['description: A gateway', 'key: ec-p256', 'subject: CN={name}', 'validity:', '  notAfter: 90d']
      writeFileSync(
        join(folder, 'pki-templates', 'gateway.yaml'),
        [...lines, 'extKeyUsages: [serverAuth]', ''].join('\n'),
      )
    },
    exitCode: 2,
    code: 'usage.profile',
    says: /gateway\.yaml:6.*extKeyUsages/,
  },
  {
    title: 'a duration like 10y5',
    line: 'issue client alice --from ca1 --valid-for 10y5',
    exitCode: 2,
    code: 'usage.time',
    says: /10y5/,
    hint: /90d/,
  },
  {
    title: 'days that are no number',
    line: 'issue client alice --from ca1 --days 3d',
    exitCode: 2,
    code: 'usage.option',
    says: /--days: not a whole number: 3d/,
  },
  {
    title: 'two ways to say how long',
    line: 'issue client alice --from ca1 --days 3 --hours 5',
    exitCode: 2,
    code: 'usage.option',
    says: /--days and --hours contradict each other/,
  },
  {
    title: 'a date that does not exist',
    line: 'issue client alice --from ca1 --not-after 2027-02-30',
    exitCode: 2,
    code: 'usage.time',
    says: /2027-02-30/,
  },
  {
    title: 'an invalid DNS name',
    line: 'issue server alice --from ca1 --dns a..b',
    exitCode: 2,
    code: 'usage.general-name',
    says: /dns:a\.\.b/,
  },
  {
    title: 'an invalid IP address',
    line: 'issue server alice --from ca1 --ip 10.0.0.256',
    exitCode: 2,
    code: 'usage.general-name',
    says: /10\.0\.0\.256 is not an IP address/,
  },
  {
    title: 'an invalid e-mail address',
    line: 'issue client alice --from ca1 --email alice',
    exitCode: 2,
    code: 'usage.general-name',
    says: /alice/,
  },
  {
    title: 'an invalid subject',
    line: 'issue client alice --from ca1 --subject CN=a,alice',
    exitCode: 2,
    code: 'usage.subject',
    says: /alice/,
  },
  {
    title: 'an unknown key algorithm',
    line: 'issue client alice --from ca1 --key rsa-1024',
    exitCode: 2,
    code: 'usage.algorithm',
    says: /unknown key algorithm: rsa-1024/,
  },
  {
    title: 'an unknown key usage',
    line: 'issue client alice --from ca1 --key-usage signing',
    exitCode: 2,
    code: 'usage.extension',
    says: /unknown key usage: signing/,
  },
  {
    title: 'an extension without an identifier',
    line: 'issue client alice --from ca1 --extension foo=00',
    exitCode: 2,
    code: 'usage.extension',
    says: /foo=00/,
  },
  {
    title: 'an unknown flag',
    line: 'issue client alice --from ca1 --subjct CN=a',
    exitCode: 2,
    code: 'usage.option',
    says: /unknown option: --subjct/,
    hint: /did you mean --subject\?/,
  },
  {
    title: 'a flag without its value',
    line: 'issue client alice --from',
    exitCode: 2,
    code: 'usage.option',
    says: /^missing value: --from <issuer>$/m,
  },
  {
    title: 'one argument too many',
    line: 'issue client alice bob --from ca1',
    exitCode: 2,
    code: 'usage.option',
    says: /^unexpected argument: bob$/m,
  },
  {
    title: 'no argument where there must be one',
    line: 'show',
    exitCode: 2,
    code: 'usage.option',
    says: /^missing argument: input$/m,
  },
  {
    title: 'a policy that is no object identifier',
    line: 'issue client alice --from ca1 --policy gold',
    exitCode: 2,
    code: 'usage.option',
    says: /^--policy: not an object identifier: gold$/m,
  },
  {
    title: 'a base URL that is none',
    line: 'issue client alice --from ca1 --base-url localhost:8785',
    exitCode: 2,
    code: 'usage.option',
    says: /^--base-url: not a URL of http: localhost:8785$/m,
    hint: /http:\/\/127\.0\.0\.1:8785/,
  },
  {
    title: 'an extension that is neither hex nor base64',
    line: 'issue client alice --from ca1 --extension 1.2.3=zz',
    exitCode: 2,
    code: 'usage.extension',
    says: /not base64/,
    hint: /hex:.*base64:/,
  },
  {
    title: 'a store that is a file, listed',
    line: 'list --dir file',
    prepare: ({ folder }) => writeFileSync(join(folder, 'file'), 'mine'),
    exitCode: 3,
    code: 'input.unreadable',
    says: /file: a file, not a folder$/m,
    hint: /--dir or PKI_DIR/,
  },
  {
    title: 'a journal that is a folder',
    line: 'tree --dir odd',
    prepare: ({ folder }) => {
      mkdirSync(join(folder, 'odd', 'journal.jsonl'), { recursive: true })
    },
    exitCode: 3,
    code: 'input.unreadable',
    says: /odd\/journal\.jsonl: it is a folder/,
  },
  {
    title: 'an issuer with a typo',
    line: 'issue client alice --from ca',
    exitCode: 3,
    code: 'input.not-found',
    says: /no certificate called ca in/,
    hint: /^did you mean ca1\? there are: ca1, root, web$/,
  },
  {
    title: 'a kind of key by another name',
    line: 'issue client alice --from ca1 --key P-256',
    exitCode: 2,
    code: 'usage.algorithm',
    says: /unknown key algorithm: P-256/,
    hint: /^did you mean ec-p256\? use one of /,
  },
  {
    title: 'a value with a typo',
    line: 'verify web --trust root --rules webkpi',
    exitCode: 2,
    code: 'usage.option',
    says: /--rules: unknown value: webkpi/,
    hint: /^did you mean webpki\? use one of /,
  },
  {
    title: 'a root with issue, without an issuer',
    line: 'issue root alice',
    exitCode: 2,
    code: 'usage.option',
    says: /missing option: --from <issuer>/,
    hint: /pki init root --name alice/,
  },
  {
    title: 'no issuer, with nobody to ask',
    line: 'issue client alice',
    exitCode: 2,
    code: 'usage.option',
    says: /missing option: --from <issuer>/,
  },
  {
    title: 'no profile, with nobody to ask',
    line: 'init',
    exitCode: 2,
    code: 'usage.option',
    says: /missing argument: profile/,
    hint: /pki init root/,
  },
  {
    title: 'an issuer that may not issue',
    line: 'issue client alice --from web',
    exitCode: 4,
    code: 'refused.issuer',
    says: /no certification authority/,
    hint: /--unchecked/,
  },
  {
    title: 'a path length used up',
    line: 'issue intermediate alice --from ca1',
    exitCode: 4,
    code: 'refused.issuer',
    says: /pathLenConstraint/,
  },
  {
    title: 'a key file that is not there',
    line: 'issue client alice --from ca1 --key-file nope.key',
    exitCode: 3,
    code: 'input.not-found',
    says: /nope\.key: no such file/,
  },
  {
    title: 'a request that is none',
    line: 'sign pki/certs/web.crt --from ca1 --profile server --name alice',
    exitCode: 3,
    code: 'input.malformed',
    says: /expected one certification request, found none/,
  },
  {
    title: 'a request whose signature is wrong',
    line: 'sign broken.csr --from ca1 --profile server --name alice',
    prepare: async ({ folder, done }) => {
      await done('request broken --dir elsewhere')
      const der = readPem(join(folder, 'elsewhere', 'requests', 'broken.csr'))
      der[der.length - 1] = (der[der.length - 1] as number) ^ 1
      writeFileSync(join(folder, 'broken.csr'), der)
    },
    exitCode: 3,
    code: 'input.signature',
    says: /signature of the request/,
  },
  {
    title: 'an unknown export format',
    line: 'export web --format jks',
    exitCode: 2,
    code: 'usage.option',
    says: /unknown export format: jks/,
    hint: /pfx/,
  },
  {
    title: 'an export format with a typo',
    line: 'export web --format pxf',
    exitCode: 2,
    code: 'usage.option',
    says: /unknown export format: pxf/,
    hint: /^did you mean pfx\? use one of /,
  },
  {
    title: 'an export to standard output, and JSON',
    line: 'export web --format crt --out -',
    exitCode: 2,
    code: 'usage.option',
    says: /--json and --out - contradict each other/,
  },
  {
    title: 'a layout whose server is not there',
    line: 'export --layout mtls',
    exitCode: 3,
    code: 'input.not-found',
    says: /no certificate called server/,
    hint: /--server <name>.*--client <name>/,
  },
  {
    title: 'a snippet whose server is not there',
    line: 'snippet node-server --client-ca ca1',
    exitCode: 3,
    code: 'input.not-found',
    says: /no certificate called server/,
    hint: /^--server <name> says which certificate is meant; there are: /,
  },
  {
    title: 'a snippet with a typo',
    line: 'snippet ngnx --server web --client-ca ca1',
    exitCode: 2,
    code: 'usage.option',
    says: /unknown snippet: ngnx/,
    hint: /^did you mean nginx\? snippets are /,
  },
  {
    title: 'an export that would overwrite',
    line: 'export web --format crt',
    prepare: ({ folder }) => writeFileSync(join(folder, 'web.crt'), 'mine'),
    exitCode: 4,
    code: 'refused.exists',
    says: /web\.crt: exists already/,
    hint: /^pass --force to replace it$/,
  },
  {
    title: 'a Java key store of the old kind',
    line: 'import old.jks',
    prepare: ({ folder }) => writeFileSync(join(folder, 'old.jks'), Buffer.from('feedfeed00000002', 'hex')),
    exitCode: 3,
    code: 'input.unsupported',
    says: /old\.jks: a Java key store/,
    hint: /keytool -importkeystore/,
  },
  {
    title: 'several private keys to import',
    line: 'import a.key b.key pki/certs/web.crt --name alice',
    prepare: ({ folder }) => {
      writeFileSync(join(folder, 'a.key'), foreignKey())
      writeFileSync(join(folder, 'b.key'), foreignKey())
    },
    exitCode: 3,
    code: 'input.unsupported',
    says: /2 private keys were given, one can be imported/,
    hint: /one at a time/,
  },
  {
    title: 'a request to import',
    line: 'import wish.csr --name alice',
    prepare: async ({ folder, done }) => {
      await done('request wish --dir elsewhere')
      writeFileSync(join(folder, 'wish.csr'), readPem(join(folder, 'elsewhere', 'requests', 'wish.csr')))
    },
    exitCode: 3,
    code: 'input.malformed',
    says: /wish\.csr: no certificate in it/,
    hint: /pki sign wish\.csr/,
  },
  {
    title: 'a broken certificate to import, beside a good one',
    line: 'import broken.pem root.crt --name alice',
    prepare: async ({ folder, done }) => {
      await done('export root --format crt')
      writeFileSync(join(folder, 'broken.pem'), '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')
    },
    exitCode: 3,
    code: 'input.malformed',
    says: /broken\.pem: expected certificate/,
  },
  {
    title: 'standard input to import, without a name',
    line: 'import -',
    exitCode: 2,
    code: 'usage.option',
    says: /missing option: --name/,
  },
  {
    title: 'a PFX imported with a wrong password',
    line: 'import web.pfx --name alice',
    prepare: async ({ done }) => {
      await done('export web --format pfx')
    },
    env: { PKI_PASSWORD: 'wrong' },
    exitCode: 3,
    code: 'input.password',
    says: /web\.pfx: wrong password/,
  },
]

function readPem(path: string): Buffer {
  const text = readFileSync(path, 'latin1')
  return Buffer.from(text.replace(/-----[^-]+-----|\s/g, ''), 'base64')
}

describe('bad input', () => {
  it.each(CASES)('$title → $exitCode', async ({ line, exitCode, code, says, hint, prepare, env = {} }) => {
    const session = await sessionWithStore()
    await prepare?.(session)
    const before = pictureOf(session.folder)

    const words = typeof line === 'string' ? line.split(' ') : line
    const [command = '', ...rest] = words
    const result = await session.pki([command, '--json', ...rest], { env })

    expect(pictureOf(session.folder)).toEqual(before)
    expect(result.stderr).toMatch(/^pki: error: /m)
    expect(result.stderr.replace(/^pki: error: /m, '')).toMatch(says)
    if (hint !== undefined) expect(/^pki: hint: (.*)$/m.exec(result.stderr)?.[1]).toMatch(hint)
    expect(JSON.parse(result.stdout)).toMatchObject({ schema: 'pki.error/1', code, exitCode })
    expect(result.exitCode).toBe(exitCode)
  })
})

it.skipIf(process.platform === 'win32')('a read-only folder refuses and changes nothing', async () => {
  const session = await sessionWithStore()
  const folders = ['', 'certs', 'private', 'chains'].map((folder) => inStore(session, folder))
  for (const folder of folders) chmodSync(folder, 0o500)
  const before = pictureOf(session.folder)
  const result = await asOrdinaryUser(session.folder, () => session.pki('issue client alice --from ca1'))
  expect(result.exitCode).toBe(4)
  expect(result.stderr).toMatch(/no permission to write there/)
  expect(pictureOf(session.folder)).toEqual(before)
  for (const folder of folders) chmodSync(folder, 0o700)
})
