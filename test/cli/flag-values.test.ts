/** A value that cannot be read: the error begins with the flag, whichever it is. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command, type Option } from 'commander'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../src/cli/command-table.ts'
import { pictureOf } from '../temporary-folder.ts'
import { session, sessionWithStore } from './session.ts'

/** What comes before the flag that is tried. */
const LINES: Readonly<Record<string, string>> = {
  quickstart: 'quickstart',
  init: 'init root --name x',
  issue: 'issue server x --from ca1',
  request: 'request x',
  sign: 'sign wish --from ca1 --profile server',
  import: 'import pki/certs/web.crt --name x',
  apply: 'apply two-tier --dir other',
  plan: 'plan two-tier --dir other',
  defects: 'defects list',
  export: 'export web',
  snippet: 'snippet nginx --server web',
  'cross-sign': 'cross-sign ca1 --from root --name x',
  renew: 'renew web',
  rekey: 'rekey web',
  'needs-renewal': 'needs-renewal web',
  expiry: 'expiry',
  revoke: 'revoke web',
  crl: 'crl ca1',
  serve: 'serve',
  ocsp: 'ocsp query web --issuer ca1 --url http://127.0.0.1:1',
  list: 'list',
  tree: 'tree',
  show: 'show web',
  connect: 'connect localhost:1 --trust root',
  verify: 'verify web --trust root',
  lint: 'lint web',
}

const RESPOND = 'ocsp respond request.der --issuer ca1 --out answer.der'

/** Flags that only make sense on other lines. */
const OTHER_LINES: Readonly<Record<string, string>> = {
  'issue --path-length': 'issue intermediate x --from root',
  'defects --now': 'defects generate --out gallery',
  'export --for': 'export web --format pfx',
  'export --pfx-profile': 'export web --format pfx',
  'ocsp --responder-id': RESPOND,
  'ocsp --days': RESPOND,
  'ocsp --hours': RESPOND,
  'ocsp --this-update': RESPOND,
  'ocsp --next-update': RESPOND,
  'verify --revocation-scope': 'verify web --trust root --revocation offline',
  'verify --allow-hosts': 'verify web --trust root --aia',
  'verify --fetch-timeout': 'verify web --trust root --aia',
  'verify --trust-mode': 'verify web --as x509chain',
  'verify --revocation-mode': 'verify web --as x509chain',
  'verify --revocation-flag': 'verify web --as x509chain',
  'verify --verification-flag': 'verify web --as x509chain',
  'verify --allowed-types': 'verify web --as aspnetcore',
}

/** What is unreadable for every flag but these. */
const UNREADABLE = '?'
const OTHER_VALUES: Readonly<Record<string, string>> = { '--subject': '=', '--san': 'ip:?' }

/** Flags that take any text: it names a file, or something in the store, that is there or not. */
const ANY_TEXT = [
  ...['--dir', '--seed', '--name', '--from', '--profile', '--out', '--ready-file', '--cache-dir'],
  ...['--key-file', '--password-file', '--key-password-file', '--issuer-password-file'],
  ...[
    '--friendly-name',
    '--namespace',
    '--server',
    '--client',
    '--client-ca',
    '--cert',
    '--servername',
    'serve --host',
  ],
  ...['--issuer', '--signer', '--of', '--request', '--request-out', '--response', 'export --format'],
  ...['--trust', '--untrusted', '--additional', '--crl', '--ocsp-response'],
]

async function optionsOf(name: string): Promise<readonly Option[]> {
  const command = new Command(name)
  const module = await COMMANDS.find((entry) => entry.name === name)?.load()
  module?.define(command)
  return command.options
}

async function flagsWithValues(name: string): Promise<readonly string[]> {
  const isTried = ({ long, required }: Option) =>
    required && !ANY_TEXT.includes(long ?? '') && !ANY_TEXT.includes(`${name} ${long}`)
  return (await optionsOf(name)).filter(isTried).map(({ long }) => long ?? '')
}

describe('a value that cannot be read', () => {
  it.each(COMMANDS.map(({ name }) => name))('pki %s', async (name) => {
    const { pki, done } = await sessionWithStore()
    await done('request wish --dns localhost')
    for (const flag of await flagsWithValues(name)) {
      const line = `${OTHER_LINES[`${name} ${flag}`] ?? LINES[name]} ${flag}=${OTHER_VALUES[flag] ?? UNREADABLE}`
      const { exitCode, stderr } = await pki(line)
      expect.soft({ line, exitCode, error: /^pki: error: (--[a-z-]+: )?/m.exec(stderr)?.[0], stderr }).toMatchObject({
        exitCode: 2,
        error: `pki: error: ${flag}: `,
      })
    }
  })
})

describe('a store that is a file', () => {
  it.each(COMMANDS.map(({ name }) => name))('pki %s', async (name) => {
    if ((await optionsOf(name)).every(({ long }) => long !== '--dir')) return
    const { folder, pki, done } = await sessionWithStore()
    await done('request wish --dns localhost')
    writeFileSync(join(folder, 'text.txt'), 'mine')
    const before = pictureOf(folder)
    for (const dir of ['text.txt', 'text.txt/below']) {
      const { exitCode, stderr } = await pki(`${LINES[name]} --dir ${dir}`)
      expect.soft({ dir, exitCode, stderr }).toMatchObject({
        exitCode: name === 'needs-renewal' ? 255 : 3,
        stderr: expect.stringContaining(
          `pki: error: ${join(folder, 'text.txt')}: a file, not a folder\npki: hint: --dir`,
        ),
      })
    }
    expect(pictureOf(folder)).toEqual(before)
  })

  it('of the usual name is no fault of commands that need none', async () => {
    const { folder, pki, done } = session()
    await done('init root --dir store')
    writeFileSync(join(folder, 'pki'), 'a program')
    await done('show store/certs/root.crt')
    const { exitCode, stderr } = await pki('list')
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 3,
      stderr: expect.stringMatching(/pki: a file, not a folder/),
    })
  })
})
