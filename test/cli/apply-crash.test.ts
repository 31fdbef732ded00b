/**
 * `kill -9` at random points of `pki apply`, with threads: whatever it leaves, no certificate is without its key and its
 * chain, the next run finishes the work, and the run after that changes nothing.
 *
 * `PKI_APPLY_KILL_ROUNDS` sets the number of kills, `PKI_APPLY_KILL_SEED` their delays; both are in the test's name.
 */

import { readdirSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { equalBytes } from '../../src/der/writer.ts'
import { parsePrivateKey } from '../../src/keys/key-file.ts'
import { Store } from '../../src/store/store.ts'
import { checkSignature } from '../../src/x509/signature.ts'
import { folderOfTest, removeFolder, temporaryFolder } from '../interop/programs.ts'
import { runPki } from './memory-io.ts'
import { buildProgram, runProgram } from './program.ts'
import { pictureOf } from './temporary-folder.ts'

const ROUNDS = Number(process.env.PKI_APPLY_KILL_ROUNDS ?? 10)
const SEED = Number(process.env.PKI_APPLY_KILL_SEED ?? 7)
/** Enough for threads. */
const COUNT = 1200

let program: readonly string[] = []
beforeAll(async () => {
  const folder = temporaryFolder('program')
  program = await buildProgram(folder)
  return () => removeFolder(folder)
})

/** Each round asks for something else, so that there is something to make and to replace every time. */
const fileOf = (round: number) => `version: 1
certificates:
  root: { subject: 'CN=Root ${Math.floor(round / 4)}' }
  ca1:
    from: root
    profile: intermediate
    crl: true
  web: { profile: server, from: ca1, names: [localhost, r${round}.test], exports: [fullchain, key] }
  mallory: { profile: client, from: ca1, revoked: keyCompromise, subject: 'CN=mallory ${round}' }
  'dev-{n}': { profile: client, from: ca1, count: ${COUNT}, subject: 'CN={name},O=${round % 3}' }
`

/** mulberry32: the same delays for the same seed. */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** Names whose certificate has not its key or its issuer beside it, although the journal noted this very certificate. */
function brokenCredentials(store: Store): readonly string[] {
  const noted = new Map(
    store.journal().entries.flatMap((e) => (e.event === 'issued' ? [[e.name, e.serialNumber]] : [])),
  )
  return store.names().filter((name) => {
    const { certificate, chain, keyFile } = store.read(name)
    const [issuer = certificate] = chain
    if (BigInt(`0x${noted.get(name)}`) !== certificate.serialNumber) return false
    if (keyFile === undefined) return true
    const key = parsePrivateKey(keyFile.bytes, { source: keyFile.path })
    if (!equalBytes(key.publicKey.encoded, certificate.publicKey.encoded)) return true
    const { signatureAlgorithm, tbs, signature } = certificate
    return checkSignature(signatureAlgorithm, issuer.publicKey, tbs, signature) !== 'valid'
  })
}

describe('pki apply', () => {
  it(`survives kill -9 in ${ROUNDS} rounds, seed ${SEED}`, { timeout: 60_000 + ROUNDS * 30_000 }, async () => {
    const folder = folderOfTest('apply-crash')
    const store = new Store(join(folder, 'pki'))
    const random = randomNumbers(SEED)
    const apply = (...flags: readonly string[]) => runProgram([...program, 'apply', '--json', ...flags], folder)
    const tally = { killed: 0, foundWhole: 0, madeByTheNext: 0 }
    writeFileSync(join(folder, 'pki.yaml'), fileOf(-1))
    let usual = (await apply()).milliseconds

    for (let round = 0; round < ROUNDS; round++) {
      writeFileSync(join(folder, 'pki.yaml'), fileOf(round))
      const outcome = await runProgram([...program, 'apply'], folder, (child) => {
        // Most of the time goes into starting Node: half of the kills wait until something moves in the store.
        const kill = () => child.kill('SIGKILL')
        if (round % 2 === 0) setTimeout(kill, usual * random())
        else onFirstChange(store.folder, () => setTimeout(kill, usual * 0.6 * random()))
      })
      if (outcome.exitCode === null) tally.killed++
      expect(brokenCredentials(store)).toEqual([])

      const next = await apply()
      expect(next).toMatchObject({ exitCode: 0 })
      usual = Math.max(usual * 0.8, Math.min(usual, next.milliseconds))
      const { summary } = JSON.parse(next.stdout)
      tally.madeByTheNext += summary.make + summary.change + summary.restore
      if (summary.keep === COUNT + 4) tally.foundWhole++
      expect(store.names()).toHaveLength(COUNT + 4)
      expect(readdirSync(store.folder).filter((name) => name.startsWith('.'))).toEqual([])
      const plan = await runPki(['plan', '--json'], { cwd: folder, now: new Date() })
      expect(JSON.parse(plan.stdout).summary).toEqual({ ...NOTHING, keep: COUNT + 4 })
    }
    expect(brokenCredentials(store)).toEqual([])
    const picture = pictureOf(store.folder)
    await apply()
    expect(pictureOf(store.folder)).toEqual(picture)
    console.info(`kill -9: ${ROUNDS} rounds ${JSON.stringify(tally)}`)
    expect(tally.killed).toBeGreaterThan(0)
  })
})

const NOTHING = {
  make: 0,
  restore: 0,
  change: 0,
  renew: 0,
  rechain: 0,
  adopt: 0,
  borrow: 0,
  keep: 0,
  revoke: 0,
  crl: 0,
  export: 0,
  remove: 0,
}

function onFirstChange(folder: string, react: () => void): void {
  const watcher = watch(folder, () => {
    watcher.close()
    react()
  })
}
