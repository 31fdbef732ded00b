/** `--seed` and `--now`: the same octets, whoever runs it and when. */

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SEED_MARK } from '../../src/seed/mark.ts'
import { type Session, session } from './session.ts'

const SEED = '--seed test --now 2026-01-01T00:00:00Z'
const LATER = '--seed test --now 2026-02-01T00:00:00Z'

/** Relative path → SHA-256 of every file below. */
function hashes({ folder }: Session): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort()
  const hash = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')
  return Object.fromEntries(paths.map((path) => [path.slice(folder.length + 1).replaceAll('\\', '/'), hash(path)]))
}

/** Runs the lines in a new folder. @param day of a machine's clock, which must not matter */
async function filesOf(lines: readonly string[], day: number, env: Readonly<Record<string, string>> = {}) {
  const made = session()
  for (const line of lines) await made.done(line, { now: new Date(Date.UTC(2027, 0, day)), env })
  return hashes(made)
}

const LINES = [
  `init root ${SEED}`,
  `issue intermediate ca1 --from root ${SEED}`,
  `issue server web --from ca1 --dns localhost --key ec-p384 ${SEED}`,
  `issue client alice --from ca1 --encrypt-key ${SEED}`,
  `crl ca1 ${SEED} --out ca1.crl`,
  `export web --format pfx,zip,key --encrypt-key ${SEED}`,
  `export --layout mtls --server web --client alice --out layout/ ${SEED}`,
]
const env = { PKI_PASSWORD: 'secret', PKI_KEY_PASSWORD: 'secret' }

it('init, issue, export and crl give the same files', async () => {
  const first = await filesOf(LINES, 1, env)
  expect(Object.keys(first)).toEqual(expect.arrayContaining(['ca1.crl', 'web.pfx', 'web.zip', 'pki/private/alice.key']))
  expect(await filesOf(LINES, 2, env)).toEqual(first)
})

/** Everything else that makes keys, serial numbers or signatures, on top of {@link LINES}. */
const MORE = [
  `request peer --dns peer.test ${SEED}`,
  `request sealed --dns sealed.test --key rsa-pss-2048 --encrypt-key ${SEED}`,
  `sign pki/requests/peer.csr --from ca1 --profile server ${SEED}`,
  `init root --name other ${SEED}`,
  `cross-sign ca1 --from other ${SEED}`,
  `renew web ${LATER}`,
  `rekey web ${LATER}`,
  `rekey other ${LATER}`,
  `revoke peer --reason superseded --now 2026-02-01T00:00:00Z`,
  `crl ca1 ${LATER} --out ca1.crl`,
  `ocsp query peer --issuer ca1 --nonce --request-out peer.request ${LATER}`,
  `ocsp respond peer.request --issuer ca1 --out peer.response ${LATER}`,
]

it('request, sign, cross-sign, renew, rekey, revoke and ocsp give the same files', async () => {
  const lines = [...LINES.slice(0, 3), ...MORE]
  const first = await filesOf(lines, 1, env)
  const names = [
    'private/peer.key',
    'requests/peer.csr',
    'private/sealed.key',
    'certs/peer.crt',
    'certs/ca1-by-other.crt',
  ]
  expect(Object.keys(first)).toEqual(expect.arrayContaining(names.map((name) => `pki/${name}`)))
  expect(Object.keys(first)).toEqual(expect.arrayContaining(['peer.request', 'peer.response']))
  expect(await filesOf(lines, 2, env)).toEqual(first)
})

it('a key that is replaced gives way to another one', async () => {
  const made = session()
  await made.done(`init root ${SEED}`)
  const keys = new Set([hashes(made)['pki/private/root.key']])
  for (let times = 0; times < 3; times++) {
    await made.done(`rekey root ${SEED}`)
    keys.add(hashes(made)['pki/private/root.key'])
  }
  expect(keys.size).toBe(4)
  expect(await made.pki('verify root --trust root --at 2026-01-02')).toMatchObject({ exitCode: 0 })
})

it('quickstart gives the same files, and others from another seed', async () => {
  const line = `quickstart --no-handshake ${SEED}`
  const first = await filesOf([line], 1)
  expect(await filesOf([line], 2)).toEqual(first)
  const other = await filesOf([line.replace('--seed test', '--seed other')], 1)
  for (const [file, hash] of Object.entries(other)) expect(first[file]).not.toBe(hash)
})

it('an exported format gives the same file whatever else is exported', async () => {
  const made = session()
  await made.done(`init root ${SEED}`)
  await made.done(`issue server web --from root --dns localhost ${SEED}`)
  await made.done(`export web --format pfx --out alone/ ${SEED}`)
  await made.done(`export web --format truststore,zip,pfx --out others/ ${SEED}`)
  const files = hashes(made)
  expect(files['others/web.pfx']).toBe(files['alone/web.pfx'])
})

describe('what is made from a seed', () => {
  it('is marked, and the command warns', async () => {
    const made = session()
    const { exitCode, stderr } = await made.pki(`init root ${SEED}`)
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('for tests only') })
    expect(await made.done('show root')).toContain(SEED_MARK)
  })

  it('is marked also where only the key is made from a seed, and not where it stays', async () => {
    const made = session()
    for (const name of ['renewed', 'rekeyed', 'unmarked']) await made.done(`init root --name ${name}`)
    await made.done(`renew renewed ${SEED}`)
    await made.done(`rekey rekeyed ${SEED}`)
    await made.done(`rekey unmarked --unmarked ${SEED}`)
    expect(await made.done('show renewed')).not.toContain(SEED_MARK)
    expect(await made.done('show rekeyed')).toContain(SEED_MARK)
    expect(await made.done('show unmarked')).not.toContain(SEED_MARK)
    await made.done(`rekey rekeyed ${LATER}`)
    expect((await made.done('show rekeyed --json')).split('2.16.840.1.113730.1.13')).toHaveLength(2)
  })

  it('is not marked with --unmarked', async () => {
    const made = session()
    await made.done(`init root --unmarked ${SEED}`)
    expect(await made.done('show root')).not.toContain(SEED_MARK)
  })

  it('keeps its key without --now, and the hint says what does not stay', async () => {
    const made = session()
    const { stderr } = await made.pki('init root --seed test')
    expect(stderr).toContain('--now')
    const again = session()
    await again.done(`init root --seed test --now 2030-01-01T00:00:00Z`)
    const [one, other] = [hashes(made), hashes(again)]
    expect(other['pki/private/root.key']).toBe(one['pki/private/root.key'])
    expect(other['pki/certs/root.crt']).not.toBe(one['pki/certs/root.crt'])
  })
})

it('--now alone moves the clock and marks nothing', async () => {
  const made = session()
  const { stderr } = await made.pki('init root --now 2001-01-01T00:00:00Z --days 1')
  expect(stderr).toBe('')
  const shown = await made.done('show root')
  expect(shown).toContain('2001-01-02')
  expect(shown).not.toContain(SEED_MARK)
})

it('refuses a time that is none', async () => {
  const { exitCode, stderr } = await session().pki('init root --seed a --now noon')
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('noon') })
})

it('reads both from the environment', async () => {
  const environment = { PKI_SEED: 'test', PKI_NOW: '2026-01-01T00:00:00Z' }
  expect(await filesOf(['init root'], 1, environment)).toEqual(await filesOf([`init root ${SEED}`], 2))
})
